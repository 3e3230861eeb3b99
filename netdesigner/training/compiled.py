"""Networks compiled by torch.compile, which are tried before a run, and left as they are where that does not work."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

import torch
from torch import Tensor

from netdesigner.errors import CancelledError
from netdesigner.parts.machine import why_not_compiled
from netdesigner.training.control import Control
from netdesigner.training.data import Pair
from netdesigner.training.device import forget
from netdesigner.training.events import Preparing
from netdesigner.training.setup import Step
from netdesigner.training.snapshot import Live
from netdesigner.training.update import autocast_of

__all__ = ["compile_networks"]

BACKEND = "inductor"
_LINES, _LONGEST = 2, 200
"""How much of what torch says is told."""


def compile_networks(live: Live, control: Control) -> Generator[Preparing, None, tuple[str, ...]]:
    """Compiles the networks of a run where its settings say so.

    Their weights keep their names, for it is the modules beneath that are saved. A batch of each size is computed, in
    training and in evaluation, so that what takes long or fails does so here. Where something else has to be compiled
    later, as for another length, and that fails, the network is computed as it stands from then on, which is told.

    Returns:
        Why they were left as they are, one sentence; nothing where they are compiled or were not to be.

    Raises:
        CancelledError: the run was stopped meanwhile.
    """
    setup = live.setup
    if not setup.settings.compiles:
        return ()
    reason = why_not_compiled()
    if not reason:
        # What other runs of this program made torch learn of sizes would give other kernels, and so other numbers.
        torch.compiler.reset()
        for role, network in setup.networks.items():
            compiled: Any = torch.compile(network, backend=BACKEND)
            setup.called[role] = compiled
        trials = _trials(live)
        for number, trial in enumerate(trials):
            yield Preparing("Compiling the network, which may take minutes", number / len(trials))
            if control.stopping:
                raise CancelledError("training was stopped while the network was compiled")
            reason = _why_it_fails(live, trial)
            if reason:
                break
    if not reason:
        for role in setup.networks:
            _ready_to_fail(live, role)
        return ()
    setup.called.update(setup.networks)
    return (f"the network is not compiled, but computed as it stands: {reason}",)


def _ready_to_fail(live: Live, role: str) -> None:
    """Lets a network be computed as it stands once it cannot be compiled any more, and the run tell that."""
    from torch._dynamo.exc import TorchDynamoException  # heavy, and there by now

    called, network = live.setup.called, live.setup.networks[role]
    compiled: Any = called[role]
    compute = compiled.forward

    def forward(*inputs: Tensor) -> Any:
        try:
            return compute(*inputs)
        except TorchDynamoException as error:
            reason = _told(error)
            forget(error)
        called[role] = network
        live.news.append(
            f"from now on the network is computed as it stands, for it cannot be compiled: {reason}"
        )
        return network(*inputs)

    compiled.forward = forward


def _why_it_fails(live: Live, trial: Callable[[], None]) -> str:
    """What goes wrong with a batch, which leaves no trace; "" where nothing does."""
    setup = live.setup
    buffers = [b for network in setup.networks.values() for b in network.buffers()]
    before = [buffer.clone() for buffer in buffers]
    device = setup.device
    try:
        with torch.random.fork_rng([device] if device.type == "cuda" else []), torch.enable_grad():
            trial()
    except Exception as error:  # noqa: BLE001 (a compiler may fail in any way, and a run can do without)
        forget(error)
        return _told(error)
    finally:
        with torch.no_grad():
            for buffer, old in zip(buffers, before, strict=True):
                buffer.copy_(old)
        for parameter in live.update.parameters:
            parameter.grad = None
        for network in setup.networks.values():
            network.train()
    return ""


def _told(error: BaseException) -> str:
    """What is told of what torch says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join([f"{type(error).__name__}:", *lines[:_LINES]])[:_LONGEST]


def _trials(live: Live) -> list[Callable[[], None]]:
    """What computes a batch of each size that there will be, in training and in evaluation."""
    batches, held_out = live.batches, live.validation
    found: list[Callable[[], None]] = []
    for pair in _sizes(next(iter(batches)), batches.size_of(len(batches) - 1)):
        found += (partial(_train, live, step, pair) for step in live.setup.steps.items())
    first = next(iter(held_out), None)
    if first is not None:
        last = held_out.samples % held_out.size or held_out.size
        found += (partial(_judge, live, pair) for pair in _sizes(first, last))
    return found


def _train(live: Live, step: tuple[str, Step], pair: Pair) -> None:
    loss, compute = step
    with autocast_of(live.setup.settings, live.setup.device):
        found: Tensor = compute(pair)[loss]
    found.backward()  # type: ignore[no-untyped-call]


def _judge(live: Live, pair: Pair) -> None:
    for network in live.setup.networks.values():
        network.eval()
    with torch.no_grad(), autocast_of(live.setup.settings, live.setup.device):
        live.setup.step(pair)


def _sizes(pair: Pair, rest: int) -> Iterator[Pair]:
    """A batch, and one of the size of the last, where that is smaller."""
    yield pair
    if rest < len(pair.target):
        yield Pair(pair.input[:rest], pair.target[:rest])
