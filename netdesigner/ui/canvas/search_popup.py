"""The search that opens at the pointer to add a layer: a few letters, Enter, done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netdesigner.ui.canvas.kinds import Kind, ranked
from netdesigner.ui.kind_tips import KIND_ROLE, KindTips
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme, font

__all__ = ["KindDelegate", "SearchPopup"]

MISFIT_ROLE = Qt.ItemDataRole.UserRole + 1
_WIDTH_PX = 320
_ROW_PX = 40
_ROWS = 7
_NO_PARENT = QModelIndex()


class KindDelegate(KindTips):
    """Paints a kind: a chip in its category's colour, its title, its summary below."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(_WIDTH_PX - 16, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        kind: Kind = index.data(KIND_ROLE)
        misfit: str = index.data(MISFIT_ROLE)
        fits = not misfit
        theme = self.theme
        area: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection"))
            painter.drawRoundedRect(area.adjusted(4, 1, -4, -1), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.category(kind.stripe) if fits else QColor(theme.disabled))
        painter.drawRoundedRect(QRect(area.left() + 12, area.top() + 8, 4, area.height() - 16), 2, 2)
        words = area.adjusted(24, 4, -12, -4)
        painter.setFont(font(13))
        painter.setPen(theme.color("text" if fits else "muted"))
        painter.drawText(
            words.adjusted(0, 0, 0, -words.height() // 2), Qt.AlignmentFlag.AlignVCenter, kind.title
        )
        painter.setFont(font(11))
        painter.setPen(theme.color("muted"))
        lower = words.adjusted(0, words.height() // 2, 0, 0)
        told = f"does not fit: {misfit}" if misfit else kind.summary
        shown = painter.fontMetrics().elidedText(told, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class KindRows(QAbstractListModel):
    """The kinds that were found; what a row says is asked for only where it is seen, since there are hundreds."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.kinds: Sequence[Kind] = ()
        self._misfits: Mapping[str, str] = {}

    def show_kinds(self, kinds: Sequence[Kind], misfits: Mapping[str, str]) -> None:
        """Shows other kinds.

        Args:
            kinds: in their order.
            misfits: by kind, why it does not fit here.
        """
        self.beginResetModel()
        self.kinds, self._misfits = kinds, misfits
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.kinds)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        kind = self.kinds[index.row()]
        if role == KIND_ROLE:
            return kind
        if role == MISFIT_ROLE:
            return self._misfits.get(kind.kind, "")
        return kind.title if role == Qt.ItemDataRole.DisplayRole else None


class SearchPopup(QFrame):
    """Finds a layer by a few letters.

    It lies on the canvas as a child, is closed by Escape or by a click elsewhere, and asks nothing of the window.

    Signals:
        chosen: the kind that was picked.
        closed: it went away, whether something was picked or not.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setObjectName("search_popup")
        self.setAccessibleName("Add a layer")
        self._kinds: Sequence[Kind] = ()
        self._recent: Sequence[str] = ()
        self._misfits: Mapping[str, str] = {}
        self.field = QLineEdit()
        self.field.setObjectName("search_field")
        self.field.setPlaceholderText("Add a layer: type its name")
        self.field.setAccessibleName("Layer to add")
        self._measure = PlainLabel("", "muted", wrap=True)
        self._measure.setObjectName("search_measure")
        self._unmeasured = QToolButton()
        self._unmeasured.setText("Show All")
        self._unmeasured.setToolTip("Layers that fit come first; list all alike instead (Backspace)")
        self._unmeasured.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._unmeasured.clicked.connect(lambda _checked=False: self.measure_not())
        self._chip = QWidget()
        self._rows = KindRows(self)
        self.list = QListView()
        self.list.setModel(self._rows)
        self.list.setObjectName("search_list")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = KindDelegate(theme, self)
        self.list.setItemDelegate(self._delegate)
        self._empty = PlainLabel("No layer is called that", "muted")
        self._empty.setContentsMargins(12, 8, 12, 8)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(4)
        chip = QHBoxLayout(self._chip)
        chip.setContentsMargins(4, 2, 0, 2)
        chip.addWidget(self._measure, 1)
        chip.addWidget(self._unmeasured)
        for widget in (self.field, self._chip, self.list, self._empty):
            layout.addWidget(widget)
        self.setFixedWidth(_WIDTH_PX)
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        parent.installEventFilter(self)
        self.list.clicked.connect(self._pick)
        self.hide()
        self.set_theme(theme)

    def open_at(
        self,
        at: QPoint,
        kinds: Sequence[Kind],
        recent: Sequence[str],
        misfits: Mapping[str, str],
        prompt: str = "",
        measure: str = "",
    ) -> None:
        """Opens with an empty field.

        Args:
            at: its upper left corner; moved so that all of it can be seen.
            kinds: what can be added.
            recent: kinds that were added, the latest first.
            misfits: by kind, why it cannot take what would be wired to it; such kinds come last.
            prompt: what the empty field says.
            measure: what the kinds are held against, in a few words.
        """
        self._measure.setText(measure)
        self._chip.setVisible(bool(misfits and measure))
        self._kinds, self._recent, self._misfits = kinds, recent, misfits
        self.field.setPlaceholderText(prompt)
        self.field.clear()
        self._search("")
        room = self.parentWidget().rect()
        self.move(
            max(8, min(at.x(), room.right() - self.width() - 8)),
            max(8, min(at.y(), room.bottom() - self.height() - 8)),
        )
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def measure_not(self) -> None:
        """Lists all kinds alike, those that do not fit among the others."""
        self._misfits = {}
        self._chip.hide()
        self._search(self.field.text())

    def close_search(self) -> None:
        """Closes without adding anything."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    @property
    def titles(self) -> list[str]:
        """What is found, from the top."""
        return [kind.title for kind in self._rows.kinds]

    @property
    def current(self) -> Kind | None:
        """What Enter picks."""
        row = self.list.currentIndex().row()
        return self._rows.kinds[row] if 0 <= row < len(self._rows.kinds) else None

    def _search(self, text: str) -> None:
        found = ranked(self._kinds, text, self._recent)
        found.sort(key=lambda kind: kind.kind in self._misfits)
        self._rows.show_kinds(found, self._misfits)
        self._go_to(0)
        self.list.setVisible(bool(found))
        self._empty.setVisible(not found)
        self.list.setFixedHeight(_ROW_PX * min(_ROWS, max(1, len(found))) + 4)
        self.setFixedHeight(self.sizeHint().height())

    def _go_to(self, row: int) -> None:
        self.list.setCurrentIndex(self._rows.index(max(0, min(len(self._rows.kinds) - 1, row))))

    def _pick(self) -> None:
        kind = self.current
        if kind is None:
            return
        self.hide()
        self.chosen.emit(kind.kind)
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        gone = watched is self.field and event.type() == QEvent.Type.FocusOut
        if gone or (watched is self.parentWidget() and event.type() == QEvent.Type.Resize):
            self.close_search()
        return False

    def _key(self, key: int) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
        if key in steps:
            self._go_to(self.list.currentIndex().row() + steps[Qt.Key(key)])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick()
            return True
        if key == Qt.Key.Key_Backspace and not self.field.text() and self._misfits:
            self.measure_not()
            return True
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Tab):
            self.close_search()
            return True
        return False

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._delegate.theme = theme
        self.setStyleSheet(
            f"#search_popup {{ background: {theme.surface}; border: 1px solid {theme.strong_border};"
            " border-radius: 8px; }"
        )
