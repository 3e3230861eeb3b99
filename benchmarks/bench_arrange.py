"""How long the automatic layout takes, and whether what it gives can be read.

Run it with `python benchmarks/bench_arrange.py`. The cards have the sizes and ports that the canvas draws. For each
network: the processor time in milliseconds, how many pairs of cards lie on each other, and the share of the wires
along the longest chain that are straight. Wires from one line of a long network to the next are not counted. The
garbage collector is off, as it is in the window between two ticks of its timer.
"""

from __future__ import annotations

import gc
import itertools
import os
import random
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import networkx as nx

from benchmarks.bench_canvas import residual_network
from netdesigner.document import Design, Edge, Graph, Network, Node
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.arrange import USUAL_AREA, Ends, Size, arrange, overlaps
from netdesigner.ui.application import make_application
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.theme import LIGHT

_STAGES = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
_REPETITIONS = 3


class _Chain:
    """Adds layers one behind the other."""

    def __init__(self) -> None:
        self.nodes: dict[str, Node] = {}
        self.edges: list[Edge] = []

    def add(self, kind: str, *sources: str, **params: int) -> str:
        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes[name] = Node(kind, params)
        port = "inputs" if kind == "Add" else "input"
        self.edges += [Edge(source, "output", name, port) for source in sources]
        return name

    def conv(self, source: str, channels: int, size: int, stride: int = 1) -> str:
        """A convolution with its normalisation."""
        params = {"out_channels": channels, "kernel_size": size, "stride": stride, "padding": size // 2}
        return self.add("BatchNorm2d", self.add("Conv2d", source, **params))

    def design(self) -> Design:
        return Design(networks={"main": Network(Graph(self.nodes, tuple(self.edges)))})


def resnet50() -> Design:
    """ResNet-50 layer by layer, without blocks."""
    net = _Chain()
    net.nodes["input"] = Node("Input", {"shape": (3, 224, 224)})
    x = net.add("ReLU", net.conv("input", 64, 7, 2))
    x = net.add("MaxPool2d", x, kernel_size=3, stride=2, padding=1)
    for channels, count, first_stride in _STAGES:
        for index in range(count):
            stride = first_stride if index == 0 else 1
            y = net.add("ReLU", net.conv(x, channels, 1))
            y = net.add("ReLU", net.conv(y, channels, 3, stride))
            y = net.conv(y, 4 * channels, 1)
            short = net.conv(x, 4 * channels, 1, stride) if index == 0 else x
            x = net.add("ReLU", net.add("Add", y, short))
    x = net.add("Flatten", net.add("AdaptiveAvgPool2d", x, output_size=1))
    net.add("Output", net.add("Linear", x, out_features=1000))
    return net.design()


def random_network(count: int) -> Design:
    """Nodes each fed by one of the last few, and now and then by one far back as well."""
    chance = random.Random(1)
    net = _Chain()
    net.nodes["input"] = Node("Input", {"shape": (16,)})
    names = ["input"]
    for _ in range(count - 1):
        near = names[-chance.randint(1, min(4, len(names)))]
        far = chance.choice(names)
        joins = chance.random() < 0.25 and far != near
        names.append(net.add("Add", near, far) if joins else net.add("ReLU", near))
    return net.design()


def straight_share(graph: Graph, layout: dict[str, tuple[float, float]], ends: Ends) -> float:
    """The share of the wires along the longest chain that are level, of those that run to the right."""
    whole: nx.DiGraph = nx.DiGraph()
    edge_of = {(edge.source, edge.target): edge for edge in graph.edges}
    whole.add_edges_from(edge_of)
    chain = nx.dag_longest_path(whole, weight=None)
    level = []
    for pair in itertools.pairwise(chain):
        (left, above), (right, below) = layout[pair[0]], layout[pair[1]]
        if right > left:
            start, end = ends(edge_of[pair])
            level.append(above + start == below + end)
    return sum(level) / len(level)


def measure(name: str, design: Design, session: Session, canvas: Canvas, area: Size | None) -> None:
    """Prints the figures for one network."""
    session.new(design)
    graph, sizes, ends = design.graph("main"), canvas.scene.sizes(), canvas.scene.wires.heights_of
    times = []
    for _ in range(_REPETITIONS):
        begun = time.process_time()
        layout = arrange(graph, sizes, ends, area)
        times.append((time.process_time() - begun) * 1000)
    lying, straight = len(overlaps(layout, sizes)), straight_share(graph, layout, ends)
    print(
        f"{name:>22}  {len(graph.nodes):>5,} nodes  {sorted(times)[len(times) // 2]:>7.0f} ms"
        f"  {lying} overlaps  {straight:.0%} of the main chain straight"
    )


if __name__ == "__main__":
    gc.disable()
    application = make_application(offscreen=True)
    session_ = Session(Catalog.discover())
    canvas_ = Canvas(Bridge(session_), LIGHT)
    measure("ResNet-50 in lines", resnet50(), session_, canvas_, USUAL_AREA)
    measure("ResNet-50 in one line", resnet50(), session_, canvas_, None)
    measure("residual chain", residual_network(1000), session_, canvas_, USUAL_AREA)
    measure("random", random_network(1000), session_, canvas_, None)
    canvas_.deleteLater()
