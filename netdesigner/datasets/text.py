"""Text cut into windows of tokens, for networks that learn what comes next, or what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._json_lines import is_json_lines, texts_of
from netdesigner.datasets._previews import some_of
from netdesigner.datasets._source import chosen_file, reading, refuse_if_larger
from netdesigner.datasets._tokens import TextDataset, blocks_of, known_tokens, numbers_of
from netdesigner.errors import DataError
from netdesigner.parts.dataset import (
    CHANGED_BELOW,
    HIDDEN,
    HIDDEN_BELOW,
    NO_CLASS,
    DataSpec,
    Progress,
    Samples,
    no_progress,
)
from netdesigner.parts.part import param
from netdesigner.parts.preview import Bars, Preview, Text
from netdesigner.parts.rows import Rows
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.parts.tokens import NEWLINE, text_of

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PythonHelp", "TextFile"]

_SHOWN = 800
_BETWEEN = "\n\n"
_MOST_FREQUENT = 24
_LONG = 2**24
"""More tokens are held in as few bytes each as tell them apart."""
_BYTES_A_TOKEN, _MORE_HIDDEN = 4, 6
"""What a byte of a long text takes: as text, as a token, and while these are joined; and what hiding takes."""


class _Windows(TextDataset):
    """What both have in common: windows that follow one another, and as the target each window moved by one token.

    Every token is foretold in one window only. The held-out parts are stretches of the text, so that learned text lies
    next to what is held out only where such a stretch begins and ends.
    """

    continuous: ClassVar[bool] = True

    length: int = param(64, min=2, max=65536, unit="tokens", help="tokens in one sample")
    most: int = param(
        0,
        min=0,
        unit="tokens",
        label="Read at most",
        help="how much of the text is used, from its beginning; 0: all",
        advanced=True,
    )

    hidden: float = param(
        0.0,
        min=0,
        max=0.9,
        help="part of the tokens of each sample that are hidden, to be found from those around them; 0: at each place "
        "the next token is learned",
    )

    def _text(self, progress: Progress) -> str:
        raise NotImplementedError

    def _size(self) -> int:
        """How many characters or bytes there are at most, without reading what takes time to read."""
        raise NotImplementedError

    def describe(self) -> DataSpec:
        """What the samples look like; how many there are is known exactly once they are loaded.

        Raises:
            DataError: tokens are to be learned from the text, which cannot be read.
        """
        if self.tokens == "bpe":
            return self.load().spec
        return self._spec(known_tokens(self.tokens).names, self._rows(self._size()))

    def _rows(self, tokens: int) -> int:
        """How many whole windows there are with a token after each; the last target needs one more."""
        return max(0, min(tokens, self.most or tokens) - 1) // self.length

    def _spec(self, names: tuple[str, ...], rows: int) -> DataSpec:
        window = TensorSpec((BATCH, self.length), "int64")
        if not self.hidden:
            return DataSpec(window, window, names, rows, targets=("next token",))
        return DataSpec(window, window, (*names, HIDDEN), rows, targets=("hidden token",))

    def _learned_of(self, spec: DataSpec) -> tuple[str, ...]:
        return tuple(name for name in spec.classes if name != HIDDEN)

    def load(self, progress: Progress = no_progress) -> Samples:
        """All windows, in the order of the text; a rest that is shorter is left out.

        Raises:
            DataError: the text cannot be read, or is shorter than one window.
            MissingExtraError: tokens are to be learned, and the library for it is not installed.
            CancelledError: raised by `progress`.
        """
        text = self._text(progress)
        tokens = self._cutter(self._training_text(text, progress))
        numbers = numbers_of(text, tokens, lambda done, told: progress(0.5 + 0.5 * done, told))
        rows = self._rows(len(numbers))
        if rows < 1:
            there = min(len(numbers), self.most or len(numbers))
            raise DataError(
                self.label(),
                f"there are {there:,} tokens, and one sample takes {self.length + 1:,}; "
                "use more of the text, a longer one or a smaller length",
            )
        progress(1.0, "cut into windows")
        used = rows * self.length
        shape = (rows, self.length)
        windows, spec = numbers[:used].reshape(shape), self._spec(tokens.names, rows)
        if self.hidden:
            input, target = _with_hidden(windows, self.hidden, len(spec.classes))
        else:
            input, target = windows, numbers[1 : used + 1].reshape(shape)
        return Samples(_widened(input), _widened(target), spec)

    def _training_text(self, text: str, progress: Progress) -> Iterator[str]:
        """The pieces of a text that are trained on, as near as can be told before it is cut into samples."""
        count = self.shares(len(text))["train"]
        start = len(text) - self.turn(len(text))
        pieces = [
            *blocks_of(text[start : start + count]),
            *blocks_of(text[: max(0, start + count - len(text))]),
        ]
        for number, piece in enumerate(pieces):
            progress(0.5 * number / len(pieces), "learning tokens")
            yield piece

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """How the text begins, and the tokens that are met most often."""
        import numpy as np

        names = samples.spec.classes
        first = samples.input[: -(-_SHOWN // self.length)].reshape(-1)[:_SHOWN]
        start = text_of(names[token] for token in first).replace(NEWLINE, "\n")
        counts = np.bincount(some_of(samples.input).reshape(-1), minlength=len(names))
        order = np.argsort(counts, kind="stable")[::-1][:_MOST_FREQUENT]
        bars = Bars(
            "Most frequent tokens",
            tuple("space" if names[token] == " " else names[token] for token in order),
            tuple(float(counts[token]) for token in order),
        )
        return Text("Beginning", start), bars


def _widened(windows: np.ndarray) -> np.ndarray | Rows:
    """Windows as int64; those of a long text become so when they are needed, for that takes eight times the memory."""
    import numpy as np

    if windows.size <= _LONG:
        return windows.astype(np.int64)
    return Rows(windows.shape, "int64", lambda rows: windows[rows].astype(np.int64))


def _with_hidden(windows: np.ndarray, part: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows in which tokens are hidden, and the tokens that are to be found, `NO_CLASS` at all other places.

    Of the places that are to be found, four of five are marked, one of ten has any other token and one of ten its own.
    It is the same places each time.

    Args:
        windows: [N, length] tokens.
        part: how many places of a window are to be found; one at least.
        count: how many tokens there are, the last being the mark.
    """
    import numpy as np

    chance = np.random.default_rng(0)
    places = max(1, round(part * windows.shape[1]))
    input, target = windows.astype(np.min_scalar_type(count - 1)), np.full(windows.shape, NO_CLASS, np.int32)
    together = max(1, _LONG // windows.shape[1])
    for start in range(0, len(windows), together):
        some = slice(start, start + together)
        chosen = np.argsort(chance.random(windows[some].shape, np.float32), axis=1)[:, :places]
        wanted = np.take_along_axis(windows[some], chosen, axis=1)
        lot = chance.random(chosen.shape)
        any_other = chance.integers(count - 1, size=chosen.shape)
        shown = np.where(lot < HIDDEN_BELOW, count - 1, np.where(lot < CHANGED_BELOW, any_other, wanted))
        np.put_along_axis(input[some], chosen, shown, axis=1)
        np.put_along_axis(target[some], chosen, wanted, axis=1)
    return input, target


@cache
def _help_pages() -> str:
    from pydoc_data.topics import topics

    paragraphs = (part.strip("\n") for name in sorted(topics) for part in topics[name].split("\n\n"))
    return "\n\n".join(dict.fromkeys(paragraphs))


class PythonHelp(_Windows):
    """The help pages of Python's language reference: a third of a million characters of English that every Python has.

    Some pages repeat parts of others; each paragraph is taken once, so that nothing that is held out is learned from
    another page. Pythons of other versions have other pages.

    Shape:
        input [N, length] int64; target [N, length] int64, the token that comes next at each place, or of hidden ones
        what they are, and −100 elsewhere.

    Source:
        The module pydoc_data.topics of the Python that runs the program.
    """

    kind: ClassVar[str] = "python_help"
    title: ClassVar[str] = "Python's help pages (text)"
    embedded: ClassVar[bool] = True

    def _text(self, progress: Progress) -> str:
        progress(0.5, "reading the help pages")
        return _help_pages()

    def _size(self) -> int:
        pages = _help_pages()
        return len(pages.encode()) if self.tokens == "bytes" else len(pages)


class TextFile(_Windows):
    """A text file in UTF-8, or the texts in a file of JSON Lines, with an empty line between two of them.

    Lines of a text file may end in either way, and end in a newline then.

    Shape:
        input [N, length] int64; target [N, length] int64, the token that comes next at each place, or of hidden ones
        what they are, and −100 elsewhere.

    Source:
        The user's file; UTF-8 is RFC 3629.
    """

    kind: ClassVar[str] = "text"
    title: ClassVar[str] = "Text file"

    path: str = param("", path="file", help="the text in UTF-8, or JSON Lines (.jsonl) that hold texts")
    field: str = param(
        "text", label="Field of texts", help="of JSON Lines: the field that holds the text", advanced=True
    )

    def _text(self, progress: Progress) -> str:
        path = self._path()
        each = _BYTES_A_TOKEN + (_MORE_HIDDEN if self.hidden else 0)
        refuse_if_larger(path, self._size() * each, "the text")
        if is_json_lines(path):
            with reading(path):
                return _BETWEEN.join(text for _, (text,) in texts_of(path, [self.field], progress))
        progress(0.1, f"reading {path.name}")
        with reading(path):
            content = path.read_bytes()
        try:
            return content.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            raise DataError(path, f"not a text in UTF-8 (byte {error.start})") from None

    def _path(self) -> Path:
        return chosen_file(self.label(), self.path)

    def _size(self) -> int:
        path = self._path()
        with reading(path):
            return path.stat().st_size
