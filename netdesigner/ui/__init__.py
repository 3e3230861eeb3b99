"""The window: PySide6 and pyqtgraph live on this floor and nowhere else.

Views never hold truth. They are given the session's state before and after a change and redraw what is not the same
object; a gesture or action makes an edit and hands it to the session. Nothing here is called from another thread:
work and training are asked for news by a timer (`bridge`).
"""

from __future__ import annotations

import builtins

import PySide6.QtCore  # noqa: F401  (puts its hooks around `import`)

# PySide6 reads the source of every module that is imported after it, torch's two thousand among them, to find out
# whether that asks for `from __feature__ import …`. Nothing here does, so the hook goes and the one beneath it, which
# makes Qt's classes when they are first named, stays.
if getattr(builtins.__import__, "__name__", "") == "__feature_import__":
    builtins.__import__ = builtins.__orig_import__  # type: ignore[attr-defined]
