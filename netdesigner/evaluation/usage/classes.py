"""Which class samples belong to."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.files import samples_in
from netdesigner.evaluation.usage.network import Network

__all__ = ["classify", "main", "say", "scores_of", "softmax"]


def softmax(scores: np.ndarray) -> np.ndarray:
    """Chances that sum to 1 along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def scores_of(output: np.ndarray, says: str) -> np.ndarray:
    """A score for each class along the last axis, whose softmax is how sure the network is.

    Args:
        output: what the network gives.
        says: what its numbers are, as the file tells.
    """
    if says == "chances":
        chances = output.clip(1e-7, 1 - 1e-7)
        output = np.log(chances / (1 - chances))
    if output.shape[-1] == 1:  # one number tells two classes apart: it is the score of the second
        output = np.concatenate([np.zeros_like(output), output], axis=-1)
    return output


def classify(network: Network, raw: np.ndarray) -> np.ndarray:
    """How likely each class is, [N, K].

    Args:
        network: gives scores.
        raw: samples as they are before scaling.
    """
    return softmax(scores_of(network.answer(network.scaled(raw)), network.about["says"]))


def say(samples: list[str], chances: np.ndarray, names: list[str]) -> None:
    """Prints the likeliest classes of each sample, behind what it is called."""
    for sample, row in zip(samples, chances, strict=True):
        best = [f"{names[at]} ({row[at]:.3f})" for at in np.argsort(-row)[:3]]
        print(f"{sample}: {', '.join(best)}")


def main(arguments: list[str]) -> None:
    """Tells the classes of samples: those in files that are named, else of random numbers."""
    network = Network()
    names, samples = samples_in(arguments, network)
    say(names, classify(network, samples), network.about["classes"])
