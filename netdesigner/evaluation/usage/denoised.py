"""What is made of samples that have noise in them."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.given_back import give_back
from netdesigner.evaluation.usage.network import Network, picture_shaped, result, write_png

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Takes the noise out of samples: those in files that are named, else random numbers."""
    network = Network()
    called, samples = samples_in(arguments, network)
    found = give_back(network, samples)
    for name, sample, clean in zip(called, samples, found, strict=True):
        print(f"{name}: changed by {np.abs(sample - clean).mean():.4g} in the mean")
    if picture_shaped(samples):
        write_png(result(".png"), np.concatenate([samples, found], axis=3))
