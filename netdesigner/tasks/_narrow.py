"""What a network that draws in its narrow place makes up and knows, as a variational autoencoder does. Not a part."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from netdesigner.parts.loss import Loss
from netdesigner.parts.task import answer_of, with_further

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["evidence", "from_noise"]

_TOGETHER = 100
_ALIKE = 1e-3
"""How much what a nat is worth may differ from batch to batch, as a share, for want of exactness only."""


def from_noise(network: nn.Module, input: Tensor) -> Iterator[Tensor]:
    """Outputs, in batches without end, where noise of mean 0 and deviation 1 stands in for all that a network draws.

    Args:
        network: in evaluation mode, and gives one tensor of samples, alone or beside single numbers.
        input: some samples, two at least.

    Returns:
        Nothing where a network draws nothing, or where anything of its input gets past the places where it draws.
    """
    import torch

    places = _places_in(network)
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


def evidence(network: nn.Module, loss: Loss, inputs: Iterator[Tensor]) -> dict[str, float]:
    """The evidence lower bound of samples in nats, and the two parts of which it is the difference; means over samples.

    The log likelihood is that of one draw for each sample, the divergence is that of all that is drawn from the
    standard normal distribution. How many nats the loss is worth is told by the further Outputs, in which the network
    adds the divergence to it: it is what makes a nat of the one count as much as a nat of the other.

    Args:
        network: in evaluation mode and without gradients, which gives back what comes in.
        loss: compares what comes back with what came in.
        inputs: samples in batches.

    Returns:
        "elbo", "log_likelihood" and "kl_divergence"; nothing where a network draws nothing or adds something else to
        the loss, or where the loss is no likelihood.

    Source:
        D. P. Kingma, M. Welling, Auto-encoding variational Bayes, 2013, section 2.
    """
    places = _places_in(network)
    if not places:
        return {}
    samples, wrong, apart, count = 0, 0.0, 0.0, 0
    pairs: list[tuple[float, float]] = []
    for batch in inputs:
        for part in batch.chunk(2):  # what a nat is worth must be the same for both
            with _drawing(places) as nats:
                given = network(part)
            target = part.flatten(1)
            output, count = answer_of(given).float().flatten(1), target.shape[1]
            criterion = loss.build().to(target.device)
            wrong += len(part) * float(loss.of(criterion, output, target))
            own = sum(float(each.mean()) for each in nats)
            apart += len(part) * own
            samples += len(part)
            pairs.append((own, float(with_further(network, given, output.new_zeros(()))["loss"])))
    total, added = (sum(values) for values in zip(*pairs, strict=True)) if pairs else (0.0, 0.0)
    if total <= 0 or added <= 0:
        return {}
    worth = total / added
    beside = loss.normalizer(worth, count)
    if beside is None or not all(math.isclose(own, worth * more, rel_tol=_ALIKE) for own, more in pairs):
        return {}
    likelihood, divergence = -worth * wrong / samples - beside, apart / samples
    return {
        "elbo": likelihood - divergence,
        "log_likelihood": likelihood,
        "kl_divergence": divergence,
    }


def _places_in(network: nn.Module) -> list[nn.Module]:
    """Where a network draws."""
    from netdesigner.compiler.operations.noise import ReparameterizedSample

    return [part for part in network.modules() if isinstance(part, ReparameterizedSample)]


@contextlib.contextmanager
def _drawing(places: list[nn.Module]) -> Iterator[list[Tensor]]:
    """Places draw although they do not train; how far each is from the standard normal distribution, [N] in nats."""
    import torch

    nats: list[Tensor] = []

    def draw(_part: nn.Module, given: tuple[Tensor, Tensor], _mean: Tensor) -> Tensor:
        mean, log_variance = given
        apart = (mean.square() + log_variance.exp() - log_variance - 1) / 2
        nats.append(apart.double().flatten(1).sum(1))
        return mean + (0.5 * log_variance).exp() * torch.randn(mean.shape).to(mean)

    hooks = [part.register_forward_hook(draw) for part in places]
    try:
        yield nats
    finally:
        for hook in hooks:
            hook.remove()
