"""How series go on."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.values import said_of

__all__ = ["forecast", "main"]


def forecast(network: Network, raw: np.ndarray) -> np.ndarray:
    """The steps that follow, [N, H, C], in the series' own unit.

    Args:
        network: gives steps that are scaled as those it takes.
        raw: the steps before, [N, T, columns], in their own unit.
    """
    names = network.about["targets"]
    said = said_of(network.answer(network.scaled(raw)).reshape(len(raw), -1), network.about["says"])
    unit = network.about.get("target_scaling", {"shift": 0, "scale": 1})
    steps = said.reshape(len(raw), -1, len(names))
    return np.asarray(steps * np.array(unit["scale"]) + np.array(unit["shift"]))


def main(arguments: list[str]) -> None:
    """Goes on with series: windows in files that are named, else random numbers."""
    network = Network()
    names = network.about["targets"]
    called, samples = samples_in(arguments, network)
    for series, steps in zip(called, forecast(network, samples), strict=True):
        print(series)
        for at, row in enumerate(steps, 1):
            print(
                f"  step {at}:",
                ", ".join(f"{name} {value:.5g}" for name, value in zip(names, row, strict=True)),
            )
