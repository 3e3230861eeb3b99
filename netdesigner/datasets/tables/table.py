"""A table in memory, what a user decides about it, and what is told before the user accepts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.datasets.tables.columns import Column
from netdesigner.errors import DataError
from netdesigner.parts.inspection import ColumnInfo, TableInspection

if TYPE_CHECKING:
    import numpy as np

__all__ = ["INPUT", "LEFT_OUT", "TARGET", "Choices", "Table", "inspection", "uses"]

INPUT, TARGET, LEFT_OUT = "input", "target", "left out"


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


def inspection(table: Table, choices: Choices) -> TableInspection:
    """What was understood, for a person to look over; refuses nothing."""
    found = uses(table, choices)
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
