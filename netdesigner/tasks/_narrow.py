"""New samples from a network that draws in its narrow place, as a variational autoencoder does. Not a part."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from netdesigner.parts.task import answer_of

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["from_noise"]

_TOGETHER = 100


def from_noise(network: nn.Module, input: Tensor) -> Iterator[Tensor]:
    """Outputs, in batches without end, where noise of mean 0 and deviation 1 stands in for all that a network draws.

    Args:
        network: in evaluation mode, and gives one tensor of samples, alone or beside single numbers.
        input: some samples, two at least.

    Returns:
        Nothing where a network draws nothing, or where anything of its input gets past the places where it draws.
    """
    import torch

    from netdesigner.compiler.operations.noise import ReparameterizedSample

    places = [part for part in network.modules() if isinstance(part, ReparameterizedSample)]
    if not places:
        return

    def said(of: Tensor) -> Tensor:
        hooks = [
            part.register_forward_hook(lambda _part, _given, drawn: torch.randn(drawn.shape).to(drawn))
            for part in places
        ]
        try:
            found: Tensor = answer_of(network(of)).float()
        finally:
            for hook in hooks:
                hook.remove()
        return found

    one, other = (sample.expand(_TOGETHER, *input.shape[1:]) for sample in (input[:1], input[1:2]))
    with torch.random.fork_rng():
        state = torch.get_rng_state()
        first = said(one)
        torch.set_rng_state(state)
        blind = torch.allclose(first, said(other), rtol=1e-3, atol=1e-4)
    while blind:
        yield said(one)
