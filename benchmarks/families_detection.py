"""Digits found in pictures by the small form of YOLOv3-tiny, judged on digits that it was not trained on.

Goal: a mean average precision of 0.8 at an overlap of 0.5.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import torch

import netdesigner as nd
from netdesigner.session.gallery import open_template
from netdesigner.training.events import EpochEnd, Finished

GOAL = 0.8


def main() -> int:
    """Train, judge; 1 if the goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    more = {} if given.epochs is None else {"epochs": given.epochs}
    begin = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        for event in nd.train(open_template("yolo", small=True), run, device="cpu", seed=given.seed, **more):
            if isinstance(event, EpochEnd):
                shown = ", ".join(f"{name} {value:.3f}" for name, value in event.validation.items())
                print(f"epoch {event.epoch}: {shown}", flush=True)
        assert isinstance(event, Finished), event
        took = perf_counter() - begin
        print(f"{event.epochs} epochs, {event.step:,} steps, {took:.0f} s")
        found = nd.evaluate(run)
    print(
        f"{found.count} pictures held out: "
        + ", ".join(f"{name} {value:.3f}" for name, value in found.measures.items())
    )
    return 0 if found.measures["map_50"] >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
