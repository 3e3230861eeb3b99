"""Weights in a file of any kind, once it is open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["WeightFile"]


@dataclass(frozen=True, slots=True)
class WeightFile:
    """Weights in a file that is open.

    Attributes:
        path: the file.
        shapes: the shape of each tensor by its name.
        read: gives a tensor by its name.
        scaled: names of those into which a norm that came after them was folded, so that they are not what was learned.
    """

    path: Path
    shapes: Mapping[str, tuple[int, ...]]
    read: Callable[[str], Tensor]
    scaled: Collection[str] = ()
