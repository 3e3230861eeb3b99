"""Grouping nodes into a block and dissolving it again: nothing is lost, and one is the exact inverse of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.document import Block, Design, Edge, Graph, Network, Node, dumps, edit, loads
from netdesigner.document.annotate import add_mark, set_routes
from netdesigner.document.design import Annotations, Frame, Note
from netdesigner.document.dissolve import dissolve
from netdesigner.document.group import group
from netdesigner.errors import EditError

IDS = ("a", "b", "c", "d", "e", "f")
PORTS = ("output", "hidden", "indices")
points = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
inner_nodes = st.builds(
    Node,
    st.sampled_from(("Conv2d", "ReLU", "Add", "block:Inner", "Odd kind")),
    st.dictionaries(
        st.sampled_from(("out_channels", "width", "mode")),
        st.integers(1, 9) | st.sampled_from(("width", "2 * width+depth", " depth", "1/0", "same", "3*")),
        max_size=2,
    ),
    st.sampled_from((1, 3, "depth", "width//2")),
    st.sampled_from(("", "words")),
    st.booleans(),
    st.sampled_from(("", "", "", "a", "b", "gone")),
    st.booleans(),
)


@st.composite
def places(draw: st.DrawFn) -> tuple[Design, str]:
    """A network, or a block with a parameter, whose wires run forwards, and the scope it stands in."""
    middle = {node_id: draw(inner_nodes) for node_id in draw(st.permutations(IDS))}
    nodes = {"x": Node("Input"), **middle, "y": Node("Output"), "z": Node("Input")}
    order = ("x", "z", *draw(st.permutations(IDS)), "y")
    ends = st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] < pair[1])
    ports = st.sampled_from(("input", "inputs", "query"))
    wires = [
        Edge(order[a], draw(st.sampled_from(PORTS)), order[b], draw(ports))
        for a, b in draw(st.lists(ends, max_size=14))
    ]
    layout = {key: draw(points) for key in nodes if draw(st.integers(0, 9))}
    led = st.lists(points, min_size=1, max_size=2).map(tuple)
    routes = {edge: draw(led) for edge in wires if draw(st.booleans())}
    marks = Annotations(
        {"frame_1": Frame("A stage", at=draw(points)), "frame_2": Frame("Another")},
        {"note_1": Note("Words", draw(points))},
        routes,
    )
    inner = Block(Graph({"i": Node("Input"), "o": Node("Output")}), params={"width": 2})
    design = Design(blocks={"Inner": inner}, variables={"depth": 2, "width": 7})
    if draw(st.booleans()):
        return edit.add_network(
            design, "critic", Network(Graph(nodes, tuple(wires)), layout, marks)
        ), "critic"
    block = Block(Graph(nodes, tuple(wires)), layout, {"width": 4, "other": 1.5}, "Around.", marks)
    design = edit.set_block(design, "Around", block)
    for number in range(2):
        design, _ = edit.add_node(
            design, "main", "block:Around", params={"width": "depth + 1"}, repeat=number + 1
        )
    return design, "block:Around"


def by_target(design: Design, scope: str) -> Mapping[str, list[Edge]]:
    found: dict[str, list[Edge]] = {}
    for edge in design.graph(scope).edges:
        found.setdefault(edge.target, []).append(edge)
    return found


def order_of(design: Design, scope: str) -> tuple[object, ...]:
    place = design.place(scope)
    marks = place.annotations
    return (*place.graph.nodes, *place.layout, *marks.frames, *marks.notes)


def without_wires(design: Design, scope: str) -> Design:
    place = design.place(scope)
    return design.with_place(scope, replace(place, graph=replace(place.graph, edges=())))


@given(places(), st.sets(st.sampled_from(IDS), min_size=1), st.sets(st.sampled_from(("frame_1", "note_1"))))
def test_dissolving_what_was_grouped_leaves_the_design_as_it_was(
    found: tuple[Design, str], chosen: set[str], marks: set[str]
) -> None:
    design, scope = found
    try:
        grouped, instance = group(design, scope, chosen, "Stage", marks)
    except EditError:
        return
    assert not chosen & grouped.graph(scope).nodes.keys()
    back, ids = dissolve(grouped, scope, instance)
    assert back == design
    assert set(ids) == chosen
    assert order_of(back, scope) == order_of(design, scope)


@given(places(), st.sets(st.sampled_from(IDS), min_size=1), st.sets(st.sampled_from(("frame_1", "note_1"))))
def test_after_saving_and_loading_only_the_order_of_unrelated_wires_may_be_another(
    found: tuple[Design, str], chosen: set[str], marks: set[str]
) -> None:
    design = loads(dumps(found[0]))  # a file knows no nodes without a place
    scope = found[1]
    try:
        grouped, instance = group(design, scope, chosen, "Stage", marks)
    except EditError:
        return
    back, _ = dissolve(loads(dumps(grouped)), scope, instance)
    assert without_wires(back, scope) == without_wires(design, scope)
    assert by_target(back, scope) == by_target(design, scope)


# ------------------------------------------------------------------------------------------------------- grouping


def wire(source: str, target: str, port: str = "input", output: str = "output") -> Edge:
    return Edge(source, output, target, port)


def residual() -> Design:
    """x -> conv -> relu -> add, with a wire from x around both; then y."""
    nodes = {
        "x": Node("Input"),
        "conv": Node("Conv2d", {"out_channels": "width"}),
        "relu": Node("ReLU"),
        "add": Node("Add"),
        "y": Node("Output"),
    }
    edges = (
        wire("x", "conv"),
        wire("conv", "relu"),
        wire("relu", "add", "inputs"),
        wire("x", "add", "inputs"),
        wire("add", "y"),
    )
    layout = {key: (272.0 * index, 0.0) for index, key in enumerate(nodes)}
    return Design({"main": Network(Graph(nodes, edges), layout)}, variables={"width": 4})


def test_what_comes_in_twice_has_one_input_and_the_order_at_a_port_is_kept() -> None:
    grouped, instance = group(residual(), "main", ["conv", "relu", "add"], "Residual")
    block = grouped.blocks["Residual"]
    assert (block.inputs, block.outputs) == (("input",), ("output",))
    assert [e.source for e in block.graph.edges if e.target == "add"] == ["relu", "input"]
    assert grouped.graph("main").edges == (
        wire("x", instance, "input"),
        wire(instance, "y", output="output"),
    )
    assert grouped.place("main").layout[instance] == (544.0, 0.0)


def test_ports_are_named_after_what_they_carry() -> None:
    nodes = {name: Node("Identity") for name in ("text", "picture", "mix", "rest", "end")}
    edges = (
        wire("text", "mix", "query"),
        wire("picture", "mix", "key"),
        wire("picture", "rest"),
        wire("mix", "end", "a"),
        wire("mix", "end", "b", output="weights"),
        wire("rest", "end", "c"),
    )
    design = Design({"main": Network(Graph(nodes, edges))})
    grouped, _ = group(design, "main", ["mix", "rest"], "Mixer")
    assert grouped.blocks["Mixer"].inputs == ("query", "picture")
    assert grouped.blocks["Mixer"].outputs == ("mix_out", "weights", "rest_out")


def test_inside_a_block_its_parameters_are_passed_on() -> None:
    block = Block(residual().graph("main"), params={"width": 8, "unused": 1})
    design = edit.set_block(Design(), "Outer", block)
    grouped, instance = group(design, "block:Outer", ["conv", "relu"], "Inner")
    assert grouped.blocks["Inner"].params == {"width": 8}
    assert grouped.graph("block:Outer").nodes[instance].params == {"width": "width"}


def test_a_choice_that_is_spelled_like_a_parameter_is_no_use_of_it() -> None:
    nodes = {"pad": Node("Pad", {"mode": "same"})}
    design = edit.set_block(Design(), "Outer", Block(Graph(nodes), params={"same": 8}))
    grouped, _ = group(design, "block:Outer", ["pad"], "Inner", computes=lambda node, param, text: False)
    assert grouped.blocks["Inner"].params == {}


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ([], "no nodes are selected"),
        (["gone"], "has no node 'gone'"),
        (["x", "conv"], "'x' is an Input of 'main' and has to stay"),
        (["conv", "add"], "'relu' lies between the selected nodes"),
    ],
)
def test_what_cannot_be_a_block_is_refused_in_words(chosen: list[str], told: str) -> None:
    with pytest.raises(EditError, match=told):
        group(residual(), "main", chosen, "Stage")


def test_weights_that_are_shared_across_the_border_are_refused() -> None:
    design = edit.set_tied(residual(), "main", "relu", "conv")
    for chosen in (["conv"], ["relu"]):
        with pytest.raises(EditError, match="'relu' uses the weights of 'conv'"):
            group(design, "main", chosen, "Stage")
    grouped, _ = group(design, "main", ["conv", "relu"], "Stage")
    assert grouped.blocks["Stage"].graph.nodes["relu"].tied == "conv"


def test_a_taken_or_impossible_name_is_refused() -> None:
    design = edit.set_block(residual(), "Stage", Block())
    for name, told in (("Stage", "a block 'Stage' already"), ("2x", "cannot name a block")):
        with pytest.raises(EditError, match=told):
            group(design, "main", ["conv"], name)


# ------------------------------------------------------------------------------------------------------ dissolving


def staged(**instance: object) -> Design:
    """x -> stage -> y, where a Stage with the parameter `channels` is a convolution and a branch around it."""
    inside = {
        "i": Node("Input"),
        "mask": Node("Input"),
        "conv": Node(
            "Conv2d", {"out_channels": "2*channels", "groups": "channels", "stride": ("channels", 1)}
        ),
        "add": Node("Add", tied="conv"),
        "o": Node("Output"),
    }
    wires = (
        wire("i", "conv"),
        wire("conv", "add", "inputs"),
        wire("mask", "add", "inputs"),
        wire("add", "o"),
    )
    layout = {"i": (0.0, 0.0), "conv": (272.0, 0.0), "add": (544.0, 0.0), "o": (816.0, 0.0)}
    design = edit.set_block(
        Design(variables={"width": 4}), "Stage", Block(Graph(inside, wires), layout, {"channels": 3})
    )
    nodes = {
        "x": Node("Input"),
        "m": Node("Input"),
        "stage": Node("block:Stage", **instance),  # type: ignore[arg-type]
        "y": Node("Output"),
    }
    edges = (wire("x", "stage", "i"), wire("m", "stage", "mask"), wire("stage", "y", output="o"))
    return edit.add_network(design, "net", Network(Graph(nodes, edges), {"stage": (1000.0, 96.0)}))


def test_values_of_the_instance_take_the_place_of_parameters() -> None:
    conv = dissolve(staged(), "net", "stage")[0].graph("net").nodes["conv"]
    assert conv.params == {"out_channels": 6, "groups": 3, "stride": (3, 1)}
    design = staged(params={"channels": "width + 1"})
    conv = dissolve(design, "net", "stage")[0].graph("net").nodes["conv"]
    assert conv.params == {"out_channels": "2*(width + 1)", "groups": "width + 1", "stride": ("width + 1", 1)}


def test_nodes_come_to_lie_around_the_place_of_the_instance() -> None:
    layout = dissolve(staged(), "net", "stage")[0].place("net").layout
    assert layout == {"conv": (864.0, 96.0), "add": (1136.0, 96.0)}


def test_a_repeated_instance_is_written_out_in_a_row() -> None:
    for repeat in (3, "width-1"):
        design, ids = dissolve(staged(repeat=repeat), "net", "stage")
        assert ids == ("conv", "add", "conv_2", "add_2", "conv_3", "add_3")
        graph = design.graph("net")
        assert graph.nodes["add_3"].tied == "conv_3"
        assert graph.edges == (
            wire("x", "conv"),
            wire("conv", "add", "inputs"),
            wire("m", "add", "inputs"),
            wire("add", "conv_2"),
            wire("conv_2", "add_2", "inputs"),
            wire("m", "add_2", "inputs"),
            wire("add_2", "conv_3"),
            wire("conv_3", "add_3", "inputs"),
            wire("m", "add_3", "inputs"),
            wire("add_3", "y"),
        )
    assert design.place("net").layout["conv_3"][0] == 864.0 + 2 * 544.0


def test_a_taken_id_gives_way_and_what_is_said_at_the_instance_is_kept() -> None:
    design = edit.add_node(
        staged(note="as in the paper", frozen=True, rate=0.5), "net", "ReLU", node_id="conv"
    )[0]
    design, ids = dissolve(design, "net", "stage")
    assert ids == ("conv_2", "add")
    assert design.graph("net").nodes["add"].tied == "conv_2"
    assert all(design.graph("net").nodes[node_id].frozen for node_id in ids)
    assert [design.graph("net").nodes[node_id].rate for node_id in ids] == [0.5, 0.5]
    assert [note.text for note in design.place("net").annotations.notes.values()] == ["as in the paper"]


def test_the_definition_stays_with_other_uses_and_goes_with_the_last() -> None:
    design, other = edit.add_node(staged(), "net", "block:Stage")
    design, _ = dissolve(design, "net", "stage")
    assert design.blocks == staged().blocks
    design, _ = dissolve(design, "net", other)
    assert design.blocks == {}


@pytest.mark.parametrize(
    ("instance", "told"),
    [
        ({"tied": "x"}, "'stage' uses the weights of 'x'"),
        ({"bypassed": True}, "'stage' is passed by"),
        ({"repeat": 0}, "applied 0 times"),
        ({"repeat": 2000}, "more than 5,000 nodes"),
    ],
)
def test_what_could_not_be_kept_is_refused(instance: dict[str, object], told: str) -> None:
    with pytest.raises(EditError, match=told):
        dissolve(staged(**instance), "net", "stage")


def test_a_wire_is_never_dropped() -> None:
    design = edit.connect(staged(), "net", wire("x", "stage", "gone"))
    with pytest.raises(EditError, match="'gone', which the block does not have, and would be lost"):
        dissolve(design, "net", "stage")
    design = edit.connect(staged(), "net", wire("stage", "y", "other", "lost"))
    with pytest.raises(EditError, match="begins at 'lost'"):
        dissolve(design, "net", "stage")


def test_a_variable_inside_is_not_taken_for_a_parameter_around() -> None:
    inner = Block(Graph({"conv": Node("Conv2d", {"out_channels": "width"})}))
    design = edit.set_block(Design(variables={"width": 4}), "Inner", inner)
    design = edit.set_block(
        design, "Outer", Block(Graph({"inner": Node("block:Inner")}), params={"width": 9})
    )
    with pytest.raises(EditError, match="'width' is the design's variable inside 'inner'"):
        dissolve(design, "block:Outer", "inner")


def test_what_passes_straight_through_is_wired_past() -> None:
    block = Block(Graph({"i": Node("Input"), "o": Node("Output")}, (wire("i", "o"),)))
    design = edit.set_block(Design(), "Nothing", block)
    nodes = {"x": Node("Input"), "pass": Node("block:Nothing", repeat=900), "y": Node("Output")}
    edges = (wire("x", "pass_", "i"), wire("pass_", "y", output="o"))
    nodes["pass_"] = nodes.pop("pass")
    design = edit.add_network(design, "net", Network(Graph(nodes, edges)))
    assert dissolve(design, "net", "pass_")[0].graph("net").edges == (wire("x", "y"),)


def test_a_way_goes_with_its_wire() -> None:
    design = set_routes(
        residual(), "main", {wire("x", "conv"): ((1.0, 2.0),), wire("add", "y"): ((3.0, 4.0),)}
    )
    grouped, instance = group(design, "main", ["conv", "relu", "add"], "Residual")
    assert grouped.blocks["Residual"].annotations.routes == {wire("input", "conv"): ((1.0, 2.0),)}
    assert grouped.place("main").annotations.routes == {wire(instance, "y"): ((3.0, 4.0),)}


def test_a_frame_and_a_note_go_in_and_come_out() -> None:
    design, frame = add_mark(residual(), "main", Frame("A pair", at=(8.0, 8.0)))
    grouped, instance = group(design, "main", ["conv"], "Stage", [frame])
    assert grouped.blocks["Stage"].annotations.frames == {frame: Frame("A pair", at=(8.0, 8.0))}
    moved = edit.move_nodes(grouped, "main", {instance: (272.0, 800.0)})
    moved, _ = add_mark(moved, "main", Frame("Elsewhere"))
    back = dissolve(moved, "main", instance)[0].place("main").annotations.frames
    assert back == {frame: Frame("Elsewhere"), "frame_1_2": Frame("A pair", at=(8.0, 808.0))}
