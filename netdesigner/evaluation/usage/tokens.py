"""Texts as tokens and back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from netdesigner.parts.dataset import HIDDEN, MARKS
from netdesigner.parts.tokens import bytes_of, parts_of

__all__ = ["Tokens", "words_of"]

_SHORT = re.compile("'(?:s|t|re|ve|m|ll|d)")
_RUN = re.compile(r" ?L+| ?N+| ?O+|[ S]+(?![LNO])|[ S]+")


class Tokens:
    """The tokens that a network knows.

    Args:
        names: what they are called, in the order of their numbers, as the file tells.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        marks = (MARKS, MARKS[:1])  # of pairs of texts, and of texts that are filled up to one length
        self.first = next((len(some) for some in marks if self.names[: len(some)] == some), 0)
        own = [name for name in self.names[self.first :] if name != HIDDEN]
        self._ranks = {bytes_of(name): rank for rank, name in enumerate(own)}
        self._of_bytes = all(bytes([byte]) in self._ranks for byte in range(256))
        self._merges = {}
        for token, rank in self._ranks.items():
            parts = parts_of(token, self._ranks)
            if self._of_bytes and len(parts) == 2:
                self._merges[parts] = rank

    def numbers(self, text: str) -> list[int]:
        """The numbers of a text's tokens; ▒ is one that is hidden, where the network knows hidden ones."""
        if HIDDEN in self.names and HIDDEN in text:
            before, _, behind = text.partition(HIDDEN)
            return [*self.numbers(before), self.names.index(HIDDEN), *self.numbers(behind)]
        if self._of_bytes:
            pieces = [
                piece for word in words_of(text) for piece in self._merged(word.encode("utf-8", "replace"))
            ]
        else:
            pieces = [letter.encode("utf-8", "replace") for letter in text]
        other = self._ranks.get(b"?", 0)
        return [self.first + self._ranks.get(piece, other) for piece in pieces]

    def _merged(self, word: bytes) -> list[bytes]:
        """The tokens of a word, by byte pair encoding: of neighbours that are a token, the earliest learned first."""
        pieces = [bytes([byte]) for byte in word]
        while pairs := [pair for pair in pairwise(pieces) if pair in self._merges]:
            pair = min(pairs, key=self._merges.__getitem__)
            at = next(at for at in range(len(pieces)) if (*pieces[at : at + 2],) == pair)
            pieces[at : at + 2] = [pair[0] + pair[1]]
        return pieces

    def text(self, numbers: Iterable[int]) -> str:
        """The text that tokens are, without marks."""
        names = (self.names[number] for number in numbers if number >= self.first)
        found = b"".join(HIDDEN.encode() if name == HIDDEN else bytes_of(name) for name in names)
        return found.decode("utf-8", "replace")


def words_of(text: str) -> Iterator[str]:
    """The words of a text, each with the space before it; letters, digits and signs are words of their own."""
    kinds = "".join(map(_kind, text))
    at = 0
    while at < len(text):
        found = _SHORT.match(text, at) or _RUN.match(kinds, at)
        assert found is not None, "every character is of a kind"
        yield text[at : found.end()]
        at = found.end()


def _kind(letter: str) -> str:
    """A letter for what a character is: a space, other white space, a letter, a digit, or something else."""
    if letter.isspace():
        return " " if letter == " " else "S"
    kind = unicodedata.category(letter)[0]
    return kind if kind in "LN" else "O"
