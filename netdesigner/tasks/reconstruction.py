"""Reconstruction: to give back what came in, through a network that cannot simply hand it on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.evaluation.pictures import is_image, picture, side_by_side, to_unit
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.figures import number
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import ImageGrid, Preview
from netdesigner.parts.span import Span
from netdesigner.parts.task import Numbers
from netdesigner.tasks._narrow import from_noise
from netdesigner.tasks._values import (
    LikeSamples,
    against,
    beyond,
    by_column,
    lengths_of,
    most_wrong,
)

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Reconstruction"]

_PICTURES = 24


class Reconstruction(LikeSamples):
    """Learns to give its own input back, as the data were scaled for it; the targets of the data are not looked at.

    An autoencoder is a network with a narrow place. With a layer that adds noise or drops numbers behind the Input it
    learns to take them away again, for it is compared with what came before that layer. With a ReparameterizedSample in
    the narrow place, and the Kullback-Leibler divergence as a further Output of one number, which is added to the
    loss, it is a variational autoencoder. Samples that are augmented are to be given back as they came in, augmented:
    what is to be taken away again belongs into a layer.

    Shape:
        output as the input, [N, ...]; with a loss of means and variances [N, 2C, ...], the means first.

    Source:
        G. E. Hinton, R. R. Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313, 2006;
        P. Vincent et al., Extracting and composing robust features with denoising autoencoders, ICML 2008; D. P.
        Kingma, M. Welling, Auto-encoding variational Bayes, 2013.
    """

    kind: ClassVar[str] = "reconstruction"
    title: ClassVar[str] = "Reconstruction"
    does: ClassVar[tuple[str, str]] = ("gives back", "gives back the input")
    draws: ClassVar[str] = "what came in, what came back"

    def wanted(self, input: Numbers, target: Numbers) -> Numbers:
        """The input, each sample as one row of numbers."""
        del target
        return input.reshape(len(input), -1)

    def learned(self, data: DataSpec) -> Span | None:
        """What the scaling of the data makes of them."""
        return data.span

    def out_of_reach(self) -> Misfit:
        """That the data are scaled so."""
        return beyond(self.chosen_loss)

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
            pictures = samples[:_PICTURES].cpu().numpy()
            if is_image(pictures):
                return (ImageGrid("Drawn out of noise", tuple(map(picture, to_unit(pictures)))),)
            break
        return ()

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Mean squared and absolute error, the share of the variance that came through; inputs and what came back.

        That share is 1 - Σ(x - x̂)² / Σ(x - mean)² over all samples and numbers, each with its own mean, as principal
        components are told by; it is left out where nothing varies.

        Args:
            output: [N, ...], or as the loss takes it.
            target: the inputs, [N, F].
            data: the shape of an input and the names of its columns.
        """
        import numpy as np

        said = self.said(output)
        mse = float(np.square(said - target).mean(dtype=np.float64))
        measures = {"mse": mse, "mae": float(np.abs(said - target).mean(dtype=np.float64))}
        middle = target.mean(axis=0, dtype=np.float64).astype(target.dtype)
        variance = float(np.square(target - middle).mean(dtype=np.float64))
        if variance > 0:
            measures["variance_explained"] = 1 - mse / variance
        pictures = target.reshape(-1, *lengths_of(data))
        if is_image(pictures):
            return measures, (self._grid(pictures, output, target),)
        if data.input.rank == 2 and data.features:
            return measures, by_column(said, target, data.features, "column")
        return measures, (against(said.reshape(-1), target.reshape(-1), "All numbers"),)

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """Of one sample the few numbers that are most wrong, as they came in and as they came back.

        Args:
            output: [...], or as the loss takes it.
            target: the input, [F].
            data: the names of the columns.
        """
        import numpy as np

        return most_wrong(self.said(output[np.newaxis])[0], target, data)

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """The mean absolute error; arguments as of `words`."""
        import numpy as np

        del data
        return f"error {number(self.errors(output[np.newaxis], target[np.newaxis])[0])}"

    def drawn(self, images: np.ndarray, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """What came in and what came back, brightened and darkened alike so that what came in fills 0 to 1."""
        import numpy as np

        both = np.stack([target, self.said(output).clip(target.min(), target.max())])
        return side_by_side(to_unit(both).reshape(2, *images.shape))

    def _grid(self, inputs: np.ndarray, output: np.ndarray, target: np.ndarray) -> ImageGrid:
        """Some pictures and what came back of them."""
        import numpy as np

        errors = self.errors(output, target)
        order = errors.argsort(kind="stable")
        chosen = order[np.linspace(0, len(order) - 1, min(_PICTURES, len(order))).round().astype(int)]
        drawn = self.drawn(inputs[chosen], output[chosen], target[chosen])
        captions = (f"error {number(errors[index])}" for index in chosen)
        title = f"From the least wrong to the most: {self.draws}"
        return ImageGrid(title, tuple(picture(*pair) for pair in zip(drawn, captions, strict=True)))
