"""Small files and short functions; no drawers for odds and ends; nothing that could run what a file says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST_MODULE = 500
LONGEST_CLASS = 300
LONGEST_FUNCTION = 60

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}

BANNED_BUILTINS = {"eval", "exec", "compile", "__import__"}
BANNED_MODULES = {
    "builtins",  # another way to the four above
    "cloudpickle",
    "code",
    "dill",
    "imp",
    "joblib",
    "marshal",
    "pickle",
    "runpy",
    "shelve",
    # What opens the network.
    "ftplib",
    "http",
    "requests",
    "smtplib",
    "socket",
    "urllib",
    "webbrowser",
    "xmlrpc",
}
BANNED_CALLS = {
    "importlib.import_module",
    "importlib.metadata.entry_points",
    "numpy.fromregex",
    "onnx.hub.load",
    "onnx.load_external_data_for_model",
    "os.execl",
    "os.execv",
    "os.execvp",
    "os.popen",
    "os.startfile",
    "os.system",
    "pandas.read_pickle",
    "shutil.unpack_archive",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "tempfile.mktemp",
    "torch.export.load",
    "torch.jit.load",
    "torch.load",
    "torch.save",
    "yaml.load",
}
BANNED_METHODS = {"extract", "extractall"}
"""Of archives, whose names may lead anywhere; members are read one by one instead."""
SAFE_ARGUMENTS = {"allow_pickle": "False", "shell": "False", "weights_only": "True"}
"""Arguments that may have this one value only."""
ALLOWED = {
    # It walks our own packages; the names come from the file system of the program, never from a design.
    ("netdesigner/parts/catalog.py", "importlib.import_module"),
    # It imports what is installed, where the user turned that on; the names come from installed packages.
    ("netdesigner/parts/plugins.py", "importlib.metadata.entry_points"),
    # The process that converts foreign weights; nothing imports it, and `weights_only` is held to True below.
    ("netdesigner/training/weight_files/unpickle.py", "torch.load"),
    # The one place that opens the network, for public data sets and where the user says so.
    ("netdesigner/datasets/_download.py", "http.client"),
    ("netdesigner/datasets/_download.py", "urllib.parse"),
    ("netdesigner/datasets/_download.py", "urllib.request"),
    # It takes a hook of PySide6 away from `import`, and runs nothing.
    ("netdesigner/ui/__init__.py", "builtins"),
}

SOURCES = sorted(
    path
    for folder in ("netdesigner", "packaging", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
PROGRAM = [path for path in SOURCES if path.is_relative_to(ROOT / "netdesigner")]


def name_of(path: Path) -> str:
    """Return a source file's name as a person would write it."""
    return path.relative_to(ROOT).as_posix()


def length(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines from `class` or `def` to the end."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


# -- Sizes ----------------------------------------------------------------------------------------------------


def test_modules_and_what_is_in_them_are_short() -> None:
    too_long: list[str] = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_MODULE:
            too_long.append(f"{name_of(path)} wants a second room")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and length(node) > LONGEST_CLASS:
                too_long.append(f"{name_of(path)}: class {node.name}")
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > LONGEST_FUNCTION:
                too_long.append(f"{name_of(path)}: {node.name}")
    assert too_long == []


def test_a_module_is_named_after_what_is_in_it() -> None:
    places = [part.strip("_") for path in SOURCES for part in path.relative_to(ROOT).with_suffix("").parts]
    assert not DRAWERS.intersection(places)


# -- Nothing that runs what a file says -------------------------------------------------------------------------


def dangers(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of everything in a source that could run code from a file."""
    tree = ast.parse(source)
    aliases = imported_names(tree)
    own = aliases.keys() | {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    for node in ast.walk(tree):
        yield from ((node.lineno, name) for name in banned_imports(node))
        if isinstance(node, ast.Name) and node.id in BANNED_BUILTINS - own:
            yield node.lineno, node.id
        elif isinstance(node, ast.Name | ast.Attribute) and full_name(node, aliases) in BANNED_CALLS:
            yield node.lineno, full_name(node, aliases)
        elif (
            isinstance(node, ast.keyword)
            and node.arg in SAFE_ARGUMENTS
            and ast.unparse(node.value) != SAFE_ARGUMENTS[node.arg]
        ):
            yield node.lineno, f"{node.arg}={ast.unparse(node.value)}"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in BANNED_METHODS:
                yield node.lineno, f".{node.func.attr}()"
            if full_name(node.func, aliases) == "torch.load" and "weights_only" not in {
                keyword.arg for keyword in node.keywords
            }:
                yield node.lineno, "torch.load without weights_only"


def imported_names(tree: ast.AST) -> dict[str, str]:
    """Return what each imported name stands for: `{"np": "numpy", "load": "torch.load"}`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def banned_imports(node: ast.AST) -> Iterator[str]:
    """Yield the banned modules that a statement imports."""
    modules: list[str] = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    yield from (module for module in modules if module.partition(".")[0] in BANNED_MODULES)


def full_name(node: ast.expr, aliases: dict[str, str]) -> str:
    """Return the dotted name that an expression stands for, or an empty text."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute):
        owner = full_name(node.value, aliases)
        return f"{owner}.{node.attr}" if owner else ""
    return ""


def test_nothing_can_run_what_a_file_says() -> None:
    found = [
        (name_of(path), line, name)
        for path in PROGRAM
        for line, name in dangers(path.read_text(encoding="utf-8"))
        if (name_of(path), name) not in ALLOWED
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "eval('1')",
        "run = exec",
        "compile('1', '', 'eval')",
        "__import__('os')",
        "import pickle",
        "def late():\n    from pickle import loads",
        "import marshal as m",
        "import shelve",
        "import torch\ntorch.load('x')",
        "from torch import load as read\nread('x')",
        "import torch as t\nt.jit.load('x')",
        "import torch.export\ntorch.export.load('x')",
        "import importlib\nimportlib.import_module('x')",
        "def late():\n    from importlib.metadata import entry_points\n    entry_points(group='x')",
        "import pandas as pd\npd.read_pickle('x')",
        "import numpy as np\nnp.load('x', allow_pickle=True)",
        "import os\nos.system('x')",
        "import urllib.request",
        "from http.client import HTTPConnection",
        "import socket",
        "import shutil\nshutil.unpack_archive('x')",
        "import zipfile\nzipfile.ZipFile('x').extractall()",
        "import yaml\nyaml.load('x')",
        "import subprocess\nsubprocess.run('x', shell=True)",
    ],
)
def test_what_could_run_a_file_is_seen(source: str) -> None:
    assert list(dangers(source))


@pytest.mark.parametrize("arguments", ["'x'", "'x', weights_only=False", "'x', weights_only=safe"])
def test_even_where_it_is_allowed_torch_may_load_tensors_only(arguments: str) -> None:
    seen = {name for _, name in dangers(f"import torch\ntorch.load({arguments})")}
    assert seen - {"torch.load"}


def test_only_another_process_reads_what_could_hold_code() -> None:
    names = [name for _, name in dangers("import torch\ntorch.load('x', weights_only=True)")]
    assert names == ["torch.load"]
    importers = [path for path in PROGRAM if "unpickle import" in path.read_text(encoding="utf-8")]
    assert not importers


@pytest.mark.parametrize(
    "source",
    [
        "import re\nre.compile('x')",
        "def step(model):\n    model.eval()\n    model.compile()",
        "from netdesigner.compiler import compile\ncompile(design)",
        "from safetensors.torch import load\nload(b'')",
        "import torch\ntorch.compile(model)",
        "import numpy as np\nnp.load('x', allow_pickle=False)",
    ],
)
def test_what_only_looks_like_it_is_left_alone(source: str) -> None:
    assert not list(dangers(source))
