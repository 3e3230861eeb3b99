"""The canvas against a bare QGraphicsScene and NodeGraphQt: build, repaint all, drag a node, on the same graph.

The bare scene draws about what a card shows (body, header, two texts, three ports) with one item a node and plain
path items for wires, and leaves texts out when zoomed out. Each program runs in a process of its own, in turns, and
draws offscreen; figures are medians in milliseconds. NodeGraphQt is measured where it is installed
(`pip install NodeGraphQt==0.6.44 setuptools`), with its check for cycles off, as it takes minutes otherwise.

Goals for 1,000 nodes and 1,500 wires, as multiples of the bare scene: build 3, repaint all 2, a drag step 3; for 5,000
nodes zoomed out repaint 1.
"""

from __future__ import annotations

import gc
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication, QGraphicsItem, QGraphicsPathItem, QGraphicsScene, QGraphicsView

ROUNDS = 5
SIZES = (1000, 5000)
_GOALS = {1000: {"build": 3.0, "repaint all": 2.0, "drag step": 3.0}, 5000: {"repaint all": 1.0}}
_A_COLUMN = 50
_MOVED = 110
_ACROSS, _DOWN = 272.0, 184.0


def wires(count: int) -> list[tuple[int, int]]:
    """One and a half wires a node, each from one of the two columns before it, seldom two from the same node."""
    chance = random.Random(0)
    found = set()
    for node in range(_A_COLUMN, count):
        found.add((node - _A_COLUMN, node))
        if node % 2 and node >= 2 * _A_COLUMN:
            found.add((node - 2 * _A_COLUMN + chance.randrange(-2, 3), node))
    return sorted((max(0, source), target) for source, target in found)


def place(node: int) -> tuple[float, float]:
    """Where a node lies: in columns from left to right."""
    return node // _A_COLUMN * _ACROSS, node % _A_COLUMN * _DOWN


def milliseconds(work: Callable[[], object], repetitions: int = 1) -> float:
    """The median time of some work."""
    times = []
    for _ in range(repetitions):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def shown(
    view: Any,
    build: Callable[[], object],
    move: Callable[[float, float], object],
    fit: Callable[[], object] | None = None,
) -> dict[str, float]:
    """The three figures of a program.

    Args:
        view: its QGraphicsView.
        build: makes nodes and wires.
        move: moves one node, which lies in the middle, to a place.
        fit: zooms so that everything is seen, where the program has a way of its own.
    """
    view.resize(1600, 1000)
    view.show()
    QCoreApplication.processEvents()
    figures = {"build": milliseconds(build)}
    scene = view.scene()
    if fit is not None:
        fit()
    else:
        view.setSceneRect(scene.itemsBoundingRect())
        view.fitInView(scene.itemsBoundingRect(), Qt.AspectRatioMode.KeepAspectRatio)
    QCoreApplication.processEvents()
    view.viewport().repaint()
    figures["repaint all"] = milliseconds(view.viewport().repaint, 9)
    steps = iter(range(1000))

    def drag() -> None:
        x, y = place(_MOVED)
        move(x + 8 * (next(steps) % 2), y)
        QCoreApplication.processEvents()

    drag()
    figures["drag step"] = milliseconds(drag, 20)
    return figures


class BareNode(QGraphicsItem):
    """A card of the bare scene."""

    AREA = QRectF(-6, -2, 212, 104)

    def __init__(self) -> None:
        super().__init__()
        self._pen, self._header, self._body = (
            QPen(QColor("#888")),
            QBrush(QColor("#36c")),
            QBrush(QColor("#fff")),
        )
        self._bold, self._plain = QFont("", 9, QFont.Weight.Bold), QFont("", 8)

    def boundingRect(self) -> QRectF:  # noqa: N802 (Qt's name)
        """As of every item."""
        return self.AREA

    def paint(self, painter: QPainter, option: Any, widget: Any = None) -> None:
        """As of every item; without texts where they would be too small to read."""
        painter.setPen(self._pen)
        painter.setBrush(self._body)
        painter.drawRoundedRect(0, 0, 200, 100, 6, 6)
        painter.fillRect(1, 1, 198, 24, self._header)
        if painter.worldTransform().m11() < 0.4:
            return
        painter.setFont(self._bold)
        painter.drawText(8, 17, "Conv2d")
        painter.setFont(self._plain)
        painter.drawText(8, 44, "out_channels 64")
        painter.drawText(8, 60, "kernel_size 3")
        for port in (QPointF(0, 40), QPointF(0, 70), QPointF(200, 50)):
            painter.drawEllipse(port, 5, 5)


class BareScene(QGraphicsScene):
    """Cards, and Qt's own path items for wires."""

    def __init__(self) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self._nodes: list[BareNode] = []
        self._wires: dict[int, list[tuple[QGraphicsPathItem, int, int]]] = {}

    def build(self, count: int) -> None:
        """Makes nodes and wires."""
        for index in range(count):
            node = BareNode()
            node.setPos(*place(index))
            self.addItem(node)
            self._nodes.append(node)
        for source, target in wires(count):
            wire = QGraphicsPathItem(self._path(source, target))
            wire.setPen(QPen(Qt.GlobalColor.gray, 2))
            wire.setZValue(-1)
            self.addItem(wire)
            for end in (source, target):
                self._wires.setdefault(end, []).append((wire, source, target))

    def _path(self, source: int, target: int) -> QPainterPath:
        begin = self._nodes[source].pos() + QPointF(200, 50)
        end = self._nodes[target].pos() + QPointF(0, 40)
        found = QPainterPath(begin)
        found.cubicTo(begin + QPointF(60, 0), end - QPointF(60, 0), end)
        return found

    def move(self, x: float, y: float) -> None:
        """Moves the node in the middle, and its wires."""
        self._nodes[_MOVED].setPos(x, y)
        for wire, source, target in self._wires[_MOVED]:
            wire.setPath(self._path(source, target))


def bare(count: int) -> dict[str, float]:
    """A scene with one class of item for nodes and Qt's own for wires."""
    application = QApplication([])
    scene = BareScene()
    view = QGraphicsView(scene)
    view.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)
    figures = shown(view, lambda: scene.build(count), scene.move)
    application.quit()
    return figures


def ours(count: int) -> dict[str, float]:
    """The canvas of this program."""
    from netdesigner.document import Design, Edge, Graph, Network, Node
    from netdesigner.parts import Catalog
    from netdesigner.session import Session
    from netdesigner.ui.application import make_application
    from netdesigner.ui.bridge import Bridge
    from netdesigner.ui.canvas.canvas import Canvas
    from netdesigner.ui.theme import LIGHT

    make_application(offscreen=True)
    nodes, edges, layout = {}, [], {}
    joined: dict[int, list[int]] = {}
    for source, target in wires(count):
        joined.setdefault(target, []).append(source)
    for index in range(count):
        sources = joined.get(index, [])
        kind = "Input" if not sources else "Add" if len(sources) > 1 else "Conv2d"
        params = {"Input": {"shape": (8, 16, 16)}, "Conv2d": {"out_channels": 8, "padding": 1}}.get(kind, {})
        nodes[f"n{index}"] = Node(kind, params)
        layout[f"n{index}"] = place(index)
        port = "inputs" if kind == "Add" else "input"
        edges += [Edge(f"n{source}", "output", f"n{index}", port) for source in sources]
    session = Session(Catalog.discover())
    canvas = Canvas(Bridge(session), LIGHT)
    session.new(Design(networks={"main": Network(Graph(nodes, tuple(edges)), layout)}))

    canvas.scene.clear_scope()

    def move(x: float, y: float) -> None:
        canvas.scene.preview({f"n{_MOVED}": (x, y)})

    view = canvas.view
    canvas.resize(1600, 1000)
    canvas.show()
    return shown(view, canvas.refresh, move, view.fit)


def node_graph_qt(count: int) -> dict[str, float]:
    """NodeGraphQt with nodes of two inputs and one output."""
    from NodeGraphQt import BaseNode, NodeGraph

    application = QApplication([])

    class Layer(BaseNode):
        __identifier__ = "bench"
        NODE_NAME = "Layer"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("a", multi_input=True)
            self.add_input("b")
            self.add_output("out")

    graph = NodeGraph()
    graph.set_acyclic(False)
    graph.register_node(Layer)
    made: list[Any] = []

    def build() -> None:
        made.extend(
            graph.create_node("bench.Layer", pos=place(index), push_undo=False, selected=False)
            for index in range(count)
        )
        for source, target in wires(count):
            made[source].output(0).connect_to(made[target].input(0), push_undo=False)

    def move(x: float, y: float) -> None:
        made[_MOVED].view.setPos(x, y)

    figures = shown(graph.viewer(), build, move)
    application.quit()
    return figures


_PROGRAMS = {"bare scene": bare, "netdesigner": ours, "NodeGraphQt": node_graph_qt}


def child(name: str, count: int) -> dict[str, float] | None:
    """The figures of a program in a process of its own; None where it is not installed."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "QT_API": "pyside6",
        "QT_PREFERRED_BINDING": "PySide6",
    }
    command = [sys.executable, "-m", "benchmarks.bench_peers", name, str(count)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if "No module named 'NodeGraphQt'" in done.stderr:
        return None
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Print the table."""
    for count in SIZES:
        names = [name for name in _PROGRAMS if count == SIZES[0] or name != "NodeGraphQt"]
        rounds: dict[str, list[dict[str, float]]] = {name: [] for name in names}
        for turn in range(ROUNDS):
            for name in names:
                if name == "NodeGraphQt" and turn:
                    continue  # one round of it says enough
                figures = child(name, count)
                if figures is not None:
                    rounds[name].append(figures)
        print(f"{count:,} nodes, {len(wires(count)):,} wires")
        medians = {
            name: {key: statistics.median(row[key] for row in rows) for key in rows[0]}
            for name, rows in rounds.items()
            if rows
        }
        for name, figures in medians.items():
            told = []
            for key, value in figures.items():
                ratio = value / medians["bare scene"][key]
                goal = _GOALS[count].get(key) if name == "netdesigner" else None
                told.append(
                    f"{key} {value:8.1f} ms = {ratio:6.2f}" + (f" (goal {goal:g})" if goal else " " * 9)
                )
            print(f"  {name:12s} " + "  ".join(told))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        gc.disable()  # as the program does while its window lives
        sys.stdout.write(json.dumps(_PROGRAMS[sys.argv[1]](int(sys.argv[2]))) + "\n")
        sys.stdout.flush()
        os._exit(0)
    main()
