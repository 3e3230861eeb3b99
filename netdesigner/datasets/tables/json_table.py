"""Reads a table of JSON Lines: fields are columns, and each value says its type itself."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from netdesigner.datasets._json_lines import json_lines, kind_of
from netdesigner.datasets._source import refuse_if_larger
from netdesigner.datasets.tables.columns import Column, number_column, text_column
from netdesigner.datasets.tables.table import Table
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Progress

__all__ = ["read_json_lines"]

_SAMPLE_ROWS = 50
_EXAMPLES = 5
_MISSING = ("",)
_MOST_FIELDS = 10_000
_BYTES_A_VALUE = 16
_CHECKED_EVERY = 5000
_NOTHING, _NO_CODE = array("d", [math.nan]), array("i", [-1])
_NUMBER, _TEXT, _NESTED = "a number", "a text", "a list or an object"


def read_json_lines(path: Path, progress: Progress) -> Table:
    """The table in a file of JSON Lines.

    Raises:
        DataError: a line cannot be read, there are none, or it is too large; names the line.
        OSError: the file cannot be read.
        CancelledError: raised by `progress`.
    """
    import numpy as np

    refuse_if_larger(path, path.stat().st_size, "the table")
    fields: dict[str, _Field] = {}
    lines = array("q")
    sample: list[dict[str, Any]] = []
    for row, held in json_lines(path, progress):
        for name, value in held.items():
            if name not in fields:
                fields[name] = _Field(len(lines))
            fields[name].add(len(lines), value)
        if len(fields) > _MOST_FIELDS:
            reason = f"there are more than {_MOST_FIELDS:,} different fields, too many for columns"
            raise DataError(path, reason, row=row)
        if len(sample) < _SAMPLE_ROWS:
            sample.append(held)
        lines.append(row)
        if len(lines) % _CHECKED_EVERY == 0:
            refuse_if_larger(path, _BYTES_A_VALUE * len(lines) * len(fields), "the table")
    if not fields:
        raise DataError(path, "the file holds no table, only empty lines or empty objects")
    refuse_if_larger(path, _BYTES_A_VALUE * len(lines) * len(fields), "the table")
    progress(1.0, "read the table")
    names = [name for held in sample for name in held]  # in the order in which they stand in the file
    ordered = dict.fromkeys([*names, *sorted(fields)])
    return Table(
        path,
        tuple(fields[name].finish(name, len(lines)) for name in ordered),
        np.frombuffer(lines, np.int64),
        tuple(tuple(_shown(held.get(name)) for name in ordered) for held in sample),
        encoding="utf-8",
    )


class _Field:
    """Collects the values of one field.

    Args:
        start: the first row that has it; those before cost nothing until the end.
    """

    def __init__(self, start: int) -> None:
        self._start = start
        self._numbers = array("d")
        self._codes = array("i")
        self._labels: dict[str, int] = {}
        self._kinds: Counter[str] = Counter()
        self._first: dict[str, tuple[int, object]] = {}
        self._examples: dict[str, None] = {}

    def add(self, row: int, value: object) -> None:
        """Takes the value of a row behind those that had one; None where it is missing."""
        self._fill_up(row)
        number, code = math.nan, -1
        if value is not None and value != "":
            kind = _kind(value)
            self._kinds[kind] += 1
            self._first.setdefault(kind, (row, value))
            if len(self._examples) < _EXAMPLES:
                self._examples.setdefault(_shown(value))
            if kind == _TEXT:
                code = self._labels.setdefault(_shown(value).strip(), len(self._labels))
            elif kind == _NUMBER:
                number = _float(value)
        self._numbers.append(number)
        self._codes.append(code)

    def _fill_up(self, rows: int) -> None:
        missed = rows - self._start - len(self._codes)
        self._numbers.extend(_NOTHING * missed)
        self._codes.extend(_NO_CODE * missed)

    def finish(self, name: str, rows: int) -> Column:
        """The whole column with its type: what most of its values are; the first that is something else is a fault.

        Args:
            name: of the field.
            rows: how many there are in all.
        """
        import numpy as np

        self._fill_up(rows)
        numbers = np.frombuffer(_NOTHING * self._start + self._numbers, np.float64)
        codes = np.frombuffer(_NO_CODE * self._start + self._codes, np.int32)

        usual = self._kinds.most_common(1)[0][0] if self._kinds else _NUMBER
        examples, fault = tuple(self._examples), self._fault(usual)
        if usual == _NESTED:
            reason = "lists and objects inside a row cannot be inputs; give each value a field of its own"
            return Column(name, "text", codes=codes, excluded=reason)
        if usual == _TEXT:
            column = text_column(name, codes, list(self._labels), _MISSING, examples)
        else:
            column = number_column(name, numbers, examples)
        return replace(column, fault=fault) if fault is not None else column

    def _fault(self, usual: str) -> tuple[int, str] | None:
        others = [self._first[kind] for kind in self._kinds if kind != usual]
        if not others:
            return None
        row, value = min(others, key=lambda other: other[0])
        return (
            row,
            f"{_shown(value)[:40]} is {kind_of(value)}, while most of the column are {usual.removeprefix('a ')}s",
        )


def _kind(value: object) -> str:
    if isinstance(value, str | bool):
        return _TEXT
    return _NUMBER if isinstance(value, int | float) else _NESTED


def _float(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _shown(value: object) -> str:
    """A value as a cell shows it."""
    if isinstance(value, list | dict):
        return f"{kind_of(value)} of {len(value)}"
    return "" if value is None else str(value)
