"""Reads JSON Lines, one object a line, and says every fault with its line. Not a part."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from netdesigner.document.spelling import meant
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Progress

__all__ = ["is_json_lines", "json_lines", "kind_of", "text_in", "texts_of"]

_SUFFIXES = (".jsonl", ".ndjson")
_LONGEST_LINE = 2**24
_KINDS = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
}


class _FaultError(ValueError):
    """What is JSON for Python's reader and not for us."""


def is_json_lines(path: Path) -> bool:
    """Whether a file bears a name of JSON Lines; it is not looked into."""
    return path.suffix.lower() in _SUFFIXES


def kind_of(value: object) -> str:
    """What a value is, in words."""
    return _KINDS.get(type(value), "nothing (null)")


def json_lines(path: Path, progress: Progress) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every object with its line, counted from 1; empty lines are passed over, and so is a byte order mark.

    Halves of characters, which JSON may hold and no file can, become question marks.

    Raises:
        DataError: a line is no JSON object, names a field twice, holds NaN, is too long or not UTF-8; names it.
        OSError: the file cannot be read.
        CancelledError: raised by `progress`.
    """
    size = max(path.stat().st_size, 1)
    decoder = json.JSONDecoder(object_pairs_hook=_without_doubles, parse_constant=_refuse_constant)
    with path.open("rb") as file:
        row = done = 0
        while line := file.readline(_LONGEST_LINE):
            row, done = row + 1, done + len(line)
            if row % 5000 == 1:
                progress(done / size, "reading rows")
            if len(line) == _LONGEST_LINE:
                reason = f"the line has {_LONGEST_LINE:,} bytes or more, which is too long for a row"
                raise DataError(path, reason, row=row)
            found = _object(path, row, line.removeprefix(codecs.BOM_UTF8) if row == 1 else line, decoder)
            if found is not None:
                yield row, found


def _object(path: Path, row: int, line: bytes, decoder: json.JSONDecoder) -> dict[str, Any] | None:
    """The object in a line; None where the line is empty."""
    if row == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise DataError(path, "this is text in UTF-16; save it in UTF-8", row=row)
    try:
        text = line.decode("utf-8").strip()
        found = decoder.decode(text) if text else None
    except UnicodeDecodeError as error:
        raise DataError(path, f"not text in UTF-8 (byte {error.start + 1} of the line)", row=row) from None
    except json.JSONDecodeError as error:
        reason = f"no JSON at character {error.colno} ({error.msg})"
        raise DataError(path, reason, row=row) from None
    except RecursionError:
        raise DataError(path, "values are nested too deeply", row=row) from None
    except ValueError as error:
        reason = str(error) if isinstance(error, _FaultError) else "a number has too many digits"
        raise DataError(path, reason, row=row) from None
    if text and not isinstance(found, dict):
        whole = "; write each object of the list on a line of its own" if isinstance(found, list) else ""
        raise DataError(
            path, f"an object {{…}} has to stand in each line, this is {kind_of(found)}{whole}", row=row
        )
    if found and "\\u" in text:
        found = {_whole(name): _whole(value) for name, value in found.items()}
    return found


def _whole(value: Any) -> Any:
    """A text without halves of characters; anything else as it is."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value


def _without_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise _FaultError(f"the field '{double[:80]}' stands twice in one object")
    return found


def _refuse_constant(text: str) -> NoReturn:
    raise _FaultError(f"{text} is no number in JSON; write null where a value is missing")


def texts_of(path: Path, names: Sequence[str], progress: Progress) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Of every line some fields that hold texts, with the line.

    Args:
        path: the file.
        names: of the fields.
        progress: told how much was read.

    Raises:
        DataError: as of `json_lines`, and where a field is missing or holds no text.
        OSError: the file cannot be read.
        CancelledError: raised by `progress`.
    """
    for row, held in json_lines(path, progress):
        yield row, tuple(text_in(path, row, held, name) for name in names)


def text_in(path: Path, row: int, held: dict[str, Any], name: str) -> str:
    """The text that a field of a line holds; raises as `texts_of`."""
    if name not in held:
        near = meant(name, held)
        hint = f"did you mean '{near}'?" if near else f"the line has {', '.join(held)[:200] or 'none'}"
        raise DataError(path, f"there is no such field; {hint}", row=row, column=name)
    value = held[name]
    if not isinstance(value, str):
        raise DataError(path, f"a text is needed, this is {kind_of(value)}", row=row, column=name)
    return value
