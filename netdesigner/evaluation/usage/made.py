"""New samples out of noise."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.network import Network, picture_shaped, result, write_png
from netdesigner.evaluation.usage.values import said_of

__all__ = ["count_in", "keep", "main", "make"]


def count_in(arguments: list[str]) -> int:
    """How many samples are asked for, 40 where that is not said; the program ends with a line where it is no number."""
    said = arguments[0] if arguments else "40"
    if not said.isdecimal() or not int(said):
        raise SystemExit(f"{said}: say how many samples are to be made, such as 40")
    return int(said)


def make(network: Network, count: int, seed: int = 0) -> np.ndarray:
    """New samples as the data had them, before they were scaled for training.

    Args:
        network: makes samples of noise.
        count: how many.
        seed: decides which.
    """
    shape = (count, *network.inputs[0]["shape"][1:])
    noise = np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
    return network.raw(said_of(network.answer(noise), network.about.get("says", "values")))


def keep(samples: np.ndarray) -> None:
    """Writes samples beside the network: as a picture where they are pictures, else as numbers."""
    if picture_shaped(samples):
        write_png(result(".png"), samples)
        return
    np.save(result(".npy"), samples)
    print(f"wrote {result('.npy')}: {list(samples.shape)}")


def main(arguments: list[str]) -> None:
    """Makes new samples, as many as is said, and writes them beside the network."""
    keep(make(Network(), count_in(arguments)))
