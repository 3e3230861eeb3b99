"""Which class texts belong to."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import classify, say
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.tokens import Tokens

__all__ = ["main", "numbers_of"]


def numbers_of(network: Network, texts: list[str]) -> np.ndarray:
    """Texts as the network takes them: cut off, or filled up to its length or to the longest of them."""
    tokens, length = Tokens(network.about["tokens"]), network.inputs[0]["shape"][1]
    cut = [tokens.numbers(text) for text in texts]
    places = length if isinstance(length, int) else max(1, *map(len, cut))
    return np.array([(numbers + [0] * places)[:places] for numbers in cut])


def main(arguments: list[str]) -> None:
    """Tells the classes of texts."""
    network, texts = Network(), arguments or ["An example of a text."]
    say(texts, classify(network, numbers_of(network, texts)), network.about["classes"])
