"""Many random edits and undos through a real canvas: nothing is lost, nothing is left over."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from netdesigner.document.dots import dots_of
from netdesigner.parts import Catalog
from netdesigner.session import Session
from tests.flow.walker import Walker, replayed, start

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from netdesigner.ui.canvas.canvas import Canvas

_LOOK_EVERY = 250


def _assert_shows_its_design(canvas: Canvas) -> None:
    """The items on the scene are the design's nodes and wires, where and as the design has them, and no others."""
    scene, place = canvas.scene, canvas.bridge.session.design.place(canvas.scope)
    assert scene.nodes.keys() == place.graph.nodes.keys()
    assert {
        node_id: (item.pos().x(), item.pos().y()) for node_id, item in scene.nodes.items()
    } == place.layout
    assert sorted(str(key[0]) for key in scene.wires.items) == sorted(str(edge) for edge in place.graph.edges)
    routes = place.annotations.routes
    assert scene.dots.items.keys() == dots_of(routes).keys()
    for (edge, _), item in scene.wires.items.items():
        assert [curve[2] for curve in item.way.curves][:-1] == [*routes[edge]] if edge in routes else True


@pytest.mark.parametrize(
    ("count", "seed"),
    [(8_000, 1), pytest.param(1_000_000, 2, marks=[pytest.mark.soak, pytest.mark.timeout(0)])],
)
def test_a_random_walk_loses_nothing_and_leaves_nothing_over(qtbot: QtBot, count: int, seed: int) -> None:
    from netdesigner.ui.bridge import Bridge
    from netdesigner.ui.canvas.canvas import Canvas
    from netdesigner.ui.canvas.dots import DotItem
    from netdesigner.ui.canvas.node_item import NodeItem
    from netdesigner.ui.canvas.wire_item import WireItem
    from netdesigner.ui.theme import LIGHT

    def items() -> list[object]:
        """Those in memory. Not by isinstance: that asks every object for its class, and some of torch's then warn."""
        gc.collect()
        kinds = (NodeItem, WireItem, DotItem)
        return [found for found in gc.get_objects() if issubclass(type(found), kinds)]

    before = items()  # of a window that another test has just closed
    session = Session(Catalog.discover())
    session.new(start())
    canvas = Canvas(Bridge(session), LIGHT)
    qtbot.addWidget(canvas)
    walker = Walker(session, seed)
    for number in range(count):
        walker.step()
        if number % _LOOK_EVERY == 0:
            _assert_shows_its_design(canvas)
    _assert_shows_its_design(canvas)
    assert session.design == replayed(walker.steps)
    while session.state.history.can_undo:
        session.undo()
    assert session.design == start()
    session.new(start())
    _assert_shows_its_design(canvas)
    assert [found for found in items() if not any(found is other for other in before)] == []
    assert walker.refused < count / 3
