"""Modules for layers that torch.nn has no class for, or whose class takes its inputs in another form.

Each takes one tensor a port, None for an empty one, and gives a tensor or a flat tuple. They hold plain numbers and
submodules only, so they can be copied, pickled and exported; the batch may have any length. No layer is known here.

A module here belongs to a family of layers. Its classes stand alone: they use torch and each other only, since their
source is what exported Python holds of a layer that torch.nn has no class for; so no two modules here give one name to
different things, and `ruff.toml` keeps lines as short as those of exported files.
"""
