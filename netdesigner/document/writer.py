"""The text of a design file, in which a difference reads well: stable order, one node and one wire a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from netdesigner.document.design import (
    Block,
    Choice,
    Design,
    Edge,
    Frame,
    Network,
    Note,
    Phase,
    Point,
    Settings,
)
from netdesigner.document.migrations import FORMAT

__all__ = ["dumps"]

T = TypeVar("T")


def dumps(design: Design) -> str:
    """The text of a design file: stable order, one node and one wire a line."""
    entries: list[tuple[str, str]] = [("format", str(FORMAT))]
    if design.title:
        entries.append(("title", _line(design.title)))
    if design.description:
        entries.append(("description", _line(design.description)))
    if design.variables:
        entries.append(("variables", _line(design.variables)))
    if design.data is not None:
        entries.append(("data", _line(_choice_to_json(design.data))))
    if design.augmentations:
        steps = ",\n".join(f"  {_line(_choice_to_json(choice))}" for choice in design.augmentations)
        entries.append(("augmentations", f"[\n{steps}\n ]"))
    for key, choice in (("task", design.task), ("loss", design.loss)):
        if choice is not None:
            entries.append((key, _line(_choice_to_json(choice))))
    entries.append(("training", _training_text(design.training)))
    if design.blocks:
        entries.append(("blocks", _mapping(design.blocks, _block_text)))
    entries.append(("networks", _mapping(design.networks, _place_text)))
    return "{\n" + ",\n".join(f" {_line(key)}: {value}" for key, value in entries) + "\n}\n"


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def _choice_to_json(choice: Choice) -> dict[str, object]:
    return {"kind": choice.kind, "params": choice.params} if choice.params else {"kind": choice.kind}


def _training_text(settings: Settings) -> str:
    lines = [
        f'  "optimizer": {_line(_choice_to_json(settings.optimizer))}',
        f'  "schedule": {_line(_choice_to_json(settings.schedule))}',
        f'  "values": {_line(settings.values)}',
    ]
    if settings.phases:
        phases = ",\n".join(f"   {_line(_phase_to_json(phase))}" for phase in settings.phases)
        lines.append(f'  "phases": [\n{phases}\n  ]')
    return "{\n" + ",\n".join(lines) + "\n }"


def _phase_to_json(phase: Phase) -> dict[str, object]:
    raw: dict[str, object] = {"epochs": phase.epochs}
    if phase.trains:
        raw["trains"] = phase.trains
    if phase.rate != 1:
        raw["rate"] = phase.rate
    return raw


def _mapping(items: Mapping[str, T], text: Callable[[T], str]) -> str:
    return "{\n" + ",\n".join(f"  {_line(name)}: {text(item)}" for name, item in items.items()) + "\n }"


def _block_text(block: Block) -> str:
    head = [("doc", _line(block.doc))] if block.doc else []
    head += [("params", _line(block.params))] if block.params else []
    return _place_text(block, head)


def _place_text(place: Network | Block, head: list[tuple[str, str]] | None = None) -> str:
    entries = list(head or [])
    entries.append(("nodes", _lines("{}", [_node_text(place, node_id) for node_id in place.graph.nodes])))
    marks = place.annotations
    entries.append(("edges", _lines("[]", [_edge_text(edge, marks.routes) for edge in place.graph.edges])))
    if marks.frames:
        entries.append(("frames", _lines("{}", [_mark_text(*item) for item in marks.frames.items()])))
    if marks.notes:
        entries.append(("notes", _lines("{}", [_mark_text(*item) for item in marks.notes.items()])))
    return "{\n" + ",\n".join(f"   {_line(key)}: {value}" for key, value in entries) + "\n  }"


def _lines(brackets: str, lines: list[str]) -> str:
    if not lines:
        return brackets
    return brackets[0] + "\n" + ",\n".join(f"    {line}" for line in lines) + "\n   " + brackets[1]


def _node_text(place: Network | Block, node_id: str) -> str:
    node = place.graph.nodes[node_id]
    raw: dict[str, object] = {"kind": node.kind}
    if node.params:
        raw["params"] = node.params
    if node.repeat != 1:
        raw["repeat"] = node.repeat
    if node.note:
        raw["note"] = node.note
    if node.frozen:
        raw["frozen"] = True
    if node.tied:
        raw["tied"] = node.tied
    if node.bypassed:
        raw["bypassed"] = True
    if node.rate != 1:
        raw["rate"] = node.rate
    raw["at"] = _coordinates(place.layout.get(node_id, (0.0, 0.0)))
    return f"{_line(node_id)}: {_line(raw)}"


def _coordinates(point: Point) -> list[int | float]:
    return [int(c) if c == int(c) else c for c in (round(c, 2) for c in point)]


def _mark_text(name: str, mark: Frame | Note) -> str:
    raw: dict[str, object] = {"title": mark.title} if isinstance(mark, Frame) else {"text": mark.text}
    if isinstance(mark, Frame) and mark.color:
        raw["color"] = mark.color
    raw |= {"at": _coordinates(mark.at), "size": _coordinates(mark.size)}
    return f"{_line(name)}: {_line(raw)}"


def _edge_text(edge: Edge, routes: Mapping[Edge, tuple[Point, ...]]) -> str:
    source = edge.source if edge.source_port == "output" else f"{edge.source}.{edge.source_port}"
    target = edge.target if edge.target_port == "input" else f"{edge.target}.{edge.target_port}"
    route = [_coordinates(point) for point in routes.get(edge, ())]
    return _line([source, target, route] if route else [source, target])
