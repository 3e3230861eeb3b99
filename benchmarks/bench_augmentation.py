"""What augmentations cost: steps of training with them against the same steps without, on one thread.

A small residual CNN learns made-up pictures of 3×32×32, as those of CIFAR-10 are, in batches of 64. Steps with and
without a chain alternate, and the time is that of the processor, so that who else works on the machine does not count.
The last column is a batch through the chain by itself. Goal: the usual chain of CIFAR-10, flip and crop, adds at most
a tenth.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from time import process_time

import torch
from torch import nn
from torch.nn import functional as F

from benchmarks.bench_training import Residual, made_up
from netdesigner.document import Choice
from netdesigner.parts import Augmented, Catalog, Pair
from netdesigner.training.augment import ground_of

GOAL = 1.10
BATCH = 64
STEPS = 4
CHAINS = {
    "flip, crop": (Choice("flip"), Choice("crop", {"padding": 4})),
    "flip, crop, colour, erase": (
        Choice("flip"),
        Choice("crop", {"padding": 4}),
        Choice("colour"),
        Choice("erase"),
    ),
    "affine": (Choice("affine", {"degrees": 10}),),
    "resized crop, colour, noise": (Choice("resized_crop"), Choice("colour"), Choice("noise")),
    "mixup": (Choice("mixup"),),
    "cutmix": (Choice("cutmix"),),
}


def network() -> nn.Module:
    torch.manual_seed(0)
    stem = nn.Conv2d(3, 16, 3, padding=1)
    head = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10))
    return nn.Sequential(stem, Residual(16), nn.MaxPool2d(2), Residual(16), nn.ReLU(), *head)


def stepping(pair: Pair) -> Callable[[Augmented | None], None]:
    """What makes a few steps, through a chain or without."""
    learner = network()
    optimizer = torch.optim.AdamW(learner.parameters(), lr=1e-3, fused=True)

    def steps(chain: Augmented | None) -> None:
        for _ in range(STEPS):
            batch = chain(pair) if chain is not None else pair
            scores = learner(batch.input)
            loss = F.cross_entropy(scores, batch.target)
            if batch.mix is not None:
                other = F.cross_entropy(scores, batch.mix.target)
                loss = batch.mix.share * loss + (1 - batch.mix.share) * other
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()

    return steps


def took(work: Callable[[], object]) -> float:
    """Seconds of the processor."""
    begin = process_time()
    work()
    return process_time() - begin


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    torch.set_num_threads(1)
    samples, catalog = made_up(BATCH, (3, 32, 32), 10), Catalog.discover()
    pair = Pair(torch.from_numpy(samples.input), torch.from_numpy(samples.target))
    ground, steps = ground_of(samples.spec, pair.input, {}), stepping(pair)
    print(f"{'chain':<30}{'step ms':>10}{'ratio':>8}{'goal':>8}{'chain ms':>10}", flush=True)
    for name, choices in CHAINS.items():
        chain = Augmented([catalog.augmentation(choice) for choice in choices], ground)
        rounds = [
            (
                took(lambda: steps(None)),
                took(lambda chain=chain: steps(chain)),
                took(lambda chain=chain: chain(pair)),
            )
            for _ in range(given.rounds + 1)
        ][1:]  # the first warms up
        plain, _, alone = (1e3 * statistics.median(column) for column in zip(*rounds, strict=True))
        ratio = statistics.median(with_it / without for without, with_it, _ in rounds)
        goal = f"{GOAL:.2f}" if name == next(iter(CHAINS)) else ""
        print(f"{name:<30}{plain / STEPS:>10.1f}{ratio:>8.2f}{goal:>8}{alone:>10.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
