"""The closed set of things a task or a data set can show; the window has one view for each, so a task needs no widget.

All are plain values: numbers, texts and tuples, so they travel between threads and into JSON.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Bars", "Curves", "ImageGrid", "Line", "Matrix", "Picture", "Preview", "Signal", "Table", "Text"]


class Picture(NamedTuple):
    """An image as bytes, row by row from the upper left: width*height*channels values of 0 to 255.

    One channel is grey, three are red, green and blue; a second or fourth says how opaque each dot is.
    """

    width: int
    height: int
    channels: int
    pixels: bytes
    caption: str = ""


class ImageGrid(NamedTuple):
    """Images side by side, each with its caption."""

    title: str
    pictures: tuple[Picture, ...]


class Table(NamedTuple):
    """Rows of cells under named columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int, ...], ...]


class Matrix(NamedTuple):
    """Numbers by row and column, such as a confusion matrix (rows: true, columns: predicted)."""

    title: str
    row_title: str
    column_title: str
    labels: tuple[str, ...]
    values: tuple[tuple[float, ...], ...]


class Bars(NamedTuple):
    """One number a label, such as samples by class."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]


class Signal(NamedTuple):
    """Points (x, y), as a line or as dots; `ideal` draws the diagonal y = x (predicted against true)."""

    title: str
    x_title: str
    y_title: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    dots: bool = False
    ideal: bool = False


class Line(NamedTuple):
    """One of several lines in a plot; `dots` draws a dot at each of its points."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    dots: bool = False


class Curves(NamedTuple):
    """Several lines in one plot, each with its name.

    `ideal` draws the diagonal y = x beside them; `unit` shows both axes from 0 to 1, whatever the lines take of them.
    """

    title: str
    x_title: str
    y_title: str
    lines: tuple[Line, ...]
    ideal: bool = False
    unit: bool = False


class Text(NamedTuple):
    """A few sentences."""

    title: str
    text: str


Preview = ImageGrid | Table | Matrix | Bars | Signal | Curves | Text
