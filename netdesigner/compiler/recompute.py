"""What of a network is computed a second time in the backward pass instead of being remembered: its units.

A unit is each repetition of a node and each block, as long as nothing repeats inside it; what repeats there is the unit
then. Only what goes into units is kept, so that the memory for activations falls to that and what the largest unit
takes, while a step takes about a third longer.
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import nn

from netdesigner.compiler.network import CompiledNetwork, Repeated

__all__ = ["recompute", "units_of"]


def recompute(network: nn.Module) -> None:
    """Lets the units of a network be computed a second time from now on."""
    for module, _ in _found(network, ""):
        module.recomputes = True


def units_of(network: nn.Module) -> tuple[str, ...]:
    """The paths of the units of a network."""
    return tuple(path for _, paths in _found(network, "") for path in paths)


def _found(whole: nn.Module, path: str) -> Iterator[tuple[CompiledNetwork | Repeated, tuple[str, ...]]]:
    """The modules that have units computed again, each with the paths of those units."""
    for name, module in whole.named_children():
        here = path + name
        if any(isinstance(part, Repeated) for child in module.children() for part in child.modules()):
            yield from _found(module, f"{here}.")
        elif isinstance(module, Repeated):
            yield module, tuple(f"{here}.{number}" for number, _ in module.named_children())
        elif isinstance(module, CompiledNetwork):
            yield module, (here,)
