"""What a task is: what a network is to learn, how that is measured, and what is shown.

The loop owns the order of things; a task owns their meaning. How wrong an answer is is for the loss to say, which is
chosen beside the task. A task's steps import torch inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from netdesigner.parts.augmentation import Augmented, Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.given import Given
from netdesigner.parts.judging import Judging
from netdesigner.parts.loss import Loss
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["OUTPUT_CURVE", "Curve", "Task", "Turn", "answer_of", "answers_of", "with_further"]

Numbers = TypeVar("Numbers", "np.ndarray", "Tensor")

OUTPUT_CURVE = "output:"
"""How the name of a curve begins that shows what an Output adds to the loss; the Output's name follows."""


class Curve(NamedTuple):
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


class Turn(NamedTuple):
    """When some of a task's networks learn, and what by.

    Attributes:
        roles: the networks that it changes; no other turn changes one of them.
        loss: the name of the curve that they make small.
        every: it comes with every so many-th change of weights.
    """

    roles: tuple[str, ...]
    loss: str = "loss"
    every: int = 1


def answers_of(given: Any) -> tuple[Any, ...]:
    """What is compared with the targets, of what a network gives: its only tensor, or of several those of samples."""
    if not isinstance(given, tuple):
        return (given,)
    return tuple(tensor for tensor in given if tensor.ndim) or given[:1]


def answer_of(given: Any) -> Any:
    """The first of `answers_of`, which is the only one for a task that compares a single Output."""
    return answers_of(given)[0]


def with_further(network: nn.Module, given: Any, loss: Tensor) -> dict[str, Tensor]:
    """A loss with what further Outputs add to it, "loss", and by a name of its own what each of them adds.

    Args:
        network: a tuple of outputs bears the names of its `output_ids`.
        given: what the network gave.
        loss: of what is compared with the targets.
    """
    if not isinstance(given, tuple):
        return {"loss": loss}
    names: Any = network.output_ids
    further = {
        OUTPUT_CURVE + name: tensor for name, tensor in zip(names, given, strict=True) if not tensor.ndim
    }
    for tensor in further.values():
        loss = loss + tensor
    return {"loss": loss, **{name: tensor.detach() for name, tensor in further.items()}}


class Task(Judging):
    """What is learned.

    A network may have Outputs of one number without a batch axis beside those that are compared with the targets,
    such as what it costs to use the parts of a network unevenly. They are added to the loss as they are.

    A task of several networks writes `step`, `role_misfits`, `answers` and `given_to`, where they get different things.
    Where they do not learn together, by one loss, it says so in `turns` and writes `take`.

    Attributes:
        roles: which networks it needs; with a single role the design's only network plays it, whatever its name.
        curves: what it reports; the first is the loss.
        monitor: the curve whose validation value decides which weights are best.
        by_loss: the curves that the loss gives, whose batches count as `Loss.counted` says; in others samples count.
        learns: the sort of target, as in `Loss.learns`, whose losses can be chosen; "" where none can.
        usual_loss: the kind of the loss where none was chosen.
        augments: it makes other versions of samples itself, by `augmented`; training then hands it batches as they are.
        loss: how wrong an answer is.
        augmented: what is done to the samples of a batch, for a task that `augments` and is trained; else None.
    """

    roles: ClassVar[tuple[str, ...]] = ("network",)
    curves: ClassVar[tuple[Curve, ...]] = ()
    monitor: ClassVar[str] = "loss"
    by_loss: ClassVar[tuple[str, ...]] = ("loss",)
    learns: ClassVar[str] = ""
    usual_loss: ClassVar[str] = ""
    augments: ClassVar[bool] = False
    loss: Loss | None = None
    augmented: Augmented | None = None

    def __init__(
        self, *, loss: Loss | None = None, augmented: Augmented | None = None, **values: Any
    ) -> None:
        """Makes a task; raises as making any part."""
        super().__init__(**values)
        self.__dict__.update(loss=loss, augmented=augmented)

    @property
    def compares(self) -> int:
        """How many Outputs of a network are compared with the targets, those of one number aside."""
        return 1

    @property
    def chosen_loss(self) -> Loss:
        """The loss, of a task that compares by one."""
        assert self.loss is not None, f"{self.label()} was made without a loss"
        return self.loss

    def given(self, data: DataSpec | None) -> tuple[Given, ...]:
        """What a network is given, a tensor for each of its Inputs in their order; as a rule a sample of the data.

        A task that makes further tensors of a sample writes `step` and `answer` too, which hand them over.

        Args:
            data: what the samples look like; None while nobody knows.
        """
        return (Given("a sample of the data", data.input if data is not None else None, is_sample=True),)

    def usage(self) -> str:
        """What one has to know to use the network by itself, in a few sentences; "" where its ports tell."""
        return ""

    def wanted(self, input: Numbers, target: Numbers) -> Numbers:
        """What the output is compared with: the data's target, or what else a task wants to be learned of a sample.

        Args:
            input: as the network gets it, first axis the samples.
            target: as `DataSpec.target`.

        Returns:
            As `DataSpec.target` may be.
        """
        del input
        return target

    def check_targets(self, target: np.ndarray) -> None:
        """Holds what is `wanted` of all samples of a part against what can be learned; raises as a loss does."""
        if self.loss is not None:
            self.loss.check_targets(target)

    def turns(self) -> tuple[Turn, ...]:
        """Which networks learn when: all together, where a task does not say otherwise; one in no turn never does.

        Of several turns each has an optimizer of its own. They come one after the other for each batch, so that a turn
        sees what those before it have changed.
        """
        return (Turn(self.roles),)

    def begins_with(self) -> Mapping[str, str]:
        """By role, a file or a run's folder with all weights that a network begins with; as a rule nothing."""
        return {}

    def given_to(self, role: str, data: DataSpec | None) -> tuple[Given, ...]:
        """As `given`, of one of the networks; written where they are not all given the same.

        Args:
            role: which network.
            data: what the samples look like; None while nobody knows.
        """
        del role
        return self.given(data)

    @classmethod
    def mixes(cls) -> bool:
        """Whether one sample may be made out of two and learned towards the targets of both; see `Pair.mix`.

        As a rule each task may that leaves what a step is and how outputs are compared to this class, with a loss.
        """
        return bool(cls.learns) and (cls.step, cls.compared) == (Task.step, Task.compared)

    def why_apart(self, role: str) -> str:
        """Why no layer of a role's network may mix the samples of a batch, in the user's words; "" where any may."""
        return ""

    def misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> tuple[Misfit, ...]:
        """Why the network's output cannot be trained on the data; empty where it can.

        Args:
            output: the spec at the network's output, of several at each in turn.
            data: what the samples look like.
            last_kind: the kind of the layer that feeds the output.
        """
        return tuple(self.find_misfits(output, data, last_kind))

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterable[Misfit]:
        """What `misfits` is asked for; none where a task does not say, or says it by role."""
        return ()

    def role_misfits(
        self, role: str, outputs: Mapping[str, TensorSpec], data: DataSpec, last_kind: str
    ) -> Iterable[Misfit]:
        """Why the output of one of several networks cannot be trained; every task that has them writes its own.

        Args:
            role: whose output is asked about.
            outputs: by role the specs at the networks' outputs, as far as they are known; that of the role is.
            data: what the samples look like.
            last_kind: the kind of the layer that feeds the role's output.
        """
        return self.misfits(outputs[role], data, last_kind)

    def check_networks(self, networks: Mapping[str, nn.Module], input: Tensor) -> None:
        """Tries networks before they are trained, where only trying tells that they cannot learn the task.

        Args:
            networks: the modules by role, on the processor and in training mode, in which they are left.
            input: a few samples.

        Raises:
            TrainingError: they have nothing to learn.
        """

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """One forward pass: every curve as a 0-d tensor that is a mean over the batch; "loss" is differentiable.

        Written for tasks of a single network, which is compared by a loss; others write their own.

        The loop calls this, without gradients and in evaluation mode, for validation, and by `take` for training. The
        samples of a task that `mixes` may be made out of two while training: their loss is that towards both targets by
        their shares, and the other curves are those of the weightier one.

        Args:
            networks: the modules by role.
            criterion: what the loss built, on the same device; None where the task has none.
            batch: samples and their targets, on the same device.
            measure: whether to work out the curves beside the loss.
        """
        wanted = batch.moved(batch.input, lambda target: self.wanted(batch.input, target))
        return self.one_pass(networks["network"], criterion, wanted, measure=measure)

    def one_pass(
        self,
        network: nn.Module,
        criterion: nn.Module | None,
        batch: Pair,
        *further: Tensor,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """What `step` gives, of a network that is compared by a loss.

        Args:
            network: gives the output, or a tuple of outputs whose names are its `output_ids`.
            criterion, measure: as of `step`.
            batch: what the network is given first, and what its output is compared with, as of `wanted`.
            further: what else the network is given, in the order of `given`.
        """
        output, losses = self.compared(network, criterion, batch, *further)
        if not measure:
            return {"loss": losses["loss"]}
        curves = self.measured(output.detach(), batch.weightier)
        return {"loss": losses["loss"], **curves, **losses}

    def take(
        self,
        turn: Turn,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
    ) -> dict[str, Tensor]:
        """One forward pass of one turn: curves as in `step`, of which the loss of the turn is there and differentiable.

        Args:
            turn: one of `turns`; where there is only one, it is the whole step.
            networks, criterion, batch: as of `step`.
        """
        return self.step(networks, criterion, batch)

    def measured(self, output: Tensor, target: Tensor) -> dict[str, Tensor]:
        """The curves beside the loss, each a 0-d tensor; none where a task does not say.

        Args:
            output: what the network said of a batch, as the loss takes it.
            target: what is wanted of the batch, as of `wanted`.
        """
        return {}

    def compared(
        self, network: nn.Module, criterion: nn.Module | None, batch: Pair, *further: Tensor
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """What a network says of a batch, and its loss: "loss", and what each further Output added to it.

        Arguments as of `one_pass`.
        """
        given = network(batch.input, *further)
        output = answer_of(given).float()
        return output, with_further(network, given, self.apart(criterion, output, batch))

    def apart(self, criterion: Any, output: Tensor, batch: Pair) -> Tensor:
        """How far from what is wanted of a batch an output is; of mixed samples from what both wanted, by their shares.

        Args:
            criterion: what the loss built.
            output: what a network said, as the loss takes it.
            batch: has what is wanted for a target.
        """
        assert criterion is not None
        loss = self.chosen_loss.of(criterion, *self.paired(output, batch.target))
        if batch.mix is None:
            return loss
        other = self.chosen_loss.of(criterion, *self.paired(output, batch.mix.target))
        return batch.mix.share * loss + (1 - batch.mix.share) * other

    def paired(self, output: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Both of a batch with the axes that a loss takes; a task with several answers a sample lays them in a row."""
        return output, target

    def answer(self, network: nn.Module, input: Tensor) -> Tensor:
        """What a network is judged by for a batch, in evaluation mode and without gradients.

        Args:
            network: gives the output, or a tuple of outputs.
            input: the samples of a batch.
        """
        found: Tensor = answer_of(network(input))
        return found

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """As `answer`, of the networks by role and of samples with their targets; written where it takes them."""
        del target
        return self.answer(networks[self.roles[0]], input)
