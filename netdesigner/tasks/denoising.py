"""Denoising: to give a sample back as it was before noise was put into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ParameterError
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.part import param
from netdesigner.tasks._given_back import GivesBack
from netdesigner.tasks._own_noise import own_generators

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import Tensor, nn

__all__ = ["Denoising"]


class Denoising(GivesBack):
    """Learns to give a sample back as it was, from one with noise in it; the targets of the data are not looked at.

    Noise of the normal distribution is added to each number, and some numbers are hidden, drawn anew whenever a sample
    is learned from; for validation and evaluation each sample has its own, always the same. A network with a narrow
    place is a denoising autoencoder. Where it is used it is given samples that have noise in them already.

    Shape:
        output as the input, [N, ...]; with a loss of means and variances [N, 2C, ...], the means first.

    Source:
        P. Vincent et al., Extracting and composing robust features with denoising autoencoders, ICML 2008.
    """

    kind: ClassVar[str] = "denoising"
    title: ClassVar[str] = "Denoising"
    does: ClassVar[tuple[str, str]] = ("takes noise out of", "gives back the input")
    draws: ClassVar[str] = "with noise, what was made of it, as it was"

    noise: float = param(
        0.5,
        min=0,
        max=100,
        help="standard deviation of what is added to each number, as the data are scaled for the network",
    )
    hidden: float = param(
        0.0, min=0, max=0.99, help="the share of numbers that are 0 instead, which is their mean as a rule"
    )

    def check_together(self) -> None:
        """There is something to take out.

        Raises:
            ParameterError: neither is noise added nor is anything hidden.
        """
        if not self.noise and not self.hidden:
            raise ParameterError(
                "noise",
                "without noise and hidden numbers there is nothing to take out; expected more than 0, or choose the "
                "task Reconstruction",
            )

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Takes noise out of samples."""
        from netdesigner.evaluation.usage import denoised

        del role, data
        return denoised.main

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """How far from the samples is what the network makes of noisy ones; as of every task."""
        network = networks["network"]
        noisy = self._noisy(batch.input) if network.training else self._noisy_alike(batch.input)
        wanted = self.wanted(batch.input, batch.target)
        return self.one_pass(network, criterion, Pair(noisy, wanted), measure=measure)

    def answer(self, network: nn.Module, input: Tensor) -> Tensor:
        """The noisy samples and what the network makes of them, [N, 2, F], each a row of numbers as `wanted`."""
        import torch

        noisy = self._noisy_alike(input)
        said = self.chosen_loss.said(super().answer(network, noisy).float().flatten(1))
        return torch.stack([noisy.flatten(1), said], 1)

    def _noisy(self, input: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Samples with noise, drawn on the processor where a generator is given."""
        import torch

        place = input.device if generator is None else torch.device("cpu")
        noisy = input + self.noise * torch.randn(input.shape, generator=generator, device=place).to(input)
        if self.hidden:
            stays = torch.rand(input.shape, generator=generator, device=place) >= self.hidden
            noisy = noisy * stays.to(input)
        return noisy

    def _noisy_alike(self, input: Tensor) -> Tensor:
        """Samples with noise that is each one's own."""
        import torch

        return torch.stack([self._noisy(*pair) for pair in zip(input, own_generators(input), strict=True)])

    def said(self, output: np.ndarray) -> np.ndarray:
        """What was made of the noisy samples, [N, F].

        Args:
            output: as of `answer`.
        """
        return output[:, 1]

    def shared(self, output: np.ndarray, target: np.ndarray, mse: float) -> dict[str, float]:
        """The share of the squared error of the noisy samples that is gone; none where they had no noise."""
        import numpy as np

        before = float(np.square(output[:, 0] - target).mean(dtype=np.float64))
        return {"noise_removed": 1 - mse / before} if before else {}

    def views(self, output: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, ...]:
        """Samples with noise, what was made of them, and as they were; arguments as of `judge`."""
        return output[:, 0], output[:, 1], target
