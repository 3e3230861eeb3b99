"""A long layout broken into lines that can be read, as text is. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netdesigner.document.design import GRID_PX, Point

__all__ = ["Key", "Size", "Wires", "broken", "snapped", "snapped_up"]

Size = tuple[float, float]
"""Width and height in pixels at 100 %."""

Key = str | tuple[str, str, int]
"""A node, or what stands for a wire in a column that it crosses."""
Wires = dict[tuple[Key, Key], float]

_LINE_GAP_PX = 96
_READABLE = 0.75
"""The zoom at which cards can still be read."""


def snapped(value: float) -> float:
    """The nearest place on the grid."""
    return float(round(value / GRID_PX) * GRID_PX)


def snapped_up(value: float) -> float:
    """The next place on the grid that is not less."""
    return float(-(-value // GRID_PX) * GRID_PX)


def broken(
    placed: Mapping[str, Point],
    column: Mapping[str, int],
    wires: Wires,
    sizes: Mapping[str, Size],
    area: Size,
) -> dict[str, Point]:
    """The piece in as few lines as can be read in the area; in those that can be read best where none can."""
    count = max(column.values()) + 1
    cuts = _cuts(column, wires, count)
    best, best_zoom = dict(placed), 0.0
    tried: set[tuple[int, ...]] = set()
    for lines in range(1, count + 1):
        starts = _line_starts(cuts, count, -(-count // lines))
        if starts in tried:
            continue
        tried.add(starts)
        layout = _in_lines(placed, column, starts, sizes)
        zoom = _zoom(layout, sizes, area)
        if zoom > best_zoom * 1.05:
            best, best_zoom = layout, zoom
        if best_zoom >= _READABLE:
            break
    return best


def _cuts(column: Mapping[str, int], wires: Wires, count: int) -> list[int]:
    """The columns that a line may begin with: a single wire leads into them and beyond."""
    crossing = [0] * count
    for _, target in wires:
        crossing[column[target] if isinstance(target, str) else target[2]] += 1
    return [index for index in range(1, count) if crossing[index] == 1]


def _line_starts(cuts: Sequence[int], count: int, longest: int) -> tuple[int, ...]:
    """The first columns of lines that have at most so many columns, where the cuts allow it."""
    starts = [0]
    while starts[-1] + longest < count:
        fitting = [cut for cut in cuts if starts[-1] < cut <= starts[-1] + longest]
        later = [cut for cut in cuts if cut > starts[-1] + longest]
        if not fitting and not later:
            break
        starts.append(fitting[-1] if fitting else later[0])
    return _without_orphans(starts, count)


def _without_orphans(starts: Sequence[int], count: int) -> tuple[int, ...]:
    """The lines, where one of a single column goes on in the next, or in the one before if it is the last."""
    kept = [0]
    for start in starts[1:]:
        if start - kept[-1] > 1:
            kept.append(start)
    if len(kept) > 1 and count - kept[-1] == 1:
        kept.pop()
    return tuple(kept)


def _in_lines(
    placed: Mapping[str, Point], column: Mapping[str, int], starts: Sequence[int], sizes: Mapping[str, Size]
) -> dict[str, Point]:
    found: dict[str, Point] = {}
    top = 0.0
    for index, start in enumerate(starts):
        end = starts[index + 1] if index + 1 < len(starts) else max(column.values()) + 1
        line = [node for node in placed if start <= column[node] < end]
        left, highest = min(placed[node][0] for node in line), min(placed[node][1] for node in line)
        for node in line:
            found[node] = (placed[node][0] - left, placed[node][1] - highest + top)
        top = snapped(max(found[node][1] + sizes[node][1] for node in line) + _LINE_GAP_PX)
    return found


def _zoom(layout: Mapping[str, Point], sizes: Mapping[str, Size], area: Size) -> float:
    """The zoom at which all of a layout is seen, 1 at most."""
    width = max(x + sizes[node][0] for node, (x, _) in layout.items())
    height = max(y + sizes[node][1] for node, (_, y) in layout.items())
    return min(1.0, area[0] / width, area[1] / height)
