"""The canvas as a screen reader meets it: a list of nodes with their kind, shape, problems and wires.

Nothing here is loaded before a reader asks; see `accessibility`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface, QColor, QWindow
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from netdesigner.ui.canvas.view import CanvasView

if TYPE_CHECKING:
    from netdesigner.ui.canvas.node_item import NodeItem

__all__ = ["CanvasInterface", "NodeInterface"]

_Text = QAccessible.Text


class NodeInterface(QAccessibleInterface):
    """One node.

    Args:
        canvas: the list that it is in.
        node_id: its id; once the node is gone, the interface is not valid any more.
    """

    def __init__(self, canvas: CanvasInterface, node_id: str) -> None:
        super().__init__()
        self._canvas = canvas
        self._node_id = node_id

    @property
    def _item(self) -> NodeItem | None:
        view = self._canvas.view
        return view.canvas_scene.nodes.get(self._node_id) if isValid(view) else None

    def isValid(self) -> bool:
        return self._item is not None

    def object(self) -> QObject | None:
        return None

    def parent(self) -> QAccessibleInterface:
        return self._canvas

    def window(self) -> QWindow:
        return self._canvas.view.window().windowHandle()

    def child(self, index: int) -> QAccessibleInterface | None:
        return None

    def childCount(self) -> int:
        return 0

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def rect(self) -> QRect:
        item, view = self._item, self._canvas.view
        if item is None:
            return QRect()
        box = view.mapFromScene(item.body()).boundingRect()
        return QRect(view.viewport().mapToGlobal(box.topLeft()), box.size())

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        item, view = self._item, self._canvas.view
        state.focusable = state.selectable = state.multiSelectable = True
        if item is None:
            state.invalid = True
            return state
        state.selected = item.selected
        state.focused = view.hasFocus() and view.canvas_scene.selection[-1:] == (self._node_id,)
        state.offscreen = not view.viewport().rect().intersects(view.mapFromScene(item.body()).boundingRect())
        return state

    def text(self, kind: QAccessible.Text) -> str:
        if self._item is None:
            return ""
        if kind == _Text.Name:
            return name_of(self._item)
        if kind == _Text.Description:
            return wires_of(self._item, self._canvas.view)
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """A reader changes nothing by writing."""

    def foregroundColor(self) -> QColor:
        return self._canvas.view.canvas_scene.style_.text

    def backgroundColor(self) -> QColor:
        return self._canvas.view.canvas_scene.style_.surface


class CanvasInterface(QAccessibleWidget):
    """The list of the nodes that are shown, in the order of the document."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view, QAccessible.Role.List)
        self.view = view
        self._nodes: dict[str, NodeInterface] = {}

    def node(self, node_id: str) -> NodeInterface:
        """The interface of a node."""
        if node_id not in self._nodes:
            self._nodes[node_id] = NodeInterface(self, node_id)
        return self._nodes[node_id]

    def childCount(self) -> int:
        return len(self.view.canvas_scene.nodes)

    def child(self, index: int) -> QAccessibleInterface | None:
        ids = [*self.view.canvas_scene.nodes]
        return self.node(ids[index]) if 0 <= index < len(ids) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        name = next((node_id for node_id, known in self._nodes.items() if known is child), "")
        return [*self.view.canvas_scene.nodes].index(name) if name in self.view.canvas_scene.nodes else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:
        found = (self.node(node_id) for node_id in self.view.canvas_scene.nodes)
        return next((node for node in found if node.rect().contains(x, y)), None)

    def focusChild(self) -> QAccessibleInterface | None:
        chosen = self.view.canvas_scene.selection
        return self.node(chosen[-1]) if chosen and self.view.hasFocus() else None


def name_of(item: NodeItem) -> str:
    """What a node is called: `Conv2d conv_1, output N 64 28 28, 1 problem`."""
    card = item.card
    parts = [f"{card.kind} {card.name}"]
    if card.shape and card.shape != "–":
        parts.append(f"output {card.shape.replace(' × ', ' ')}")
    if card.repeat:
        parts.append(f"applied {card.repeat[1:]} times")
    if card.severity:
        parts.append(f"has {'an error' if card.severity == 'error' else 'a warning'}")
    return ", ".join(parts)


def wires_of(item: NodeItem, view: CanvasView) -> str:
    """What a node is joined to: `from input; to relu_1, add_1; 1,792 parameters`."""
    name = item.card.name
    edges = [edge for edge, _ in view.canvas_scene.wires.at(name)]
    before = [edge.source for edge in edges if edge.target == name]
    after = [edge.target for edge in edges if edge.source == name]
    parts = [
        f"from {', '.join(sorted(before))}" if before else "nothing comes in" if item.card.inputs else "",
        f"to {', '.join(sorted(after))}" if after else "",
        item.card.params,
        f"{item.card.cost} parameters" if item.card.cost else "",
        item.card.note,
    ]
    return "; ".join(filter(None, parts))
