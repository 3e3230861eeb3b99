"""Reconstruction: to give back what came in, through a network that cannot simply hand it on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.evaluation.pictures import is_image, picture, side_by_side, to_unit
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import ImageGrid, Preview
from netdesigner.parts.task import Numbers
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.tasks._values import ValuesTask, against, by_column, listed

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Reconstruction"]

_PICTURES = 24
_WORDS = 2


class Reconstruction(ValuesTask):
    """Learns to give its own input back, as the data were scaled for it; the targets of the data are not looked at.

    An autoencoder is a network with a narrow place. With a layer that adds noise or drops numbers behind the Input it
    learns to take them away again, for it is compared with what came before that layer. With a ReparameterizedSample in
    the narrow place, and the Kullback-Leibler divergence as a further Output of one number, which is added to the
    loss, it is a variational autoencoder.

    Shape:
        output as the input, [N, ...]; with a loss of means and variances [N, 2C, ...], the means first.

    Source:
        G. E. Hinton, R. R. Salakhutdinov, Reducing the dimensionality of data with neural networks, Science 313, 2006;
        P. Vincent et al., Extracting and composing robust features with denoising autoencoders, ICML 2008; D. P.
        Kingma, M. Welling, Auto-encoding variational Bayes, 2013.
    """

    kind: ClassVar[str] = "reconstruction"
    title: ClassVar[str] = "Reconstruction"
    draws: ClassVar[str] = "what came in, what came back"

    def wanted(self, input: Numbers, target: Numbers) -> Numbers:
        """The input, each sample as one row of numbers."""
        del target
        return input.reshape(len(input), -1)

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to be the input; empty where it can."""
        sample = tuple(dim for dim in data.input.shape[1:] if isinstance(dim, int))
        if not data.input.is_float or not sample or len(sample) < data.input.rank - 1:
            message = f"Reconstruction gives back values of a fixed shape, but samples are {data.input}"
            yield Misfit("ND421", f"{message}; choose another task or other data")
            return
        shape = (self.length(sample[0]), *sample[1:])
        if not output.is_float or not _is_like(output, shape):
            wanted = TensorSpec((BATCH, *shape))
            takes = f", for which {self.chosen_loss.label()} takes {wanted}" if shape != sample else ""
            message = f"Reconstruction gives back the input {data.input}{takes}, but the output is {output}"
            one = len(shape) == 1
            yield Misfit("ND420", message, features=shape[0] if one else None, shape=None if one else shape)
        if data.span is not None and not self.chosen_loss.targets.holds(data.span):
            message = f"{self.chosen_loss.label()} learns values {self.chosen_loss.targets.text}"
            scaling = "the data are scaled to mean 0 and deviation 1; set normalize to minmax"
            yield Misfit("ND424", f"{message}, and {scaling}", param="normalize")
        yield from self.chosen_loss.misfits(math.prod(shape), last_kind, data.span)

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
        pictures = target.reshape(-1, *(dim for dim in data.input.shape[1:] if isinstance(dim, int)))
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

        said = self.said(output[np.newaxis])[0]
        worst = np.sort(np.abs(said - target).argsort(kind="stable")[::-1][:_WORDS])
        known = len(data.features) == len(target)
        names = tuple(data.features[index] if known else f"number {index + 1}" for index in worst)
        return listed(names, target[worst]), listed(names, said[worst])

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """The mean absolute error; arguments as of `words`."""
        import numpy as np

        del data
        return f"error {self.errors(output[np.newaxis], target[np.newaxis])[0]:.3g}"

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
        captions = (f"error {errors[index]:.3g}" for index in chosen)
        title = f"From the least wrong to the most: {self.draws}"
        return ImageGrid(title, tuple(picture(*pair) for pair in zip(drawn, captions, strict=True)))


def _is_like(output: TensorSpec, shape: tuple[int, ...]) -> bool:
    """Whether an output may have these axes behind the batch; what is free in it may have any length."""
    return (
        output.shape[:1] == (BATCH,)
        and output.rank == len(shape) + 1
        and all(
            mine == theirs or (isinstance(mine, str) and mine != BATCH)
            for mine, theirs in zip(output.shape[1:], shape, strict=True)
        )
    )
