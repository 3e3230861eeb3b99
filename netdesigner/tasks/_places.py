"""What is kept of answers that are classes at places, such as pixels or tokens; no task is declared here.

A score for each class at each place of a whole part is too much to keep: of tokens there may be tens of thousands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netdesigner.parts.dataset import NO_CLASS

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

__all__ = ["kept_of", "mean_nats", "said_of"]


def kept_of(scores: Tensor, target: Tensor) -> Tensor:
    """At each place the class with the highest score, and how wrong that is in nats: [..., 2] float32.

    How wrong is the cross-entropy of the softmax of the scores; 0 where nothing is learned.

    Args:
        scores: [..., K].
        target: [...] class numbers.
    """
    import torch
    from torch.nn import functional as F

    flat = scores.float().flatten(0, -2)
    nats = F.cross_entropy(flat, target.flatten(), ignore_index=NO_CLASS, reduction="none")
    return torch.stack([scores.argmax(-1).float(), nats.view(target.shape)], dim=-1)


def said_of(output: np.ndarray) -> np.ndarray:
    """The class at each place, [...] int64; output as of `kept_of`."""
    import numpy as np

    return output[..., 0].astype(np.int64)


def mean_nats(output: np.ndarray, target: np.ndarray) -> np.ndarray:
    """How wrong each sample is, a mean over the places where something is learned, [N] in double precision.

    Args:
        output: [N, ..., 2], as of `kept_of`.
        target: [N, ...] class numbers.
    """
    import numpy as np

    others = tuple(range(1, target.ndim))
    total = output[..., 1].sum(axis=others, dtype=np.float64)
    found: np.ndarray = total / (target != NO_CLASS).sum(axis=others).clip(1)
    return found
