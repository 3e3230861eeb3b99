from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from netdesigner.ui.labels import ElidedLabel, ParagraphLabel, PlainLabel, plain_tip

HTML = "<h1>big</h1><img src='/etc/passwd'>"


@pytest.mark.parametrize("kind", [PlainLabel, ElidedLabel, ParagraphLabel])
def test_html_stays_text(qtbot: QtBot, kind: type[PlainLabel]) -> None:
    label = kind(HTML)
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text() == HTML
    assert label.sizeHint().height() < 80


def test_html_in_a_tool_tip_stays_text() -> None:
    assert plain_tip("<b>&</b>\nx") == "<qt>&lt;b&gt;&amp;&lt;/b&gt;<br>x</qt>"
    assert plain_tip("") == ""


def test_a_line_that_is_too_long_says_the_rest_in_its_tip(qtbot: QtBot) -> None:
    label = ElidedLabel("a rather long line of text that does not fit")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.show()
    assert "does not fit" in label.toolTip()
    label.resize(2000, 20)
    assert label.toolTip() == ""


def test_a_paragraph_never_grows_beyond_its_lines(qtbot: QtBot) -> None:
    label = ParagraphLabel("word " * 200, lines=2)
    qtbot.addWidget(label)
    label.resize(120, label.sizeHint().height())
    label.show()
    assert label.sizeHint().height() == 2 * label.fontMetrics().lineSpacing()
    assert dark_rows(label) > label.fontMetrics().lineSpacing()


def dark_rows(label: PlainLabel) -> int:
    """How many rows of pixels have something drawn in them."""
    image = label.grab().toImage()
    ground = QColor(image.pixel(0, image.height() - 1))
    rows = range(image.height())
    return sum(any(QColor(image.pixel(x, y)) != ground for x in range(image.width())) for y in rows)
