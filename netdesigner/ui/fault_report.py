"""What can be sent to whoever mends the program: plain text, which the user can read before."""

from __future__ import annotations

import getpass
import os
import re
from contextlib import suppress
from functools import cache
from pathlib import Path

__all__ = ["fault_report", "redacted"]

_LAST_LINES = 60
_LAST_BYTES = 32 * 1024
_SHORTEST_NAME = 3
_SEPARATOR = r"[\\/]+"


def fault_report(what: str, log: Path | None = None) -> str:
    """A report: what happened, the versions, and what the log says last; the home folder and the user are not named.

    Args:
        what: what happened, with its trace.
        log: the log file, or None.
    """
    parts = [what.strip(), _versions()]
    if log is not None and (lines := _last_lines(log)):
        parts.append(f"The log ends with\n{lines}")
    return redacted("\n\n".join(parts)) + "\n"


def redacted(text: str) -> str:
    """The text with `~` for the home folder and USER for the name of the user."""
    home = str(Path.home())
    for folder in dict.fromkeys((home, os.path.realpath(home))):
        parts = [re.escape(part) for part in re.split(_SEPARATOR, folder)]
        if any(parts):
            text = re.sub(_SEPARATOR.join(parts) + r"(?![\w.-])", "~", text, flags=re.IGNORECASE)
    names = {Path(home).name}
    with suppress(OSError, KeyError, ImportError):
        names.add(getpass.getuser())
    for name in sorted(names - {""}, key=len, reverse=True):
        # A name of one or two letters stands in too many words, so it is looked for in paths alone.
        before, after = (
            (r"(?<!\w)", r"(?!\w)") if len(name) >= _SHORTEST_NAME else (r"(?<=[\\/])", r"(?=[\\/])")
        )
        text = re.sub(before + re.escape(name) + after, "USER", text, flags=re.IGNORECASE)
    return text


@cache
def _versions() -> str:
    from netdesigner.ui.about import versions

    return "\n".join(f"{title}: {version}" for title, version in versions().items())


def _last_lines(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _LAST_BYTES))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-_LAST_LINES:])
