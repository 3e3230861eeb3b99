"""Turns a table whose rows are the steps of a series into numbers in the order of time.

Every refusal names row and column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from netdesigner.datasets.tables.columns import Column
from netdesigner.datasets.tables.table import INPUT, LEFT_OUT, TARGET, Table
from netdesigner.errors import DataError

if TYPE_CHECKING:
    import numpy as np

__all__ = ["StepChoices", "Steps", "steps_of", "uses_of"]

_GAP = 1.5
"""By how much a time lies further from the one before it than usual where rows are missing between them; months are of
different lengths."""


@dataclass(frozen=True, slots=True)
class StepChoices:
    """What the user decides.

    Attributes:
        time: the column of times; empty: the first that holds dates, if any.
        targets: the columns that are foretold; empty: the last one of numbers.
        label: the column of classes, where a class is learned and nothing is foretold.
        ignore: columns left out.
        missing: "refuse", "fill" or "skip".
        series: the column that tells several series apart; empty: there is one.
    """

    time: str = ""
    targets: tuple[str, ...] = ()
    label: str = ""
    ignore: tuple[str, ...] = ()
    missing: str = "refuse"
    series: str = ""


@dataclass(frozen=True, slots=True)
class Steps:
    """A series, or several one after the other.

    Attributes:
        numbers: [steps, columns] float32.
        lengths: how many steps each series has.
        columns: their names; those that are foretold come first.
        foretold: how many those are.
        broken: [steps] bool: where a value is missing.
        begins: [steps] bool: where rows are missing before the step, so that no window may go on across it.
        labels: [steps] the values of the column of classes, where there is one.
    """

    numbers: np.ndarray
    lengths: tuple[int, ...]
    columns: tuple[str, ...]
    foretold: int
    broken: np.ndarray
    begins: np.ndarray
    labels: np.ndarray | None = None

    def whole(self, starts: np.ndarray, length: int) -> np.ndarray:
        """Those of some windows in which nothing is missing.

        Args:
            starts: the steps with which they begin.
            length: how many steps belong to each.
        """
        import numpy as np

        broken, begins = (np.concatenate([[0], np.cumsum(marks)]) for marks in (self.broken, self.begins))
        ends = starts + length
        good = (broken[ends] == broken[starts]) & (begins[ends] == begins[starts + 1])
        found: np.ndarray = starts[good]
        return found


def uses_of(table: Table, choices: StepChoices) -> dict[str, tuple[str, str]]:
    """The use of each column by its name, and for one that is left out the reason."""
    time = _time_of(table, choices)
    others = (choices.label, choices.series)
    usable = [c.name for c in table.columns if c is not time and c.name not in others and _is_usable(c)]
    usable = [name for name in usable if name not in choices.ignore]
    targets = (choices.label,) if choices.label else choices.targets or tuple(usable[-1:])
    return {column.name: _use(table, column, time, targets, choices) for column in table.columns}


def _use(
    table: Table, column: Column, time: Column | None, targets: tuple[str, ...], choices: StepChoices
) -> tuple[str, str]:
    if column.name in choices.ignore:
        return LEFT_OUT, "as chosen"
    if column is time:
        return LEFT_OUT, "it tells the time of each row"
    if column.name == choices.series:
        return LEFT_OUT, "it tells the series apart"
    if column.name in targets:
        return TARGET, ""
    if column.fault:
        row, reason = column.fault
        return LEFT_OUT, f"row {table.lines[row]}: {reason}"
    return (INPUT, "") if _is_usable(column) else (LEFT_OUT, "it holds no numbers")


def _is_usable(column: Column) -> bool:
    return column.type in ("number", "integer") and not column.excluded


def _time_of(table: Table, choices: StepChoices) -> Column | None:
    dates = (c.name for c in table.columns if c.type == "date" and c.name not in choices.ignore)
    name = choices.time or next(dates, "")
    return next((column for column in table.columns if column.name == name), None)


def steps_of(table: Table, choices: StepChoices) -> Steps:
    """The series in a table.

    Raises:
        DataError: a name is unknown, a cell cannot be used, a value or a row is missing and must not be, or rows are
            not in the order of time.
    """
    import numpy as np

    named = (choices.time, choices.series, choices.label, *choices.targets, *choices.ignore)
    table.refuse_unknown(name for name in named if name)
    table.refuse_faults(choices.ignore)
    columns, foretold = _chosen(table, choices)
    for column in columns if choices.missing == "refuse" else ():
        _refuse_missing(table, column, "set missing to fill or skip")
    for column in columns:
        table.refuse_too_large(column, np.arange(table.rows))
    time, labels = _time_of(table, choices), _values(table, choices.label, "classes")
    if time is not None and time.numbers is not None:
        _refuse_missing(table, time, "choose another column of times")
    raw = np.stack([column.numbers for column in columns if column.numbers is not None], axis=1)
    found: list[_Stretch] = []
    for rows in _rows_by_series(table, choices):
        places = _places(table, time, choices.missing, rows)
        found.append(_steps(places, raw[rows], None if labels is None else labels[rows], choices.missing))
    numbers = np.concatenate([stretch.numbers for stretch in found])
    return Steps(
        numbers.astype(np.float32),
        tuple(len(stretch.numbers) for stretch in found),
        tuple(column.name for column in columns),
        foretold,
        np.isnan(numbers).any(axis=1),
        np.concatenate([stretch.begins for stretch in found]),
        None if labels is None else np.concatenate([stretch.labels for stretch in found]),
    )


class _Stretch(NamedTuple):
    """The steps of one series; attributes as of `Steps`."""

    numbers: np.ndarray
    begins: np.ndarray
    labels: Any


def _steps(places: np.ndarray, raw: np.ndarray, labels: np.ndarray | None, missing: str) -> _Stretch:
    """The steps of one series.

    Args:
        places: the step of each row.
        raw: [rows, columns], NaN where a value is missing.
        labels: [rows] their classes, where there are any.
        missing: as of `StepChoices`.
    """
    import numpy as np

    if missing != "fill":
        return _Stretch(raw, np.diff(places, prepend=places[0] - 1) > 1, labels)
    steps = np.arange(places[-1] + 1)
    filled = np.stack([_filled(steps, places, values) for values in raw.T], axis=1)
    labels = labels[np.searchsorted(places, steps, "right") - 1] if labels is not None else None
    return _Stretch(filled, np.zeros(len(steps), bool), labels)


def _rows_by_series(table: Table, choices: StepChoices) -> list[np.ndarray]:
    """The rows of each series in their order, the series in the order of their names or numbers."""
    import numpy as np

    names = _values(table, choices.series, "series")
    if names is None:
        return [np.arange(table.rows)]
    _, numbers = np.unique(names, return_inverse=True)
    order = np.argsort(numbers, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(numbers[order])) + 1)


def _chosen(table: Table, choices: StepChoices) -> tuple[list[Column], int]:
    """The columns that a network sees, and how many of them are foretold, which come first as the user gave them."""
    uses = uses_of(table, choices)
    by_name = {column.name: column for column in table.columns}
    for name in (*choices.targets, *((choices.label,) if choices.label else ())):
        if uses[name][0] == LEFT_OUT:
            raise DataError(table.path, f"it is to be learned, and left out: {uses[name][1]}", column=name)
    targets = [name for name, (use, _) in uses.items() if use == TARGET and name != choices.label]
    targets.sort(key=lambda name: choices.targets.index(name) if name in choices.targets else 0)
    for name in targets:
        column = by_name[name]
        if not _is_usable(column):
            shown = f": {column.labels[0][:40]!r}" if column.labels else ""
            raise DataError(table.path, f"it holds no numbers{shown}, and numbers are foretold", column=name)
    inputs = [name for name, (use, _) in uses.items() if use == INPUT]
    if not targets and not inputs:
        raise DataError(table.path, "there is no column of numbers that could be a series")
    return [by_name[name] for name in (*targets, *inputs)], len(targets)


def _refuse_missing(table: Table, column: Column, hint: str) -> None:
    holes = column.missing()
    if holes.any():
        reason = f"the value is missing ({int(holes.sum()):,} in this column)"
        raise table.refusal(column, int(holes.argmax()), f"{reason}; mend it, or {hint}")


def _places(table: Table, time: Column | None, missing: str, rows: np.ndarray) -> np.ndarray:
    """The step that each of some rows is, int64 from 0: one after the other, but for rows missing in between.

    Raises:
        DataError: rows are not in the order of time, or some are missing and must not be.
    """
    import numpy as np

    if time is None or len(rows) < 2:
        return np.arange(len(rows))
    if time.numbers is None:
        raise DataError(table.path, "the times are no numbers or dates", column=time.name)
    ahead = np.diff(time.numbers[rows])
    if (ahead <= 0).any():
        row = int(rows[(ahead <= 0).argmax() + 1])
        hint = "put the rows in order, or say in 'series' which column tells several series apart"
        raise table.refusal(time, row, f"the time is not after that of the row before; {hint}")
    usual = float(np.median(ahead))
    steps = np.where(ahead > _GAP * usual, np.round(ahead / usual), 1.0)
    if missing == "refuse" and (steps > 1).any():
        place = int((steps > 1).argmax())
        reason = f"the time is {steps[place]:g} times as far from that of the row before as usual"
        hint = "put in the missing rows, set missing to fill or skip, or leave the column of times out"
        raise table.refusal(time, int(rows[place + 1]), f"{reason}; {hint}")
    if missing == "fill" and steps.sum() > 2 * len(rows):
        raise DataError(
            table.path,
            f"of {steps.sum() + 1:,.0f} steps only {len(rows):,} are there, too few to fill in the others",
            column=time.name,
        )
    return np.concatenate([[0.0], np.minimum(steps, len(rows)).cumsum()]).astype(np.int64)


def _filled(steps: np.ndarray, places: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values at all steps; one that is missing is the last that was known, or at the beginning the first.

    A line to the next value would tell of what is to be foretold.

    Args:
        steps: all of them.
        places: the step of each value.
        values: NaN where one is missing.
    """
    import numpy as np

    there = ~np.isnan(values)
    if not there.any():
        return np.zeros(len(steps))
    last = np.searchsorted(places[there], steps, "right") - 1
    found: np.ndarray = values[there][last.clip(min=0)]
    return found


def _values(table: Table, name: str, what: str) -> np.ndarray | None:
    """What stands in the column of classes or of the names of series; None where there is none."""
    import numpy as np

    column = next((column for column in table.columns if name and column.name == name), None)
    if column is None:
        return None
    _refuse_missing(table, column, f"choose another column of {what}")
    return column.numbers if column.numbers is not None else np.array(column.labels)[column.present_codes()]
