"""Headings and rows of facts, as the inspector's pages are made of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from netdesigner.ui.canvas.badge import badge_icon
from netdesigner.ui.labels import ElidedLabel, PlainLabel, plain_tip
from netdesigner.ui.theme import Theme, font

__all__ = ["Facts", "Heading", "Notice"]


_NAME_PX = 116


class Heading(PlainLabel):
    """The name of a part of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "muted")
        strong = font(12, font().Weight.DemiBold)
        self.setFont(strong)
        self.setContentsMargins(0, 8, 0, 0)


class _Value(PlainLabel):
    """What is known; one long word of it must not make the whole page wider."""

    def minimumSizeHint(self) -> QSize:
        return QSize(1, self.fontMetrics().height())


class Facts(QWidget):
    """Rows of a name and what is known, which can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, _NAME_PX)
        self._grid.setColumnStretch(1, 1)
        self._labels: list[tuple[PlainLabel, PlainLabel]] = []

    def show_rows(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Shows rows of (name, value, tool tip)."""
        wanted = list(rows)
        while len(self._labels) > len(wanted):
            for label in self._labels.pop():
                self._grid.removeWidget(label)
                label.hide()
                label.deleteLater()
        while len(self._labels) < len(wanted):
            self._labels.append(self._row(len(self._labels)))
        for (name_label, value_label), (name, value, tip) in zip(self._labels, wanted, strict=True):
            name_label.setText(name)
            value_label.setText(value)
            for label in (name_label, value_label):
                label.setToolTip(plain_tip(tip))
        self.setVisible(bool(wanted))

    def _row(self, index: int) -> tuple[PlainLabel, PlainLabel]:
        name, value = ElidedLabel("", "muted"), _Value("", wrap=True)
        name.setFixedWidth(_NAME_PX)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(name, index, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, index, 1)
        name.show()
        value.show()
        return name, value

    def text(self) -> str:
        """All rows as text."""
        return "\n".join(f"{name.text()}: {value.text()}" for name, value in self._labels)


class Notice(QFrame):
    """One problem in a page: its sign and its words."""

    def __init__(self, severity: str, text: str, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("notice")
        sign = PlainLabel()
        sign.setPixmap(badge_icon(severity, theme).pixmap(16, 16))
        words = PlainLabel(text, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(words, 1)
        color = theme.error if severity == "error" else theme.warning
        self.setStyleSheet(
            f"#notice {{ background: {theme.window}; border: 0; border-left: 3px solid {color}; border-radius: 4px; }}"
        )
