"""A compiled network against the same network written by hand in PyTorch, on one thread of the processor.

Both take the same weights and the same batch, in turn, and must give the same numbers. A ratio above 1 means that the
compiled network is the faster one. Goals: at least 0.97, and 0.92 for layers so small that nothing but calls is timed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from netdesigner.compiler import compile_design
from netdesigner.document import Block, Design, Edge, Graph, Network, Node
from netdesigner.parts import Catalog

ROUNDS = 200
DEPTH = 50


# -- By hand --------------------------------------------------------------------------------------------------


class Residual(nn.Module):
    """Two convolutions around which the input is led."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in and out."""
        y = self.relu1(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return self.relu2(x + y)


class ResidualNetwork(nn.Module):
    """A small image classifier."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3, padding=1)
        self.blocks = nn.Sequential(*(Residual(16) for _ in range(8)))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flat = nn.Flatten()
        self.head = nn.Linear(16, 10)

    def forward(self, image: Tensor) -> Tensor:
        """(N, 3, H, W) to (N, 10)."""
        x = self.stem(image)
        x = self.blocks(x)
        x = self.pool(x)
        x = self.flat(x)
        return self.head(x)


class Chain(nn.Sequential):
    """Linear layers one after the other, in the fastest form that torch has."""

    def __init__(self, width: int) -> None:
        super().__init__(*(nn.Linear(width, width) for _ in range(DEPTH)))


# -- The same as designs ----------------------------------------------------------------------------------------


def chain_of(nodes: dict[str, Node]) -> Graph:
    """Nodes one after the other."""
    ids = list(nodes)
    return Graph(nodes, tuple(Edge(a, "output", b, "input") for a, b in pairwise(ids)))


def residual_design() -> Design:
    inner = chain_of(
        {
            "x": Node("Input"),
            "conv1": Node("Conv2d", {"out_channels": "channels", "padding": 1, "bias": False}),
            "norm1": Node("BatchNorm2d"),
            "relu1": Node("ReLU"),
            "conv2": Node("Conv2d", {"out_channels": "channels", "padding": 1, "bias": False}),
            "norm2": Node("BatchNorm2d"),
        }
    )
    rest = {"add": Node("Add"), "relu2": Node("ReLU"), "y": Node("Output")}
    wires = (
        Edge("x", "output", "add", "inputs"),
        Edge("norm2", "output", "add", "inputs"),
        Edge("add", "output", "relu2", "input"),
        Edge("relu2", "output", "y", "input"),
    )
    block = Block(Graph({**inner.nodes, **rest}, inner.edges + wires), params={"channels": 16})
    nodes = {
        "image": Node("Input", {"shape": (3, 16, 16)}),
        "stem": Node("Conv2d", {"out_channels": 16, "padding": 1}),
        "blocks": Node("block:residual", repeat=8),
        "pool": Node("AdaptiveAvgPool2d", {"output_size": 1}),
        "flat": Node("Flatten"),
        "head": Node("Linear", {"out_features": 10}),
        "scores": Node("Output"),
    }
    edges = tuple(
        Edge(a, "y" if a == "blocks" else "output", b, "x" if b == "blocks" else "input")
        for a, b in pairwise(nodes)
    )
    return Design({"main": Network(Graph(nodes, edges))}, {"residual": block})


def linear_design(width: int) -> Design:
    nodes = {"x": Node("Input", {"shape": (width,)})}
    nodes |= {f"linear_{number}": Node("Linear", {"out_features": width}) for number in range(DEPTH)}
    nodes["y"] = Node("Output")
    return Design({"main": Network(chain_of(nodes))})


# -- Measuring --------------------------------------------------------------------------------------------------


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def forward(module: nn.Module, batch: Tensor) -> None:
    with torch.no_grad():
        module(batch)


def backward(module: nn.Module, batch: Tensor) -> None:
    module(batch).sum().backward()


def ratio(
    theirs: nn.Module, ours: nn.Module, batch: Tensor, run: Callable[[nn.Module, Tensor], None]
) -> float:
    """The time of the hand-written network divided by that of the compiled one: the median over pairs of calls."""
    found = []
    for number in range(ROUNDS + 20):
        first, second = (theirs, ours) if number % 2 else (ours, theirs)
        times = {module: seconds(lambda module=module: run(module, batch)) for module in (first, second)}  # type: ignore[misc]
        found.append(times[theirs] / times[ours])
    return statistics.median(found[20:])


def pair(theirs: nn.Module, design: Design) -> tuple[nn.Module, nn.Module]:
    """Both networks with the same weights."""
    ours = compile_design(design, Catalog.discover()).module
    values = theirs.state_dict().values()
    ours.load_state_dict(dict(zip(ours.state_dict(), values, strict=True)))
    return theirs, ours


def main() -> int:
    """Print the table; 1 if a goal was missed."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    cases = (
        (
            "residual CNN, 8 blocks",
            *pair(ResidualNetwork(), residual_design()),
            torch.randn(8, 3, 16, 16),
            0.97,
        ),
        ("50 × Linear(256, 256)", *pair(Chain(256), linear_design(256)), torch.randn(32, 256), 0.97),
        ("50 × Linear(8, 8)", *pair(Chain(8), linear_design(8)), torch.randn(32, 8), 0.92),
    )
    print(f"{'speed of compiled / hand-written':34}{'forward':>10}{'+ backward':>12}{'goal':>8}")
    missed = False
    for name, theirs, ours, batch, goal in cases:
        theirs.eval(), ours.eval()
        torch.testing.assert_close(theirs(batch), ours(batch), rtol=0, atol=0)
        found = [ratio(theirs, ours, batch, run) for run in (forward, backward)]
        missed |= min(found) < goal
        print(f"{name:34}{found[0]:>10.3f}{found[1]:>12.3f}{goal:>8}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
