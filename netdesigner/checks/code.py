"""What a code of a problem means."""

from __future__ import annotations

from typing import NamedTuple

from netdesigner.checks.report import ERROR

__all__ = ["OTHERWISE", "Code"]


class Code(NamedTuple):
    """What a code means.

    Attributes:
        title: a few words, as a heading.
        explanation: one paragraph: why it matters and what mends it.
        severity: how bad it is unless a problem says otherwise.
        section: which choice of the design is at fault, as `Problem.section`.
        malformed: as `Problem.malformed`.
    """

    title: str
    explanation: str
    severity: str = ERROR
    section: str = ""
    malformed: bool = False


OTHERWISE = "Choose another, update the program, or turn on the plugin that has it."
