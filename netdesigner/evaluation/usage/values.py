"""How large quantities are."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network

__all__ = ["main", "said_of"]


def said_of(output: np.ndarray, says: str) -> np.ndarray:
    """What an output says of values.

    Args:
        output: what the network gives, first axis the samples.
        says: what its numbers are, as the file tells.
    """
    if says == "scores":
        return np.asarray(1 / (1 + np.exp(-output)))
    if says == "logarithms":
        return np.asarray(np.exp(output))
    if says == "means":  # the other half are variances
        return output[:, : output.shape[1] // 2]
    return output


def main(arguments: list[str]) -> None:
    """Tells the values of samples: those in files that are named, else of random numbers."""
    network = Network()
    called, samples = samples_in(arguments, network)
    output = network.answer(network.scaled(samples))
    values = said_of(output, network.about["says"])
    names = network.about.get("targets") or [f"value {at + 1}" for at in range(values.shape[1])]
    for sample, row in zip(called, values, strict=True):
        told = [f"{name} {value:.5g}" for name, value in zip(names, row, strict=True)]
        print(f"{sample}: {', '.join(told)}")
