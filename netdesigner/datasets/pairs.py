"""Pairs of texts as tokens, for networks that read one text and write another.

A network takes one tensor, so a sample holds both texts side by side: the one to read, filled up to its length, and
behind it the one to write, moved by one token, so that each place sees what stands before it. A Split parts them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._json_lines import is_json_lines, json_lines, texts_of
from netdesigner.datasets._records import RecordError, encoding_of, records, sniff
from netdesigner.datasets._source import chosen_file, reading, refuse_if_larger, training_rows
from netdesigner.datasets._tokens import PRINTABLE, TextDataset, Tokens
from netdesigner.errors import DataError, ParameterError
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
from netdesigner.parts.part import Names, param
from netdesigner.parts.preview import Preview, Table, Text
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.parts.tokens import text_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Sums", "TextPairs", "WrittenDates"]

_NUMBER_OF = {character: number for number, character in enumerate(PRINTABLE)}
_OTHER = _NUMBER_OF["?"]
_SHOWN = 50
_BYTES_A_TOKEN = 8

_Pair = tuple[str, str]
_Cut = tuple["np.ndarray", "np.ndarray"]
"""The tokens of both texts of a pair."""


class _Pairs(Dataset):
    """What all have in common: from pairs of texts to samples."""

    def _pairs(self, progress: Progress) -> Sequence[_Pair]:
        """What is read and what is to be written."""
        raise NotImplementedError

    def _tokens_for(self, pairs: Sequence[_Pair]) -> Tokens:
        """What the texts are cut into: printable characters, if a data set does not say otherwise."""
        del pairs
        return _PLAIN

    def _lengths(self, cut: Sequence[_Cut]) -> tuple[int, int]:
        """How many tokens there are to read and to write at most, without the marks behind them."""
        raise NotImplementedError

    def _spec(self, rows: int, read: int, written: int, names: tuple[str, ...]) -> DataSpec:
        """What samples look like.

        Args:
            rows: how many there are.
            read, written: how many tokens there are to read and to write, without the marks behind them.
            names: of the tokens beside the marks.
        """
        input, target = (TensorSpec((BATCH, length), "int64") for length in (read + written + 2, written + 1))
        return DataSpec(input, target, (*MARKS, *names), rows, targets=("token",))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All pairs, in their order.

        Raises:
            DataError: they cannot be read.
            MissingExtraError: tokens are to be learned, and the library for it is not installed.
            CancelledError: raised by `progress`.
        """
        import numpy as np

        names, cut = self._cut(progress)
        read, written = self._lengths(cut)
        input = np.full((len(cut), read + written + 2), FILL, np.int64)
        target = np.full((len(cut), written + 1), NO_CLASS, np.int64)
        for row, (source, wanted) in enumerate(cut):
            input[row, : len(source)] = source
            input[row, len(source)] = END
            input[row, read + 1] = START
            input[row, read + 2 : read + 2 + len(wanted)] = wanted
            target[row, : len(wanted)] = wanted
            target[row, len(wanted)] = END
        progress(1.0, "turned into tokens")
        return Samples(input, target, self._spec(len(cut), read, written, names))

    def _cut(self, progress: Progress) -> tuple[tuple[str, ...], list[_Cut]]:
        """The names of the tokens, and all pairs as numbers behind those of the marks."""
        pairs = self._pairs(progress)
        tokens = self._tokens_for(pairs)
        sides = ([numbers + len(MARKS) for numbers in tokens.cut(side)] for side in zip(*pairs, strict=True))
        return tokens.names, list(zip(*sides, strict=True))

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """The first pairs, and how a network takes them."""
        target = samples.target.shape[1]
        source = samples.input.shape[1] - target
        rows = tuple(
            (_joined(read[:source], samples.spec), _joined(written, samples.spec))
            for read, written in zip(samples.input[:_SHOWN], samples.target[:_SHOWN], strict=True)
        )
        how = (
            f"{source} tokens to read, and behind them {target} to write: a Split into {source} and {target} parts "
            "them. The part to write is moved by one token, so that each place is to say the next one."
        )
        title = f"First {len(rows)} of {len(samples.input):,} pairs"
        return Table(title, ("to read", "to write"), rows), Text("How a network takes them", how)


def _joined(tokens: Sequence[int], spec: DataSpec) -> str:
    """The text before the mark."""
    numbers = list(map(int, tokens))
    return text_of(spec.classes[number] for number in numbers[: numbers.index(END)])


def _plain(texts: Sequence[str]) -> list[np.ndarray]:
    import numpy as np

    return [np.array([_NUMBER_OF.get(c, _OTHER) for c in text], np.int64) for text in texts]


_PLAIN = Tokens(tuple(PRINTABLE), _plain)


class _Made(_Pairs):
    """Pairs that are made up by chance, none of them twice; the same for the same seed."""

    embedded: ClassVar[bool] = True

    count: int = param(
        5000, min=10, max=1_000_000, unit="pairs", help="how many; fewer where there are no more"
    )
    seed: int = param(0, min=0, max=2**31 - 1, help="decides which pairs they are", advanced=True)

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is made for it."""
        return self._spec(min(self.count, self._different()), *self._lengths(()), _PLAIN.names)

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

    def _lengths(self, cut: Sequence[_Cut]) -> tuple[int, int]:
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

    def _lengths(self, cut: Sequence[_Cut]) -> tuple[int, int]:
        return 2 * self.digits + 1, self.digits + 1

    def _pair(self, number: int) -> _Pair:
        one, other = divmod(number, 10**self.digits)
        return f"{one}+{other}", str(one + other)


class TextPairs(TextDataset, _Pairs):
    """Two columns of a text table, or two fields of JSON Lines: what is read, and what is to be written.

    A table is read as a CSV table is; its first two columns count. Of JSON Lines those two fields do that the first
    line begins with, unless others are named. With characters as tokens, those beside printable ASCII become a question
    mark, and so does a newline.

    Shape:
        input [N, S + T] int64, the text to read and the one to write; target [N, T] int64, −100 behind its end. S and T
        are 1 more than the lengths of the longest texts.

    Source:
        Y. Shafranovich, Common format and MIME type for CSV files, RFC 4180, 2005.
    """

    kind: ClassVar[str] = "text_pairs"
    title: ClassVar[str] = "Pairs of texts in a table"

    path: str = param(
        "", path="file", help="text with a comma, semicolon or tab between cells, or JSON Lines (.jsonl)"
    )
    header: bool = param(True, help="of a table: whether the first line names the columns")
    fields: Names = param((), help="of JSON Lines: the fields with what is read and what is to be written")

    def check_together(self) -> None:
        """Refuses any number of fields but two or none."""
        if len(self.fields) not in (0, 2):
            raise ParameterError("fields", f"expected two names or none, got {len(self.fields)}")

    def describe(self) -> DataSpec:
        """What the samples look like; all of the file is read for the longest texts.

        Raises:
            DataError: the file cannot be used; names row and column.
        """
        names, cut = self._cut(no_progress)
        return self._spec(len(cut), *self._lengths(cut), names)

    def _learned_of(self, spec: DataSpec) -> tuple[str, ...]:
        return spec.classes[len(MARKS) :]

    def _tokens_for(self, pairs: Sequence[_Pair]) -> Tokens:
        import numpy as np

        if self.tokens == "characters":
            return _PLAIN
        rows = training_rows(self, np.zeros((len(pairs), 1))) if self.tokens == "bpe" else ()
        return self._cutter(text for row in rows for text in pairs[row])

    def _lengths(self, cut: Sequence[_Cut]) -> tuple[int, int]:
        read, written = (max(map(len, side)) for side in zip(*cut, strict=True))
        size = len(cut) * (read + 2 * written) * _BYTES_A_TOKEN
        refuse_if_larger(Path(self.path), size, "all pairs, filled up to the longest,")
        return read, written

    def _pairs(self, progress: Progress) -> Sequence[_Pair]:
        path = chosen_file(self.label(), self.path)
        with reading(path):
            refuse_if_larger(path, path.stat().st_size * _BYTES_A_TOKEN, "the table")
            rows = self._objects if is_json_lines(path) else self._rows
            try:
                found = list(rows(path, progress))
            except RecordError as error:
                raise DataError(path, error.reason, row=error.row) from None
        if not found:
            raise DataError(path, "the file holds no pairs of texts")
        return found

    def _objects(self, path: Path, progress: Progress) -> Iterator[_Pair]:
        """The pairs in JSON Lines."""
        row, first = next(json_lines(path, no_progress), (1, {}))
        names = self.fields or tuple(first)[:2]
        if len(names) < 2:
            raise DataError(path, "two fields are needed, what is read and what is to be written", row=row)
        for _, (read, written) in texts_of(path, names, progress):
            yield read.strip(), written.strip()

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
