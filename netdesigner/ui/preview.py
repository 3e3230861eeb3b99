"""One view for each kind of preview: what a data set or an evaluation has to show.

All text in them comes from data and is painted as it is.
"""

from __future__ import annotations

import math
from itertools import chain

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from netdesigner.parts.figures import in_column
from netdesigner.parts.preview import Bars, Curves, ImageGrid, Matrix, Picture, Preview, Signal, Table, Text
from netdesigner.ui import formats
from netdesigner.ui.flow_layout import FlowArea
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.theme import Theme, font

__all__ = ["PreviewView"]

_GREY_AND_OPACITY = 2
_FORMATS = {
    1: QImage.Format.Format_Grayscale8,
    _GREY_AND_OPACITY: QImage.Format.Format_RGBA8888,
    3: QImage.Format.Format_RGB888,
    4: QImage.Format.Format_RGBA8888,
}
"""By how many channels a picture has."""
_PICTURE_PX = 64
_CELL_PX = 80
_GAP_PX = 8
_GAP_OF_WIDE_PX = 24
"""Between pictures that are several views of a sample each, which have a gap themselves."""
_PER_ROW = 5
_PER_ROW_ALONE = 8
"""Without a caption each."""
_WIDEST_PX = 620
_ROWS_SHOWN = 8
_ALL_SHOWN_UP_TO = 12
_BAR_PX = 22
_NUMBERS_UP_TO = 24
_WIDE_CELLS_UP_TO = 6


class PreviewView(QWidget):
    """A preview under its title.

    Args:
        preview: what is shown.
        theme: its colours.
    """

    def __init__(self, preview: Preview, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = preview
        self._body = _body(preview, theme)
        title = PlainLabel(preview.title, wrap=True)
        title.setFont(font(13, font().Weight.DemiBold))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addWidget(self._body)
        layout.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        set_theme = getattr(self._body, "set_theme", None)
        if set_theme is not None:
            set_theme(theme)


def _body(preview: Preview, theme: Theme) -> QWidget:
    match preview:
        case ImageGrid():
            return _Pictures(preview)
        case Table():
            return _Cells(preview)
        case Matrix():
            return _HeatMap(preview, theme)
        case Bars():
            return _BarList(preview, theme)
        case Signal() | Curves():
            from netdesigner.ui.preview_plot import PreviewPlot

            return PreviewPlot(preview, theme)
        case Text():
            return PlainLabel(preview.text, wrap=True)


# --------------------------------------------------------------------------------------------------------- pictures


class _Pictures(FlowArea):
    """Images side by side, small ones enlarged without blurring."""

    def __init__(self, grid: ImageGrid) -> None:
        wide = any(picture.width > picture.height for picture in grid.pictures)
        gap = _GAP_OF_WIDE_PX if wide else _GAP_PX
        super().__init__(gap_px=gap)
        cells = [_Framed(picture) for picture in grid.pictures]
        told = any(picture.caption for picture in grid.pictures)
        row = cells[: _PER_ROW if told else _PER_ROW_ALONE]
        self._wanted = min(_WIDEST_PX, sum(cell.width() + gap for cell in row))
        for cell in cells:
            self.add(cell)

    def sizeHint(self) -> QSize:
        return QSize(self._wanted, self.flow.height_at(self._wanted))


class _Framed(QWidget):
    """One image over its caption."""

    def __init__(self, picture: Picture) -> None:
        super().__init__()
        image = QLabel()
        size = _size_of(picture)
        image.setPixmap(_pixmap(picture, size))
        image.setAlignment(Qt.AlignmentFlag.AlignCenter)
        image.setFixedSize(size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(image, 0, Qt.AlignmentFlag.AlignHCenter)
        self.setFixedWidth(max(_CELL_PX if picture.caption else 0, size.width()))
        if picture.caption:
            caption = PlainLabel(picture.caption, "muted", wrap=True)
            caption.setFont(font(11))
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(caption)
            self.setAccessibleName(picture.caption)


def _size_of(picture: Picture) -> QSize:
    """A square; of a wide picture, such as several views of one sample side by side, up to four of them in a row."""
    squares = min(4.0, max(1.0, picture.width / max(1, picture.height)))
    return QSize(round(squares * _PICTURE_PX), _PICTURE_PX)


def _pixmap(picture: Picture, size: QSize) -> QPixmap:
    kind, pixels = _FORMATS.get(picture.channels), picture.pixels
    if kind is None or picture.width * picture.height * picture.channels != len(pixels) or not pixels:
        return QPixmap()
    channels = picture.channels
    if channels == _GREY_AND_OPACITY:  # for which Qt has no format
        grey, channels = pixels[::2], 4
        pixels = bytes(chain.from_iterable(zip(grey, grey, grey, pixels[1::2], strict=True)))
    image = QImage(pixels, picture.width, picture.height, picture.width * channels, kind).copy()
    small = picture.width <= size.width() and picture.height <= size.height()
    how = Qt.TransformationMode.FastTransformation if small else Qt.TransformationMode.SmoothTransformation
    pixmap = QPixmap.fromImage(image.scaled(size * 2, Qt.AspectRatioMode.KeepAspectRatio, how))
    pixmap.setDevicePixelRatio(2.0)
    return pixmap


# ------------------------------------------------------------------------------------------------------------ table


class _Cells(QTableWidget):
    """Rows under named columns; numbers stand to the right."""

    def __init__(self, table: Table) -> None:
        super().__init__(len(table.rows), len(table.columns))
        self.setHorizontalHeaderLabels(list(table.columns))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.verticalHeader().setVisible(False)
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setHighlightSections(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        for index, values in enumerate(zip(*table.rows, strict=True)):
            for row, (value, text) in enumerate(zip(values, in_column(values), strict=True)):
                self.setItem(row, index, _cell(value, text))
        self._align_headers(table)
        self.resizeColumnsToContents()
        bar = 0 if self._is_short() else self.verticalScrollBar().sizeHint().width()
        self._wanted = min(_WIDEST_PX, self.horizontalHeader().length() + bar)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setStretchLastSection(bool(table.rows) and isinstance(table.rows[0][-1], str))
        self.horizontalScrollBar().rangeChanged.connect(lambda _least, _most: self._fit_height())
        self._fit_height()

    def _fit_height(self) -> None:
        """As high as its rows; where there are many it may be higher than those that it shows at least."""
        bar = self.horizontalScrollBar()
        shown = max(1, self.rowCount()) if self._is_short() else _ROWS_SHOWN
        height = (
            self.horizontalHeader().sizeHint().height() + self.verticalHeader().defaultSectionSize() * shown
        )
        height += bar.sizeHint().height() if bar.maximum() > 0 else 0
        self.setMinimumHeight(height)
        if self._is_short():
            self.setMaximumHeight(height)
        self.updateGeometry()

    def _is_short(self) -> bool:
        """Whether all rows are seen at once."""
        return self.rowCount() <= _ALL_SHOWN_UP_TO

    def sizeHint(self) -> QSize:
        return QSize(self._wanted, self.minimumHeight())

    def _align_headers(self, table: Table) -> None:
        for column in range(len(table.columns)):
            numeric = all(column < len(row) and not isinstance(row[column], str) for row in table.rows)
            side = Qt.AlignmentFlag.AlignRight if numeric and table.rows else Qt.AlignmentFlag.AlignLeft
            header = self.horizontalHeaderItem(column)
            if header is not None:
                header.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)


def _cell(value: str | float, text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    if isinstance(value, str):
        item.setToolTip(plain_tip(value) if len(value) > 24 else "")
    else:
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


# ------------------------------------------------------------------------------------------------- matrix and bars


class _HeatMap(QWidget):
    """Numbers by row and column; the deeper the colour, the larger its share of the row."""

    def __init__(self, matrix: Matrix, theme: Theme) -> None:
        super().__init__()
        self._matrix = matrix
        self._theme = theme
        self._numbers = len(matrix.labels) <= _NUMBERS_UP_TO
        self.setFont(font(11))
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(label) for label in matrix.labels), default=0)
        self._label_px = min(96, longest) + 8
        widest = max((metrics.horizontalAdvance(_brief(v)) for row in matrix.values for v in row), default=0)
        most_px = 44 if len(matrix.labels) > _WIDE_CELLS_UP_TO else 88
        self._cell_px = max(26, min(most_px, max(widest, longest) + 10)) if self._numbers else 8
        side = self._cell_px * len(matrix.labels)
        self._left = self._label_px + 20
        self.setFixedSize(self._left + side + 4, 40 + side + 4)
        self.setAccessibleName(f"{matrix.title}: {matrix.row_title} by {matrix.column_title}")

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_titles(painter)
        for row, values in enumerate(self._matrix.values):
            total = sum(abs(value) for value in values) or 1.0
            for column, value in enumerate(values):
                self._paint_cell(painter, row, column, value, abs(value) / total)

    def _paint_titles(self, painter: QPainter) -> None:
        side = self.width() - self._left
        painter.setPen(QColor(self._theme.muted))
        center = int(Qt.AlignmentFlag.AlignCenter)
        painter.drawText(QRectF(self._left, 0, side, 18), center, self._matrix.column_title)
        painter.save()
        painter.translate(0, self.height())
        painter.rotate(-90)
        painter.drawText(QRectF(0, 0, self.height() - 40, 16), center, self._matrix.row_title)
        painter.restore()
        if not self._numbers:
            return
        metrics = painter.fontMetrics()
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for index, label in enumerate(self._matrix.labels):
            cell = self._cell(index, index)
            above = metrics.elidedText(label, Qt.TextElideMode.ElideRight, self._cell_px)
            painter.drawText(QRectF(cell.left(), 20, self._cell_px, 18), center, above)
            beside = metrics.elidedText(label, Qt.TextElideMode.ElideRight, self._label_px - 6)
            painter.drawText(QRectF(18, cell.top(), self._label_px - 6, self._cell_px), right, beside)

    def _cell(self, row: int, column: int) -> QRectF:
        return QRectF(
            self._left + column * self._cell_px, 40 + row * self._cell_px, self._cell_px, self._cell_px
        )

    def _paint_cell(self, painter: QPainter, row: int, column: int, value: float, share: float) -> None:
        cell = self._cell(row, column).adjusted(0.5, 0.5, -0.5, -0.5)
        right = row == column
        painter.fillRect(cell, QColor(self._theme.raised))
        painter.fillRect(
            cell,
            self._theme.color("accent" if right else "error", 0.9 * share if right else 0.7 * share**0.5),
        )
        if self._numbers and value:
            strong = right and share > 0.55
            painter.setPen(QColor(self._theme.on_accent if strong else self._theme.text))
            painter.drawText(cell, int(Qt.AlignmentFlag.AlignCenter), _brief(value))

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            column = int((event.pos().x() - self._left) // self._cell_px)
            row = int((event.pos().y() - 40) // self._cell_px)
            labels = self._matrix.labels
            if 0 <= row < len(labels) and 0 <= column < len(labels):
                titles = (self._matrix.row_title, self._matrix.column_title)
                text = f"{titles[0]} {labels[row]}, {titles[1]} {labels[column]}: {self._matrix.values[row][column]:g}"
                QToolTip.showText(event.globalPos(), plain_tip(text), self)
                return True
        return super().event(event)


class _BarList(QWidget):
    """One bar a label."""

    def __init__(self, bars: Bars, theme: Theme) -> None:
        super().__init__()
        self._bars = bars
        self._theme = theme
        metrics = self.fontMetrics()
        self._label_px = (
            min(112, max((metrics.horizontalAdvance(label) for label in bars.labels), default=0)) + 10
        )
        self._values = in_column(bars.values)
        self._value_px = max(map(metrics.horizontalAdvance, self._values), default=0) + 10
        self.setMinimumSize(self._label_px + self._value_px + 60, _BAR_PX * max(1, len(bars.labels)))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(280, self.minimumHeight())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        largest = max((abs(v) for v in self._bars.values if math.isfinite(v)), default=0.0) or 1.0
        room = self.width() - self._label_px - self._value_px
        rows = zip(self._bars.labels, self._bars.values, self._values, strict=True)
        for index, (label, value, text) in enumerate(rows):
            top = index * _BAR_PX
            shown = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, self._label_px - 8)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(
                QRectF(0, top, self._label_px - 8, _BAR_PX), int(Qt.AlignmentFlag.AlignVCenter), shown
            )
            length = max(1.0, room * abs(value) / largest) if math.isfinite(value) else 0.0
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("accent", 0.75))
            painter.drawRoundedRect(QRectF(self._label_px, top + 5, length, _BAR_PX - 10), 2, 2)
            painter.setPen(QColor(self._theme.muted))
            place = QRectF(self._label_px + length + 6, top, self._value_px, _BAR_PX)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter), text)


def _brief(value: float) -> str:
    if not 1e-3 <= abs(value) < 1e6:
        return formats.number(value)
    return f"{value:,.0f}" if value == round(value) else formats.number_short(value)
