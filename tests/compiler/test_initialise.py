from __future__ import annotations

import threading

import pytest
import torch
from torch import nn

from netdesigner.compiler import compile_design
from netdesigner.compiler.initialise import seeded
from netdesigner.parts import Layer
from tests.compiler.designs import CATALOG, DESIGNS


def weights(seed: int | None) -> torch.Tensor:
    module = compile_design(DESIGNS["attention"], CATALOG, seed=seed).module
    return torch.cat([parameter.detach().flatten() for parameter in module.parameters()])


def test_a_seed_gives_the_same_weights() -> None:
    assert torch.equal(weights(4), weights(4))
    assert not torch.equal(weights(4), weights(5))


def test_without_a_seed_torchs_own_generator_is_used() -> None:
    torch.manual_seed(11)
    first = weights(None)
    torch.manual_seed(11)
    assert torch.equal(first, weights(None))


def test_the_weights_are_those_a_person_would_get_with_manual_seed() -> None:
    torch.manual_seed(7)
    hand = nn.ModuleDict({"hidden": nn.Linear(64, 32), "head": nn.Linear(32, 10)})
    ours = compile_design(DESIGNS["mlp"], CATALOG, seed=7).module.state_dict()
    assert all(torch.equal(value, ours[key]) for key, value in hand.state_dict().items())


def test_other_threads_neither_change_the_weights_nor_feel_it() -> None:
    alone = weights(3)
    stop = threading.Event()

    def draw() -> None:
        while not stop.is_set():
            torch.rand(100)

    thread = threading.Thread(target=draw)
    thread.start()
    try:
        beside = [weights(3) for _ in range(3)]
    finally:
        stop.set()
        thread.join()
    assert all(torch.equal(alone, other) for other in beside)


@pytest.mark.parametrize(
    "layer", [layer for layer in CATALOG.layers.values() if layer.kind not in ("Input", "Output")]
)
def test_no_layer_draws_from_torchs_own_generator(layer: type[Layer]) -> None:
    for example in layer.examples:
        made = CATALOG.layer(layer.kind, example.params, {})
        torch.manual_seed(2)
        hand = made.build(*example.inputs).state_dict()
        before = torch.get_rng_state()
        with seeded(2):
            ours = made.build(*example.inputs).state_dict()
        assert torch.equal(before, torch.get_rng_state())
        assert all(torch.equal(value, ours[key]) for key, value in hand.items())
