"""What the words of `export` mean: which format, with which options, and which files it may replace."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.session.assign import parse

__all__ = ["format_of", "option_of", "refuse_unnamed"]


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
