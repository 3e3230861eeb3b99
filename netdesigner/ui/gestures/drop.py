"""A layer dragged from the palette: drawn where it would go, and into the wire it is held over.

With Ctrl held over a node it takes that node's place.
"""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPointF, Qt

from netdesigner.ui.canvas.card import BLOCK, LAYER, Card, PortMark
from netdesigner.ui.canvas.hit import wire_under
from netdesigner.ui.canvas.kinds import bare_name
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.placing import inside_wire, snapped
from netdesigner.ui.canvas.wire_item import WireItem
from netdesigner.ui.gestures.stage import Stage

__all__ = ["KIND_MIME", "Drop", "kind_in", "mime_of"]

KIND_MIME = "application/x-netdesigner-kind"
_GRIP = QPointF(CARD_WIDTH_PX / 2, 24)
_Z_GHOST = 6.0


def mime_of(kind: str) -> QMimeData:
    """What is dragged for a layer's or a block's kind."""
    data = QMimeData()
    data.setData(KIND_MIME, kind.encode("utf-8"))
    data.setText(kind)
    return data


def kind_in(data: QMimeData) -> str:
    """The kind that is dragged, or ""."""
    return bytes(data.data(KIND_MIME).data()).decode("utf-8", "replace") if data.hasFormat(KIND_MIME) else ""


class Drop:
    """One layer on its way from the palette to the canvas.

    Args:
        stage: the canvas.
        kind: what is dragged.
    """

    def __init__(self, stage: Stage, kind: str) -> None:
        self._stage = stage
        self._kind = kind
        self._ghost = NodeItem(self._card(), stage.scene.style_)
        self._ghost.setOpacity(0.85)
        self._ghost.setZValue(_Z_GHOST)
        self._wire: WireItem | None = None
        self._replaced: NodeItem | None = None
        stage.scene.addItem(self._ghost)

    def _card(self) -> Card:
        layer = self._stage.editor.bridge.session.catalog.layers.get(self._kind)
        ports = self._stage.editor.ports(self._kind)
        name = layer.label() if layer else bare_name(self._kind)
        return Card(
            name=name,
            kind=layer.category if layer else "Block",
            category=layer.category if layer else "Block",
            look=LAYER if layer else BLOCK,
            inputs=tuple(PortMark(port.name, variadic=port.variadic) for port in ports.inputs)
            if ports
            else (),
            outputs=tuple(PortMark(port.name) for port in ports.outputs) if ports else (),
        )

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """The pointer moved to a point of the canvas."""
        corner = at - _GRIP
        scene = self._stage.scene
        self._aim_at_node(at, bool(modifiers & Qt.KeyboardModifier.ControlModifier))
        if self._replaced is not None:
            self._wire = None
            scene.wires.set_target(None)
            return
        self._ghost.setPos(QPointF(*snapped((corner.x(), corner.y()))))
        fits = bool(self._ghost.card.inputs) and bool(self._ghost.card.outputs)
        self._wire = wire_under(scene, self._ghost.body()) if fits else None
        if self._wire is not None:
            place = inside_wire(scene, self._wire.edge, (corner.x(), corner.y()))
            self._ghost.setPos(QPointF(*place))
        scene.wires.set_target(self._wire)

    def _aim_at_node(self, at: QPointF, replacing: bool) -> None:
        """Finds the node whose place it would take, and marks it instead of drawing itself."""
        nodes = self._stage.scene.nodes.values() if replacing else ()
        self._replaced = next((item for item in nodes if item.body().contains(at)), None)
        self._ghost.setVisible(self._replaced is None)
        self._stage.scene.hover(self._replaced)
        told = f"Takes the place of {self._replaced.card.name}" if self._replaced is not None else ""
        self._stage.hint.say("success", told, self._stage.view.mapFromScene(at))

    def leave(self) -> None:
        """It was taken away again."""
        self._stage.hint.hide()
        self._stage.scene.hover(None)
        self._stage.scene.wires.set_target(None)
        if self._ghost.scene() is not None:
            self._stage.scene.removeItem(self._ghost)

    def drop(self, at: QPointF, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> str:
        """It was let go: adds the node and returns its id, or "" where that was refused."""
        self.move(at, modifiers)
        wire, corner, replaced = self._wire, self._ghost.pos(), self._replaced
        self.leave()
        place = (corner.x(), corner.y())
        editor = self._stage.editor
        if replaced is not None:
            from netdesigner.ui.canvas.rewiring import replace

            return replace(editor, replaced.card.name, self._kind)
        return editor.add_in_wire(self._kind, wire.edge, place) if wire else editor.add(self._kind, place)
