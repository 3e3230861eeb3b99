"""Networks that learn against each other, in a world that takes milliseconds."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netdesigner.document import Choice, Design, Network, Settings
from netdesigner.errors import TrainingError
from netdesigner.optimizers.gradient import SGD
from netdesigner.parts import (
    Catalog,
    Curve,
    Dataset,
    DataSpec,
    Progress,
    Samples,
    Task,
    TensorSpec,
    TrainingSettings,
    Turn,
    no_progress,
)
from netdesigner.parts.part import param
from netdesigner.training import checkpoint
from netdesigner.training.control import Control
from netdesigner.training.data import Pair
from netdesigner.training.events import EpochEnd, Event, Failed, Finished, Paused, Steps
from netdesigner.training.log import read_events
from netdesigner.training.loop import train
from netdesigner.training.turns import Turns
from netdesigner.training.update import Guard, Update

REAL = Catalog.discover()


class Rows(Dataset):
    """Rows of four numbers around a point."""

    kind: ClassVar[str] = "rows"

    def load(self, progress: Progress = no_progress) -> Samples:
        generator = torch.Generator().manual_seed(3)
        rows = (torch.randn(120, 4, generator=generator) + 2).numpy()
        spec = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N", 1)), rows=120)
        return Samples(rows, rows[:, :1].copy(), spec)


class Match(Task):
    """One makes rows up, the other tells them from the real ones."""

    kind: ClassVar[str] = "match"
    roles: ClassVar[tuple[str, ...]] = ("maker", "judge")
    curves: ClassVar[tuple[Curve, ...]] = (Curve("loss", "Maker"), Curve("judge_loss", "Judge"))

    every: int = param(1, min=1, max=9)

    def turns(self) -> tuple[Turn, ...]:
        return Turn(("judge",), "judge_loss"), Turn(("maker",), "loss", self.every)

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        found: dict[str, Tensor] = {}
        for turn in self.turns():
            found |= self.take(turn, networks, criterion, batch)
        return found

    def take(
        self,
        turn: Turn,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
    ) -> dict[str, Tensor]:
        made = networks["maker"](torch.randn(len(batch.input), 3))
        told = networks["judge"](made).float()
        if turn.loss == "loss":
            return {"loss": F.softplus(-told).mean()}
        return {
            "judge_loss": F.softplus(told).mean() + F.softplus(-networks["judge"](batch.input).float()).mean()
        }


def player(role: str) -> nn.Module:
    """Everything that makes resuming hard: batch norm and dropout."""
    with torch.random.fork_rng():
        torch.manual_seed(len(role))
        made = nn.Sequential()
        made.add_module("fc", nn.Linear(3 if role == "maker" else 4, 8))
        made.add_module("norm", nn.BatchNorm1d(8))
        made.add_module("drop", nn.Dropout(0.3))
        made.add_module("last", nn.Linear(8, 4 if role == "maker" else 1))
    return made


@dataclass
class Duel:
    """What a test trains, and how.

    Attributes:
        folder: for runs.
        players: the networks of the last run by role.
        stop_after: in which batch of the judge's the run is stopped; 0 for none.
    """

    folder: Path
    every: int = 1
    optimizer: str = "AdamW"
    values: dict[str, Any] = field(
        default_factory=lambda: {"epochs": 3, "batch_size": 16, "learning_rate": 0.01}
    )
    players: dict[str, nn.Module] = field(default_factory=dict)
    changed: Any = None

    @property
    def design(self) -> Design:
        settings = self.settings()
        networks = {role: Network() for role in Match.roles}
        task = Choice("match", {"every": self.every})
        return Design(networks, data=Choice("rows"), task=task, training=settings)

    @property
    def catalog(self) -> Catalog:
        return replace(REAL, datasets={"rows": Rows}, tasks={"match": Match})

    def events(self, name: str = "run", resume: str = "", control: Control | None = None) -> Iterator[Event]:
        return train(
            self.design,
            self.catalog,
            self.build,
            run=self.folder / name,
            resume=self.folder / resume if resume else None,
            control=control,
        )

    def settings(self) -> Settings:
        return Settings(Choice(self.optimizer), Choice("cosine"), dict(self.values))

    def build(self, name: str, spec: DataSpec) -> nn.Module:
        self.players[name] = player(name)
        if self.changed is not None:
            self.changed(name, self.players[name])
        return self.players[name]

    def run(self, name: str = "run", **given: Any) -> list[Event]:
        return list(self.events(name, **given))

    def stopped(self, batches: int, name: str) -> list[Event]:
        """A run that is stopped while its judge computes this batch of training."""
        control, count = Control(), [0]

        def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            count[0] += module.training and inputs[0].grad_fn is None  # the data; what was made up has one
            if count[0] == batches:
                control.stop()

        def watch(role: str, module: nn.Module) -> None:
            if role == "judge":
                module.register_forward_pre_hook(look)

        self.changed = watch
        try:
            return self.run(name, control=control)
        finally:
            self.changed = None

    def weights(self) -> dict[str, Tensor]:
        return {name: tensor.clone() for name, tensor in checkpoint.weights_of(self.players).items()}


@pytest.fixture
def duel(tmp_path: Path) -> Duel:
    return Duel(tmp_path)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def column(events: list[Event], name: str) -> list[float]:
    """A curve step by step, NaN where a step did not give it."""
    found: list[float] = []
    for event in events:
        if isinstance(event, Steps):
            found += event.values.get(name, (math.nan,) * len(event.learning_rate))
    return found


# -- one batch --------------------------------------------------------------------------------------------------------


CPU = torch.device("cpu")


class Pull:
    """Two numbers: `one` is pulled to the other's double, `other` to the sum of both and the batch."""

    def __init__(self) -> None:
        self.one, self.other = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(2.0))

    def first(self, pair: Pair) -> dict[str, Tensor]:
        return {"first": (self.one - 2 * self.other).square() + 0 * pair.input.sum()}

    def second(self, pair: Pair) -> dict[str, Tensor]:
        return {"second": (self.other - self.one - pair.input.mean()).square()}

    def turns(self, every: tuple[int, int] = (1, 1), **settings: Any) -> Turns:
        chosen = TrainingSettings(**settings)
        guard = Guard(chosen, CPU)
        updates = [
            Update(step, SGD().build([parameter], 0.1), chosen, CPU, loss=name, alone=False, guard=guard)
            for name, step, parameter in (
                ("first", self.first, self.one),
                ("second", self.second, self.other),
            )
        ]
        return Turns(updates, every)

    def numbers(self) -> tuple[float, float]:
        return self.one.item(), self.other.item()


def batch(value: float = 0.0) -> Pair:
    return Pair(torch.full((4, 1), value), torch.zeros(4))


def test_a_turn_changes_its_own_weights_alone_and_sees_what_those_before_it_changed() -> None:
    pull = Pull()
    values = pull.turns()(batch())
    one = 1 - 0.1 * 2 * (1 - 4)
    other = 2 - 0.1 * 2 * (2 - one)
    assert pull.numbers() == pytest.approx((one, other))
    assert values == {"first": pytest.approx(9.0), "second": pytest.approx((2 - one) ** 2)}


def test_a_turn_that_comes_now_and_then_leaves_its_weights_alone_in_between() -> None:
    pull, changes = Pull(), []
    turns = pull.turns((1, 3))
    for _ in range(6):
        before = pull.numbers()
        values = turns(batch())
        after = pull.numbers()
        changes.append((before[0] != after[0], before[1] != after[1]))
        assert ("second" in values) == (before[1] != after[1])
    assert changes == [(True, False), (True, False), (True, True)] * 2


@pytest.mark.parametrize("precision", ["float32", "float16"])
def test_small_batches_of_a_group_add_up_in_each_turn(precision: str) -> None:
    pull = Pull()
    turns = pull.turns((1, 2), precision=precision)
    turns.updates[0].guard.scaler.set_growth_interval(1)  # of float16: the scale changes with each step
    for number in range(4):
        turns(batch(float(number)), 0.5, number % 2 == 0, number % 2 == 1)
        assert turns.made == (number + 1) // 2
    one = 1.0
    for _ in range(2):
        one -= 0.1 * 2 * (one - 4)
    half = 1 - 0.1 * 2 * (1 - 4)  # what the first batch of the second group still saw
    slope = (2 - half - 2) + (2 - one - 3)
    assert pull.numbers() == pytest.approx((one, 2 - 0.1 * slope))


def test_the_norm_of_gradients_is_that_of_all_turns() -> None:
    values = Pull().turns(clip_norm=100.0)(batch())
    assert values["grad_norm"] == pytest.approx((6.0**2 + (2 * (2 - 1.6)) ** 2) ** 0.5)


def test_between_two_turns_the_weights_are_neither_old_nor_new() -> None:
    pull = Pull()
    turns, seen = pull.turns(), []

    def broken(pair: Pair) -> dict[str, Tensor]:
        seen.append(turns.stepping)
        raise KeyboardInterrupt

    turns.updates[1]._step = broken
    assert not turns.stepping
    with pytest.raises(KeyboardInterrupt):
        turns(batch())
    assert seen == [True]
    assert turns.stepping


def test_the_learning_rate_is_that_of_all_turns() -> None:
    turns = Pull().turns()
    turns.learning_rate = 0.5
    assert [update.learning_rate for update in turns.updates] == [0.5, 0.5]


# -- a whole run ------------------------------------------------------------------------------------------------------


def test_a_run_gives_the_curves_of_all_turns(duel: Duel) -> None:
    events = duel.run()
    assert isinstance(events[-1], Finished)
    assert len(column(events, "loss")) == len(column(events, "judge_loss")) == 18
    for end in (event for event in events if isinstance(event, EpochEnd)):
        assert end.train.keys() == end.validation.keys() == {"loss", "judge_loss"}


def test_the_turn_of_one_does_not_reach_into_the_weights_of_another(duel: Duel) -> None:
    duel.values |= {"epochs": 1, "batch_size": 84}  # a single batch
    duel.run("both")
    both = {role: [p.clone() for p in module.parameters()] for role, module in duel.players.items()}
    duel.every = 2
    duel.run("judge alone")
    alone = {role: [*module.parameters()] for role, module in duel.players.items()}
    fresh = [*player("maker").parameters()]
    assert all(torch.equal(a, b) for a, b in zip(alone["maker"], fresh, strict=True))
    assert all(torch.equal(a, b) for a, b in zip(alone["judge"], both["judge"], strict=True))
    assert not all(torch.equal(a, b) for a, b in zip(alone["maker"], both["maker"], strict=True))


def test_a_curve_that_comes_now_and_then_has_a_mean_over_the_steps_that_gave_it(duel: Duel) -> None:
    duel.every = 4
    duel.values["epochs"] = 1
    events = duel.run()
    (end,) = (event for event in events if isinstance(event, EpochEnd))
    losses = column(events, "loss")
    assert [math.isnan(value) for value in losses] == [True, True, True, False, True, True]
    assert end.train["loss"] == losses[3]
    kept = column([*read_events(duel.folder / "run")], "loss")
    assert [math.isnan(value) for value in kept] == [math.isnan(value) for value in losses]


@pytest.mark.parametrize("cut", [1, 4, 6, 7, 11, 18])
@pytest.mark.parametrize(
    ("every", "more"),
    [(1, {}), (3, {"accumulate": 4, "clip_norm": 0.5}), (2, {"precision": "float16", "ema_decay": 0.9})],
)
def test_a_resumed_run_ends_with_the_very_weights_of_one_that_never_stopped(
    duel: Duel, cut: int, every: int, more: dict[str, Any]
) -> None:
    duel.every = every
    duel.values |= more
    whole = column(duel.run("straight"), "judge_loss")
    straight = duel.weights()
    first = duel.stopped(cut, "cut")
    assert len(column(first, "judge_loss")) == cut
    rest = duel.run("cut", resume="cut")
    assert column(first, "judge_loss") + column(rest, "judge_loss") == whole
    assert same(straight, duel.weights())


def test_pausing_and_single_steps_change_no_number(duel: Duel) -> None:
    duel.run("straight")
    straight = duel.weights()
    control = Control()
    control.pause()
    for event in duel.events("paused", control=control):
        if isinstance(event, Paused):
            control.resume()
            if event.step < 5:
                control.single_step()
    assert same(straight, duel.weights())


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_shorter_precision_trains_all_turns(duel: Duel, precision: str) -> None:
    duel.values |= {"precision": precision, "epochs": 1}
    duel.run()
    for role, module in duel.players.items():
        fresh = player(role).get_parameter("fc.weight")
        assert not torch.equal(module.get_parameter("fc.weight"), fresh)
        assert torch.isfinite(module.get_parameter("fc.weight")).all()


@pytest.mark.parametrize("role", Match.roles)
def test_what_is_not_finite_is_named_with_its_network(duel: Duel, role: str) -> None:
    class Breaks(nn.Module):
        count = 0

        def forward(self, x: Tensor) -> Tensor:
            self.count += 1
            return x / 0 if self.count > 8 else x

    duel.changed = lambda name, module: module.add_module("tail", Breaks()) if name == role else None
    failed = duel.run()[-1]
    assert isinstance(failed, Failed)
    assert "NaN or infinite" in failed.message
    assert failed.message.endswith(f"'tail' of the network '{role}'")
    assert failed.node == "tail"


def test_a_player_without_weights_is_refused_by_name(duel: Duel) -> None:
    duel.changed = lambda name, module: module.requires_grad_(name != "judge")
    with pytest.raises(TrainingError, match="the network 'judge' has nothing that training could change"):
        duel.run()
