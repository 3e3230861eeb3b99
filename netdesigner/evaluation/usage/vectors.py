"""How alike samples are, by the vectors that a network gives."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network, result

__all__ = ["alike", "main"]


def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The cosine between each vector of one set and each of another, [N, M]: 1 where they point the same way."""
    one, other = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True) for vectors in (one, other))
    return np.asarray(one @ other.T)


def main(arguments: list[str]) -> None:
    """Writes the vectors of samples beside the network: of those in files that are named, else of random numbers."""
    network = Network()
    _, samples = samples_in(arguments, network)
    vectors = network.answer(network.scaled(samples))
    np.save(result(".npy"), vectors)
    print(f"wrote {result('.npy')}: {list(vectors.shape)}")
    print("how alike the first of them are:")
    print(np.array2string(alike(vectors[:8], vectors[:8]), precision=2))
