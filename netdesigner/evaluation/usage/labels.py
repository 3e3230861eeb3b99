"""Which labels are true of samples."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.values import said_of

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Tells the labels of samples: those in files that are named, else of random numbers."""
    network = Network()
    called, samples = samples_in(arguments, network)
    chances = said_of(network.answer(network.scaled(samples)), network.about["says"])
    least = network.about["task"]["threshold"]
    names = network.about.get("targets") or [f"label {at + 1}" for at in range(chances.shape[1])]
    for sample, row in zip(called, chances, strict=True):
        true = [f"{names[at]} ({row[at]:.3f})" for at in np.flatnonzero(row >= least)]
        print(f"{sample}: {', '.join(true) or 'nothing'}")
