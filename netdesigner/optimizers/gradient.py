"""Steps along the gradient itself, one learning rate for all weights."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.errors import ParameterError
from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.part import param

__all__ = ["ASGD", "SGD"]


class SGD(Optimizer):
    """Steps along the gradient, with momentum where it is set.

    Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
    """

    kind: ClassVar[str] = "SGD"
    fused: ClassVar[bool] = True

    momentum: float = param(0.0, min=0, max=1, help="how much of the step before is kept")
    dampening: float = param(
        0.0, min=0, max=1, help="how much of the gradient the momentum leaves out", advanced=True
    )
    nesterov: bool = param(False, help="look ahead along the momentum; needs momentum and no dampening")

    def check_together(self) -> None:
        """Refuses what torch refuses."""
        if self.nesterov and (self.momentum <= 0 or self.dampening != 0):
            raise ParameterError("nesterov", "needs a momentum above 0 and a dampening of 0")

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 1 if self.momentum else 0


class ASGD(Optimizer):
    """Steps along the gradient, with a running mean of the weights kept beside them.

    Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992.
    """

    kind: ClassVar[str] = "ASGD"

    lambd: float = param(1e-4, min=0, help="how fast the step shrinks")
    alpha: float = param(0.75, min=0, help="the exponent with which the step shrinks")
    t0: float = param(1e6, min=0, unit="steps", help="when averaging begins")

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 1
