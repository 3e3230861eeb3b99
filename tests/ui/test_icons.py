"""Icons are drawn in the theme's colours, and ask nothing of Qt where there is no room."""

from __future__ import annotations

import gc

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QImage, QPainter, QPixmap

from netdesigner.ui.icons import GLYPHS, icon
from netdesigner.ui.theme import DARK, LIGHT


def _inked(pixmap: QPixmap) -> set[str]:
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    pixels = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return {color.name() for color in pixels if color.alpha() == 255}


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_every_icon_is_drawn_in_its_colour(theme: object, qapp: object) -> None:
    for name in GLYPHS:
        assert theme.accent in _inked(icon(name, theme, "accent").pixmap(QSize(48, 48), 1.0)), name  # type: ignore[attr-defined, arg-type]


@pytest.mark.parametrize("size", [QSize(0, 0), QSize(-2, -2), QSize(16, -3)])
def test_an_icon_without_room_is_not_drawn_and_nothing_is_complained_of(size: QSize, qapp: object) -> None:
    shown = icon("close", LIGHT)
    assert shown.pixmap(size, 1.0).isNull()
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    shown.paint(painter, QRect(0, 0, size.width(), size.height()))
    painter.end()


def test_a_copy_of_an_icon_outlives_it(qapp: object) -> None:
    shown = icon("play", LIGHT)
    copy = type(shown)(shown)
    del shown
    gc.collect()
    assert not copy.pixmap(QSize(24, 24), 1.0).isNull()
