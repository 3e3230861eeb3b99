"""What was detected in a table, to be shown to a person before the data is accepted.

Plain values: texts and numbers, so that a view needs to know no data set.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["COLUMN_TYPES", "ColumnInfo", "TableInspection"]

COLUMN_TYPES = ("number", "integer", "category", "date", "text", "empty")
"""What a whole column can be: real numbers, whole numbers, few different texts, days, other texts, nothing."""


class ColumnInfo(NamedTuple):
    """One column as it was understood.

    Attributes:
        name: from the header, or "column 3" where there is none.
        type: one of `COLUMN_TYPES`.
        use: "input", "target" or "left out".
        reason: why it is left out, else "".
        missing: how many of its cells are empty or marked as missing.
        distinct: how many different values it holds.
        examples: its first different values, as they stand in the file.
    """

    name: str
    type: str
    use: str
    reason: str
    missing: int
    distinct: int
    examples: tuple[str, ...]


class TableInspection(NamedTuple):
    """One table as it was understood.

    Attributes:
        path: the file.
        rows: how many rows it has below the header.
        columns: in the order of the file.
        sample: the first rows, each cell as it stands in the file.
        header: whether the first line was taken as the names of the columns.
        delimiter: what separates cells; "" where the format needs none.
        encoding: how bytes become text; "" where the format says so itself.
        decimal: "." or ",".
    """

    path: str
    rows: int
    columns: tuple[ColumnInfo, ...]
    sample: tuple[tuple[str, ...], ...]
    header: bool = True
    delimiter: str = ""
    encoding: str = ""
    decimal: str = "."
