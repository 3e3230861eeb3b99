"""Which class each pixel of pictures belongs to."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import scores_of
from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network, result, write_png

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
    """Tells the classes in pictures, those in files that are named, else random ones, and writes them as a picture."""
    network = Network()
    called, pictures = samples_in(arguments, network)
    found = classes_of(network, pictures)
    for name, picture in zip(called, found, strict=True):
        shares = [
            f"{label} {(picture == at).mean():.1%}" for at, label in enumerate(network.about["classes"])
        ]
        print(f"{name}: {', '.join(shares)}")
    write_png(result(".png"), found[:, np.newaxis].astype(np.float32))
