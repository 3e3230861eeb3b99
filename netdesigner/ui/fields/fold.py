"""A part of a panel that opens and closes under its heading."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from netdesigner.ui.icons import icon
from netdesigner.ui.theme import Theme

__all__ = ["Fold"]


class Fold(QWidget):
    """A heading with what belongs under it, closed at first.

    Signals:
        toggled: whether it is open now.

    Args:
        title: the heading.
        theme: its colours.
        content: what is under it.
        opened: open at first.
        beside: what stands to the right of the heading.
    """

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        theme: Theme,
        content: QWidget,
        opened: bool = False,
        beside: Sequence[QWidget] = (),
    ) -> None:
        super().__init__()
        self.content = content
        self.is_open = not opened
        self._theme = theme
        self.heading = QToolButton()
        self.heading.setText(title)
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setIconSize(QSize(12, 12))
        self.heading.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.heading.clicked.connect(lambda: self.set_open(not self.is_open))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(0)
        for widget in (self.heading, *beside):
            row.addWidget(widget)
        layout.addLayout(row)
        layout.addWidget(content)
        self.set_open(opened)

    def set_open(self, opened: bool) -> None:
        """Opens or closes it."""
        if opened != self.is_open:
            self.is_open = opened
            self.content.setVisible(opened)
            self.set_theme(self._theme)
            self.toggled.emit(opened)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.heading.setIcon(icon("down" if self.is_open else "right", theme, "muted"))
        self.heading.setStyleSheet(
            f"QToolButton {{ color: {theme.muted}; font-weight: 600; text-align: left; padding: 4px 0;"
            f" margin-left: -6px; }}"
            " QToolButton:hover { background: transparent; }"
        )
