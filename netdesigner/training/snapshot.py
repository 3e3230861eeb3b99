"""A run as it is in memory, and the way from there to a checkpoint and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from netdesigner.errors import TrainingError
from netdesigner.parts.task import Turn
from netdesigner.training import checkpoint
from netdesigner.training.average import Average
from netdesigner.training.checkpoint import Saved
from netdesigner.training.data import Batches, chances
from netdesigner.training.place import Place
from netdesigner.training.randomness import Randomness
from netdesigner.training.recorder import Recorder
from netdesigner.training.setup import Setup
from netdesigner.training.turns import Turns, updates_of

__all__ = ["Live"]

_FORMAT = 1
_TRAINED = "trained."
"""How the names of weights begin as they are trained on, where an average of them stands in the model file."""
_NOT_AVERAGED = "the weights are no longer averaged; it goes on with them as they were trained"
_JUDGED_ANEW = "epochs are judged by another task or loss than before; the best of them is looked for anew"
_OTHERS_FROZEN = "other weights are frozen than before; those that were are new to the optimizer"


class Live:
    """All of a run that changes while it goes on.

    Attributes:
        setup: what it was made from.
        batches, validation: the samples on the device.
        updates: one a turn of the task.
        update: makes the steps: the only one, or all of them in turn.
        averages: of the weights that each of the updates changes, where they are averaged.
        recorder: collects what they gave.
        randomness: the generators.
        place: how far it is.
        order: the state of the generator of the order of samples at the beginning of the running epoch.
        news: what has gone otherwise than it should and is not told yet, one sentence each.
    """

    def __init__(self, setup: Setup) -> None:
        settings, device = setup.settings, setup.device
        self.setup = setup
        drawn = settings.sampling == "balanced"
        prepared = setup.prepared
        odds = chances(prepared.train.target, prepared.spec) if drawn else None
        self.batches = Batches(prepared.train, settings.batch_size, device, odds)
        self.validation = Batches(setup.prepared.validation, 2 * settings.batch_size, device)
        turns = setup.task.turns()
        self.updates = updates_of(setup)
        self.update = (
            self.updates[0] if len(turns) == 1 else Turns(self.updates, [turn.every for turn in turns])
        )
        self.averages = self._averages(turns, settings.ema_decay)
        self.recorder = Recorder(self.update, device.type == "cpu")
        self.randomness = Randomness(settings.seed, device)
        self.place = Place()
        self.order = self.randomness.order.get_state()
        self.news: list[str] = []

    def enter_phase(self, number: int) -> None:
        """Lets the weights of a phase learn and the others wait."""
        self.setup.phases.enter(number)
        for update in self.updates:
            update.look_who_learns()

    def _averages(self, turns: Sequence[Turn], decay: float) -> tuple[Average, ...]:
        networks = self.setup.networks
        return tuple(
            Average(checkpoint.tensors_of(networks, turn.roles), update.optimizer, decay)
            for turn, update in zip(turns, self.updates, strict=True)
            if decay
        )

    def _means(self) -> dict[str, Tensor]:
        return {name: mean for average in self.averages for name, mean in average.means().items()}

    def exchange(self) -> None:
        """Puts the averages of the weights, where there are any, in their place; a second time takes that back."""
        for average in self.averages:
            average.exchange()

    @contextmanager
    def judged(self) -> Iterator[None]:
        """The networks with the weights that they are judged by."""
        self.exchange()
        try:
            yield
        finally:
            self.exchange()

    def weights(self) -> dict[str, Tensor]:
        """A copy, on the processor, of the weights that the networks are judged by."""
        kept = checkpoint.weights_of(self.setup.networks) | self._means()
        return {name: tensor.cpu().clone() for name, tensor in kept.items()}

    def state(self) -> dict[str, Any]:
        """Where the run stands, and what tells whether it can go on just so."""
        return {
            "format": _FORMAT,
            **self.place.to_json(),
            "sums": dict(self.recorder.sums),
            "counted": dict(self.recorder.counted),
            "batch_size": self.setup.settings.batch_size,
            "samples": self.batches.samples,
            "sampling": self.setup.settings.sampling,
            "scaling": dict(self.setup.prepared.scaling),
            "digest": self.setup.prepared.digest,
            "judged_by": self._judged_by(),
            "source": dict(self.setup.prepared.source),
            "optimizer": self.setup.design.training.optimizer.kind,
            "trained": self._trained(),
            "made": self.update.made if isinstance(self.update, Turns) else 0,
            "torch": torch.__version__,
            "device": self.setup.device.type,
        }

    def _judged_by(self) -> list[str]:
        """What the numbers depend on by which one epoch is better than another, beside the weights."""
        design, digest = self.setup.design, self.setup.prepared.digest
        chosen = (choice for choice in (design.task, design.loss) if choice is not None)
        return [digest, *(f"{choice.kind} {sorted(choice.params.items())}" for choice in chosen)]

    def _trained(self) -> list[str]:
        return checkpoint.trained_names(self.setup.networks, self.update.parameters)

    def save(self) -> Saved:
        """All that the run can go on from, bit for bit; the steps made must have been handed on."""
        tensors, plain = checkpoint.optimizer_state([update.optimizer for update in self.updates])
        tensors |= self.randomness.tensors()
        tensors["random.order"] = self.order
        if self.place.batch % self.setup.settings.accumulate:
            gradients = enumerate(p.grad for p in self.update.parameters)
            tensors |= {f"gradient.{index}": g for index, g in gradients if g is not None}
        state = {**self.state(), "remembered": plain, "scaler": self.updates[0].guard.scaler.state_dict()}
        weights, means = checkpoint.weights_of(self.setup.networks), self._means()
        tensors |= {_TRAINED + name: weights[name] for name in means}
        state["averaged"] = [average.steps for average in self.averages]
        return Saved(weights | means, state, tensors)

    def restore(self, saved: Saved) -> tuple[str, ...]:
        """Goes back to where a checkpoint was taken.

        Returns:
            What is not as it was, one sentence each.

        Raises:
            TrainingError: the checkpoint is damaged or does not fit the networks.
        """
        state = saved.state
        if state.get("format") != _FORMAT:
            raise TrainingError(
                f"the checkpoint's format is {state.get('format')}; this version reads {_FORMAT}"
            )
        trained = {
            name.removeprefix(_TRAINED): t for name, t in saved.tensors.items() if name.startswith(_TRAINED)
        }
        checkpoint.fill(self.setup.networks, {**saved.weights, **trained})
        self.place = Place.from_json(state)
        try:
            names = self._trained()
            fitting = checkpoint.renumbered(saved, names)
            others = [] if {*state.get("trained", names)} == {*names} else [_OTHERS_FROZEN]
            others += self._restore_averages(saved)
            others += [*self._restore_optimizer(fitting), *self._restore_epoch(fitting)]
            return (*others, *self._judge_anew(state))
        except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            reason = str(error).partition("\n")[0]
            raise TrainingError(f"the checkpoint's state is damaged: {reason}") from None

    def _restore_averages(self, saved: Saved) -> list[str]:
        """Takes up the averages, or begins them where the weights stand."""
        known = saved.state.get("averaged", [])
        if known and not self.averages:
            return [_NOT_AVERAGED]
        for average, steps in zip(self.averages, known or [0] * len(self.averages), strict=True):
            average.restore(saved.weights, int(steps))
        return []

    def _judge_anew(self, state: Mapping[str, Any]) -> list[str]:
        """Forgets which epoch was the best, where no later one could be held against it."""
        now = self._judged_by()
        before = state.get("judged_by", now)
        if not self.place.best_epoch or before == now:
            return []
        self.place.best_epoch, self.place.best_value, self.place.stale = 0, 0.0, 0
        return [_JUDGED_ANEW] if before[0] == now[0] else []  # what other data bring about is told with them

    def _restore_optimizer(self, saved: Saved) -> list[str]:
        state, scaler = saved.state, self.updates[0].guard.scaler
        if state["scaler"] and scaler.is_enabled():
            scaler.load_state_dict(state["scaler"])
        if isinstance(self.update, Turns):
            self.update.made = int(state["made"])
        if state["optimizer"] != self.setup.design.training.optimizer.kind:
            return ["the optimizer is another one than before; it starts without a memory"]
        optimizers = [update.optimizer for update in self.updates]
        checkpoint.restore_optimizer(optimizers, saved.tensors, state["remembered"])
        return []

    def _restore_epoch(self, saved: Saved) -> list[str]:
        """Takes up an epoch where it was left; begins it anew where its samples or batches are others."""
        state, place = saved.state, self.place
        self.randomness.restore(saved.tensors)
        self.order = saved.tensors["random.order"]
        self.randomness.order.set_state(self.order)
        prepared = self.setup.prepared
        same = (state["samples"], state["scaling"], state.get("digest", prepared.digest)) == (
            self.batches.samples,
            dict(prepared.scaling),
            prepared.digest,
        )
        settings = self.setup.settings
        drawn = (state["batch_size"], state.get("sampling", "shuffled"))
        if same and drawn == (settings.batch_size, settings.sampling):
            self.recorder.sums = {str(name): float(total) for name, total in state["sums"].items()}
            counted = state["counted"]
            known = counted if isinstance(counted, dict) else dict.fromkeys(state["sums"], counted)
            self.recorder.counted = {str(name): int(count) for name, count in known.items()}
            for index, parameter in enumerate(self.update.parameters):
                gradient = saved.tensors.get(f"gradient.{index}")
                parameter.grad = None if gradient is None else gradient.to(parameter.device)
            return []
        warnings = []
        if not same:
            files = self.setup.dataset.changed_since(state.get("source", {}))
            warnings.append(
                f"{files}: not the data that the run began with; it goes on with what is there now, "
                "and looks for its best epoch anew"
            )
        if place.batch:
            place.batch = 0
            warnings.append("the epoch that was being trained begins anew, for its batches are others now")
        return warnings
