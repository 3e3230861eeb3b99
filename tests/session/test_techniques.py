"""How a design says that it is trained reaches its run, through blocks, repetitions and shared weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import netdesigner as nd
from netdesigner.document import Design, Phase
from netdesigner.document.edit import set_phases
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder
from netdesigner.session.training import train
from netdesigner.training import checkpoint
from netdesigner.training.events import EpochEnd, Finished, PhaseBegan


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


def flowers(catalog: Catalog, rates: tuple[float, float] = (1.0, 1.0), **training: Any) -> Design:
    """Blocks that are repeated, with dropout and norms, and one that uses the weights of another."""
    net = Builder(catalog=catalog)
    block = net.block("Mix")
    x = block.Input(name="x")
    y = block.Dropout(block.BatchNorm1d(block.Linear(x, out_features=8, name="line")), p=0.2)
    block.Output(block.Add(x, y), name="y")
    x = net.Linear(net.Input(shape=(4,)), out_features=8, name="stem")
    x = net.Mix(x, name="body", repeat=2, rate=rates[0])
    x = net.Linear(x, out_features=8, name="first")
    x = net.Linear(x, out_features=8, name="again", tied="first", rate=1000.0)
    net.Output(net.Linear(x, out_features=3, name="head", rate=rates[1]), name="scores")
    values = {"epochs": 2, "batch_size": 32, "learning_rate": 0.01, "keep": "last", **training}
    return net.design("iris", "classification", **values)


def trained(design: Design, catalog: Catalog, run: Path) -> tuple[list[Any], dict[str, Tensor]]:
    """The events of a run, and its last weights."""
    events = [*train(design, catalog, run)]
    assert isinstance(events[-1], Finished)
    return events, dict(checkpoint.read(run / "checkpoint-last").weights)


def test_recomputing_blocks_changes_no_number(catalog: Catalog, tmp_path: Path) -> None:
    _, plain = trained(flowers(catalog), catalog, tmp_path / "plain")
    _, again = trained(flowers(catalog, recompute=True), catalog, tmp_path / "again")
    assert all(torch.equal(tensor, again[name]) for name, tensor in plain.items())


def test_nodes_learn_at_the_rates_of_a_design(catalog: Catalog, tmp_path: Path) -> None:
    design = flowers(catalog, (1e-6, 1.0), epochs=1)
    _, start = trained(flowers(catalog, learning_rate=1e-12, epochs=1), catalog, tmp_path / "start")
    _, weights = trained(design, catalog, tmp_path / "run")
    moved = {
        name: float((weights[name] - tensor).abs().max())
        for name, tensor in start.items()
        if tensor.is_floating_point() and "running" not in name
    }
    slow = {name for name in moved if name.startswith("body.")}
    assert len(slow) == 8
    assert max(moved[name] for name in slow) < 1e-6
    assert min(moved[name] for name in moved.keys() - slow) > 1e-4
    assert max(moved.values()) < 1.0  # the rate of a node that uses the weights of another is not theirs


def test_phases_and_averages_of_a_design_reach_its_run(catalog: Catalog, tmp_path: Path) -> None:
    net = flowers(catalog, ema_decay=0.9, decay_exempt="vectors, tables")
    phases = (Phase(1, ("main.head",), 0.5), Phase(1))
    events, weights = trained(set_phases(net, phases), catalog, tmp_path / "run")
    assert [event.trains for event in events if isinstance(event, PhaseBegan)] == [("main.head",), ()]
    assert [event.learning_rate for event in events if isinstance(event, EpochEnd)] == [0.005, 0.01]
    saved = checkpoint.read(tmp_path / "run" / "checkpoint-last")
    assert not torch.equal(saved.tensors["trained.head.weight"], weights["head.weight"])
    assert saved.state["averaged"] == [8]


def test_phases_are_given_to_a_run_from_python(catalog: Catalog, tmp_path: Path) -> None:
    phases = [nd.Phase(1, ("main.head",)), nd.Phase(1)]
    events = [*nd.train(flowers(catalog), tmp_path / "run", phases=phases)]
    assert [event.trains for event in events if isinstance(event, PhaseBegan)] == [("main.head",), ()]
    assert nd.load(tmp_path / "run" / "design.netdesign").training.phases == tuple(phases)
