"""The zoom in the corner of the canvas: how large things are, and a few buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from netdesigner.ui.canvas.navigation import Navigation
from netdesigner.ui.icons import icon
from netdesigner.ui.theme import Theme

__all__ = ["ZoomBar"]

_MARGIN_PX = 12


class ZoomBar(QFrame):
    """Buttons over the lower right corner of a view.

    Args:
        view: the view, whose child it becomes.
        theme: its colours.
    """

    def __init__(self, view: Navigation, theme: Theme) -> None:
        super().__init__(view)
        self.setObjectName("zoom_bar")
        self._view = view
        self._out = self._button("Zoom out")
        self._value = self._button("Zoom to 100 %")
        self._value.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._value.setFixedWidth(52)
        self._in = self._button("Zoom in")
        self._fit = self._button("Show all")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(0)
        for button in (self._out, self._value, self._in, self._fit):
            layout.addWidget(button)
        self._out.clicked.connect(view.zoom_out)
        self._value.clicked.connect(view.zoom_reset)
        self._in.clicked.connect(view.zoom_in)
        self._fit.clicked.connect(lambda _checked=False: view.fit())
        view.zoomed.connect(self._show)
        self.set_theme(theme)
        self._show(view.zoom)

    @staticmethod
    def _button(tip: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _show(self, zoom: float) -> None:
        self._value.setText(f"{zoom * 100:.0f} %")

    def set_tips(self, out: str, value: str, closer: str, fit: str) -> None:
        """Says what the buttons do and with which keys it is done too."""
        for button, tip in zip(
            (self._out, self._value, self._in, self._fit), (out, value, closer, fit), strict=True
        ):
            button.setToolTip(tip)

    def settle_in(self, parent: QWidget) -> None:
        """Takes its place in the corner; called when the view has another size."""
        self.adjustSize()
        room = parent.rect()
        self.move(room.right() - self.width() - _MARGIN_PX, room.bottom() - self.height() - _MARGIN_PX)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        for button, name in ((self._out, "zoom out"), (self._in, "zoom in"), (self._fit, "fit")):
            button.setIcon(icon(name, theme, "muted"))
        self.setStyleSheet(
            f"#zoom_bar {{ background: {theme.surface}; border: 1px solid {theme.border}; border-radius: 6px; }}"
            f" QToolButton {{ color: {theme.muted}; }}"
        )
