"""What holds for every optimizer of the shelf, held against torch."""

from __future__ import annotations

import inspect

import pytest
import torch
from torch import nn

from netdesigner.document import Choice
from netdesigner.errors import ParameterError, UnknownPartError
from netdesigner.optimizers.adam import AdamW
from netdesigner.optimizers.gradient import SGD
from netdesigner.optimizers.sign import Rprop
from netdesigner.parts import Catalog

CATALOG = Catalog.discover()
OPTIMIZERS = CATALOG.optimizers

LEFT_OUT = {"foreach", "fused", "capturable", "differentiable", "maximize"}
"""How it is computed, and the opposite of what a loss is for."""
IN_THE_SETTINGS = {"lr", "weight_decay"}
NO_FORM = {"Adafactor": {"eps"}}
"""A pair whose first number may be absent."""


def torch_parameters(kind: str) -> dict[str, object]:
    signature = inspect.signature(getattr(torch.optim, kind).__init__)
    skipped = {"self", "params"} | LEFT_OUT | IN_THE_SETTINGS | NO_FORM.get(kind, set())
    return {name: p.default for name, p in signature.parameters.items() if name not in skipped}


@pytest.mark.parametrize("kind", [kind for kind in OPTIMIZERS if hasattr(torch.optim, kind)])
def test_parameters_and_defaults_are_torchs_own(kind: str) -> None:
    ours = {item.name: item.default for item in OPTIMIZERS[kind].params()}
    assert ours == torch_parameters(kind)


def test_every_optimizer_of_torch_is_here_or_left_out_for_a_stated_reason() -> None:
    known = {name for name, value in vars(torch.optim).items() if inspect.isclass(value)} - {"Optimizer"}
    assert known - set(OPTIMIZERS) == {"LBFGS", "SparseAdam", "Muon"}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_it_makes_a_loss_smaller(kind: str) -> None:
    torch.manual_seed(0)
    network, source = nn.Linear(4, 2), torch.randn(32, 4)
    target = source @ torch.randn(4, 2)
    optimizer = OPTIMIZERS[kind]().build(network.parameters(), 0.01)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = (network(source) - target).square().mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_its_forecast_of_memory_is_what_torch_keeps(kind: str) -> None:
    weight = nn.Parameter(torch.randn(40, 30))
    optimizer = OPTIMIZERS[kind]().build([weight], 0.01)
    weight.square().sum().backward()
    optimizer.step()
    kept = sum(value.numel() for value in optimizer.state[weight].values() if isinstance(value, torch.Tensor))
    assert kept // weight.numel() == OPTIMIZERS[kind]().slots


def test_the_learning_rate_and_the_weight_decay_come_from_outside() -> None:
    built = AdamW().build([nn.Parameter(torch.ones(2))], 0.25, 0.5)
    assert (built.defaults["lr"], built.defaults["weight_decay"]) == (0.25, 0.5)


def test_an_empty_weight_decay_leaves_torchs_own() -> None:
    weights = [nn.Parameter(torch.ones(2))]
    assert AdamW().build(weights, 0.1).defaults["weight_decay"] == 0.01
    assert SGD().build(weights, 0.1).defaults["weight_decay"] == 0


def test_a_weight_decay_for_an_optimizer_without_one_is_refused() -> None:
    with pytest.raises(ParameterError, match="weight_decay: Rprop has none"):
        Rprop().build([nn.Parameter(torch.ones(2))], 0.1, 0.01)


def test_the_fused_kernel_is_used_where_there_is_one() -> None:
    assert AdamW().build([nn.Parameter(torch.ones(2))], 0.1).defaults["fused"] is True


def test_what_torch_would_refuse_is_refused_with_its_name() -> None:
    with pytest.raises(ParameterError, match="nesterov: needs a momentum"):
        SGD(nesterov=True)
    with pytest.raises(ParameterError, match="etas: expected a number below 1"):
        Rprop(etas=(1.5, 2.0))
    with pytest.raises(ParameterError, match=r"betas: expected at most 0\.999999, got 1"):
        AdamW(betas=(0.9, 1.0))


def test_an_unknown_optimizer_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownPartError, match="no optimizer is called 'sgd'"):
        CATALOG.optimizer(Choice("sgd"))
    assert CATALOG.optimizer(Choice("SGD", {"momentum": "m"}), {"m": 0.5}).values()["momentum"] == 0.5
