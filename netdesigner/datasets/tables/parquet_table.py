"""Reads a Parquet table; its columns say their types themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdesigner.datasets._source import reason_of, refuse_if_larger
from netdesigner.datasets.tables.columns import Column, number_column, text_column
from netdesigner.datasets.tables.table import Table
from netdesigner.errors import DataError, MissingExtraError
from netdesigner.parts.dataset import Progress

if TYPE_CHECKING:
    import numpy as np

__all__ = ["read_parquet"]

_SAMPLE_ROWS = 50
_EXAMPLES = 5
_MISSING = ("",)
_DAY = {unit: 86_400 * ticks for unit, ticks in {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}.items()}
"""How many ticks of a unit a day has."""


def read_parquet(path: Path, progress: Progress) -> Table:
    """The table in a Parquet file, column by column.

    Raises:
        MissingExtraError: pyarrow is not installed.
        DataError: it is no Parquet file, is too large, or has no rows.
        OSError: it cannot be read.
        CancelledError: raised by `progress`.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise MissingExtraError("Reading Parquet files", "parquet") from None
    try:
        with path.open("rb") as opened, parquet.ParquetFile(opened) as file:
            return _read(path, file, progress)
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        first = reason_of(error).partition("\n")[0]
        raise DataError(path, f"cannot be read as Parquet ({first})") from None


def _read(path: Path, file: Any, progress: Progress) -> Table:
    import numpy as np

    _refuse_unusable(path, file)
    names = file.schema_arrow.names
    columns: list[Column] = []
    shown: list[list[str]] = []
    for index, name in enumerate(names):
        progress(index / len(names), f"reading column {name}")
        values = file.read(columns=[name]).column(name)
        columns.append(_column(name, values))
        shown.append(_first(values, _SAMPLE_ROWS))
    progress(1.0, "read the table")
    lines = np.arange(1, file.metadata.num_rows + 1, dtype=np.int64)
    return Table(path, tuple(columns), lines, tuple(zip(*shown, strict=True)))


def _refuse_unusable(path: Path, file: Any) -> None:
    names = file.schema_arrow.names
    for name in names:
        if names.count(name) > 1:
            raise DataError(path, "two columns have this name; rename one", column=name)
    if not names or file.metadata.num_rows == 0:
        raise DataError(path, "the table has no rows")
    declared = sum(file.metadata.row_group(n).total_byte_size for n in range(file.metadata.num_row_groups))
    refuse_if_larger(path, max(declared, 8 * file.metadata.num_rows * len(names)), "the table")


def _column(name: str, values: Any) -> Column:
    """One column with its declared type; null is missing, and so is NaN among numbers. Moments are in UTC."""
    import pyarrow as pa
    import pyarrow.types as kinds

    kind = values.type
    if kinds.is_dictionary(kind):
        return _column(name, values.cast(kind.value_type))
    examples = tuple(_first(values.drop_null(), _EXAMPLES))
    if (
        kinds.is_boolean(kind)
        or kinds.is_string(kind)
        or kinds.is_large_string(kind)
        or kinds.is_string_view(kind)
    ):
        return _texts(name, values, examples)
    if kinds.is_date(kind):
        return Column(
            name, "date", numbers=_numbers(values.cast(pa.date32()).cast(pa.int32())), examples=examples
        )
    if kinds.is_timestamp(kind):
        days = _numbers(values.cast(pa.int64())) / _DAY[kind.unit]
        return Column(name, "date", numbers=days, examples=examples)
    if kinds.is_integer(kind) or kinds.is_floating(kind) or kinds.is_decimal(kind):
        return number_column(name, _numbers(values), examples)
    if kinds.is_null(kind):
        return number_column(name, _numbers(values.cast(pa.float64())), ())
    return Column(
        name, "text", codes=_no_codes(len(values)), excluded=f"a column of {kind} cannot be an input"
    )


def _numbers(values: Any) -> np.ndarray:
    """[rows] float64, NaN for null."""
    import numpy as np
    import pyarrow as pa

    found: np.ndarray = values.cast(pa.float64(), safe=False).to_numpy()
    return found.astype(np.float64)


def _texts(name: str, values: Any, examples: tuple[str, ...]) -> Column:
    import numpy as np
    import pyarrow as pa

    encoded = values.cast(pa.string()).combine_chunks().dictionary_encode()
    labels = [text.strip() for text in encoded.dictionary.to_pylist()]
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int32)
    if values.type == pa.bool_():
        labels = [label.capitalize() for label in labels]
    return text_column(name, codes, labels, _MISSING, examples)


def _no_codes(rows: int) -> np.ndarray:
    import numpy as np

    return np.full(rows, -1, dtype=np.int32)


def _first(values: Any, count: int) -> list[str]:
    """The first values as texts: moments in UTC to the second, what Python has no value for by its type."""
    import pyarrow as pa
    import pyarrow.types as kinds

    few = values.slice(0, count)
    try:
        if kinds.is_timestamp(few.type):
            few = few.cast(pa.timestamp("s"), safe=False).cast(pa.string())
        return ["" if value is None else str(value) for value in few.to_pylist()]
    except (ValueError, OverflowError):
        return [str(few.type)] * len(few)
