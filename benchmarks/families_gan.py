"""Digits made up by a generative adversarial network, and what a classifier that never saw them says they are.

The small DCGAN of the gallery learns from the embedded digits; the sample cnn-digits is trained beside it. Goals: of
1,000 made-up digits the classifier is sure (0.9 and more) of 80 %, and each of the ten digits makes up at least 3 %.
How sure it is of the held-out digits that people wrote stands beside that.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import torch
from torch import Tensor

from benchmarks.families_diffusion import CATALOG, COUNT, SURE, chances, classifier, report, trained
from netdesigner.document import edit
from netdesigner.session.assign import assign
from netdesigner.session.gallery import open_template
from netdesigner.session.training import load_model
from netdesigner.training.runs import load_run

GOAL_SURE, GOAL_EACH = 0.8, 0.03


def made_up(run: Path, which: str, seed: int) -> Tensor:
    """Samples as the data set has them, [COUNT, 1, 8, 8]."""
    model = load_model(run, CATALOG, "generator", which)
    shape = model.inputs[0][1].shape[1:]
    noise = torch.randn(COUNT, *shape, generator=torch.Generator().manual_seed(seed))
    with torch.inference_mode():
        samples: Tensor = model.module(noise)
    shift, width = (torch.tensor(model.scaling[name]).reshape(-1, 1, 1) for name in ("shift", "scale"))
    return (samples * width + shift).clamp(0, 1)


def main() -> int:
    """Train, make up, ask; 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=0, help="0: as in the gallery")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="as of netdesigner")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    design = open_template("dcgan", small=True)
    if given.epochs:
        design = edit.set_training(design, design.training.with_values({"epochs": given.epochs}))
    for setting in given.set:
        design = assign(design, setting, CATALOG)
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder) / "gan", Path(folder) / "classifier"
        print("gan       ", trained(design, runs[0]), flush=True)
        print("classifier", trained(classifier(), runs[1]), flush=True)
        people = load_run(runs[1], CATALOG).held_out()
        print(*report("digits of people", chances(runs[1], torch.from_numpy(people.raw))), sep="\n")
        for which in ("last", "best"):
            found = chances(runs[1], made_up(runs[0], which, seed=0))
            print(*report(f"made up, {which} weights", found), sep="\n")
    shares = found.argmax(1).bincount(minlength=10) / COUNT
    reached = (found.amax(1) >= SURE).float().mean() >= GOAL_SURE and shares.min() >= GOAL_EACH
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
