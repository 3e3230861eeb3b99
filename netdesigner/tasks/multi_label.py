"""Multi-label classification: which of several labels are true of a sample, be it none, one or many."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import TrainingError
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.loss import LABELS
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param
from netdesigner.parts.preview import Preview, Table
from netdesigner.parts.task import Curve, Task
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = ["MultiLabel"]

_LEAST = 1e-12
_COLUMNS = (
    "label", "precision", "recall", "F1", "ROC area", "PR area", "samples", "best at", "F1 there",
)  # fmt: skip


class MultiLabel(Task):
    """Learns which labels are true of a sample, by the loss that is chosen: as a rule a cross-entropy for each label.

    A label is said where it is likely enough. The curve of F1 is a mean over the samples, of each the share of what is
    true or said that is both: 2 · both / (true + said), and 1 where there is nothing of either. Micro and macro F1 are
    told of a whole part only: they come from all samples together, and are no means of what single batches give.
    Further Outputs of one number, without a batch axis, are added to the loss.

    Shape:
        output [N, K] as the loss takes it; target [N, K] float32 of 0 and 1.

    Source:
        M.-L. Zhang, Z.-H. Zhou, A review on multi-label learning algorithms, IEEE TKDE 26, 2014, with the measures in
        section 2.2.
    """

    kind: ClassVar[str] = "multi_label"
    title: ClassVar[str] = "Multi-label classification"
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Loss"),
        Curve("exact", "Samples without a mistake", better="higher", percent=True),
        Curve("f1", "F1 of the samples", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "loss"
    learns: ClassVar[str] = LABELS
    usual_loss: ClassVar[str] = "BCEWithLogitsLoss"

    threshold: float = param(0.5, above=0, max=1, help="how likely a label must be to be said")

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        """Why the output cannot be trained to tell which labels are true; empty where it can."""
        if data.classes or not data.target.is_float or data.target.rank != 2:
            given = f"{len(data.classes)} classes" if data.classes else "values"
            message = (
                f"Multi-label classification learns a yes or a no for each label, but the targets are {given}"
            )
            hint = "choose another task, or of a table several columns of 0 and 1 as targets"
            yield Misfit("ND421", f"{message} {data.target}; {hint}")
            return
        count = data.target.shape[1]
        assert isinstance(count, int), "how many targets there are is known"
        features = output.shape[1] if output.rank == 2 else 0
        if output.rank != 2 or output.shape[0] != BATCH or not output.is_float:
            message = f"Multi-label classification takes one score a label, [{BATCH}, {count}]"
            yield Misfit("ND420", f"{message}, but the output is {output}", features=count)
        elif features != count:
            names = f" ({', '.join(data.targets[:5])}{', …' if count > 5 else ''})" if data.targets else ""
            message = f"There are {count} labels{names}, but the output {output} has {features} scores"
            yield Misfit("ND420", message, features=count)
        yield from self.chosen_loss.misfits(count, last_kind)

    def check_targets(self, target: np.ndarray) -> None:
        """Refuses targets that are neither 0 nor 1.

        Args:
            target: [N, K].

        Raises:
            TrainingError: there are such, or as of the loss.
        """
        import numpy as np

        others = np.argwhere((target != 0) & (target != 1))
        if len(others):
            row, column = others[0]
            text = f"target {column + 1} of a sample is {target[row, column]:g}"
            raise TrainingError(
                f"Multi-label classification learns a yes or a no for each label, 1 or 0, and {text}",
                advice=("Choose columns of 0 and 1 as targets, or the task Regression.",),
            )
        super().check_targets(target)

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Tells labels."""
        from netdesigner.evaluation.usage import labels

        del role, data
        return labels.main

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """Means over the samples: "exact", the share of those without a mistake, and "f1"."""
        said, true = self.chosen_loss.said(output) >= self.threshold, target > 0
        both, either = (said & true).sum(1), said.sum(1) + true.sum(1)
        f1 = (2 * both / either.clamp(min=1)).where(either > 0, 1.0)
        return {"exact": (said == true).all(1).float().mean(), "f1": f1.mean()}

    def _likely(self, output: np.ndarray) -> np.ndarray:
        """How likely each label is, [N, K]."""
        import torch

        found: np.ndarray = self.chosen_loss.said(torch.from_numpy(output)).numpy()
        return found

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """How many samples and labels are right, F1 of all labels together and as a mean over them; areas; each label.

        Args:
            output: [N, K], as the loss takes it.
            target: [N, K] of 0 and 1.
            data: the names of the labels.
        """
        from netdesigner.evaluation.classes import cells, ranking_of

        likely, true = self._likely(output), target > 0
        said, names = likely >= self.threshold, _names(data, true.shape[1])
        counts = (said & true).sum(axis=0), said.sum(axis=0), true.sum(axis=0)
        each, together = _scores(*counts), _scores(*(count.sum() for count in counts))
        ranking = ranking_of(likely.astype(float), true, said, names)
        measures = {
            "exact_match": float((said == true).all(axis=1).mean()),
            "label_accuracy": float((said == true).mean()),
            **{f"{name}_micro": float(value) for name, value in together.items()},
            **{f"{name}_macro": float(values.mean()) for name, values in each.items()},
            **ranking.measures(),
        }
        rows = tuple(
            (name, *cells(*shares), int(counts[2][label]), *_best(likely[:, label], true[:, label]))
            for label, (name, *shares) in enumerate(zip(names, *each.values(), *ranking.areas, strict=True))
        )
        return measures, (Table("By label", _COLUMNS, rows), *ranking.curves)

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The cross-entropy of each sample's likelihoods, a mean over the labels, [N], whatever the loss."""
        import numpy as np

        likely = self._likely(output).astype(np.float64)
        right = np.where(target > 0, likely, 1 - likely).clip(_LEAST)
        found: np.ndarray = -np.log(right).mean(axis=1)
        return found

    def right(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """Whether there is no mistake in the labels of each sample, [N]."""
        found: np.ndarray = ((self._likely(output) >= self.threshold) == (target > 0)).all(axis=1)
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The labels that are true of one sample, and those that were said with how likely they are.

        Args:
            output: [K], as the loss takes it.
            target: [K] of 0 and 1.
            data: the names of the labels.
        """
        likely, names = self._likely(output[None])[0], _names(data, len(target))
        true = [name for name, yes in zip(names, target, strict=True) if yes]
        said = [f"{name} ({p:.2f})" for name, p in zip(names, likely, strict=True) if p >= self.threshold]
        return ", ".join(true) or "none", ", ".join(said) or "none"


def _names(data: DataSpec, count: int) -> tuple[str, ...]:
    return data.targets if len(data.targets) == count else tuple(f"label {n + 1}" for n in range(count))


def _scores(both: np.ndarray, said: np.ndarray, true: np.ndarray) -> dict[str, np.ndarray]:
    """Precision, recall and F1 of how often labels were true and said, said, and true; 0 where there is none of it."""
    return {
        "precision": both / said.clip(1),
        "recall": both / true.clip(1),
        "f1": 2 * both / (said + true).clip(1),
    }


def _best(likely: np.ndarray, true: np.ndarray) -> tuple[float | str, float | str]:
    """The threshold at which F1 is greatest on the very samples that are judged, and that; nothing without a yes."""
    import numpy as np
    from sklearn import metrics

    if not true.any():
        return "", ""
    precision, recall, thresholds = metrics.precision_recall_curve(true, likely)
    f1 = 2 * precision * recall / (precision + recall).clip(_LEAST)
    at = int(np.argmax(f1[:-1]))
    return round(float(thresholds[at]), 4), round(float(f1[at]), 4)
