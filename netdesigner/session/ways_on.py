"""What can be done with one press where a run failed: an edit of the design, and training that goes on from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from netdesigner.document import Design, Value
from netdesigner.document import edit as edits
from netdesigner.errors import PartError
from netdesigner.parts import TrainingSettings
from netdesigner.training.offers import OFFERS

__all__ = ["WayOn", "ways_on"]


class WayOn(NamedTuple):
    """One of the ways on.

    Attributes:
        words: what is changed.
        more: what else there is to say of it, or "".
        values: the training settings that it sets.
        resume: the run to go on with; None where it kept nothing that can be gone on with, so that a new one begins.
    """

    words: str
    more: str
    values: Mapping[str, Value]
    resume: Path | None

    @property
    def label(self) -> str:
        """All of it, as a button says it."""
        return f"{self.words} and {'train again' if self.resume is None else 'resume'}"

    def change(self, design: Design) -> Design:
        """The design with the settings."""
        return edits.set_training(design, design.training.with_values(self.values))


def ways_on(offers: Iterable[str], design: Design, run: Path | None) -> tuple[WayOn, ...]:
    """The ways on from a failure.

    Another size of batches is no reason to train again from the start: a run resumes with it where its epoch began.

    Args:
        offers: names from `training.offers`; one that is not known or has nothing left to change is passed over.
        design: with the settings to change.
        run: the folder of the run that failed; None where it never began.
    """
    from netdesigner.training.checkpoint import find

    try:
        settings = TrainingSettings.of(design.training, design.variables)
    except PartError:
        return ()
    resume = run if run is not None and find(run, "last") is not None else None
    known = (OFFERS[name] for name in offers if name in OFFERS)
    changes = ((offer, offer.change(settings)) for offer in known)
    return tuple(
        WayOn(offer.words.format(**new), offer.more.format(**new), new, resume)
        for offer, new in changes
        if new
    )
