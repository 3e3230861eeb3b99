"""What the pointer does on the canvas, one object for each act from press to release.

A gesture previews on the items and makes one edit on release; cancelled, it leaves nothing behind.
"""
