"""The optimizers of torch.optim that fit one loop, with torch's own parameter names and defaults.

The learning rate and the weight decay belong to the training settings. Left out of every optimizer are `foreach`,
`fused`, `capturable` and `differentiable`, which change how it is computed and not what, and `maximize`, because a
loss is always made small. Weight decay means what it means in torch and applies to all parameters.

Three optimizers are not here: LBFGS calls the loss several times a step, so it needs a loop of its own; SparseAdam
takes sparse gradients only, which no layer of this program gives; Muon takes matrices only, so that biases, norms
and convolutions would need a second optimizer beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Choice
from netdesigner.errors import ParameterError
from netdesigner.parts.catalog import create
from netdesigner.parts.part import Floats, Part, param

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = [
    "ASGD",
    "OPTIMIZERS",
    "SGD",
    "Adadelta",
    "Adafactor",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "NAdam",
    "Optimizer",
    "RAdam",
    "RMSprop",
    "Rprop",
    "optimizer_of",
]

_BETAS = "how much of the running means of the gradient and of its square is kept at each step"
_EPS = "added to a denominator so that nothing is divided by zero"
_AMSGRAD = "use the largest mean square seen so far (Reddi et al., 2018)"
_DECOUPLED = "shrink the weights directly, as AdamW does, and not through the gradient"


class Optimizer(Part):
    """Changes the weights a little at each step so that the loss falls.

    Attributes:
        fused: torch has one kernel for the whole step; it is used because it is faster, on the CPU too.
        decays: it takes a weight decay.
    """

    fused: ClassVar[bool] = False
    decays: ClassVar[bool] = True

    @property
    def slots(self) -> int:
        """How many numbers it keeps for each weight, for a forecast of the memory needed."""
        return 2

    def build(
        self, parameters: Iterable[nn.Parameter], learning_rate: float, weight_decay: float | None = None
    ) -> torch.optim.Optimizer:
        """Torch's optimizer.

        Args:
            parameters: what it changes.
            learning_rate: torch's `lr`.
            weight_decay: torch's own default where None.

        Raises:
            ParameterError: the optimizer takes no weight decay.
        """
        import torch

        if weight_decay is not None and not self.decays:
            raise ParameterError("weight_decay", f"{self.kind} has none; leave the field empty")
        arguments: dict[str, Any] = {"lr": learning_rate, **self.values()}
        if weight_decay is not None:
            arguments["weight_decay"] = weight_decay
        changed = list(parameters)
        if self.fused and all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in changed):
            arguments["fused"] = True
        built: torch.optim.Optimizer = getattr(torch.optim, self.kind)(changed, **arguments)
        return built


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


class Adadelta(Optimizer):
    """Steps whose size follows from the sizes of the steps before; made for a learning rate of 1.

    Source: Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.
    """

    kind: ClassVar[str] = "Adadelta"

    rho: float = param(0.9, min=0, max=1, help="how much of the running means is kept at each step")
    eps: float = param(1e-6, min=0, help=_EPS, advanced=True)


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


class Rprop(Optimizer):
    """Steps by the sign of the gradient, each weight with a step size of its own; for full batches.

    Source: Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", 1993.
    """

    kind: ClassVar[str] = "Rprop"
    decays: ClassVar[bool] = False

    etas: Floats = param(
        (0.5, 1.2), above=0, length=2, help="factors of a step when the sign changes and when it stays"
    )
    step_sizes: Floats = param((1e-6, 50.0), above=0, length=2, help="the shortest and the longest step")

    def check_together(self) -> None:
        """Refuses what torch refuses."""
        if not self.etas[0] < 1.0 < self.etas[1]:
            raise ParameterError("etas", f"expected a number below 1 and one above 1, got {list(self.etas)}")


OPTIMIZERS: Mapping[str, type[Optimizer]] = {
    part.kind: part
    for part in (
        AdamW, Adam, SGD, RMSprop, NAdam, RAdam, Adamax, Adadelta, Adagrad, Adafactor, ASGD, Rprop,
    )
}  # fmt: skip
"""All optimizers by their kind, the most used first."""


def optimizer_of(choice: Choice, names: Mapping[str, int | float] | None = None) -> Optimizer:
    """The optimizer that was chosen.

    Raises:
        UnknownPartError: there is none of this kind.
        ParameterError: a parameter is unknown or not allowed.
    """
    return create("optimizer", OPTIMIZERS, choice, names or {})
