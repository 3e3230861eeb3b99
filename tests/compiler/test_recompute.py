"""Units that are computed a second time give the same numbers and keep less."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdesigner.compiler import compile_design, forecast, trial_inputs
from netdesigner.compiler.recompute import recompute, units_of
from netdesigner.document import Block, Design
from netdesigner.errors import failing_node
from tests.compiler.designs import CATALOG, DESIGNS, Sketch, residual_block


def deep(repeat: int = 4) -> Design:
    """Blocks one inside the other, with everything that makes computing again hard."""
    inner = Sketch()
    start = inner("Input", name="x")
    x = inner("Linear", start, name="up", out_features=32)
    x = inner("BatchNorm1d", x, name="norm")
    x = inner("Dropout", x, name="drop", p=0.3)
    x = inner("Linear", x, name="down", out_features=8)
    inner("Output", inner("Add", start, x, name="add"), name="y")
    outer = Sketch({"inner": Block(inner.graph())})
    x = outer("block:inner", outer("Input", name="x"), name="steps", repeat=repeat)
    outer("Output", x, name="y")
    net = Sketch({"inner": Block(inner.graph()), "outer": Block(outer.graph())})
    x = net("Linear", net("Input", name="row", shape=(8,)), name="stem", out_features=8)
    x = net("block:outer", x, name="body")
    x = net("block:inner", x, name="last")
    x = net("Linear", x, name="twice", out_features=8, repeat=2)
    net("Output", x, name="scores")
    return net.design()


ALL = {**DESIGNS, "deep": deep()}


def made(design: Design, again: bool) -> tuple[nn.Module, tuple[Tensor, ...]]:
    compiled = compile_design(design, CATALOG, seed=1)
    if again:
        recompute(compiled.module)
    torch.manual_seed(3)
    return compiled.module, tuple(trial_inputs(compiled.trace, batch_size=4))


def step(module: nn.Module, inputs: tuple[Tensor, ...]) -> int:
    """Makes gradients; returns how many bytes were kept for them, weights and inputs aside."""
    known = {tensor.data_ptr() for tensor in (*module.parameters(), *module.buffers(), *inputs)}
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in known:
            kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    torch.manual_seed(5)
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        given = module(*inputs)
        given = given if isinstance(given, tuple) else (given,)
        loss = torch.stack([tensor.float().square().sum() for tensor in given]).sum()
        size = sum(kept.values())
        loss.backward()
    return size


@pytest.mark.parametrize("name", ["residual", "attention", "shared", "scaled", "deep"])
def test_gradients_and_running_statistics_are_the_same_to_the_bit(name: str) -> None:
    (plain, inputs), (again, _) = made(ALL[name], False), made(ALL[name], True)
    for _ in range(2):
        step(plain, inputs)
        step(again, inputs)
    for (key, one), other in zip(plain.named_parameters(), again.parameters(), strict=True):
        assert (one.grad is None) == (other.grad is None), key
        assert one.grad is None or torch.equal(one.grad, other.grad), key
    for (key, one), other in zip(plain.named_buffers(), again.buffers(), strict=True):
        assert torch.equal(one, other), key


def test_the_unit_is_what_repeats_and_else_the_block() -> None:
    module, _ = made(deep(), False)
    steps = [f"body.steps.{number}" for number in range(4)]
    assert units_of(module) == (*steps, "last", "twice.0", "twice.1")
    assert units_of(made(DESIGNS["mlp"], False)[0]) == ()


def test_less_is_kept_for_the_gradients() -> None:
    sizes = [step(*made(deep(8), again)) for again in (False, True)]
    assert sizes[1] < sizes[0] / 3


def test_a_forecast_counts_what_units_give_and_the_largest_of_them() -> None:
    plain, again = (forecast(deep(8), CATALOG, batch_size=4, recompute=on) for on in (False, True))
    unit, row = 4 * 4 * (3 * 32 + 8), 4 * 4 * 8  # bytes of a unit's inside, and of what it gives
    assert plain.activations_bytes == row + 9 * (unit + row) + 2 * row
    assert again.activations_bytes == row + 9 * row + unit + 2 * row
    assert (again.parameters_bytes, again.gradients_bytes) == (plain.parameters_bytes, plain.gradients_bytes)


def test_without_gradients_nothing_is_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    module, inputs = made(deep(), True)
    calls: list[Any] = []
    monkeypatch.setattr(nn.Linear, "forward", lambda self, x: calls.append(self) or x @ self.weight.T)
    with torch.no_grad():
        module(*inputs)
    assert len(calls) == len(set(calls))


def test_what_fails_inside_a_unit_is_named_all_the_same() -> None:
    block = residual_block()
    net = Sketch({"residual": block})
    x = net("block:residual", net("Input", name="image", shape=(1, 8, 8)), name="stage", repeat=2, channels=1)
    net("Output", x, name="y")
    module, (image,) = made(net.design(), True)
    module.get_submodule("stage.1").norm1 = nn.BatchNorm2d(7)
    with pytest.raises(RuntimeError) as caught:
        module(image)
    assert failing_node(caught.value) == "stage.1.norm1"
