"""Which texts belong to samples, by the vectors that two networks give."""

from __future__ import annotations

import numpy as np

from netdesigner.evaluation.usage.network import Network
from netdesigner.evaluation.usage.tokens import Tokens
from netdesigner.parts.dataset import MARKS

__all__ = ["main", "vectors_of"]


def vectors_of(network: Network, texts: list[str]) -> np.ndarray:
    """A vector of each text, [N, D].

    Args:
        network: takes the tokens of texts.
        texts: longer ones than it knows are cut off.
    """
    tokens, length = Tokens(network.about["classes"]), network.inputs[0]["shape"][1]
    end = [number for number, name in enumerate(tokens.names) if name == MARKS[-1]]
    cut = [tokens.numbers(text) for text in texts]
    places = length if isinstance(length, int) else max(map(len, cut)) + len(end)
    samples = np.full((len(texts), places), MARKS.index("fill"))
    for row, numbers in zip(samples, cut, strict=True):
        kept = [*numbers[: places - len(end)], *end]
        row[: len(kept)] = kept
    return network.answer(samples)


def main(arguments: list[str]) -> None:
    """Tells how well texts fit each other, or samples whose vectors stand in .npy files that are named before them."""
    files = [word for word in arguments if word.endswith(".npy")]
    texts = [word for word in arguments if word not in files] or ["an example", "another one"]
    vectors = vectors_of(Network(), texts)
    others = np.concatenate([np.load(file, allow_pickle=False) for file in files]) if files else vectors
    for number, row in enumerate(others @ vectors.T, 1):
        told = [f"{texts[at]} ({row[at]:.3f})" for at in np.argsort(-row)[:3]]
        print(f"{'sample' if files else 'text'} {number}: {', '.join(told)}")
