"""Random numbers of one's own while modules are made.

Torch draws initial weights from one generator that all threads share, so two compilations at once, or a training run
beside one, would change each other's numbers. Here the drawing functions are handed a private generator, on this thread
only and without a lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

__all__ = ["seeded", "undrawn"]

_DRAWING = frozenset(
    {
        "bernoulli",
        "bernoulli_",
        "cauchy_",
        "exponential_",
        "geometric_",
        "kaiming_uniform_",
        "log_normal_",
        "multinomial",
        "normal",
        "normal_",
        "rand",
        "randint",
        "randn",
        "random_",
        "randperm",
        "uniform_",
    }
)
"""Functions that draw and take a generator."""


@contextmanager
def seeded(seed: int | None) -> Iterator[None]:
    """Lets modules made on this thread draw from a generator that starts at `seed`.

    They get the numbers that `torch.manual_seed(seed)` would have given them; torch's own generator is left alone. With
    None they draw from torch's, as usual.
    """
    if seed is None:
        yield
        return
    with _OwnGenerator(torch.Generator().manual_seed(seed)):
        yield


@contextmanager
def undrawn() -> Iterator[None]:
    """Lets modules made on this thread keep what memory they get: for the meta device, where there is nothing to draw.

    Torch has no kernels of its own for some of this drawing there and would import its compiler to stand in for them.
    """
    with _NoDrawing():
        yield


class _NoDrawing(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func.__name__ in _DRAWING and func.__name__.endswith("_"):
            return args[0] if args else kwargs["tensor"]
        return func(*args, **kwargs)


class _OwnGenerator(TorchFunctionMode):
    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self._generator = generator

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = dict(kwargs or {})
        if func.__name__ in _DRAWING and kwargs.get("generator") is None:
            kwargs["generator"] = self._generator
        return func(*args, **kwargs)
