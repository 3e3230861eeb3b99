"""How the networks of a run do on the validation part."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from netdesigner.training.control import Control
from netdesigner.training.data import Pair
from netdesigner.training.setup import Setup
from netdesigner.training.snapshot import Live
from netdesigner.training.update import autocast_of

__all__ = ["validated"]


def validated(live: Live, control: Control) -> dict[str, float] | None:
    """The mean of each curve over the validation part, with the weights that networks are judged by.

    A loss that weighs classes is their weighted mean over the whole part, however that is cut into batches.

    Args:
        live: the run, whose networks are put into evaluation mode and then back.
        control: may stop it.

    Returns:
        The means; none without a validation part, and None where the run was stopped meanwhile.
    """
    setup = live.setup
    sums: dict[str, Any] = {}
    counts: dict[str, Any] = {}
    reads = setup.device.type == "cpu"
    for network in setup.networks.values():
        network.eval()
    with live.judged(), torch.no_grad(), autocast_of(setup.settings, setup.device):
        for pair in live.validation:
            if control.stopping:
                break
            weight = _weight(setup, pair)
            for name, tensor in setup.step(pair).items():
                count = weight if name in setup.task.by_loss else len(pair.target)
                sums[name] = sums.get(name, 0.0) + (tensor.item() if reads else tensor.float()) * count
                counts[name] = counts.get(name, 0) + count
    setup.phases.set_modes()
    if control.stopping:
        return None
    return {name: float(total) / (float(counts[name]) or 1.0) for name, total in sums.items()}


def _weight(setup: Setup, pair: Pair) -> Tensor | float:
    """How much the loss of a batch counts among those of others; on a GPU it is not waited for."""
    if setup.loss is None or setup.criterion is None:
        return len(pair.target)
    weight = setup.loss.counted(setup.criterion, pair.target)
    return float(weight) if setup.device.type == "cpu" else weight
