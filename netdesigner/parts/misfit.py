"""What is said where a network's output does not suit the task, its loss or the data."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Misfit"]


class Misfit(NamedTuple):
    """Why a network's output does not suit the task, the loss or the data, and what would mend it.

    Attributes:
        code: the problem's stable code.
        message: both sides in the user's words.
        features: how many numbers the output should have, where that mends it.
        axis: where in the output they lie.
        size: the height and width that the output should have, where that mends it.
        shape: the lengths that all axes behind the batch should have, where another shape mends it.
        drop_last: the last layer should go (a softmax before a loss that applies it).
        add_last: the kind of a layer that should stand before the Output, in place of one that should go.
        halve_last: the last layer should give the first half of its numbers, and one like it with the layer of
            `add_last` behind it the second.
        loss: the kind of a loss that takes the output as it is.
        param: the parameter of the loss or the data that is at fault, where it is one.
        severity: "error" or "warning".
    """

    code: str
    message: str
    features: int | None = None
    axis: int = -1
    size: tuple[int, int] | None = None
    shape: tuple[int, ...] | None = None
    drop_last: bool = False
    add_last: str = ""
    halve_last: bool = False
    loss: str = ""
    param: str = ""
    severity: str = "error"
