"""Headings and rows of facts, as the inspector's pages are made of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QWidget

from netdesigner.ui.canvas.badge import badge_icon
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme, font

__all__ = ["Facts", "Heading", "Notice"]


class Heading(PlainLabel):
    """The name of a part of a page."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "muted")
        strong = font(12, font().Weight.DemiBold)
        self.setFont(strong)
        self.setContentsMargins(0, 8, 0, 0)


class Facts(QWidget):
    """Rows of a name and what is known, which can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnMinimumWidth(0, 120)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[tuple[str, str, str]] = []

    def show_rows(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """Shows rows of (name, value, tool tip)."""
        wanted = list(rows)
        if wanted == self._shown:
            return
        self._shown = wanted
        while self._grid.count():
            widget = self._grid.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        for index, (name, value, tip) in enumerate(wanted):
            self._grid.addWidget(PlainLabel(name, "muted"), index, 0, Qt.AlignmentFlag.AlignTop)
            told = PlainLabel(value, wrap=True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            told.setToolTip(tip)
            self._grid.addWidget(told, index, 1)
        self.setVisible(bool(wanted))

    def text(self) -> str:
        """All rows as text."""
        return "\n".join(f"{name}: {value}" for name, value, _ in self._shown)


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
