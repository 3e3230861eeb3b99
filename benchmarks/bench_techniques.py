"""What the techniques of a training cost and save: recompute, compile, averaged weights.

Recompute: bytes that the forward pass keeps for the backward pass, counted as they are saved, and the time of a step.
Compile: the time of a step, and that until the first one. Average: the time of a step. Each is against the same
network without it, on one thread, the median of some rounds that alternate. Last it is tried whether a compiled run
that was cut off and resumed ends with the very weights of one that was not. Goals: recompute keeps at most a third of
the bytes of a deep network and takes at most 1.6 times as long; an average takes at most 1.1 times as long.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, nn

from netdesigner.compiler import compile_design
from netdesigner.compiler.recompute import recompute
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder
from netdesigner.session.training import train
from netdesigner.training import checkpoint
from netdesigner.training.average import Average
from netdesigner.training.checkpoint import tensors_of
from netdesigner.training.control import Control

CATALOG = Catalog.discover()
BATCH = 64


def deep(depth: int = 12, width: int = 32) -> Design:
    """A residual network of pre-activation blocks, as deep as they are many."""
    net = Builder(catalog=CATALOG)
    block = net.block("Residual", channels=width)
    x = y = block.Input(name="x")
    for number in (1, 2):
        y = block.ReLU(block.BatchNorm2d(y, name=f"norm_{number}"), name=f"relu_{number}")
        y = block.Conv2d(y, name=f"conv_{number}", out_channels="channels", padding=1)
    block.Output(block.Add(x, y), name="y")
    x = net.Conv2d(net.Input(shape=(1, 8, 8)), out_channels=width, padding=1)
    x = net.Residual(x, channels=width, repeat=depth)
    x = net.Flatten(net.AdaptiveAvgPool2d(x, output_size=1))
    net.Output(net.Linear(x, out_features=10))
    return net.design("digits", "classification", epochs=2, batch_size=BATCH)


def made(again: bool = False) -> nn.Module:
    module = compile_design(deep(), CATALOG, seed=0).module
    if again:
        recompute(module)
    return module


def step_of(called: nn.Module, optimizer: torch.optim.Optimizer) -> Callable[[], None]:
    """A step of training on pictures that are made up."""
    images, classes = torch.randn(BATCH, 1, 8, 8), torch.randint(0, 10, (BATCH,))

    def step() -> None:
        optimizer.zero_grad()
        nn.functional.cross_entropy(called(images), classes).backward()
        optimizer.step()

    return step


def adam(module: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.AdamW(module.parameters(), lr=1e-3, fused=True)


def kept_bytes(module: nn.Module) -> int:
    """What one forward pass keeps for the gradients beside the weights."""
    known = {tensor.data_ptr() for tensor in (*module.parameters(), *module.buffers())}
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in known:
            kept[tensor.data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        output = module(torch.randn(BATCH, 1, 8, 8))
        size = sum(kept.values())
    del output
    return size


def ratio(plain: Callable[[], None], other: Callable[[], None], rounds: int) -> tuple[float, float]:
    """Milliseconds of a plain step, and how many times as long the other takes."""
    times: tuple[list[float], list[float]] = ([], [])
    for step in (plain, other):
        step()
    for _ in range(rounds):
        for step, found in zip((plain, other), times, strict=True):
            begin = perf_counter()
            step()
            found.append(perf_counter() - begin)
    first, second = (statistics.median(found) for found in times)
    return first * 1e3, second / first


def averaged() -> Callable[[], None]:
    module = made()
    optimizer = adam(module)
    average = Average(tensors_of({"network": module}, ["network"]), optimizer, 0.999)
    step = step_of(module, optimizer)

    def step_and_follow() -> None:
        step()
        assert average.steps

    return step_and_follow


def trained(folder: Path, design: Design, stop_after: int = 0, resume: bool = False) -> dict[str, Tensor]:
    """The last weights of a run, which may be stopped after a number of events and gone on with."""
    control, run = Control(), folder / "run"
    for count, _ in enumerate(train(design, CATALOG, run, control=control, resume=run if resume else None)):
        if count + 1 == stop_after:
            control.stop()
    return dict(checkpoint.read(run / "checkpoint-last").weights)


def resumed_alike() -> bool:
    """Whether a compiled run that was cut off ends as one that was not."""
    design = deep(depth=2, width=8)
    values = design.training.with_values({"compile": True})
    compiled = Design(
        design.networks, design.blocks, data=Choice("digits"), task=design.task, training=values
    )
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        straight = trained(Path(one), compiled)
        trained(Path(other), compiled, stop_after=8)
        again = trained(Path(other), compiled, resume=True)
    return all(torch.equal(tensor, again[name]) for name, tensor in straight.items())


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--no-compile", action="store_true", help="leave out what takes minutes")
    given = parser.parse_args()
    torch.set_num_threads(1)
    plain = made()
    base = step_of(plain, adam(plain))
    again = made(again=True)
    whole, less = kept_bytes(plain), kept_bytes(again)
    _, slower = ratio(base, step_of(again, adam(again)), given.rounds)
    print(
        f"recompute: keeps {whole / 1e6:.1f} MB and {less / 1e6:.1f} MB, {less / whole:.2f}; time {slower:.2f}"
    )
    milliseconds, cost = ratio(base, averaged(), given.rounds)
    print(f"average: time {cost:.3f} of a step of {milliseconds:.1f} ms")
    if given.no_compile:
        return
    module = made()
    fast: nn.Module = torch.compile(module)  # type: ignore[assignment]
    step, begin = step_of(fast, adam(module)), perf_counter()
    step()
    until_first = perf_counter() - begin
    print(f"compile: first step after {until_first:.0f} s; time {ratio(base, step, given.rounds)[1]:.2f}")
    print(f"compile: a resumed run {'ends alike' if resumed_alike() else 'ENDS OTHERWISE'}")


if __name__ == "__main__":
    main()
