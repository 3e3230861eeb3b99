"""Segmentation: which of several classes each pixel of a picture belongs to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import TrainingError
from netdesigner.parts.dataset import NO_CLASS, DataSpec
from netdesigner.parts.loss import CLASSES
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Matrix, Preview, Table
from netdesigner.parts.task import Curve, Task
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.tasks._places import kept_of, mean_nats, said_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Segmentation"]

_NAMED = 3
"""How many of the classes in a picture are named, the largest first."""


class Segmentation(Task):
    """Learns which class each pixel belongs to, by the loss that is chosen: as a rule the cross-entropy.

    To the loss each pixel is a sample. Pixels without a class count nowhere. The curve of the accuracy is the share of
    the pixels that are said right, a mean over the pictures in which a pixel has a class. The mean IoU is told of a
    whole part only: it comes from the pixels of all pictures together, and is no mean of what single batches give.
    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        output [N, K, H, W] as the loss takes its numbers, of two classes with some losses [N, 1, H, W]; target
        [N, H, W] int64.

    Source:
        J. Long, E. Shelhamer, T. Darrell, Fully convolutional networks for semantic segmentation, CVPR 2015, with the
        measures in section 5; M. Everingham et al., The Pascal visual object classes challenge, IJCV 111, 2015.
    """

    kind: ClassVar[str] = "segmentation"
    title: ClassVar[str] = "Segmentation"
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("pixel_accuracy", "Pixel accuracy", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = CLASSES
    usual_loss: ClassVar[str] = "CrossEntropyLoss"
    draws: ClassVar[str] = "the picture, what is true, what was said"

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to tell the classes of pixels; empty where it can."""
        for misfit in self._misfits(output, data, last_kind):
            yield misfit._replace(axis=1)

    def _misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        if not data.classes or data.boxes or data.target.rank != 3:
            given = f"{len(data.classes)} classes" if data.classes else "values"
            yield Misfit(
                "ND421",
                f"Segmentation learns a class for each pixel, but the targets are {given} {data.target}",
            )
            return
        wanted = self.chosen_loss.features(len(data.classes))
        size = data.target.shape[1:]
        features = output.shape[1] if output.rank == 4 else 0
        height, width = size
        shapes = " or ".join(f"[{BATCH}, {number}, {height}, {width}]" for number in wanted)
        if output.rank != 4 or output.shape[0] != BATCH or not output.is_float:
            message = f"Segmentation takes scores for each pixel, {shapes}, but the output is {output}"
            yield Misfit("ND420", message, features=wanted[0])
        elif features not in wanted:
            takes = f", for which {self.chosen_loss.label()} takes {shapes}" if wanted[1:] else ""
            message = (
                f"There are {len(data.classes)} classes{takes}, but the output {output} has {features} scores"
            )
            yield Misfit("ND420", f"{message} a pixel", features=wanted[0], size=self._other(output, size))
        elif self._other(output, size):
            message = f"There is a class for each of {height}×{width} pixels, but the output is {output}"
            yield Misfit("ND420", message, size=self._other(output, size))
        yield from self.chosen_loss.misfits(features if features in wanted else wanted[0], last_kind)

    def _other(self, output: TensorSpec, size: tuple[int | str, ...]) -> tuple[int, int] | None:
        """The height and width of the masks, where the output has others for certain."""
        height, width = size
        known = all(isinstance(length, int) for length in (*output.shape[2:], height, width))
        return (int(height), int(width)) if known and output.shape[2:] != size else None

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Draws the classes of pixels."""
        from netdesigner.evaluation.usage import masks

        del role, data
        return masks.main

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """A mean over the pictures, "pixel_accuracy", while the loss is one over the pixels."""
        right = (self._scores(output).argmax(-1) == target).flatten(1).sum(1)
        known = (target != NO_CLASS).flatten(1).sum(1)
        shares = (right / known.clamp(min=1)).sum()
        return {"pixel_accuracy": shares / (known > 0).sum().clamp(min=1)}

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers and class of each pixel, [N·H·W, F] and [N·H·W]."""
        return output.movedim(1, -1).flatten(0, -2), target.flatten()

    def _scores(self, output: Tensor) -> Tensor:
        """A score for each class of each pixel, [N, H, W, K]."""
        each = output.movedim(1, -1)
        return self.chosen_loss.scores(each.flatten(0, -2)).view(*each.shape[:-1], -1)

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """The class that is said of each pixel, and how wrong that is in nats, [N, H, W, 2].

        Args:
            networks: the module under "network".
            input: pictures.
            target: [N, H, W] class numbers.
        """
        return kept_of(self._scores(self.answer(networks["network"], input).float()), target)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Mean IoU, Dice and accuracies of all pixels together; each class; confusions; the colours of the classes.

        The IoU of a class: pixels that are of it and said to be, by those that are of it or said to be; its Dice: twice
        the former by the sum of those that are of it and those that are said to be. The means are over the classes
        that occur: IoU and Dice of those that are true or said somewhere, the accuracy of the true ones.

        Args:
            output: [N, H, W, 2], as of `answers`.
            target: [N, H, W] class numbers.
            data: the names of the classes.

        Raises:
            TrainingError: no pixel has a class.
        """
        import numpy as np

        from netdesigner.evaluation.masks import legend

        count = len(data.classes)
        counts = np.zeros((count, count), np.int64)
        for one, true in zip(output, target, strict=True):
            known = true != NO_CLASS
            pairs = count * true[known] + said_of(one)[known]
            counts += np.bincount(pairs, minlength=count * count).reshape(count, count)
        if not counts.any():
            raise TrainingError(
                f"no pixel of the {len(target):,} pictures that are held out has a class, so nothing can be judged",
                advice=("Hold more pictures out, or draw masks for some of these.",),
            )
        hits, truly, said = np.diagonal(counts), counts.sum(axis=1), counts.sum(axis=0)
        with np.errstate(invalid="ignore"):
            overlap, found, dice = hits / (truly + said - hits), hits / truly, 2 * hits / (truly + said)
        measures = {
            "mean_iou": float(np.nanmean(overlap)),
            "mean_dice": float(np.nanmean(dice)),
            "pixel_accuracy": float(hits.sum() / counts.sum()),
            "mean_class_accuracy": float(np.nanmean(found)),
        }
        return measures, (
            _by_class((overlap, dice, found), truly, data),
            _confusions(counts, data),
            legend(data.classes),
        )

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of the softmax of the scores, a mean over the pixels of each picture, [N]."""
        return mean_nats(output, target)

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The largest classes in a picture, and those that were said with the share of its pixels that is right.

        Args:
            output: [H, W, 2], of one picture.
            target: [H, W] class numbers.
            data: the names of the classes.
        """
        said = said_of(output)
        return _named(target, data), f"{_named(said, data)} ({self._right(said, target)} right)"

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """How much of a picture is right; which pixels those are can be seen."""
        if (target == NO_CLASS).all():
            return "no pixel has a class"
        return f"{self._right(said_of(output), target)} of the pixels right"

    def _right(self, said: np.ndarray, target: np.ndarray) -> str:
        return f"{100 * (said == target).sum() / max(1, (target != NO_CLASS).sum()):.1f} %"

    def drawn(self, images: np.ndarray, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Each picture three times side by side: as it is, with the true classes, with those that were said."""
        import numpy as np

        from netdesigner.evaluation.masks import overlaid
        from netdesigner.evaluation.pictures import side_by_side

        views = np.zeros_like(target), target, said_of(output)
        return side_by_side(overlaid(images, classes) for classes in views)


def _named(classes: np.ndarray, data: DataSpec) -> str:
    import numpy as np

    counts = np.bincount(classes[classes != NO_CLASS], minlength=len(data.classes))
    largest = [number for number in np.argsort(-counts, kind="stable")[:_NAMED] if counts[number]]
    return ", ".join(data.classes[number] for number in largest)


def _by_class(shares: tuple[np.ndarray, ...], truly: np.ndarray, data: DataSpec) -> Table:
    """One row a class; a number that there is none of is left empty."""
    from netdesigner.evaluation.classes import cells

    rows = tuple(
        (name, *cells(*each), int(pixels))
        for name, *each, pixels in zip(data.classes, *shares, truly, strict=True)
    )
    return Table("By class", ("class", "IoU", "Dice", "accuracy", "pixels"), rows)


def _confusions(counts: np.ndarray, data: DataSpec) -> Matrix:
    """Of every true class, how many per cent of its pixels were said to be of each class."""
    shares = 100 * counts / counts.sum(axis=1, keepdims=True).clip(1)
    values = tuple(tuple(round(float(share), 1) for share in row) for row in shares)
    return Matrix("Confusions, in % of each true class", "true", "said", data.classes, values)
