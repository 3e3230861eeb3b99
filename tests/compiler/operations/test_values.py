"""Tensors that a network brings itself."""

from __future__ import annotations

import pytest
import torch

from netdesigner.compiler.initialise import seeded
from netdesigner.compiler.operations.values import CausalMask, Constant, Parameter


@pytest.mark.parametrize(
    ("init", "deviation"),
    [("normal", 0.5), ("trunc_normal", 0.44), ("uniform", 0.5), ("zeros", 0.0), ("ones", 0.0)],
)
def test_a_parameter_begins_as_its_init_says(init: str, deviation: float) -> None:
    with seeded(0):
        weight = Parameter((100, 1000), init, std=0.5).weight.detach()
    assert weight.mean().item() == pytest.approx(1.0 if init == "ones" else 0.0, abs=0.01)
    assert weight.std().item() == pytest.approx(deviation, abs=0.01)
    if init == "trunc_normal":
        assert weight.abs().max() <= 1.0


def test_a_parameter_is_the_same_for_every_sample_and_learns_from_all() -> None:
    parameter = Parameter((2, 3))
    found = parameter(torch.zeros(5, 7))
    assert torch.equal(found, parameter.weight.expand(5, 2, 3))
    found.sum().backward()
    assert parameter.weight.grad is not None
    assert torch.equal(parameter.weight.grad, torch.full((1, 2, 3), 5.0))


def test_a_constant_is_no_weight_and_goes_along_to_another_device() -> None:
    constant = Constant((1.0, 2.0), (2,))
    assert constant.state_dict() == {}
    assert not list(constant.parameters())
    assert constant.to("meta")().device.type == "meta"


def test_one_number_is_kept_once_whatever_the_shape() -> None:
    constant = Constant((7.0,), (100, 100), "int64")
    assert constant.value.numel() == 1
    assert torch.equal(constant(torch.zeros(2, 1)), torch.full((2, 100, 100), 7))


def test_both_forms_of_a_causal_mask_hide_the_same_steps() -> None:
    query, key = torch.zeros(2, 3, 8), torch.zeros(2, 4, 8)
    hidden = CausalMask()(query, key)
    assert hidden[0].tolist() == [[False, True, True, True], [False, False, True, True], [False] * 3 + [True]]
    added = CausalMask(dtype="float32")(query, key)
    assert torch.equal(added, torch.zeros(2, 3, 4).masked_fill(hidden, -torch.inf))
