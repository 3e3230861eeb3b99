"""How the networks of a run do on the validation part."""

from __future__ import annotations

from typing import Any

import torch

from netdesigner.training.control import Control
from netdesigner.training.snapshot import Live
from netdesigner.training.update import autocast_of

__all__ = ["validated"]


def validated(live: Live, control: Control) -> dict[str, float] | None:
    """The mean of each curve over the validation part, with the weights that networks are judged by.

    Args:
        live: the run, whose networks are put into evaluation mode and then back.
        control: may stop it.

    Returns:
        The means; none without a validation part, and None where the run was stopped meanwhile.
    """
    setup = live.setup
    sums: dict[str, Any] = {}
    reads = setup.device.type == "cpu"
    for network in setup.networks.values():
        network.eval()
    with live.judged(), torch.no_grad(), autocast_of(setup.settings, setup.device):
        for pair in live.validation:
            if control.stopping:
                break
            for name, tensor in setup.step(pair).items():
                value = (tensor.item() if reads else tensor.float()) * len(pair.target)
                sums[name] = sums.get(name, 0.0) + value
    setup.phases.set_modes()
    if control.stopping:
        return None
    return {name: float(total) / live.validation.samples for name, total in sums.items()}
