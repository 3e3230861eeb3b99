"""Tables of the user: text with delimiters, JSON Lines, Parquet; and text tables whose rows are the steps of a series.

Types are found out on whole columns and shown by `inspect` before they are accepted. A table is read once, in
blocks, into columns; `_records` splits text into records, `columns` finds types, `assemble` makes arrays and `steps`
series.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._previews import row_previews
from netdesigner.datasets._series import HELD_OUT, HORIZON, LENGTH, STRIDE, SeriesDataset, windows_of
from netdesigner.datasets._source import (
    TARGET_TYPES,
    chosen_file,
    classes_of,
    reading,
    refuse_if_larger,
    training_rows,
)
from netdesigner.datasets.tables.assemble import assemble
from netdesigner.datasets.tables.csv_table import (
    DECIMAL,
    DELIMITER,
    ENCODING,
    HEADER,
    MISSING_MARKS,
    Said,
    check_delimiter,
    read_csv,
)
from netdesigner.datasets.tables.json_table import read_json_lines
from netdesigner.datasets.tables.parquet_table import read_parquet
from netdesigner.datasets.tables.steps import StepChoices, Steps, steps_of, uses_of
from netdesigner.datasets.tables.table import Choices, Table, inspection, uses
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.inspection import TableInspection
from netdesigner.parts.part import Names, param
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Csv", "JsonLines", "Parquet", "Series", "TableDataset"]


class TableDataset(Dataset):
    """A table in a file of the user.

    Numbers and dates (as days since 1970-01-01) are one input each, categories one input per value or one number.
    Columns of many different texts, and empty ones, are left out; `inspect` says which.
    """

    path: str = param("", path="file", help="the file")
    targets: Names = param((), help="columns to be learned; empty: the last one")
    ignore: Names = param((), help="columns to leave out, such as numbers that only count the rows")
    target_type: str = param(
        "auto",
        choices=TARGET_TYPES,
        help="auto: texts and few different whole numbers are classes, other numbers are values",
    )
    missing: str = param(
        "refuse",
        choices=("refuse", "drop", "mean"),
        help="refuse: name the first missing value; drop: leave out its row; mean: take the mean of the column, of "
        "a category the most frequent value, in the training part (a row without a target is left out)",
    )
    categories: str = param(
        "one-hot",
        choices=("one-hot", "codes"),
        help="one-hot: one input for each value of a category; codes: one input with the value's number",
    )

    def describe(self) -> DataSpec:
        """What the samples look like; types are found out on whole columns, so all of the file is read.

        Raises:
            DataError: the table cannot be used; names file, row and column.
        """
        return self.load().spec

    def load(self, progress: Progress = no_progress) -> Samples:
        """All usable rows.

        Raises:
            DataError: the table cannot be used; names file, row and column.
            CancelledError: raised by `progress`.
        """
        return assemble(self._table(progress), self._choices(), partial(training_rows, self))

    def inspect(self, progress: Progress = no_progress) -> TableInspection:
        """What was detected, to be shown before it is accepted.

        Raises:
            DataError: the file cannot be read as a table; names row and column.
            CancelledError: raised by `progress`.
        """
        table = self._table(progress)
        return inspection(table, uses(table, self._choices()))

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """The first rows, the targets, statistics of the columns."""
        return row_previews(samples)

    def _table(self, progress: Progress) -> Table:
        path = chosen_file(self.label(), self.path)
        with reading(path):
            return self._read(path, progress)

    def _choices(self) -> Choices:
        return Choices(self.targets, self.ignore, self.target_type, self.missing, self.categories)

    def _read(self, path: Path, progress: Progress) -> Table:
        raise NotImplementedError


class Csv(TableDataset):
    """A table as text, with a comma, semicolon or tab between cells.

    Lines may end in any way, cells may be quoted with ", blanks around a cell do not count, and empty lines are
    passed over. A text that begins with a 0 before another digit, such as a post code, is not a number.

    Shape:
        input [N, features] float32; target [N] int64 for classes, [N, targets] float32 for values.

    Source:
        Y. Shafranovich, Common format and MIME type for CSV files, RFC 4180, 2005.
    """

    kind: ClassVar[str] = "csv"
    title: ClassVar[str] = "CSV table"

    delimiter: str = DELIMITER
    encoding: str = ENCODING
    decimal: str = DECIMAL
    header: str = HEADER
    missing_marks: Names = MISSING_MARKS

    def check_together(self) -> None:
        """Refuses a delimiter of several characters."""
        check_delimiter(self.delimiter)

    def _read(self, path: Path, progress: Progress) -> Table:
        return _read_text(self, path, progress)


class JsonLines(TableDataset):
    """A table as JSON Lines: one object a line, whose fields are the columns.

    Values say their types themselves: a number within quotes is a text, true and false are categories, and null, an
    empty text or a field that a line lacks is a missing value. Lists and objects inside a row are left out.

    Shape:
        input [N, features] float32; target [N] int64 for classes, [N, targets] float32 for values.

    Source:
        JSON Lines, jsonlines.org; T. Bray, The JavaScript Object Notation data interchange format, RFC 8259, 2017.
    """

    kind: ClassVar[str] = "jsonl"
    title: ClassVar[str] = "JSON Lines table"

    def _read(self, path: Path, progress: Progress) -> Table:
        return read_json_lines(path, progress)


class Parquet(TableDataset):
    """A table in a Parquet file, as pandas and Spark write it.

    The file says the types of its columns itself; lists and other nested values are left out.

    Shape:
        input [N, features] float32; target [N] int64 for classes, [N, targets] float32 for values.

    Source:
        Apache Parquet, format specification.
    """

    kind: ClassVar[str] = "parquet"
    title: ClassVar[str] = "Parquet table"

    def _read(self, path: Path, progress: Progress) -> Table:
        return read_parquet(path, progress)


class Series(SeriesDataset):
    """A series in a text table, a row a step, cut into windows.

    A network sees some steps of all columns of numbers, and learns how the targets go on; or, where a column of classes
    is named, which class the last of these steps has. Rows stand in the order of time and one step apart, which is seen
    to where a column holds times. Several series may stand in one table where a column tells to which one a row
    belongs: no window has steps of two, and each series is cut into training, validation and test by itself.

    Shape:
        input [N, length, columns], the targets first; target [N, horizon, targets], or [N] int64 for classes.

    Source:
        Y. Shafranovich, Common format and MIME type for CSV files, RFC 4180, 2005.
    """

    kind: ClassVar[str] = "series"
    title: ClassVar[str] = "Series in a CSV table"

    path: str = param("", path="file", help="the table as text")
    targets: Names = param((), help="columns to be foretold; empty: the last one of numbers")
    ignore: Names = param((), help="columns to leave out")
    length: int = LENGTH
    horizon: int = HORIZON
    stride: int = STRIDE
    held_out: str = HELD_OUT
    missing: str = param(
        "refuse",
        choices=("refuse", "fill", "skip"),
        help="refuse: name the first value or row that is missing; fill: the last value that was known "
        "stands for one that is missing; skip: leave out the windows that hold it",
    )
    time: str = param("", help="the column of times; empty: the first that holds dates, if any")
    series: str = param(
        "",
        help="the column that tells several series apart, such as a name or number; empty: all rows are one",
    )
    label_column: str = param(
        "",
        name="label",
        help="a column of classes, where the class of a window is to be learned and nothing foretold",
    )
    delimiter: str = DELIMITER
    encoding: str = ENCODING
    decimal: str = DECIMAL
    header: str = HEADER
    missing_marks: Names = MISSING_MARKS

    def check_together(self) -> None:
        """Refuses a delimiter of several characters."""
        check_delimiter(self.delimiter)

    def describe(self) -> DataSpec:
        """What the samples look like; types are found out on whole columns, so all of the file is read.

        Raises:
            DataError: the series cannot be used; names file, row and column.
        """
        return self.load().spec

    def load(self, progress: Progress = no_progress) -> Samples:
        """All windows, in the order of time.

        Raises:
            DataError: the series cannot be used; names file, row and column.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        series = steps_of(self._table(progress), self._choices())
        self._refuse_if_short(max(series.lengths), self.path)
        count, taken = sum(map(self._count, series.lengths)), self.length + self._follows()
        refuse_if_larger(Path(self.path), 4 * count * taken * len(series.columns), "the windows")
        ends = np.cumsum(series.lengths)
        each = [
            series.whole(end - length + self._starts(length), taken)
            for length, end in zip(series.lengths, ends, strict=True)
        ]
        starts = np.concatenate(each)
        if not len(starts):
            raise DataError(self.path, "something is missing in every window; set missing to fill")
        samples = (
            self._continued(series.numbers, starts, series.columns, series.foretold)
            if series.labels is None
            else self._told(series, starts)
        )
        stretches = tuple(len(found) for found in each if len(found)) if self.series else ()
        return replace(samples, spec=replace(samples.spec, stretches=stretches))

    def inspect(self, progress: Progress = no_progress) -> TableInspection:
        """What was detected, to be shown before it is accepted.

        Raises:
            DataError: the file cannot be read as a table; names row and column.
            CancelledError: raised by `progress`.
        """
        table = self._table(progress)
        return inspection(table, uses_of(table, self._choices()))

    def _follows(self) -> int:
        return 0 if self.label_column else self.horizon

    def _choices(self) -> StepChoices:
        return StepChoices(self.time, self.targets, self.label_column, self.ignore, self.missing, self.series)

    def _told(self, series: Steps, starts: np.ndarray) -> Samples:
        """Windows with the class of their last step."""
        assert series.labels is not None
        last = series.labels[starts + self.length - 1]
        target, classes = classes_of(Path(self.path), last, self.label_column)
        input = windows_of(series.numbers, starts, self.length)
        spec = DataSpec(
            TensorSpec((BATCH, *input.shape[1:])),
            TensorSpec((BATCH,), "int64"),
            classes,
            len(starts),
            series.columns,
            (self.label_column,),
        )
        return Samples(input, target, spec)

    def _table(self, progress: Progress) -> Table:
        path = chosen_file(self.label(), self.path)
        with reading(path):
            return _read_text(self, path, progress)


def _read_text(said: Csv | Series, path: Path, progress: Progress) -> Table:
    how = Said(said.delimiter, said.encoding, said.decimal, said.header, said.missing_marks)
    return read_csv(path, how, progress)
