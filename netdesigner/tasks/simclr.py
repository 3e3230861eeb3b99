"""SimCLR: features of samples, learned without any targets by finding two versions of the same sample among others."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.evaluation.pictures import is_image, picture, to_unit
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param
from netdesigner.parts.preview import ImageGrid, Matrix, Preview
from netdesigner.parts.task import Curve, Task, answers_of, with_further
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["SimCLR"]

_SHOWN = 12
_FOLDS = 5
_TOGETHER = 1024
"""Samples whose angles to all others are looked at together, so that they need little memory."""


class SimCLR(Task):
    """A network learns to give two versions of a sample alike features, and those of different samples others.

    The augmentations of the design make the two versions of each sample of a batch, 2N in all. With the projections z
    of length 1 and a temperature T, each version is to find the other one of its sample among the 2N - 1 others, by the
    cross-entropy of the softmax of z·z'/T. The targets of the data are never learned from.

    They serve to judge the features: a logistic regression is fitted to the features of four fifths of the held-out
    samples and tried on the rest, five times over, and so is the majority of the nearest neighbours by their angle.

    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        first Output the features [N, D], which are taken away; second Output the projection [N, P], which the loss is
        taken of and which only serves training.

    Source:
        T. Chen et al., A simple framework for contrastive learning of visual representations, ICML 2020.
    """

    kind: ClassVar[str] = "simclr"
    title: ClassVar[str] = "Contrastive features (SimCLR)"
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("matched", "Other version found in the batch", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"
    augments: ClassVar[bool] = True

    temperature: float = param(
        0.5,
        above=0,
        max=100,
        help="how far scores are told apart; smaller ones look at the hardest others only",
    )
    neighbors: int = param(
        5,
        min=1,
        max=1000,
        label="Neighbours",
        help="how many nearest neighbours vote when features are judged",
    )

    @property
    def compares(self) -> int:
        """The features and the projection."""
        return 2

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Tells how alike samples are."""
        from netdesigner.evaluation.usage import vectors

        del role, data
        return vectors.main

    def usage(self) -> str:
        """Which Output is meant to be used."""
        return "The first output is what is taken away, the features of a sample; the second only served training."

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why an output is no vector of each sample; empty where it is one."""
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = f"{self.title} takes a vector of each sample, [{BATCH}, D], but the output is {output}"
            yield Misfit("ND420", message)

    # -------------------------------------------------------------------------------------------------- training

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """How well two versions of each sample find each other."""
        import torch
        from torch.nn import functional as F

        network, count = networks["network"], len(batch.input)
        given = network(torch.cat(self._versions(batch, network.training)))
        unit = F.normalize(answers_of(given)[-1].float())
        scores = unit @ unit.T / self.temperature
        scores = scores.masked_fill(torch.eye(2 * count, dtype=torch.bool, device=scores.device), -torch.inf)
        other = torch.arange(2 * count, device=scores.device).roll(count)
        losses = with_further(network, given, F.cross_entropy(scores, other))
        if not measure:
            return {"loss": losses["loss"]}
        return {"loss": losses["loss"], "matched": (scores.argmax(1) == other).float().mean(), **losses}

    def _versions(self, batch: Pair, training: bool) -> tuple[Tensor, Tensor]:
        """Two versions of each sample, by chance; where nothing is trained by the same chance each time."""
        import torch

        if self.augmented is None:
            return batch.input, batch.input
        if training:
            return self.augmented(batch).input, self.augmented(batch).input
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return self.augmented(batch).input, self.augmented(batch).input

    # --------------------------------------------------------------------------------------------------- judging

    def made(self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec) -> tuple[Preview, ...]:
        """Some held-out pictures, each before those whose features are nearest to its own."""
        import numpy as np

        shown = to_unit(input.float().cpu().numpy()) if input.ndim == 4 else input.cpu().numpy()
        if not is_image(shown) or len(shown) <= self.neighbors:
            return ()
        nearest = _nearest(self.answer(networks["network"], input).float().cpu().numpy(), self.neighbors)
        rows = (
            np.concatenate([shown[i], *shown[nearest[i]]], axis=2) for i in range(min(_SHOWN, len(shown)))
        )
        title = f"Held-out pictures, each before its {self.neighbors} nearest neighbours"
        return (ImageGrid(title, tuple(picture(row, "") for row in rows)),)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """How evenly the features are spread, and what they tell of the classes, where there are such.

        The uniformity is the logarithm of the mean of exp(-2 d²) over the distances d between features of length 1: the
        smaller, the more evenly they are spread (T. Wang, P. Isola, ICML 2020).

        Args:
            output: features [N, D].
            target: of the data.
            data: the names of the classes.
        """
        import numpy as np
        from sklearn import metrics

        measures = {"uniformity": _uniformity(output)} if len(output) > 1 else {}
        if target.ndim != 1 or not data.classes or np.sort(np.bincount(target, minlength=2))[-2] < 2:
            return measures, ()
        by_line, by_neighbors = _probed(output, target, self.neighbors)
        measures["linear_probe"] = float(metrics.accuracy_score(target, by_line))
        measures["neighbors"] = float(metrics.accuracy_score(target, by_neighbors))
        counts = metrics.confusion_matrix(target, by_line, labels=range(len(data.classes)))
        rows = tuple(tuple(float(count) for count in row) for row in counts)
        return measures, (Matrix("Confusions of the linear probe", "true", "said", data.classes, rows),)

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """How far each sample's features are from the nearest of another one, 1 less the cosine, [N]."""
        import numpy as np

        nearest = np.concatenate([cosines.max(axis=1) for cosines in _cosines(output)])
        found: np.ndarray = 1.0 - nearest.clip(min=-1.0)
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The class of a sample, where it has one, and how long its features are; arguments as of `judge`, of one."""
        import numpy as np

        known = bool(data.classes) and target.ndim == 0
        length = float(np.linalg.norm(output.astype(np.float64)))
        return data.classes[int(target)] if known else "no class", f"features of length {length:.3g}"

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """The class of a sample, and how long its features are; arguments as of `words`."""
        return ", ".join(self.words(output, target, data))


def _unit(features: np.ndarray) -> np.ndarray:
    """Features of length 1, in double precision; those that are all 0 stay so."""
    import numpy as np

    wide = features.astype(np.float64)
    found: np.ndarray = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12)
    return found


def _cosines(features: np.ndarray) -> Iterator[np.ndarray]:
    """Those of the features of some samples after the other to those of all, [n, N]; of each to itself -inf."""
    import numpy as np

    unit = _unit(features)
    for start in range(0, len(unit), _TOGETHER):
        cosines = unit[start : start + _TOGETHER] @ unit.T
        np.fill_diagonal(cosines[:, start:], -np.inf)
        yield cosines


def _uniformity(features: np.ndarray) -> float:
    """The logarithm of the mean of exp(-2 d²) over all pairs of two or more samples."""
    import numpy as np

    total = sum(float(np.exp(-2 * (2 - 2 * cosines)).sum()) for cosines in _cosines(features))
    return math.log(total / (len(features) * (len(features) - 1)))


def _nearest(features: np.ndarray, count: int) -> np.ndarray:
    """So many samples whose features have the smallest angle to each sample's own, the nearest first, [N, count]."""
    import numpy as np

    ranked = (np.argsort(-cosines, axis=1, kind="stable")[:, :count] for cosines in _cosines(features))
    return np.concatenate(list(ranked))


def _probed(features: np.ndarray, target: np.ndarray, neighbors: int) -> tuple[np.ndarray, np.ndarray]:
    """The class of each sample as a logistic regression and as the nearest neighbours in other folds say it."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import PredefinedSplit, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    by_class = np.random.default_rng(0).permutation(len(target))
    by_class = by_class[np.argsort(target[by_class], kind="stable")]
    folds = PredefinedSplit(np.argsort(by_class) % _FOLDS)  # those of a class are dealt out to all
    few = max(1, min(neighbors, len(target) - -(-len(target) // _FOLDS)))
    line = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    by_angle = KNeighborsClassifier(few, metric="cosine")
    by_line, by_neighbors = (cross_val_predict(m, features, target, cv=folds) for m in (line, by_angle))
    return by_line, by_neighbors
