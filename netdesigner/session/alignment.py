"""Lining rectangles up, and spacing them evenly. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from netdesigner.document.design import Point
from netdesigner.session.framing import Rect

__all__ = ["SIDES", "Side", "aligned", "distributed"]

Side = Literal["left", "centre", "right", "top", "middle", "bottom"]
SIDES: Mapping[Side, tuple[int, float]] = {
    "left": (0, 0.0),
    "centre": (0, 0.5),
    "right": (0, 1.0),
    "top": (1, 0.0),
    "middle": (1, 0.5),
    "bottom": (1, 1.0),
}
"""The axis of a side, 0 across and 1 down, and which part of a rectangle it is."""


def aligned(boxes: Mapping[str, Rect], side: Side) -> dict[str, Point]:
    """How far each rectangle moves so that all have one side, the outermost, or the middle of all in common."""
    axis, part = SIDES[side]
    low = min(box[axis] for box in boxes.values())
    high = max(box[axis] + box[axis + 2] for box in boxes.values())
    place = low + part * (high - low)
    return {
        name: _along(axis, round(place - part * box[axis + 2]) - box[axis]) for name, box in boxes.items()
    }


def distributed(boxes: Mapping[str, Rect], axis: int) -> dict[str, Point]:
    """How far each rectangle moves so that the gaps between them are equal; the outer two stay.

    Args:
        boxes: three or more.
        axis: 0 across, 1 down.
    """
    order = sorted(boxes, key=lambda name: 2 * boxes[name][axis] + boxes[name][axis + 2])
    begin, last = boxes[order[0]][axis], boxes[order[-1]]
    taken = sum(boxes[name][axis + 2] for name in order)
    gap = (last[axis] + last[axis + 2] - begin - taken) / (len(order) - 1)
    shifts: dict[str, Point] = {}
    place = begin
    for name in order:
        shifts[name] = _along(axis, round(place) - boxes[name][axis])
        place += boxes[name][axis + 2] + gap
    return shifts


def _along(axis: int, shift: float) -> Point:
    return (float(shift), 0.0) if axis == 0 else (0.0, float(shift))
