"""What is made of samples that have noise in them."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.given_back import give_back
from netdesigner.evaluation.usage.network import Network, numbers_in, picture_shaped, result, write_png

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Takes the noise out of samples: .npy files that are named, else random numbers."""
    network = Network()
    samples = numbers_in(arguments, network)
    found = give_back(network, samples)
    for number, (sample, clean) in enumerate(zip(samples, found, strict=True), 1):
        print(f"sample {number}: changed by {np.abs(sample - clean).mean():.4g} in the mean")
    if picture_shaped(samples):
        write_png(result(".png"), np.concatenate([samples, found], axis=3))
