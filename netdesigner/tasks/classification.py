"""Classification: which of several classes a sample belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.part import param
from netdesigner.parts.preview import Matrix, Preview, Table
from netdesigner.parts.task import Curve, Misfit, Task
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Classification"]

_LAST = {
    "Softmax": "The loss applies softmax itself; a second one flattens the gradients, and training is slow and poor",
    "LogSoftmax": "The loss applies log-softmax itself; a second one changes nothing and can go",
    "Sigmoid": "The loss takes scores of any size; a sigmoid holds them between 0 and 1, and the network can hardly "
    "become certain",
}


class Classification(Task):
    """Learns which class a sample belongs to: cross-entropy of the softmax of the network's scores.

    loss = -log(softmax(scores)[true class]), a mean over the batch. With label smoothing s, the true class counts
    1 - s + s/K and each other of the K classes s/K.

    Shape:
        output [N, K] scores of any size; target [N] int64.

    Source:
        C. M. Bishop, Pattern recognition and machine learning, 2006, section 4.3.4; C. Szegedy et al., Rethinking the
        Inception architecture for computer vision, CVPR 2016, section 7 (label smoothing).
    """

    kind: ClassVar[str] = "classification"
    title: ClassVar[str] = "Classification"
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("accuracy", "Accuracy", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"

    label_smoothing: float = param(
        0.0,
        min=0,
        max=1,
        help="how much of the certainty is spread over all classes; 0.1 is usual where it helps",
    )

    def misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> tuple[Misfit, ...]:
        """Why the output cannot be trained to tell the classes apart; empty where it can.

        Args:
            output: the spec at the network's output.
            data: what the samples look like.
            last_kind: the kind of the layer that feeds the output.
        """
        return tuple(self._misfits(output, data, last_kind))

    def _misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        wanted = len(data.classes)
        if not wanted:
            name = f"'{data.targets[0]}'" if len(data.targets) == 1 else "the targets"
            message = f"Classification learns classes, but {name} are values {data.target}"
            yield Misfit(
                "ND421", f"{message}; choose the task Regression, or of a table set target_type to class"
            )
            return
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = (
                f"Classification takes one score a class, [{BATCH}, {wanted}], but the output is {output}"
            )
            yield Misfit("ND420", message, features=wanted)
        elif output.shape[1] != wanted:
            message = f"There are {wanted} classes, but the output {output} has {output.shape[1]} scores"
            yield Misfit("ND420", message, features=wanted)
        if last_kind in _LAST:
            yield Misfit("ND422", _LAST[last_kind], drop_last=True, severity="warning")

    def step(
        self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor, *, measure: bool = True
    ) -> dict[str, Tensor]:
        """One forward pass: "loss" and, where measured, "accuracy", means over the batch.

        Args:
            networks: the module under "network".
            input: one batch, first axis the samples.
            target: [N] int64.
            measure: whether to work out the accuracy.
        """
        from torch.nn import functional as F

        scores = networks["network"](input)
        loss = F.cross_entropy(scores, target, label_smoothing=self.label_smoothing)
        if not measure:
            return {"loss": loss}
        return {"loss": loss, "accuracy": (scores.argmax(1) == target).float().mean()}

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """Accuracy, and precision, recall and F1 as means over the classes that occur; each class; confusions.

        Args:
            output: [N, K] scores.
            target: [N] class numbers.
            data: the names of the classes.
        """
        from sklearn import metrics

        said = output.argmax(axis=1)
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            target, said, average="macro", zero_division=0
        )
        measures = {
            "accuracy": float(metrics.accuracy_score(target, said)),
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
        }
        return measures, (_confusions(said, target, data), _by_class(said, target, data))

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of each sample, [N]."""
        import numpy as np

        scores = output.astype(np.float64)
        highest = scores.max(axis=1)
        total = highest + np.log(np.exp(scores - highest[:, np.newaxis]).sum(axis=1))
        found: np.ndarray = total - scores[np.arange(len(scores)), target]
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The true class, and the one that was said with its probability.

        Args:
            output: [K] scores of one sample.
            target: its class number.
            data: the names of the classes.
        """
        import numpy as np

        scores = np.exp(output.astype(np.float64) - output.max())
        said = int(scores.argmax())
        return data.classes[int(target)], f"{data.classes[said]} ({scores[said] / scores.sum():.2f})"


def _confusions(said: np.ndarray, target: np.ndarray, data: DataSpec) -> Matrix:
    from sklearn import metrics

    counts = metrics.confusion_matrix(target, said, labels=range(len(data.classes)))
    values = tuple(tuple(float(count) for count in row) for row in counts)
    return Matrix("Confusions", "true", "said", data.classes, values)


def _by_class(said: np.ndarray, target: np.ndarray, data: DataSpec) -> Table:
    from sklearn import metrics

    columns = metrics.precision_recall_fscore_support(
        target, said, labels=range(len(data.classes)), zero_division=0
    )
    rows = tuple(
        (name, *(round(float(value), 4) for value in (precision, recall, f1)), int(count))
        for name, precision, recall, f1, count in zip(data.classes, *columns, strict=True)
    )
    return Table("By class", ("class", "precision", "recall", "f1", "samples"), rows)
