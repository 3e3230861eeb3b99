"""Which labels are true of samples."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.network import Network, numbers_in
from netdesigner.evaluation.usage.values import said_of

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Tells the labels of samples: .npy files that are named, else random numbers."""
    network = Network()
    samples = numbers_in(arguments, network)
    chances = said_of(network.answer(network.scaled(samples)), network.about["says"])
    least, names = network.about["task"]["threshold"], network.about["targets"]
    for number, row in enumerate(chances, 1):
        true = [f"{names[at]} ({row[at]:.3f})" for at in np.flatnonzero(row >= least)]
        print(f"sample {number}: {', '.join(true) or 'nothing'}")
