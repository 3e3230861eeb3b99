"""What is hidden in a text."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import scores_of, softmax
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.tokens import Tokens
from netdesigner.parts.dataset import HIDDEN

__all__ = ["main", "numbers_for"]


def numbers_for(network: Network, tokens: Tokens, text: str) -> np.ndarray:
    """A text with ▒ for each hidden token as the network takes it: cut off, or filled up with spaces."""
    numbers, length = tokens.numbers(text), network.inputs[0]["shape"][1]
    if isinstance(length, int):
        space = tokens.numbers(" ")
        numbers = (numbers + space * length)[:length]
    return np.array([numbers])


def main(arguments: list[str]) -> None:
    """Fills the gaps of texts, each ▒ with one token, and prints the likeliest for each."""
    network = Network()
    tokens = Tokens(network.about["classes"])
    hidden = tokens.names.index(HIDDEN)
    for text in arguments or [f"The val{HIDDEN}e of th{HIDDEN} name"]:
        numbers = numbers_for(network, tokens, text)
        chances = softmax(scores_of(network.answer(numbers), network.about["says"])[0])
        chances[:, hidden] = 0
        filled = np.where(numbers[0] == hidden, chances.argmax(axis=1), numbers[0])
        print(tokens.text(filled).rstrip())
        for place in np.flatnonzero(numbers[0] == hidden):
            best = np.argsort(-chances[place])[:3]
            print("  or:", ", ".join(f"{tokens.names[at]!r} ({chances[place, at]:.3f})" for at in best))
