"""Five degrees of detail: at each of them selection, problems and what the pointer is on are seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage

from netdesigner.document import Design, edit
from netdesigner.parts import Catalog
from netdesigner.ui.canvas.card_paint import CLOSE, FAR, FARTHEST, MIDDLE
from netdesigner.ui.canvas.words import more_params_text
from tests.ui.hand import Hand, residual

LEVELS = (FARTHEST - 0.02, FAR - 0.05, MIDDLE - 0.1, 1.0, CLOSE + 0.2)


@pytest.fixture
def hand(make_hand: Callable[[Design], Hand]) -> Hand:
    made = make_hand(edit.set_params(residual(), "main", "conv", {"out_channels": 8}))
    made.canvas.scene.hover(None)
    return made


def look(hand: Hand, zoom: float, node_id: str) -> QImage:
    """What is seen around a node at a zoom."""
    view = hand.canvas.view
    view.set_zoom(zoom)
    view.centerOn(hand.canvas.scene.nodes[node_id].body().center())
    body = view.mapFromScene(hand.canvas.scene.nodes[node_id].body()).boundingRect()
    return hand.viewport.grab(body.adjusted(-8, -8, 8, 8)).toImage()


def count(picture: QImage, color: QColor) -> int:
    """How many pixels have a colour."""
    places = (QPoint(x, y) for x in range(picture.width()) for y in range(picture.height()))
    return sum(picture.pixelColor(place) == color for place in places)


@pytest.mark.parametrize("zoom", LEVELS)
def test_what_is_selected_is_seen_at_every_zoom(hand: Hand, zoom: float) -> None:
    accent = hand.canvas.scene.style_.accent
    assert count(look(hand, zoom, "stage"), accent) == 0
    hand.canvas.select(["stage"])
    assert count(look(hand, zoom, "stage"), accent) > 8


@pytest.mark.parametrize("zoom", LEVELS)
def test_what_is_wrong_is_seen_at_every_zoom(
    make_hand: Callable[[Design], Hand], hand: Hand, zoom: float
) -> None:
    error = hand.canvas.scene.style_.error
    assert count(look(make_hand(residual()), zoom, "add"), error) == 0
    assert count(look(hand, zoom, "add"), error) > 16


@pytest.mark.parametrize("zoom", LEVELS)
def test_pointing_at_a_node_changes_it_at_every_zoom_and_leaves_no_trace(hand: Hand, zoom: float) -> None:
    before = look(hand, zoom, "stage")
    hand.move(hand.node("stage"))
    assert look(hand, zoom, "stage") != before
    hand.move(QPoint(4, 4))
    assert look(hand, zoom, "stage") == before


@pytest.mark.parametrize("zoom", LEVELS[:2])
def test_from_afar_a_node_can_be_dragged_and_leaves_its_place_clean(hand: Hand, zoom: float) -> None:
    look(hand, zoom, "stage")
    start = hand.node("stage")
    size = hand.canvas.view.mapFromScene(hand.canvas.scene.nodes["stage"].body()).boundingRect().size()
    hand.drag(start, start + QPoint(0, 120))
    assert hand.design.place("main").layout["stage"][1] > 200
    hand.canvas.select([])
    old = hand.viewport.grab(QRect(start - QPoint(size.width() // 4, 3), size / 2)).toImage()
    stripe = hand.canvas.scene.style_.stripe("Block")
    assert count(old, stripe) == 0
    hand.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert hand.node("stage") == start


def test_removing_a_node_from_afar_takes_its_block_away(hand: Hand) -> None:
    look(hand, LEVELS[0], "stage")
    at = hand.node("stage")
    hand.canvas.select(["stage"])
    hand.key(Qt.Key.Key_Delete)
    ground = hand.canvas._theme.color("canvas")
    picture = hand.viewport.grab(QRect(at.x() - 6, at.y() + 2, 12, 3)).toImage()
    assert count(picture, ground) > 30


def test_close_up_all_parameters_are_there_those_that_were_set_first(catalog: Catalog) -> None:
    layer = catalog.layers["Conv2d"]
    assert more_params_text(layer, {"bias": False, "out_channels": 3}).startswith("no bias")
    assert "dilation" in more_params_text(layer, {})
    assert "filters" not in more_params_text(layer, {"out_channels": 3})


def test_close_up_more_is_written_than_at_100_per_cent(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(residual())
    card = hand.canvas.scene.nodes["conv"].card
    assert (card.macs, card.cost) == ("9,216", "148")
    near, close = (look(hand, zoom, "conv").scaled(360, 160) for zoom in (1.0, CLOSE))
    assert near != close
