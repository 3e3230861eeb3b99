"""The panel of the outline: a search, what the bars measure, and the tree, whose selection is that of the canvas."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from netdesigner.document import Scope
from netdesigner.document import edit as edits
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.combo import Combo
from netdesigner.ui.icons import icon
from netdesigner.ui.outline.model import OutlineModel
from netdesigner.ui.outline.painting import OutlineRows
from netdesigner.ui.outline.rows import MEASURES, Listing, Row
from netdesigner.ui.theme import Theme

__all__ = ["Outline"]

_Select = QItemSelectionModel.SelectionFlag
_MOST_OPENED = 200
"""So many rows a search opens by itself."""
_SOON_MS = 30
"""An edit is seen on the canvas first; the list follows in a moment, once for several edits."""


class Outline(QWidget):
    """The design as a tree with what each node costs.

    Signals:
        picked: (scope, ids of nodes) the user selected them here.
        jump: (scope, node id) the user wants to see a node, by Enter or a double click.
        delete_pressed: the user wants what is selected gone.

    Args:
        bridge: to the session.
        theme: its colours.
        scope: the scope that the canvas shows.
        chosen: what is selected there.
    """

    picked = Signal(str, tuple)
    jump = Signal(str, str)
    delete_pressed = Signal()

    def __init__(
        self,
        bridge: Bridge,
        theme: Theme,
        scope: Scope,
        chosen: tuple[str, ...],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("outline")
        self._bridge = bridge
        self._chosen = (scope, chosen)
        self._following = False
        self._stale = False
        self._another = False
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self.field = QLineEdit()
        self.field.setObjectName("outline_field")
        self.field.setPlaceholderText("Search nodes")
        self.field.setAccessibleName("Search nodes by name or kind")
        self.field.setClearButtonEnabled(True)
        self._magnifier = self.field.addAction(
            icon("search", theme, "muted"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.measure = Combo()
        self.measure.setObjectName("outline_measure")
        self.measure.setAccessibleName("What the bars measure")
        self.measure.addItems([*MEASURES])
        self.largest = QToolButton()
        self.largest.setObjectName("outline_largest")
        self.largest.setText("Sort")
        self.largest.setAccessibleName("Largest first")
        self.largest.setToolTip("Largest first, instead of in the order of the flow")
        self.largest.setCheckable(True)
        self.model = OutlineModel(self._listing(), self._rename, self)
        self.tree = QTreeView()
        self._rows = OutlineRows(theme, self.tree)
        self._build()
        self._connect()
        self._open_networks()

    def _build(self) -> None:
        tree = self.tree
        tree.setObjectName("outline_tree")
        tree.setAccessibleName("Outline of the design")
        tree.setModel(self.model)
        tree.setItemDelegate(self._rows)
        tree.setHeaderHidden(True)
        tree.setUniformRowHeights(True)
        tree.setIndentation(14)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        tree.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        tree.setExpandsOnDoubleClick(False)
        tree.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        choice = QHBoxLayout()
        choice.setSpacing(8)
        choice.addWidget(self.measure, 1)
        choice.addWidget(self.largest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 0, 0)
        layout.setSpacing(8)
        above = QVBoxLayout()
        above.setContentsMargins(0, 0, 8, 0)
        above.addWidget(self.field)
        above.addLayout(choice)
        layout.addLayout(above)
        layout.addWidget(tree, 1)
        self.setFocusProxy(tree)
        self.setMinimumWidth(176)

    def _connect(self) -> None:
        self.field.textChanged.connect(self._relist)
        self.measure.currentIndexChanged.connect(self._relist)
        self.largest.toggled.connect(self._relist)
        self.tree.selectionModel().selectionChanged.connect(self._on_picked)
        self.tree.activated.connect(self._on_activated)
        self.tree.installEventFilter(self)
        self.field.installEventFilter(self)
        self._soon.timeout.connect(self.settle)
        self._bridge.changed.connect(self._on_changed)

    # ----------------------------------------------------------------------------------------------------- showing

    def _listing(self) -> Listing:
        return Listing(
            self._bridge.state,
            self._bridge.session.catalog,
            self.measure.currentText() or next(iter(MEASURES)),
            self.largest.isChecked(),
            self.field.text(),
        )

    def _relist(self) -> None:
        """Shows the present state in the present order, as far as it fits the search."""
        self._following = True
        self.model.show(self._listing())
        if self.field.text().strip():
            self._open_matches()
        self.tree.viewport().update()
        self._following = False
        self.follow(*self._chosen)

    def _on_changed(self, before: State, after: State) -> None:
        if before.design is after.design and before.report is after.report:
            return
        self._stale = True
        self._another = self._another or after.is_another_than(before)
        if self.isVisible():
            self._soon.start()

    def settle(self) -> None:
        """Shows the present state now rather than in a moment."""
        self._soon.stop()
        if self._stale:
            self._stale = False
            self._relist()
            if self._another:
                self._another = False
                self._open_networks()
        self.follow(*self._chosen)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.settle()

    def _open_networks(self) -> None:
        for at in range(self.model.rowCount()):
            self.tree.expand(self.model.index(at, 0))

    def _open_matches(self) -> None:
        """Opens what holds a match, as far as the list stays short."""
        opened = 0
        waiting = [self.model.index(at, 0) for at in range(self.model.rowCount())]
        while waiting and opened < _MOST_OPENED:
            index = waiting.pop(0)
            if self.model.hasChildren(index):
                self.tree.expand(index)
                opened += 1
                waiting += [self.model.index(at, 0, index) for at in range(self.model.rowCount(index))]

    # --------------------------------------------------------------------------------------------------- selection

    def follow(self, scope: Scope, chosen: tuple[str, ...]) -> None:
        """Selects the rows of what is selected on the canvas."""
        self._chosen = (scope, chosen)
        if self._following or self._stale or not self.isVisible() or self._selected() == self._chosen:
            return
        self._following = True
        rows = self.model.rows_at(scope) if chosen else {}
        selection = QItemSelection()
        for index in self.model.indexes_of([rows[node_id] for node_id in chosen if node_id in rows]):
            selection.select(index, index)
        self.tree.selectionModel().select(selection, _Select.ClearAndSelect | _Select.Rows)
        if chosen and chosen[-1] in rows:
            current = self.model.index_of(rows[chosen[-1]])
            self.tree.selectionModel().setCurrentIndex(current, _Select.NoUpdate)
            self.tree.scrollTo(current)
        self._following = False

    def _selected(self) -> tuple[Scope, tuple[str, ...]]:
        """The scope of the current row, and the nodes of it that are selected, the current one last."""
        rows = [self.model.row_of(index) for index in self.tree.selectionModel().selectedIndexes()]
        current = self.model.row_of(self.tree.currentIndex())
        chosen = [row for row in rows if row is not None]
        leading = current if current in chosen else next(iter(chosen), None)
        if leading is None:
            return "", ()
        ids = dict.fromkeys(row.node_id for row in chosen if row.scope == leading.scope and row.node_id)
        if leading.node_id:
            ids.pop(leading.node_id)
            ids[leading.node_id] = None
        return leading.scope, tuple(ids)

    def _on_picked(self) -> None:
        if self._following:
            return
        scope, ids = self._selected()
        if scope:
            self._chosen = (scope, ids)
            self._following = True
            self.picked.emit(scope, ids)
            self._following = False

    def _on_activated(self, index: QModelIndex) -> None:
        row = self.model.row_of(index)
        if row is not None:
            self.jump.emit(row.scope, row.node_id)

    # -------------------------------------------------------------------------------------------------------- edits

    def _rename(self, row: Row, new_id: str) -> bool:
        if new_id == row.node_id:
            return False
        old, scope = row.node_id, row.scope
        return self._bridge.edit(
            lambda design: edits.rename_node(design, scope, old, new_id), f"rename {old} to {new_id}"
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.tree and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self.delete_pressed.emit()
                return True
            if watched is self.field and event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
            if watched is self.field and event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)

    # --------------------------------------------------------------------------------------------------- appearance

    def sizeHint(self) -> QSize:
        return QSize(224, 480)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._rows.theme = theme
        self._magnifier.setIcon(icon("search", theme, "muted"))
        self.tree.viewport().update()
