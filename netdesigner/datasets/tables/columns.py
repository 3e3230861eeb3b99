"""Columns of a table: what type a whole column is, kept small while it is read.

Numbers are kept as numbers; any other text once, with a number for each row. The type is decided when the last row
was read, so it never depends on where a block of rows ended.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "MISSING",
    "Column",
    "ColumnReader",
    "comma_numbers",
    "days_of",
    "is_number",
    "number_column",
    "text_column",
]

MISSING = ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "NAN", "null", "NULL", "Null", "None", "?")
"""Cells that mean that a value is missing."""

_EXAMPLES = 5
_LOOKED_AT = 1000
_FEW = 10
_MANY = 100
_ALMOST_ALL = 0.9
_LEADING_ZERO = re.compile(r"\n *[+-]?0\d", re.ASCII)  # in cells that each follow a line end
_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_TIME = r"(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:Z|([+-]\d{2}):?(\d{2}))?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})" + _TIME, re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})" + _TIME, re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})" + _TIME, re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Column:
    """One whole column.

    Attributes:
        name: from the header.
        type: one of `COLUMN_TYPES`.
        numbers: [rows] float64 with NaN for missing, of numbers, integers and dates (days since 1970-01-01).
        codes: [rows] int32 indices into `labels`, -1 for missing, of categories and texts.
        labels: the different texts, in the order of the alphabet.
        examples: some cells as they stand in the file.
        fault: why the column must not be used as it is, and at which row's index, where there is such a cell.
        excluded: why no use can be made of it at all, such as nested values, else "".
    """

    name: str
    type: str
    numbers: np.ndarray | None = None
    codes: np.ndarray | None = None
    labels: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    fault: tuple[int, str] | None = None
    excluded: str = ""

    def missing(self) -> np.ndarray:
        """[rows] bool: where the value is missing."""
        import numpy as np

        found: np.ndarray = np.isnan(self.numbers) if self.numbers is not None else self.present_codes() < 0
        return found

    def present_codes(self) -> np.ndarray:
        """`codes` of a column that has them."""
        assert self.codes is not None
        return self.codes

    def distinct(self) -> int:
        """How many different values there are."""
        import numpy as np

        if self.numbers is None:
            return len(self.labels)
        return len(np.unique(self.numbers[~np.isnan(self.numbers)]))


class ColumnReader:
    """Collects the cells of one column.

    Args:
        decimal: "." or ",".
        missing: cells that mean a missing value.
        as_text: keep texts from the start; for a column known not to be numbers.
    """

    def __init__(self, decimal: str, missing: Collection[str], *, as_text: bool = False) -> None:
        self._decimal = decimal
        self._missing = frozenset(missing)
        self._allowed = b"0123456789+-eE\n " + decimal.encode()
        self._has_number_marks = any(
            _DIGITS.fullmatch(mark) or _COMMA.fullmatch(mark) for mark in self._missing
        )
        self._is_text = as_text
        self._blocks: list[np.ndarray] = []
        self._index: dict[str, int] = {}
        self._examples: dict[str, None] = {}
        self.turned = False

    def add(self, cells: Sequence[str]) -> None:
        """Takes the next rows' cells.

        Where a column of numbers turns out not to be one, `turned` is set: its earlier rows are lost, and it must be
        read again as text.
        """
        if len(self._examples) < _EXAMPLES:
            self._note_examples(cells)
        numbers = None if self._is_text else self._numbers(cells)
        if numbers is not None:
            self._blocks.append(numbers)
            return
        if not self._is_text:
            self._is_text, self.turned = True, bool(self._blocks)
            self._blocks.clear()
        self._blocks.append(self._coded(cells))

    def _note_examples(self, cells: Sequence[str]) -> None:
        for cell in cells[:_LOOKED_AT]:
            if len(self._examples) == _EXAMPLES:
                return
            if (text := cell.strip()) not in self._missing:
                self._examples.setdefault(text)

    def _numbers(self, cells: Sequence[str]) -> np.ndarray | None:
        """The cells as numbers, NaN where missing; None where one is neither."""
        import numpy as np

        if not self._has_number_marks and (parsed := self._parse(cells)) is not None:
            return parsed
        present = [cell not in self._missing and cell.strip() not in self._missing for cell in cells]
        found = self._parse([cell for cell, is_there in zip(cells, present, strict=True) if is_there])
        if found is None:
            return None
        numbers = np.full(len(cells), np.nan)
        numbers[np.array(present)] = found
        return numbers

    def _parse(self, cells: Sequence[str]) -> np.ndarray | None:
        """The cells as numbers, if each of them is one. A leading zero (a post code, a part number) makes a text."""
        import numpy as np

        joined = "\n" + "\n".join(cells)
        if joined.encode("utf-8", "replace").translate(None, self._allowed) or _LEADING_ZERO.search(joined):
            return None
        if self._decimal == ",":
            cells = [cell.replace(",", ".") for cell in cells]
        try:
            return np.array(list(map(float, cells)), dtype=np.float64)
        except ValueError:
            return None

    def _coded(self, cells: Sequence[str]) -> np.ndarray:
        import numpy as np

        index = self._index
        codes = [index.setdefault(cell, len(index)) for cell in map(str.strip, cells)]
        return np.array(codes, dtype=np.int32)

    def finish(self, name: str) -> Column:
        """The whole column with its type."""
        import numpy as np

        rows = np.concatenate(self._blocks) if self._blocks else np.zeros(0)
        if self._is_text:
            return text_column(name, rows, list(self._index), self._missing, tuple(self._examples))
        return number_column(name, rows, tuple(self._examples))


def is_number(text: str, decimal: str) -> bool:
    """Whether a cell is a number, leading zeros or not."""
    return (_COMMA if decimal == "," else _DIGITS).fullmatch(text.strip()) is not None


def number_column(name: str, numbers: np.ndarray, examples: tuple[str, ...]) -> Column:
    """A column of numbers: whole numbers where all of them are."""
    import numpy as np

    present = numbers[~np.isnan(numbers)]
    if present.size == 0:
        return Column(name, "empty", numbers=numbers)
    infinite = np.flatnonzero(np.isinf(numbers))
    fault = (int(infinite[0]), "the number is infinite") if infinite.size else None
    whole = fault is None and bool((present == np.floor(present)).all())
    return Column(name, "integer" if whole else "number", numbers=numbers, examples=examples, fault=fault)


def text_column(
    name: str, codes: np.ndarray, labels: Sequence[str], missing: Collection[str], examples: tuple[str, ...]
) -> Column:
    """A column of texts: dates where all are, a category where they are few, else text.

    Args:
        name: from the header.
        codes: [rows] indices into `labels`.
        labels: the different texts in any order, those that mean a missing value among them.
        missing: texts that mean a missing value.
        examples: some cells.
    """
    import numpy as np

    known = sorted({label for label in labels if label not in missing})
    number_of = {label: number for number, label in enumerate(known)}
    # One more entry at the end, so that a code of -1 stays -1.
    table = np.array([*(number_of.get(label, -1) for label in labels), -1], dtype=np.int32)
    sorted_codes = table[codes]
    if not known:
        return Column(name, "empty", codes=sorted_codes)
    days = days_of(known)
    if days is not None:
        numbers = np.array([*days, np.nan])[sorted_codes]
        return Column(name, "date", numbers=numbers, examples=examples)
    present = int((sorted_codes >= 0).sum())
    few = len(known) <= min(_MANY, max(_FEW, present // 2))
    fault = _stray(known, sorted_codes)
    return Column(
        name,
        "category" if few and fault is None else "text",
        codes=sorted_codes,
        labels=tuple(known),
        examples=examples,
        fault=fault,
    )


def _stray(labels: Sequence[str], codes: np.ndarray) -> tuple[int, str] | None:
    """The first cell that is no number in a column where almost all are; a typing error rather than a text."""
    import numpy as np

    present = codes[codes >= 0]
    odd = min(
        (np.array([not pattern.fullmatch(label) for label in labels]) for pattern in (_DIGITS, _COMMA)),
        key=lambda found: int(found[present].sum()),
    )
    strays = int(odd[present].sum())
    if strays == 0 or strays > (1 - _ALMOST_ALL) * len(present):
        return None
    row = int(np.flatnonzero((codes >= 0) & odd[codes])[0])
    others = f" ({strays:,} such cells)" if strays > 1 else ""
    shown = labels[codes[row]]
    return row, f"{shown[:40]!r} is not a number, while almost all of the column are{others}"


def comma_numbers(column: Column) -> np.ndarray | None:
    """The numbers of a text column whose every cell is a number with a decimal comma, [rows] float64; else None."""
    import numpy as np

    if column.codes is None or not column.labels or column.type == "date":
        return None
    if _LEADING_ZERO.search("\n" + "\n".join(column.labels)) or not all(
        _COMMA.fullmatch(label) for label in column.labels
    ):
        return None
    numbers = np.array([*(float(label.replace(",", ".")) for label in column.labels), np.nan])
    found: np.ndarray = numbers[column.codes]
    return found


def days_of(texts: Sequence[str]) -> list[float] | None:
    """Days since 1970-01-01 of dates that are all written in the same way; None where one is no date.

    Year first, or day, month and year with dots; with slashes only where a number above 12 tells days from months.
    """
    for pattern, order in ((_YEAR_FIRST, "ymd"), (_DOTTED, "dmy"), (_SLASHED, "")):
        found = [pattern.fullmatch(text) for text in texts]
        matches = [match for match in found if match is not None]
        if len(matches) < len(texts):
            continue
        known = order or _slashed_order(matches)
        try:
            return [_days(match, known) for match in matches] if known else None
        except ValueError:  # such as the 30th of February
            return None
    return None


def _slashed_order(matches: Sequence[re.Match[str]]) -> str:
    first = any(int(match[1]) > 12 for match in matches)
    second = any(int(match[2]) > 12 for match in matches)
    if first == second:
        return ""
    return "dmy" if first else "mdy"


def _days(match: re.Match[str], order: str) -> float:
    parts = {name: int(match[index]) for index, name in enumerate(order, 1)}
    hour, minute, second, ahead_h, ahead_min = (float(text or 0) for text in match.groups()[3:])
    whole = int(second)
    moment = datetime(parts["y"], parts["m"], parts["d"], int(hour), int(minute), whole, tzinfo=UTC)
    ahead_s = 3600 * ahead_h + 60 * (-ahead_min if (match[7] or "").startswith("-") else ahead_min)
    return ((moment - _EPOCH).total_seconds() + (second - whole) - ahead_s) / 86_400
