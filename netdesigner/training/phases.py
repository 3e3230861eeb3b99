"""Phases of a training: in each some weights learn and the others wait, and the learning rate has a factor.

The schedule runs over the whole training as if there were no phases; the factor of a phase is multiplied with it. The
last phase goes on until the training is over. What waits is treated like a frozen node: it computes as in evaluation,
and its weights and what the optimizer remembers of them stay as they are. Nodes without weights, such as a dropout, go
on as ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import accumulate, chain

from torch import nn

from netdesigner.document.design import Phase
from netdesigner.errors import TrainingError
from netdesigner.training.owners import Owner

__all__ = ["Phases"]


class Phases:
    """The phases of one run.

    Args:
        phases: as the design has them; without any there is one, in which everything learns.
        networks: the modules by the names of their networks in the design.
        owners: where each parameter belongs.

    Attributes:
        number: of the phase that is going on, from 0; -1 before the first.

    Raises:
        TrainingError: in one of them nothing learns.
    """

    def __init__(
        self,
        phases: tuple[Phase, ...],
        networks: Mapping[str, nn.Module],
        owners: Mapping[nn.Parameter, Owner],
    ) -> None:
        self.number = -1
        self._phases = phases or (Phase(),)
        self._ends = [*accumulate(phase.epochs for phase in self._phases)]
        self._networks = networks
        self._owners = {p: owner for p, owner in owners.items() if p.requires_grad}
        self._waiting: tuple[nn.Module, ...] = ()
        for number, phase in enumerate(self._phases):
            if not self._learning(phase):
                named = ", ".join(phase.trains)
                raise TrainingError(
                    f"nothing learns in phase {number + 1}: {named} has no weights that training could change"
                )

    def __len__(self) -> int:
        return len(self._phases)

    @property
    def phase(self) -> Phase:
        """The one that is going on."""
        return self._phases[self.number]

    def at(self, epoch: int) -> int:
        """The number of the phase that is going on after so many epochs; -1 of an epoch before the first."""
        return sum(end <= epoch for end in self._ends[:-1]) if epoch >= 0 else -1

    def epochs_in_last(self, epoch: int) -> int:
        """How many of the epochs that lie behind belong to the last phase; below 0 while it has not begun."""
        return epoch - (self._ends[-2] if len(self) > 1 else 0)

    def enter(self, number: int) -> None:
        """Lets the weights of a phase learn and the others wait."""
        self.number = number
        learning = self._learning(self.phase)
        for parameter in self._owners:
            parameter.requires_grad_(parameter in learning)
        named = self.phase.trains
        waiting = (_waiting(named, network, whole) for network, whole in self._networks.items() if named)
        self._waiting = (*chain.from_iterable(waiting),)
        self.set_modes()

    def set_modes(self) -> None:
        """Puts the networks into training mode, but for what waits."""
        for network in self._networks.values():
            network.train()
        for module in self._waiting:
            module.eval()

    def _learning(self, phase: Phase) -> Collection[nn.Parameter]:
        if not phase.trains:
            return self._owners
        return {
            p for p, owner in self._owners.items() if _names(phase.trains, f"{owner.network}.{owner.node}")
        }


def _names(trains: Iterable[str], path: str) -> bool:
    """Whether a node is named, or what is around it."""
    return any(f"{path}.".startswith(f"{name}.") for name in trains)


def _waiting(trains: Collection[str], path: str, around: nn.Module) -> Iterator[nn.Module]:
    """The nodes with weights in a module that wait; of a block of which some are named, the others."""
    if _names(trains, path):
        return
    for name, module in around.named_children():
        inner = path if name.isdigit() else f"{path}.{name}"  # a repetition is part of no name
        if any(named.startswith(f"{inner}.") for named in trains):
            yield from _waiting(trains, inner, module)
        elif not _names(trains, inner) and _has_weights(module):
            yield module


def _has_weights(module: nn.Module) -> bool:
    return next(module.parameters(), None) is not None or next(module.buffers(), None) is not None
