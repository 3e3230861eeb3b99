"""Previews as HTML: tables, pictures as data, plots as SVG. Every text is escaped; nothing is loaded from anywhere."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from html import escape
from io import BytesIO

from netdesigner.parts.figures import in_column
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

__all__ = ["COLORS", "to_html"]

COLORS = 8
"""How many colours of lines the page has, as its variables --line-0 and so on."""
_NUMBERS_UP_TO = 24
_WIDTH, _HEIGHT = 420, 280
_LEFT, _BOTTOM, _EDGE = 56, 40, 12
_TICKS = 5
_ROOM = 0.04
"""What is seen beyond the first and the last number, as a share of all."""
_LEAST_PX = 64
_MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}


def to_html(preview: Preview) -> str:
    """One preview under its title, as a section of a page."""
    title = f"<h3>{escape(preview.title)}</h3>" if preview.title else ""
    return f'<section class="view">{title}{_body(preview)}</section>'


def _body(preview: Preview) -> str:
    match preview:
        case ImageGrid():
            return f'<div class="grid">{"".join(map(_figure, preview.pictures))}</div>'
        case Table():
            return _table(preview)
        case Matrix():
            return _matrix(preview)
        case Bars():
            return _bars(preview)
        case Signal():
            line = Line("", preview.x, preview.y, preview.dots)
            return _plot((line,), (preview.x_title, preview.y_title), preview.ideal, joined=not preview.dots)
        case Curves():
            return _plot(preview.lines, (preview.x_title, preview.y_title), preview.ideal, preview.unit)
        case Text():
            return f'<p class="text">{escape(preview.text)}</p>'


# ---------------------------------------------------------------------------------------------------------- pictures


def _figure(picture: Picture) -> str:
    """An image, small ones enlarged without blurring, over its caption."""
    times = max(1, -(-_LEAST_PX // max(1, picture.height)))
    caption = escape(picture.caption)
    image = _image(picture, picture.width * times, picture.height * times)
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _image(picture: Picture, width_px: int, height_px: int) -> str:
    """A picture as PNG in the page itself; nothing where its bytes do not fit its size."""
    from PIL import Image

    wanted = picture.width * picture.height * picture.channels
    if picture.channels not in _MODES or len(picture.pixels) != wanted or not wanted:
        return ""
    buffer = BytesIO()
    image = Image.frombytes(_MODES[picture.channels], (picture.width, picture.height), picture.pixels)
    image.save(buffer, "png", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    size = f'width="{width_px}" height="{height_px}" alt="{escape(picture.caption)}"'
    return f'<img src="data:image/png;base64,{data}" {size}>'


# ------------------------------------------------------------------------------------------------------------ tables


def _table(table: Table) -> str:
    """Rows under named columns; numbers stand to the right."""
    columns = [*zip(*table.rows, strict=True)] or [()] * len(table.columns)
    right = [
        bool(values) and not any(isinstance(value, str) and value for value in values) for values in columns
    ]
    head = f"<thead>{_cells('th', table.columns, right)}</thead>" if any(table.columns) else ""
    rows = (_cells("td", row, right) for row in zip(*map(in_column, columns), strict=True))
    return _scrolled(f"<table>{head}<tbody>{''.join(rows)}</tbody></table>")


def _cells(tag: str, cells: Sequence[str], right: Sequence[bool]) -> str:
    kinds = (' class="n"' if is_right else "" for is_right in right)
    each = (f"<{tag}{kind}>{escape(cell)}</{tag}>" for kind, cell in zip(kinds, cells, strict=True))
    return f"<tr>{''.join(each)}</tr>"


def _scrolled(html: str) -> str:
    return f'<div class="wide">{html}</div>'


def _matrix(matrix: Matrix) -> str:
    """Numbers by row and column; the deeper the colour, the larger the share of the row. Many are a picture."""
    shares = [[abs(value) / (sum(map(abs, row)) or 1.0) for value in row] for row in matrix.values]
    titles = f"rows: {matrix.row_title}, columns: {matrix.column_title}"
    if len(matrix.labels) > _NUMBERS_UP_TO:
        size = len(matrix.labels)
        pixels = bytes(255 - round(255 * min(1.0, share)) for row in shares for share in row)
        side = max(1, 400 // size) * size
        return f'{_image(Picture(size, size, 1, pixels, titles), side, side)}<p class="muted">{escape(titles)}</p>'
    head = "".join(f'<th class="n">{escape(label)}</th>' for label in matrix.labels)
    rows = "".join(
        f"<tr><th>{escape(label)}</th>{''.join(_shaded(row, *pair))}</tr>"
        for row, (label, *pair) in enumerate(zip(matrix.labels, matrix.values, shares, strict=True))
    )
    table = f'<table class="matrix"><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'{_scrolled(table)}<p class="muted">{escape(titles)}</p>'


def _shaded(row: int, values: Sequence[float], shares: Sequence[float]) -> Iterator[str]:
    for column, (value, share) in enumerate(zip(values, shares, strict=True)):
        kind = "hit" if column == row else "miss"
        strength = 0.85 * share if column == row else 0.7 * share**0.5
        text = f"{value:g}" if value else ""
        yield f'<td class="n {kind}" style="--a:{strength:.3f}">{text}</td>'


def _bars(bars: Bars) -> str:
    """One bar a label."""
    largest = max((abs(value) for value in bars.values if math.isfinite(value)), default=0.0) or 1.0
    rows = (
        f'<tr><th>{escape(label)}</th><td class="bar"><span style="width:{_share(value, largest):.1f}%"></span></td>'
        f'<td class="n">{escape(text)}</td></tr>'
        for label, value, text in zip(bars.labels, bars.values, in_column(bars.values), strict=True)
    )
    return f'<table class="bars"><tbody>{"".join(rows)}</tbody></table>'


def _share(value: float, largest: float) -> float:
    return 100 * abs(value) / largest if math.isfinite(value) else 0.0


# ------------------------------------------------------------------------------------------------------------- plots


class _Axis:
    """A stretch of numbers, and where each lies on the page."""

    def __init__(self, values: list[float], start: float, end: float, unit: bool) -> None:
        known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        self.low, self.high = (0.0, 1.0) if unit else (min(known), max(known))
        room = 0.0 if unit else _ROOM * (self.high - self.low) or 0.5
        self.low, self.high = self.low - room, self.high + room
        self._start, self._end = start, end

    def place(self, value: float) -> float:
        """Where a number lies, in pixels."""
        return self._start + (value - self.low) / (self.high - self.low) * (self._end - self._start)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Round numbers on it: where each lies, and how it is written."""
        rough = (self.high - self.low) / _TICKS
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * digit for digit in (1, 2, 5, 10) if power * digit >= rough * 0.999)
        for count in range(math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9) + 1):
            yield self.place(count * step), f"{count * step:.6g}"


def _plot(
    lines: Sequence[Line], titles: tuple[str, str], ideal: bool, unit: bool = False, joined: bool = True
) -> str:
    x = _Axis([value for line in lines for value in line.x], _LEFT, _WIDTH - _EDGE, unit)
    y = _Axis([value for line in lines for value in line.y], _HEIGHT - _BOTTOM, _EDGE, unit)
    parts = [*_frame(x, y, titles)]
    if ideal:
        ends = max(x.low, y.low), min(x.high, y.high)
        points = " ".join(f"{x.place(end):.1f},{y.place(end):.1f}" for end in ends)
        parts.append(f'<polyline class="ideal" points="{points}"/>')
    for index, line in enumerate(lines):
        parts += _drawn(line, x, y, f"var(--line-{index % COLORS})", joined)
    legend = "".join(
        f'<li><span style="background:var(--line-{index % COLORS})"></span>{escape(line.name)}</li>'
        for index, line in enumerate(lines)
        if line.name
    )
    svg = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" role="img">{"".join(parts)}</svg>'
    return f'{svg}<ul class="legend">{legend}</ul>' if legend else svg


def _frame(x: _Axis, y: _Axis, titles: tuple[str, str]) -> Iterator[str]:
    """Grid, numbers and titles of both axes."""
    bottom, right = _HEIGHT - _BOTTOM, _WIDTH - _EDGE
    for place, text in x.ticks():
        yield f'<path class="axis" d="M{place:.1f} {_EDGE}V{bottom}"/>'
        yield f'<text x="{place:.1f}" y="{bottom + 14}" text-anchor="middle">{text}</text>'
    for place, text in y.ticks():
        yield f'<path class="axis" d="M{_LEFT} {place:.1f}H{right}"/>'
        yield f'<text x="{_LEFT - 6}" y="{place + 4:.1f}" text-anchor="end">{text}</text>'
    middle = (_LEFT + right) / 2
    yield f'<text x="{middle}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(titles[0])}</text>'
    turned = f"translate(12 {(bottom + _EDGE) / 2}) rotate(-90)"
    yield f'<text transform="{turned}" text-anchor="middle">{escape(titles[1])}</text>'


def _drawn(line: Line, x: _Axis, y: _Axis, color: str, joined: bool) -> Iterator[str]:
    points = [(x.place(a), y.place(b)) for a, b in zip(line.x, line.y, strict=True)]
    if joined:
        dashes = ' stroke-dasharray="4 3"' if line.dots else ""
        for part in _unbroken(points):
            places = " ".join(f"{a:.1f},{b:.1f}" for a, b in part)
            yield f'<polyline class="line" style="stroke:{color}"{dashes} points="{places}"/>'
    if line.dots:
        for a, b in points:
            if math.isfinite(a) and math.isfinite(b):
                yield f'<circle style="fill:{color}" cx="{a:.1f}" cy="{b:.1f}" r="{3 if joined else 2}"/>'


def _unbroken(points: Sequence[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    """The stretches of a line without a number that is not finite."""
    part: list[tuple[float, float]] = []
    for point in (*points, (math.nan, math.nan)):
        if all(map(math.isfinite, point)):
            part.append(point)
        elif part:
            yield part
            part = []
