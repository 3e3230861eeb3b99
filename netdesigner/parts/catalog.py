"""Parts are found by walking their packages, never listed, and looked up by their kind.

A frozen build asks `modules` for the same list, so that it cannot forget one.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from netdesigner.document.design import Choice, Design, Value
from netdesigner.errors import NetDesignerError, UnknownPartError
from netdesigner.parts.dataset import Dataset
from netdesigner.parts.exporter import Exporter
from netdesigner.parts.layer import Layer
from netdesigner.parts.part import Part, resolve
from netdesigner.parts.paths import located
from netdesigner.parts.task import Task

__all__ = ["Catalog", "create", "modules"]

P = TypeVar("P", bound=Part)

_SHELF: dict[str, type[Part]] = {"layers": Layer, "datasets": Dataset, "tasks": Task, "exporters": Exporter}


def modules(package: str) -> Iterator[str]:
    """The full names of a shelf package's modules; those beginning with `_` are not parts."""
    root = importlib.import_module(package)
    for info in pkgutil.iter_modules(root.__path__):
        if not info.name.startswith("_"):
            yield f"{package}.{info.name}"


def _parts_in(module: ModuleType, base: type[Part]) -> Iterator[type[Part]]:
    for value in vars(module).values():
        if (
            inspect.isclass(value)
            and issubclass(value, base)
            and value.kind
            and value.__module__ == module.__name__
        ):
            yield value


def _discover(family: str, base: type[Part]) -> dict[str, type[Any]]:
    found: dict[str, type[Part]] = {}
    for name in modules(f"netdesigner.{family}"):
        for part in _parts_in(importlib.import_module(name), base):
            for kind in (part.kind, *part.replaces):
                if kind in found:
                    raise TypeError(
                        f"{part.__module__} and {found[kind].__module__} both claim the kind '{kind}'"
                    )
                found[kind] = part
    return found


@dataclass(frozen=True)
class Catalog:
    """All parts by their kind."""

    layers: Mapping[str, type[Layer]]
    datasets: Mapping[str, type[Dataset]]
    tasks: Mapping[str, type[Task]]
    exporters: Mapping[str, type[Exporter]]

    @classmethod
    def discover(cls) -> Catalog:
        """The parts that come with the program. Torch is not imported by this."""
        return cls(**{family: _discover(family, base) for family, base in _SHELF.items()})

    def layer(self, kind: str, params: Mapping[str, Value], names: Mapping[str, int | float]) -> Layer:
        """The layer of a kind with its parameters resolved.

        Args:
            kind: the layer's kind.
            params: what was set; expressions are resolved.
            names: variables for expressions.

        Raises:
            UnknownPartError: there is no such kind.
            ParameterError: a parameter is unknown or not allowed.
        """
        return create("layer", self.layers, Choice(kind, params), names)

    def dataset(
        self, choice: Choice, names: Mapping[str, int | float] | None = None, folder: Path | None = None
    ) -> Dataset:
        """The data set that was chosen, its files named in full; raises as `layer`.

        Args:
            choice: the kind and the parameters that were set.
            names: variables for expressions.
            folder: where relative paths start; None for the working directory.
        """
        return located(create("data set", self.datasets, choice, names or {}), folder)

    def dataset_of(self, design: Design) -> Dataset | None:
        """The data set of a design; None where none is chosen or its parameters are not allowed (a problem says so)."""
        if design.data is None:
            return None
        try:
            return self.dataset(design.data, design.variables, design.folder)
        except NetDesignerError:
            return None

    def formats_of(self, path: Path) -> tuple[str, ...]:
        """The kinds of exporter that write files with this suffix."""
        return tuple(kind for kind, exporter in self.exporters.items() if exporter.suffix == path.suffix)

    def task(self, choice: Choice, names: Mapping[str, int | float] | None = None) -> Task:
        """The task that was chosen; raises as `layer`."""
        return create("task", self.tasks, choice, names or {})

    def exporter(self, choice: Choice) -> Exporter:
        """The exporter that was chosen; raises as `layer`."""
        return create("export format", self.exporters, choice, {})


def create(family: str, parts: Mapping[str, type[P]], choice: Choice, names: Mapping[str, int | float]) -> P:
    """The part that was chosen among those of a family.

    Args:
        family: what to call it in messages, such as "layer".
        parts: the family by kind.
        choice: the kind and the parameters that were set; expressions are resolved.
        names: variables for expressions.

    Raises:
        UnknownPartError: there is no such kind.
        ParameterError: a parameter is unknown or not allowed.
    """
    part = parts.get(choice.kind)
    if part is None:
        near = difflib.get_close_matches(choice.kind, parts, n=1, cutoff=0.5)
        raise UnknownPartError(family, choice.kind, near[0] if near else "")
    return part(**resolve(part, choice.params, names))
