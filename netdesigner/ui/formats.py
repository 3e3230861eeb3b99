"""How numbers, times and sizes are written for people."""

from __future__ import annotations

import math
import re

from netdesigner.parts.figures import measure, number

__all__ = [
    "count",
    "date",
    "duration",
    "ended",
    "measure",
    "number",
    "number_short",
    "plural",
    "run_title",
    "sentence",
    "short_count",
    "size",
]

_FILE_FIRST = re.compile(r"[^:,;]*\.[A-Za-z]\w*: ")
"""How a message begins that says something of a file."""


def sentence(text: str) -> str:
    """A message as it is shown: with a capital, unless the name of a file begins it, which is as it is.

    Names of nodes and blocks that begin one stand in quotation marks.
    """
    return text if _FILE_FIRST.match(text) else text[:1].upper() + text[1:]


def ended(text: str) -> str:
    """A message with a full stop, where it has no other end."""
    return text if not text or text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def count(value: int) -> str:
    """A whole number with its thousands apart: `1,234`."""
    return f"{value:,}"


def short_count(value: float) -> str:
    """A large number in three digits: `1.23 M`; below ten thousand all of it."""
    if abs(value) < 10_000:
        return f"{value:,.0f}"
    for limit, unit in ((1e6, "k"), (1e9, "M"), (1e12, "G"), (1e15, "T")):
        if abs(value) < limit:
            return f"{_three_digits(value / limit * 1000)} {unit}"
    return f"{value:.2e}"


def size(size_bytes: float) -> str:
    """A size in memory or on disk: `1.4 MB`, in units of 1,024."""
    value = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if abs(value) < 1024:
            return f"{value:,.0f} {unit}" if unit == "bytes" else f"{_three_digits(value)} {unit}"
        value /= 1024
    return f"{_three_digits(value)} TB"


def duration(seconds: float) -> str:
    """A length of time in its two largest units: `2 h 5 min`."""
    if not math.isfinite(seconds) or seconds < 0:
        return "unknown"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole < 600 else f"{round(whole / 60)} min"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def number_short(value: float) -> str:
    """A round number as an axis shows it: `0.05`, `20k`, `1e-6`."""
    if value and not 1e-3 <= abs(value) < 1e7:
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    return f"{value / 1000:g}k" if abs(value) >= 10_000 else f"{value:.4g}"


def plural(amount: int, noun: str) -> str:
    """A number of things: `1 error`, `2 errors`."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def run_title(name: str) -> str:
    """When a run was started, told from its folder's name; the name itself where that is no time."""
    from datetime import datetime

    stamp, _, number = name.partition("-")[2].partition("-")
    try:
        moment = datetime.strptime(f"{name[:8]}{stamp}", "%Y%m%d%H%M%S").astimezone()
    except ValueError:
        return name
    today = datetime.now().astimezone().date()
    words = f"today {moment:%H:%M:%S}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M}"
    return f"{words} ({number})" if number else words


def date(seconds_since_1970: float) -> str:
    """A moment in the user's own time: `today 14:05` or `2026-03-01 14:05`."""
    from datetime import datetime

    moment = datetime.fromtimestamp(seconds_since_1970).astimezone()
    today = datetime.now().astimezone().date()
    return f"today {moment:%H:%M}" if moment.date() == today else f"{moment:%Y-%m-%d %H:%M}"


def _three_digits(value: float) -> str:
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:,.{digits}f}"
