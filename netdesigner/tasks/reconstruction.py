"""Reconstruction: to give back what came in, through a network that cannot simply hand it on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.evaluation.pictures import is_image, picture, to_unit
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.preview import ImageGrid, Preview
from netdesigner.tasks._given_back import PICTURES, GivesBack
from netdesigner.tasks._narrow import evidence, from_noise

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Reconstruction"]


class Reconstruction(GivesBack):
    """Learns to give its own input back, as the data were scaled for it; the targets of the data are not looked at.

    An autoencoder is a network with a narrow place. With a ReparameterizedSample there, and the Kullback-Leibler
    divergence as a further Output of one number, which is added to the loss, it is a variational autoencoder. Samples
    that are augmented are to be given back as they came in, augmented; to take noise away is a task of its own.

    Shape:
        output as the input, [N, ...]; with a loss of means and variances [N, 2C, ...], the means first.

    Source:
        G. E. Hinton, R. R. Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313, 2006;
        D. P. Kingma, M. Welling, Auto-encoding variational Bayes, 2013.
    """

    kind: ClassVar[str] = "reconstruction"
    title: ClassVar[str] = "Reconstruction"
    does: ClassVar[tuple[str, str]] = ("gives back", "gives back the input")
    draws: ClassVar[str] = "what came in, what came back"

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Gives samples back."""
        from netdesigner.evaluation.usage import given_back

        del role, data
        return given_back.main

    def example_behind(self, kind: str) -> Callable[[list[str]], None] | None:
        """Makes samples of noise, behind a place where the network draws."""
        from netdesigner.evaluation.usage import made

        return made.main if kind == "ReparameterizedSample" else None

    def made_up(
        self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec
    ) -> Iterator[tuple[Tensor, None]]:
        """What a variational autoencoder makes of noise in its narrow place, of mean 0 and deviation 1.

        Other networks make up nothing, nor do those in which anything of the input gets past the narrow place.
        """
        if len(input) > 1:
            for output in from_noise(networks["network"], input):
                yield self.chosen_loss.said(output.flatten(1)).reshape(-1, *input.shape[1:]), None

    def made(self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec) -> tuple[Preview, ...]:
        """Some pictures that a variational autoencoder makes of noise."""
        for samples, _ in self.made_up(networks, input, data):
            pictures = samples[:PICTURES].cpu().numpy()
            if is_image(pictures):
                return (ImageGrid("Drawn out of noise", tuple(map(picture, to_unit(pictures)))),)
            break
        return ()

    def shared(self, output: np.ndarray, target: np.ndarray, mse: float) -> dict[str, float]:
        """The share of the variance that came through, left out where nothing varies.

        It is 1 - Σ(x - x̂)² / Σ(x - mean)² over all samples and numbers, each with its own mean, as principal
        components are told by.
        """
        import numpy as np

        middle = target.mean(axis=0, dtype=np.float64).astype(target.dtype)
        variance = float(np.square(target - middle).mean(dtype=np.float64))
        return {"variance_explained": 1 - mse / variance} if variance else {}

    def views(self, output: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, ...]:
        """What came in and what came back; arguments as of `judge`."""
        return target, self.said(output)

    def further(self, networks: Mapping[str, nn.Module], inputs: Iterator[Tensor]) -> dict[str, float]:
        """Of a variational autoencoder the evidence lower bound and its parts."""
        return evidence(networks["network"], self.chosen_loss, inputs)
