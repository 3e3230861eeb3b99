from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from netdesigner.ui.flow_layout import FlowArea


@pytest.fixture
def area(qtbot: QtBot) -> FlowArea:
    area = FlowArea(gap_px=10)
    qtbot.addWidget(area)
    for _ in range(5):
        box = QWidget()
        box.setFixedSize(100, 40)
        area.add(box)
    area.show()
    return area


def tops(area: FlowArea) -> list[int]:
    area.flow.activate()
    return [area.flow.itemAt(index).geometry().top() for index in range(area.flow.count())]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("width", "expected"), [(540, [0] * 5), (330, [0, 0, 0, 50, 50]), (120, [0, 50, 100, 150, 200])]
)
def test_rows_are_filled_one_after_the_other(
    qtbot: QtBot, area: FlowArea, width: int, expected: list[int]
) -> None:
    area.resize(width, 10)
    assert tops(area) == expected
    assert area.height() == expected[-1] + 40


def test_an_emptied_area_takes_no_room(qtbot: QtBot, area: FlowArea) -> None:
    area.clear()
    assert (area.flow.count(), area.height()) == (0, 0)


class Card(QWidget):
    def sizeHint(self) -> QSize:
        return QSize(100, 40)


def test_few_that_share_a_row_are_as_wide_as_many_would_be(qtbot: QtBot) -> None:
    area = FlowArea(gap_px=10, stretch=True)
    qtbot.addWidget(area)
    cards = [Card() for _ in range(5)]
    for card in cards:
        area.add(card)
    area.resize(350, 10)
    area.show()
    area.flow.activate()
    assert {card.width() for card in cards} == {110}
    for card in cards[1:]:
        card.hide()
    area.flow.activate()
    assert cards[0].width() == 110
