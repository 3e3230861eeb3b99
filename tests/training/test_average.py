from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from netdesigner.training import checkpoint
from netdesigner.training.average import Average
from netdesigner.training.checkpoint import tensors_of
from netdesigner.training.events import EpochEnd, Warned
from tests.training.test_turns import Duel
from tests.training.world import World, network


def learning(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(module.parameters(), lr=0.1)


def step(module: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    optimizer.zero_grad()
    module(torch.randn(8, 1, 6, 6)).square().mean().backward()
    optimizer.step()


def followed(decay: float) -> tuple[nn.Module, torch.optim.Optimizer, Average]:
    module = network()
    optimizer = learning(module)
    return module, optimizer, Average(tensors_of({"network": module}, ["network"]), optimizer, decay)


def test_it_is_torchs_own_average_once_the_first_steps_are_over() -> None:
    module, optimizer, average = followed(0.9)
    average.steps = 1000
    theirs = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(0.9), use_buffers=True)
    theirs.n_averaged += 1
    for _ in range(5):
        step(module, optimizer)
        theirs.update_parameters(module)
    expected = {
        name: tensor for name, tensor in theirs.module.state_dict().items() if tensor.is_floating_point()
    }
    assert average.means().keys() == expected.keys()
    assert "norm.running_var" in expected
    for name, mean in average.means().items():
        assert torch.allclose(mean, expected[name], rtol=1e-5, atol=1e-7), name


def test_the_weights_that_training_began_with_are_soon_forgotten() -> None:
    module, optimizer, average = followed(0.9999)
    began = {name: mean.clone() for name, mean in average.means().items()}
    weights = []
    for _ in range(2):
        step(module, optimizer)
        weights.append(module.get_parameter("fc.weight").detach().clone())
    first = 0.1 * began["fc.weight"] + 0.9 * weights[0]
    second = 2 / 11 * first + 9 / 11 * weights[1]
    assert torch.allclose(average.means()["fc.weight"], second, atol=1e-7)


def test_exchanged_twice_everything_is_as_it_was_and_the_optimizer_goes_on() -> None:
    module, optimizer, average = followed(0.5)
    step(module, optimizer)
    weights = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    means = {name: mean.clone() for name, mean in average.means().items()}
    average.exchange()
    assert all(torch.equal(module.state_dict()[name], mean) for name, mean in means.items())
    average.exchange()
    assert all(torch.equal(module.state_dict()[name], tensor) for name, tensor in weights.items())
    step(module, optimizer)
    assert not torch.equal(module.state_dict()["fc.weight"], weights["fc.weight"])
    assert not torch.equal(average.means()["fc.weight"], means["fc.weight"])


def test_weights_under_two_names_have_one_average() -> None:
    module = nn.ModuleDict({"one": nn.Linear(2, 2, bias=False), "other": nn.Linear(2, 2, bias=False)})
    module["other"].weight = module["one"].weight
    average = Average(tensors_of({"network": module}, ["network"]), learning(module), 0.9)
    means = average.means()
    assert means.keys() == {"one.weight", "other.weight"}
    assert means["one.weight"] is means["other.weight"]


# -- in a run ---------------------------------------------------------------------------------------------------------


def validated(world: World) -> list[float]:
    return [event.validation["loss"] for event in world.run() if isinstance(event, EpochEnd)]


@pytest.mark.parametrize("keep", ["best", "last"])
def test_what_is_validated_kept_and_left_in_the_network_is_the_average(world: World, keep: str) -> None:
    world.values |= {"ema_decay": 0.9, "keep": keep, "epochs": 2}
    losses = validated(world)
    left = world.weights()
    last = checkpoint.read(world.folder / "run" / "checkpoint-last")
    trained = {name: tensor for name, tensor in last.tensors.items() if name.startswith("trained.")}
    assert not torch.equal(trained["trained.fc.weight"], last.weights["fc.weight"])
    kept = checkpoint.read(world.folder / "run" / f"checkpoint-{keep}").weights
    assert all(torch.equal(tensor, kept[name]) for name, tensor in left.items())
    world.values["ema_decay"] = 0.0
    world.folder /= "plain"
    world.folder.mkdir()
    assert validated(world) != losses
    plain = checkpoint.read(world.folder / "run" / "checkpoint-last").weights
    assert torch.equal(trained["trained.fc.weight"], plain["fc.weight"]), "averaging must not change training"


def test_a_run_whose_weights_are_no_longer_averaged_goes_on_with_those_it_was_trained_on(
    world: World,
) -> None:
    world.values["keep"] = "last"
    world.run("plain")
    straight = world.weights()
    world.values["ema_decay"] = 0.9
    world.stopped(8)
    world.values["ema_decay"] = 0.0
    events = world.run(resume="run")
    assert any("no longer averaged" in event.message for event in events if isinstance(event, Warned))
    assert all(torch.equal(tensor, straight[name]) for name, tensor in world.weights().items())


def test_an_average_that_is_begun_later_begins_where_the_weights_stand(world: World) -> None:
    world.stopped(17)
    stood = checkpoint.read(world.folder / "run" / "checkpoint-last").weights
    world.values["ema_decay"] = 0.9
    world.run(resume="run")
    last = checkpoint.read(world.folder / "run" / "checkpoint-last")
    name = "fc.weight"
    expected = 0.1 * stood[name] + 0.9 * last.tensors[f"trained.{name}"]
    assert torch.allclose(last.weights[name], expected, atol=1e-7)


def test_each_of_several_networks_is_averaged_as_often_as_it_learns(tmp_path: Path) -> None:
    duel = Duel(tmp_path)
    duel.values |= {"ema_decay": 0.9, "epochs": 1}
    duel.every = 3
    duel.run()
    state = checkpoint.read(duel.folder / "run" / "checkpoint-last").state
    assert state["averaged"] == [6, 2]
