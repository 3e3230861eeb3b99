"""The outline's rows as Qt asks for them; what an edit left alone keeps its rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import groupby

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from netdesigner.document import Scope
from netdesigner.ui import formats
from netdesigner.ui.outline.rows import Facts, Listing, Row

__all__ = ["OutlineModel"]

_MOST_RUNS = 4
"""From more stretches of rows that come or go on, all rows around are told of at once."""

AnyIndex = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole


class OutlineModel(QAbstractItemModel):
    """Networks, nodes in them, nodes in blocks.

    Args:
        listing: what there is to list.
        rename: gives a node another id; returns whether it did.
    """

    def __init__(
        self, listing: Listing, rename: Callable[[Row, str], bool], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.listing = listing
        self._rename = rename
        self._by_number: dict[int, Row] = {}
        self._top: list[Row] = self._new(None, listing.names(None))

    # ------------------------------------------------------------------------------------------------------ rows

    def row_of(self, index: AnyIndex) -> Row | None:
        """The row that an index stands for; None for none."""
        return self._by_number.get(index.internalId()) if index.isValid() else None

    def index_of(self, row: Row) -> QModelIndex:
        """The index that stands for a row."""
        return self.createIndex(self._children(row.parent).index(row), 0, row.number)

    def indexes_of(self, rows: Collection[Row]) -> list[QModelIndex]:
        """The indexes of rows that stand side by side."""
        numbers = {row.number for row in rows}
        beside = self._children(next(iter(rows)).parent) if rows else []
        return [self.createIndex(at, 0, row.number) for at, row in enumerate(beside) if row.number in numbers]

    def rows(self) -> Iterator[Row]:
        """All rows that were made, outer ones first."""
        waiting = [*reversed(self._top)]
        while waiting:
            row = waiting.pop()
            yield row
            waiting.extend(reversed(row.children or ()))

    def rows_at(self, scope: Scope) -> dict[str, Row]:
        """By id, the rows of a network's or block's nodes: of a block where it is open, else of its first use."""
        holder = next((row for row in self.rows() if row.inside == scope and row.children is not None), None)
        holder = holder or self._first(scope, self._top, frozenset())
        return {row.node_id: row for row in self._children(holder)} if holder is not None else {}

    def _first(self, scope: Scope, rows: list[Row], seen: frozenset[Scope]) -> Row | None:
        for row in rows:
            if row.inside == scope:
                return row
            if row.inside and row.inside not in seen:
                found = self._first(scope, self._children(row), seen | {row.inside})
                if found is not None:
                    return found
        return None

    def _children(self, row: Row | None) -> list[Row]:
        if row is None:
            return self._top
        if row.children is None:
            row.children = self._new(row, self.listing.names(row))
        return row.children

    def _new(self, parent: Row | None, names: list[str]) -> list[Row]:
        rows = [self.listing.new_row(parent, name) for name in names]
        self._by_number.update({row.number: row for row in rows})
        return rows

    # ---------------------------------------------------------------------------------------------------- changes

    def show(self, listing: Listing) -> None:
        """Shows another state, order or search: rows come and go, and those that look different are told."""
        self.listing = listing
        self._follow(None)

    def _follow(self, parent: Row | None) -> None:
        rows = self._children(parent)
        names = self.listing.names(parent)
        self._rename_moved(parent, rows, names)
        index = self.index_of(parent) if parent is not None else QModelIndex()
        wanted, had = set(names), {_name(row) for row in rows}
        gone = _runs([at for at, row in enumerate(rows) if _name(row) not in wanted])
        new = _runs([at for at, name in enumerate(names) if name not in had])
        stay = [_name(row) for row in rows if _name(row) in wanted]
        if len(gone) + len(new) > _MOST_RUNS or stay != [name for name in names if name in had]:
            self._put_anew(parent, rows, names)
        else:
            self._remove(index, rows, gone)
            self._insert(parent, index, rows, names, new)
        changed = [at for at, row in enumerate(rows) if self.listing.refresh(row)]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0, index), self.index(changed[-1], 0, index))
        for row in rows:
            if row.children is not None:
                self._follow(row)

    def _remove(self, index: QModelIndex, rows: list[Row], runs: list[tuple[int, int]]) -> None:
        for first, last in reversed(runs):
            self.beginRemoveRows(index, first, last)
            for row in rows[first : last + 1]:
                self._forget(row)
            del rows[first : last + 1]
            self.endRemoveRows()

    def _insert(
        self,
        parent: Row | None,
        index: QModelIndex,
        rows: list[Row],
        names: list[str],
        runs: list[tuple[int, int]],
    ) -> None:
        for first, last in runs:
            self.beginInsertRows(index, first, last)
            rows[first:first] = self._new(parent, names[first : last + 1])
            self.endInsertRows()

    def _put_anew(self, parent: Row | None, rows: list[Row], names: list[str]) -> None:
        """Other rows in another order, told once; for Qt that is quicker than many stretches one by one."""
        self.layoutAboutToBeChanged.emit()
        old = {_name(row): row for row in rows}
        for name in old.keys() - set(names):
            self._forget(old[name])
        new = {_name(row): row for row in self._new(parent, [name for name in names if name not in old])}
        rows[:] = [old.get(name) or new[name] for name in names]
        place = {row.number: at for at, row in enumerate(rows)}
        for index in self.persistentIndexList():
            number = index.internalId()
            if number in place:
                self.changePersistentIndex(index, self.createIndex(place[number], 0, number))
            elif number not in self._by_number:
                self.changePersistentIndex(index, QModelIndex())
        self.layoutChanged.emit()

    def _rename_moved(self, parent: Row | None, rows: list[Row], names: list[str]) -> None:
        """Rows of nodes that got another id stay the rows of these nodes."""
        wanted, had = set(names), {row.node_id for row in rows}
        gone = [row for row in rows if row.node_id not in wanted]
        if parent is None or not gone or wanted <= had:
            return
        new = {id(self.listing.node(parent.inside, name)): name for name in wanted - had}
        for row in gone:
            name = new.get(id(row.source[1]))
            if name is not None:
                row.node_id = name

    def _forget(self, row: Row) -> None:
        self._by_number.pop(row.number, None)
        for child in row.children or ():
            self._forget(child)

    # -------------------------------------------------------------------------------------------------- for Qt

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        rows = self._children(self.row_of(parent))
        return (
            self.createIndex(row, column, rows[row].number)
            if 0 <= row < len(rows) and not column
            else QModelIndex()
        )

    def parent(self, index: AnyIndex) -> QModelIndex:
        row = self.row_of(index)
        return self.index_of(row.parent) if row is not None and row.parent is not None else QModelIndex()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return len(self._children(self.row_of(parent)))

    def columnCount(self, _parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008
        return 1

    def hasChildren(self, parent: AnyIndex = QModelIndex()) -> bool:  # noqa: B008
        row = self.row_of(parent)
        made = self._top if row is None else row.children
        return self.listing.has_more(row) if made is None else bool(made)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        row = self.row_of(index)
        if row is None:
            return Qt.ItemFlag.NoItemFlags
        found = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return found | Qt.ItemFlag.ItemIsEditable if row.node_id else found

    def data(self, index: AnyIndex, role: int = _Role.DisplayRole) -> object:
        row = self.row_of(index)
        if row is None:
            return None
        if role in (_Role.DisplayRole, _Role.EditRole):
            return row.facts.name
        if role in (_Role.AccessibleTextRole, _Role.ToolTipRole):
            parts = told(row.facts, self.listing.share(row))
            return (", " if role == _Role.AccessibleTextRole else "\n").join(parts).replace("<", "‹")
        return None

    def setData(self, index: AnyIndex, value: object, role: int = _Role.EditRole) -> bool:
        row = self.row_of(index)
        return row is not None and role == _Role.EditRole and self._rename(row, str(value).strip())


def told(facts: Facts, share: float) -> list[str]:
    """What a row says in words, the name first."""
    cost = facts.cost
    return [
        facts.name,
        *filter(
            None,
            (
                f"{facts.kind} applied {facts.repeat[1:]} times in a row" if facts.repeat else facts.kind,
                f"output {facts.shape}" if facts.shape else "",
                f"{cost.parameters:,} parameters",
                f"{cost.macs:,} multiply-adds",
                f"{share:.1%} of the design" if share else "",
                formats.plural(facts.problems, "problem") if facts.problems else "",
            ),
        ),
    ]


def _name(row: Row) -> str:
    return row.node_id or row.scope


def _runs(places: list[int]) -> list[tuple[int, int]]:
    """The first and the last of each stretch of neighbouring places."""
    groups = groupby(enumerate(places), key=lambda pair: pair[1] - pair[0])
    runs = [[place for _, place in group] for _, group in groups]
    return [(run[0], run[-1]) for run in runs]
