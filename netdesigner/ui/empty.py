"""What an empty panel shows: what belongs here, and what to do to get it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["EmptyState"]


class EmptyState(QWidget):
    """An icon, one line and a hint in the middle of an empty panel.

    Signals:
        pressed: the button, where there is one.

    Args:
        icon_name: see `icons.GLYPHS`.
        title: what is missing.
        hint: what to do.
        action: the text of a button that does it, or "".
        theme: its colours.
    """

    pressed = Signal()

    def __init__(self, icon_name: str, title: str, hint: str, theme: Theme, action: str = "") -> None:
        super().__init__()
        self._icon_name = icon_name
        self._icon = PlainLabel()
        self.title = PlainLabel(title, wrap=True)
        self.hint = PlainLabel(hint, "muted", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(4)
        layout.addStretch(1)
        for label in (self._icon, self.title, self.hint):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            layout.addWidget(label)
        if action:
            button = QPushButton(action)
            button.clicked.connect(self.pressed)
            layout.addSpacing(8)
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        pixmap = icon(self._icon_name, theme, "disabled").pixmap(QSize(28, 28), self.devicePixelRatioF())
        self._icon.setPixmap(pixmap)
