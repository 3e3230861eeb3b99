"""New samples out of noise, which is taken away step by step."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from netdesigner.evaluation.usage.made import count_in, keep
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.values import said_of

__all__ = ["draw", "main", "shares_of"]


def shares_of(task: dict[str, Any]) -> np.ndarray:
    """The share of a sample's variance that is left at each time step, [T].

    Args:
        task: what was learned, as the file tells.
    """
    count = task["time_steps"]
    if task["schedule"] == "cosine":
        left = np.cos((np.arange(count + 1) / count + 0.008) / 1.008 * math.pi / 2) ** 2
        lost = 1 - left[1:] / left[:-1]
    else:
        lost = np.linspace(1e-4 * 1000 / count, 0.02 * 1000 / count, count)
    return np.cumprod(1 - lost.clip(max=0.999)).astype(np.float32)


def draw(network: Network, noise: np.ndarray, classes: np.ndarray | None = None) -> np.ndarray:
    """New samples, scaled as for training: DDIM, with as much new noise as its eta says.

    Args:
        network: is asked what the noise in samples is, or the velocity.
        noise: where it begins, of mean 0 and deviation 1, which decides what is drawn where no noise is new.
        classes: the number of the class of each sample, where the network takes it.
    """
    task, now, random = network.about["task"], noise.astype(np.float32), np.random.default_rng(1)
    shares, count = shares_of(task), min(task["sampling_steps"], task["time_steps"])
    times = [number * task["time_steps"] // count for number in range(count)]
    for at in reversed(range(count)):
        given = [now, np.full(len(now), times[at])] + ([] if classes is None else [classes])
        said = said_of(network.answer(*given).reshape(len(now), -1), network.about["says"]).reshape(now.shape)
        share = shares[times[at]]
        if task["predicts"] == "velocity":
            sample = np.sqrt(share) * now - np.sqrt(1 - share) * said
            left = np.sqrt(1 - share) * now + np.sqrt(share) * said
        else:
            sample, left = (now - np.sqrt(1 - share) * said) / np.sqrt(share), said
        before = shares[times[at - 1]] if at else np.float32(1)
        new = task["eta"] ** 2 * (1 - before) * (1 - share / before) / (1 - share)
        now = np.sqrt(before) * sample + np.sqrt(max(0.0, 1 - before - new)) * left
        now = np.asarray(now + np.sqrt(new) * random.standard_normal(now.shape), np.float32)
    return now


def main(arguments: list[str]) -> None:
    """Draws new samples, as many as is said, and writes them beside the network; of all classes in turn."""
    network, count = Network(), count_in(arguments)
    classes = None
    if len(network.inputs) > 2:
        classes = np.arange(count) * len(network.about["classes"]) // count
    shape = (count, *network.inputs[0]["shape"][1:])
    keep(network.raw(draw(network, np.random.default_rng(0).standard_normal(shape), classes)))
