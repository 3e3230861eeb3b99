from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget, QToolTip
from pytestqt.qtbot import QtBot

from netdesigner.parts.preview import (
    Bars,
    Curves,
    ImageGrid,
    Line,
    Matrix,
    Picture,
    Preview,
    Signal,
    Table,
    Text,
)
from netdesigner.ui.preview import PreviewView
from netdesigner.ui.theme import DARK, LIGHT

HTML = "<b>bold</b>"
PREVIEWS: tuple[Preview, ...] = (
    ImageGrid(
        "images", tuple(Picture(2, 2, channels, bytes(4 * channels), HTML) for channels in (1, 2, 3, 4))
    ),
    Table("table", (HTML, "n"), ((HTML, 3), ("x", 1.5))),
    Matrix("matrix", "true", "said", (HTML, "b"), ((3, 1), (0, 4))),
    Matrix("large matrix", "true", "said", tuple(map(str, range(40))), tuple((1.0,) * 40 for _ in range(40))),
    Bars("bars", (HTML, "b"), (2.0, float("nan"))),
    Bars("no bars", (), ()),
    Signal("dots", "x", "y", (1.0, 2.0), (1.0, 3.0), dots=True, ideal=True),
    Signal("line", "x", "y", (1.0, 2.0), (1.0, 3.0)),
    Curves(
        "curves", "x", "y", (Line(HTML, (0.0, 1.0), (0.5, 1.0)), Line("b", (0.5,), (0.25,), True)), True, True
    ),
    Curves("no curves", "x", "y", (), ideal=True),
    Text("text", HTML),
)


@pytest.mark.parametrize("preview", PREVIEWS, ids=lambda preview: preview.title)
def test_every_kind_is_shown_in_both_themes(qtbot: QtBot, preview: Preview) -> None:
    view = PreviewView(preview, LIGHT)
    qtbot.addWidget(view)
    view.show()
    light = view.grab().toImage()
    view.set_theme(DARK)
    assert not light.isNull()
    assert not view.grab().toImage().isNull()


def test_several_lines_are_told_apart_by_their_names(qtbot: QtBot) -> None:
    view = PreviewView(PREVIEWS[8], LIGHT)
    qtbot.addWidget(view)
    assert [entry.text for entry in view._body._legend.entries()] == [HTML, "b"]
    view.set_theme(DARK)
    assert [entry.text for entry in view._body._legend.entries()] == [HTML, "b"]
    for low, high in view._body.area.box.viewRange():
        assert (low <= 0, high >= 1) == (True, True)


@pytest.mark.parametrize("preview", PREVIEWS, ids=lambda preview: preview.title)
def test_no_label_reads_html(qtbot: QtBot, preview: Preview) -> None:
    view = PreviewView(preview, LIGHT)
    qtbot.addWidget(view)
    labels = [label for label in view.findChildren(QLabel) if label.text()]
    assert labels
    assert all(label.textFormat().name == "PlainText" for label in labels)


def test_numbers_of_a_table_stand_to_the_right(qtbot: QtBot) -> None:
    view = PreviewView(PREVIEWS[1], LIGHT)
    qtbot.addWidget(view)
    table = view.findChild(QTableWidget)
    assert [table.item(0, 0).text(), table.item(0, 1).text()] == [HTML, "3"]
    assert table.item(0, 1).textAlignment() & Qt.AlignmentFlag.AlignRight.value
    assert not table.item(0, 0).textAlignment() & Qt.AlignmentFlag.AlignRight.value


def test_a_picture_of_a_wrong_size_is_left_blank(qtbot: QtBot) -> None:
    view = PreviewView(ImageGrid("images", (Picture(9, 9, 3, b"xx", ""),)), LIGHT)
    qtbot.addWidget(view)
    assert all(label.pixmap().isNull() for label in view.findChildren(QLabel) if not label.text())


@pytest.mark.parametrize("pixels", [bytes([200, 255, 9, 0]), bytes([200, 200, 200, 255, 9, 9, 9, 0])])
def test_what_is_not_opaque_is_not_painted(qtbot: QtBot, pixels: bytes) -> None:
    view = PreviewView(ImageGrid("images", (Picture(2, 1, len(pixels) // 2, pixels),)), LIGHT)
    qtbot.addWidget(view)
    (image,) = [label.pixmap().toImage() for label in view.findChildren(QLabel) if not label.text()]
    left, right = (image.pixelColor(x, 0).getRgb() for x in (0, image.width() - 1))
    assert (left, right[3]) == ((200, 200, 200, 255), 0)


def test_views_side_by_side_in_one_picture_are_as_large_as_single_ones(qtbot: QtBot) -> None:
    shapes = ((8, 8), (24, 8), (8, 24), (800, 8))
    grid = ImageGrid("images", tuple(Picture(w, h, 1, bytes(w * h)) for w, h in shapes))
    view = PreviewView(grid, LIGHT)
    qtbot.addWidget(view)
    sizes = [label.size().toTuple() for label in view.findChildren(QLabel) if not label.text()]
    assert sizes == [(64, 64), (192, 64), (64, 64), (256, 64)]


def test_a_cell_of_a_matrix_says_what_it_counts(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *_: said.append(text))
    view = PreviewView(PREVIEWS[2], LIGHT)
    qtbot.addWidget(view)
    at = QPoint(view._body.width() - 10, 50)
    QApplication.sendEvent(view._body, QHelpEvent(QEvent.Type.ToolTip, at, at))
    assert "true &lt;b&gt;bold&lt;/b&gt;, said b: 1" in said[0]


def test_a_small_table_is_as_high_as_its_rows(qtbot: QtBot) -> None:
    view = PreviewView(PREVIEWS[1], LIGHT)
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    table = view.findChild(QTableWidget)
    rows = table.rowHeight(0) * table.rowCount()
    assert table.height() == table.horizontalHeader().height() + rows
