"""Which text is written for another."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.classes import scores_of
from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.tokens import Tokens
from netdesigner.parts.dataset import MARKS

__all__ = ["main", "write"]


def write(network: Network, tokens: Tokens, texts: list[str]) -> list[str]:
    """The texts that the network writes for others, at each place the likeliest token.

    Args:
        network: takes a text to read and, behind it, what is written so far.
        tokens: those it knows.
        texts: what is read; longer ones than it knows are cut off.
    """
    fill, start, end = (MARKS.index(mark) for mark in ("fill", "start", "end"))
    both = network.inputs[0]["shape"][1]
    written = network.answer(np.zeros((1, both), np.int64)).shape[1]
    read = both - written
    samples = np.full((len(texts), both), fill)
    for row, text in zip(samples, texts, strict=True):
        numbers = [*tokens.numbers(text)[: read - 1], end]
        row[: len(numbers)] = numbers
    samples[:, read] = start
    said = np.full((len(texts), written), end)
    for place in range(written):
        scores = scores_of(network.answer(samples), network.about["says"])
        said[:, place] = scores[:, place].argmax(axis=-1)
        if place + 1 < written:
            samples[:, read + place + 1] = said[:, place]
    return [tokens.text(row[: [*row, end].index(end)]) for row in said]


def main(arguments: list[str]) -> None:
    """Writes a text for each text that is named."""
    network, texts = Network(), arguments or ["An example."]
    for text, written in zip(texts, write(network, Tokens(network.about["classes"]), texts), strict=True):
        print(f"{text} -> {written}")
