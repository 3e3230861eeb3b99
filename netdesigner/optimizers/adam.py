"""Adam and what came of it: steps by running means of the gradient and of its square."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.part import Floats, param

__all__ = ["Adafactor", "Adam", "AdamW", "Adamax", "NAdam", "RAdam"]

_BETAS = "how much of the running means of the gradient and of its square is kept at each step"
_EPS = "added to a denominator so that nothing is divided by zero"
_AMSGRAD = "use the largest mean square seen so far (Reddi et al., 2018)"
_DECOUPLED = "shrink the weights directly, as AdamW does, and not through the gradient"


class AdamW(Optimizer):
    """Adam whose weight decay does not pass through the running means; a good first choice.

    Source: Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019.
    """

    kind: ClassVar[str] = "AdamW"
    fused: ClassVar[bool] = True

    betas: Floats = param((0.9, 0.999), min=0, max=0.999999, length=2, help=_BETAS)
    eps: float = param(1e-8, min=0, help=_EPS, advanced=True)
    amsgrad: bool = param(False, help=_AMSGRAD, advanced=True)

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 3 if self.amsgrad else 2


class Adam(Optimizer):
    """Steps by the mean gradient over the root of the mean squared gradient.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015.
    """

    kind: ClassVar[str] = "Adam"
    fused: ClassVar[bool] = True

    betas: Floats = param((0.9, 0.999), min=0, max=0.999999, length=2, help=_BETAS)
    eps: float = param(1e-8, min=0, help=_EPS, advanced=True)
    amsgrad: bool = param(False, help=_AMSGRAD, advanced=True)
    decoupled_weight_decay: bool = param(False, help=_DECOUPLED, advanced=True)

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 3 if self.amsgrad else 2


class NAdam(Optimizer):
    """Adam with Nesterov's momentum.

    Source: Dozat, "Incorporating Nesterov Momentum into Adam", 2016.
    """

    kind: ClassVar[str] = "NAdam"

    betas: Floats = param((0.9, 0.999), min=0, max=0.999999, length=2, help=_BETAS)
    eps: float = param(1e-8, min=0, help=_EPS, advanced=True)
    momentum_decay: float = param(4e-3, min=0, help="how the momentum grows over the steps", advanced=True)
    decoupled_weight_decay: bool = param(False, help=_DECOUPLED, advanced=True)


class RAdam(Optimizer):
    """Adam that takes plain momentum steps until its running means can be trusted.

    Source: Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020.
    """

    kind: ClassVar[str] = "RAdam"

    betas: Floats = param((0.9, 0.999), min=0, max=0.999999, length=2, help=_BETAS)
    eps: float = param(1e-8, min=0, help=_EPS, advanced=True)
    decoupled_weight_decay: bool = param(False, help=_DECOUPLED, advanced=True)


class Adamax(Optimizer):
    """Adam with the largest gradient seen lately in place of the mean square.

    Source: Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2015, section 7.
    """

    kind: ClassVar[str] = "Adamax"

    betas: Floats = param((0.9, 0.999), min=0, max=0.999999, length=2, help=_BETAS)
    eps: float = param(1e-8, min=0, help=_EPS, advanced=True)


class Adafactor(Optimizer):
    """Adam with rows and columns in place of a full mean square, for networks that barely fit into memory.

    Torch's parameter `eps` is left at its default: it is a pair whose first number may be absent.

    Source: Shazeer and Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018.
    """

    kind: ClassVar[str] = "Adafactor"

    beta2_decay: float = param(
        -0.8, max=0, help="how the mean square forgets: the exponent of the step number"
    )
    d: float = param(1.0, min=1, help="steps longer than this, as a root mean square, are cut", advanced=True)

    @property
    def slots(self) -> int:
        """See `Optimizer.slots`."""
        return 0
