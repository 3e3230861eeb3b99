"""Classes of this program that a file holds itself, since torch.nn has none that computes their layers.

They stand in the file as in their own module, with what they use of that module.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from netdesigner.errors import ExportError

__all__ = ["Copied", "Import", "copied", "declared"]

T = TypeVar("T")
Import = tuple[str, str]
"""A module and the name that is taken from it, "" where it is the module itself."""

_LIBRARIES = frozenset({"collections", "math", "torch", "typing"})
"""What copied classes may use beside each other."""
_USUAL = frozenset({"F", "Tensor", "nn", "torch"})
"""What files import anyway, under names that are always the same."""
_REMARK = re.compile(r"  # (type: ignore|noqa)\b.*$")


@dataclass(frozen=True, slots=True)
class Copied:
    """Statements that were copied, and what they need.

    Attributes:
        texts: by the name that it defines, each statement.
        imports: what they use of libraries, by the name that it has there.
    """

    texts: dict[str, str] = field(default_factory=dict)
    imports: dict[str, Import] = field(default_factory=dict)


def copied(classes: Iterable[type]) -> Copied:
    """The source of classes with all that they use of their modules, each statement once and in the order it has there.

    Raises:
        ExportError: the source is not there, uses what a file cannot have, or two things are called the same.
    """
    by_module: dict[str, list[str]] = {}
    for made in dict.fromkeys(classes):
        by_module.setdefault(made.__module__, []).append(made.__qualname__)
    found = Copied()
    for module, names in by_module.items():
        tree, source = _parsed(module, names[0])
        _copy(tree, source, names, found)
    return found


def declared(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module gives a meaning to."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    elif isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id


def _parsed(module: str, name: str) -> tuple[ast.Module, str]:
    try:
        source = inspect.getsource(sys.modules[module])
    except (OSError, TypeError):
        raise _refusal(name, "its source is not part of this copy of the program") from None
    return ast.parse(source), source


def _refusal(name: str, reason: str) -> ExportError:
    return ExportError(f"{name} cannot be written as source: {reason}; use another format")


def _copy(tree: ast.Module, source: str, names: list[str], found: Copied) -> None:
    """Adds some of a module's statements and what they use."""
    statements = {name: node for node in tree.body for name in declared(node)}
    needed, waiting = set(names), [*names]
    while waiting:
        name = waiting.pop()
        node = statements.get(name)
        if node is None:
            raise _refusal(name, "it is not defined at the top of its module")
        if isinstance(node, ast.Import | ast.ImportFrom):
            _import(node, name, names[0], found)
            continue
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        new = (used & statements.keys()) - needed
        needed |= new
        waiting += sorted(new)
    lines = source.splitlines()
    for name, node in statements.items():
        if name in needed and not isinstance(node, ast.Import | ast.ImportFrom):
            _add(found.texts, name, _text(node, lines))


def _import(node: ast.Import | ast.ImportFrom, name: str, user: str, found: Copied) -> None:
    origin = next(alias.name for alias in node.names if name in (alias.asname, alias.name))
    module, taken = (origin, "")
    if isinstance(node, ast.ImportFrom):
        module, taken = ("." * node.level + (node.module or ""), origin)
    if module.partition(".")[0] not in _LIBRARIES:
        raise _refusal(user, f"it uses {module}, which an exported file does without")
    if name != (taken or module) and name not in _USUAL:
        raise _refusal(user, f"it imports {origin} under another name")
    if name not in _USUAL:
        _add(found.imports, name, (module, taken))


def _add(table: dict[str, T], name: str, value: T) -> None:
    if table.setdefault(name, value) != value:
        raise _refusal(name, "another layer of the network uses something else of this name")


def _text(node: ast.stmt, lines: list[str]) -> str:
    """A statement's lines without remarks to the tools that check them."""
    decorators = node.decorator_list if isinstance(node, ast.ClassDef | ast.FunctionDef) else []
    start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return "\n".join(_REMARK.sub("", line) for line in lines[start - 1 : node.end_lineno])
