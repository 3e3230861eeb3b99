"""A hand on the canvas: real presses, moves, releases and keys, as a person gives them."""

from __future__ import annotations

import itertools

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netdesigner.document import Block, Design, Edge, Graph, Network, Node
from netdesigner.ui.canvas.canvas import Canvas

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """Works on one canvas and remembers what was said to the user."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.viewport = canvas.view.viewport()
        self.said: list[tuple[str, str]] = []
        self.canvas.bridge.said.connect(lambda severity, text: self.said.append((severity, text)))

    # -------------------------------------------------------------------------------------------------- places

    @property
    def design(self) -> Design:
        return self.canvas.bridge.session.design

    @property
    def graph(self) -> Graph:
        return self.design.graph(self.canvas.scope)

    @property
    def steps(self) -> int:
        return self.canvas.bridge.state.history.depth

    def wires(self) -> set[tuple[str, str, str, str]]:
        return {(e.source, e.source_port, e.target, e.target_port) for e in self.graph.edges}

    def at(self, x: float, y: float) -> QPoint:
        return self.canvas.view.mapFromScene(QPointF(x, y))

    def node(self, node_id: str) -> QPoint:
        """The middle of a card, away from its ports."""
        return self.canvas.view.mapFromScene(self.canvas.scene.nodes[node_id].body().center())

    def port(self, node_id: str, side: str, name: str) -> QPoint:
        item = self.canvas.scene.nodes[node_id]
        return self.canvas.view.mapFromScene(item.port_at(side, item.port_index(side, name)))

    def wire(self, source: str, target: str) -> QPoint:
        """The middle of the first wire between two nodes."""
        item = next(
            item
            for key, item in self.canvas.scene.wires.items.items()
            if (key[0].source, key[0].target) == (source, target)
        )
        return self.canvas.view.mapFromScene(QPointF(*item.way.middle))

    # --------------------------------------------------------------------------------------------------- pointer

    def press(self, at: QPoint, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT) -> None:
        QTest.mousePress(self.viewport, button, modifiers, at)

    def move(self, at: QPoint) -> None:
        QTest.mouseMove(self.viewport, at)
        QApplication.processEvents()

    def release(
        self, at: QPoint, modifiers: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        QTest.mouseRelease(self.viewport, button, modifiers, at)

    def click(self, at: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.press(at, modifiers)
        self.release(at, modifiers)

    def double_click(self, at: QPoint) -> None:
        self.click(at)
        QTest.mouseDClick(self.viewport, LEFT, NONE, at)
        QTest.mouseRelease(self.viewport, LEFT, NONE, at)

    def drag(
        self,
        start: QPoint,
        end: QPoint,
        modifiers: Qt.KeyboardModifier = NONE,
        button: Qt.MouseButton = LEFT,
        let_go: bool = True,
    ) -> None:
        self.press(start, modifiers, button)
        for step in (0.1, 0.5, 1.0):
            self.move(start + (end - start) * step)
        if let_go:
            self.release(end, modifiers, button)

    def drop(
        self, data: QMimeData, at: QPoint, let_go: bool = True, held: Qt.KeyboardModifier = NONE
    ) -> None:
        """Brings something from the palette and lets it go."""
        where, actions, buttons = QPointF(at), Qt.DropAction.CopyAction, LEFT
        enter = QDragEnterEvent(at, actions, data, buttons, held)
        QApplication.sendEvent(self.viewport, enter)
        QApplication.sendEvent(self.viewport, QDragMoveEvent(at, actions, data, buttons, held))
        if let_go:
            QApplication.sendEvent(self.viewport, QDropEvent(where, actions, data, buttons, held))

    # ------------------------------------------------------------------------------------------------------- keys

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, to: QWidget | None = None) -> None:
        QTest.keyClick(to or self.canvas.view, key, modifiers)

    def search(self, text: str) -> None:
        """Types into the open search and takes the first that is found."""
        assert self.canvas.searching.popup.isVisible()
        QTest.keyClicks(self.canvas.searching.popup.field, text)
        QTest.keyClick(self.canvas.searching.popup.field, Qt.Key.Key_Return)


def wire(source: str, target: str, port: str = "input", output: str = "output") -> Edge:
    return Edge(source, output, target, port)


def chain() -> Design:
    """An image through a convolution to ten classes, in one row; two loose nodes below."""
    nodes = {
        "input": Node("Input", {"shape": (1, 8, 8)}),
        "conv": Node("Conv2d", {"out_channels": 4, "padding": 1}),
        "relu": Node("ReLU"),
        "flatten": Node("Flatten"),
        "head": Node("Linear", {"out_features": 10}),
        "output": Node("Output"),
        "loose": Node("BatchNorm2d"),
        "norm": Node("BatchNorm1d"),
    }
    row = ("input", "conv", "relu", "flatten", "head", "output")
    edges = tuple(wire(a, b) for a, b in itertools.pairwise(row))
    layout = {node_id: (272.0 * index, 0.0) for index, node_id in enumerate(row)}
    layout |= {"loose": (272.0, 240.0), "norm": (544.0, 240.0)}
    return Design(networks={"main": Network(Graph(nodes, edges), layout)}, title="chain")


def residual() -> Design:
    """A skip connection around two nodes, then a block that is applied three times."""
    inside = {
        "x": Node("Input"),
        "conv": Node("Conv2d", {"out_channels": "width", "padding": 1}),
        "y": Node("Output"),
    }
    block = Block(
        Graph(inside, (wire("x", "conv"), wire("conv", "y"))),
        {"x": (0.0, 0.0), "conv": (272.0, 0.0), "y": (544.0, 0.0)},
        {"width": 4},
        "A convolution.",
    )
    nodes = {
        "input": Node("Input", {"shape": (4, 8, 8)}),
        "conv": Node("Conv2d", {"out_channels": 4, "padding": 1}),
        "relu": Node("ReLU"),
        "add": Node("Add"),
        "stage": Node("block:Stage", {}, 3),
        "output": Node("Output"),
    }
    edges = (
        wire("input", "conv"),
        wire("conv", "relu"),
        wire("relu", "add", "inputs"),
        wire("input", "add", "inputs"),
        wire("add", "stage", "x"),
        wire("stage", "output", "input", "y"),
    )
    layout = {node_id: (272.0 * index, 0.0) for index, node_id in enumerate(nodes)}
    return Design(networks={"main": Network(Graph(nodes, edges), layout)}, blocks={"Stage": block})
