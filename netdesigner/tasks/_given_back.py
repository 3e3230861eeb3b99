"""What the tasks have in common that give a sample back as it was; none is declared here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdesigner.evaluation.pictures import is_image, picture, side_by_side, to_unit
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.figures import number
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import ImageGrid, Preview
from netdesigner.parts.span import Span
from netdesigner.parts.task import Numbers
from netdesigner.tasks._values import LikeSamples, against, beyond, by_column, lengths_of, most_wrong

if TYPE_CHECKING:
    import numpy as np

__all__ = ["PICTURES", "GivesBack"]

PICTURES = 24
"""So many pictures are shown at once."""


class GivesBack(LikeSamples):
    """Learns what a sample is, as the data were scaled; the targets of the data are not looked at."""

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

    def shared(self, output: np.ndarray, target: np.ndarray, mse: float) -> dict[str, float]:
        """Measures that are shares, to be told behind the errors.

        Args:
            output, target: as of `judge`.
            mse: the mean squared error of what came back.
        """
        raise NotImplementedError

    def views(self, output: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, ...]:
        """What is drawn of samples, from left to right as `draws` says, each [n, F]; arguments as of `judge`."""
        raise NotImplementedError

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Mean squared and absolute error, and what is `shared`; samples from the least wrong to the most.

        Args:
            output: as of `said`.
            target: the samples, [N, F].
            data: the shape of a sample and the names of its columns.
        """
        import numpy as np

        said = self.said(output)
        mse = float(np.square(said - target).mean(dtype=np.float64))
        mae = float(np.abs(said - target).mean(dtype=np.float64))
        measures = {"mse": mse, "mae": mae, **self.shared(output, target, mse)}
        shape = (len(target), *lengths_of(data))
        if is_image(target.reshape(shape)):
            return measures, (self._grid(shape, output, target),)
        if data.input.rank == 2 and data.features:
            return measures, by_column(said, target, data.features, "column")
        return measures, (against(said.reshape(-1), target.reshape(-1), "All numbers"),)

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """Of one sample the few numbers that are most wrong, as they are and as they came back.

        Args:
            output: as of `said`, of one sample.
            target: the sample, [F].
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
        """The `views` of samples, brightened and darkened alike so that the samples themselves fill 0 to 1."""
        import numpy as np

        views = np.stack(self.views(output, target)).clip(target.min(), target.max())
        return side_by_side(to_unit(views).reshape(len(views), *images.shape))

    def _grid(self, shape: tuple[int, ...], output: np.ndarray, target: np.ndarray) -> ImageGrid:
        """Some pictures and what came back of them."""
        import numpy as np

        errors = self.errors(output, target)
        order = errors.argsort(kind="stable")
        chosen = order[np.linspace(0, len(order) - 1, min(PICTURES, len(order))).round().astype(int)]
        drawn = self.drawn(target[chosen].reshape(-1, *shape[1:]), output[chosen], target[chosen])
        captions = (f"error {number(errors[index])}" for index in chosen)
        title = f"From the least wrong to the most: {self.draws}"
        return ImageGrid(title, tuple(picture(*pair) for pair in zip(drawn, captions, strict=True)))
