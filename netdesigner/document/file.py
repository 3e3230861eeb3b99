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
import stat
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from netdesigner.document.atomic import Written, write_atomically
from netdesigner.document.design import (
    Annotations,
    Block,
    Choice,
    Design,
    Edge,
    Frame,
    Graph,
    Network,
    Node,
    Note,
    Phase,
    Point,
    Settings,
    Value,
    name_fault,
)
from netdesigner.document.migrations import migrate
from netdesigner.document.writer import dumps
from netdesigner.errors import DesignFileError, FileError

__all__ = ["SUFFIX", "dumps", "folder_of", "load", "load_with_digest", "loads", "save"]

SUFFIX = ".netdesign"
LARGEST_BYTES = 16 * 1024 * 1024
DEEPEST = 64
MOST = {"nodes": 10_000, "edges": 40_000, "frames": 5_000, "notes": 5_000}
"""Of what is in a design, all networks and blocks together: far more than anybody draws, and quickly refused."""
_MOST_PLACES = 2_000
_MOST_SIGNS = 1_500_000
_LONGEST_LIST = 10_000
_LONGEST_ROUTE = 1_000
_LONGEST_CHOICE = 200
"""Of augmentations, or of phases: far more than anybody chooses."""
_LONGEST_NAME = 200
_LARGEST_NUMBER = 2**53
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
"""Characters that no text has: controls but the newline and the tab, and halves of a pair in UTF-16."""

_BRACKET = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)
"""A bracket, or a text with the brackets in it."""


class _RefusalError(Exception):
    """What is wrong and where, while reading; becomes a `DesignFileError` with the file's name."""


def load(path: str | Path) -> Design:
    """Opens a design file.

    Raises:
        DesignFileError: the file is missing, too large, or not a design; the message says where.
    """
    path = Path(path)
    return _placed(_bytes_of(path), path)


def load_with_digest(path: str | Path) -> tuple[Design, str]:
    """Opens a design file; its digest tells later whether another program changed it.

    Raises:
        DesignFileError: as for `load`.
    """
    import hashlib  # which the sample at the start does without

    path = Path(path)
    data = _bytes_of(path)
    return _placed(data, path), hashlib.sha256(data).hexdigest()


def _bytes_of(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep the reader waiting for ever
            raise DesignFileError(path, "not a file but a folder, a device or a pipe")
        with path.open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise DesignFileError(path, f"cannot be read: {error.strerror or error}") from None
    if len(data) > LARGEST_BYTES:
        raise DesignFileError(path, f"larger than {LARGEST_BYTES // 2**20} MB, so it is not a design file")
    return data


def _placed(data: bytes, path: Path) -> Design:
    """The design that a file holds, with the folder it lies in."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DesignFileError(
            path, f"not a text in UTF-8 (byte {error.start}), so it is not a design file"
        ) from None
    return replace(loads(text, path), folder=folder_of(path))


def folder_of(path: str | Path) -> Path:
    """The folder in which a design file lies; where its name is a link, that of the file it leads to."""
    path = Path(path).absolute()
    is_link = os.path.islink(path)  # noqa: PTH114  (it takes names, too, that are too long for a file)
    return Path(os.path.realpath(path)).parent if is_link else path.parent


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


def save(design: Design, path: str | Path, *, backup: bool = False, replaces: str | None = None) -> Written:
    """Writes a design file so that either the old or the new one is there, whole, whatever happens.

    Args:
        design: the design.
        path: the file.
        backup: keep what the file held beside it, with `.bak` behind its name.
        replaces: the digest of what the file should still hold; None replaces whatever is there.

    Raises:
        FileChangedError: the file holds something else than `replaces`.
        FileError: the file could not be written; the old one is unchanged.
    """
    try:
        text = dumps(design)
    except (TypeError, ValueError):
        raise FileError(
            path, "not saved: a value of the design is no finite number, text, true, false or list of them"
        ) from None
    loads(text, path)
    return write_atomically(Path(path), text.encode("utf-8"), backup=backup, replaces=replaces)


# ---------------------------------------------------------------------------------------------------- text to JSON


def _refuse(reason: str) -> NoReturn:
    raise _RefusalError(reason)


def _json(text: str) -> Any:
    if sum(map(text.count, ',"[{')) > _MOST_SIGNS:
        _refuse("more values than a design can have, so it is not a design file")
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
    depth = 0
    for match in _BRACKET.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > DEEPEST:
                _refuse(f"nested more than {DEEPEST} levels deep")
        elif match[0] in "]}":
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
        if len(value) > _LONGEST_LIST:
            _refuse(f"{where}: a list of {len(value):,} values; at most {_LONGEST_LIST:,} are possible")
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


_CHOICES = ("data", "augmentations", "task", "loss", "training")
_DESIGN_KEYS = frozenset({"format", "title", "description", "networks", "blocks", "variables", *_CHOICES})
_NODE_KEYS = frozenset({"kind", "params", "repeat", "note", "frozen", "tied", "bypassed", "rate", "at"})
_PLACE_KEYS = frozenset({"nodes", "edges", "frames", "notes"})
_TRAINING_KEYS = frozenset({"optimizer", "schedule", "values", "phases"})
_PHASE_KEYS = frozenset({"epochs", "trains", "rate"})


def _refuse_too_many(raw: dict[str, Any]) -> None:
    """Refuses what is far larger than a drawing, by counting alone."""
    places = [place for key in ("networks", "blocks") for place in _object(raw.get(key, {}), key).values()]
    variables = _object(raw.get("variables", {}), "variables")
    counts = {"networks and blocks": (len(places), _MOST_PLACES), "variables": (len(variables), _MOST_PLACES)}
    for key, most in MOST.items():
        held = [place.get(key, ()) for place in places if isinstance(place, dict)]
        counts["wires" if key == "edges" else key] = (
            sum(len(h) for h in held if isinstance(h, dict | list)),
            most,
        )
    for what, (number, most) in counts.items():
        if number > most:
            _refuse(f"{number:,} {what}; a design has at most {most:,}")


def _design(raw: dict[str, Any]) -> Design:
    _object(raw, "the file", _DESIGN_KEYS)
    _refuse_too_many(raw)
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
        augmentations=tuple(_choice(item, place) for item, place in _listed(raw, "augmentations")),
        task=_choice(raw["task"], "task") if raw.get("task") is not None else None,
        loss=_choice(raw["loss"], "loss") if raw.get("loss") is not None else None,
        training=_settings(raw.get("training", {})),
        variables=_numbers(raw.get("variables", {}), "variables"),
        title=_text(raw.get("title", ""), "title"),
        description=_text(raw.get("description", ""), "description"),
    )


def _listed(raw: dict[str, Any], key: str, where: str = "") -> Iterator[tuple[Any, str]]:
    """Each item of a short list, with the place where it stands."""
    value, place = raw.get(key, []), f"{where}{key}"
    if not isinstance(value, list):
        _refuse(f"{place}: expected a list, got {_shown(value)}")
    if len(value) > _LONGEST_CHOICE:
        _refuse(f"{place}: {len(value):,} entries; at most {_LONGEST_CHOICE} are possible")
    for index, item in enumerate(value):
        yield item, f"{place}[{index}]"


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
        tuple(_phase(item, place) for item, place in _listed(raw, "phases", "training.")),
    )


def _phase(value: Any, where: str) -> Phase:
    raw = _object(value, where, _PHASE_KEYS)
    epochs = raw.get("epochs", 1)
    if isinstance(epochs, bool) or not isinstance(epochs, int):
        _refuse(f"{where}.epochs: expected a whole number, got {_shown(epochs)}")
    trains = raw.get("trains", [])
    if not isinstance(trains, list) or len(trains) > _LONGEST_LIST:
        _refuse(f"{where}.trains: expected a list of names, got {_shown(trains)}")
    names = tuple(_text(name, f"{where}.trains", 2 * _LONGEST_NAME) for name in trains)
    return Phase(epochs, names, _rate(raw, where))


def _rate(raw: dict[str, Any], where: str) -> float:
    return float(_number(raw.get("rate", 1), f"{where}.rate"))


def _network(value: Any, where: str) -> Network:
    raw = _object(value, where, _PLACE_KEYS)
    return Network(*_graph(raw, where))


def _block(value: Any, where: str) -> Block:
    raw = _object(value, where, _PLACE_KEYS | {"params", "doc"})
    graph, layout, annotations = _graph(raw, where)
    return Block(
        graph,
        layout,
        _numbers(raw.get("params", {}), f"{where}.params"),
        _text(raw.get("doc", ""), f"{where}.doc"),
        annotations,
    )


def _graph(raw: dict[str, Any], where: str) -> tuple[Graph, dict[str, Point], Annotations]:
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
    wires: list[Edge] = []
    routes: dict[Edge, tuple[Point, ...]] = {}
    for index, value in enumerate(edges):
        edge, route = _edge(value, f"{where}.edges[{index}]", nodes)
        wires.append(edge)
        if route:
            routes[edge] = route
    frames = {key: _frame(item, place) for key, item, place in _marks(raw, where, "frames")}
    notes = {key: _note(item, place) for key, item, place in _marks(raw, where, "notes")}
    return Graph(nodes, tuple(wires)), layout, Annotations(frames, notes, routes)


def _marks(raw: dict[str, Any], where: str, key: str) -> Iterator[tuple[str, Any, str]]:
    """Each frame or note by its name, with the place where it stands."""
    for name, value in _object(raw.get(key, {}), f"{where}.{key}").items():
        yield _name(name, f"{where}.{key}"), value, f"{where}.{key}.{name}"


def _frame(value: Any, where: str) -> Frame:
    raw = _object(value, where, frozenset({"title", "color", "at", "size"}))
    title, color = (_text(raw.get(key, ""), f"{where}.{key}", _LONGEST_NAME) for key in ("title", "color"))
    return Frame(title, color, *_area(raw, where, Frame("")))


def _note(value: Any, where: str) -> Note:
    raw = _object(value, where, frozenset({"text", "at", "size"}))
    return Note(_text(raw.get("text", ""), f"{where}.text"), *_area(raw, where, Note("")))


def _area(raw: dict[str, Any], where: str, usual: Frame | Note) -> tuple[Point, Point]:
    at = _point(raw.get("at", [0, 0]), f"{where}.at")
    size = _point(raw["size"], f"{where}.size") if "size" in raw else usual.size
    if min(size) < 1:
        _refuse(f"{where}.size: expected a width and a height of at least 1, got {_shown(raw['size'])}")
    return at, size


def _node(raw: dict[str, Any], where: str) -> Node:
    if "kind" not in raw:
        _refuse(f"{where}: 'kind' is missing")
    repeat = raw.get("repeat", 1)
    if isinstance(repeat, bool) or not isinstance(repeat, int | str):
        _refuse(f"{where}.repeat: expected a whole number or an expression, got {_shown(repeat)}")
    return Node(
        kind=_text(raw["kind"], f"{where}.kind", _LONGEST_NAME),
        params=_params(raw.get("params", {}), f"{where}.params"),
        repeat=_text(repeat, f"{where}.repeat", _LONGEST_NAME) if isinstance(repeat, str) else repeat,
        note=_text(raw.get("note", ""), f"{where}.note"),
        frozen=_flag(raw.get("frozen", False), f"{where}.frozen"),
        tied=_name(raw["tied"], f"{where}.tied") if "tied" in raw else "",
        bypassed=_flag(raw.get("bypassed", False), f"{where}.bypassed"),
        rate=_rate(raw, where),
    )


def _flag(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        _refuse(f"{where}: expected true or false, got {_shown(value)}")
    return value


def _point(value: Any, where: str) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        _refuse(f"{where}: expected two numbers, got {_shown(value)}")
    x, y = (float(_number(part, where)) for part in value)
    if max(abs(x), abs(y)) > 1e7:
        _refuse(f"{where}: farther than 10,000,000 pixels from the middle")
    return (x, y)


def _edge(value: Any, where: str, nodes: Mapping[str, Node]) -> tuple[Edge, tuple[Point, ...]]:
    """A wire `["source.port", "target.port"]`; the port of an id alone is `output` or `input`.

    Behind them may stand a list of the points that it is led through.
    """
    if not isinstance(value, list) or len(value) not in (2, 3):
        _refuse(f'{where}: expected ["source.port", "target.port"], got {_shown(value)}')
    source, target = (_text(part, where, 2 * _LONGEST_NAME).partition(".") for part in value[:2])
    for node_id in (source[0], target[0]):
        if node_id not in nodes:
            _refuse(f"{where}: there is no node '{_shown(node_id)}'")
    points = value[2] if len(value) == 3 else []
    if not isinstance(points, list):
        _refuse(f"{where}: expected a list of points, got {_shown(points)}")
    if len(points) > _LONGEST_ROUTE:
        _refuse(f"{where}: led through {len(points):,} points; at most {_LONGEST_ROUTE:,} are possible")
    edge = Edge(source[0], source[2] or "output", target[0], target[2] or "input")
    return edge, tuple(_point(point, where) for point in points)
