"""A canvas on a design, and a hand that works on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from netdesigner.document import Design
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.resources import folder
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.theme import LIGHT, load_fonts
from tests.ui.hand import Hand, chain

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

MakeHand = Callable[[Design], Hand]


@pytest.fixture(scope="session", autouse=True)
def fonts(qapp: object) -> None:
    load_fonts(folder() / "fonts")


@pytest.fixture
def make_hand(qtbot: QtBot, catalog: Catalog) -> MakeHand:
    """Shows a design on a canvas at 100 %, its upper left corner in sight."""

    def make(design: Design) -> Hand:
        session = Session(catalog)
        session.new(design)
        canvas = Canvas(Bridge(session), LIGHT)
        qtbot.addWidget(canvas)
        canvas.bridge.setParent(canvas)
        canvas.resize(1800, 800)
        canvas.show()
        qtbot.waitExposed(canvas)
        canvas.view.set_zoom(1.0)
        canvas.view.centerOn(780, 160)
        canvas.view.setFocus()
        return Hand(canvas)

    return make


@pytest.fixture
def hand(make_hand: MakeHand) -> Hand:
    """A hand on a chain of layers."""
    return make_hand(chain())
