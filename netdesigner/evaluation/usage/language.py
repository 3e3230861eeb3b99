"""How a text goes on."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import scores_of, softmax
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.tokens import Tokens

__all__ = ["go_on", "main"]


def go_on(
    network: Network, tokens: Tokens, text: str, count: int = 200, temperature: float = 0.8, seed: int = 0
) -> str:
    """Text that the network writes behind another, each token drawn by its chance.

    Args:
        network: gives a score for each token at each place.
        tokens: those it knows.
        text: what it goes on with.
        count: how many tokens it writes.
        temperature: below 1 what is likely is drawn more often than by its chance, which reads better.
        seed: decides what is drawn.
    """
    random = np.random.default_rng(seed)
    length, written = network.inputs[0]["shape"][1], tokens.numbers(text) or [tokens.first]
    begin = len(written)
    for _ in range(count):
        seen = written[-length:] if isinstance(length, int) else written[-512:]
        window = np.zeros((1, length if isinstance(length, int) else len(seen)), np.int64)
        window[0, : len(seen)] = seen  # what stands behind cannot be seen from the places before
        scores = scores_of(network.answer(window), network.about["says"])[0, len(seen) - 1]
        chances = softmax(scores.astype(np.float64) / temperature)
        written.append(int(random.choice(len(chances), p=chances)))
    return tokens.text(written[begin:])


def main(arguments: list[str]) -> None:
    """Goes on with texts."""
    network = Network()
    tokens = Tokens(network.about["classes"])
    for text in arguments or ["The "]:
        print(f"{text}|{go_on(network, tokens, text)}\n")
