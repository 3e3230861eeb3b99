"""What is drawn over the items: cards from afar, bars of what nodes cost, words of wires, how a clash came about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from netdesigner.checks import TracedNode
from netdesigner.parts import Cost
from netdesigner.ui.canvas.card_paint import FAR
from netdesigner.ui.canvas.far_paint import FarCards

if TYPE_CHECKING:
    from netdesigner.ui.canvas.blame_marks import BlameMarks
    from netdesigner.ui.canvas.cost_bars import CostBars
    from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Foreground"]


class Foreground:
    """Paints what no item paints.

    Args:
        scene: whose nodes and wires it concerns.

    Attributes:
        far: whether the canvas is seen from so far that cards are painted all at once.
        cards: paints them then.
        blame: how a clash came about; None where none is shown.
    """

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._costs: CostBars | None = None
        self.far = False
        self.cards = FarCards(scene)
        self.blame: BlameMarks | None = None

    def clear(self) -> None:
        """Forgets all that it painted."""
        self.cards.forget()
        self.set_blame(None)

    def follow(self, traced: Mapping[str, TracedNode]) -> None:
        """Works the bars out anew, where they are shown, from what the checks found at each node."""
        if self._costs is not None:
            self.show_costs(self._costs.measure, traced)

    def set_zoom(self, scale: float) -> None:
        """Takes the painting of cards over where they are seen from afar, and gives it back."""
        if (scale < FAR) != self.far:
            self.far = scale < FAR
            for item in self._scene.nodes.values():
                item.set_far(self.far)

    def show_costs(self, measure: Callable[[Cost], int] | None, traced: Mapping[str, TracedNode]) -> None:
        """Shows on each node its share of what all cost together; None for no such bars."""
        from netdesigner.ui.canvas.cost_bars import CostBars

        self._costs = None if measure is None else CostBars(measure, traced)
        self._scene.update()

    def set_blame(self, marks: BlameMarks | None) -> None:
        """Shows how a clash came about; None for nothing."""
        if marks != self.blame:
            self.refresh_blame()
            self.blame = marks
            self.refresh_blame()

    def refresh_blame(self) -> None:
        """Has the marks of a clash painted again, where nodes moved under them."""
        if self.blame is not None:
            scene = self._scene
            scale = min((view.transform().m11() for view in scene.views()), default=1.0)
            scene.update(self.blame.area(scene.nodes, scene.wires.items, scale))

    def paint(self, painter: QPainter, area: QRectF, scale: float, full_detail: bool) -> None:
        """Paints all of it.

        Args:
            painter: in the canvas's coordinates.
            area: what has to be painted.
            scale: the zoom, 1 at 100 %.
            full_detail: whether everything is painted whatever the zoom.
        """
        scene = self._scene
        if self.far:
            self.cards.paint(painter, scene.style_, scale)
        if self._costs is not None:
            self._costs.paint(painter, scene.nodes, scene.style_, scale)
        scene.wires.labels.paint(painter, scene.wires.items.values(), area, scene.style_)
        if self.blame is not None:
            self.blame.paint(painter, scene.nodes, scene.wires.items, scene.style_, scale)
