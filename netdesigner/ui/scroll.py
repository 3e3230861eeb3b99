"""A scroll area for a panel: without a frame, as wide as its panel, on whatever surface the panel lies."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QLayout, QScrollArea, QVBoxLayout, QWidget

__all__ = ["PanelScroll", "scrolled", "scrolled_under"]


class PanelScroll(QScrollArea):
    """Scrolls one page up and down.

    Args:
        sideways: whether it may scroll to the side as well.
    """

    def __init__(self, sideways: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        policy = Qt.ScrollBarPolicy
        self.setHorizontalScrollBarPolicy(policy.ScrollBarAsNeeded if sideways else policy.ScrollBarAlwaysOff)

    def bring(self, widget: QWidget) -> None:
        """Scrolls to a widget of the page and gives it the keyboard, where it takes it."""
        target = widget.focusProxy() or widget
        if target.focusPolicy() != Qt.FocusPolicy.NoFocus:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(
            0, widget, lambda: self.ensureWidgetVisible(widget)
        )  # once what was unfolded has its place

    def show_page(self, page: QWidget) -> None:
        """Takes the page that is scrolled."""
        self.setWidget(page)
        page.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)


def scrolled_under(bar: QLayout, content: QWidget) -> QWidget:
    """A page of a bar that stays and, under it, content that scrolls both ways."""
    scroll = PanelScroll(sideways=True)
    scroll.show_page(content)
    page = QWidget()
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addLayout(bar)
    layout.addWidget(scroll, 1)
    return page


def scrolled(page: QWidget) -> PanelScroll:
    """A page that is scrolled where it has no room."""
    area = PanelScroll()
    area.show_page(page)
    return area
