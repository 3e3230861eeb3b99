"""One batch of networks that learn in turn: each turn has its loss, its optimizer and its own weights to change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netdesigner.training.data import Pair
from netdesigner.training.setup import Setup
from netdesigner.training.update import GRAD_NORM, Guard, Update

__all__ = ["Turns", "updates_of"]


def updates_of(setup: Setup) -> tuple[Update, ...]:
    """What changes the weights of a run, one update a turn of its task."""
    guard, steps = Guard(setup.settings, setup.device), setup.steps
    return tuple(
        Update(step, optimizer, setup.settings, setup.device, loss=loss, alone=len(steps) == 1, guard=guard)
        for (loss, step), optimizer in zip(steps.items(), setup.optimizers, strict=True)
    )


class Turns:
    """The updates of a task with several turns; to the rest of a run they are one.

    Where several batches make a change of weights, each batch is gone through by all turns, and the weights change at
    the last: there a turn sees what those before it have just changed.

    Args:
        updates: one a turn, in their order.
        every: with every how many-th change of weights each of them comes.

    Attributes:
        updates: as given.
        parameters: what they change, turn by turn.
        losses: the curves that are made small.
        made: how many changes of weights lie behind.
    """

    def __init__(self, updates: Sequence[Update], every: Sequence[int]) -> None:
        self.updates = tuple(updates)
        self.parameters = [parameter for update in updates for parameter in update.parameters]
        self.losses = tuple(name for update in updates for name in update.losses)
        self.made = 0
        self._every = tuple(every)
        self._guard = updates[0].guard
        self._between = False

    @property
    def stepping(self) -> bool:
        """Whether some weights are new and others old, or an optimizer is at work."""
        return self._between or any(update.stepping for update in self.updates)

    @property
    def learning_rate(self) -> float:
        """Of the next step."""
        return self.updates[0].learning_rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        for update in self.updates:
            update.learning_rate = rate

    def __call__(
        self, pair: Pair, share: float = 1.0, first: bool = True, complete: bool = True
    ) -> dict[str, Any]:
        """Makes one batch; arguments, result and errors as of an update, but that a turn after the first may fail.

        The norm of the gradients is that of all turns together.
        """
        values: dict[str, Any] = {}
        square: Any = 0.0
        for update, every in zip(self.updates, self._every, strict=True):
            if (self.made + 1) % every or update.idle:
                continue
            found = update(pair, share, first, complete)
            self._between = complete
            if GRAD_NORM in found:
                square = square + found[GRAD_NORM] ** 2
                found[GRAD_NORM] = square**0.5
            values |= found
        if complete and values:
            # Not before: the gradients that later turns have added up are of the scale that was.
            self._guard.scaler.update()
        self.made += complete
        self._between = False
        return values

    def gradients_bad(self) -> bool:
        """As of an update; what they found is one."""
        return self.updates[0].gradients_bad()
