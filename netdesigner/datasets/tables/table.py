"""A table in memory, what a user decides about it, and what is told before the user accepts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.datasets.tables.columns import Column
from netdesigner.document.spelling import meant
from netdesigner.errors import DataError
from netdesigner.parts.inspection import ColumnInfo, TableInspection

if TYPE_CHECKING:
    import numpy as np

__all__ = ["INPUT", "LEFT_OUT", "TARGET", "Choices", "Table", "inspection", "uses"]

INPUT, TARGET, LEFT_OUT = "input", "target", "left out"
_LARGEST = 3.4028234663852886e38
"""The largest number that an input, a 32-bit float, can hold."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the user decides.

    Attributes:
        targets: the columns to be learned; empty: the last one that holds anything.
        ignore: columns left out.
        target_type: "auto", "class" or "number".
        missing: "refuse", "drop" or "mean".
        categories: "one-hot" or "codes".
    """

    targets: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    target_type: str = "auto"
    missing: str = "refuse"
    categories: str = "one-hot"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read.

    Attributes:
        path: the file.
        columns: whole columns with their types.
        lines: [rows] int64, the line of the file in which each row begins, counted from 1.
        sample: the first rows, each cell as it stands in the file.
        header, delimiter, encoding, decimal: as of `TableInspection`.
    """

    path: Path
    columns: tuple[Column, ...]
    lines: np.ndarray
    sample: tuple[tuple[str, ...], ...]
    header: bool = True
    delimiter: str = ""
    encoding: str = ""
    decimal: str = "."

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.lines)

    def refusal(self, column: Column, row: int, reason: str) -> DataError:
        """A refusal of one cell, by the row's index."""
        return DataError(self.path, reason, row=int(self.lines[row]), column=column.name)

    def refuse_unknown(self, names: Iterable[str]) -> None:
        """Refuses names that no column has.

        Raises:
            DataError: there is one among them.
        """
        known = [column.name for column in self.columns]
        for name in names:
            if name not in known:
                near = meant(name, known)
                hint = f"; did you mean '{near}'?" if near else f"; it has {', '.join(known[:10])}"
                raise DataError(self.path, f"there is no column '{name}'{hint}")

    def refuse_faults(self, ignore: Iterable[str]) -> None:
        """Refuses columns that must not be used as they are.

        Args:
            ignore: columns that are left out whatever is wrong with them.

        Raises:
            DataError: there is one; names its row.
        """
        for column in self.columns:
            if column.fault and column.name not in ignore:
                row, reason = column.fault
                raise self.refusal(column, row, f"{reason}; mend it, or leave the column out")

    def refuse_too_large(self, column: Column, rows: np.ndarray) -> None:
        """Refuses numbers of some rows that a 32-bit float cannot hold.

        Raises:
            DataError: there is one; names its row.
        """
        import numpy as np

        assert column.numbers is not None
        large = np.flatnonzero(np.abs(column.numbers[rows]) > _LARGEST)
        if large.size:
            row = int(rows[large[0]])
            raise self.refusal(column, row, f"{column.numbers[row]:g} is too large for a 32-bit number")


def inspection(table: Table, found: Mapping[str, tuple[str, str]]) -> TableInspection:
    """What was understood, for a person to look over; refuses nothing.

    Args:
        table: as it was read.
        found: the use of each column by its name, and for one that is left out the reason.
    """
    return TableInspection(
        path=str(table.path),
        rows=table.rows,
        columns=tuple(_info(column, *found[column.name]) for column in table.columns),
        sample=table.sample,
        header=table.header,
        delimiter=table.delimiter,
        encoding=table.encoding,
        decimal=table.decimal,
    )


def uses(table: Table, choices: Choices) -> dict[str, tuple[str, str]]:
    """The use of each column by its name, and for one that is left out the reason."""
    targets = choices.targets or _last(table, choices)
    return {column.name: _use(table, column, targets, choices) for column in table.columns}


def _last(table: Table, choices: Choices) -> tuple[str, ...]:
    usable = [
        column.name
        for column in table.columns
        if column.type != "empty" and not column.excluded and column.name not in choices.ignore
    ]
    return tuple(usable[-1:])


def _use(table: Table, column: Column, targets: tuple[str, ...], choices: Choices) -> tuple[str, str]:
    if column.name in choices.ignore:
        return LEFT_OUT, "as chosen"
    if column.name in targets:
        return TARGET, ""
    if column.excluded:
        return LEFT_OUT, column.excluded
    if column.fault:
        row, reason = column.fault
        return LEFT_OUT, f"row {table.lines[row]}: {reason}"
    if column.type == "empty":
        return LEFT_OUT, "it has no values"
    if column.type == "text":
        return LEFT_OUT, f"{len(column.labels):,} different texts are too many for a category"
    return INPUT, ""


def _info(column: Column, use: str, reason: str) -> ColumnInfo:
    return ColumnInfo(
        name=column.name,
        type=column.type,
        use=use,
        reason=reason,
        missing=int(column.missing().sum()),
        distinct=column.distinct(),
        examples=column.examples,
    )
