"""The sample designs that come with the program.

A sample is a design file; beside it may lie a card, JSON of the same name, with what the design itself does not hold:

    {"family": "Images", "paper": "He et al. …", "parameters": 25557032, "macs": 4.09e9,
     "small": {"variables": {"width": 8}, "data": {"kind": "digits"}, "task": {"kind": "classification"}}}

The figures are the published ones, which a test holds the design against. `small` is what a small form of the same
network has in place of the design's own variables, data, augmentations, task and training, so that it can be trained at
once; it has networks of its own where the design's have more Inputs than a sample has, or another head.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from netdesigner.document import SUFFIX, Design, load, loads
from netdesigner.document.spelling import meant
from netdesigner.errors import UnknownPartError
from netdesigner.parts import resources

__all__ = ["FAMILIES", "SAMPLE", "Template", "open_template", "templates"]

SAMPLE = "cnn-digits"
"""The sample that is opened to show the program."""

FAMILIES = ("First networks", "Images", "Sequences and language", "Generative", "Newer families")
"""What samples are grouped by, in this order."""


class Template(NamedTuple):
    """A sample design.

    Attributes:
        name: what the command line calls it.
        title, description: for people.
        family: one of `FAMILIES`.
        path: its file, which is never written to.
        design: what the file holds.
        small: a small form of the same network that trains on data that come with the program; None where the design
            itself does.
        paper: where the network was published.
        parameters: how many the paper or the reference implementation has; 0 where there is no agreed number.
        macs: likewise the multiply-adds of one sample.
    """

    name: str
    title: str
    description: str
    family: str
    path: Path
    design: Design
    small: Design | None = None
    paper: str = ""
    parameters: int = 0
    macs: float = 0.0


def templates() -> tuple[Template, ...]:
    """All samples, by family and then in the order of their names."""
    found = map(_template, _paths().values())
    return tuple(sorted(found, key=lambda template: FAMILIES.index(template.family)))


def _paths() -> dict[str, Path]:
    """The files of the samples by name."""
    return {path.stem: path for path in sorted((resources.folder() / "gallery").glob(f"*{SUFFIX}"))}


def _template(path: Path) -> Template:
    design = replace(load(path), folder=None)  # what is made of a sample lies elsewhere
    beside = path.with_suffix(".json")
    card = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else {}
    return Template(
        path.stem,
        design.title or path.stem,
        design.description,
        card.get("family", FAMILIES[0]),
        path,
        design,
        _small(path, card["small"]) if "small" in card else None,
        card.get("paper", ""),
        card.get("parameters", 0),
        card.get("macs", 0.0),
    )


def _small(path: Path, changes: Mapping[str, Any]) -> Design:
    """The design with the sections that its small form has of its own."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    variables = {**whole.get("variables", {}), **changes.get("variables", {})}
    title = f"{whole.get('title', path.stem)}, small form"
    return loads(json.dumps({**whole, **changes, "variables": variables, "title": title}), path)


def open_template(name: str, small: bool = False) -> Design:
    """The design of a sample.

    Args:
        name: of the sample.
        small: its small form, where it has one.

    Raises:
        UnknownPartError: there is none of that name.
    """
    known = _paths()
    if name not in known:
        raise UnknownPartError("template", name, meant(name, known))
    template = _template(known[name])
    return (template.small if small else None) or template.design
