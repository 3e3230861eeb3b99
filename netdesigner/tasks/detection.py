"""Detection: where things are in a picture, as boxes, and what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ParameterError
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.loss import gives_of
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import Floats, param
from netdesigner.parts.preview import Preview, Table
from netdesigner.parts.span import ANY
from netdesigner.parts.task import Curve, Task, answers_of, with_further
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    from netdesigner.tasks._grids import Grids

__all__ = ["Detection"]

_PLACE = 5
_MOST = 100
"""How many boxes of a picture are looked at, as COCO has it."""
_LEAST = 0.01
"""The confidence below which a box is not even looked at."""
_NAMED = 8
"""How many boxes of a picture are named."""


class Detection(Task):
    """Learns boxes around things and their classes, as YOLO does: by grids of cells with a few anchors each.

    The network gives one grid or several, each an Output of its own. For each of its anchors a cell says five numbers,
    which move and size the anchor and tell how sure it is, and a score for each class. A true box is to be found in the
    cell that its middle lies in, by the anchors of all grids whose forms overlap it enough. The loss has three terms,
    which are curves as well: one less the complete overlap of the boxes, and the binary cross-entropies of how sure
    they are and of the classes. The recall is the share of the true boxes that a box of their class, sure enough,
    overlaps by half, a mean over the pictures, of which one without boxes counts as found. The preview of the data
    tells anchors that suit its boxes.

    The mean average precision is told of a whole part only. It looks at all boxes, however unsure, after those are gone
    that a surer one of the same class overlaps. Further Outputs of one number are added to the loss.

    Shape:
        outputs [N, A·(5 + K), H, W] each, of A anchors a cell and K classes: x, y, w, h, how sure, scores, anchor by
        anchor; target [N, M, 5]: class, x, y, w, h in shares of the picture, with the middle of the box.

    Source:
        J. Redmon, A. Farhadi, YOLOv3: an incremental improvement, 2018; Z. Zheng et al., Distance-IoU loss: faster and
        better learning for bounding box regression, AAAI 2020, for the term of the boxes.
    """

    kind: ClassVar[str] = "detection"
    title: ClassVar[str] = "Detection"
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("recall", "Recall", better="higher", percent=True),
        Curve("box_loss", "Box loss"),
        Curve("objectness_loss", "Objectness loss"),
        Curve("class_loss", "Class loss"),
    )
    monitor: ClassVar[str] = "loss"
    draws: ClassVar[str] = "what is true, what was said"

    anchors: Floats = param(
        (0.024, 0.034, 0.055, 0.065, 0.089, 0.139, 0.195, 0.197, 0.325, 0.406, 0.827, 0.767),
        above=0,
        max=1,
        help="width and height of each anchor in shares of the picture's, from small to large; the finest grid has the "
        "first. Those of YOLOv3-tiny as a rule; the preview of the data tells better ones",
    )
    per_cell: int = param(
        3,
        min=1,
        label="Anchors per cell",
        help="anchors of each cell; there are as many grids, and Outputs, as that leaves",
    )
    box_weight: float = param(5.0, min=0, help="weight of the boxes in the loss", advanced=True)
    objectness_weight: float = param(1.0, min=0, help="weight of the objectness in the loss", advanced=True)
    class_weight: float = param(4.0, min=0, help="weight of the classes in the loss", advanced=True)
    shared: float = param(
        0.5,
        min=0,
        max=1,
        help="overlap of forms from which on a further anchor is to find a true box as well; 1: only the best one",
        advanced=True,
    )
    ignored: float = param(
        0.7,
        min=0,
        max=1,
        help="overlap with a true box from which on nothing is asked of a box that is not to find it",
        advanced=True,
    )
    overlap: float = param(
        0.45, min=0, max=1, help="largest overlap of two boxes of one class that both stay", advanced=True
    )
    confidence: float = param(
        0.5, min=0, max=1, help="how sure a box must be to be drawn, and to count for precision and recall"
    )

    def check_together(self) -> None:
        """The anchors are pairs, and fill whole grids."""
        each = 2 * self.per_cell
        if not self.anchors or len(self.anchors) % each:
            raise ParameterError(
                "anchors",
                f"expected a multiple of {each} numbers, a width and a height for each of {self.per_cell} anchors a "
                f"cell, got {len(self.anchors)}",
            )

    @property
    def compares(self) -> int:
        """One Output for each grid."""
        return len(self.anchors) // (2 * self.per_cell)

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Reads the grids, and keeps the surest of boxes that overlap."""
        from netdesigner.evaluation.usage import boxes

        del role, data
        return boxes.main

    def usage(self) -> str:
        """How a cell's numbers become boxes, with the anchors of each grid."""
        from netdesigner.evaluation.boxes import FURTHEST

        each = [f"{width:g} × {height:g}" for width, height in zip(*[iter(self.anchors)] * 2, strict=True)]
        grids = (each[at : at + self.per_cell] for at in range(0, len(each), self.per_cell))
        return (
            f"An output is a grid of cells, which say, anchor by anchor, five numbers a, b, c, d, e and a score for "
            f"each class. With the sigmoid s, the middle of a box lies at (column + s(a)) / columns, (row + s(b)) / "
            f"rows, counted from 0; it is exp(c) times as wide and exp(d) times as high as its anchor, with c and d "
            f"held between -{FURTHEST:g} and {FURTHEST:g}, and s(e)·s(score) is how sure its class is. The anchors, in "
            f"shares of the picture, are, from the finest grid to the coarsest: {'; '.join(map(', '.join, grids))}. Of "
            f"boxes of one class that overlap by more than {self.overlap:g} the surest stays."
        )

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why an output is no grid of the boxes of the data; empty where it is one."""
        for misfit in self._misfits(output, data, last_kind):
            yield misfit._replace(axis=1)

    def _misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        if not data.boxes or data.input.rank != 4:
            given = f"{len(data.classes)} classes" if data.classes else "values"
            learns = "Detection learns boxes with classes in pictures"
            yield Misfit(
                "ND421", f"{learns}, but samples are {data.input} and the targets are {given} {data.target}"
            )
            return
        count = len(data.classes)
        wanted = self.per_cell * (_PLACE + count)
        grid = f"[{BATCH}, {wanted}, rows, columns]"
        if output.rank != 4 or output.shape[0] != BATCH or not output.is_float:
            yield Misfit(
                "ND420", f"Detection takes a grid {grid}, but the output is {output}", features=wanted
            )
        elif output.shape[1] != wanted:
            each = f"{_PLACE} numbers and {count} scores for each of {self.per_cell} anchors"
            message = (
                f"A cell says {each}, {wanted} in all, but the output {output} has {output.shape[1]} a cell"
            )
            yield Misfit("ND420", message, features=wanted)
        elif any(
            isinstance(cells, int) and isinstance(pixels, int) and cells > pixels
            for cells, pixels in zip(output.shape[2:], data.input.shape[2:], strict=True)
        ):
            finer = f"the output {output} has more cells than a picture {data.input} has pixels"
            yield Misfit("ND420", f"A cell of a grid covers pixels, but {finer}")
        gives = gives_of(last_kind)
        if gives is not None and gives.span != ANY:
            message = f"Detection takes values of any size, and {last_kind} before the output gives {gives.words} only"
            yield Misfit("ND422", message, drop_last=True, severity="warning")

    # ------------------------------------------------------------------------------------------------- learning

    def compared(
        self, network: nn.Module, criterion: nn.Module | None, batch: Pair, *further: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """All boxes [N, P, 6] that are said of a batch, and the loss with its terms; arguments as of `Task`'s."""
        from netdesigner.tasks._grids import terms_of

        given = network(batch.input, *further)
        grids = self._grids(given)
        terms = terms_of(grids, batch.target, self.shared, self.ignored)
        loss = self.box_weight * terms.box + self.objectness_weight * terms.objectness
        loss = loss + self.class_weight * terms.label
        told = {"box_loss": terms.box, "objectness_loss": terms.objectness, "class_loss": terms.label}
        found = with_further(network, given, loss)
        return _boxes(grids), {**found, **{name: term.detach() for name, term in told.items()}}

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The share of each picture's true boxes that are found, a mean over the pictures, "recall"."""
        from netdesigner.evaluation.boxes import overlap

        there = target[..., 0] >= 0
        same = (output[:, :, None, 0] == target[:, None, :, 0]) & (output[:, :, None, 1] >= self.confidence)
        found = (same & (overlap(output[:, :, None, 2:], target[:, None, :, 1:]) >= 0.5)).any(1) & there
        missed = (there.sum(1) - found.sum(1)) / there.sum(1).clamp(min=1)
        return {"recall": 1 - missed.mean()}

    def _grids(self, given: Any) -> Grids:
        from netdesigner.tasks._grids import read_grids

        return read_grids(answers_of(given), self.anchors, self.per_cell)

    # -------------------------------------------------------------------------------------------------- judging

    def answer(self, network: nn.Module, input: Tensor) -> Tensor:
        """The boxes that are left of those in the grids, [N, 100, 6]: class, confidence, x, y, w, h, the surest first.

        Args:
            network: gives the grids.
            input: as of `step`.
        """
        from netdesigner.evaluation.boxes import surest

        return surest(_boxes(self._grids(network(input))), self.overlap, _LEAST, _MOST)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Mean average precision at an overlap of 0.5, and over 0.5 to 0.95; precision and recall of the sure boxes.

        The means are over the classes that occur. Precision and recall are of all boxes together at an overlap of 0.5.

        Args:
            output: [N, D, 6], as of `answer`.
            target: [N, M, 5] class, x, y, w, h.
            data: the names of the classes.
        """
        import numpy as np

        from netdesigner.evaluation.boxes import average_precision, matched
        from netdesigner.evaluation.masks import legend

        matches = matched(output, target)
        precisions = average_precision(output, target, len(data.classes), matches)
        sure = self._sure(output)
        right, truly = int((matches.true[0][sure] >= 0).sum()), int((target[..., 0] >= 0).sum())
        measures = {
            "map_50": float(np.nanmean(precisions[:, 0])) if truly else 0.0,
            "map_50_95": float(np.nanmean(precisions)) if truly else 0.0,
            "precision": right / max(int(sure.sum()), 1),
            "recall": right / max(truly, 1),
        }
        table = self._by_class(precisions, output[sure], matches.true[0][sure] >= 0, target, data)
        return measures, (table, legend(data.classes, ground=False))

    def _sure(self, output: np.ndarray) -> np.ndarray:
        """Which boxes count as said, [N, D]."""
        found: np.ndarray = (output[..., 0] >= 0) & (output[..., 1] >= self.confidence)
        return found

    def _by_class(
        self, precisions: np.ndarray, said: np.ndarray, right: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> Table:
        """One row a class; a number that there is none of is left empty."""
        rows = []
        for number, name in enumerate(data.classes):
            truly, mine = int((target[..., 0] == number).sum()), said[:, 0] == number
            pair = (precisions[number, 0], precisions[number].mean())
            numbers = [round(float(value), 4) if truly else "" for value in pair]
            rows.append((name, *numbers, truly, int(mine.sum()), int(right[mine].sum())))
        columns = ("class", "AP at 0.5", "AP at 0.5 to 0.95", "true boxes", "said", "of these right")
        return Table("By class", columns, tuple(rows))

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """What is missing of the true boxes, and how sure the others are, [N].

        A true box that was found misses one less the overlap times the confidence, one that was not found misses one.

        Args:
            output, target: as of `judge`.
        """
        from netdesigner.evaluation.boxes import matched

        matches = matched(output, target, (0.5,))
        taken, found = matches.true[0] >= 0, matches.overlap[0] * output[..., 1]
        others = (output[..., 1] * (~taken & (output[..., 0] >= 0))).sum(axis=1)
        missed: np.ndarray = (target[..., 0] >= 0).sum(axis=1) - (found * taken).sum(axis=1) + others
        return missed

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The classes of the true boxes, and of those that were said, with how sure each is.

        Args:
            output: [D, 6], of one picture.
            target: [M, 5].
            data: the names of the classes.
        """
        true = [data.classes[int(number)] for number in target[:, 0] if number >= 0]
        sure = output[self._sure(output)]
        return _listed(true), _listed([f"{data.classes[int(box[0])]} ({box[1]:.2f})" for box in sure])

    def drawn(self, images: np.ndarray, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Each picture twice side by side: with the true boxes, with those that were said and are sure enough."""
        import numpy as np

        from netdesigner.evaluation.outlines import outlined, thinned
        from netdesigner.evaluation.pictures import side_by_side

        said = np.where(self._sure(output)[..., np.newaxis], output, -1)[..., [0, 2, 3, 4, 5]]
        small = thinned(images, views=2)
        return side_by_side(outlined(small, boxes) for boxes in (target, said))


def _boxes(grids: Grids) -> Tensor:
    """Every box with its likeliest class and how sure that is, [N, P, 6]."""
    import torch

    score, number = grids.scores.max(dim=2)
    confidence = grids.sure.sigmoid() * score.sigmoid()
    return torch.cat([number[..., None].float(), confidence[..., None], grids.boxes], dim=2)


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (", ".join(names[:_NAMED]) or "nothing") + more
