"""The window: PySide6 and pyqtgraph live on this floor and nowhere else.

Views never hold truth. They are given the session's state before and after a change and redraw what is not the same
object; a gesture or action makes an edit and hands it to the session. Nothing here is called from another thread:
work and training are asked for news by a timer (`bridge`).
"""
