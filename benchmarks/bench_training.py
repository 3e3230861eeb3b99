"""A whole training run, with its events, a listener and its files, against the loop that a person writes by hand.

Both train the same network on the same batches with AdamW and look at the validation part after each epoch. The loop
by hand uses torch's defaults and reads its loss at each step; ours also measures the accuracy, looks for numbers that
are not finite, and keeps every point. It uses torch's fused kernel for the optimizer, which few loops by hand do; the
last column is against one that does. Runs alternate. Goals: at most 1.10 times the loop by hand for a residual CNN,
1.25 times for a tiny MLP.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from netdesigner.document import Choice, Design, Settings
from netdesigner.parts import Catalog, DataSpec, Samples, TensorSpec
from netdesigner.training.events import Finished
from netdesigner.training.loop import train

GOALS = {"residual CNN": 1.10, "tiny MLP": 1.25}


class Residual(nn.Module):
    """x + conv(norm(relu(conv(norm(x)))))."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.BatchNorm2d(width),
            nn.Conv2d(width, width, 3, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Compute the sum."""
        return x + self.body(x)


def residual_cnn() -> nn.Module:
    torch.manual_seed(0)
    stem = nn.Conv2d(1, 16, 3, padding=1)
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
    return nn.Sequential(stem, Residual(16), nn.MaxPool2d(2), Residual(16), nn.ReLU(), *head)


def tiny_mlp() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))


def made_up(count: int, shape: tuple[int, ...], classes: int) -> Samples:
    """Samples of classes that lie around points of their own."""
    random = np.random.default_rng(0)
    target = random.integers(0, classes, count)
    middle = random.normal(size=(classes, *shape))
    source = (middle[target] + random.normal(size=(count, *shape))).astype(np.float32)
    spec = DataSpec(
        TensorSpec(("N", *shape)), TensorSpec(("N",), "int64"), tuple(str(c) for c in range(classes)), count
    )
    return Samples(source, target, spec)


def by_hand(
    make: Callable[[], nn.Module], samples: Samples, batch_size: int, epochs: int, fused: bool | None = None
) -> float:
    """Seconds that a plain loop takes."""
    network = make()
    source, target = torch.from_numpy(samples.input), torch.from_numpy(samples.target)
    held_out = round(len(target) * 0.15)
    source, target, val_source, val_target = (
        source[held_out:],
        target[held_out:],
        source[:held_out],
        target[:held_out],
    )
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=fused)
    begin = perf_counter()
    for _ in range(epochs):
        network.train()
        total = 0.0
        for rows in torch.randperm(len(target)).split(batch_size):
            loss = F.cross_entropy(network(source[rows]), target[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        network.eval()
        with torch.no_grad():
            for start in range(0, held_out, batch_size):
                scores = network(val_source[start : start + batch_size])
                (scores.argmax(1) == val_target[start : start + batch_size]).float().mean().item()
    return perf_counter() - begin


def by_us(make: Callable[[], nn.Module], samples: Samples, batch_size: int, epochs: int) -> float:
    """Seconds that our loop takes, from its first step to its last word."""
    settings = Settings(values={"epochs": epochs, "batch_size": batch_size})
    design = Design(data=Choice("digits", {"test": 0.0}), task=Choice("classification"), training=settings)
    heard = []
    with tempfile.TemporaryDirectory() as folder:
        events = train(
            design, Catalog.discover(), lambda _name, _spec: make(), run=Path(folder) / "run", samples=samples
        )
        begin = perf_counter()
        for event in events:
            if not heard and type(event).__name__ == "Started":
                begin = perf_counter()
            heard.append(event)
        seconds = perf_counter() - begin
    assert isinstance(heard[-1], Finished), heard[-1]
    return seconds


def compare(name: str, rounds: int) -> str:
    """One line of the table."""
    if name == "tiny MLP":
        make, samples, batch_size, epochs = tiny_mlp, made_up(4000, (16,), 4), 32, 8
    else:
        make, samples, batch_size, epochs = residual_cnn, made_up(2000, (1, 8, 8), 10), 64, 3
    hand, ours, fused = [], [], []
    for _ in range(rounds + 1):  # the first warms up
        gc.collect()
        hand.append(by_hand(make, samples, batch_size, epochs))
        ours.append(by_us(make, samples, batch_size, epochs))
        fused.append(by_hand(make, samples, batch_size, epochs, fused=True))
    steps = epochs * -(-round(len(samples.target) * 0.85) // batch_size)
    return (
        f"{name:<14}{torch.get_num_threads():>8}{statistics.median(hand[1:]) / steps * 1e6:>12.0f}"
        f"{statistics.median(ours[1:]) / steps * 1e6:>12.0f}{ratio(ours, hand):>8.2f}{GOALS[name]:>8.2f}"
        f"{ratio(ours, fused):>12.2f}"
    )


def ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over the rounds after the first."""
    return statistics.median(one / other for one, other in zip(ours[1:], theirs[1:], strict=True))


def main() -> int:
    """Print the table: every network with one thread and with torch's own choice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument(
        "--threads", type=int, default=-1, help="0: torch's choice; -1: both, each in a process"
    )
    given = parser.parse_args()
    if given.threads < 0:
        columns = (
            ("threads", 8),
            ("by hand us", 12),
            ("ours us", 12),
            ("ratio", 8),
            ("goal", 8),
            ("to fused", 12),
        )
        print(f"{'network':<14}" + "".join(f"{name:>{width}}" for name, width in columns), flush=True)
        command = [sys.executable, "-m", "benchmarks.bench_training", "--rounds", str(given.rounds)]
        environment = {**os.environ, "GOMP_SPINCOUNT": "1000"}  # as the program sets it
        runs = [subprocess.run([*command, "--threads", n], check=False, env=environment) for n in ("1", "0")]
        return max(run.returncode for run in runs)
    if given.threads:
        torch.set_num_threads(given.threads)
    for name in GOALS:
        print(compare(name, given.rounds), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
