from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdesigner.optimizers.adam import Adam, AdamW
from netdesigner.optimizers.gradient import SGD
from netdesigner.parts import Optimizer, TrainingSettings
from netdesigner.training.data import Pair
from netdesigner.training.update import NotFiniteError, Update

CPU = torch.device("cpu")


def made(module: nn.Module, optimizer: Optimizer | None = None, **settings: Any) -> Update:
    def squares(pair: Pair) -> dict[str, Tensor]:
        return {"loss": (module(pair.input) - pair.target).square().mean()}

    built = (optimizer or SGD()).build(module.parameters(), 0.1)
    return Update(squares, built, TrainingSettings(**settings), CPU)


def linear() -> nn.Module:
    torch.manual_seed(0)
    return nn.Linear(3, 1)


def batch(count: int = 6) -> Pair:
    random = torch.Generator().manual_seed(1)
    return Pair(torch.randn(count, 3, generator=random), torch.randn(count, 1, generator=random))


def copy(module: nn.Module) -> list[Tensor]:
    return [p.detach().clone() for p in module.parameters()]


def test_a_step_is_torchs_own() -> None:
    module, pair = linear(), batch()
    expected = linear()
    loss = (expected(pair.input) - pair.target).square().mean()
    loss.backward()
    torch.optim.SGD(expected.parameters(), lr=0.1).step()
    values = made(module)(pair)
    assert values == {"loss": loss.item()}
    assert all(torch.allclose(a, b) for a, b in zip(copy(module), copy(expected), strict=True))


@pytest.mark.parametrize("sizes", [(2, 2, 2), (4, 2), (1, 5)])
def test_small_batches_together_make_the_step_of_one_large(sizes: tuple[int, ...]) -> None:
    whole, parts, pair = linear(), linear(), batch()
    made(whole)(pair)
    update, start = made(parts), 0
    for number, size in enumerate(sizes):
        piece = Pair(pair.input[start : start + size], pair.target[start : start + size])
        before = copy(parts)
        update(piece, size / 6, number == 0, number == len(sizes) - 1)
        changed = any(not torch.equal(a, b) for a, b in zip(before, copy(parts), strict=True))
        assert changed == (number == len(sizes) - 1)
        start += size
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(copy(whole), copy(parts), strict=True))


def test_long_gradients_are_shortened_and_their_length_is_reported() -> None:
    module, pair = linear(), batch()
    loss = (module(pair.input) - pair.target).square().mean()
    gradients = torch.autograd.grad(loss, list(module.parameters()))
    norm = torch.cat([gradient.flatten() for gradient in gradients]).norm().item()
    before = copy(module)
    values = made(module, clip_norm=norm / 10)(pair)
    moved = torch.cat([(a - b).flatten() for a, b in zip(before, copy(module), strict=True)]).norm().item()
    assert values["grad_norm"] == pytest.approx(norm, rel=1e-5)
    assert moved == pytest.approx(0.1 * norm / 10, rel=1e-4)


def test_short_gradients_are_left_alone() -> None:
    free, clipped = linear(), linear()
    made(free)(batch())
    made(clipped, clip_norm=1e6)(batch())
    assert all(torch.allclose(a, b) for a, b in zip(copy(free), copy(clipped), strict=True))


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_shorter_precision_computes_with_it_and_keeps_float32_weights(precision: str) -> None:
    module = linear()
    seen: list[torch.dtype] = []
    module.register_forward_hook(lambda m, i, output: seen.append(output.dtype))
    before, update = copy(module), made(module, precision=precision)
    for _ in range(8):
        update(batch())
    assert set(seen) == {getattr(torch, precision)}
    assert {p.dtype for p in module.parameters()} == {torch.float32}
    assert any(not torch.equal(a, b) for a, b in zip(before, copy(module), strict=True))


def test_float16_gradients_are_scaled_and_steps_that_overflow_are_left_out() -> None:
    module = linear()
    update = made(module, precision="float16")
    before, scale = copy(module), update.guard.scaler.get_scale()
    pair = batch()
    update(Pair(pair.input * 200, pair.target * 1e4))
    assert all(torch.equal(a, b) for a, b in zip(before, copy(module), strict=True))
    assert update.guard.scaler.get_scale() < scale


def test_float16_gradients_that_always_overflow_end_the_run() -> None:
    update = made(SquareRoot(), precision="float16")
    halvings = 36
    for _ in range(halvings):
        update(batch())
    with pytest.raises(NotFiniteError, match="gradients"):
        update(batch())


class SquareRoot(nn.Module):
    """Finite at 0, its slope is not."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3, 1))

    def forward(self, x: Tensor) -> Tensor:
        return (x @ self.weight).abs().sqrt()


class Explodes(nn.Linear):
    """Overflows."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) * 1e30 * 1e30


@pytest.mark.parametrize(
    ("make", "what"), [(lambda: Explodes(3, 1), "loss"), (SquareRoot, "gradients")], ids=["loss", "gradients"]
)
@pytest.mark.parametrize("optimizer", [SGD(), AdamW()], ids=["SGD", "AdamW"])
@pytest.mark.parametrize("clip_norm", [None, 1.0])
def test_what_is_not_finite_stops_before_the_weights_change(
    make: Callable[[], nn.Module], what: str, optimizer: Optimizer, clip_norm: float | None
) -> None:
    module = make()
    before = copy(module)
    update = made(module, optimizer, clip_norm=clip_norm)
    with pytest.raises(NotFiniteError, match=f"the {what} became NaN or infinite") as found:
        update(batch())
    assert len(found.value.pairs) == 1
    assert all(torch.equal(a, b) for a, b in zip(before, copy(module), strict=True))


def test_parameters_without_a_gradient_are_no_trouble() -> None:
    module = nn.Sequential(linear(), nn.Identity())
    module.add_module("unused", nn.Linear(2, 2))
    module[0].weight.requires_grad_(True)
    network = nn.Module()
    network.add_module("body", module)
    network.forward = module[0].forward
    assert made(network, clip_norm=1.0)(batch())["loss"] > 0


@pytest.mark.parametrize("optimizer", [SGD(), AdamW(), Adam(), SGD(momentum=0.5)])
def test_on_a_gpu_later_steps_are_held_back_until_the_check_is_read(optimizer: Optimizer) -> None:
    module = SquareRoot()
    before = copy(module)
    update = made(module, optimizer)
    update._reads = False
    update.optimizer.found_inf = update._found
    for _ in range(3):
        update(batch())
    assert update.gradients_bad()
    assert all(torch.equal(a, b) for a, b in zip(before, copy(module), strict=True))
