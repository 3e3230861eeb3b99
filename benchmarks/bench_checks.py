"""How long checks take: a design opened, one edit, a wire refused; residual chains; designs made to hurt.

Run with `python benchmarks/bench_checks.py`. Times are of one thread, in milliseconds; the least of several runs says
what the work costs, the median what a user would see. The canvas may spend 16 ms on an edit of 1,000 nodes.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

from netdesigner.checks import check, explain_refusal, with_fixes
from netdesigner.document import Block, Design, Edge, Graph, Network, Node, edit
from netdesigner.parts import Catalog

CATALOG = Catalog.discover()


def chain(length: int) -> Design:
    """Linear layers in a row, so that each edit reaches everything behind it."""
    nodes = {f"linear_{at}": Node("Linear", {"out_features": 16}) for at in range(length - 2)}
    nodes = {"input": Node("Input", {"shape": (16,)}), **nodes, "output": Node("Output")}
    ids = list(nodes)
    edges = tuple(Edge(a, "output", b, "input") for a, b in pairwise(ids))
    return Design({"main": Network(Graph(nodes, edges))})


def residual(blocks: int) -> Design:
    """Residual blocks in a row: 2 ** blocks ways from the first node to the last."""
    nodes = {"input": Node("Input", {"shape": (16, 32, 32)})}
    edges, last = [], "input"
    for at in range(blocks):
        inner = [f"conv_a_{at}", f"norm_{at}", f"relu_{at}", f"conv_b_{at}"]
        kinds = ["Conv2d", "BatchNorm2d", "ReLU", "Conv2d"]
        nodes |= {
            name: Node(kind, {"padding": 1} if kind == "Conv2d" else {})
            for name, kind in zip(inner, kinds, strict=True)
        }
        nodes[f"add_{at}"] = Node("Add")
        for source, target in zip([last, *inner], inner, strict=False):
            edges.append(Edge(source, "output", target, "input"))
        edges += [Edge(name, "output", f"add_{at}", "inputs") for name in (inner[-1], last)]
        last = f"add_{at}"
    nodes["output"] = Node("Output")
    edges.append(Edge(last, "output", "output", "input"))
    return Design({"main": Network(Graph(nodes, tuple(edges)))})


def nested(levels: int, repeat: int) -> Design:
    """Blocks in blocks, each repeated, each round with another shape."""
    blocks = {}
    for level in range(levels):
        kind, port, result = (
            ("ZeroPad2d", "input", "output") if level == 0 else (f"block:B{level - 1}", "x", "y")
        )
        body = {
            "x": Node("Input"),
            "n": Node(kind, {"padding": (1, 0, 0, 0)} if level == 0 else {}, repeat),
            "y": Node("Output"),
        }
        blocks[f"B{level}"] = Block(
            Graph(body, (Edge("x", "output", "n", port), Edge("n", result, "y", "input")))
        )
    nodes = {"input": Node("Input"), "b": Node(f"block:B{levels - 1}"), "output": Node("Output")}
    edges = (Edge("input", "output", "b", "x"), Edge("b", "y", "output", "input"))
    return Design({"main": Network(Graph(nodes, edges))}, blocks)


def timed(label: str, work: Callable[[], object], runs: int = 15) -> None:
    """Prints a row of the table."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    print(f"{label:58} {min(times):9.2f} {statistics.median(times):9.2f}")


def opened() -> None:
    for length in (100, 1_000, 10_000):
        what = chain(length)
        timed(
            f"{length:,} nodes in a row, cold",
            lambda what=what: check(what, CATALOG),
            15 if length < 10_000 else 3,
        )


def edited() -> None:
    what = chain(1_000)
    report = check(what, CATALOG)
    wires = what.graph("main").edges
    edits = {
        "nothing (a node moved)": edit.move_nodes(what, "main", {"linear_5": (9.0, 9.0)}),
        "a parameter of the last node": edit.set_params(what, "main", "linear_997", {"out_features": 17}),
        "a parameter of the first node": edit.set_params(what, "main", "linear_0", {"out_features": 17}),
        "a parameter of the Input, shapes change to the end": edit.set_params(
            what, "main", "input", {"shape": (4, 16)}
        ),
        "a node added": edit.add_node(what, "main", "ReLU")[0],
        "a wire cut at the end": edit.disconnect(what, "main", [wires[-2]]),
        "a wire cut in the middle": edit.disconnect(what, "main", [wires[500]]),
        "a wire cut at the beginning": edit.disconnect(what, "main", [wires[2]]),
        "a loop closed over all": edit.connect(
            what, "main", Edge("linear_990", "output", "linear_2", "input")
        ),
    }
    for label, after in edits.items():
        timed(f"1,000 nodes, edit: {label}", lambda after=after: check(after, CATALOG, previous=report))
    for label, wire in {
        "closes a loop": Edge("linear_990", "output", "linear_2", "input"),
        "is fine": Edge("linear_2", "output", "linear_990", "input"),
    }.items():
        timed(
            f"1,000 nodes, wire that {label}",
            lambda wire=wire: explain_refusal(what, CATALOG, "main", wire, report=report),
        )


def residuals() -> None:
    for blocks in (16, 64, 200):
        what = residual(blocks)
        report = check(what, CATALOG)
        timed(f"{blocks} residual blocks, cold", lambda what=what: check(what, CATALOG))
        broken = edit.set_params(what, "main", f"conv_b_{blocks - 1}", {"out_channels": 8})
        timed(
            f"{blocks} residual blocks, the last join broken",
            lambda after=broken, report=report: check(after, CATALOG, previous=report),
        )
        found = check(broken, CATALOG, previous=report)
        timed(
            "  and its fixes found",
            lambda after=broken, found=found: with_fixes(after, found, CATALOG, only=found.problems[0]),
            5,
        )


def hostile() -> None:
    timed(
        "blocks 4 deep, each 1,000 times, always another shape", lambda: check(nested(4, 1_000), CATALOG), 3
    )
    timed("blocks 32 deep, each twice", lambda: check(nested(32, 2), CATALOG), 3)
    crossed = chain(10_000)
    ids = list(crossed.graph("main").nodes)
    more = tuple(Edge(ids[at], "output", ids[at * 7 % 9_000 + 1], "input") for at in range(9_000))
    graph = crossed.graph("main")
    tangled = Design({"main": Network(Graph(graph.nodes, graph.edges + more))})
    timed("10,000 nodes, 9,000 wires too many, one big tangle", lambda: check(tangled, CATALOG), 3)


def main() -> None:
    gc.freeze()
    gc.disable()  # as while the window lives
    print(f"{'milliseconds':58} {'least':>9} {'median':>9}")
    for part in (opened, edited, residuals, hostile):
        part()
        gc.collect()


if __name__ == "__main__":
    main()
