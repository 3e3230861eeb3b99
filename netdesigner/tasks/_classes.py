"""What the tasks have in common that learn one class a sample; none is declared here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.loss import CLASSES
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.preview import Matrix, Preview, Table
from netdesigner.parts.task import Curve, Task
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    from netdesigner.evaluation.classes import Areas

__all__ = ["ClassesTask"]

_BEST = (3, 5)
"""Among how many of the best classes the true one is looked for."""


class ClassesTask(Task):
    """Learns which class a sample belongs to."""

    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("accuracy", "Accuracy", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = CLASSES
    usual_loss: ClassVar[str] = "CrossEntropyLoss"

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to tell the classes apart; empty where it can."""
        count = len(data.classes)
        if not count:
            name = f"'{data.targets[0]}'" if len(data.targets) == 1 else "the targets"
            message = f"{self.title} learns classes, but {name} are values {data.target}"
            several = data.target.rank == 2 and data.target.shape[1] != 1
            other = "Multi-label classification where each is 0 or 1"
            other = other if several else "of a table set target_type to class"
            yield Misfit("ND421", f"{message}; choose the task Regression, or {other}")
            return
        if data.target.rank > 1:
            message = f"{self.title} learns one class a sample, but the targets are classes {data.target}"
            yield Misfit("ND421", f"{message}; choose a task that learns several")
            return
        wanted = self.chosen_loss.features(count)
        features = output.shape[1] if output.rank == 2 else 0
        shapes = " or ".join(f"[{BATCH}, {number}]" for number in wanted)
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = f"{self.title} takes one score a class, {shapes}, but the output is {output}"
            yield Misfit("ND420", message, features=wanted[0])
        elif features not in wanted:
            takes = f", for which {self.chosen_loss.label()} takes {shapes}" if wanted != (count,) else ""
            message = f"There are {count} classes{takes}, but the output {output} has {features} scores"
            yield Misfit("ND420", message, features=wanted[0])
        yield from self.chosen_loss.misfits(features if features in wanted else wanted[0], last_kind)

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Names the class of samples, or of texts."""
        from netdesigner.evaluation.usage import classes, text_classes

        del role
        return text_classes.main if data.tokens else classes.main

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The share of samples whose highest score is that of their class, "accuracy"."""
        said = self.chosen_loss.scores(output).argmax(1)
        return {"accuracy": (said == target).float().mean()}

    def _scores(self, output: np.ndarray) -> np.ndarray:
        """A score for each class, [N, K]."""
        import torch

        found: np.ndarray = self.chosen_loss.scores(torch.from_numpy(output)).numpy()
        return found

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Accuracy; precision, recall, F1 and areas as means over the classes that occur; calibration; each class.

        Where there are twice as many classes, the share whose class is among the best three, or five, is told too. Of
        two classes, what the second one would be said to be from any chance on. The chance of a class is its share of
        the softmax of the scores.

        Args:
            output: [N, K] or [N, 1], as the loss takes it.
            target: [N] class numbers.
            data: the names of the classes.
        """
        import numpy as np

        from netdesigner.evaluation import classes

        scores = self._scores(output)
        said, chances = scores.argmax(axis=1), classes.chances_of(scores)
        measures = _measures(said, target)
        if best := max((count for count in _BEST if 2 * count <= scores.shape[1]), default=0):
            measures[f"top_{best}"] = classes.among_best(scores, target, best)
        hits, decided = (np.arange(scores.shape[1]) == labels[:, np.newaxis] for labels in (target, said))
        ranking = classes.ranking_of(chances, hits, decided, data.classes)
        measures |= ranking.measures()
        measures["ece"], calibration = classes.reliability(chances.max(axis=1), said == target)
        more: tuple[Preview, ...] = ()
        if scores.shape[1] == 2:
            more = classes.by_threshold(chances[:, 1], target == 1, data.classes[1])
        by_class = _by_class(said, target, ranking.areas, data)
        return measures, (
            _confusions(said, target, data),
            by_class,
            ranking.means,
            *ranking.curves,
            calibration,
            *more,
        )

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of the softmax of each sample's scores, [N], whatever the loss."""
        import numpy as np

        scores = self._scores(output).astype(np.float64)
        highest = scores.max(axis=1)
        total = highest + np.log(np.exp(scores - highest[:, np.newaxis]).sum(axis=1))
        found: np.ndarray = total - scores[np.arange(len(scores)), target]
        return found

    def right(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Whether the highest score of each sample is that of its class, [N]."""
        found: np.ndarray = self._scores(output).argmax(axis=1) == target
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The true class, and the one that was said with its share of the softmax of the scores.

        Args:
            output: [K] or [1], of one sample.
            target: its class number.
            data: the names of the classes.
        """
        import numpy as np

        scores = self._scores(output[np.newaxis])[0].astype(np.float64)
        scores = np.exp(scores - scores.max())
        said = int(scores.argmax())
        return data.classes[int(target)], f"{data.classes[said]} ({scores[said] / scores.sum():.2f})"


def _measures(said: np.ndarray, target: np.ndarray) -> dict[str, float]:
    from sklearn import metrics

    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        target, said, average="macro", zero_division=0
    )
    found = {
        "accuracy": metrics.accuracy_score(target, said),
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }
    return {name: float(value) for name, value in found.items()}


def _confusions(said: np.ndarray, target: np.ndarray, data: DataSpec) -> Matrix:
    from sklearn import metrics

    counts = metrics.confusion_matrix(target, said, labels=range(len(data.classes)))
    values = tuple(tuple(float(count) for count in row) for row in counts)
    return Matrix("Confusions", "true", "said", data.classes, values)


def _by_class(said: np.ndarray, target: np.ndarray, areas: Areas, data: DataSpec) -> Table:
    """One row a class; a number that there is none of is left empty."""
    from sklearn import metrics

    from netdesigner.evaluation.classes import cells

    *three, counts = metrics.precision_recall_fscore_support(
        target, said, labels=range(len(data.classes)), zero_division=0
    )
    rows = tuple(
        (name, *cells(*numbers), int(count))
        for name, *numbers, count in zip(data.classes, *three, *areas, counts, strict=True)
    )
    return Table("By class", ("class", "precision", "recall", "F1", "ROC area", "PR area", "samples"), rows)
