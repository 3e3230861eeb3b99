"""Steps by the gradient over the root of its squares, without a running mean of the gradient."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.part import param

__all__ = ["Adadelta", "Adagrad", "RMSprop"]

_EPS = "added to a denominator so that nothing is divided by zero"


class RMSprop(Optimizer):
    """Steps by the gradient over the root of its mean square.

    Source: Tieleman and Hinton, "Lecture 6.5: rmsprop", 2012; centred by Graves, 2013.
    """

    kind: ClassVar[str] = "RMSprop"

    alpha: float = param(0.99, min=0, max=1, help="how much of the mean square is kept at each step")
    eps: float = param(1e-8, min=0, help=_EPS, advanced=True)
    momentum: float = param(0.0, min=0, max=1, help="how much of the step before is kept")
    centered: bool = param(
        False, help="divide by the deviation of the gradient and not by its root mean square"
    )

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 1 + (self.momentum > 0) + self.centered


class Adagrad(Optimizer):
    """Steps that shrink with the sum of all squared gradients so far.

    Source: Duchi, Hazan and Singer, "Adaptive Subgradient Methods", 2011.
    """

    kind: ClassVar[str] = "Adagrad"

    lr_decay: float = param(0.0, min=0, help="how fast the learning rate falls with the number of steps")
    initial_accumulator_value: float = param(
        0.0, min=0, help="what the sum of squares begins with", advanced=True
    )
    eps: float = param(1e-10, min=0, help=_EPS, advanced=True)

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 1


class Adadelta(Optimizer):
    """Steps whose size follows from the sizes of the steps before; made for a learning rate of 1.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
    """

    kind: ClassVar[str] = "Adadelta"

    rho: float = param(0.9, min=0, max=1, help="how much of the running means is kept at each step")
    eps: float = param(1e-6, min=0, help=_EPS, advanced=True)
