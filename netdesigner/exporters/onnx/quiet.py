"""Keeps what torch says to its own developers while it exports from the user's eyes, and nothing else.

Warnings are dropped on the exporting thread only; other threads keep theirs. `warnings.catch_warnings` would not do: it
swaps the filters of the whole process, and two threads that do so at once can leave them swapped.
"""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

__all__ = ["quiet"]

_LOGGERS = ("onnx_ir", "onnxscript", "torch.export", "torch.onnx")


class _OnThread:
    """Stands for the pattern in a filter of warnings: it matches any text, but on one thread and for a while."""

    def __init__(self) -> None:
        self.thread: int | None = threading.get_ident()

    def match(self, text: str) -> bool:
        """Whether the warning is one to drop."""
        return threading.get_ident() == self.thread


@contextmanager
def quiet() -> Iterator[None]:
    """Drops warnings of this thread, and messages of the exporter's loggers below the gravest."""
    pattern = _OnThread()
    entry: Any = ("ignore", pattern, Warning, None, 0)
    filters: Any = warnings.filters
    filters.insert(0, entry)
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        pattern.thread = (
            None  # wherever another thread may have copied the entry to, it matches nothing any more
        )
        with suppress(ValueError):
            filters.remove(entry)
