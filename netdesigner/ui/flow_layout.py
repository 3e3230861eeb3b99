"""A layout that fills row after row, as words fill lines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMargins, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

__all__ = ["FlowArea", "FlowLayout", "remove_all"]

_LEAST_SHARE = 0.75


def remove_all(layout: QLayout) -> None:
    """Takes everything out of a layout; widgets are hidden at once and deleted when Qt is ready for it."""
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()


class FlowLayout(QLayout):
    """Puts items side by side at their preferred size and goes on in the next row where there is no more room.

    The last item of a row may be a little narrower than it would like to be.

    Args:
        gap_px: between items and between rows.
        stretch: whether the items of a row share its free width, as many as would fit if there were enough of them.
    """

    def __init__(self, parent: QWidget | None = None, gap_px: int = 8, stretch: bool = False) -> None:
        super().__init__(parent)
        self._gap = gap_px
        self._stretch = stretch
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(QMargins())

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def height_at(self, width: int) -> int:
        """How high the rows are together at a width."""
        return self._arrange(QRect(0, 0, width, 0), moving=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, moving=True)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        widest = max((item.minimumSize().width() for item in self._items), default=0)
        margins = self.contentsMargins()
        return QSize(widest + margins.left() + margins.right(), 0)

    def _arrange(self, rect: QRect, moving: bool) -> int:
        """Places the items; returns the height that takes."""
        area = rect.marginsRemoved(self.contentsMargins())
        shown = [item for item in self._items if not item.isEmpty()]
        top, widest = area.top(), max((item.sizeHint().width() for item in shown), default=0)
        columns = (area.width() + self._gap) // max(1, widest + self._gap)
        while shown:
            row = self._row(shown, area.width())
            at = QPoint(area.left(), top)
            top += self._place(row, at, area.width(), max(columns, len(row)), moving) + self._gap
            shown = shown[len(row) :]
        height = max(0, top - self._gap - area.top())
        margins = self.contentsMargins()
        return height + margins.top() + margins.bottom()

    def _row(self, items: list[QLayoutItem], width: int) -> list[QLayoutItem]:
        row: list[QLayoutItem] = []
        used = 0
        for item in items:
            gap = self._gap if row else 0
            least = max(item.minimumSize().width(), round(_LEAST_SHARE * item.sizeHint().width()))
            if row and used + gap + (item.sizeHint().width() if self._stretch else least) > width:
                break
            row.append(item)
            used += gap + item.sizeHint().width()
        return row

    def _place(self, row: list[QLayoutItem], at: QPoint, width: int, columns: int, moving: bool) -> int:
        share = (width - self._gap * (columns - 1)) // max(1, columns)
        widths = [
            max(share, item.sizeHint().width()) if self._stretch else item.sizeHint().width() for item in row
        ]
        others = sum(widths[:-1]) + self._gap * (len(row) - 1)
        widths[-1] = max(1, min(widths[-1], width - others))
        heights = [
            item.heightForWidth(item_width) if item.hasHeightForWidth() else item.sizeHint().height()
            for item, item_width in zip(row, widths, strict=True)
        ]
        tallest = max(heights, default=0)
        if moving:
            x = at.x()
            for item, item_width, height in zip(row, widths, heights, strict=True):
                item.setGeometry(QRect(x, at.y(), item_width, tallest if self._stretch else height))
                x += item_width + self._gap
        return tallest


class FlowArea(QWidget):
    """A widget with a flow of others in it, always just as high as its rows are at its width.

    It sets its own height, because a scroll area asks a layout for its height at the least width only and would leave
    an empty space below.
    """

    def __init__(self, gap_px: int = 8, stretch: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flow = FlowLayout(self, gap_px, stretch)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget) -> None:
        """Adds a widget behind the last one."""
        self.flow.addWidget(widget)

    def clear(self) -> None:
        """Removes all widgets."""
        remove_all(self.flow)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return done

    def _fit(self) -> None:
        height = self.flow.height_at(self.width())
        if height != self.height() or self.minimumHeight() != height:
            self.setFixedHeight(height)
