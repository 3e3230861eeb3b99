"""A small JSON file that the window keeps for the user, and that never stands in the way of a start."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from netdesigner.document.atomic import write_atomically
from netdesigner.errors import FileError

__all__ = ["JsonFile"]

T = TypeVar("T")

_log = logging.getLogger(__name__)
_LARGEST_BYTES = 1_000_000
_UNREADABLE = (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError)


class JsonFile:
    """One file: damaged, it is put aside as NAME.damaged; what cannot be written is forgotten.

    Attributes:
        path: the file.
        trouble: what the user should know of it, in one sentence; "" while all is well.
        tell: told of a trouble when it comes.

    Args:
        path: the file.
        what: what lies in it, as in "the window's settings".
    """

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        self.trouble = ""
        self.tell: Callable[[str], None] = _log.warning
        self._what = what

    def read(self, parse: Callable[[Any], T]) -> T | None:
        """What the file says; None where there is none, or none that can be read.

        Args:
            parse: makes values of JSON; what does not fit is a `ValueError` or another error of Python's own.
        """
        try:
            if self.path.stat().st_size > _LARGEST_BYTES:
                raise ValueError("far too large")
            return parse(json.loads(self.path.read_text("utf-8")))
        except FileNotFoundError:
            return None
        except _UNREADABLE as error:
            self._put_aside(error)
            return None

    def write(self, data: Any) -> None:
        """Writes JSON, or says in `trouble` why not."""
        try:
            text = json.dumps(data, indent=2, sort_keys=True)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self.path, text.encode("utf-8"))
        except (OSError, FileError, ValueError) as error:
            self._say(f"{self._what.capitalize()} cannot be kept: {error}")

    def _put_aside(self, error: Exception) -> None:
        aside = self.path.with_name(f"{self.path.name}.damaged")
        _log.warning("%s: %s cannot be read (%r)", self._what, self.path, error)
        with suppress(OSError):
            self.path.replace(aside)
        kept = f" The file is kept as {aside}." if aside.exists() else ""
        self._say(f"{self._what.capitalize()} could not be read and had to begin anew.{kept}")

    def _say(self, trouble: str) -> None:
        """Tells a trouble, once however often it comes."""
        if trouble != self.trouble:
            self.trouble = trouble
            self.tell(trouble)
