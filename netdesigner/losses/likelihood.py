"""Losses of how unlikely the true values are under a distribution that the network describes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import TrainingError
from netdesigner.parts.loss import VALUES, Loss, Span, Takes
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param
from netdesigner.parts.span import ANY

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["GaussianNLLLoss", "KLDivLoss", "PoissonNLLLoss"]


class PoissonNLLLoss(Loss):
    """For counts: how unlikely the true count is in a Poisson distribution whose rate the network gives.

    With r the rate and y the count: r - y log r, a mean over the batch and the targets. The network gives log r, or r
    itself without log_input.

    Shape:
        output [N, k]; target [N, k] float32 of 0 and more.

    Source: torch.nn.PoissonNLLLoss; P. McCullagh and J. A. Nelder, Generalized linear models, 1989, chapter 6.
    """

    kind: ClassVar[str] = "PoissonNLLLoss"
    learns: ClassVar[tuple[str, ...]] = (VALUES,)
    takes: ClassVar[Takes] = Takes("logarithms of rates")
    targets: ClassVar[Span] = Span(low=0)

    log_input: bool = param(True, help="the network gives the logarithm of the rate, else the rate itself")
    full: bool = param(
        False,
        help="adds what depends on the count alone, by Stirling's formula; nothing else is learned",
        advanced=True,
    )
    eps: float = param(
        1e-8, above=0, help="added to a rate whose logarithm is taken, without log_input", advanced=True
    )

    @property
    def says(self) -> str:
        """Logarithms of rates, or rates."""
        return "logarithms" if self.log_input else "values"

    def expected(self) -> Takes:
        """Rates where no logarithms."""
        return self.takes if self.log_input else Takes("rates of 0 and more", Span(low=0), "Softplus")

    def said(self, output: Tensor) -> Tensor:
        """The rate, which is the mean count."""
        return output.exp() if self.log_input else output


class GaussianNLLLoss(Loss):
    """How unlikely the true value is in a normal distribution whose mean and variance the network gives.

    With m the mean, v the variance and y the value: (log v + (y - m)²/v)/2, a mean over the batch and the targets. The
    first half of the output are the means, the second the variances, one for each target.

    Shape:
        output [N, 2k], the second half of 0 and more; target [N, k] float32.

    Source: torch.nn.GaussianNLLLoss; D. A. Nix and A. S. Weigend, Estimating the mean and variance of the target
    probability distribution, ICNN 1994.
    """

    kind: ClassVar[str] = "GaussianNLLLoss"
    learns: ClassVar[tuple[str, ...]] = (VALUES,)
    takes: ClassVar[Takes] = Takes("means, then variances of 0 and more", Span(low=0), "Softplus")

    full: bool = param(False, help="adds log(2π)/2, which changes nothing that is learned", advanced=True)
    eps: float = param(1e-6, above=0, help="the smallest variance that is computed with", advanced=True)

    @property
    def says(self) -> str:
        """Means and variances."""
        return "means"

    def normalizer(self, worth: float, count: int) -> float:
        """What `full` adds, where it is not added."""
        del count
        return 0.0 if self.full else worth * math.log(2 * math.pi) / 2

    def features(self, count: int) -> tuple[int, ...]:
        """A mean and a variance for each value."""
        return (2 * count,)

    def misfits(self, features: int, last_kind: str, values: Span | None = ANY) -> Iterator[Misfit]:
        """As of every loss; what keeps the variances above 0 has to leave the means alone."""
        for misfit in super().misfits(features, last_kind, values):
            yield misfit._replace(halve_last=True) if misfit.code == "ND423" else misfit

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch.

        Raises:
            TrainingError: a variance is below 0.
        """
        mean, variance = output.chunk(2, 1)
        try:
            found: Tensor = criterion(mean, target, variance)
        except ValueError:
            least = variance.min().item()
            raise TrainingError(
                f"GaussianNLLLoss takes variances of 0 and more, and the network gave {least:.4g}",
                advice=("Put a Softplus before the second half of the output.",),
            ) from None
        return found

    def said(self, output: Tensor) -> Tensor:
        """The means."""
        return output.chunk(2, 1)[0]


class KLDivLoss(Loss):
    """For targets that are shares of a whole: how far the network's distribution is from the true one.

    Σᵢ yᵢ (log yᵢ - outputᵢ) with y the true shares, a mean over the batch ("batchmean", which torch names the right
    one; its default divides by the number of shares as well).

    Shape:
        output [N, k] logarithms of probabilities; target [N, k] float32 that sum to 1, or their logarithms.

    Source: torch.nn.KLDivLoss; S. Kullback and R. A. Leibler, On information and sufficiency, Annals of Mathematical
    Statistics 22, 1951.
    """

    kind: ClassVar[str] = "KLDivLoss"
    learns: ClassVar[tuple[str, ...]] = (VALUES,)
    takes: ClassVar[Takes] = Takes("logarithms of probabilities", Span(high=0), "LogSoftmax")
    reduction: ClassVar[str] = "batchmean"

    log_target: bool = param(False, help="the targets are logarithms of shares, not shares")

    @property
    def says(self) -> str:
        """Logarithms of shares, where those are not the targets themselves."""
        return "values" if self.log_target else "logarithms"

    def check_targets(self, target: np.ndarray) -> None:
        """Refuses targets that are no shares of a whole.

        Raises:
            TrainingError: shares below 0, or shares of a sample that do not sum to 1.
        """
        import numpy as np

        shares = np.exp(target) if self.log_target else target
        sums = shares.sum(axis=1)
        worst = int(np.abs(sums - 1).argmax())
        if shares.min() < 0 or abs(sums[worst] - 1) > 1e-3:
            said = "logarithms of shares that" if self.log_target else "shares that are 0 or more and"
            raise TrainingError(
                f"KLDivLoss learns {said} sum to 1, and those of one sample sum to {sums[worst]:.4g}",
                advice=("Choose another loss, or divide each sample's targets by their sum.",),
            )

    def said(self, output: Tensor) -> Tensor:
        """The shares, or their logarithms where those are the targets."""
        return output if self.log_target else output.exp()
