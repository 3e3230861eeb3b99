"""Losses of how far a value is from the true one; d = output - target, in the targets' own unit."""

from __future__ import annotations

import math
from typing import ClassVar

from netdesigner.parts.loss import VALUES, Loss
from netdesigner.parts.part import param

__all__ = ["HuberLoss", "L1Loss", "MSELoss", "SmoothL1Loss"]


class _Distance(Loss):
    """What all have in common."""

    learns: ClassVar[tuple[str, ...]] = (VALUES,)


class MSELoss(_Distance):
    """The mean squared error, d²: large errors count most, and the mean of what may happen is learned.

    Shape:
        output [N, k]; target [N, k] float32.

    Source: torch.nn.MSELoss; C. F. Gauss, Theoria motus corporum coelestium, 1809, article 179.
    """

    kind: ClassVar[str] = "MSELoss"

    def normalizer(self, worth: float, count: int) -> float:
        """That of normal distributions, whose variance is such that squared errors count as much as they do."""
        return count / 2 * math.log(math.pi * count / worth)


class L1Loss(_Distance):
    """The mean absolute error, |d|: all errors count by their size, and the median of what may happen is learned.

    Shape:
        output [N, k]; target [N, k] float32.

    Source: torch.nn.L1Loss; P. Bloomfield and W. L. Steiger, Least absolute deviations, 1983.
    """

    kind: ClassVar[str] = "L1Loss"


class SmoothL1Loss(_Distance):
    """Between the squared and the absolute error: d²/(2 beta) where |d| < beta, else |d| - beta/2.

    It is HuberLoss divided by beta.

    Shape:
        output [N, k]; target [N, k] float32.

    Source: torch.nn.SmoothL1Loss; R. Girshick, Fast R-CNN, ICCV 2015.
    """

    kind: ClassVar[str] = "SmoothL1Loss"

    beta: float = param(
        1.0,
        min=0,
        help="the error at which squares turn into straight lines, in the target's unit; 0 is L1Loss",
    )


class HuberLoss(_Distance):
    """Between the squared and the absolute error: d²/2 where |d| < delta, else delta (|d| - delta/2).

    Shape:
        output [N, k]; target [N, k] float32.

    Source: torch.nn.HuberLoss; P. J. Huber, Robust estimation of a location parameter, Annals of Mathematical
    Statistics 35, 1964.
    """

    kind: ClassVar[str] = "HuberLoss"

    delta: float = param(
        1.0, above=0, help="the error at which squares turn into straight lines, in the target's unit"
    )
