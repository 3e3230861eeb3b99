"""Computing a module a second time in the backward pass, where nothing between its ends was remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

__all__ = ["recomputed"]


def recomputed(function: Callable[..., Any], module: nn.Module, *inputs: Any) -> Any:
    """What a function gives, which is called once more in the backward pass, with the very numbers of the first time.

    Dropout draws the same numbers again, and running statistics are moved by the first time only.

    Args:
        function: computes the module; `module` itself, or a method of it.
        module: what is computed.
        inputs: what goes in, which is kept until then.

    Source: Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016.
    """
    if torch.compiler.is_compiling():  # which takes care of running statistics, and of no context
        return checkpoint(function, *inputs, use_reentrant=False)
    return checkpoint(
        function, *inputs, use_reentrant=False, context_fn=lambda: (nullcontext(), _standing_still(module))
    )


@contextmanager
def _standing_still(module: nn.Module) -> Iterator[None]:
    """Norms use and remember what they would, and move their running statistics by nothing."""
    norms: list[Any] = [
        part for part in module.modules() if getattr(part, "track_running_stats", False) and part.training
    ]
    before = [(norm.momentum, norm.num_batches_tracked) for norm in norms]
    for norm in norms:
        norm.momentum, norm.num_batches_tracked = 0.0, None
    try:
        yield
    finally:
        for norm, (momentum, count) in zip(norms, before, strict=True):
            norm.momentum, norm.num_batches_tracked = momentum, count
