"""The contracts of pyproject.toml hold on the real tree, and each of them sees the import it forbids.

A contract that watches the wrong module is kept for ever. So each is shown a copy of the package with one bad import
planted in it, and must be the one that breaks.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LINT_IMPORTS = Path(sysconfig.get_path("scripts")) / "lint-imports"
SETTINGS: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
CONTRACTS: dict[str, dict[str, Any]] = {contract["id"]: contract for contract in SETTINGS["contracts"]}
LIGHT_FLOORS = ("errors", "document", "parts", "checks")

# (contracts that break, what is planted: {file in netdesigner/: its text})
PLANTS: dict[str, tuple[set[str], dict[str, str]]] = {
    "an upper floor": (
        {"floors"},
        {"document/planted.py": "import netdesigner.parts"},
    ),
    "an upper floor, inside a function": (
        {"floors"},
        {"parts/planted.py": "def late():\n    from netdesigner import checks\n"},
    ),
    "a neighbour on the same floor": (
        {"floors"},
        {"training/planted.py": "import netdesigner.compiler"},
    ),
    "upwards through the package itself": (
        {"floors"},
        {"__init__.py": "import netdesigner.session", "tasks/planted.py": "import netdesigner"},
    ),
    "a package that stands on no floor": (
        {"floors"},
        {"planted/__init__.py": ""},
    ),
    "Qt in the session": (
        {"qt"},
        {"session/planted.py": "from PySide6.QtCore import QObject"},
    ),
    "Qt in the command line, inside a function": (
        {"qt"},
        {"cli/planted.py": "def late():\n    import pyqtgraph\n"},
    ),
    "torch in a lower floor, inside a function": (
        {"light"},
        {"checks/planted.py": "def late():\n    import torch\n"},
    ),
    "numpy in a lower floor": (
        {"light"},
        {"document/planted.py": "import numpy"},
    ),
    "a part that leans on another": (
        {"parts"},
        {"layers/planted.py": "from netdesigner.layers import planted_too", "layers/planted_too.py": ""},
    ),
    "a part that leans on another through what they share": (
        {"parts"},
        {"datasets/planted.py": "", "datasets/_source.py": "from netdesigner.datasets import planted"},
    ),
}


def lint(folder: Path) -> tuple[set[str], str]:
    """Run every contract on the package in a folder; return the ids of those that broke, and what was said."""
    command = [str(LINT_IMPORTS), "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    said = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    verdicts = dict(re.findall(r"^(.+?) (KEPT|BROKEN)\b", said, flags=re.MULTILINE))
    ids = {contract["name"]: id_ for id_, contract in CONTRACTS.items()}
    assert verdicts.keys() == ids.keys(), said
    return {ids[name] for name, verdict in verdicts.items() if verdict == "BROKEN"}, said


@pytest.fixture(scope="module")
def as_it_is() -> tuple[set[str], str]:
    """What the contracts say about the real tree."""
    return lint(ROOT)


@pytest.fixture
def package(tmp_path: Path, as_it_is: tuple[set[str], str]) -> Path:
    """A copy of the package, to plant in."""
    if as_it_is[0]:
        pytest.skip("a contract is broken already; test_the_floors_hold says which")
    copy = tmp_path / "netdesigner"
    shutil.copytree(ROOT / "netdesigner", copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def test_the_floors_hold(as_it_is: tuple[set[str], str]) -> None:
    broken, said = as_it_is
    assert not broken, said


@pytest.mark.parametrize(("expected", "planted"), PLANTS.values(), ids=PLANTS.keys())
def test_a_planted_import_breaks_its_contract_only(
    package: Path, expected: set[str], planted: dict[str, str]
) -> None:
    for name, text in planted.items():
        place = package / name
        if place.parent.with_suffix(".py").exists():  # a floor that is one module, not a package
            place = place.parent.with_suffix(".py")
        place.parent.mkdir(exist_ok=True)
        place.write_text(
            f"{place.read_text(encoding='utf-8') if place.exists() else ''}\n{text}\n", encoding="utf-8"
        )
    broken, said = lint(package.parent)
    assert broken == expected, said


def test_each_contract_has_a_plant() -> None:
    assert set().union(*(expected for expected, _ in PLANTS.values())) == CONTRACTS.keys()


def shelves() -> list[str]:
    """The packages that hold parts."""
    line = next(line for line in CONTRACTS["floors"]["layers"] if "layers" in line)
    return [name.strip(" ()") for name in line.split("|")]


def test_every_shelf_is_held_independent() -> None:
    assert CONTRACTS["parts"]["modules"] == [f"netdesigner.{shelf}.*" for shelf in shelves()]


def test_what_the_parts_of_a_shelf_share_is_declared() -> None:
    shared = {
        f"netdesigner.{shelf}.** -> netdesigner.{shelf}.{path.stem}"
        for shelf in shelves()
        for path in (ROOT / "netdesigner" / shelf).glob("_[!_]*")
    }
    assert set(CONTRACTS["parts"]["ignore_imports"]) == shared


# The contract can only name libraries; this holds the lower floors to the one they are allowed.


def foreign_imports(node: ast.AST) -> Iterator[str]:
    """Yield the top-level names that a module imports, but for types only."""
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        return
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield (node.module or "").partition(".")[0]
    for child in ast.iter_child_nodes(node):
        yield from foreign_imports(child)


@pytest.mark.parametrize("floor", LIGHT_FLOORS)
def test_a_lower_floor_needs_the_standard_library_and_networkx(floor: str) -> None:
    allowed = sys.stdlib_module_names | {"netdesigner", "networkx"}
    paths = [ROOT / "netdesigner" / f"{floor}.py", *(ROOT / "netdesigner" / floor).rglob("*.py")]
    for path in filter(Path.is_file, paths):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found = set(foreign_imports(ast.parse(path.read_text(encoding="utf-8")))) - allowed
        assert {f"{module} -> {name}" for name in found} <= set(CONTRACTS["light"]["ignore_imports"])
