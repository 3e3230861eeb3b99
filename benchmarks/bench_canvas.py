"""How long the canvas takes on large networks: open, repaint, drag, zoom, one edit.

Run it with `python benchmarks/bench_canvas.py [NODES …]`. It draws offscreen, so the figures say how the program
scales, not how a graphics card would do. Each is the median of several repetitions, in milliseconds.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication

from netdesigner.document import Design, Edge, Graph, Network, Node, edit
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.ui.application import make_application
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.theme import LIGHT

_KINDS = ("Conv2d", "BatchNorm2d", "ReLU", "Identity")
_A_ROW = 40


def residual_network(count: int) -> Design:
    """A chain of nodes on a grid, with a skip connection around every fourth."""
    nodes = {"input": Node("Input", {"shape": (8, 32, 32)})}
    edges: list[Edge] = []
    layout = {"input": (0.0, 0.0)}
    last, fork = "input", "input"
    for index in range(count - 1):
        node_id = f"node_{index}"
        join = index % 5 == 4
        params = {"out_channels": 8, "padding": 1} if _KINDS[index % 4] == "Conv2d" and not join else {}
        nodes[node_id] = Node("Add" if join else _KINDS[index % 4], params)
        layout[node_id] = (272.0 * ((index + 1) % _A_ROW), 184.0 * ((index + 1) // _A_ROW))
        edges.append(Edge(last, "output", node_id, "inputs" if join else "input"))
        if join:
            edges.append(Edge(fork, "output", node_id, "inputs"))
            fork = node_id
        last = node_id
    return Design(networks={"main": Network(Graph(nodes, tuple(edges)), layout)})


def median_ms(repetitions: int, work: Callable[[int], object]) -> float:
    """The median time of some work, which is told the number of the repetition."""
    times = []
    for index in range(repetitions):
        begun = time.perf_counter()
        work(index)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def measure(count: int) -> None:
    """Prints the figures for a network of some size."""
    session = Session(Catalog.discover())
    canvas = Canvas(Bridge(session), LIGHT)
    canvas.resize(1600, 1000)
    canvas.show()
    QCoreApplication.processEvents()
    design = residual_network(count)
    figures = {"check": median_ms(1, lambda _: session.new(design))}
    scene = canvas.scene
    figures["open"] = median_ms(3, lambda _: reopen(canvas))
    view = canvas.view
    view.fit()
    QCoreApplication.processEvents()
    figures["repaint all"] = median_ms(9, lambda _: view.viewport().repaint())
    view.set_zoom(1.0)
    view.centerOn(scene.nodes["node_50"].body().center())
    QCoreApplication.processEvents()
    figures["repaint at 100 %"] = median_ms(9, lambda _: view.viewport().repaint())
    figures["drag step"] = median_ms(20, lambda index: drag(canvas, index))
    figures["zoom step"] = median_ms(8, lambda index: zoom(canvas, index))
    figures["move as an edit"] = median_ms(5, lambda index: move(session, index))
    figures["parameter edit"] = median_ms(5, lambda index: set_param(session, index))
    print(f"{count:>6,} nodes  " + "  ".join(f"{name} {value:.1f}" for name, value in figures.items()))
    canvas.close()
    canvas.deleteLater()


def reopen(canvas: Canvas) -> None:
    """Shows the scope afresh."""
    canvas.scene.clear_scope()
    canvas.refresh()


def drag(canvas: Canvas, index: int) -> None:
    """Drags one node by a grid step and paints."""
    canvas.scene.preview({"node_50": (272.0 * 11 + 8 * (index % 2), 184.0)})
    QCoreApplication.processEvents()


def zoom(canvas: Canvas, index: int) -> None:
    """Zooms a step and paints."""
    canvas.view.set_zoom(0.9 if index % 2 else 1.0)
    QCoreApplication.processEvents()


def move(session: Session, index: int) -> None:
    """Moves one node, as a step of the history."""
    session.edit(edit.move_nodes(session.design, "main", {"node_7": (float(8 * index), 900.0)}), "move")
    QCoreApplication.processEvents()


def set_param(session: Session, index: int) -> None:
    """Sets a parameter that changes no shape."""
    session.edit(edit.set_params(session.design, "main", "node_0", {"bias": bool(index % 2)}), "set")
    QCoreApplication.processEvents()


if __name__ == "__main__":
    application = make_application(offscreen=True)
    for size in [int(text) for text in sys.argv[1:]] or [100, 1000, 5000]:
        measure(size)
