"""Whatever a design is, checking it does not raise; after whatever edits, it finds what a check from nothing finds."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from netdesigner.checks import Problem, Report, check, explain_refusal, summary, with_fixes
from netdesigner.document import Block, Choice, Design, Edge, Graph, Network, Node, Settings, edit
from netdesigner.errors import EditError
from netdesigner.parts import DataSpec
from tests.checks.toys import CATALOG, DIGITS, PRICES

IDS = ("a", "b", "c", "d", "e", "f", "g")
BLOCKS = ("One", "Two")
KINDS = (*CATALOG.layers, "block:One", "block:Two", "block:Gone", "Lineer", "")
PORTS = ("output", "input", "inputs", "rest", "state", "part_1", "part_3", "a", "b", "nowhere")
NAMES = (
    "shape",
    "cuts",
    "axes",
    "dtype",
    "out_features",
    "out_channels",
    "kernel_size",
    "stride",
    "dim",
    "dims",
    "width",
    "x",
)
TEXTS = ("width", "2*width", "depth", "1/0", "3*", "", "reflect", "float32", "int64", "T")

values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.sampled_from(TEXTS),
    lambda inner: st.lists(inner, max_size=4).map(tuple),
    max_leaves=4,
)
sound = st.sampled_from(
    [
        Node("Input", {"shape": (4, 6, 6)}),
        Node("Input", {"shape": (5,)}),
        Node("Input", {"shape": (3,), "dtype": "int64"}),
        Node("Conv2d", {"out_channels": "width"}),
        Node("ReLU", repeat=3),
        Node("Grow", repeat="depth"),
        Node("Cut", {"cuts": "width"}),
        Node("Cut", {"cuts": 3}),
        Node("Linear", tied="a"),
        Node("Linear", {"out_features": "width"}, frozen=True, tied="b"),
        Node("Conv2d", tied="c"),
        Node("block:One", tied="d"),
        Node("block:One"),
        Node("block:Two", {"width": "depth+1"}),
        *map(Node, ("Output", "Linear", "Add", "Concat", "Flatten", "MaxPool2d", "Embedding", "Split")),
    ]
)
odd = st.builds(
    Node,
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(NAMES), values, max_size=2),
    st.integers(-1, 4) | st.just(1) | st.sampled_from(TEXTS),
)
passed = sound.map(lambda node: replace(node, bypassed=True))
nodes = sound | odd | passed
wires = st.builds(
    Edge, st.sampled_from(IDS), st.sampled_from(PORTS), st.sampled_from(IDS), st.sampled_from(PORTS)
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Any nodes with any wires, most of them to ports that are there."""
    found = draw(st.dictionaries(st.sampled_from(IDS), nodes, max_size=7))
    edges = list(draw(st.lists(wires, max_size=2)))
    pairs = st.tuples(st.sampled_from([*found]), st.sampled_from([*found])) if found else st.nothing()
    drawn = draw(st.lists(pairs, max_size=10)) if found else []
    edges += [Edge(a, _first(found[a], "outputs"), b, _first(found[b], "inputs")) for a, b in drawn]
    return Graph(found, tuple(edges))


def _first(node: Node, side: str) -> str:
    layer = CATALOG.layers.get(node.kind)
    ports = getattr(layer, side) if layer is not None else ()
    return ports[0].name if ports else "a"


SETTINGS = ("epochs", "keep", "weight_decay", "momentum", "nesterov", "gamma", "etas", "epochss")
params = st.dictionaries(st.sampled_from(SETTINGS), values, max_size=3)
trainings = st.builds(
    Settings,
    st.builds(Choice, st.sampled_from(("AdamW", "SGD", "Rprop", "sgd", "")), params),
    st.builds(Choice, st.sampled_from(("constant", "step", "stp")), params),
    params,
)
losses = st.builds(
    Choice,
    st.sampled_from(("CrossEntropyLoss", "MSELoss", "BCELoss", "GaussianNLLLoss", "Mse", "")),
    st.dictionaries(st.sampled_from(("weight", "label_smoothing", "wieght")), values, max_size=2),
)
blocks = st.builds(
    Block, graphs(), st.just({}), st.dictionaries(st.just("width"), st.integers(0, 5) | st.floats())
)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    """Any design of at most two networks and two blocks."""
    return Design(
        networks={
            name: Network(draw(graphs())) for name in draw(st.sampled_from((("main",), ("main", "network"))))
        },
        blocks={name: draw(blocks) for name in draw(st.sampled_from(((), BLOCKS, BLOCKS)))},
        data=draw(st.sampled_from((None, Choice("toy"), Choice("toy", {"size": "width"}), Choice("gone")))),
        task=draw(
            st.sampled_from(
                (None, Choice("classes"), Choice("values"), Choice("adversaries"), Choice("gone"))
            )
        ),
        loss=draw(st.none() | losses),
        training=draw(st.just(Settings()) | trainings),
        variables=draw(st.dictionaries(st.sampled_from(("width", "depth")), st.integers(1, 4) | st.floats())),
    )


samples = st.sampled_from((None, DIGITS, PRICES))


@settings(max_examples=80)
@given(designs(), samples)
def test_no_design_makes_a_check_raise(what: Design, data: DataSpec | None) -> None:
    report = check(what, CATALOG, data)
    summary(what, report)
    for problem in report.problems:
        assert "\n" not in problem.message
        assert problem.network == "" or problem.network in set(what.scopes())
        assert len(problem.message) < 1000
    for scope in what.scopes():
        consistent(what, report, scope)


def consistent(what: Design, report: Report, scope: str) -> None:
    """Whether a trace is what compiler and canvas take it for."""
    trace = report.traces[scope]
    seen: set[str] = set()
    for node_id in trace.order:
        traced = trace.nodes[node_id]
        assert len(traced.sources) == len(traced.inputs)
        assert all(
            source is None or source[0] in seen or source[0] not in trace.nodes for source in traced.sources
        )
        assert len(traced.rounds) in (0, 1, traced.repeat)
        seen.add(node_id)
    assert not trace.order or seen <= what.graph(scope).nodes.keys()
    if not report.errors and not scope.startswith("block:"):
        assert all(traced.outputs is not None or traced.bypassed for traced in trace.nodes.values())
    passed_by = {node_id for node_id, traced in trace.nodes.items() if traced.bypassed and traced.outputs}
    read = {source[0] for traced in trace.nodes.values() for source in traced.sources if source is not None}
    assert not passed_by & read


@settings(max_examples=50)
@given(designs(), st.data(), samples)
def test_a_check_after_edits_finds_what_a_check_from_nothing_finds(
    what: Design, data: st.DataObject, spec: DataSpec | None
) -> None:
    report = check(what, CATALOG, spec)
    for _ in range(3):
        what = data.draw(st.sampled_from([*edits(what, data)]))
        report = check(what, CATALOG, spec, report)
        assert repr(report) == repr(check(what, CATALOG, spec))  # equal, and NaN is like itself


def edits(what: Design, data: st.DataObject) -> list[Design]:
    """One edit of each sort that fits, drawn at random."""
    scope = data.draw(st.sampled_from([*what.scopes()]))
    ids = [*what.graph(scope).nodes] or ["a"]
    node_id, other = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(IDS))
    wire, node = data.draw(wires), data.draw(nodes)
    tries: list[Any] = [
        lambda: edit.add_node(what, scope, node.kind, params=node.params, node_id=other, repeat=node.repeat)[
            0
        ],
        lambda: edit.remove_nodes(what, scope, [node_id], reconnect=True),
        lambda: edit.rename_node(what, scope, node_id, other),
        lambda: edit.set_params(what, scope, node_id, node.params),
        lambda: edit.set_repeat(what, scope, node_id, node.repeat),
        lambda: edit.set_bypassed(what, scope, [node_id], node.bypassed),
        lambda: edit.connect(what, scope, wire),
        lambda: edit.disconnect(what, scope, what.graph(scope).edges[:1]),
        lambda: edit.set_variables(what, {"width": 3, "depth": 2}),
        lambda: edit.set_training(what, data.draw(trainings)),
        lambda: edit.set_loss(what, data.draw(losses)),
    ]
    found = [what]
    for attempt in tries:
        try:
            found.append(attempt())
        except EditError:
            continue
    return found


@settings(max_examples=20)
@given(designs(), samples)
def test_every_fix_that_is_offered_clears_its_problem(what: Design, data: DataSpec | None) -> None:
    report = with_fixes(what, check(what, CATALOG, data), CATALOG, data)
    before = {problem.key for problem in report.errors}
    for problem in report.problems:
        for fix in problem.fixes:
            after = check(fix.design, CATALOG, data)
            assert problem.key not in {other.key for other in after.problems}, fix.text
            new = [other for other in after.errors if other.key not in before]
            assert all(may_come_to_light(other, what, report) for other in new), fix.text


def may_come_to_light(error: Problem, before: Design, report: Report) -> bool:
    """Whether an error may have been there unseen: behind what was unknown, or a loop through another one."""
    if error.section:
        return error.section in {other.section for other in report.errors}
    if error.code != "ND101":
        return error.code.startswith(("ND3", "ND4"))
    edges = before.graph(error.network).edges
    return all(
        any((e.source, e.target) == pair for e in edges) for pair in pairwise((*error.path, error.path[0]))
    )


@settings(max_examples=50)
@given(designs(), wires)
def test_no_wire_makes_a_refusal_raise(what: Design, wire: Edge) -> None:
    for scope in what.scopes():
        report = check(what, CATALOG)
        said = explain_refusal(what, CATALOG, scope, wire, report=report)
        assert "\n" not in said
