"""What the lines of the plots stand for, in plain labels with a painted sample of each line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from netdesigner.ui.flow_layout import FlowArea
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["Entry", "Legend"]


class _Sample(QWidget):
    """A short piece of a line."""

    def __init__(self, color: str, dots: bool) -> None:
        super().__init__()
        self._color = QColor(color)
        self._dots = dots
        self.setFixedSize(QSize(24, 16))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        style = Qt.PenStyle.DashLine if self._dots else Qt.PenStyle.SolidLine
        painter.setPen(QPen(self._color, 1.5 if self._dots else 2, style))
        painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
        if self._dots:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color)
            painter.drawEllipse(QPointF(self.width() / 2, middle), 3, 3)


class Entry(QWidget):
    """A piece of a line and what it stands for.

    Args:
        color, dots: of the line.
        text: what it stands for.
    """

    def __init__(self, color: str, dots: bool, text: str) -> None:
        super().__init__()
        self.text = text
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(_Sample(color, dots))
        layout.addWidget(PlainLabel(text, "muted"))


class Legend(FlowArea):
    """One entry for each kind of line, and for each run where several are compared; in as many rows as that takes."""

    def __init__(self) -> None:
        super().__init__(gap_px=16)
        self.setObjectName("legend")
        self._shown: tuple[object, ...] = ()
        self._entries: list[Entry] = []

    def entries(self) -> tuple[Entry, ...]:
        """What is explained, in its order."""
        return tuple(self._entries)

    def show_runs(self, names: Sequence[str], theme: Theme) -> None:
        """Explains the lines of some runs in the colours that the plots give them."""
        if (wanted := (tuple(names), theme.name)) == self._shown:
            return
        self._shown = wanted
        colors = theme.curves
        if len(names) == 1:
            self.show_entries([Entry(colors[0], False, "training"), Entry(colors[1], True, "validation")])
        else:
            lines = [Entry(colors[index % len(colors)], False, name) for index, name in enumerate(names)]
            self.show_entries([*lines, Entry(theme.muted, True, "validation")])

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Explains other lines."""
        self.clear()
        self._entries = [*entries]
        for entry in self._entries:
            self.add(entry)
