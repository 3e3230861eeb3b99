"""Where nodes go: from left to right, straight where they can be, never on each other, fast on any graph."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.document import Design, Edge, Graph, Network, Node
from netdesigner.document.design import GRID_PX
from netdesigner.session.arrange import (
    USUAL_SIZE,
    arrange,
    arranged,
    effort,
    in_rows,
    overlaps,
    part_of,
    unplaced,
)


def graph_of(text: str) -> Graph:
    """A graph from `a-b-c a-c`: chains of ids."""
    nodes: dict[str, Node] = {}
    edges = []
    for chain in text.split():
        ids = chain.split("-")
        nodes |= {node_id: Node("ReLU") for node_id in ids if node_id not in nodes}
        edges += [Edge(a, "output", b, "input") for a, b in itertools.pairwise(ids)]
    return Graph(nodes, tuple(edges))


def sizes_of(graph: Graph, size: tuple[float, float] = USUAL_SIZE) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(graph.nodes, size)


def test_a_chain_is_one_straight_row() -> None:
    layout = arrange(graph_of("a-b-c-d"))
    assert [y for _, y in layout.values()] == [0, 0, 0, 0]
    assert sorted(layout, key=layout.__getitem__) == ["a", "b", "c", "d"]


def test_the_spine_is_straight_at_the_wires_whatever_the_heights_of_the_ports() -> None:
    graph = graph_of("a-b-c")
    heights = {"a": (24.0, 24.0), "b": (64.0, 32.0), "c": (24.0, 40.0)}
    layout = arrange(graph, ends=lambda edge: (heights[edge.source][0], heights[edge.target][1]))
    for edge in graph.edges:
        start = layout[edge.source][1] + heights[edge.source][0]
        assert start == layout[edge.target][1] + heights[edge.target][1]


def test_the_main_chain_of_a_residual_network_stays_straight() -> None:
    layout = arrange(graph_of("in-c1-r1-c2-add-out in-add"))
    assert len({y for _, y in layout.values()}) == 1


def test_the_effort_is_the_number_of_columns_that_wires_cross() -> None:
    assert effort(graph_of("a-b-c-d")) == 3
    assert effort(graph_of("a-b-c-d a-d")) == 6
    assert effort(graph_of("a-b-a c-c")) == 3


def test_rows_overlap_nothing() -> None:
    graph = graph_of("a-b-c-d-e-f-g a-d")
    assert overlaps(in_rows(graph), sizes_of(graph)) == []


def test_branches_do_not_lie_on_the_spine() -> None:
    graph = graph_of("in-a-b-c-join in-d-join in-e-f-join join-out")
    layout = arrange(graph)
    assert {layout[key][1] for key in ("in", "a", "b", "c", "join", "out")} == {layout["in"][1]}
    assert not overlaps(layout, sizes_of(graph))


def test_a_side_input_lies_beside_what_it_feeds() -> None:
    layout = arrange(graph_of("in-a-b-c-lstm-out h-lstm"))
    assert layout["h"][0] == layout["c"][0]
    assert layout["h"][1] != layout["c"][1]


def test_the_spine_does_not_run_through_what_was_moved_beside_what_it_feeds() -> None:
    layout = arrange(graph_of("side-m in-a-b-m"))
    assert len({layout[key][1] for key in ("in", "a", "b", "m")}) == 1
    assert layout["side"][0] == layout["b"][0]


def test_cycles_loops_and_dangling_wires_are_survived() -> None:
    graph = graph_of("a-b-c-a b-b")
    graph = Graph(graph.nodes, (*graph.edges, Edge("c", "output", "gone", "input")))
    layout = arrange(graph)
    assert set(layout) == {"a", "b", "c"}
    assert not overlaps(layout, sizes_of(graph))


def test_nothing_gives_nothing_and_one_node_lies_at_the_origin() -> None:
    assert arrange(Graph()) == {}
    assert arrange(graph_of("a")) == {"a": (0.0, 0.0)}


def test_unconnected_pieces_lie_below_each_other_and_single_nodes_last() -> None:
    layout = arrange(graph_of("a-b x c-d"))
    assert layout["a"][1] < layout["c"][1] < layout["x"][1]


def test_large_nodes_get_the_room_they_need() -> None:
    graph = graph_of("in-a-join in-b-join")
    sizes = {**sizes_of(graph), "a": (400.0, 300.0), "b": (176.0, 500.0)}
    assert not overlaps(arrange(graph, sizes), sizes)


def test_a_chain_of_many_residual_blocks_is_arranged_at_once() -> None:
    chain = "in"
    wires = []
    for index in range(64):
        wires += [f"{chain}-conv{index}-relu{index}-add{index}", f"{chain}-add{index}"]
        chain = f"add{index}"
    layout = arrange(graph_of(" ".join(wires)))
    assert len(layout) == 1 + 3 * 64
    assert len({y for _, y in layout.values()}) == 1


@given(st.integers(1, 14), st.lists(st.tuples(st.integers(0, 13), st.integers(0, 13)), max_size=40))
def test_no_two_nodes_ever_overlap_and_all_lie_on_the_grid(count: int, wires: list[tuple[int, int]]) -> None:
    nodes = {f"n{index}": Node("ReLU") for index in range(count)}
    edges = tuple(Edge(f"n{a % count}", "output", f"n{b % count}", "input") for a, b in wires)
    sizes = {node_id: (176.0, 72.0 + 16.0 * (index % 4)) for index, node_id in enumerate(nodes)}
    layout = arrange(Graph(nodes, edges), sizes)
    assert set(layout) == set(nodes)
    assert not overlaps(layout, sizes)
    assert all(x % GRID_PX == 0 and y % GRID_PX == 0 for x, y in layout.values())


@given(st.permutations(range(6)))
def test_wires_without_a_cycle_always_run_to_the_right(order: list[int]) -> None:
    edges = tuple(
        Edge(f"n{a}", "output", f"n{b}", "input") for a in order for b in order if a < b and (a + b) % 3
    )
    graph = Graph({f"n{index}": Node("ReLU") for index in range(6)}, edges)
    layout = arrange(graph)
    assert all(layout[edge.source][0] < layout[edge.target][0] for edge in edges)


def test_overlaps_are_found() -> None:
    sizes = dict.fromkeys("abc", (10.0, 10.0))
    assert overlaps({"a": (0, 0), "b": (5, 5), "c": (10, 0)}, sizes) == [("a", "b"), ("b", "c")]


@pytest.mark.parametrize(
    ("layout", "expected"),
    [({}, True), ({"a": (0, 0), "b": (0, 0)}, True), ({"a": (0, 0), "b": (0, 8)}, False)],
)
def test_a_scope_whose_nodes_lie_on_one_point_was_never_placed(layout: dict, expected: bool) -> None:
    design = Design(networks={"main": Network(graph_of("a-b"), layout)})
    assert unplaced(design, "main") is expected
    assert not unplaced(arranged(design, "main"), "main")


def test_arranging_leaves_the_graph_the_same_object() -> None:
    design = Design(networks={"main": Network(graph_of("a-b-c"))})
    assert arranged(design, "main").graph("main") is design.graph("main")


def test_a_part_of_a_graph_keeps_the_wires_inside_it() -> None:
    part = part_of(graph_of("a-b-c-d"), ["b", "c"])
    assert list(part.nodes) == ["b", "c"]
    assert part.edges == (Edge("b", "output", "c", "input"),)


def test_a_long_chain_is_broken_into_lines_that_can_be_read() -> None:
    graph = graph_of("-".join(f"n{index}" for index in range(13)))
    layout = arrange(graph, area=(1000, 640))
    lines = sorted({y for _, y in layout.values()})
    assert len(lines) == 3
    assert [sum(y == line for _, y in layout.values()) for line in lines] == [5, 5, 3]
    assert not overlaps(layout, sizes_of(graph))


def test_a_short_chain_stays_in_one_line() -> None:
    layout = arrange(graph_of("a-b-c-d-e"), area=(1000, 640))
    assert len({y for _, y in layout.values()}) == 1


def test_a_line_is_never_broken_inside_a_residual_block() -> None:
    graph = graph_of("a-b-c-d-e-f-g-h-i-j b-h")
    layout = arrange(graph, area=(1000, 640))
    assert len({layout[node][1] for node in "bcdefgh"}) == 1
    assert layout["j"][1] > layout["h"][1]


def test_templates_are_broken_into_lines_unless_told_otherwise() -> None:
    design = Design(networks={"main": Network(graph_of("-".join(f"n{index}" for index in range(13))))})
    assert len({y for _, y in arranged(design, "main").place("main").layout.values()}) == 3
    assert len({y for _, y in arranged(design, "main", area=None).place("main").layout.values()}) == 1


def test_it_tells_how_far_it_is_and_what_is_raised_then_ends_it() -> None:
    told: list[float] = []
    arrange(graph_of("a-b-c a-c x-y"), pulse=told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0

    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        arrange(graph_of("a-b"), pulse=stop)
