"""Turns a table into arrays: rows with missing values, categories, targets. Every refusal names row and column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from netdesigner.datasets._source import classes_of, looks_like_classes, refuse_if_larger
from netdesigner.datasets.tables.columns import Column
from netdesigner.datasets.tables.table import INPUT, TARGET, Choices, Table, uses
from netdesigner.errors import DataError
from netdesigner.parts.dataset import DataSpec, Samples
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["assemble"]


def assemble(table: Table, choices: Choices, trained_on: Callable[[np.ndarray], np.ndarray]) -> Samples:
    """The samples of a table.

    Args:
        table: what was read.
        choices: what the user decided.
        trained_on: which samples of such targets are trained on. What is put where a value is missing is learned from
            these alone, or the held-out ones would tell of themselves.

    Raises:
        DataError: a name is unknown, a cell cannot be used, or nothing is left.
    """
    features, targets = _chosen(table, choices)
    rows = _usable_rows(table, features, targets, choices.missing)
    target, classes = _target(table, targets, rows, choices)
    training = trained_on(target) if choices.missing == "mean" else rows[:0]
    blocks = [_input_block(table, column, rows, training, choices) for column in features]
    names = tuple(name for block_names, _ in blocks for name in block_names)
    refuse_if_larger(table.path, 4 * len(rows) * len(names), "the table")
    spec = DataSpec(
        TensorSpec((BATCH, len(names))),
        TensorSpec((BATCH,), "int64") if classes else TensorSpec((BATCH, target.shape[1])),
        classes,
        len(rows),
        names,
        tuple(column.name for column in targets),
    )
    return Samples(_filled(blocks, len(rows), len(names)), target, spec)


def _chosen(table: Table, choices: Choices) -> tuple[list[Column], list[Column]]:
    """The columns that are inputs, and those that are targets in the order the user gave."""
    table.refuse_unknown((*choices.targets, *choices.ignore))
    both = [name for name in choices.targets if name in choices.ignore]
    if both:
        raise DataError(table.path, "it is both a target and left out", column=both[0])
    found = uses(table, choices)
    table.refuse_faults(choices.ignore)
    features = [column for column in table.columns if found[column.name][0] == INPUT]
    targets = [column for column in table.columns if found[column.name][0] == TARGET]
    if choices.targets:
        targets.sort(key=lambda column: choices.targets.index(column.name))
    if not targets:
        raise DataError(table.path, "no column is left to be learned")
    if not features:
        why = "".join(f"; '{name}' is left out: {reason}" for name, (_, reason) in found.items() if reason)
        raise DataError(table.path, f"no column is left as an input beside '{targets[0].name}'{why[:300]}")
    return features, targets


def _usable_rows(
    table: Table, features: Sequence[Column], targets: Sequence[Column], missing: str
) -> np.ndarray:
    """The indices of the rows that are used.

    Raises:
        DataError: a value is missing and must not be, or every row lacks one.
    """
    import numpy as np

    for column in targets:
        if column.excluded or column.type == "empty":
            raise DataError(table.path, column.excluded or "it has no values", column=column.name)
    keep = np.ones(table.rows, dtype=bool)
    for column in (*features, *targets):
        holes = column.missing()
        if missing == "refuse" and holes.any():
            reason = f"the value is missing ({int(holes.sum()):,} in this column)"
            raise table.refusal(
                column, int(holes.argmax()), f"{reason}; mend it, or set missing to drop or mean"
            )
        if missing == "drop" or column in targets:
            keep &= ~holes
    rows = np.flatnonzero(keep)
    if rows.size == 0:
        raise DataError(table.path, "every row lacks a value; set missing to mean, or leave columns out")
    return rows


def _input_block(
    table: Table, column: Column, rows: np.ndarray, training: np.ndarray, choices: Choices
) -> tuple[tuple[str, ...], np.ndarray]:
    """The names of a column's inputs, and its values: [rows] float64, or [rows] category numbers to spread out.

    What is missing becomes the mean or the most frequent category of the rows that are trained on.
    """
    import numpy as np

    if column.numbers is not None:
        table.refuse_too_large(column, rows)
        values = column.numbers[rows]
        holes = np.isnan(values)
        if holes.any():
            known = values[training][~holes[training]]
            values = np.where(holes, known.mean() if known.size else 0.0, values)
        return (column.name,), values
    codes = column.present_codes()[rows]
    if (codes < 0).any():
        known = codes[training]
        counts = np.bincount(known[known >= 0], minlength=1)
        codes = np.where(codes < 0, counts.argmax(), codes)
    if choices.categories == "codes":
        return (column.name,), codes.astype(np.float64)
    return tuple(f"{column.name}={label}" for label in column.labels), codes


def _filled(blocks: Sequence[tuple[tuple[str, ...], np.ndarray]], rows: int, width: int) -> np.ndarray:
    """[rows, width] float32 of all blocks side by side, categories as one 1 among zeros."""
    import numpy as np

    filled = np.zeros((rows, width), dtype=np.float32)
    at = 0
    for names, values in blocks:
        if values.dtype == np.float64:
            filled[:, at] = values
        else:
            filled[np.arange(rows), at + values] = 1.0
        at += len(names)
    return filled


def _target(
    table: Table, targets: Sequence[Column], rows: np.ndarray, choices: Choices
) -> tuple[np.ndarray, tuple[str, ...]]:
    """[N] int64 with the classes' names, or [N, k] float32 with none."""
    import numpy as np

    if _is_class(targets, rows, choices.target_type):
        if len(targets) > 1:
            names = ", ".join(column.name for column in targets)
            raise DataError(table.path, f"classes can be learned from one column only, not from {names}")
        column = targets[0]
        if column.numbers is not None:
            return classes_of(table.path, column.numbers[rows], column.name)
        return classes_of(table.path, np.array(column.labels)[column.present_codes()[rows]], column.name)
    values = []
    for column in targets:
        if column.numbers is None:
            shown = column.labels[column.present_codes()[rows[0]]]
            raise table.refusal(
                column, int(rows[0]), f"{shown[:40]!r} is not a number, and a number is to be learned"
            )
        table.refuse_too_large(column, rows)
        values.append(column.numbers[rows])
    return np.stack(values, axis=1).astype(np.float32), ()


def _is_class(targets: Sequence[Column], rows: np.ndarray, target_type: str) -> bool:
    import numpy as np

    if target_type != "auto" or len(targets) > 1:
        return target_type == "class"
    column = targets[0]
    if column.type == "integer" and column.numbers is not None:
        return looks_like_classes(len(np.unique(column.numbers[rows])), len(rows))
    return column.numbers is None
