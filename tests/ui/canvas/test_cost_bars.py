"""Bars on the cards say where parameters and multiply-adds are."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QRectF

from netdesigner.document import edit
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import chain


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    made = make_window(chain())
    made.canvas.view.set_zoom(1.0)
    made.canvas.scene.hover(None)
    return made


def bar(window: MainWindow, node_id: str) -> int:
    """How many pixels of the lower edge of a card the bar covers."""
    view, body = window.canvas.view, window.canvas.scene.nodes[node_id].body()
    view.centerOn(body.center())
    edge = QRectF(body.left(), body.bottom() - 3, body.width(), 1)
    picture = view.viewport().grab(view.mapFromScene(edge).boundingRect()).toImage()
    accent = window.canvas.scene.style_.accent
    beside_stripe = range(5, picture.width())
    return sum(picture.pixelColor(x, 0) == accent for x in beside_stripe)


def test_a_bar_is_as_long_as_the_share_and_goes_when_it_is_switched_off(window: MainWindow) -> None:
    switch = window.actions_by_name["view.bars_parameters"]
    assert bar(window, "head") == 0
    switch.trigger()
    conv, head = bar(window, "conv"), bar(window, "head")
    total = 4 * 9 + 4 + 256 * 10 + 10 + 8
    assert abs(head + 5 - 176 * (256 * 10 + 10) / total) < 4
    assert conv < 8
    assert bar(window, "relu") == 0
    switch.trigger()
    assert bar(window, "head") == 0


def test_one_kind_of_bars_takes_the_place_of_the_other(window: MainWindow) -> None:
    parameters, macs = (window.actions_by_name[name] for name in ("view.bars_parameters", "view.bars_macs"))
    parameters.trigger()
    by_parameters = bar(window, "conv")
    macs.trigger()
    assert not parameters.isChecked()
    assert bar(window, "conv") > 2 * by_parameters + 10


def test_bars_follow_an_edit(window: MainWindow) -> None:
    window.actions_by_name["view.bars_parameters"].trigger()
    before = bar(window, "conv")
    window.bridge.edit(lambda d: edit.set_params(d, "main", "head", {"out_features": 1}), "narrow")
    assert bar(window, "conv") > before + 10
