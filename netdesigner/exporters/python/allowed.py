"""What generated source may consist of, checked on its syntax tree before it is written or run.

The source is put together from our own words, checked identifiers and literals, so this finds nothing as long as that
is done right. It is here so that a mistake there stays a failed export.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from netdesigner.compiler.copied import Copied, declared
from netdesigner.errors import ExportError

__all__ = ["refuse_unless_plain"]

_NODES = (
    ast.Module, ast.Expr, ast.Constant, ast.Assign, ast.ClassDef,
    ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.For, ast.With, ast.withitem, ast.If, ast.Compare, ast.Eq,
    ast.Name, ast.Load, ast.Store, ast.Attribute, ast.Call, ast.keyword, ast.Starred, ast.Subscript, ast.Slice,
    ast.Tuple, ast.List, ast.GeneratorExp, ast.comprehension, ast.BinOp, ast.UnaryOp, ast.Add, ast.Sub, ast.Mult,
    ast.Div, ast.FloorDiv, ast.Mod, ast.BitOr, ast.MatMult, ast.USub, ast.UAdd,
)  # fmt: skip
_IMPORTS = frozenset({"pathlib", "safetensors.torch", "torch", "torch.nn.functional"})
_BUILTINS = frozenset(
    {"__file__", "__name__", "bool", "float", "int", "object", "print", "range", "str", "super", "tuple"}
)
_HIDDEN = frozenset({"__init__"})
_ROADS_OUT = frozenset(
    {
        "classes",
        "compile",
        "export",
        "hub",
        "jit",
        "load",
        "multiprocessing",
        "ops",
        "package",
        "save",
        "serialization",
    }
)
"""Attributes of torch that read or write files or run code."""


def refuse_unless_plain(source: str, copied: Copied | None = None) -> None:
    """Raises unless a source is made of nothing but what a network's file needs.

    Args:
        source: the file's text.
        copied: statements that may stand in it because they are our own, each exactly as it is here.

    Raises:
        ExportError: the generated source holds something else; this is a mistake of the program.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise ExportError(f"the source that was made for this design is not Python: {error}") from None
    for line, what in _strange(tree, copied or Copied()):
        raise ExportError(
            f"the source that was made for this design holds {what} in line {line}; please report this"
        )


def _strange(tree: ast.Module, copied: Copied) -> Iterator[tuple[int, str]]:
    known = _BUILTINS | {name for node in tree.body for name in declared(node)}
    imports = _IMPORTS | {module for module, _ in copied.imports.values()}
    ours = {ast.dump(ast.parse(text).body[0]) for text in copied.texts.values()}
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            yield from (
                (statement.lineno, f"an import of {name}")
                for name in _modules(statement)
                if name not in imports
            )
        elif not (ours and ast.dump(statement) in ours):
            yield from _strange_statement(statement, known)


def _modules(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def _strange_statement(statement: ast.stmt, known: frozenset[str]) -> Iterator[tuple[int, str]]:
    for part in statement.body if isinstance(statement, ast.ClassDef) else [statement]:
        yield from _strange_in(part, known | _bound(part))
    if isinstance(statement, ast.ClassDef):
        for expression in [*statement.bases, *statement.keywords, *statement.decorator_list]:
            yield from _strange_in(expression, known)


def _strange_in(tree: ast.AST, known: frozenset[str] | set[str]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if not isinstance(node, _NODES):
            yield line, f"a {type(node).__name__}"
        elif isinstance(node, ast.Name) and node.id not in known:
            yield line, f"the name {node.id}"
        elif isinstance(node, ast.Attribute):
            of_torch = isinstance(node.value, ast.Name) and node.value.id == "torch"
            if (node.attr.startswith("_") and node.attr not in _HIDDEN) or (
                of_torch and node.attr in _ROADS_OUT
            ):
                yield line, f"the attribute {node.attr}"


def _bound(tree: ast.AST) -> set[str]:
    """The names that a function gives a meaning to itself: its arguments and what it assigns."""
    if not isinstance(tree, ast.FunctionDef):
        return set()
    stored = {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return stored | {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
