"""Layouts in which frames stay whole."""

from __future__ import annotations

from netdesigner.document.design import Annotations, Frame
from netdesigner.session.arrange import arrange, overlaps
from netdesigner.session.arrange_framed import Group, arrange_framed, groups_of
from netdesigner.session.framing import box_of, carried, held
from tests.session.test_arrange import graph_of, sizes_of

_ENDS = (24.0, 24.0)


def _boxes(layout, graph):
    sizes = sizes_of(graph)
    return {node_id: (*at, *sizes[node_id]) for node_id, at in layout.items()}


def test_without_frames_it_is_the_plain_layout() -> None:
    graph = graph_of("a-b-c a-c x")
    sizes = sizes_of(graph)
    assert arrange_framed(graph, (), sizes, lambda _: _ENDS) == arrange(graph, sizes, lambda _: _ENDS)


def test_a_node_belongs_to_the_smallest_frame_it_lies_in_and_empty_frames_to_nothing() -> None:
    graph = graph_of("a-b-c")
    boxes = _boxes({"a": (0.0, 0.0), "b": (272.0, 0.0), "c": (544.0, 0.0)}, graph)
    outer = Frame("outer", "", (-40.0, -80.0), (800.0, 240.0))
    inner = Frame("inner", "", (260.0, -40.0), (200.0, 160.0))
    (group,) = groups_of([outer, inner, Frame("empty", "", (5000.0, 0.0))], boxes)
    assert group.nodes == {"a", "c"}
    assert [inside.nodes for inside in group.groups] == [{"b"}]
    assert group.all_nodes() == {"a", "b", "c"}
    assert group.margins == (40.0, 80.0, 40.0, 72.0)


def test_nothing_comes_between_the_nodes_of_a_frame_and_frames_do_not_touch() -> None:
    graph = graph_of("in-a-b-out in-c-d-out in-x-out a-d")
    start = {"in": (0.0, 0.0), "a": (272.0, 0.0), "b": (544.0, 0.0), "c": (272.0, 400.0), "d": (544.0, 400.0)}
    boxes = _boxes({**start, "x": (400.0, 800.0), "out": (900.0, 0.0)}, graph)
    frames = {
        "up": Frame("up", "", (248.0, -56.0), (496.0, 176.0)),
        "down": Frame("down", "", (248.0, 344.0), (496.0, 176.0)),
    }
    sizes = sizes_of(graph)
    layout = arrange_framed(graph, groups_of(frames.values(), boxes), sizes, lambda _: _ENDS)
    assert not overlaps(layout, sizes)
    after = _boxes(layout, graph)
    changed = carried(Annotations(frames), boxes, after)
    now = {key: changed.get(key, frames[key]) for key in frames}
    assert held(now["up"], after) == ["a", "b"]
    assert held(now["down"], after) == ["c", "d"]
    rects = {key: box_of(frame) for key, frame in now.items()}
    assert not overlaps(
        {key: rect[:2] for key, rect in rects.items()}, {key: rect[2:] for key, rect in rects.items()}
    )


def test_the_main_chain_stays_straight_through_a_frame() -> None:
    graph = graph_of("in-a-b-c-out a-c")
    group = Group(frozenset({"a", "b"}), (), (24.0, 56.0, 24.0, 24.0))
    layout = arrange_framed(graph, [group], sizes_of(graph), lambda _: _ENDS)
    assert len({y for _, y in layout.values()}) == 1
