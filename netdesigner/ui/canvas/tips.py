"""What a tool tip on the canvas says, as plain text."""

from __future__ import annotations

from netdesigner.ui.canvas.card import UNKNOWN, Card
from netdesigner.ui.canvas.hit import Hit

__all__ = ["tip_of"]


def tip_of(found: Hit) -> str:
    """The tip for what lies under the pointer; "" where nothing does."""
    if found.node is not None and found.port is not None:
        return _port_tip(found.node.card, found.port.side, found.port.name)
    if found.node is not None:
        return _node_tip(found.node.card)
    if found.wire is not None:
        edge = found.wire.edge
        return "\n".join(
            filter(None, (f"{edge.source} → {edge.target}", found.wire.label.text.replace("×", " × ")))
        )
    if found.mark is not None and found.mark.is_frame:
        return "Drag to move the frame with what lies in it; with Alt, the frame alone"
    return ""


def _node_tip(card: Card) -> str:
    kind = f"unknown kind {card.kind}" if card.look == UNKNOWN else card.kind
    cost = f"{card.cost} parameters" if card.cost else ""
    repeat = f"applied {card.repeat[1:]} times in a row" if card.repeat else ""
    shape = f"gives {card.shape.rpartition(' → ')[2]}" if card.shape != "–" else ""
    frozen = "frozen: training does not change it" if card.frozen else ""
    rate = f"learns at {card.rate:g} of the learning rate" if card.rate != 1 and not card.frozen else ""
    bypassed = (
        "bypassed: what comes in goes out, and the network is computed without it" if card.bypassed else ""
    )
    tied = f"uses the weights of {card.tied}" if card.tied else ""
    lines = (
        f"{card.name}: {kind}",
        card.params,
        shape,
        cost,
        repeat,
        bypassed,
        frozen,
        rate,
        tied,
        card.note,
    )
    return "\n".join(filter(None, lines))


def _port_tip(card: Card, side: str, name: str) -> str:
    mark = next((mark for mark in card.ports(side) if mark.name == name), None)
    if mark is None:
        return name
    if mark.missing:
        return f"{name}: {card.name} has no such {side}"
    more = ""
    if mark.variadic:
        more = "takes any number of wires"
    elif mark.optional:
        more = "may stay empty" if side == "input" else "worked out only where it is read"
    first = ", ".join(filter(None, (f"{side} {name}" if name != side else side, more)))
    return "\n".join(filter(None, (first, mark.help)))
