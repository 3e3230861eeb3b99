"""Runs families and prints what each has reached."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import torch

import benchmarks.families as package
from benchmarks.families import generative, known, passed_on
from benchmarks.families.lab import Family, Lab

FAMILIES: tuple[Family, ...] = (*known.FAMILIES, *generative.FAMILIES, *passed_on.FAMILIES)


def main() -> int:
    """Run them; 1 if a goal was missed, which counts only where they are trained in full."""
    parser = argparse.ArgumentParser(prog="benchmarks.families", description=package.__doc__)
    parser.add_argument("names", nargs="*", help="parts of the names of families or templates; all if none")
    parser.add_argument("--quick", action="store_true", help="one epoch, a few samples")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    chosen = [
        f for f in FAMILIES if not given.names or any(n in f"{f.family} {f.template}" for n in given.names)
    ]
    print(
        "| family | template | figure | goal | reached | | seconds | seed |\n|---|---|---|---|---|---|---|---|"
    )
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder), given.seed, given.quick)
        missed = sum(not _run(family, lab) for family in chosen)
    return 0 if given.quick else int(missed > 0)


def _run(family: Family, lab: Lab) -> bool:
    """A line of the table; whether the goal is reached."""
    begin = perf_counter()
    value, told = family.measure(lab)
    reached, sign = family.reached(value), "≤" if family.lower else "≥"
    verdict = "quick" if lab.quick else "yes" if reached else "**no**"
    print(
        f"| {family.family} | {family.template} | {family.figure} | {sign} {family.goal:g} | {value:.4g}: {verdict} "
        f"| {told} | {perf_counter() - begin:.0f} | {lab.seed} |",
        flush=True,
    )
    return reached


if __name__ == "__main__":
    sys.exit(main())
