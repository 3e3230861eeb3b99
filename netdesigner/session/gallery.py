"""The sample designs that come with the program."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from pathlib import Path

from netdesigner.document import SUFFIX, Design, load
from netdesigner.errors import UnknownPartError
from netdesigner.session import resources

__all__ = ["SAMPLE", "Template", "open_template", "templates"]

SAMPLE = "cnn-digits"
"""The sample that is opened to show the program."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sample design.

    Attributes:
        name: what the command line calls it.
        title, description: for people.
        path: its file, which is never written to.
        design: what the file holds.
    """

    name: str
    title: str
    description: str
    path: Path
    design: Design


def templates() -> tuple[Template, ...]:
    """All samples, in the order of their names."""
    found = []
    for path in sorted((resources.folder() / "gallery").glob(f"*{SUFFIX}")):
        design = replace(load(path), folder=None)  # what is made from a sample lies nowhere yet
        found.append(Template(path.stem, design.title or path.stem, design.description, path, design))
    return tuple(found)


def open_template(name: str) -> Design:
    """The design of a sample.

    Raises:
        UnknownPartError: there is none of that name.
    """
    known = {template.name: template for template in templates()}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        raise UnknownPartError("template", name, near[0] if near else "")
    return known[name].design
