"""Reads the records of a text table: which encoding, which delimiter, and every fault with its line and cell.

Not a part. Python's own reader does the splitting; it knows lines exactly, which faster readers do not.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from netdesigner.errors import DataError
from netdesigner.parts.dataset import Progress

__all__ = ["ENCODINGS", "Dialect", "RecordError", "delimiter_of", "encoding_of", "records", "sniff"]

ENCODINGS = (
    "", "utf-8", "utf-16", "cp1252", "latin-1", "cp1250", "cp1251", "cp437", "mac-roman",
    "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
"""What a user can say the bytes mean; empty: detected."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 2**20
_SAMPLE = 2**18
_LONGEST_LINE = 2**24
_PREFERRED = ("\t", ";", "|", ",")  # commas also stand inside numbers and texts, so they come last
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text table is written.

    Attributes:
        encoding: Python's name of it.
        delimiter: one character.
        skip: lines before the table, such as the `sep=;` that spreadsheets write.
    """

    encoding: str
    delimiter: str
    skip: int = 0


class RecordError(Exception):
    """A record that cannot be read; becomes a DataError where the columns' names are known.

    Args:
        row: the line, counted from 1.
        column: the cell's index, where known.
        reason: one sentence.
    """

    def __init__(self, row: int, column: int | None, reason: str) -> None:
        super().__init__(reason)
        self.row = row
        self.column = column
        self.reason = reason


def encoding_of(path: Path, progress: Progress) -> str:
    """The encoding of a file: as its byte order mark says, else UTF-8 if all of it is, else Windows' cp1252.

    Raises:
        OSError: it cannot be read.
        CancelledError: raised by `progress`.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    done, size = 0, max(path.stat().st_size, 1)
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                if not done and (
                    marked := next((name for mark, name in _MARKS if block.startswith(mark)), None)
                ):
                    return marked
                decoder.decode(block)
                done += len(block)
                progress(done / size, "finding out the encoding")
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def delimiter_of(text: str) -> str:
    r"""The character a user means: empty for detection, `tab` or `\t` for the tabulator, else itself.

    Raises:
        ValueError: it is not one usable character.
    """
    found = {"tab": "\t", "\\t": "\t"}.get(text.lower(), text)
    if found and (len(found) != 1 or found in '"\r\n\0' or found.isalnum()):
        raise ValueError(f"expected one character or tab, got {text!r}")
    return found


def sniff(path: Path, encoding: str, delimiter: str) -> Dialect:
    """How a table is written, from its beginning.

    The delimiter is the one that cuts most records into the same number of cells.

    Args:
        path: the file.
        encoding: its encoding.
        delimiter: where the user says it, else "".

    Raises:
        DataError: the beginning is not text in this encoding.
        OSError: the file cannot be read.
    """
    try:
        with path.open(encoding=encoding, newline="") as file:
            text = file.read(_SAMPLE)
            whole = not file.read(1)
    except UnicodeError:
        raise _not_text(path, encoding) from None
    lines = io.StringIO(text, newline="").readlines()
    if not whole and len(lines) > 1:
        lines.pop()
    said = lines[0].strip() if lines else ""
    if said[:4].lower() == "sep=" and len(said) == 5:
        return Dialect(encoding, delimiter or said[4], skip=1)
    return Dialect(encoding, delimiter or _most_even(lines))


def _most_even(lines: list[str]) -> str:
    best, best_share = ",", 0.0
    for candidate in _PREFERRED:
        widths = _widths(lines, candidate)
        width, often = Counter(widths).most_common(1)[0] if widths else (1, 0)
        share = often / len(widths) if widths else 0.0
        if width > 1 and share > best_share:
            best, best_share = candidate, share
    return best


def _widths(lines: list[str], delimiter: str) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(csv.Error):  # a fault is reported when the whole file is read
        found.extend(len(row) for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if row)
    return found


def records(path: Path, dialect: Dialect, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins in, counted from 1; empty lines are passed over.

    Raises:
        RecordError: a record cannot be read.
        DataError: the file is not text in this encoding.
        OSError: it cannot be read.
        CancelledError: raised by `progress`.
    """
    size = max(path.stat().st_size, 1)
    try:
        with path.open("rb") as raw, io.TextIOWrapper(raw, dialect.encoding, newline="") as text:
            lines = _Lines(text, dialect)
            reader = csv.reader(lines, delimiter=dialect.delimiter, strict=True, skipinitialspace=True)
            for count, (row, cells) in enumerate(_numbered(reader, lines)):
                if count % 5000 == 0:
                    progress(min(raw.tell() / size, 1.0), "reading rows")
                yield row, cells
    except UnicodeError:
        raise _not_text(path, dialect.encoding) from None


def _numbered(reader: Iterable[list[str]], lines: _Lines) -> Iterator[tuple[int, list[str]]]:
    rows = iter(reader)
    while True:
        begin = lines.count + 1
        lines.record.clear()
        try:
            cells = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise lines.fault(begin, error) from None
        if cells:
            yield begin, cells


class _Lines:
    """The lines of a file, with those of the current record kept for messages."""

    def __init__(self, text: io.TextIOWrapper, dialect: Dialect) -> None:
        self._text = text
        self._delimiter = dialect.delimiter
        self.record: list[str] = []
        self.count = 0
        for _ in range(dialect.skip):
            text.readline(_LONGEST_LINE)
            self.count += 1

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(_LONGEST_LINE):
            self.count += 1
            self.record.append(line)
            if "\0" in line:
                raise self._nul()
            if len(line) == _LONGEST_LINE:
                raise RecordError(self.count, None, "the line is too long; this is not a text table")
            yield line

    def _nul(self) -> RecordError:
        before, line = "".join(self.record[:-1]), self.record[-1]
        column = _cell_at(before + line[: line.index("\0")], self._delimiter)
        return RecordError(
            self.count,
            column,
            "a NUL byte; the file is damaged, or in UTF-16: then set the encoding to utf-16",
        )

    def fault(self, begin: int, error: csv.Error) -> RecordError:
        """What the reader's refusal of the current record means to a user."""
        text, limit = "".join(self.record), csv.field_size_limit()
        if "field limit" in str(error):
            reason = f"a cell of more than {limit:,} characters; is a closing quote missing?"
            return RecordError(begin, _cell_at(text, self._delimiter, limit), reason)
        if "unexpected end" in str(error):
            return RecordError(begin, _cell_at(text, self._delimiter), "a quote is opened and never closed")
        if "expected after" in str(error):
            return RecordError(
                begin, None, "text follows a closing quote; double the quotes inside a quoted cell"
            )
        return RecordError(begin, None, f"the line cannot be read ({error})")


def _cell_at(text: str, delimiter: str, longest: int | None = None) -> int:
    """The index of the cell at the end of the text, or of the first that is longer than allowed."""
    index, length, quoted = 0, 0, False
    for character in text:
        length += 1
        if character == _QUOTE:
            quoted = not quoted
        elif character == delimiter and not quoted:
            index, length = index + 1, 0
        if longest is not None and length > longest:
            break
    return index


def _not_text(path: Path, encoding: str) -> DataError:
    reason = f"this is not text in {encoding}; set the encoding"
    return DataError(path, reason, row=_undecodable(path, encoding))


def _undecodable(path: Path, encoding: str) -> int | None:
    """The first line that is not text in an encoding, where its lines can be told apart without decoding."""
    if encoding.startswith(("utf-16", "utf-32")):
        return None
    with path.open("rb") as file:
        for row, line in enumerate(file, 1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return row
    return None
