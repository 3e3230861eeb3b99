"""The loop with the real network, data and task: what toys cannot show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

import netdesigner as nd
from netdesigner.document import Choice, Design
from netdesigner.errors import TrainingError
from netdesigner.parts import Catalog
from netdesigner.session import training as verbs
from netdesigner.session.builder import Builder
from netdesigner.session.gallery import open_template
from netdesigner.training.control import Control
from netdesigner.training.events import EpochEnd, Event, Failed, Finished, Steps, Warned

CATALOG = Catalog.discover()


def with_training(name: str, optimizer: str = "AdamW", **values: object) -> Design:
    design = open_template(name)
    training = replace(design.training.with_values(values), optimizer=Choice(optimizer))
    return replace(design, training=training)


def run(design: Design, folder: Path, **given: object) -> list[Event]:
    return list(verbs.train(design, CATALOG, folder, device="cpu", **given))


def test_a_run_cut_in_the_middle_ends_with_the_very_weights_of_one_that_was_not(tmp_path: Path) -> None:
    design = with_training("cnn-digits", epochs=2)
    run(design, tmp_path / "straight")
    control = Control()
    for event in verbs.train(design, CATALOG, tmp_path / "cut", device="cpu", control=control):
        if isinstance(event, Steps) and event.last > 10:
            control.stop()
    assert isinstance(event, Finished)
    assert event.reason == "stopped"
    assert event.step < 80
    run(design, tmp_path / "cut", resume=tmp_path / "cut")
    kept = [load_file(tmp_path / n / "checkpoint-last" / "model.safetensors") for n in ("straight", "cut")]
    assert kept[0].keys() == kept[1].keys()
    assert all(torch.equal(kept[0][name], kept[1][name]) for name in kept[0])


def test_what_is_frozen_stays_to_the_bit_and_the_rest_learns(tmp_path: Path) -> None:
    net = Builder()
    x = net.Conv2d(net.Input(shape=(1, 8, 8)), out_channels=4, name="conv", frozen=True)
    x = net.BatchNorm2d(x, name="norm", frozen=True)
    x = net.BatchNorm2d(net.ReLU(x), name="trained_norm")
    net.Output(net.Linear(net.Flatten(x), out_features=10, name="head"))
    kept = []
    for epochs in (1, 2):
        design = net.design(data="digits", task="classification", epochs=epochs)
        run(design, tmp_path / str(epochs))
        kept.append(load_file(tmp_path / str(epochs) / "checkpoint-last" / "model.safetensors"))
    changed = {name for name, tensor in kept[0].items() if not torch.equal(tensor, kept[1][name])}
    assert {name.partition(".")[0] for name in changed} == {"trained_norm", "head"}
    assert torch.equal(kept[1]["norm.running_mean"], torch.zeros(4))


def test_a_run_goes_on_with_what_was_frozen_before(tmp_path: Path) -> None:
    for epochs, frozen in ((1, True), (2, False)):
        net = Builder()
        x = net.Conv2d(net.Input(shape=(1, 8, 8)), out_channels=4, name="conv", frozen=frozen)
        net.Output(net.Linear(net.Flatten(x), out_features=10, name="head"))
        design = net.design(data="digits", task="classification", epochs=epochs)
        events = run(design, tmp_path / "run", resume=None if frozen else tmp_path / "run")
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert warned == ["other weights are frozen than before; those that were are new to the optimizer"]
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "done"


def test_shared_weights_are_trained_saved_and_gone_on_with_as_one(tmp_path: Path) -> None:
    kept = []
    for name, cut in (("straight", 0), ("cut", 1)):
        net = Builder()
        x = net.Flatten(net.Input(shape=(1, 8, 8)))
        x = net.Linear(x, out_features=16, name="first")
        x = net.Linear(net.Tanh(x), out_features=16, name="one")
        x = net.Linear(net.Tanh(x), out_features=16, name="two", tied="one")
        net.Output(net.Linear(x, out_features=10, name="head"))
        for epochs in (cut, 2) if cut else (2,):
            design = net.design(data="digits", task="classification", epochs=epochs)
            resume = tmp_path / name if cut and epochs == 2 else None
            events = run(design, tmp_path / name, resume=resume)
        assert events[-1].reason == "done"
        kept.append(load_file(tmp_path / name / "checkpoint-last" / "model.safetensors"))
        assert torch.equal(kept[-1]["one.weight"], kept[-1]["two.weight"])
    measures = [nd.evaluate(tmp_path / name).measures for name in ("straight", "cut")]
    assert measures[0] == measures[1]
    assert all(torch.equal(kept[0][key], kept[1][key]) for key in kept[0])


def test_a_frozen_design_is_refused_before_it_is_trained(tmp_path: Path) -> None:
    net = Builder()
    x = net.Flatten(net.Input(shape=(1, 8, 8)))
    net.Output(net.Linear(x, out_features=10, name="head", frozen=True))
    with pytest.raises(TrainingError, match="all 650 weights of network `main` are frozen"):
        run(net.design(data="digits", task="classification"), tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_weights_that_run_away_are_traced_to_a_node_of_the_design(tmp_path: Path) -> None:
    design = with_training("mlp-digits", "SGD", learning_rate=1000, epochs=5)
    failed = run(design, tmp_path / "run")[-1]
    assert isinstance(failed, Failed)
    assert failed.node in design.networks["main"].graph.nodes
    assert "Lower the rate" in failed.advice[0]


def test_a_node_in_a_block_is_named_with_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    design = with_training("resnet-digits", epochs=1)
    block = next(node_id for node_id, node in design.networks["main"].graph.nodes.items() if node.block)
    inner = design.blocks[design.networks["main"].graph.nodes[block].block].graph
    convolution = next(node_id for node_id, node in inner.nodes.items() if node.kind == "Conv2d")
    build = torch.nn.Conv2d.forward

    def broken(self: torch.nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
        return build(self, x) * (float("nan") if self.training and self.in_channels > 1 else 1.0)

    monkeypatch.setattr(torch.nn.Conv2d, "forward", broken)
    failed = run(design, tmp_path / "run")[-1]
    assert isinstance(failed, Failed)
    assert failed.node == f"{block}.{convolution}"


def test_targets_that_the_loss_cannot_learn_are_refused_before_anything_is_kept(tmp_path: Path) -> None:
    design = replace(open_template("mlp-diabetes"), loss=Choice("BCEWithLogitsLoss"))
    with pytest.raises(TrainingError, match="values between 0 and 1, and the targets go from 25 to 346"):
        run(design, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_variance_below_zero_ends_the_run_with_what_to_do(tmp_path: Path) -> None:
    net = nd.Builder()
    both = net.Linear(net.Input(shape=(10,)), out_features=2)
    net.Output(net.Identity(both))  # what stands last does not tell what it gives
    design = net.design(data="diabetes", task="regression", loss="GaussianNLLLoss", epochs=1)
    failed = run(design, tmp_path / "run")[-1]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("GaussianNLLLoss takes variances of 0 and more, and the network gave -")
    assert failed.advice == ("Put a Softplus before the second half of the output.",)


def test_another_loss_trains_other_weights_and_is_kept_with_the_run(tmp_path: Path) -> None:
    usual, other = (with_training("logistic-iris", epochs=1) for _ in range(2))
    other = replace(other, loss=Choice("MultiMarginLoss", {"margin": 0.5, "weight": (1.0, 2.0, 3.0)}))
    for name, design in (("usual", usual), ("other", other)):
        assert isinstance(run(design, tmp_path / name)[-1], Finished)
    kept = [(tmp_path / n / "checkpoint-last" / "model.safetensors").read_bytes() for n in ("usual", "other")]
    assert kept[0] != kept[1]
    assert nd.load(tmp_path / "other" / "design.netdesign").loss == other.loss
    assert 0 <= nd.evaluate(tmp_path / "other").measures["accuracy"] <= 1


@pytest.mark.parametrize(
    ("name", "accuracy"),
    [
        ("cnn-digits", 0.98),
        pytest.param("gru-digits", 0.96, marks=pytest.mark.soak),
        pytest.param("mlp-digits", 0.96, marks=pytest.mark.soak),
    ],
)
def test_a_sample_reaches_its_accuracy(name: str, accuracy: float, tmp_path: Path) -> None:
    design = open_template(name)
    events = run(design, tmp_path / "run")
    assert len([event for event in events if isinstance(event, EpochEnd)]) <= 30
    assert nd.evaluate(tmp_path / "run").measures["accuracy"] >= accuracy
