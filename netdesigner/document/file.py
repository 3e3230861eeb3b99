"""The design file: `NAME.netdesign`, JSON in UTF-8, one node and one wire a line.

A file is read in three steps: the text becomes bounded, finite JSON; migrations bring it to the present format;
then it is checked field by field and becomes values. Anything that does not fit is one `DesignFileError` that says
where. Nothing in a file can name code: a kind is a name that is looked up among the parts, or shown as unknown.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from netdesigner.document.atomic import write_atomically
from netdesigner.document.design import (
    Block,
    Choice,
    Design,
    Edge,
    Graph,
    Network,
    Node,
    Point,
    Settings,
    Value,
    name_fault,
)
from netdesigner.document.migrations import FORMAT, migrate
from netdesigner.errors import DesignFileError, FileError

__all__ = ["SUFFIX", "dumps", "folder_of", "load", "loads", "save"]

T = TypeVar("T")

SUFFIX = ".netdesign"
LARGEST_BYTES = 32 * 1024 * 1024
DEEPEST = 64
_LONGEST_NAME = 200
_LARGEST_NUMBER = 2**53
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
"""Characters that no text has: controls but the newline and the tab, and halves of a pair in UTF-16."""


class _RefusalError(Exception):
    """What is wrong and where, while reading; becomes a `DesignFileError` with the file's name."""


def load(path: str | Path) -> Design:
    """Opens a design file.

    Raises:
        DesignFileError: the file is missing, too large, or not a design; the message says where.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
        if len(data) > LARGEST_BYTES:
            raise DesignFileError(
                path, f"larger than {LARGEST_BYTES // 2**20} MB, so it is not a design file"
            )
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DesignFileError(
            path, f"not a text in UTF-8 (byte {error.start}), so it is not a design file"
        ) from None
    except OSError as error:
        raise DesignFileError(path, f"cannot be read: {error.strerror or error}") from None
    return replace(loads(text, path), folder=folder_of(path))


def folder_of(path: str | Path) -> Path:
    """The folder in which a design file lies; where its name is a link, that of the file it leads to."""
    path = Path(path).absolute()
    return Path(os.path.realpath(path)).parent if path.is_symlink() else path.parent


def loads(text: str, name: str | Path = "design") -> Design:
    """Reads a design from text.

    Args:
        text: what a design file holds.
        name: what to call it in messages.

    Raises:
        DesignFileError: the text is not a design.
    """
    try:
        return _design(migrate(_json(text), _refuse))
    except _RefusalError as error:
        raise DesignFileError(name, str(error)) from None


def save(design: Design, path: str | Path) -> None:
    """Writes a design file so that either the old or the new one is there, whole, whatever happens.

    Raises:
        FileError: the file could not be written; the old one is unchanged.
    """
    try:
        text = dumps(design)
    except (TypeError, ValueError):
        raise FileError(
            path, "not saved: a value of the design is no finite number, text, true, false or list of them"
        ) from None
    loads(text, path)
    write_atomically(Path(path), text.encode("utf-8"))


# ---------------------------------------------------------------------------------------------------- text to JSON


def _refuse(reason: str) -> NoReturn:
    raise _RefusalError(reason)


def _json(text: str) -> Any:
    _check_depth(text)
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, parse_int=_integer, object_pairs_hook=_unique
        )
    except json.JSONDecodeError as error:
        _refuse(f"line {error.lineno}, column {error.colno}: not a design file, or cut short ({error.msg})")
    except RecursionError:
        _refuse(f"nested more than {DEEPEST} levels deep")


def _check_depth(text: str) -> None:
    """Refuses deep nesting before the parser recurses into it; brackets inside texts do not count."""
    depth, in_text, escaped = 0, False, False
    for character in text:
        if in_text:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_text = False
        elif character == '"':
            in_text = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                _refuse(f"nested more than {DEEPEST} levels deep")
        elif character in "]}":
            depth -= 1


def _refuse_constant(name: str) -> NoReturn:
    _refuse(f"{name} is not a number a design can hold")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > _LARGEST_NUMBER:
        _refuse(f"the number {digits[:20]}{'…' if len(digits) > 20 else ''} is too large")
    return int(digits)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        double = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        _refuse(f"'{_shown(double)}' stands twice in the same place")
    return found


# -------------------------------------------------------------------------------------------------- JSON to values


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."


def _object(value: Any, where: str, allowed: frozenset[str] | None = None) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(f"{where}: expected an object, got {_shown(value)}")
    if allowed is not None:
        for key in value:
            if key not in allowed:
                _refuse(f"{where}: '{_shown(key)}' is not known here; known: {', '.join(sorted(allowed))}")
    return value


def _text(value: Any, where: str, longest: int = 20_000) -> str:
    if not isinstance(value, str):
        _refuse(f"{where}: expected a text, got {_shown(value)}")
    if len(value) > longest:
        _refuse(f"{where}: longer than {longest} characters")
    if _CONTROL.search(value):
        _refuse(f"{where}: holds a control character")
    return value


def _name(value: Any, where: str) -> str:
    text = _text(value, where, _LONGEST_NAME)
    if fault := name_fault(text):
        _refuse(f"{where}: '{_shown(text)}' cannot be a name; {fault}")
    return text


def _number(value: Any, where: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        _refuse(f"{where}: expected a number, got {_shown(value)}")
    return value


def _value(value: Any, where: str) -> Value:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return _number(value, where)
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, list):
        return tuple(_value(item, where) for item in value)
    _refuse(f"{where}: expected a number, text, true, false, null or a list of them, got {_shown(value)}")


def _params(value: Any, where: str) -> dict[str, Value]:
    params = _object(value, where)
    return {
        _text(key, where, _LONGEST_NAME): _value(item, f"{where}.{_shown(key)}")
        for key, item in params.items()
    }


def _numbers(value: Any, where: str) -> dict[str, int | float]:
    return {_name(key, where): _number(item, f"{where}.{key}") for key, item in _object(value, where).items()}


_DESIGN_KEYS = frozenset(
    {"format", "title", "description", "networks", "blocks", "data", "task", "loss", "training", "variables"}
)
_NODE_KEYS = frozenset({"kind", "params", "repeat", "note", "frozen", "tied", "at"})
_TRAINING_KEYS = frozenset({"optimizer", "schedule", "values"})


def _design(raw: dict[str, Any]) -> Design:
    _object(raw, "the file", _DESIGN_KEYS)
    networks = {
        _name(name, "networks"): _network(value, f"networks.{name}")
        for name, value in _object(raw.get("networks", {}), "networks").items()
    }
    blocks = {
        _name(name, "blocks"): _block(value, f"blocks.{name}")
        for name, value in _object(raw.get("blocks", {}), "blocks").items()
    }
    return Design(
        networks=networks or {"main": Network()},
        blocks=blocks,
        data=_choice(raw["data"], "data") if raw.get("data") is not None else None,
        task=_choice(raw["task"], "task") if raw.get("task") is not None else None,
        loss=_choice(raw["loss"], "loss") if raw.get("loss") is not None else None,
        training=_settings(raw.get("training", {})),
        variables=_numbers(raw.get("variables", {}), "variables"),
        title=_text(raw.get("title", ""), "title"),
        description=_text(raw.get("description", ""), "description"),
    )


def _choice(value: Any, where: str) -> Choice:
    raw = _object(value, where, frozenset({"kind", "params"}))
    if "kind" not in raw:
        _refuse(f"{where}: 'kind' is missing")
    kind = _text(raw["kind"], f"{where}.kind", _LONGEST_NAME)
    return Choice(kind, _params(raw.get("params", {}), f"{where}.params"))


def _settings(value: Any) -> Settings:
    raw = _object(value, "training", _TRAINING_KEYS)
    settings = Settings(values=_params(raw.get("values", {}), "training.values"))
    return Settings(
        _choice(raw["optimizer"], "training.optimizer") if "optimizer" in raw else settings.optimizer,
        _choice(raw["schedule"], "training.schedule") if "schedule" in raw else settings.schedule,
        settings.values,
    )


def _network(value: Any, where: str) -> Network:
    raw = _object(value, where, frozenset({"nodes", "edges"}))
    return Network(*_graph(raw, where))


def _block(value: Any, where: str) -> Block:
    raw = _object(value, where, frozenset({"nodes", "edges", "params", "doc"}))
    graph, layout = _graph(raw, where)
    return Block(
        graph,
        layout,
        _numbers(raw.get("params", {}), f"{where}.params"),
        _text(raw.get("doc", ""), f"{where}.doc"),
    )


def _graph(raw: dict[str, Any], where: str) -> tuple[Graph, dict[str, Point]]:
    nodes: dict[str, Node] = {}
    layout: dict[str, Point] = {}
    for key, value in _object(raw.get("nodes", {}), f"{where}.nodes").items():
        node_id = _name(key, f"{where}.nodes")
        place = f"{where}.nodes.{node_id}"
        item = _object(value, place, _NODE_KEYS)
        nodes[node_id] = _node(item, place)
        layout[node_id] = _point(item.get("at", [0, 0]), f"{place}.at")
    edges = raw.get("edges", [])
    if not isinstance(edges, list):
        _refuse(f"{where}.edges: expected a list, got {_shown(edges)}")
    graph = Graph(nodes, tuple(_edge(edge, f"{where}.edges[{i}]", nodes) for i, edge in enumerate(edges)))
    return graph, layout


def _node(raw: dict[str, Any], where: str) -> Node:
    if "kind" not in raw:
        _refuse(f"{where}: 'kind' is missing")
    repeat = raw.get("repeat", 1)
    if isinstance(repeat, bool) or not isinstance(repeat, int | str):
        _refuse(f"{where}.repeat: expected a whole number or an expression, got {_shown(repeat)}")
    frozen = raw.get("frozen", False)
    if not isinstance(frozen, bool):
        _refuse(f"{where}.frozen: expected true or false, got {_shown(frozen)}")
    return Node(
        kind=_text(raw["kind"], f"{where}.kind", _LONGEST_NAME),
        params=_params(raw.get("params", {}), f"{where}.params"),
        repeat=_text(repeat, f"{where}.repeat", _LONGEST_NAME) if isinstance(repeat, str) else repeat,
        note=_text(raw.get("note", ""), f"{where}.note"),
        frozen=frozen,
        tied=_name(raw["tied"], f"{where}.tied") if "tied" in raw else "",
    )


def _point(value: Any, where: str) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        _refuse(f"{where}: expected two numbers, got {_shown(value)}")
    x, y = (float(_number(part, where)) for part in value)
    if max(abs(x), abs(y)) > 1e7:
        _refuse(f"{where}: farther than 10,000,000 pixels from the middle")
    return (x, y)


def _edge(value: Any, where: str, nodes: Mapping[str, Node]) -> Edge:
    """A wire `["source.port", "target.port"]`; the port of an id alone is `output` or `input`."""
    if not isinstance(value, list) or len(value) != 2:
        _refuse(f'{where}: expected ["source.port", "target.port"], got {_shown(value)}')
    source, target = (_text(part, where, 2 * _LONGEST_NAME).partition(".") for part in value)
    for node_id in (source[0], target[0]):
        if node_id not in nodes:
            _refuse(f"{where}: there is no node '{_shown(node_id)}'")
    return Edge(source[0], source[2] or "output", target[0], target[2] or "input")


# --------------------------------------------------------------------------------------------------- values to text


def dumps(design: Design) -> str:
    """The text of a design file: stable order, one node and one wire a line."""
    entries: list[tuple[str, str]] = [("format", str(FORMAT))]
    if design.title:
        entries.append(("title", _line(design.title)))
    if design.description:
        entries.append(("description", _line(design.description)))
    if design.variables:
        entries.append(("variables", _line(design.variables)))
    for key, choice in (("data", design.data), ("task", design.task), ("loss", design.loss)):
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
    return "{\n" + ",\n".join(lines) + "\n }"


def _mapping(items: Mapping[str, T], text: Callable[[T], str]) -> str:
    return "{\n" + ",\n".join(f"  {_line(name)}: {text(item)}" for name, item in items.items()) + "\n }"


def _block_text(block: Block) -> str:
    head = [("doc", _line(block.doc))] if block.doc else []
    head += [("params", _line(block.params))] if block.params else []
    return _place_text(block, head)


def _place_text(place: Network | Block, head: list[tuple[str, str]] | None = None) -> str:
    entries = list(head or [])
    entries.append(("nodes", _lines("{}", [_node_text(place, node_id) for node_id in place.graph.nodes])))
    entries.append(("edges", _lines("[]", [_edge_text(edge) for edge in place.graph.edges])))
    return "{\n" + ",\n".join(f"   {_line(key)}: {value}" for key, value in entries) + "\n  }"


def _lines(brackets: str, lines: list[str]) -> str:
    if not lines:
        return brackets
    return brackets[0] + "\n" + ",\n".join(f"    {line}" for line in lines) + "\n   " + brackets[1]


def _node_text(place: Network | Block, node_id: str) -> str:
    node = place.graph.nodes[node_id]
    x, y = place.layout.get(node_id, (0.0, 0.0))
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
    raw["at"] = [int(c) if c == int(c) else round(c, 2) for c in (x, y)]
    return f"{_line(node_id)}: {_line(raw)}"


def _edge_text(edge: Edge) -> str:
    source = edge.source if edge.source_port == "output" else f"{edge.source}.{edge.source_port}"
    target = edge.target if edge.target_port == "input" else f"{edge.target}.{edge.target_port}"
    return _line([source, target])
