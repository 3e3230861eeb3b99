"""Tables of the user: text with delimiters, and Parquet.

Types are found out on whole columns and shown by `inspect` before they are accepted. A table is read once, in
blocks, into columns; `_records` splits text into records, `columns` finds types, `assemble` makes arrays.
"""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from netdesigner.datasets._previews import row_previews
from netdesigner.datasets._records import ENCODINGS, delimiter_of
from netdesigner.datasets._source import TARGET_TYPES, chosen_file, reading
from netdesigner.datasets.tables.assemble import assemble
from netdesigner.datasets.tables.columns import MISSING
from netdesigner.datasets.tables.csv_table import Said, read_csv
from netdesigner.datasets.tables.parquet_table import read_parquet
from netdesigner.datasets.tables.table import Choices, Table, inspection
from netdesigner.errors import ParameterError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.inspection import TableInspection
from netdesigner.parts.part import Names, param
from netdesigner.parts.preview import Preview

__all__ = ["Csv", "Parquet", "TableDataset"]


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
        help="refuse: name the first missing value; drop: leave out its row; mean: take the column's mean, of a "
        "category the most frequent value (a row without a target is left out)",
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
        return assemble(self._table(progress), self._choices())

    def inspect(self, progress: Progress = no_progress) -> TableInspection:
        """What was detected, to be shown before it is accepted.

        Raises:
            DataError: the file cannot be read as a table; names row and column.
            CancelledError: raised by `progress`.
        """
        return inspection(self._table(progress), self._choices())

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

    delimiter: str = param("", help="the character between cells, or tab; empty: found out", advanced=True)
    encoding: str = param("", choices=ENCODINGS, help="what the bytes mean; empty: found out", advanced=True)
    decimal: str = param(
        "detect",
        choices=("detect", ".", ","),
        help="what stands before the decimals of a number",
        advanced=True,
    )
    header: str = param(
        "detect",
        choices=("detect", "yes", "no"),
        help="whether the first line names the columns; detect: it does unless a number stands in it",
        advanced=True,
    )
    missing_marks: Names = param(MISSING, help="cells that mean that a value is missing", advanced=True)

    def check_together(self) -> None:
        """Refuses a delimiter of several characters."""
        try:
            delimiter_of(self.delimiter)
        except ValueError as error:
            raise ParameterError("delimiter", str(error)) from None

    def _read(self, path: Path, progress: Progress) -> Table:
        said = Said(
            delimiter_of(self.delimiter), self.encoding, self.decimal, self.header, self.missing_marks
        )
        return read_csv(path, said, progress)


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
