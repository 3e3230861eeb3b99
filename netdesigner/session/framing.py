"""Which nodes, notes and frames lie in a frame, and where frames and notes go when nodes are arranged. No Qt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from netdesigner.document.design import Annotations, Frame, Note, Point

__all__ = ["PAD_PX", "TITLE_PX", "Rect", "around", "box_of", "carried", "framed", "held", "placed_in"]

Rect = tuple[float, float, float, float]
"""Left, top, width and height in pixels at 100 %."""

TITLE_PX = 32
"""The height of a frame's title bar."""
PAD_PX = 24
"""How far a new frame reaches beyond what lies in it."""


def box_of(mark: Frame | Note) -> Rect:
    """The rectangle that a frame or note takes."""
    return (*mark.at, *mark.size)


def placed_in(mark: Frame | Note, box: Rect) -> Frame | Note:
    """A frame or note that takes another rectangle."""
    return replace(mark, at=(box[0], box[1]), size=(box[2], box[3]))


def held(frame: Frame, boxes: Mapping[str, Rect]) -> list[str]:
    """Those of some rectangles that lie wholly in a frame."""
    outer = box_of(frame)
    return [name for name, inner in boxes.items() if _holds(outer, inner)]


def _holds(outer: Rect, inner: Rect) -> bool:
    return (
        outer[0] <= inner[0]
        and outer[1] <= inner[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def framed(boxes: Iterable[Rect]) -> Rect:
    """The rectangle of a frame around others, with room for its title."""
    left, top, width, height = around(boxes)
    above = TITLE_PX + PAD_PX
    return left - PAD_PX, top - above, width + 2 * PAD_PX, height + above + PAD_PX


def around(boxes: Iterable[Rect]) -> Rect:
    """The rectangle around others."""
    corners = [(x, y, x + width, y + height) for x, y, width, height in boxes]
    left, top = min(c[0] for c in corners), min(c[1] for c in corners)
    return left, top, max(c[2] for c in corners) - left, max(c[3] for c in corners) - top


def carried(
    annotations: Annotations, before: Mapping[str, Rect], after: Mapping[str, Rect]
) -> dict[str, Frame | Note]:
    """What becomes of frames and notes when nodes go elsewhere.

    A note keeps its place beside the node that was nearest to it. A frame goes around the nodes that lay in it, with
    the margins that it had; one that held no node stays.

    Args:
        annotations: the frames and notes as they are.
        before, after: the rectangles of all nodes.

    Returns:
        Those that change.
    """
    moved = {name for name, box in before.items() if after[name] != box}
    found: dict[str, Frame | Note] = {}
    for mark_id, note in annotations.notes.items():
        nearest = _nearest(box_of(note), before)
        if nearest in moved:
            found[mark_id] = _shifted(note, before[nearest], after[nearest])
    for mark_id, frame in annotations.frames.items():
        inside = held(frame, before)
        if moved.intersection(inside):
            found[mark_id] = _around_again(frame, inside, before, after)
    return found


def _nearest(box: Rect, others: Mapping[str, Rect]) -> str:
    return min(others, key=lambda name: _distance(box, others[name]), default="")


def _distance(one: Rect, other: Rect) -> float:
    across = max(one[0] - other[0] - other[2], other[0] - one[0] - one[2], 0.0)
    down = max(one[1] - other[1] - other[3], other[1] - one[1] - one[3], 0.0)
    return across * across + down * down


def _shifted(note: Note, before: Rect, after: Rect) -> Note:
    at: Point = (note.at[0] + after[0] - before[0], note.at[1] + after[1] - before[1])
    return replace(note, at=at)


def _around_again(
    frame: Frame, inside: Collection[str], before: Mapping[str, Rect], after: Mapping[str, Rect]
) -> Frame | Note:
    left, top, width, height = box_of(frame)
    old, new = around(before[name] for name in inside), around(after[name] for name in inside)
    return placed_in(
        frame,
        (new[0] + left - old[0], new[1] + top - old[1], new[2] + width - old[2], new[3] + height - old[3]),
    )
