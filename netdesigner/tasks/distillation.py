"""Distillation: a small network learns classes from what a larger one says of the samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.modes import evaluating
from netdesigner.parts.part import param
from netdesigner.parts.preview import Matrix, Preview
from netdesigner.parts.task import Curve, Turn, answer_of, with_further
from netdesigner.parts.tensor import TensorSpec
from netdesigner.tasks._classes import ClassesTask

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Distillation"]

_STUDENT, _TEACHER = "student", "teacher"


class Distillation(ClassesTask):
    """A student learns which class a sample belongs to, from the targets and from the scores of a teacher.

    With the scores s of the student, t of the teacher and a temperature T, the student makes small

        (1 - w) · loss(s, target) + w · T² · KL(softmax(t / T) ‖ softmax(s / T))

    where w is the weight of the teacher and T² keeps the slope of the second term as large as it is at T = 1. The
    teacher speaks as in evaluation and learns nothing from the student. With weights of a run it stays as it is; else
    it learns along, from the targets alone. The loss is measured by a teacher that may change, so the loss towards the
    targets alone decides which weights are the best.

    Mixed samples, of which targets know little, are what a student learns most from: the teacher says what it sees in
    them, and their targets count by their shares.

    Further Outputs of one number, without a batch axis, are added to the loss of their network.

    Shape:
        both networks: output [N, K] as the loss takes it, of two classes with some losses [N, 1]; target [N] int64.

    Source:
        G. Hinton, O. Vinyals, J. Dean, Distilling the knowledge in a neural network, NIPS deep learning workshop 2014;
        for a teacher that learns along, Y. Zhang et al., Deep mutual learning, CVPR 2018; for samples that are mixed,
        L. Beyer et al., Knowledge distillation: a good teacher is patient and consistent, CVPR 2022.
    """

    kind: ClassVar[str] = "distillation"
    title: ClassVar[str] = "Distillation"
    roles: ClassVar[tuple[str, ...]] = (_STUDENT, _TEACHER)
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Student loss"),
        Curve("target_loss", "Student loss, of the targets alone"),
        Curve("accuracy", "Student accuracy", better="higher", percent=True),
        Curve("teacher_loss", "Teacher loss"),
        Curve("teacher_accuracy", "Teacher accuracy", better="higher", percent=True),
        Curve("agreement", "Agreement with the teacher", better="higher", percent=True),
    )
    monitor: ClassVar[str] = "target_loss"
    by_loss: ClassVar[tuple[str, ...]] = ("target_loss", "teacher_loss")

    teacher: str = param(
        "",
        path="file",
        label="Teacher's weights",
        help="a run's folder, .safetensors or .onnx, with all weights of the teacher, which then stays as it is; "
        "empty: it learns along",
    )
    temperature: float = param(
        4.0, above=0, max=1000, help="how soft the teacher's scores are made; 1 leaves them as they are"
    )
    weight: float = param(
        0.9,
        min=0,
        max=1,
        label="Weight of the teacher",
        help="its share in the loss; the rest is for the targets",
    )

    def begins_with(self) -> Mapping[str, str]:
        """The weights of the teacher, where they are given."""
        return {_TEACHER: self.teacher} if self.teacher else {}

    @classmethod
    def mixes(cls) -> bool:
        """Yes: what a teacher says of a sample that is made out of two needs no target."""
        return True

    def turns(self) -> tuple[Turn, ...]:
        """The student; before it the teacher, where it has no weights yet."""
        student = Turn((_STUDENT,))
        return (student,) if self.teacher else (Turn((_TEACHER,), "teacher_loss"), student)

    def usage(self) -> str:
        """Which of the networks is meant to be used."""
        return (
            "The student is what is taken away; the teacher gives scores of the same classes and is larger."
        )

    def role_misfits(
        self, role: str, outputs: Mapping[str, TensorSpec], data: DataSpec, last_kind: str
    ) -> Iterator[Misfit]:
        """Why the output of a network cannot be trained, or not beside that of the other; empty where it can."""
        found = self.misfits(outputs[role], data, last_kind)
        yield from found
        mine, other = outputs[role], outputs.get(_TEACHER)
        if found or role != _STUDENT or other is None or self.misfits(other, data, ""):
            return
        if mine.shape != other.shape:
            message = f"Student and teacher say as many numbers, but student gives {mine} and teacher {other}"
            length = other.shape[1]
            yield Misfit("ND420", message, features=length if isinstance(length, int) else None)

    # -------------------------------------------------------------------------------------------------- training

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """The loss of the student, and how both do on the batch."""
        import torch

        student, teacher = (networks[role] for role in self.roles)
        with torch.no_grad(), evaluating(teacher):
            shown = teacher(batch.input)
        given = student(batch.input)
        said, taught = (answer_of(each).float() for each in (given, shown))
        hard = self.apart(criterion, said, batch)
        loss = (1 - self.weight) * hard + self.weight * self._from_teacher(said, taught)
        loss = with_further(student, given, loss)["loss"]
        if not measure:
            return {"loss": loss}
        of_teacher = with_further(teacher, shown, self.apart(criterion, taught, batch))
        said, true = said.detach(), batch.weightier
        return {
            "loss": loss,
            "target_loss": hard.detach(),
            "accuracy": self.measured(said, true)["accuracy"],
            "teacher_loss": of_teacher["loss"],
            "teacher_accuracy": self.measured(taught, true)["accuracy"],
            "agreement": self.measured(said, self.chosen_loss.scores(taught).argmax(1))["accuracy"],
        }

    def take(
        self,
        turn: Turn,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
    ) -> dict[str, Tensor]:
        """What the teacher, or the student, makes small of a batch."""
        if turn.roles == (_STUDENT,):
            return self.step(networks, criterion, batch)
        found = self.one_pass(networks[_TEACHER], criterion, batch)
        return {f"teacher_{name}": found[name] for name in ("loss", "accuracy")}

    def _from_teacher(self, said: Tensor, taught: Tensor) -> Tensor:
        """How far the student's scores are from the teacher's, T² KL(teacher ‖ student)."""
        from torch.nn import functional as F

        softer = (self.chosen_loss.scores(output) / self.temperature for output in (said, taught))
        ours, wanted = (scores.log_softmax(1) for scores in softer)
        return self.temperature**2 * F.kl_div(ours, wanted, reduction="batchmean", log_target=True)

    # --------------------------------------------------------------------------------------------------- judging

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """What the student says of each sample, and behind it what the teacher says: [N, 2K] or [N, 2]."""
        import torch

        del target
        return torch.cat([answer_of(networks[role](input)).float() for role in self.roles], dim=1)

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The measures of the student, and how the teacher does and how often both say the same.

        Args:
            output: as of `answers`.
            target: [N] class numbers.
            data: the names of the classes.
        """
        from sklearn import metrics

        student, teacher = _halves(output)
        measures, previews = super().judge(student, target, data)
        said, taught = (self._scores(part).argmax(axis=1) for part in (student, teacher))
        measures["teacher_accuracy"] = float(metrics.accuracy_score(target, taught))
        measures["agreement"] = float(metrics.accuracy_score(taught, said))
        counts = metrics.confusion_matrix(taught, said, labels=range(len(data.classes)))
        rows = tuple(tuple(float(count) for count in row) for row in counts)
        return measures, (*previews, Matrix("Agreement", "teacher", "student", data.classes, rows))

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """As of classification, of the student."""
        return super().errors(_halves(output)[0], target)

    def right(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """As of classification, of the student."""
        return super().right(_halves(output)[0], target)

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """The true class, and what the student and the teacher say; arguments as of `judge`, of one sample."""
        student, teacher = _halves(output)
        true, said = super().words(student, target, data)
        return true, f"{said}, teacher {super().words(teacher, target, data)[1]}"


def _halves(output: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the student and what the teacher said, of one sample or of many."""
    middle = output.shape[-1] // 2
    return output[..., :middle], output[..., middle:]
