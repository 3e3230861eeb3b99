"""What the words of `export` mean: which format, with which options, and which files it may replace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netdesigner.compiler.part import Ends
from netdesigner.document import Design, load
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.session.assign import parse

__all__ = ["format_of", "lines_of", "option_of", "refuse_unnamed"]


def format_of(output: Path, catalog: Catalog) -> str:
    """The kind of the exporter that a file's name tells.

    Raises:
        NetDesignerError: it tells none; the message lists those there are.
    """
    kinds = catalog.formats_of(output)
    if not kinds:
        known = ", ".join(f"{kind} ({exporter.suffix})" for kind, exporter in catalog.exporters.items())
        raise NetDesignerError(f"'{output.name}' does not tell the format; give --format: {known}")
    return kinds[0]


def option_of(word: str) -> tuple[str, Any]:
    """Name and value of an option of a format, written NAME=VALUE.

    Raises:
        NetDesignerError: it is not written so.
    """
    name, sign, value = word.partition("=")
    if not sign:
        raise NetDesignerError(f"--option expects NAME=VALUE, got '{word}'")
    return name, parse(value)


def lines_of(chosen: Design | Path, network: str, ends: Ends) -> Iterator[str]:
    """What is exported: whose weights, and where there is a choice, which network and which part of it.

    Args:
        chosen: a design, or the folder of a run.
        network: its name, or "" for the first.
        ends: which part of it.
    """
    trained = isinstance(chosen, Path)
    yield f"weights: {f'of run {chosen}' if trained else 'as initialised, never trained'}"
    names = [*(load(chosen / "design.netdesign") if isinstance(chosen, Path) else chosen).networks]
    if len(names) > 1:
        yield f"network: {network or names[0]} (of {', '.join(names)})"
    if any(ends):
        yield f"part: from {ends.start or 'its beginning'} to {ends.end or 'its end'}"


def refuse_unnamed(output: Path, files: Mapping[Path, bool]) -> None:
    """Refuses to replace a file that was not named, unless the named one is there too, from an earlier export.

    Args:
        output: the file that was named.
        files: what the export writes, and whether each is there already.

    Raises:
        NetDesignerError: an unnamed one would be replaced.
    """
    unnamed = next((file for file, exists in files.items() if exists and file != output), None)
    if unnamed is not None and not files.get(output, False):
        raise NetDesignerError(
            f"{unnamed}: exists already and would be replaced; choose another name or give --force"
        )
