"""How large a card is and where its ports lie, in pixels at 100 %. No Qt.

Ports stand in rows with their names where a side has several. An output that need not be read makes no rows: the wires
of a card that has one lie as those of a card without.

All heights are multiples of the grid, and so are the differences between the heights of any two ports: two nodes on
the grid can always be joined by a straight wire.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from netdesigner.ui.canvas.card import Card, PortMark

__all__ = [
    "CARD_WIDTH_PX",
    "FOOTER_PX",
    "GAP_PX",
    "HEADER_PX",
    "LINE_PX",
    "PORT_DOWN_PX",
    "PORT_RADIUS_PX",
    "CardMetrics",
    "aside",
    "metrics_of",
]

Marks = tuple[PortMark, ...]

CARD_WIDTH_PX = 176
LINE_PX = 16
GAP_PX = 8
FOOTER_PX = 24
PORT_RADIUS_PX = 4.5
HEADER_PX = GAP_PX + 2 * LINE_PX

PORT_DOWN_PX = 24
"""How far below a card's upper edge its first port lies, where it stands in no row."""
_SLOT_PX = 8


class CardMetrics(NamedTuple):
    """The measures of a card.

    Attributes:
        height: of the card; its width is always the same.
        params_top: where the line of parameters begins, or 0 without one.
        rows_top: where the rows of named ports begin, or 0 without them.
        inputs, outputs: the height of each port's centre, in the order of the ports.
        slots: for a port that takes several wires, how far below its centre the last one ends.
    """

    height: int
    params_top: int
    rows_top: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    slots: tuple[float, ...]

    def wire_end(self, port: int, slot: int, wires: int) -> float:
        """The height at which a wire ends.

        Args:
            port: the index of the input port.
            slot: which of the port's wires it is.
            wires: how many end there.
        """
        spread = self.slots[port]
        return self.inputs[port] + (spread * slot / (wires - 1) if wires > 1 else 0.0)


def metrics_of(card: Card) -> CardMetrics:
    """The measures of a card: a line for its name, one for its kind, one for its parameters, ports, its output."""
    return _measured(bool(card.parts), card.inputs, card.outputs)


@lru_cache(maxsize=1024)  # most cards of a design are alike in this
def _measured(params: bool, inputs: Marks, outputs: Marks) -> CardMetrics:
    top = HEADER_PX + (LINE_PX if params else 0)
    beside = _aside(inputs, outputs)
    rows = max(_rows(inputs), 0 if beside else _rows(outputs))
    if beside:
        top = max(top, HEADER_PX + LINE_PX * len(beside))
    height = top + rows * LINE_PX + GAP_PX + FOOTER_PX
    return CardMetrics(
        height,
        params_top=HEADER_PX if params else 0,
        rows_top=top if rows else 0,
        inputs=_heights(inputs, top),
        outputs=(PORT_DOWN_PX, *_rows_from(HEADER_PX, len(beside))) if beside else _heights(outputs, top),
        slots=tuple(_spread(mark, len(inputs), height) for mark in inputs),
    )


def aside(card: Card) -> Marks:
    """The outputs that stand beside the parameters: those that need not be read, where nothing else makes rows."""
    return _aside(card.inputs, card.outputs)


def _aside(inputs: Marks, outputs: Marks) -> Marks:
    first, *others = outputs or (PortMark(""),)
    alone = len(inputs) < 2 and not first.optional and all(mark.optional for mark in others)
    return tuple(others) if alone else ()


def _rows(marks: Marks) -> int:
    return len(marks) if len(marks) > 1 else 0


def _heights(marks: Marks, rows_top: int) -> tuple[int, ...]:
    return (PORT_DOWN_PX,) if len(marks) == 1 else _rows_from(rows_top, len(marks))


def _rows_from(top: int, count: int) -> tuple[int, ...]:
    """The middles of so many rows."""
    return tuple(top + LINE_PX * index + LINE_PX // 2 for index in range(count))


def _spread(mark: PortMark, ports: int, height: int) -> float:
    """How much height the wires at a port share; none where other ports need the room."""
    if not mark.variadic or mark.wires < 2 or ports > 1:
        return 0.0
    return float(min((mark.wires - 1) * _SLOT_PX, height - PORT_DOWN_PX - _SLOT_PX))
