"""What is random while training and absent else."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from netdesigner.compiler.operations.noise import DropPath, GaussianNoise, ReparameterizedSample


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("module", [GaussianNoise(2.0), DropPath(0.9)])
def test_evaluation_leaves_noise_out(module: nn.Module) -> None:
    x = torch.randn(5, 4)
    assert torch.equal(module.eval()(x), x)


def test_noise_has_the_deviation_that_is_asked_for() -> None:
    noise = GaussianNoise(0.5)(torch.full((100, 1000), 3.0))
    assert noise.mean() == pytest.approx(3.0, abs=0.01)
    assert noise.std() == pytest.approx(0.5, abs=0.01)


def test_whole_samples_are_dropped_and_the_others_make_up_for_it() -> None:
    x = torch.ones(4000, 3, 2)
    dropped = DropPath(0.25)(x)
    kept = dropped[:, 0, 0] != 0
    assert torch.equal(dropped, torch.where(kept[:, None, None], x / 0.75, 0.0))
    assert kept.float().mean() == pytest.approx(0.75, abs=0.03)


def test_all_samples_may_be_dropped_or_none() -> None:
    x = torch.randn(6, 3)
    assert torch.equal(DropPath(1.0)(x), torch.zeros(6, 3))
    assert torch.equal(DropPath(0.0)(x), x)


def test_a_sample_has_the_mean_and_the_variance_that_are_learned() -> None:
    mean = torch.full((100_000,), 2.0, requires_grad=True)
    log_variance = torch.full((100_000,), 0.5).log().requires_grad_()
    drawn = ReparameterizedSample()(mean, log_variance)
    assert drawn.mean().item() == pytest.approx(2.0, abs=0.02)
    assert drawn.var().item() == pytest.approx(0.5, abs=0.02)
    drawn.sum().backward()
    assert mean.grad is not None
    assert torch.equal(mean.grad, torch.ones(100_000))
    assert log_variance.grad is not None
    torch.testing.assert_close(log_variance.grad, (drawn - mean).detach() / 2)


def test_evaluation_gives_the_mean() -> None:
    mean = torch.randn(3, 4)
    assert torch.equal(ReparameterizedSample().eval()(mean, torch.zeros(3, 4)), mean)
