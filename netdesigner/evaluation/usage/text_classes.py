"""Which class texts belong to."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import classify, say
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.tokens import Tokens

__all__ = ["main"]


def main(arguments: list[str]) -> None:
    """Tells the classes of texts."""
    network, texts = Network(), arguments or ["An example of a text."]
    tokens = Tokens(network.about["tokens"])
    length = network.inputs[0]["shape"][1]
    samples = np.zeros((len(texts), length if isinstance(length, int) else max(map(len, texts))), np.int64)
    for row, text in zip(samples, texts, strict=True):
        numbers = tokens.numbers(text)[: len(row)]
        row[: len(numbers)] = numbers
    say(texts, classify(network, samples), network.about["classes"])
