"""Reads a text table: whole columns from records, what was not said found out from the file."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from netdesigner.datasets._records import (
    ENCODINGS,
    Dialect,
    RecordError,
    delimiter_of,
    encoding_of,
    records,
    sniff,
)
from netdesigner.datasets._source import refuse_if_larger
from netdesigner.datasets.tables.columns import (
    MISSING,
    Column,
    ColumnReader,
    comma_numbers,
    is_number,
    number_column,
)
from netdesigner.datasets.tables.table import Table
from netdesigner.errors import DataError, ParameterError
from netdesigner.parts.dataset import Progress
from netdesigner.parts.part import param

__all__ = [
    "DECIMAL",
    "DELIMITER",
    "ENCODING",
    "HEADER",
    "MISSING_MARKS",
    "Said",
    "check_delimiter",
    "read_csv",
]

DELIMITER = param("", help="the character between cells, or tab; empty: found out", advanced=True)
ENCODING = param("", choices=ENCODINGS, help="what the bytes mean; empty: found out", advanced=True)
DECIMAL = param(
    "detect",
    choices=("detect", ".", ","),
    help="what stands before the decimals of a number",
    advanced=True,
)
HEADER = param(
    "detect",
    choices=("detect", "yes", "no"),
    help="whether the first line names the columns; detect: it does unless a number stands in it",
    advanced=True,
)
MISSING_MARKS = param(MISSING, help="cells that mean that a value is missing", advanced=True)

_SAMPLE_ROWS = 50
_LOOKED_AT = 1000
_CELLS = 500_000
_ARCHIVE = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Said:
    """What the user says about a file; what is empty or "detect" is found out.

    Attributes:
        delimiter: as `delimiter_of` takes it.
        encoding: one of `ENCODINGS`.
        decimal: "." or ",".
        header: "yes" or "no".
        missing: cells that mean a missing value.
    """

    delimiter: str = ""
    encoding: str = ""
    decimal: str = "detect"
    header: str = "detect"
    missing: tuple[str, ...] = MISSING


@dataclass(frozen=True, slots=True)
class _Layout:
    """A file as it is about to be read."""

    path: Path
    dialect: Dialect
    names: tuple[str, ...]
    header: bool
    decimal: str
    missing: tuple[str, ...]


def check_delimiter(text: str) -> None:
    """Refuses a delimiter of several characters.

    Raises:
        ParameterError: it is one.
    """
    try:
        delimiter_of(text)
    except ValueError as error:
        raise ParameterError("delimiter", str(error)) from None


def read_csv(path: Path, said: Said, progress: Progress) -> Table:
    """The table in a text file.

    Raises:
        DataError: it is no table; names the line and the column.
        OSError: it cannot be read.
        CancelledError: raised by `progress`.
    """
    refuse_if_larger(path, path.stat().st_size, "the table")
    with path.open("rb") as file:
        if file.read(4) == _ARCHIVE:
            raise DataError(
                path, "this is a spreadsheet or an archive, not text; save the table as CSV first"
            )
    encoding = said.encoding or encoding_of(path, lambda done, text: progress(0.1 * done, text))
    layout = _layout(path, sniff(path, encoding, delimiter_of(said.delimiter)), said)

    def reading(done: float, text: str) -> None:
        progress(0.1 + 0.9 * done, text)

    table, turned = _read(layout, frozenset(), reading)
    if turned:
        table, _ = _read(
            layout, turned, lambda done, _: reading(done, "reading rows again, some columns as text")
        )
    if said.decimal == "detect" and layout.decimal == ".":
        table = _with_comma_numbers(table)
    progress(1.0, "read the table")
    return table


def _layout(path: Path, dialect: Dialect, said: Said) -> _Layout:
    """Header and decimal sign, from the first records."""
    layout = _Layout(path, dialect, (), header=False, decimal=".", missing=said.missing)
    first = _first_rows(layout)
    if not first:
        raise DataError(path, "the file holds no table, only empty lines")
    row, cells = first[0]
    header = said.header == "yes" or (said.header == "detect" and _is_header(cells, said.missing))
    names = _names(path, row, cells) if header else tuple(f"column {n}" for n in range(1, len(cells) + 1))
    decimal = said.decimal
    if decimal == "detect":
        decimal = _decimal_of([cells for _, cells in first[header:]], dialect.delimiter)
    return replace(layout, names=names, header=header, decimal=decimal)


def _first_rows(layout: _Layout) -> list[tuple[int, list[str]]]:
    """Some records, up to the first fault, which is reported with its column's name when the whole file is read."""
    found: list[tuple[int, list[str]]] = []
    try:
        found.extend(itertools.islice(_rows(layout, _silent), _LOOKED_AT))
    except DataError:
        if not found:
            raise
    return found


def _silent(fraction: float, text: str) -> None:
    """The first records take no time worth showing."""


def _is_header(cells: Sequence[str], missing: Collection[str]) -> bool:
    """Whether a first record names the columns: something stands in it, and none of it is a number."""
    texts = [cell for cell in cells if cell.strip() not in missing]
    return bool(texts) and not any(is_number(cell, decimal) for cell in texts for decimal in ".,")


def _names(path: Path, row: int, cells: Sequence[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() or f"column {index}" for index, cell in enumerate(cells, 1))
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise DataError(path, "two columns have this name; rename one", row=row, column=name)
        seen.add(name)
    return names


def _decimal_of(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """A comma where numbers with commas stand among the first cells and none with points."""
    if delimiter == ",":
        return "."
    commas = any("," in cell and is_number(cell, ",") for row in rows for cell in row)
    points = any("." in cell and is_number(cell, ".") for row in rows for cell in row)
    return "," if commas and not points else "."


def _rows(layout: _Layout, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """Records, the header included; a fault gets the name of its column."""
    try:
        yield from records(layout.path, layout.dialect, progress)
    except RecordError as error:
        name = _name_at(layout.names, error.column)
        raise DataError(layout.path, error.reason, row=error.row, column=name) from None


def _name_at(names: Sequence[str], index: int | None) -> str | None:
    if index is None:
        return None
    return names[index] if index < len(names) else f"column {index + 1}"


def _read(layout: _Layout, as_text: frozenset[int], progress: Progress) -> tuple[Table, frozenset[int]]:
    """The table, and the columns that turned out to be texts after some rows and must be read again as such."""
    import numpy as np

    width = len(layout.names)
    readers = [
        ColumnReader(layout.decimal, layout.missing, as_text=index in as_text) for index in range(width)
    ]
    lines: list[np.ndarray] = []
    sample: list[tuple[str, ...]] = []
    rows = itertools.islice(_rows(layout, progress), int(layout.header), None)
    while block := list(itertools.islice(rows, max(1, _CELLS // width))):
        for row, cells in block:
            if len(cells) != width:
                raise _ragged(layout, row, len(cells))
        lines.append(np.array([row for row, _ in block], dtype=np.int64))
        sample.extend(tuple(cells) for _, cells in block[: _SAMPLE_ROWS - len(sample)])
        for reader, column in zip(readers, zip(*(cells for _, cells in block), strict=True), strict=True):
            reader.add(column)
    if not lines:
        raise DataError(layout.path, "there is a header and no row below it")
    table = Table(
        layout.path,
        tuple(reader.finish(name) for reader, name in zip(readers, layout.names, strict=True)),
        np.concatenate(lines),
        tuple(sample),
        layout.header,
        layout.dialect.delimiter,
        layout.dialect.encoding,
        layout.decimal,
    )
    return table, frozenset(index for index, reader in enumerate(readers) if reader.turned)


def _ragged(layout: _Layout, row: int, width: int) -> DataError:
    """The refusal of a row of another length than the others."""
    expected = len(layout.names)
    other = "the header" if layout.header else "the first row"
    cells = f"{width} cell" if width == 1 else f"{width} cells"
    name = _name_at(layout.names, min(width, expected))
    reason = f"the row has {cells}, {other} {expected}; is a delimiter missing or a text unquoted?"
    return DataError(layout.path, reason, row=row, column=name)


def _with_comma_numbers(table: Table) -> Table:
    """The table with decimal commas, where they first show below the rows that were looked at.

    Only where some column is all numbers with commas and no number is written with a point.
    """
    if table.delimiter == "," or any(column.type == "number" for column in table.columns):
        return table
    found = {column.name: comma_numbers(column) for column in table.columns}
    if all(numbers is None for numbers in found.values()):
        return table
    columns: list[Column] = []
    for column in table.columns:
        numbers = found[column.name]
        columns.append(column if numbers is None else number_column(column.name, numbers, column.examples))
    return replace(table, columns=tuple(columns), decimal=",")
