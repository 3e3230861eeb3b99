"""Which class each pixel of pictures belongs to."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import scores_of
from netdesigner.evaluation.usage.network import Network, numbers_in, result, write_png

__all__ = ["classes_of", "main"]


def classes_of(network: Network, raw: np.ndarray) -> np.ndarray:
    """The number of the class of each pixel, [N, H, W].

    Args:
        network: gives a score for each class at each pixel.
        raw: pictures as they are before scaling.
    """
    scores = np.moveaxis(network.answer(network.scaled(raw)), 1, -1)
    return np.asarray(scores_of(scores, network.about["says"]).argmax(axis=-1))


def main(arguments: list[str]) -> None:
    """Tells the classes in pictures, .npy files that are named, else random numbers, and writes them as a picture."""
    network = Network()
    found = classes_of(network, numbers_in(arguments, network))
    for number, picture in enumerate(found, 1):
        shares = [f"{name} {(picture == at).mean():.1%}" for at, name in enumerate(network.about["classes"])]
        print(f"picture {number}: {', '.join(shares)}")
    write_png(result(".png"), found[:, np.newaxis].astype(np.float32))
