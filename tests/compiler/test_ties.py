"""Weights that several nodes use: one object under several names, whatever is done with the module."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

from netdesigner.checks import check
from netdesigner.compiler import compile_design, forecast
from netdesigner.compiler.network import CompiledNetwork
from netdesigner.compiler.weights import read_weights, weights_of
from netdesigner.document import Design, edit
from netdesigner.exporters.onnx import Onnx
from netdesigner.exporters.python import Python
from netdesigner.exporters.safetensors import Safetensors
from netdesigner.parts.exporter import Exporter
from tests.compiler.designs import CATALOG, DESIGNS, Sketch, model_of

SHARED = DESIGNS["shared"]
PAIRS = [
    ("head.weight", "table.weight"),
    ("right.0.up.weight", "left.0.up.weight"),
    ("right.1.first.bias", "left.1.first.bias"),
    ("left.0.again.weight", "left.0.first.weight"),
    ("right.1.again.weight", "left.1.first.weight"),
    ("second_norm.norm.weight", "first_norm.norm.weight"),
]


@pytest.fixture
def module() -> CompiledNetwork:
    return compile_design(SHARED, CATALOG, seed=0).module


def are_one(module: nn.Module) -> bool:
    return all(module.get_parameter(a) is module.get_parameter(b) for a, b in PAIRS)


def test_shared_weights_are_one_object(module: CompiledNetwork) -> None:
    assert are_one(module)
    assert module.left.get_submodule("0").up.weight is not module.left.get_submodule("1").up.weight


def test_buffers_and_what_only_one_has_are_its_own(module: CompiledNetwork) -> None:
    assert module.second_norm.norm.running_mean is not module.first_norm.norm.running_mean
    assert module.head.bias.shape == (20,)


def test_copies_and_moves_keep_them_one(module: CompiledNetwork) -> None:
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module)), module.to(torch.float64)):
        assert are_one(other)


def test_they_are_counted_once(module: CompiledNetwork) -> None:
    once = sum(weight.numel() for weight in module.parameters())
    assert check(SHARED, CATALOG).traces["main"].cost.parameters == once
    assert once < sum(weight.numel() for _, weight in module.named_parameters(remove_duplicate=False))
    assert forecast(SHARED, CATALOG, batch_size=1).gradients_bytes == 4 * once


def test_a_step_of_training_moves_them_together(module: CompiledNetwork) -> None:
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    before = module.table.weight.clone()
    module(torch.randint(20, (4, 6))).square().mean().backward()
    assert module.table.weight.grad is module.head.weight.grad
    optimizer.step()
    assert not torch.equal(module.head.weight, before)
    assert are_one(module)


def test_a_file_of_weights_has_them_under_every_name_and_loads_into_one(module: CompiledNetwork) -> None:
    found = read_weights(weights_of(module))
    assert found.keys() == module.state_dict().keys()
    other = compile_design(SHARED, CATALOG, seed=1).module
    other.load_state_dict(found)
    assert are_one(other)
    assert torch.equal(other.head.weight, module.table.weight)


@pytest.mark.parametrize("exporter", [Onnx(), Python(), Safetensors()], ids=lambda exporter: exporter.kind)
def test_every_format_holds_them(source_runs_here: None, exporter: Exporter, tmp_path: Path) -> None:
    assert exporter.write(model_of(SHARED), tmp_path / f"net{exporter.suffix}").verified


def test_a_chain_of_users_has_one_owner_in_any_order() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(8,))
    x = net("Linear", x, name="a", out_features=8, tied="b")
    x = net("Linear", x, name="b", out_features=8, tied="c")
    x = net("Linear", x, name="c", out_features=8)
    net("Output", x, name="y")
    module = compile_design(net.design(), CATALOG).module
    assert module.a.weight is module.b.weight is module.c.weight
    assert len([*module.parameters()]) == 2


def test_weights_of_a_node_that_is_not_computed_are_the_users_own() -> None:
    net = Sketch()
    start = net("Input", name="x", shape=(8,))
    net("Linear", start, name="unread", out_features=8)
    x = net("Linear", start, name="read", out_features=8, tied="unread")
    net("Output", x, name="y")
    assert [*dict(compile_design(net.design(), CATALOG).module.named_parameters())] == [
        "read.weight",
        "read.bias",
    ]


@pytest.mark.parametrize("owner", ["table", "head"])
def test_a_table_that_a_linear_uses_starts_as_the_linears_weights_would(owner: str) -> None:
    net, tied = Sketch(), {"table": "head", "head": "table"}
    x = net("Input", name="x", shape=(5,), dtype="int64")
    ties = {name: "" if name == owner else other for name, other in tied.items()}
    size = {"num_embeddings": 20, "embedding_dim": 64, "padding_idx": 3}
    x = net("Embedding", x, name="table", tied=ties["table"], **size)
    x = net("Linear", x, name="head", out_features=20, tied=ties["head"])
    net("Output", x, name="y")
    weight = compile_design(net.design(), CATALOG, seed=0).module.table.weight
    assert 0.1 < weight.abs().max() <= 64**-0.5
    if owner == "table":
        assert not weight[3].any()


def frozen(*node_ids: str) -> Design:
    return edit.set_frozen(SHARED, "main", node_ids, frozen=True)


def test_the_owner_decides_whether_they_are_trained() -> None:
    module = compile_design(frozen("table"), CATALOG).module
    assert not module.head.weight.requires_grad
    assert module.head.bias.requires_grad
    module = compile_design(frozen("head"), CATALOG).module
    assert module.head.weight.requires_grad
    assert not module.head.bias.requires_grad


def test_recurrent_layers_share_weights_as_others_do() -> None:
    net = Sketch()
    start = net("Input", name="x", shape=(5, 4))
    a = net("LSTM", start, name="one", hidden_size=4, batch_first=True)
    b = net("LSTM", a, name="two", hidden_size=4, batch_first=True, tied="one")
    net("Output", b, name="y")
    module = compile_design(net.design(), CATALOG).module
    assert all(a is b for a, b in zip(module.one.parameters(), module.two.parameters(), strict=True))
    steps = torch.randn(2, 5, 4)
    expected, _, _ = module.one(module.one(steps)[0])
    torch.testing.assert_close(module(steps), expected)
