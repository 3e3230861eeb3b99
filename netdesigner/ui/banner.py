"""A strip at the top of a panel that says what happened and offers what to do next; it waits to be closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from netdesigner.ui.flow_layout import FlowArea, remove_all
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["Banner", "Button"]

_LONG = 40
"""From so many letters on, buttons leave the words beside them too little room."""
_ICONS = {"error": "error", "warning": "warning", "success": "check", "info": "about"}
_COLORS = {"error": "error", "warning": "warning", "success": "success", "info": "accent"}


Button = tuple[str, Callable[[], object]]
"""What a button says, and what it does."""


class Banner(QFrame):
    """One message with buttons; hidden until `say`.

    Args:
        theme: its colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._theme = theme
        self._severity = "info"
        self._icon = PlainLabel()
        self._title = PlainLabel(wrap=True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = PlainLabel(role="muted", wrap=True)
        self._few = QHBoxLayout()
        self._few.setSpacing(8)
        self._many = FlowArea()
        self._close = QToolButton()
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self.hide)
        self._build()
        self.set_theme(theme)
        self.hide()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._more)
        words.addWidget(self._many)
        self._many.flow.setContentsMargins(0, 4, 0, 0)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        layout.addLayout(self._few)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        """All that it says now, or "" while it is hidden."""
        return "" if self.isHidden() else "\n".join(filter(None, (self._title.text(), self._more.text())))

    def say(
        self,
        severity: str,
        title: str,
        more: str = "",
        buttons: Sequence[Button] = (),
    ) -> None:
        """Shows a message in place of the one before.

        Args:
            severity: "error", "warning", "success" or "info".
            title: what happened.
            more: what can be done.
            buttons: what each does, and how; long ones stand below the words.
        """
        self._severity = severity
        self._title.setText(title)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        remove_all(self._few)
        self._many.clear()
        many = sum(len(text) for text, _ in buttons) > _LONG
        self._many.setVisible(many)
        for text, action in buttons:
            button = QPushButton(text)
            button.clicked.connect(lambda _checked=False, act=action: act())
            if many:
                self._many.add(button)
            else:
                self._few.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.set_theme(self._theme)
        self.show()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        color = _COLORS[self._severity]
        ratio = self.devicePixelRatioF()
        self._icon.setPixmap(icon(_ICONS[self._severity], theme, color).pixmap(QSize(20, 20), ratio))
        self._close.setIcon(icon("close", theme, "muted"))
        self.setStyleSheet(
            f"#banner {{ background: {theme.surface}; border: 0; border-left: 3px solid {getattr(theme, color)};"
            f" border-bottom: 1px solid {theme.border}; }}"
        )
