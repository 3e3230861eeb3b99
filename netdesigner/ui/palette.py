"""The panel of everything that can be added: search, layers by category, the design's blocks, the user's library."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QDrag, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netdesigner.errors import NetDesignerError
from netdesigner.session import State
from netdesigner.session.library import LIBRARY_PREFIX, LibraryBlock
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.kinds import BLOCKS, LIBRARY, Kind, kinds_of, ranked
from netdesigner.ui.dialogs import confirm
from netdesigner.ui.icons import icon
from netdesigner.ui.kind_tips import KIND_ROLE
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.palette_rows import HEADING, ROW, TOLD_ROW, PaletteRows
from netdesigner.ui.theme import Theme, font
from netdesigner.ui.watchdog import rest

__all__ = ["Palette"]

_HEADING_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_KIND_FLAGS = _HEADING_FLAGS | Qt.ItemFlag.ItemIsDragEnabled
_LIBRARY_AFTER_MS = 400
"""The user's library is read once the window is there."""


class _Tree(QTreeWidget):
    """Layers that can be dragged out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setObjectName("palette_tree")
        self.setAccessibleName("Layers")
        self.setHeaderHidden(True)
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setExpandsOnDoubleClick(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def mimeData(self, items: Iterable[QTreeWidgetItem]) -> QMimeData:
        from netdesigner.ui.gestures.drop import mime_of

        kind: Kind | None = next((item.data(0, KIND_ROLE) for item in items), None)
        return mime_of(kind.kind) if kind is not None else QMimeData()

    def startDrag(self, actions: Qt.DropAction) -> None:
        from netdesigner.ui.gestures.drop import mime_of

        item = self.currentItem()
        kind: Kind | None = item.data(0, KIND_ROLE) if item is not None else None
        if kind is None:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of(kind.kind))
        drag.setPixmap(self._picture(kind))
        rest()  # on Windows a drag keeps the window's timers waiting
        drag.exec(Qt.DropAction.CopyAction)

    def _picture(self, kind: Kind) -> QPixmap:
        """The chip and the title, as they hang at the pointer on the way to the canvas."""
        ratio = self.devicePixelRatioF()
        width = self.fontMetrics().horizontalAdvance(kind.title) + 32
        pixmap = QPixmap(round(width * ratio), round(28 * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self.theme.color("strong_border"))
        painter.setBrush(self.theme.color("surface"))
        painter.drawRoundedRect(QRectF(0.5, 0.5, width - 1, 27), 6, 6)
        painter.fillRect(QRectF(8, 7, 4, 14), self.theme.category(kind.stripe))
        painter.setFont(font(13))
        painter.setPen(self.theme.color("text"))
        painter.drawText(QRect(20, 0, width, 28), Qt.AlignmentFlag.AlignVCenter, kind.title)
        painter.end()
        return pixmap


class Palette(QWidget):
    """Everything that can be added to the design.

    Signals:
        chosen: the kind that should be added, by Enter or a double click.
        open_wanted: the scope of a block of the design that is to be opened.

    Args:
        bridge: to the session.
        theme: its colours.
    """

    chosen = Signal(str)
    open_wanted = Signal(str)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self._bridge = bridge
        self._theme = theme
        self._closed: set[str] = set()
        self._library: tuple[LibraryBlock, ...] | None = None
        self._told_faults: set[str] = set()
        self.field = QLineEdit()
        self.field.setObjectName("palette_field")
        self.field.setPlaceholderText("Search layers")
        self.field.setAccessibleName("Search layers")
        self.field.setClearButtonEnabled(True)
        self._magnifier = self.field.addAction(
            icon("search", theme, "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.tree = _Tree(theme)
        self._rows = PaletteRows(theme, self.tree)
        self.tree.setItemDelegate(self._rows)
        self._empty = PlainLabel("", "muted", wrap=True)
        self._empty.setObjectName("palette_empty")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._empty.setContentsMargins(16, 24, 16, 16)
        self._empty.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 0)
        layout.setSpacing(8)
        for widget in (self.field, self.tree):
            layout.addWidget(widget)
        layout.addWidget(self._empty, 1)
        self.setFocusProxy(self.field)
        self.setMinimumWidth(176)
        self.field.textChanged.connect(self._fill)
        self.field.returnPressed.connect(self._add_first)
        self.field.installEventFilter(self)
        self.tree.itemActivated.connect(self._on_activated)
        self.tree.itemClicked.connect(self._on_clicked)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._on_menu)
        bridge.changed.connect(self._on_changed)
        bridge.library_changed.connect(self.read_library)
        self._fill()

    # --------------------------------------------------------------------------------------------------- showing

    def _on_changed(self, before: State, after: State) -> None:
        if before.design.blocks is not after.design.blocks:
            self._fill()

    def _fill(self) -> None:
        wanted = self.field.text().strip()
        session = self._bridge.session
        kinds = kinds_of(session.catalog, session.design, library=self._library or ())
        self.tree.clear()
        if wanted:
            for kind in ranked(kinds, wanted):
                self.tree.addTopLevelItem(self._item(kind, told=True))
            self._make_current(self.tree.topLevelItem(0))
        else:
            self._fill_groups(kinds)
        found = self.tree.topLevelItemCount() > 0
        self.tree.setVisible(found)
        self._empty.setVisible(not found)
        self._empty.setText(f"No layer fits “{wanted}”." if wanted else "There are no layers.")

    def _fill_groups(self, kinds: Iterable[Kind]) -> None:
        groups: dict[str, list[Kind]] = {}
        for kind in kinds:
            groups.setdefault(kind.category, []).append(kind)
        for category, members in groups.items():
            heading = QTreeWidgetItem([category])
            heading.setData(
                0, PaletteRows.STRIPE_ROLE, "Block" if category in (BLOCKS, LIBRARY) else category
            )
            heading.setSizeHint(0, HEADING)
            heading.setFlags(_HEADING_FLAGS)
            heading.addChildren([self._item(kind) for kind in members])
            self.tree.addTopLevelItem(heading)
            heading.setExpanded(category not in self._closed)

    @staticmethod
    def _item(kind: Kind, told: bool = False) -> QTreeWidgetItem:
        item = QTreeWidgetItem([kind.title])
        item.setData(0, KIND_ROLE, kind)
        item.setData(0, PaletteRows.TOLD_ROLE, told)
        item.setSizeHint(0, TOLD_ROW if told else ROW)
        item.setFlags(_KIND_FLAGS)
        return item

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._library is None:
            QTimer.singleShot(_LIBRARY_AFTER_MS, self, self.read_library)

    def read_library(self) -> None:
        """Reads the user's blocks and lists them; what cannot be read is said once."""
        library = self._bridge.session.library
        before, self._library = self._library, library.blocks()
        if self._library != (before or ()):
            self._fill()
        for fault in library.faults():
            if fault not in self._told_faults:
                self._told_faults.add(fault)
                self._bridge.said.emit("warning", fault)

    # ------------------------------------------------------------------------------------------------ blocks' menu

    def _on_menu(self, at: QPoint) -> None:
        item = self.tree.itemAt(at)
        kind: Kind | None = item.data(0, KIND_ROLE) if item is not None else None
        if kind is None or kind.category not in (BLOCKS, LIBRARY):
            return
        menu = QMenu(self)
        menu.setObjectName("palette_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Add").triggered.connect(lambda _checked=False: self.chosen.emit(kind.kind))
        if kind.category == BLOCKS:
            menu.addAction("Open").triggered.connect(lambda _checked=False: self.open_wanted.emit(kind.kind))
        else:
            menu.addAction("Remove from Library…").triggered.connect(
                lambda _checked=False: self._forget(kind)
            )
        menu.popup(self.tree.viewport().mapToGlobal(at))

    def _forget(self, kind: Kind) -> None:
        more = "Designs that use it keep it; it is no longer offered to others. This cannot be undone."
        if not confirm(self.window(), f"Remove {kind.title} from your library?", more, "Remove"):
            return
        try:
            self._bridge.session.library.remove(kind.kind.removeprefix(LIBRARY_PREFIX))
        except NetDesignerError as error:
            self._bridge.said.emit("error", str(error))
        self._bridge.library_changed.emit()

    # ---------------------------------------------------------------------------------------------------- picking

    def _on_activated(self, item: QTreeWidgetItem) -> None:
        kind: Kind | None = item.data(0, KIND_ROLE)
        if kind is not None:
            self.chosen.emit(kind.kind)
        else:
            self._toggle(item)

    def _on_clicked(self, item: QTreeWidgetItem) -> None:
        if item.data(0, KIND_ROLE) is None:
            self._toggle(item)

    def _toggle(self, item: QTreeWidgetItem) -> None:
        item.setExpanded(not item.isExpanded())
        if item.isExpanded():
            self._closed.discard(item.text(0))
        else:
            self._closed.add(item.text(0))

    def _add_first(self) -> None:
        item = self.tree.currentItem()
        if self.field.text().strip() and item is not None:
            self._on_activated(item)
            self.field.selectAll()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.tree.topLevelItemCount():
                self._walk(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def _walk(self, step: int) -> None:
        """Moves the current row while the cursor stays in the field; without a search the list takes the keyboard."""
        if not self.field.text().strip():
            self.tree.setFocus(Qt.FocusReason.TabFocusReason)
            first = self.tree.topLevelItem(0)
            self._make_current(first.child(0) if first is not None and first.childCount() else first)
            return
        current = self.tree.currentItem()
        row = self.tree.indexOfTopLevelItem(current) + step if current is not None else 0
        self._make_current(self.tree.topLevelItem(max(0, min(self.tree.topLevelItemCount() - 1, row))))

    def _make_current(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.tree.setCurrentItem(item)

    # ------------------------------------------------------------------------------------------------- appearance

    def sizeHint(self) -> QSize:
        return QSize(224, 480)

    def kind_at(self, point: QPointF) -> str:
        """The kind under a point of the list, or ""."""
        item = self.tree.itemAt(point.toPoint())
        kind: Kind | None = item.data(0, KIND_ROLE) if item is not None else None
        return kind.kind if kind is not None else ""

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.tree.theme = theme
        self._rows.theme = theme
        self._magnifier.setIcon(icon("search", theme, "muted"))
        self.tree.viewport().update()
