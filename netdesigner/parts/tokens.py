r"""How tokens are called, so that a name says which bytes a token stands for, and texts are read again from tokens.

A name is the text of the token. A newline is an arrow; what cannot be shown, what is no whole character, and what would
be taken for an arrow, a hidden token or such a byte, is spelled as bytes, `\x..`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from netdesigner.parts.dataset import HIDDEN

__all__ = ["NEWLINE", "bytes_of", "characters_in", "name_of", "parts_of", "text_of"]

NEWLINE = "↵"
_PIECE = re.compile(r"\\x([0-9a-f]{2})|(.)", re.DOTALL)
_UPPER_BYTE = re.compile(r"\\x([89a-f][0-9a-f])|(.)", re.DOTALL)
"""Bytes of characters beside ASCII, which are a text only together with their neighbours."""


def name_of(token: bytes) -> str:
    """What a token of some bytes is called; no two have the same name."""
    text = token.decode("utf-8", "surrogateescape")
    parts = ("".join(map(_spelled, part)) for part in text.split("\\x"))
    return "\\x5cx".join(parts)


def _spelled(character: str) -> str:
    if character == "\n":
        return NEWLINE
    if character.isprintable() and character not in (NEWLINE, HIDDEN):
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "surrogateescape"))


def bytes_of(name: str) -> bytes:
    """The bytes of a token by its name."""
    return b"".join(
        bytes.fromhex(byte) if byte else ("\n" if text == NEWLINE else text).encode("utf-8", "replace")
        for byte, text in _PIECE.findall(name)
    )


def text_of(names: Iterable[str]) -> str:
    """The text that tokens make together, on one line; what is no whole character is told by a mark."""
    pieces = (piece for name in names for piece in _UPPER_BYTE.findall(name))
    found = b"".join(
        bytes.fromhex(byte) if byte else text.encode("utf-8", "replace") for byte, text in pieces
    )
    return found.decode("utf-8", "replace")


def characters_in(name: str) -> int:
    """How many characters begin in a token; all tokens of a text together have as many as the text."""
    return sum(byte & 0xC0 != 0x80 for byte in bytes_of(name))


def parts_of(token: bytes, ranks: Mapping[bytes, int]) -> tuple[bytes, ...]:
    """What a learned token was before its last merge: its bytes, joined as the tokens of lower ranks say."""
    parts = [bytes([byte]) for byte in token]
    own = ranks[token]
    while len(parts) > 2:
        known = ((ranks.get(a + b, own), place) for place, (a, b) in enumerate(pairwise(parts)))
        rank, place = min(known)
        if rank >= own:
            break
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return tuple(parts)
