"""Labels that show text as it is.

Text from a file may look like HTML, and Qt would then follow it: open an image, colour a warning away. So every label
that can show such text is a `PlainLabel`, and every tool tip passes through `plain_tip`.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

__all__ = ["ElidedLabel", "ParagraphLabel", "PlainLabel", "plain_tip", "set_role"]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "<br>"})


def plain_tip(text: str) -> str:
    """A tool tip that shows the text as it is, wrapped where it is long."""
    return f"<qt>{text.translate(_ESCAPES)}</qt>" if text else ""


def set_role(widget: QWidget, role: str) -> None:
    """Gives a widget another look of the style sheet (`muted`, `error`, `warning`, `success`, `heading`, `title`)."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class PlainLabel(QLabel):
    """A label that never reads its text as HTML.

    Args:
        text: what it shows.
        role: its look, see `set_role`.
        wrap: whether long text goes on in the next line.
    """

    def __init__(
        self, text: str = "", role: str = "", wrap: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setText(text)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)
            self.setSizePolicy(policy)
        if role:
            self.setProperty("role", role)


class ElidedLabel(PlainLabel):
    """One line that ends in an ellipsis where it is too long; the tool tip then says all of it, else what it was given.

    Args:
        text: what it shows.
        role: its look.
        mode: where the ellipsis goes.
    """

    _own_tip = ""

    def __init__(
        self,
        text: str = "",
        role: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, role, parent=parent)
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(text)
        self._show_tip()

    def setToolTip(self, tip: str) -> None:
        self._own_tip = tip
        self._show_tip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_tip()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 3, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), self._mode, area.width())
        painter.drawText(area, int(self.alignment() | Qt.TextFlag.TextSingleLine), shown)

    def _show_tip(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
        super().setToolTip(self._own_tip if fits else plain_tip(self.text()))


class ParagraphLabel(PlainLabel):
    """A few lines of text, always as high as these; the last ends in an ellipsis where there would be more.

    Args:
        text: what it shows.
        lines: how many lines it has.
        role: its look.
    """

    def __init__(self, text: str = "", lines: int = 2, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, role, parent=parent)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(
            self.fontMetrics().averageCharWidth() * 30, self.fontMetrics().lineSpacing() * self._lines
        )

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        metrics, area, text = self.fontMetrics(), self.contentsRect(), self.text()
        layout = QTextLayout(text, self.font())
        layout.beginLayout()
        for number in range(self._lines):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(area.width())
            start, end = line.textStart(), line.textStart() + line.textLength()
            last = number == self._lines - 1 and end < len(text)
            shown = text[start:] if last else text[start:end]
            shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, area.width()) if last else shown
            base = area.top() + number * metrics.lineSpacing() + metrics.ascent()
            painter.drawText(area.left(), base, shown)
        layout.endLayout()
