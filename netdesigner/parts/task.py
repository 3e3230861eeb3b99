"""What a task is: what a network is to learn, how that is measured, and what is shown.

The loop owns the order of things; a task owns their meaning. A task's loss and steps import torch inside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.part import Part
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Curve", "Misfit", "Task"]


@dataclass(frozen=True, slots=True)
class Curve:
    """A number that a task reports for each step and each pass over the validation part.

    Attributes:
        name: its key in events ("loss", "accuracy").
        title: for people.
        better: "lower" or "higher".
        percent: shown as per cent.
    """

    name: str
    title: str
    better: str = "lower"
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a network's output does not suit the task and the data.

    Attributes:
        code: the problem's stable code.
        message: both sides in the user's words.
        features: the length the last axis of the output should have, where that mends it.
        drop_last: the last layer should go (a softmax before a loss that applies it).
        severity: "error" or "warning".
    """

    code: str
    message: str
    features: int | None = None
    drop_last: bool = False
    severity: str = "error"


class Task(Part):
    """What is learned.

    Attributes:
        roles: which networks it needs; with a single role the design's only network plays it, whatever its name.
        curves: what it reports; the first is the loss.
        monitor: the curve whose validation value decides which weights are best.
    """

    roles: ClassVar[tuple[str, ...]] = ("network",)
    curves: ClassVar[tuple[Curve, ...]] = ()
    monitor: ClassVar[str] = "loss"

    def misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> tuple[Misfit, ...]:
        """Why the network's output cannot be trained on the data; empty where it can.

        Args:
            output: the spec at the network's output.
            data: what the samples look like.
            last_kind: the kind of the layer that feeds the output.
        """
        raise NotImplementedError

    def step(
        self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor, *, measure: bool = True
    ) -> dict[str, Tensor]:
        """One forward pass: every curve as a 0-d tensor that is a mean over the batch; "loss" is differentiable.

        The loop calls this for training and, without gradients and in evaluation mode, for validation.

        Args:
            networks: the modules by role.
            input: one batch, first axis the samples.
            target: as `DataSpec.target`, on the same device.
            measure: whether to work out the curves beside the loss.
        """
        raise NotImplementedError

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The measures on a whole held-out part, and what to show of it.

        Args:
            output: raw outputs of the network, first axis the samples.
            target: as `DataSpec.target`.
        """
        raise NotImplementedError

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """How wrong each sample is, one number a sample; the largest are the worst."""
        raise NotImplementedError

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """What is true of one sample and what the network said, in the user's words.

        Args:
            output: the network's output for this sample, without the batch axis.
            target: the sample's target, without the batch axis.
            data: names of classes and columns.
        """
        raise NotImplementedError

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """What to write under one sample; arguments as of `words`."""
        true, said = self.words(output, target, data)
        return f"true {true}, said {said}"
