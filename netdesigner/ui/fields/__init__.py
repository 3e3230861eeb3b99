"""Editors for parameters, one for each type, and the form that is made of them.

What a person types is read as a value or an expression; what a parameter allows is asked of its declaration.
"""
