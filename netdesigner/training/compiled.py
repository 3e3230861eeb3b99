"""Networks compiled by torch.compile, which are tried before a run, and left as they are where that does not work."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import torch
from torch import Tensor

from netdesigner.parts.machine import why_not_compiled
from netdesigner.training.data import Pair
from netdesigner.training.device import forget
from netdesigner.training.events import Preparing
from netdesigner.training.snapshot import Live
from netdesigner.training.update import autocast_of

__all__ = ["compile_networks"]

BACKEND = "inductor"
_LINES, _LONGEST = 2, 200
"""How much of what torch says is told."""


def compile_networks(live: Live) -> Generator[Preparing, None, tuple[str, ...]]:
    """Compiles the networks of a run where its settings say so.

    Their weights keep their names, for it is the modules beneath that are saved. A batch of each size is computed, in
    training and in evaluation, so that what takes long or fails does so here. What has to be compiled later, as for
    another length, and fails is computed as it stands.

    Returns:
        Why they were left as they are, one sentence; nothing where they are compiled or were not to be.
    """
    setup = live.setup
    if not setup.settings.compiles:
        return ()
    reason = why_not_compiled()
    if not reason:
        yield Preparing("Compiling the network")
        for role, network in setup.networks.items():
            compiled: Any = torch.compile(network, backend=BACKEND)
            setup.called[role] = compiled
        reason = _why_it_fails(live)
    if not reason:
        note_later_failures()
        return ()
    setup.called.update(setup.networks)
    return (f"the network is not compiled, but computed as it stands: {reason}",)


def note_later_failures() -> None:
    """Lets what cannot be compiled from now on be computed as it stands, with a line in torch's log."""
    from torch._dynamo import config  # heavy, and there by now

    config.suppress_errors = True


def _why_it_fails(live: Live) -> str:
    """What goes wrong with a few batches, which leave no trace; "" where nothing does."""
    setup = live.setup
    buffers = [b for network in setup.networks.values() for b in network.buffers()]
    before = [buffer.clone() for buffer in buffers]
    device = setup.device
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.enable_grad():
            _compute(live)
    except Exception as error:  # noqa: BLE001 (a compiler may fail in any way, and a run can do without)
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        reason = " ".join([f"{type(error).__name__}:", *lines[:_LINES]])
        forget(error)
        return reason[:_LONGEST]
    finally:
        with torch.no_grad():
            for buffer, old in zip(buffers, before, strict=True):
                buffer.copy_(old)
        for parameter in live.update.parameters:
            parameter.grad = None
        for network in setup.networks.values():
            network.train()
    return ""


def _compute(live: Live) -> None:
    """Computes batches of all sizes that there will be, in training and in evaluation."""
    setup = live.setup
    for pair in _sizes(next(iter(live.batches)), live.batches.size_of(len(live.batches) - 1)):
        for loss, step in setup.steps.items():
            with autocast_of(setup.settings, setup.device):
                found: Tensor = step(pair)[loss]
            found.backward()  # type: ignore[no-untyped-call]
    for network in setup.networks.values():
        network.eval()
    size = live.validation.size
    held_out = next(iter(live.validation), None)
    if held_out is not None:
        with torch.no_grad(), autocast_of(setup.settings, setup.device):
            for pair in _sizes(held_out, live.validation.samples % size or size):
                setup.step(pair)


def _sizes(pair: Pair, rest: int) -> Iterator[Pair]:
    """A batch, and one of the size of the last, where that is smaller."""
    yield pair
    if rest < len(pair.target):
        yield Pair(pair.input[:rest], pair.target[:rest])
