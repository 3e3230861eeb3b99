"""Design files as a stranger may send them: damaged, swollen, tangled, or written to do harm."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = ["bases", "designs", "with_names"]

_ROOT = Path(__file__).parents[2]
_BASES = (
    "cnn-digits",
    "gru-digits",
    "mlp-diabetes",
    "seq2seq",
    "vae",
    "dcgan",
    "siamese",
    "autoencoder",
    "resnet-digits",
)

HTML = '<img src="{canary}"><b>bold</b><a href="file:///etc/hostname">x</a>'
"""A text that would open a file where it is read as HTML."""

_WORDS: tuple[str, ...] = (
    "<b>x</b>",
    '<img src="/etc/hostname">',
    "<script>alert(1)</script>",
    "&lt;&amp;",
    "a\u202eb",
    "\u2066x\u2069",
    "\ud800",
    "\udfff\ud800",
    "x\x00y",
    "\x1b[31mred",
    "\r\n\t",
    "é" * 300,
    "x" * 100_000,
    "",
    " ",
    ".",
    "..",
    "../../x",
    "a/b",
    "a\\b",
    "__class__",
    "__init__",
    "forward",
    "self",
    "None",
    "lambda",
    "import os",
    "{0.__class__}",
    "%s%n",
    "$(touch x)",
    "`id`",
    "'; drop",
    '"""',
    "block:",
    "block:block:x",
    "\u0130\ufb01",
    "名前",
    "ａｂ",
)
_EXPRESSIONS: tuple[str, ...] = (
    "9**9**9",
    "__import__('os').system('id')",
    "().__class__.__bases__",
    "lambda: 0",
    "9" * 190,
    "1e999",
    "1e308*10",
    "9007199254740993",
    "1//0",
    "1%0",
    "1/0",
    "((((((((((" * 4,
    "-" * 150 + "1",
    "1" + "+1" * 90,
    "width*width*width",
    "nan",
    "inf",
    "x[0]",
    "f'{1}'",
    "1;2",
    "٣+٣",
    "0x10",
    "1_000",
    "10**3",
    "10 if 1 else 2",
)
_NUMBERS: tuple[Any, ...] = (
    -1,
    0,
    1,
    2,
    -(2**31),
    2**31,
    2**53,
    2**53 - 1,
    -(2**53),
    10**9,
    10**15,
    1e308,
    -1e308,
    1e-320,
    0.5,
    -0.0,
    1000,
    1001,
    100_000,
)
_OTHERS: tuple[Any, ...] = (
    None,
    True,
    False,
    [],
    {},
    "",
    [1, 2, 3],
    [[[1]]],
    {"a": 1},
    [None] * 50,
    ["x"] * 5_000,
    "x",
    3,
    1.5,
)
_PATHS: tuple[str, ...] = (
    "/etc/passwd",
    "/etc/shadow",
    "../../x",
    "../" * 40 + "etc/passwd",
    "~root/x",
    "~nobody_at_all/x",
    "//server/share/x.csv",
    "\\\\server\\share\\x.csv",
    "\\\\?\\C:\\x",
    "file:///etc/passwd",
    "http://192.0.2.1/x.csv",
    "/dev/zero",
    "/dev/stdin",
    "/proc/self/environ",
    "CON",
    "x\x00y",
    "x" * 5_000,
    "",
    ".",
    "/",
)
_FOREIGN_KEYS: tuple[str, ...] = (
    "__class__",
    "$ref",
    "module",
    "class_name",
    "code",
    "py/object",
    "!!python/object",
    "registered_name",
    "forward",
)
_FILE_DATA = (
    "csv", "jsonl", "arrays", "idx", "image_folder", "mask_folder", "text_pairs", "text", "text_classes", "parquet",
    "coco_boxes",
)  # fmt: skip


def designs(count: int, seed: int = 0) -> Iterator[tuple[str, bytes]]:
    """So many files, each with a name that says what was done; the same each time."""
    chance = random.Random(seed)
    originals = [*bases()]
    crafted = [*_crafted()]
    yield from crafted[:count]
    for number in range(count - len(crafted)):
        base = chance.choice(originals)
        how = chance.choice(_MUTATIONS)
        text = how(chance, json.loads(base), base)
        yield f"{how.__name__.strip('_')}-{number}", text


def with_names(text: str, canary: Path) -> str:
    """A design, as text, whose title, notes, kinds, paths and other words are all HTML that names a file."""
    design = json.loads(text)
    words = HTML.replace("{canary}", str(canary))
    design["title"] = design["description"] = words
    design["data"] = {"kind": words[:150], "params": {words[:150]: words}}
    for network in [*design.get("networks", {}).values(), *design.get("blocks", {}).values()]:
        for index, node in enumerate(network["nodes"].values()):
            node["note"] = words
            if index % 3 == 1:
                node.setdefault("params", {})[words[:150]] = words
            if index % 3 == 2:
                node["kind"] = words[:150]
        network["frames"] = {
            "frame_1": {"title": words[:150], "color": words[:150], "at": [0, 0], "size": [400, 300]}
        }
        network["notes"] = {"note_1": {"text": words, "at": [0, 0], "size": [400, 300]}}
    return json.dumps(design)


def bases() -> Iterator[str]:
    for name in _BASES:
        yield (_ROOT / "resources" / "gallery" / f"{name}.netdesign").read_text(encoding="utf-8")
    for path in sorted((_ROOT / "tests" / "files").glob("*.netdesign")):
        yield path.read_text(encoding="utf-8")


# --------------------------------------------------------------------------------------------------------- by chance


def _bytes(chance: random.Random, design: Any, base: str) -> bytes:
    data = bytearray(base.encode())
    for _ in range(chance.choice((1, 1, 3, 30, 300))):
        at = chance.randrange(len(data))
        what = chance.randrange(4)
        if what == 0:
            data[at] = chance.randrange(256)
        elif what == 1:
            del data[at : at + chance.randrange(1, 20)]
        elif what == 2:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 8)))
        else:
            other = chance.randrange(len(data))
            data[at:at] = data[other : other + chance.randrange(1, 60)]
        if not data:
            break
    return bytes(data)


def _cut_short(chance: random.Random, design: Any, base: str) -> bytes:
    data = base.encode()
    return data[: chance.randrange(len(data))]


def _tokens(chance: random.Random, design: Any, base: str) -> bytes:
    """Pieces of JSON put where others stood."""
    pieces = [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e999",
        "-1e999",
        "9" * 5_000,
        "null",
        "true",
        "{}",
        "[]",
        '""',
        "[" * 90 + "]" * 90,
        "0.1e-400",
        "-0",
        "'x'",
        "undefined",
        "0x1F",
    ]
    spots = [at for at, character in enumerate(base) if character in "0123456789"]
    for at in sorted(chance.sample(spots, chance.randrange(1, 4)), reverse=True):
        base = base[:at] + chance.choice(pieces) + base[at + 1 :]
    return base.encode()


def _values(chance: random.Random, design: Any, base: str) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 5))):
        holder, key = chance.choice([*spots_of(design)])
        value = chance.choice((*_NUMBERS, *_OTHERS, chance.choice(_WORDS), chance.choice(_EXPRESSIONS)))
        holder[key] = copy.deepcopy(value)  # else it may come to lie in itself
    return _dumped(design)


def _parameters(chance: random.Random, design: Any, base: str) -> bytes:
    """Parameters that exist, with values that may not be."""
    spots = [(h, k) for h, k in spots_of(design) if isinstance(h, dict) and not isinstance(h[k], dict)]
    for _ in range(chance.choice((1, 2, 4))):
        holder, key = chance.choice(spots)
        value = holder[key]
        if isinstance(value, list) and value:
            value[chance.randrange(len(value))] = chance.choice(_NUMBERS)
        elif isinstance(value, str):
            holder[key] = chance.choice((*_EXPRESSIONS, *_WORDS))
        else:
            holder[key] = chance.choice((*_NUMBERS, *_EXPRESSIONS))
    return _dumped(design)


def _grown(chance: random.Random, design: Any, base: str) -> bytes:
    """Parameters a layer takes for sizes, made far too large, and repeats."""
    for network in _graphs(design):
        for node in network.get("nodes", {}).values():
            if isinstance(node, dict) and chance.random() < 0.4:
                if chance.random() < 0.4:
                    node["repeat"] = chance.choice(
                        (10**9, 1000, 999, 0, -1, "9**9", "1000*1000", True, 2.5, "1e3")
                    )
                params = node.setdefault("params", {})
                for key in params:
                    params[key] = chance.choice(
                        (10**6, 10**9, 2**53, [10**6, 10**6], -1, 0, "1000000*1000000")
                    )
    return _dumped(design)


def _variables(chance: random.Random, design: Any, base: str) -> bytes:
    design["variables"] = {
        chance.choice(("width", "d_model", *_WORDS[:20], "a" * 64)): chance.choice((*_NUMBERS, *_OTHERS))
        for _ in range(4)
    }
    for network in _graphs(design):
        for node in network.get("nodes", {}).values():
            if isinstance(node, dict):
                for key in node.get("params", {}):
                    node["params"][key] = chance.choice(
                        ("width", "width*d_model", "d_model//width", *_EXPRESSIONS)
                    )
    return _dumped(design)


def _names(chance: random.Random, design: Any, base: str) -> bytes:
    """Nodes, networks and blocks called something else, wherever they are named."""
    names = [*{key for network in _graphs(design) for key in network.get("nodes", {})}]
    if names:
        old, new = chance.choice(names), chance.choice(_WORDS)
        base = base.replace(json.dumps(old), json.dumps(new)).replace(f'"{old}.', f"{json.dumps(new)[:-1]}.")
    return base.encode("utf-8", "surrogatepass")


def _notes(chance: random.Random, design: Any, base: str) -> bytes:
    for network in _graphs(design):
        for node in network.get("nodes", {}).values():
            if isinstance(node, dict):
                node["note"] = chance.choice(_WORDS)
        network["frames"] = {
            "f1": {
                "title": chance.choice(_WORDS)[:200],
                "color": chance.choice(_WORDS)[:200],
                "size": [chance.choice((1, 1e7, 1e-300)), 5],
            }
        }
        network["notes"] = {"n1": {"text": chance.choice(_WORDS)}}
    design["title"], design["description"] = chance.choice(_WORDS), chance.choice(_WORDS)
    return _dumped(design)


def _wires(chance: random.Random, design: Any, base: str) -> bytes:
    """Wires to nowhere, to oneself, around, twice, and to ports that are not there."""
    for network in _graphs(design):
        nodes, edges = [*network.get("nodes", {})], network.get("edges", [])
        if not nodes or not isinstance(edges, list):
            continue
        for _ in range(chance.choice((1, 3, 20))):
            a, b = chance.choice(nodes), chance.choice(nodes)
            edges.append(
                chance.choice(
                    (
                        [a, b],
                        [a, a],
                        [f"{a}.nowhere", b],
                        [a, "nowhere"],
                        [f"{a}.{b}.{a}", b],
                        [a],
                        [a, b, [[0, 0]] * 50],
                        [a, b, "x"],
                        [f"{a}.input", f"{b}.output"],
                        None,
                    )
                )
            )
        chance.shuffle(edges)
    return _dumped(design)


def _ties(chance: random.Random, design: Any, base: str) -> bytes:
    for network in _graphs(design):
        names = [*network.get("nodes", {})]
        for node in network.get("nodes", {}).values():
            if isinstance(node, dict) and chance.random() < 0.6:
                node["tied"] = chance.choice((*names, "nobody"))
            if isinstance(node, dict) and chance.random() < 0.2:
                node["frozen"] = node["bypassed"] = True
    return _dumped(design)


def _kinds(chance: random.Random, design: Any, base: str) -> bytes:
    blocks = [f"block:{name}" for name in design.get("blocks", {})]
    others = (
        "os.system",
        "torch.nn.Linear",
        "builtins.eval",
        "Lambda",
        "Input",
        "Output",
        "Linear",
        "LSTM",
        "Add",
        "Einsum",
        "Reshape",
        "Experts",
        "block:none",
        *blocks,
        *_WORDS[:12],
    )
    for network in _graphs(design):
        for node in network.get("nodes", {}).values():
            if isinstance(node, dict) and chance.random() < 0.4:
                node["kind"] = chance.choice(others)
    for section in ("data", "task", "loss"):
        if chance.random() < 0.3:
            design[section] = {
                "kind": chance.choice(others),
                "params": {chance.choice(_FOREIGN_KEYS): chance.choice(_EXPRESSIONS)},
            }
    return _dumped(design)


def _foreign_keys(chance: random.Random, design: Any, base: str) -> bytes:
    holders = [holder for holder, _ in spots_of(design) if isinstance(holder, dict)]
    for _ in range(chance.choice((1, 3))):
        chance.choice(holders)[chance.choice(_FOREIGN_KEYS)] = chance.choice(
            ("os.system", "import os", {"args": ["id"]}, ["cos\nsystem\n(S'id'\ntR."])
        )
    return _dumped(design)


def _data_paths(chance: random.Random, design: Any, base: str) -> bytes:
    path = chance.choice(_PATHS)
    design["data"] = {
        "kind": chance.choice(_FILE_DATA),
        "params": {
            "path": path,
            **chance.choice(({}, {"labels": path}, {"annotations": path}, {"target": path})),
        },
    }
    return _dumped(design)


def _training(chance: random.Random, design: Any, base: str) -> bytes:
    values = (
        "epochs",
        "batch_size",
        "learning_rate",
        "seed",
        "device",
        "precision",
        "accumulate",
        "checkpoint_s",
        "clip_norm",
        "start_from",
        *_WORDS[:5],
    )
    design["training"] = {
        "optimizer": {
            "kind": chance.choice(("AdamW", "SGD", "os.system", *_WORDS[:5])),
            "params": {
                chance.choice(("lr", "betas", "momentum", "foreach")): chance.choice((*_NUMBERS, *_OTHERS))
            },
        },
        "values": {
            chance.choice(values): chance.choice((*_NUMBERS, *_OTHERS, *_EXPRESSIONS, *_PATHS))
            for _ in range(3)
        },
    }
    return _dumped(design)


def _blocks_in_blocks(chance: random.Random, design: Any, base: str) -> bytes:
    """Blocks within blocks: around in a circle, or so deep and often that written out they would be billions."""
    depth, repeat = chance.choice((2, 2, 3, 5, 33)), chance.choice((1, 2, 10, 1000))
    circle = chance.random() < 0.4
    blocks = {}
    for level in range(depth):
        inner = f"block:b{level + 1}" if level + 1 < depth else "block:b0" if circle else "Linear"
        nodes = {"inp": {"kind": "Input"}, "out": {"kind": "Output"}}
        names = [f"n{index}" for index in range(chance.choice((1, 2, 4)))]
        nodes |= {name: {"kind": inner, "repeat": repeat} for name in names}
        if inner == "Linear":
            for name in names:
                nodes[name] = {"kind": "Linear", "params": {"out_features": 8}}
        chain = ["inp", *names, "out"]
        blocks[f"b{level}"] = {
            "nodes": nodes,
            "edges": [[a, b] for a, b in pairwise(chain)],
        }
    design["blocks"] = blocks
    design["networks"] = {
        "main": {
            "nodes": {
                "inp": {"kind": "Input", "params": {"shape": [8]}},
                "x": {"kind": "block:b0", "repeat": repeat},
                "out": {"kind": "Output"},
            },
            "edges": [["inp", "x"], ["x", "out"]],
        }
    }
    return _dumped(design)


_MUTATIONS: tuple[Callable[[random.Random, Any, str], bytes], ...] = (
    _bytes,
    _cut_short,
    _tokens,
    _values,
    _values,
    _parameters,
    _parameters,
    _grown,
    _variables,
    _names,
    _notes,
    _wires,
    _ties,
    _kinds,
    _foreign_keys,
    _data_paths,
    _training,
    _blocks_in_blocks,
)


def _graphs(design: Any) -> list[dict[str, Any]]:
    return [*design.get("networks", {}).values(), *design.get("blocks", {}).values()]


def spots_of(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a value in a design, at all depths, as what holds it and under what."""
    items = (
        [*value.items()]
        if isinstance(value, dict)
        else [*enumerate(value)]
        if isinstance(value, list)
        else []
    )
    for key, inner in items:
        yield value, key
        yield from spots_of(inner)


def _dumped(design: Any) -> bytes:
    return json.dumps(design).encode("utf-8", "surrogatepass")


# --------------------------------------------------------------------------------------------------------- on purpose


def _crafted() -> Iterator[tuple[str, bytes]]:
    """Each of these says one thing; most of them are large."""
    yield "empty", b""
    yield "nul", b"\0" * 1_000
    yield "deep-lists", b"[" * 100_000
    yield "deep-objects", b'{"a":' * 100_000
    yield "deep-within-texts", json.dumps({"format": 3, "title": "[" * 100_000}).encode()
    yield "long-number", b'{"format": ' + b"9" * 100_000 + b"}"
    yield "long-fraction", b'{"format": 3, "variables": {"a": 0.' + b"1" * 1_000_000 + b"}}"
    yield "format-of-tomorrow", b'{"format": 999999}'
    yield "format-minus", b'{"format": -1}'
    yield "format-text", b'{"format": "3"}'
    yield "double-keys", b'{"format": 3, "networks": {}, "networks": {}}'
    yield "utf-16", '{"format": 3}'.encode("utf-16")
    yield "bom", b'\xef\xbb\xbf{"format": 3}'
    yield "pickle", b"cos\nsystem\n(S'touch owned'\ntR."
    yield "zip", b"PK\x03\x04" + bytes(200)
    yield "yaml", b"!!python/object/apply:os.system ['id']"
    yield "many-nodes", _network({f"n{i}": {"kind": "ReLU"} for i in range(100_000)}, [])
    yield "a-long-chain", _chain(3_000)
    yield (
        "many-wires-into-one",
        _network(
            {"inp": {"kind": "Input", "params": {"shape": [4]}}, "add": {"kind": "Concat"}},
            [["inp", "add"]] * 100_000,
        ),
    )
    yield (
        "many-variables",
        json.dumps({"format": 3, "variables": {f"v{i}": i for i in range(50_000)}}).encode(),
    )
    yield (
        "many-blocks",
        json.dumps({"format": 3, "blocks": {f"b{i}": {"nodes": {}} for i in range(30_000)}}).encode(),
    )
    yield (
        "many-networks",
        json.dumps({"format": 3, "networks": {f"b{i}": {"nodes": {}} for i in range(30_000)}}).encode(),
    )
    yield "long-list", _network({"inp": {"kind": "Input", "params": {"shape": [1] * 500_000}}}, [])
    yield (
        "many-axes",
        _network(
            {"inp": {"kind": "Input", "params": {"shape": [2] * 2_000}}, "x": {"kind": "Flatten"}},
            [["inp", "x"]],
        ),
    )
    yield "terabytes", _chain(1, {"out_features": 10**9}, [10**9])
    yield "petabytes", _chain(1, {"out_features": 2**53}, [2**52])
    yield "many-large", _chain(20, {"out_features": 10**6}, [10**6])
    yield "many-repeats", _chain(20, {"out_features": 8}, [8], repeat=200)
    yield "too-many-repeats", _chain(50, {"out_features": 8}, [8], repeat=1000)
    yield "many-of-all", _many_of_all()
    yield "frame-of-no-size", _in_main({"frames": {"f": {"title": "x", "size": [1e-300, 5]}}})
    yield "billion-repeats", _chain(2, {"out_features": 8}, [8], repeat=10**9)
    circle = {
        f"n{i}": {"kind": "Linear", "params": {"out_features": 4}, "tied": f"n{(i + 1) % 50}"}
        for i in range(50)
    }
    yield "circle-of-ties", _network(circle, [])
    yield (
        "many-routes",
        _network({"a": {"kind": "ReLU"}, "b": {"kind": "ReLU"}}, [["a", "b", [[1, 1]] * 200_000]]),
    )
    yield (
        "many-frames",
        json.dumps(
            {
                "format": 3,
                "networks": {
                    "main": {"nodes": {}, "frames": {f"f{i}": {"title": "x"} for i in range(50_000)}}
                },
            }
        ).encode(),
    )
    yield "too-large", b'{"format": 3, "title": "' + b" " * (33 * 2**20) + b'"}'
    yield "large-description", json.dumps({"format": 3, "description": "x" * (30 * 2**20)}).encode()
    yield "large-parameter", _network({"a": {"kind": "ReLU", "params": {"x": ["y" * 10_000] * 2_000}}}, [])


def _many_of_all() -> bytes:
    """Thousands of nodes and wires, half of them wrong."""
    nodes = {f"n{i}": {"kind": ("ReLU", "Linear", "none")[i % 3]} for i in range(5_000)}
    return _network(nodes, [[f"n{i}", f"n{(i * 7 + 1) % 5_000}"] for i in range(5_000)])


def _in_main(what: dict[str, Any]) -> bytes:
    return json.dumps({"format": 3, "networks": {"main": {"nodes": {}, **what}}}).encode()


def _network(nodes: dict[str, Any], edges: list[Any]) -> bytes:
    return json.dumps({"format": 3, "networks": {"main": {"nodes": nodes, "edges": edges}}}).encode()


def _chain(
    length: int, params: dict[str, Any] | None = None, shape: list[int] | None = None, repeat: int = 1
) -> bytes:
    names = [f"n{i}" for i in range(length)]
    nodes: dict[str, Any] = {"inp": {"kind": "Input", "params": {"shape": shape or [8]}}}
    nodes |= {
        name: {"kind": "Linear", "params": params or {"out_features": 8}, "repeat": repeat} for name in names
    }
    nodes["out"] = {"kind": "Output"}
    chain = [*nodes]
    return _network(nodes, [[a, b] for a, b in pairwise(chain)])
