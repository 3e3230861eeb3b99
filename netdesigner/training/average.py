"""A moving average of the weights, by which networks are judged while what is trained stays beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

__all__ = ["Average"]


class Average:
    """The moving average of what one optimizer changes; it moves behind each of its steps.

    average ← d · average + (1 − d) · weights, where d is the decay and, while n steps lie behind, at most
    (1 + n) / (10 + n), so that the weights a run began with are soon forgotten. Running statistics of norms are
    averaged as weights are; what is counted in whole numbers is as it is in the network.

    Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging", 1992; the decay of the first
    steps is that of TensorFlow's `ExponentialMovingAverage`.

    Args:
        tensors: weights and buffers by name, as they stand in the networks.
        optimizer: changes them.
        decay: d, from 0 to less than 1.

    Attributes:
        steps: n.
    """

    def __init__(self, tensors: Mapping[str, Tensor], optimizer: torch.optim.Optimizer, decay: float) -> None:
        self.steps = 0
        self._decay = decay
        self._names = {name: id(tensor) for name, tensor in tensors.items() if tensor.is_floating_point()}
        self._live = list({id(t): t for t in tensors.values() if t.is_floating_point()}.values())
        self._means = [tensor.detach().clone() for tensor in self._live]
        optimizer.register_step_post_hook(self._follow)

    @torch.no_grad()
    def _follow(self, *_step: Any) -> None:
        decay = min(self._decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self._means, self._live, 1.0 - decay)
        self.steps += 1

    def means(self) -> dict[str, Tensor]:
        """The average of each weight by its name; of those that share one, the same tensor."""
        places = {id(tensor): mean for tensor, mean in zip(self._live, self._means, strict=True)}
        return {name: places[place] for name, place in self._names.items()}

    def exchange(self) -> None:
        """Puts the average into the networks and keeps what was there; a second time puts that back. Copies nothing."""
        for number, tensor in enumerate(self._live):
            tensor.data, self._means[number] = self._means[number], tensor.data

    @torch.no_grad()
    def restore(self, means: Mapping[str, Tensor], steps: int) -> None:
        """Takes up an average where it was left.

        Args:
            means: as `means` gave them; what is not in it is as it is in the networks.
            steps: how many lay behind.
        """
        self.steps = steps
        for name, mean in self.means().items():
            mean.copy_(means[name])
