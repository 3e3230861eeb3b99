"""Texts of which each belongs to a class, as tokens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._json_lines import is_json_lines, json_lines, kind_of, text_in
from netdesigner.datasets._opinions import CLASSES, LONGEST, opinions
from netdesigner.datasets._previews import target_bars
from netdesigner.datasets._records import RecordError, encoding_of, records, sniff
from netdesigner.datasets._source import (
    chosen_file,
    classes_of,
    reading,
    refuse_if_larger,
    spelled,
    training_rows,
)
from netdesigner.datasets._tokens import TextDataset, Tokens, known_tokens
from netdesigner.document.spelling import meant
from netdesigner.errors import DataError, ParameterError
from netdesigner.parts.dataset import FILL, MARKS, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.preview import Bars, Preview, Table
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.parts.tokens import text_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Opinions", "TextClasses"]

_SHOWN = 50
_BINS = 12
_BYTES_A_TOKEN = 16
"""A number of 8 bytes, in the samples and again in a part of them."""

_Row = tuple[str, str]
"""A text and the name of its class."""


class _TextClasses(TextDataset):
    """What both have in common: from texts and their classes to samples."""

    length: int = param(128, min=1, max=65536, unit="tokens", help="tokens in one sample")

    def _names(self) -> tuple[str, str]:
        """What the classes and the texts are called."""
        raise NotImplementedError

    def describe(self) -> DataSpec:
        """What the samples look like; all texts are read for the classes.

        Raises:
            DataError: the file cannot be used; names row and column.
            MissingExtraError: tokens are to be learned, and the library for it is not installed.
        """
        texts, target, classes = self._read(no_progress)
        return self._spec(self._tokens_for(texts, target).names, classes, len(texts))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All texts, in their order; raises as `describe`, and where `progress` does."""
        import numpy as np

        texts, target, classes = self._read(lambda done, told: progress(0.6 * done, told))
        progress(0.6, "turning texts into tokens")
        tokens = self._tokens_for(texts, target)
        input = np.full((len(texts), self.length), FILL, np.int64)
        for row, numbers in enumerate(tokens.cut(texts)):
            kept = numbers[: self.length]
            input[row, : len(kept)] = kept + 1
        progress(1.0, "turned into tokens")
        return Samples(input, target, self._spec(tokens.names, classes, len(texts)))

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """The first texts with their classes, samples by class, how long the texts are."""
        import numpy as np

        input, names = samples.input[:], samples.spec.tokens
        shown = zip(input[:_SHOWN], samples.target[:_SHOWN], strict=True)
        rows = tuple(
            (samples.spec.classes[number], text_of(names[token] for token in tokens if token != FILL))
            for tokens, number in shown
        )
        counts, edges = np.histogram(
            (input != FILL).sum(axis=1), bins=min(_BINS, self.length), range=(0, self.length)
        )
        labels = tuple(f"{low:.0f} to {high:.0f}" for low, high in itertools.pairwise(edges))
        table = Table(f"First {len(rows)} of {len(input):,} texts", self._names(), rows)
        return table, target_bars(samples), Bars("Tokens in a text", labels, tuple(map(float, counts)))

    def _spec(self, names: Sequence[str], classes: tuple[str, ...], rows: int) -> DataSpec:
        return DataSpec(
            TensorSpec((BATCH, self.length), "int64"),
            TensorSpec((BATCH,), "int64"),
            classes,
            rows,
            targets=self._names()[:1],
            tokens=(MARKS[FILL], *names),
        )

    def _learned_of(self, spec: DataSpec) -> tuple[str, ...]:
        return spec.tokens[1:]

    def _tokens_for(self, texts: Sequence[str], target: np.ndarray) -> Tokens:
        rows = training_rows(self, target) if self.tokens == "bpe" else ()
        return self._cutter(texts[row] for row in rows)

    def _read(self, progress: Progress) -> tuple[list[str], np.ndarray, tuple[str, ...]]:
        """Texts, the numbers of their classes, and the names of these."""
        raise NotImplementedError


class Opinions(_TextClasses):
    """Opinions of a sentence in English that are made up: good, bad, or mixed where two statements disagree.

    A third of the statements say the opposite of the word in them ("no one liked the soup", "the film was anything but
    dull"), so that it is not enough to know which words there are. No text is there twice; those that are held out are
    made of the same words.

    Shape:
        input [N, length] int64, 0 behind the end of a text; target [N] int64.

    Source:
        B. Pang, L. Lee, S. Vaithyanathan, Thumbs up? Sentiment classification using machine learning techniques, EMNLP
        2002, for telling opinions apart.
    """

    kind: ClassVar[str] = "opinions"
    title: ClassVar[str] = "Opinions (texts with classes)"
    embedded: ClassVar[bool] = True

    count: int = param(4000, min=10, max=100_000, unit="texts", help="how many")
    length: int = param(LONGEST, min=1, max=65536, unit="tokens", help="tokens in one sample")
    seed: int = param(0, min=0, max=2**31 - 1, help="decides which texts they are", advanced=True)

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is made for it unless tokens are to be learned.

        Raises:
            MissingExtraError: tokens are to be learned, and the library for it is not installed.
        """
        if self.tokens == "bpe":
            return super().describe()
        return self._spec(known_tokens(self.tokens).names, CLASSES, self.count)

    def _names(self) -> tuple[str, str]:
        return "opinion", "text"

    def _read(self, progress: Progress) -> tuple[list[str], np.ndarray, tuple[str, ...]]:
        import numpy as np

        progress(0.0, "making opinions")
        texts, numbers = opinions(self.count, self.seed)
        return texts, np.array(numbers), CLASSES


class TextClasses(_TextClasses):
    """Texts with classes in a table: sentences and what they are about, messages and whether they are wanted.

    The table is text with a header, as a CSV table is, or JSON Lines; its other columns do not count. A text becomes
    tokens; a shorter one is filled up behind its end with the token 0, a longer one is cut off.

    Shape:
        input [N, length] int64, 0 behind the end of a text; target [N] int64, classes in the order of the alphabet.
    """

    kind: ClassVar[str] = "text_classes"
    title: ClassVar[str] = "Texts with classes"

    path: str = param("", path="file", help="a table as text with a header, or JSON Lines (.jsonl)")
    text: str = param("text", label="Column of texts", help="the column or field that holds the texts")
    class_column: str = param(
        "label", name="label", label="Column of classes", help="the column or field that holds the classes"
    )

    def check_together(self) -> None:
        """Refuses texts that are their own classes."""
        if self.text == self.class_column:
            raise ParameterError("label", "texts and classes stand in two columns, this is that of the texts")

    def _names(self) -> tuple[str, str]:
        return self.class_column, self.text

    def _read(self, progress: Progress) -> tuple[list[str], np.ndarray, tuple[str, ...]]:
        """Texts, the numbers of their classes, and the names of these."""
        import numpy as np

        path = chosen_file(self.label(), self.path)
        with reading(path):
            refuse_if_larger(path, path.stat().st_size, "the table")
            try:
                rows = list((self._objects if is_json_lines(path) else self._cells)(path, progress))
            except RecordError as error:
                raise DataError(path, error.reason, row=error.row) from None
        if not rows:
            raise DataError(path, "the file holds no texts")
        refuse_if_larger(path, len(rows) * self.length * _BYTES_A_TOKEN, "all texts, filled up,")
        texts, labels = (list(column) for column in zip(*rows, strict=True))
        return texts, *classes_of(path, np.array(labels), self.class_column)

    def _objects(self, path: Path, progress: Progress) -> Iterator[_Row]:
        for row, held in json_lines(path, progress):
            value = held.get(self.class_column)
            if value is None or isinstance(value, list | dict):
                reason = f"the name or number of a class is needed, this is {kind_of(value)}"
                raise DataError(path, reason, row=row, column=self.class_column)
            yield text_in(path, row, held, self.text), self._class_of(path, row, spelled(value))

    def _cells(self, path: Path, progress: Progress) -> Iterator[_Row]:
        encoding = encoding_of(path, lambda done, told: progress(0.1 * done, told))
        lines = records(path, sniff(path, encoding, ""), lambda done, told: progress(0.1 + 0.9 * done, told))
        _, header = next(lines, (1, []))
        names = [cell.strip() for cell in header]
        places = [self._place_of(path, names, name) for name in (self.text, self.class_column)]
        for row, cells in lines:
            if len(cells) != len(names):
                reason = f"the row has {len(cells)} cells, the header {len(names)}; is a text unquoted?"
                raise DataError(path, reason, row=row)
            text, label = (cells[place].strip() for place in places)
            yield text, self._class_of(path, row, label)

    def _place_of(self, path: Path, names: Sequence[str], name: str) -> int:
        if name in names:
            return names.index(name)
        near = meant(name, names)
        hint = f"did you mean '{near}'?" if near else f"the first line names {', '.join(names)[:200]}"
        raise DataError(path, f"there is no column '{name}'; {hint}")

    def _class_of(self, path: Path, row: int, text: str) -> str:
        if not text:
            raise DataError(
                path, "the class is missing; fill it in, or remove the row", row=row, column=self.class_column
            )
        return text
