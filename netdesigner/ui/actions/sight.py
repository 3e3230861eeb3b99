"""Help for the eye on the canvas: the dots of the grid, the minimap."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.settings import Settings

__all__ = ["SightActions"]

_AFTER_START_MS = 400


class SightActions(QObject):
    """Two switches of the View menu, which are remembered.

    Args:
        actions: where they are added.
        canvas: what is seen.
        settings: remembers them.
    """

    def __init__(self, actions: ActionList, canvas: Canvas, settings: Settings) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._settings = settings
        tip = "Show the grid on which things come to rest; Ctrl while dragging lets them go anywhere"
        grid = actions.add("view.grid", "&Grid", self._show_grid, (), "", tip, checkable=True)
        tip = "Show the whole network in small, wherever not all of it is seen"
        self._minimap = actions.add(
            "view.minimap", "Mi&nimap", self._show_minimap, (), "", tip, checkable=True
        )
        canvas.view.set_dotted(settings.value.grid)
        grid.setChecked(settings.value.grid)
        # The first window is drawn without it, so that it comes the sooner.
        QTimer.singleShot(_AFTER_START_MS, self, lambda: self._minimap.setChecked(settings.value.minimap))

    def _show_grid(self, on: bool) -> None:
        self._settings.change(grid=on)
        self._canvas.view.set_dotted(on)

    def _show_minimap(self, on: bool) -> None:
        self._settings.change(minimap=on)
        self._canvas.show_minimap(on)
