"""A range test of the learning rate: some steps at ever higher rates, from which one to train with is read off.

Source: L. N. Smith, Cyclical learning rates for training neural networks, WACV 2017, section 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from netdesigner.document import Design
from netdesigner.errors import TrainingError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import Progress, Samples, no_progress
from netdesigner.training.data import Pair
from netdesigner.training.device import release_memory
from netdesigner.training.setup import Build, Setup, set_up
from netdesigner.training.snapshot import Live
from netdesigner.training.update import NotFiniteError

__all__ = ["RangeTest", "find_rate", "suggested"]

_FEWEST = 10
"""So many points at least tell anything."""
_WIDTH = 0.03
"""Deviation of the bell that smooths the curve, as a part of its points; it looks both ways, and so shifts nothing."""
_BEYOND = 3.0
"""So many times its least value above that, a loss has run away."""
_RECENT = 3
_READ = 0.1
"""Part of the progress that reading the data is."""


@dataclass(frozen=True, slots=True)
class RangeTest:
    """What a range test found.

    Attributes:
        rates: the learning rate of each step, ever higher.
        losses: the loss at each.
        smooth: the same smoothed and cut where the loss runs away; the rates below are read off it.
        loss: the name of the curve that was looked at.
        networks: by role, those whose rate was changed.
        rate: what to train with; None where the loss fell at no rate.
        steepest: where the loss falls most steeply.
        least: where it is least.
        reason: one sentence on why.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smooth: tuple[float, ...]
    loss: str
    networks: tuple[str, ...]
    rate: float | None
    steepest: float
    least: float
    reason: str


def find_rate(
    design: Design,
    catalog: Catalog,
    build: Build,
    *,
    samples: Samples | None = None,
    device: str = "",
    progress: Progress = no_progress,
    steps: int = 100,
    lowest: float = 1e-7,
    highest: float = 10.0,
) -> RangeTest:
    """Trains a design's networks for some steps at ever higher learning rates, and keeps nothing of it.

    Args:
        design, catalog, build, samples, device: as of `loop.train`.
        progress: told while the data are read and after each step; raises `CancelledError` where the user cancelled.
        steps: at most; fewer where the loss runs away before.
        lowest, highest: the learning rates of the first and the last step.

    Raises:
        NetDesignerError: training cannot start, or ended before anything could be told.
    """
    if steps < _FEWEST or not 0 < lowest < highest:
        raise TrainingError(
            f"a range test takes at least {_FEWEST} steps and goes from a learning rate above 0 to a higher one, "
            f"got {steps} steps from {lowest:g} to {highest:g}"
        )

    def reading(fraction: float, text: str) -> None:
        progress(_READ * fraction, text)

    setup = _ready(set_up(design, catalog, build, samples=samples, device=device, progress=reading))
    setup.begin()
    rates, losses = [], []
    try:
        for step, rate, loss in _climbed(setup, steps, lowest, highest):
            progress(_READ + (1 - _READ) * step / steps, f"learning rate {rate:.3g}, loss {loss:.4g}")
            rates.append(rate)
            losses.append(loss)
            if _ran_away(losses):
                break
    finally:
        release_memory(setup.device)
    if len(losses) < _FEWEST:
        raise TrainingError(
            f"the loss became NaN or infinite after {len(losses)} steps, at a learning rate of "
            f"{(rates or [lowest])[-1]:.3g} already, so that none can be suggested",
            advice=("Check the scale of the data (normalize), and the layers that may overflow.",),
        )
    name, networks = _watched(setup)
    return suggested(rates, losses, name, networks)


def _ready(making: Iterator[Any]) -> Setup:
    """What a generator returns, whatever it tells on the way."""
    while True:
        try:
            next(making)
        except StopIteration as end:
            setup: Setup = end.value
            return setup


def _watched(setup: Setup) -> tuple[str, tuple[str, ...]]:
    """The curve that is looked at, which is that of the first turn, and the networks that learn."""
    turns = setup.task.turns()
    roles = tuple(dict.fromkeys(role for turn in turns for role in turn.roles))
    return turns[0].loss, roles


def _climbed(setup: Setup, steps: int, lowest: float, highest: float) -> Iterator[tuple[int, float, float]]:
    """After each step its number, its learning rate and the loss before it; ends where that is not finite."""
    live = Live(setup)
    name, _ = _watched(setup)
    live.enter_phase(setup.phases.at(0))
    batches, group = _endless(live), setup.settings.accumulate
    for step in range(steps):
        rate = lowest * (highest / lowest) ** (step / (steps - 1))
        live.update.learning_rate = rate * setup.phases.phase.rate
        live.randomness.enter()
        try:
            with torch.enable_grad():
                values = [
                    live.update(next(batches), 1 / group, at == 0, at + 1 == group).get(name)
                    for at in range(group)
                ]
        except NotFiniteError:
            return
        finally:
            live.randomness.leave()
        known = [float(value) for value in values if value is not None]
        if known:  # a turn does not come at every step
            loss = sum(known) / len(known)
            if not math.isfinite(loss):
                return
            yield step + 1, rate, loss


def _endless(live: Live) -> Iterator[Pair]:
    """Batches of one epoch after the other, as they are trained on."""
    augmented = live.setup.augmented
    while True:
        for pair in live.batches.shuffled(live.randomness.order):
            yield pair if augmented is None else augmented(pair)


def _ran_away(losses: Sequence[float]) -> bool:
    """Whether the last losses lie far above the least that there were."""
    if len(losses) < _FEWEST:
        return False
    start = losses[:_FEWEST]
    recent = [sum(losses[at : at + _RECENT]) / _RECENT for at in range(len(losses) - _RECENT + 1)]
    least = min(recent)
    return recent[-1] > least + _BEYOND * max(abs(least), max(start) - min(start))


def suggested(
    rates: Sequence[float], losses: Sequence[float], loss: str = "loss", networks: tuple[str, ...] = ()
) -> RangeTest:
    """What a curve of losses over ever higher rates says, with ten points at least.

    The suggestion is the rate at which the loss falls most steeply, but a tenth of that of the least loss at most:
    there it has begun to be unstable.
    """
    smooth = _smoothed(losses)
    least = min(range(len(smooth)), key=smooth.__getitem__)
    slopes = [
        (smooth[at + 1] - smooth[at - 1]) / math.log(rates[at + 1] / rates[at - 1])
        for at in range(1, max(2, least))
    ]
    steepest = 1 + min(range(len(slopes)), key=slopes.__getitem__)
    rate, reason = _read_off(rates, losses, smooth, steepest, least)
    return RangeTest(
        tuple(rates),
        tuple(losses),
        tuple(smooth),
        loss,
        networks,
        rate,
        rates[steepest],
        rates[least],
        reason,
    )


def _read_off(
    rates: Sequence[float], losses: Sequence[float], smooth: Sequence[float], steepest: int, least: int
) -> tuple[float | None, str]:
    noise = sorted(abs(raw - mean) for raw, mean in zip(losses, smooth, strict=True))[len(losses) // 2]
    if smooth[0] - smooth[least] <= 2 * noise:
        return None, (
            "The loss falls at none of these learning rates by more than it varies from batch to batch; "
            "larger batches, more steps or another optimizer may show more."
        )
    falls, tenth = f"The loss falls most steeply at {rates[steepest]:.2g}", rates[least] / 10
    ends = "where the test ended" if least == len(rates) - 1 else "beyond which it rises"
    if rates[steepest] <= tenth:
        return _rounded(rates[steepest]), f"{falls}, and is least at {rates[least]:.2g}, {ends}."
    return _rounded(tenth), (
        f"{falls}, close to where it is least, {rates[least]:.2g}, {ends}; a tenth of that is safer."
    )


def _rounded(rate: float) -> float:
    """With two digits, as a person would type it."""
    return float(f"{rate:.2g}")


def _smoothed(losses: Sequence[float]) -> list[float]:
    """Means under a bell around each point; losses are cut at the highest of the first, or the last hid the least."""
    top = max(losses[:_FEWEST])
    losses = [min(loss, top) for loss in losses]
    width = max(1.0, _WIDTH * len(losses))
    reach = round(3 * width)
    bell = [math.exp(-((at / width) ** 2) / 2) for at in range(-reach, reach + 1)]
    smooth = []
    for at in range(len(losses)):
        low, high = max(0, at - reach), min(len(losses), at + reach + 1)
        weights = bell[low - at + reach : high - at + reach]
        smooth.append(sum(w * v for w, v in zip(weights, losses[low:high], strict=True)) / sum(weights))
    return smooth
