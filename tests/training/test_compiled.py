"""Compiled networks, with a stand-in for the compiler; `benchmarks/bench_techniques.py` has the real one."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdesigner.training import compiled
from netdesigner.training.control import Control
from netdesigner.training.events import Failed, Finished, Preparing, Warned
from tests.training.world import World, network


class Compiled(nn.Module):
    """Like what torch.compile gives: it computes what the network does and takes no notice of hooks."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Computes it."""
        for part in self.network.children():
            x = part.forward(x)
        return x


@pytest.fixture
def sizes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, bool]]:
    """How large the batches were that compiled networks computed, and whether in training."""
    found: list[tuple[int, bool]] = []

    def compile(network: nn.Module, backend: str) -> nn.Module:
        made = Compiled(network)
        made.register_forward_pre_hook(
            lambda _module, inputs: found.append((len(inputs[0]), network.training))
        )
        return made

    monkeypatch.setattr(torch, "compile", compile)
    monkeypatch.setattr(torch.compiler, "reset", lambda: None)
    monkeypatch.setattr(compiled, "why_not_compiled", lambda: "")
    return found


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def told(events: list[Any]) -> list[str]:
    return [event.message for event in events if isinstance(event, Warned)]


def test_every_size_of_batch_is_tried_before_the_run_which_is_none_the_wiser(
    world: World, sizes: list[tuple[int, bool]]
) -> None:
    world.run("plain")
    plain = world.weights()
    assert sizes == []
    world.values["compile"] = True
    events = world.run("compiled")
    assert any(isinstance(event, Preparing) and "Compiling" in event.message for event in events)
    assert told(events) == []
    assert sizes[:3] == [(16, True), (4, True), (18, False)]
    assert len(sizes) == 3 + 3 * (6 + 1)
    assert same(world.weights(), plain)  # by their names, too: it is the network beneath that is kept
    world.stopped(8, "cut")
    world.run("cut", resume="cut")
    assert same(world.weights(), plain)


def test_a_run_that_is_stopped_while_it_is_compiled_leaves_no_folder(
    world: World, sizes: list[tuple[int, bool]]
) -> None:
    world.values["compile"] = True
    control = Control()
    events = []
    for event in world.events(control=control):
        events.append(event)
        if sizes:
            control.stop()
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stopped"
    assert len(sizes) == 1
    assert not (world.folder / "run").exists()


def test_without_a_compiler_the_run_goes_on_and_says_so(
    world: World, sizes: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled, "why_not_compiled", lambda: "no C++ compiler was found")
    world.values |= {"compile": True, "epochs": 1}
    events = world.run()
    assert isinstance(events[-1], Finished)
    assert told(events) == [
        "the network is not compiled, but computed as it stands: no C++ compiler was found"
    ]
    assert sizes == []


def test_where_compiling_fails_the_run_is_as_if_nobody_had_tried(
    world: World, sizes: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    world.run("plain")
    plain = world.weights()
    monkeypatch.setattr(Compiled, "forward", broken)
    world.values["compile"] = True
    events = world.run()
    assert isinstance(events[-1], Finished)
    assert told(events) == [
        "the network is not compiled, but computed as it stands: RuntimeError: backend raised: out of registers"
    ]
    assert same(world.weights(), plain)


def broken(self: Compiled, x: Tensor) -> Tensor:
    """Moves the running statistics and draws numbers before it fails."""
    self.network.train()
    self.network(x)
    raise RuntimeError("backend raised:\nout of registers\n\nmore that nobody reads")


def test_what_cannot_be_compiled_later_is_computed_as_it_stands_which_is_told_once(
    world: World, sizes: list[tuple[int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch._dynamo.exc import TorchDynamoException

    world.run("plain")
    plain = world.weights()
    compute = Compiled.forward

    def breaking(self: Compiled, x: Tensor) -> Tensor:
        if len(sizes) > 10:
            raise TorchDynamoException("backend raised:\nout of registers")
        return compute(self, x)

    monkeypatch.setattr(Compiled, "forward", breaking)
    world.values["compile"] = True
    events = world.run("compiled")
    (news,) = told(events)
    assert news == (
        "from now on the network is computed as it stands, for it cannot be compiled: "
        "TorchDynamoException: backend raised: out of registers"
    )
    assert len(sizes) == 11
    assert same(world.weights(), plain)
    assert torch._dynamo.config.suppress_errors is False


def test_the_node_is_found_in_which_numbers_of_a_compiled_network_went_wrong(
    world: World, sizes: list[tuple[int, bool]]
) -> None:
    class Breaks(nn.Module):
        count = 0

        def forward(self, x: Tensor) -> Tensor:
            self.count += self.training
            return x / (self.count < 12)

    def breaking() -> nn.Module:
        made = network()
        made.add_module("tail", Breaks())
        return made

    world.make = breaking
    world.values["compile"] = True
    failed = world.run()[-1]
    assert isinstance(failed, Failed)
    assert failed.node == "tail"
