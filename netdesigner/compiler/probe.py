"""One batch through a fresh network, so that what fails fails before training and with a name."""

from __future__ import annotations

from netdesigner.compiler.compile import Compiled
from netdesigner.compiler.trial import trial_inputs
from netdesigner.errors import CompileError, failing_node
from netdesigner.parts.modes import evaluating

__all__ = ["probe"]


def probe(compiled: Compiled, batch_size: int = 2) -> None:
    """Runs one random batch. Weights, running statistics and mode are as before.

    Args:
        compiled: the network.
        batch_size: samples in the batch.

    Raises:
        CompileError: the batch cannot be computed; names the node by its path.
    """
    import torch

    module = compiled.module
    first = next(module.parameters(), None)
    device = first.device if first is not None else torch.device("cpu")
    inputs = [tensor.to(device) for tensor in trial_inputs(compiled.trace, batch_size)]
    try:
        with evaluating(module), torch.no_grad():
            module(*inputs)
    except (RuntimeError, ValueError, TypeError, IndexError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise CompileError(
            f"a batch of {batch_size} cannot be computed: {reason}", node=failing_node(error)
        ) from error
