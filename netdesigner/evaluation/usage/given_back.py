"""What comes back of samples."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network, picture_shaped, result, write_png
from netdesigner.evaluation.usage.values import said_of

__all__ = ["give_back", "main", "show"]


def give_back(network: Network, raw: np.ndarray) -> np.ndarray:
    """What the network gives back, in the unit of what it was given.

    Args:
        network: was trained to give its input back.
        raw: samples as they are before scaling.
    """
    said = said_of(network.answer(network.scaled(raw)).reshape(len(raw), -1), network.about["says"])
    return network.raw(said.reshape(raw.shape))


def main(arguments: list[str]) -> None:
    """Gives back samples: those in files that are named, else random numbers."""
    show(arguments, "off")


def show(arguments: list[str], how: str) -> None:
    """Prints how far what comes back is from samples, and writes both as pictures where they are such.

    Args:
        arguments: the files of samples.
        how: what the difference is called, such as "off".
    """
    network = Network()
    called, samples = samples_in(arguments, network)
    back = give_back(network, samples)
    for name, sample, found in zip(called, samples, back, strict=True):
        print(f"{name}: {how} by {np.abs(sample - found).mean():.4g} in the mean")
    if picture_shaped(samples):
        write_png(result(".png"), np.concatenate([samples, back], axis=3))
