from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from netdesigner.document import Choice
from netdesigner.errors import TrainingError
from netdesigner.optimizers.adam import AdamW
from netdesigner.optimizers.gradient import SGD
from netdesigner.optimizers.sign import Rprop
from netdesigner.parts import Optimizer, TrainingSettings
from netdesigner.training.groups import groups_of
from netdesigner.training.update import Update
from tests.training.world import World


class Reader(nn.Module):
    """A table, a block of its own rates, and a head whose weights are the table."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(5, 4)
        self.block = nn.Sequential(nn.Linear(4, 4), nn.LayerNorm(4))
        self.head = nn.Linear(4, 5)
        self.head.weight = self.table.weight


def named(
    module: nn.Module, optimizer: Optimizer, rates: dict[str, float] | None = None, **settings: Any
) -> list[tuple[set[str], Any, float]]:
    """Of each group of torch's optimizer the names of its weights, its decay and its learning rate."""
    chosen = TrainingSettings(**settings)
    factors = {module.get_parameter(name): rate for name, rate in (rates or {}).items()}
    groups = groups_of({"network": module}, chosen, optimizer.decays, factors)
    built = optimizer.build(groups, chosen.learning_rate, chosen.weight_decay)
    names = {id(parameter): name for name, parameter in module.named_parameters()}
    return [
        ({names[id(p)] for p in group["params"]}, group.get("weight_decay"), group["lr"])
        for group in built.param_groups
    ]


WEIGHTS = {"table.weight", "block.0.weight"}
ONE_AXIS = {"block.0.bias", "block.1.weight", "block.1.bias", "head.bias"}


def test_weights_that_are_all_alike_are_one_group() -> None:
    assert named(Reader(), AdamW(), weight_decay=0.1) == [(WEIGHTS | ONE_AXIS, 0.1, 1e-3)]


@pytest.mark.parametrize(
    ("which", "spared"),
    [("vectors", ONE_AXIS), ("vectors, tables", ONE_AXIS | {"table.weight"})],
)
def test_the_decay_leaves_alone_what_is_exempt(which: str, spared: set[str]) -> None:
    found = named(Reader(), AdamW(), decay_exempt=which)
    rest = (WEIGHTS | ONE_AXIS) - spared
    assert sorted(found, key=lambda group: -group[1]) == [(rest, 0.01, 1e-3), (spared, 0.0, 1e-3)]


def test_an_optimizer_without_a_decay_knows_no_exemption() -> None:
    assert len(named(Reader(), Rprop(), decay_exempt="vectors")) == 1


def test_weights_learn_at_their_own_rates_and_decay_as_they_would() -> None:
    found = named(
        Reader(),
        AdamW(),
        {"table.weight": 0.5, "head.bias": 0.5},
        learning_rate=2.0,
        decay_exempt="vectors",
    )
    assert found == [
        ({"table.weight"}, 0.01, 1.0),
        ({"block.0.weight"}, 0.01, 2.0),
        ({"block.0.bias", "block.1.weight", "block.1.bias"}, 0.0, 2.0),
        ({"head.bias"}, 0.0, 1.0),
    ]


def test_a_new_learning_rate_keeps_the_factors() -> None:
    module = nn.Sequential(nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False))
    settings = TrainingSettings()
    groups = groups_of({"network": module}, settings, True, {module.get_parameter("1.weight"): 0.25})
    optimizer = SGD().build(groups, 1e-3)
    update = Update(lambda pair: {}, optimizer, settings, torch.device("cpu"))
    update.learning_rate = 0.8
    assert update.learning_rate == 0.8
    assert [group["lr"] for group in optimizer.param_groups] == [0.8, 0.2]


def test_a_network_without_weights_is_refused() -> None:
    with pytest.raises(TrainingError, match="nothing that training could change"):
        groups_of({"network": nn.ReLU()}, TrainingSettings(), True, {})


def test_a_run_goes_on_with_its_memory_where_its_weights_are_grouped_otherwise(world: World) -> None:
    world.optimizer = Choice(
        "SGD", {"momentum": 0.9}
    )  # whose decay is 0, so that the groups change no number
    world.run("straight")
    straight = world.weights()
    world.stopped(8)
    world.values["decay_exempt"] = "vectors"
    events = world.run(resume="run")
    assert not any("frozen" in getattr(event, "message", "") for event in events)
    assert all(torch.equal(tensor, straight[name]) for name, tensor in world.weights().items())
