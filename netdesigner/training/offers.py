"""What the program offers to change where a run failed: a closed set of edits of the training settings.

An event carries their names only, so nothing that is read from a file or comes from another process can bring in an
edit that does not stand here. No torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from netdesigner.document import Value
from netdesigner.parts.training_settings import TrainingSettings

__all__ = ["OFFERS", "Offer", "for_no_memory", "for_not_finite", "sentences"]

_CLIP_NORM = 1.0


class Offer(NamedTuple):
    """One change of the training settings.

    Attributes:
        name: what an event calls it.
        change: the settings to be set, by name; none where there is nothing left to change.
        words: what it does; the new settings are filled in by name.
        more: what else there is to say, one sentence.
    """

    name: str
    change: Callable[[TrainingSettings], Mapping[str, Value]]
    words: str
    more: str = ""


def _slower(settings: TrainingSettings) -> Mapping[str, Value]:
    return {"learning_rate": float(f"{settings.learning_rate / 10:.6g}")}


def _clipped(settings: TrainingSettings) -> Mapping[str, Value]:
    norm = settings.clip_norm
    return {"clip_norm": _CLIP_NORM} if norm is None or norm > _CLIP_NORM else {}


def _halved(settings: TrainingSettings) -> Mapping[str, Value]:
    """Half the samples at a time, and twice as many times before the weights change."""
    half = settings.batch_size // 2
    return {"batch_size": half, "accumulate": min(100_000, 2 * settings.accumulate)} if half else {}


def _recomputed(settings: TrainingSettings) -> Mapping[str, Value]:
    return {} if settings.recompute else {"recompute": True}


def _bfloat16(settings: TrainingSettings) -> Mapping[str, Value]:
    return {} if settings.precision == "bfloat16" else {"precision": "bfloat16"}


OFFERS: Mapping[str, Offer] = {
    offer.name: offer
    for offer in (
        Offer("lower_rate", _slower, "Lower the rate to {learning_rate:g}"),
        Offer("clip", _clipped, "Clip gradients at {clip_norm:g}"),
        Offer(
            "halve_batch",
            _halved,
            "Halve the batch to {batch_size}",
            "With accumulate {accumulate} the steps stay as large as they were.",
        ),
        Offer(
            "recompute",
            _recomputed,
            "Recompute blocks and repetitions",
            "They are not remembered for the backward pass then, which takes about a third more time.",
        ),
        Offer("bfloat16", _bfloat16, "Use the precision bfloat16"),
    )
}
"""By name."""


def for_not_finite(settings: TrainingSettings) -> tuple[str, ...]:
    """What may help where numbers are not finite, by name; the first is the most likely to."""
    wider = ("bfloat16",) if settings.precision == "float16" else ()
    return _that_change(("lower_rate", "clip", *wider), settings)


def for_no_memory(settings: TrainingSettings, on_gpu: bool, has_units: bool = False) -> tuple[str, ...]:
    """What may help where memory ran out, by name; on most processors shorter numbers are slow.

    Args:
        settings: those of the run.
        on_gpu: whether it was the memory of a GPU.
        has_units: whether there are blocks or repetitions, which could be recomputed.
    """
    again = ("recompute",) if has_units else ()
    shorter = ("bfloat16",) if on_gpu and settings.precision == "float32" else ()
    return _that_change(("halve_batch", *again, *shorter), settings)


def _that_change(names: Iterable[str], settings: TrainingSettings) -> tuple[str, ...]:
    return tuple(name for name in names if OFFERS[name].change(settings))


def sentences(names: Iterable[str], settings: TrainingSettings) -> tuple[str, ...]:
    """Offers as advice."""
    found = (OFFERS[name] for name in names)
    return tuple(f"{offer.words}. {offer.more}".format(**offer.change(settings)).strip() for offer in found)
