"""A run's `events.jsonl`: one event a line, every point of every curve.

It is the one file that is not replaced as a whole: it grows for as long as a run lasts, and a crash may cost its last
line only, which is left out when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from netdesigner.training.events import Event, from_json, to_json

__all__ = ["FILE", "Log", "event_of", "read_events"]

FILE = "events.jsonl"
_LONGEST_LINE = 64 * 1024 * 1024
_MOST_WAITING = 64 * 1024 * 1024
"""Bytes that are held while they cannot be written: about a day of events at ten a second."""


class Log:
    """Appends events to the file of a run.

    A disk that is full does not stop training: what cannot be written waits in memory and is written once it can be.

    Args:
        run: the run's folder; None writes nothing.

    Attributes:
        path: the file, or None.
        trouble: why what was given last is not in the file yet, or "".
    """

    def __init__(self, run: Path | None) -> None:
        self.path = run / FILE if run is not None else None
        self.trouble = ""
        self._waiting = bytearray()
        self._file: Any = None
        if self.path is not None:
            torn = _ends_within_a_line(self.path)
            self._file = self.path.open("ab", buffering=0)
            if torn:
                self._waiting += b"\n"

    def write(self, event: Event) -> None:
        """Appends an event and hands it to the system, so that it outlives this program."""
        if self._file is None:
            return
        line = json.dumps(to_json(event), allow_nan=False, separators=(",", ":"))
        if len(self._waiting) < _MOST_WAITING:
            self._waiting += line.encode() + b"\n"
        self._flush()

    def close(self) -> None:
        """Ends writing; a second time does nothing."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                self.trouble = str(error.strerror or error)

    def _flush(self) -> None:
        try:
            while self._waiting:
                del self._waiting[: self._file.write(self._waiting)]
            self.trouble = ""
        except OSError as error:
            self.trouble = str(error.strerror or error)


def _ends_within_a_line(path: Path) -> bool:
    if not path.exists() or path.stat().st_size == 0:
        return False
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) != b"\n"


def read_events(run: Path, steps: bool = True) -> Iterator[Event]:
    """The events of a run as they were written; lines that a crash tore or that say nothing known are left out.

    Args:
        run: the run's folder.
        steps: whether to include `Steps`, which are nearly all of a file.
    """
    try:
        with (run / FILE).open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                if not steps and line.startswith(b'{"event":"steps"'):
                    continue
                event = event_of(line)
                if event is not None:
                    yield event
    except OSError:
        return


def event_of(line: bytes) -> Event | None:
    """The event that a line holds; None where it was torn or says nothing known."""
    try:
        plain = json.loads(line)
        return from_json(plain) if isinstance(plain, dict) else None
    except (ValueError, RecursionError):
        return None
