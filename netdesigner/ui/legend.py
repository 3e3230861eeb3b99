"""What the lines of the plots stand for, in plain labels with a painted sample of each line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from netdesigner.ui.flow_layout import remove_all
from netdesigner.ui.labels import ElidedLabel, PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["Legend"]


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


class Legend(QWidget):
    """One entry for each kind of line, and for each run where several are compared."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("legend")
        self._shown: tuple[object, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)

    def show_runs(self, names: Sequence[str], theme: Theme) -> None:
        """Explains the lines of some runs in the colours that the plots give them."""
        if (wanted := (tuple(names), theme.name)) == self._shown:
            return
        self._shown = wanted
        remove_all(self._layout)
        if len(names) == 1:
            self._add(theme.curves[0], False, PlainLabel("training", "muted"))
            self._add(theme.curves[1], True, PlainLabel("validation", "muted"))
        else:
            for index, name in enumerate(names):
                label = ElidedLabel(name, "muted")
                label.setFixedWidth(min(180, label.fontMetrics().horizontalAdvance(name) + 4))
                self._add(theme.curves[index % len(theme.curves)], False, label)
            self._add(theme.muted, True, PlainLabel("validation", "muted"))
        self._layout.addStretch(1)
        self.setMinimumWidth(0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _add(self, color: str, dots: bool, label: PlainLabel) -> None:
        self._layout.addWidget(_Sample(color, dots))
        self._layout.addWidget(label)
        self._layout.addSpacing(10)
