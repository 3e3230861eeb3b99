"""Nodes that training leaves alone."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from torch import nn

from netdesigner.checks import check, summary
from netdesigner.compiler import compile_design, forecast
from netdesigner.compiler.network import CompiledNetwork
from netdesigner.document import Block, Design, edit
from tests.compiler.designs import CATALOG, DESIGNS, Sketch, residual_block


def half_frozen() -> Design:
    """A frozen layer, a frozen block used twice in a row, and a head that is trained."""
    body = Sketch()
    x = body("Input", name="x")
    x = body("Conv2d", x, name="conv", out_channels=4, padding=1)
    x = body("Dropout", x, name="dropout", p=0.5)
    x = body("BatchNorm2d", x, name="norm")
    body("Output", x, name="y")
    net = Sketch({"body": Block(body.graph())})
    x = net("Input", name="image", shape=(4, 6, 6))
    x = net("Conv2d", x, name="stem", out_channels=4)
    x = net("block:body", x, name="body", repeat=2)
    x = net("BatchNorm2d", x, name="norm")
    x = net("Flatten", x, name="flat")
    x = net("Linear", x, name="head", out_features=3)
    net("Output", x, name="y")
    return edit.set_frozen(net.design(), "main", ["stem", "body"], frozen=True)


@pytest.fixture
def module() -> CompiledNetwork:
    return compile_design(half_frozen(), CATALOG, seed=0).module


def learning(module: nn.Module) -> set[str]:
    return {name.partition(".")[0] for name, weight in module.named_parameters() if weight.requires_grad}


def in_training_mode(module: nn.Module) -> set[str]:
    return {name for name, part in module.named_modules() if part.training}


def test_what_is_frozen_gets_no_gradients_and_stays_in_evaluation_mode(module: CompiledNetwork) -> None:
    assert learning(module) == {"norm", "head"}
    assert in_training_mode(module) == {"", "norm", "flat", "head"}
    assert in_training_mode(module.eval()) == set()
    assert in_training_mode(module.train()) == {"", "norm", "flat", "head"}


def test_copies_are_frozen_too(module: CompiledNetwork) -> None:
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        assert learning(other) == learning(module)
        assert in_training_mode(other.eval().train()) == in_training_mode(module)


def test_what_is_frozen_computes_the_same_whatever_it_is_fed(module: CompiledNetwork) -> None:
    before = {name: tensor.clone() for name, tensor in module.body.state_dict().items()}
    first, second = (module.body(torch.ones(2, 4, 6, 6)) for _ in range(2))
    assert torch.equal(first, second)
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.body.state_dict().items())


def test_a_frozen_node_inside_a_block_is_frozen_in_all_uses() -> None:
    design = edit.set_frozen(DESIGNS["residual"], "block:residual", ["conv1", "norm1"], frozen=True)
    module = compile_design(design, CATALOG).module
    frozen = {name for name, weight in module.named_parameters() if not weight.requires_grad}
    parts = ("conv1.weight", "norm1.weight", "norm1.bias")
    assert frozen == {f"{use}.{part}" for use in ("stage1.0", "stage1.1", "stage2") for part in parts}


def test_parameters_that_are_frozen_are_counted_apart() -> None:
    module = compile_design(half_frozen(), CATALOG).module
    facts = summary(half_frozen(), check(half_frozen(), CATALOG))
    assert facts["parameters"] == sum(weight.numel() for weight in module.parameters())
    assert facts["trainable"] == sum(w.numel() for w in module.parameters() if w.requires_grad)
    nodes = {node["id"]: node["trainable"] for node in facts["networks"]["main"]["nodes"]}
    assert (nodes["stem"], nodes["body"], nodes["head"]) == (0, 0, 3 * 4 * 4 * 4 + 3)


def test_frozen_weights_need_no_memory_for_gradients() -> None:
    found = forecast(half_frozen(), CATALOG, batch_size=4, optimizer_slots=2)
    trained = 4 * (3 * 64 + 3 + 2 * 4)
    assert (found.gradients_bytes, found.optimizer_bytes) == (trained, 2 * trained)
    all_trained = edit.set_frozen(half_frozen(), "main", ["stem", "body"], frozen=False)
    assert found.parameters_bytes == forecast(all_trained, CATALOG, batch_size=4).parameters_bytes


def test_a_block_can_hold_nodes_of_both_sorts() -> None:
    net = Sketch({"residual": residual_block()})
    x = net("Input", name="image", shape=(1, 8, 8))
    x = net("block:residual", x, name="stage")
    net("Output", x, name="y")
    design = edit.set_frozen(net.design(), "block:residual", ["conv1"], frozen=True)
    cost = check(design, CATALOG).traces["main"].cost
    assert 0 < cost.frozen < cost.parameters
