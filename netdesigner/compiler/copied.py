"""Source of this program that an exported file holds itself, such as classes that torch.nn has none for.

It stands in the file as in its own module, with what it uses of that module.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from netdesigner.errors import ExportError

__all__ = ["Copied", "Import", "copied", "declared", "import_lines"]

T = TypeVar("T")
Import = tuple[str, str]
"""A module and the name that is taken from it, "" where it is the module itself."""

_LIBRARIES = frozenset({"collections", "math", "torch", "typing"})
"""What copied classes may use beside each other, if nothing else is said."""
_OWN = __name__.partition(".")[0]
_USUAL = frozenset({"F", "Tensor", "nn", "torch"})
"""What files import anyway, under names that are always the same."""
_SHORT = {"np": "numpy"}
"""Modules that go by a shorter name everywhere."""
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


def copied(
    things: Iterable[type | Callable[..., Any]],
    libraries: Collection[str] = _LIBRARIES,
    *,
    followed: bool = False,
) -> Copied:
    """The source of classes and functions with all that they use of their modules.

    Each statement is there once, and those of a module are in the order that they have there.

    Args:
        things: what is copied.
        libraries: what the file may import.
        followed: whether what is used of other modules of this program is copied too, before its users.

    Raises:
        ExportError: the source is not there, uses what a file cannot have, or two things are called the same.
    """
    by_module: dict[str, list[str]] = {}
    for made in dict.fromkeys(things):
        by_module.setdefault(made.__module__, []).append(made.__qualname__)
    found = Copied()
    for module, names in by_module.items():
        _copy(module, names, found, frozenset(libraries) | ({_OWN} if followed else set()))
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


def import_lines(imports: Mapping[str, Import]) -> Iterator[str]:
    """The lines that import what has a name in a file, in the usual order: Python's own library, then the others.

    Args:
        imports: by the name that it has in the file.
    """
    for own in (True, False):
        section = {
            name: it
            for name, it in imports.items()
            if (it[0].partition(".")[0] in sys.stdlib_module_names) is own
        }
        modules = sorted((module, name) for name, (module, taken) in section.items() if not taken)
        yield ""
        for module, name in modules:
            yield f"import {module}" if name == module else f"import {module} as {name}"
        for module in sorted({module for module, taken in section.values() if taken}):
            names = sorted(name for name, (origin, taken) in section.items() if origin == module and taken)
            yield f"from {module} import {', '.join(names)}"


def _parsed(module: str, name: str) -> tuple[ast.Module, str]:
    try:
        source = inspect.getsource(sys.modules[module])
    except (OSError, TypeError):
        raise _refusal(name, "its source is not part of this copy of the program") from None
    return ast.parse(source), source


def _refusal(name: str, reason: str) -> ExportError:
    return ExportError(f"{name} cannot be written as source: {reason}; use another format")


def _copy(module: str, names: list[str], found: Copied, libraries: frozenset[str]) -> None:
    """Adds some of a module's statements and what they use."""
    tree, source = _parsed(module, names[0])
    statements = {name: node for node in tree.body for name in declared(node)}
    needed, waiting = set(names), [*names]
    of_others: dict[str, list[str]] = {}
    while waiting:
        name = waiting.pop()
        node = statements.get(name)
        if node is None:
            raise _refusal(name, "it is not defined at the top of its module")
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin, taken = _origin(node, name, names[0], libraries)
            if origin.partition(".")[0] == _OWN:
                of_others.setdefault(origin, []).append(taken)
            elif name not in _USUAL:
                _add(found.imports, name, (origin, taken))
            continue
        used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        new = (used & statements.keys()) - needed
        needed |= new
        waiting += sorted(new)
    for origin, others in of_others.items():
        _copy(origin, others, found, libraries)
    lines = source.splitlines()
    for name, node in statements.items():
        if name in needed and not isinstance(node, ast.Import | ast.ImportFrom):
            _add(found.texts, name, _text(node, lines))


def _origin(node: ast.Import | ast.ImportFrom, name: str, user: str, libraries: frozenset[str]) -> Import:
    """Where an imported name comes from."""
    origin = next(alias.name for alias in node.names if name in (alias.asname, alias.name))
    module, taken = (origin, "")
    if isinstance(node, ast.ImportFrom):
        module, taken = ("." * node.level + (node.module or ""), origin)
    if module.partition(".")[0] not in libraries:
        raise _refusal(user, f"it uses {module}, which an exported file does without")
    if name not in (taken or module, *_USUAL) and _SHORT.get(name) != module:
        raise _refusal(user, f"it imports {origin} under another name")
    return module, taken


def _add(table: dict[str, T], name: str, value: T) -> None:
    if table.setdefault(name, value) != value:
        raise _refusal(name, "another layer of the network uses something else of this name")


def _text(node: ast.stmt, lines: list[str]) -> str:
    """A statement's lines without remarks to the tools that check them."""
    decorators = node.decorator_list if isinstance(node, ast.ClassDef | ast.FunctionDef) else []
    start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return "\n".join(_REMARK.sub("", line) for line in lines[start - 1 : node.end_lineno])
