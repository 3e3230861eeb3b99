"""Bars on the cards that show where parameters or multiply-adds are."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from netdesigner.parts import Cost
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["CostBarActions"]

_MEASURES: Mapping[str, tuple[str, str, Callable[[Cost], int]]] = {
    "view.bars_parameters": ("Bars of &Parameters", "parameters", lambda cost: cost.parameters),
    "view.bars_macs": ("Bars of &Multiply-adds", "multiply-adds", lambda cost: cost.macs),
}


class CostBarActions(QObject):
    """Switches for bars on the cards; at most one of them is on.

    Args:
        actions: where they are added.
        canvas: where the bars are shown.
    """

    def __init__(self, actions: ActionList, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._switches: dict[str, QAction] = {}
        for name, (text, what, _) in _MEASURES.items():
            tip = f"Show on each node its share of the {what}"
            self._switches[name] = actions.add(
                name, text, lambda on, name=name: self._switch(name, on), (), "", tip, checkable=True
            )

    def _switch(self, name: str, on: bool) -> None:
        for other, action in self._switches.items():
            if on and other != name:
                action.setChecked(False)
        if on or not any(action.isChecked() for action in self._switches.values()):
            self._canvas.scene.show_costs(_MEASURES[name][2] if on else None)
