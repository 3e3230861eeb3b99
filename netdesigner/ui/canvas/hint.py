"""A line of text beside the pointer: why a wire cannot end here, what a drop would do."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from netdesigner.ui.canvas.badge import badge_icon
from netdesigner.ui.formats import sentence
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["CursorHint"]

_LONGEST_PX = 320
_STAY_MS = 6000


class CursorHint(QFrame):
    """Shows one line, with the sign of its severity, over the view.

    Args:
        view: whose viewport it lies on.
        theme: its colours.
    """

    def __init__(self, view: QWidget, theme: Theme) -> None:
        super().__init__(view)
        self.setObjectName("cursor_hint")
        self._sign = PlainLabel()
        self._words = PlainLabel()
        self._words.setObjectName("cursor_hint_text")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 10, 6)
        layout.setSpacing(6)
        layout.addWidget(self._sign)
        layout.addWidget(self._words, 1)
        self.hide()
        self.set_theme(theme)

    @property
    def text(self) -> str:
        """What it says, or "" while it is hidden."""
        return "" if self.isHidden() else self._words.text()

    def say(self, severity: str, text: str, at: QPoint, stay: bool = False) -> None:
        """Shows a line.

        Args:
            severity: "error", "warning" or "success".
            text: the line; nothing is shown for an empty one.
            at: the pointer, in the view.
            stay: go by itself after a while instead of with the gesture.
        """
        if not text:
            self.hide()
            return
        self._timer.stop()
        text = sentence(text)
        self._words.setText(text)
        wide = self._words.fontMetrics().horizontalAdvance(text) > _LONGEST_PX
        self._words.setWordWrap(wide)
        self._words.setMinimumWidth(_LONGEST_PX if wide else 0)
        self._sign.setPixmap(badge_icon(severity, self._theme).pixmap(16, 16))
        self.adjustSize()
        room = self.parentWidget().rect()
        x = min(at.x() + 16, room.right() - self.width() - 8)
        y = at.y() + 20 if at.y() + 28 + self.height() < room.bottom() else at.y() - 12 - self.height()
        self.move(max(8, x), max(8, y))
        self.show()
        self.raise_()
        if stay:
            self._timer.start(_STAY_MS)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.setStyleSheet(
            f"#cursor_hint {{ background: {theme.surface}; border: 1px solid {theme.strong_border};"
            " border-radius: 6px; }"
        )
