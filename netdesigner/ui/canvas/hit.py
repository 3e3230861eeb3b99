"""What lies under the pointer: a port, a node, a wire, a frame or note."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsItem

from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.canvas.frame_title import FrameTitle
from netdesigner.ui.canvas.mark_item import MarkItem
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.wire_item import WireItem

__all__ = ["Hit", "hit", "wire_under"]

_PORT_PX = 12.0
_PORT_INSIDE_PX = 9.0
_LARGEST_PORT_PX = 20.0
_WIRE_PX = 6.0
_END_PX = 28.0


class Hit(NamedTuple):
    """What was hit; a port comes with its node, and each is None where there is none.

    Attributes:
        node: the card.
        port: one of its ports.
        wire: a wire, where no card was hit.
        at_end: whether the wire was hit near the input it ends at.
        mark: a frame or note, where nothing else was hit.
        part: where it was hit: its "body", or the sides by which it is resized.
    """

    node: NodeItem | None = None
    port: PortRef | None = None
    wire: WireItem | None = None
    at_end: bool = False
    mark: MarkItem | None = None
    part: str = ""


def hit(scene: CanvasScene, at: QPointF, scale: float, wires: bool = True) -> Hit:
    """What lies at a point.

    Args:
        scene: where to look.
        at: the point.
        scale: the zoom; from afar what is small is hit from farther away.
        wires: whether wires count.
    """
    reach = max(_LARGEST_PORT_PX, _WIRE_PX / scale)
    area = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
    found = scene.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
    nodes = [item for item in found if isinstance(item, NodeItem)]
    for item in nodes:
        port = _port(item, at, scale)
        if port is not None:
            return Hit(item, port)
        if item.body().contains(at):
            return Hit(item)
    if not wires:
        return Hit()
    title = next((item for item in found if isinstance(item, FrameTitle) and item.hides(at, scale)), None)
    on_wire = _wire([item for item in found if isinstance(item, WireItem)], at, scale)
    return on_wire if on_wire.wire is not None and title is None else _mark(found, at, scale)


def _mark(items: list[QGraphicsItem], at: QPointF, scale: float) -> Hit:
    """The frame or note in front."""
    for item in items:
        if isinstance(item, MarkItem):
            part = item.part_at(at, scale)
            if part:
                return Hit(mark=item, part=part)
    return Hit()


def _port(item: NodeItem, at: QPointF, scale: float) -> PortRef | None:
    """The nearest port in reach; inside the card the reach is shorter, so that the card can be taken there too."""
    best, least = None, float("inf")
    for side in ("input", "output"):
        outside = at.x() < item.pos().x() if side == "input" else at.x() > item.pos().x() + CARD_WIDTH_PX
        reach = min((_PORT_PX if outside else _PORT_INSIDE_PX) / min(scale, 1.0), _LARGEST_PORT_PX)
        for index, mark in enumerate(item.card.ports(side)):
            center = item.port_at(side, index)
            spread = item.metrics.slots[index] if side == "input" else 0.0
            down = at.y() - center.y()
            down = 0.0 if 0 < down < spread else down - spread if down >= spread else down
            distance = ((at.x() - center.x()) ** 2 + down**2) ** 0.5
            if distance <= reach and distance < least:
                best, least = PortRef(item.card.name, side, mark.name), distance
    return best


def _wire(items: list[WireItem], at: QPointF, scale: float) -> Hit:
    best, least = None, _WIRE_PX / min(scale, 1.0)
    for item in items:
        distance = item.distance(at)
        if distance <= least:
            best, least = item, distance
    if best is None or best.way is None:
        return Hit()
    end = best.way.curves[-1][2]
    return Hit(wire=best, at_end=abs(at.x() - end[0]) + abs(at.y() - end[1]) < _END_PX)


def wire_under(scene: CanvasScene, body: QRectF) -> WireItem | None:
    """The wire that runs through the middle of a rectangle, where exactly one does."""
    middle = body.center()
    near = [
        item
        for item in scene.items(body, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        if isinstance(item, WireItem)
    ]
    reach = body.height() / 2 - 8
    through = [item for item in near if item.distance(middle) <= reach]
    return through[0] if len(through) == 1 else None
