"""Pairs of texts as tokens, for networks that read one text and write another.

A network takes one tensor, so a sample holds both texts side by side: the one to read, filled up to its length, and
behind it the one to write, moved by one token, so that each place sees what stands before it. A Split parts them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from netdesigner.datasets._records import RecordError, encoding_of, records, sniff
from netdesigner.datasets._source import chosen_file, reading, refuse_if_larger
from netdesigner.errors import DataError
from netdesigner.parts.dataset import (
    END,
    FILL,
    MARKS,
    NO_CLASS,
    START,
    Dataset,
    DataSpec,
    Progress,
    Samples,
    no_progress,
)
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview, Table, Text
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["Sums", "TextPairs", "WrittenDates"]

_PRINTABLE = "".join(map(chr, range(32, 127)))
_TOKENS = (*MARKS, *_PRINTABLE)
"""Marks and printable ASCII: the same for all pairs, so that a network for some takes others."""
_NUMBER_OF = {character: number for number, character in enumerate(_PRINTABLE, len(MARKS))}
_OTHER = _NUMBER_OF["?"]
_SHOWN = 50
_BYTES_A_TOKEN = 8

_Pair = tuple[str, str]


class _Pairs(Dataset):
    """What all have in common: from pairs of texts to samples."""

    def _pairs(self, progress: Progress) -> Sequence[_Pair]:
        """What is read and what is to be written."""
        raise NotImplementedError

    def _longest(self, pairs: Sequence[_Pair] = ()) -> tuple[int, int]:
        """The lengths of the longest text to read and of the longest to write, in characters."""
        raise NotImplementedError

    def _spec(self, rows: int, read: int, written: int) -> DataSpec:
        """What samples look like.

        Args:
            rows: how many there are.
            read, written: how many tokens of each there are to read and to write.
        """
        input, target = (TensorSpec((BATCH, length), "int64") for length in (read + written, written))
        return DataSpec(input, target, _TOKENS, rows, targets=("token",))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All pairs, in their order.

        Raises:
            DataError: they cannot be read.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        pairs = self._pairs(progress)
        read, written = self._tokens(pairs)
        input = np.full((len(pairs), read + written), FILL, np.int64)
        target = np.full((len(pairs), written), NO_CLASS, np.int64)
        for row, (source, wanted) in enumerate(pairs):
            numbers = _numbers(source)
            input[row, : len(numbers)] = numbers
            numbers = _numbers(wanted)
            input[row, read : read + len(numbers)] = START, *numbers[:-1]
            target[row, : len(numbers)] = numbers
        progress(1.0, "turned into tokens")
        return Samples(input, target, self._spec(len(pairs), read, written))

    def _tokens(self, pairs: Sequence[_Pair] = ()) -> tuple[int, int]:
        """How many tokens there are to read and to write: the longest texts and the mark behind them."""
        read, written = self._longest(pairs)
        return read + 1, written + 1

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """The first pairs, and how a network takes them."""
        target = samples.target.shape[1]
        source = samples.input.shape[1] - target
        rows = tuple(
            (_joined(read[:source]), _joined(written))
            for read, written in zip(samples.input[:_SHOWN], samples.target[:_SHOWN], strict=True)
        )
        how = (
            f"{source} tokens to read, and behind them {target} to write: a Split into {source} and {target} parts "
            "them. The part to write is moved by one token, so that each place is to say the next one."
        )
        title = f"First {len(rows)} of {len(samples.input):,} pairs"
        return Table(title, ("to read", "to write"), rows), Text("How a network takes them", how)


def _numbers(text: str) -> list[int]:
    """The tokens of a text, and the mark behind it."""
    return [*(_NUMBER_OF.get(character, _OTHER) for character in text), END]


def _joined(tokens: Sequence[int]) -> str:
    """The text before the mark."""
    numbers = list(map(int, tokens))
    return "".join(_TOKENS[number] for number in numbers[: numbers.index(END)])


class _Made(_Pairs):
    """Pairs that are made up by chance, none of them twice; the same for the same seed."""

    embedded: ClassVar[bool] = True

    count: int = param(
        5000, min=10, max=1_000_000, unit="pairs", help="how many; fewer where there are no more"
    )
    seed: int = param(0, min=0, max=2**31 - 1, help="decides which pairs they are", advanced=True)

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is made for it."""
        return self._spec(min(self.count, self._different()), *self._tokens())

    def _pairs(self, progress: Progress) -> Sequence[_Pair]:
        progress(0.0, "making pairs")
        chance = random.Random(self.seed)  # noqa: S311 - pairs are no secrets
        rows = min(self.count, self._different())
        return [self._pair(number) for number in chance.sample(range(self._different()), rows)]

    def _different(self) -> int:
        """How many different pairs there are."""
        raise NotImplementedError

    def _pair(self, number: int) -> _Pair:
        """A pair by its number, from 0."""
        raise NotImplementedError


_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FORMS = (
    "{day} {month} {year}",
    "{month} {day}, {year}",
    "{weekday}, {day} {month} {year}",
    "{weekday:.3} {day} {month:.3} {year}",
    "{day}.{number}.{year}",
)
"""How dates are written, whatever the language of the machine."""
_FIRST, _LAST = date(1900, 1, 1).toordinal(), date(2099, 12, 31).toordinal()


class WrittenDates(_Made):
    """Dates of two centuries as people write them, to be written as 2026-11-26: made up, as many as are wanted.

    Shape:
        input [N, 29 + 11] int64, the text to read and the one to write; target [N, 11] int64, −100 behind its end.

    Source:
        ISO 8601 for the form that is to be written.
    """

    kind: ClassVar[str] = "written_dates"
    title: ClassVar[str] = "Written dates (pairs of texts)"

    def _different(self) -> int:
        return (_LAST - _FIRST + 1) * len(_FORMS)

    def _longest(self, pairs: Sequence[_Pair] = ()) -> tuple[int, int]:
        return len("Wednesday, 30 September 2026"), len("2026-09-30")

    def _pair(self, number: int) -> _Pair:
        days, form = divmod(number, len(_FORMS))
        found = date.fromordinal(_FIRST + days)
        written = _FORMS[form].format(
            day=found.day,
            number=found.month,
            month=_MONTHS[found.month - 1],
            weekday=_DAYS[found.weekday()],
            year=found.year,
        )
        return written, found.isoformat()


class Sums(_Made):
    """Sums such as 47+385, to be worked out digit by digit: made up, as many as are wanted.

    Shape:
        input [N, (2·digits + 2) + (digits + 2)] int64, the sum and what it comes to; target [N, digits + 2] int64,
        −100 behind its end.

    Source:
        W. Zaremba, I. Sutskever, Learning to execute, 2014, for sums as texts.
    """

    kind: ClassVar[str] = "sums"
    title: ClassVar[str] = "Sums (pairs of texts)"

    digits: int = param(2, min=1, max=9, help="how many digits each of the two numbers may have")

    def _different(self) -> int:
        different: int = 100**self.digits
        return different

    def _longest(self, pairs: Sequence[_Pair] = ()) -> tuple[int, int]:
        return 2 * self.digits + 1, self.digits + 1

    def _pair(self, number: int) -> _Pair:
        one, other = divmod(number, 10**self.digits)
        return f"{one}+{other}", str(one + other)


class TextPairs(_Pairs):
    """Two columns of a text table: what is read, and what is to be written.

    Characters beside printable ASCII become a question mark. The file is read as a CSV table is; its first two columns
    count.

    Shape:
        input [N, S + T] int64, the text to read and the one to write; target [N, T] int64, −100 behind its end. S and T
        are 1 more than the lengths of the longest texts.

    Source:
        Y. Shafranovich, Common format and MIME type for CSV files, RFC 4180, 2005.
    """

    kind: ClassVar[str] = "text_pairs"
    title: ClassVar[str] = "Pairs of texts in a table"

    path: str = param("", path="file", help="the table as text, with a comma, semicolon or tab between cells")
    header: bool = param(True, help="whether the first line names the columns")

    def describe(self) -> DataSpec:
        """What the samples look like; all of the file is read for the longest texts.

        Raises:
            DataError: the file cannot be used; names row and column.
        """
        pairs = self._pairs(no_progress)
        return self._spec(len(pairs), *self._tokens(pairs))

    def _longest(self, pairs: Sequence[_Pair] = ()) -> tuple[int, int]:
        read, written = (max(map(len, texts)) for texts in zip(*pairs, strict=True))
        size = len(pairs) * (read + 2 * written) * _BYTES_A_TOKEN
        refuse_if_larger(Path(self.path), size, "all pairs, filled up to the longest,")
        return read, written

    def _pairs(self, progress: Progress) -> Sequence[_Pair]:
        path = chosen_file(self.label(), self.path)
        with reading(path):
            refuse_if_larger(path, path.stat().st_size * _BYTES_A_TOKEN, "the table")
            try:
                found = list(self._rows(path, progress))
            except RecordError as error:
                raise DataError(path, error.reason, row=error.row) from None
        if not found:
            raise DataError(path, "the file holds no pairs of texts")
        return found

    def _rows(self, path: Path, progress: Progress) -> Iterator[_Pair]:
        encoding = encoding_of(path, lambda done, text: progress(0.1 * done, text))
        lines = records(path, sniff(path, encoding, ""), lambda done, text: progress(0.1 + 0.8 * done, text))
        if self.header:
            next(lines, None)
        for row, cells in lines:
            if len(cells) < 2:
                raise DataError(
                    path, "a row needs two cells, what is read and what is to be written", row=row
                )
            yield cells[0].strip(), cells[1].strip()
