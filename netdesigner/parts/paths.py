"""Files that a design names: where relative paths start, and how a path is written.

A design keeps a path as the user wrote it. A relative one starts at the folder of the design's file, so that a folder
with a design and its data can be moved and opened from anywhere. What comes with the program has a name instead, such
as `gallery:digits-0-to-4`, and is found wherever the program is. Nothing here opens a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from netdesigner.document.design import Design, Value
from netdesigner.parts import resources
from netdesigner.parts.part import Part
from netdesigner.parts.training_settings import TrainingSettings

if TYPE_CHECKING:
    from netdesigner.parts.catalog import Catalog

__all__ = ["found", "located", "relocated", "stamp", "written"]

P = TypeVar("P", bound=Part)


def found(path: str, folder: Path | None) -> Path:
    """Where a path of a design leads.

    Args:
        path: as it stands in the design; `~` is the home folder, and the names of `resources.weights` are known.
        folder: where relative paths start; None for the working directory.
    """
    if (shipped := _shipped(path)) is not None:
        return shipped
    place = _expanded(path)
    start = folder or Path.cwd()
    if place.is_absolute() or ".." not in place.parts:
        return start / place
    return Path(os.path.normpath(os.path.realpath(start) / place))


def written(path: Path, folder: Path | None) -> str:
    """How a file is written into a design: from the design's folder where it lies in there, else in full.

    Args:
        path: the file, in full.
        folder: the design's; None where it has none.
    """
    if folder is not None and path.is_relative_to(folder):
        path = path.relative_to(folder)
    return path.as_posix()


def stamp(path: Path) -> tuple[int, int]:
    """Size in bytes and time of the last change in ns of a file; -1 where there is none to be seen."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return -1, -1
    return status.st_size, status.st_mtime_ns


def located(part: P, folder: Path | None) -> P:
    """A part whose parameters name files in full; see `found`."""
    named = {p.field: getattr(part, p.field) for p in part.params() if p.path}
    full = {field: str(found(path, folder)) for field, path in named.items() if path}
    return part.with_fields(**full) if full else part


def relocated(design: Design, catalog: Catalog, folder: Path) -> Design:
    """The design as it is written in another folder: what is relative stays so, and leads to the same files.

    Of a design that had no file yet, what lies in the folder becomes relative. Data and tasks of an unknown kind are
    left alone, for nobody can tell which of their parameters are paths.

    Args:
        design: the design.
        catalog: says which parameters are paths.
        folder: the other folder, in full.
    """

    def changes(values: Mapping[str, Value], part: type[Part] | None) -> dict[str, str]:
        return _changes(values, part, design.folder, folder)

    data, task, training = design.data, design.task, design.training
    if data is not None and (moved := changes(data.params, catalog.datasets.get(data.kind))):
        data = data.with_params(moved)
    if task is not None and (moved := changes(task.params, catalog.tasks.get(task.kind))):
        task = task.with_params(moved)
    if moved := changes(training.values, TrainingSettings):
        training = training.with_values(moved)
    return replace(design, data=data, task=task, training=training, folder=folder)


def _changes(
    values: Mapping[str, Value], part: type[Part] | None, old: Path | None, new: Path
) -> dict[str, str]:
    """The paths among the values of a part that are written otherwise in another folder."""
    paths = {p.name: values.get(p.name) for p in part.params() if p.path} if part is not None else {}
    moved = {name: _moved(path, old, new) for name, path in paths.items() if isinstance(path, str)}
    return {name: path for name, path in moved.items() if path != paths[name]}


def _moved(path: str, old: Path | None, new: Path) -> str:
    if not path or _shipped(path) is not None:
        return path
    if _expanded(path).is_absolute():
        place = found(path, old)
        return written(place, new) if old is None and place.is_relative_to(new) else path
    place = Path(os.path.realpath(old or Path.cwd())) / path
    try:
        return Path(os.path.relpath(place, os.path.realpath(new))).as_posix()
    except ValueError:  # another drive, on Windows
        return place.as_posix()


def _shipped(path: str) -> Path | None:
    """Where a file lies that comes with the program, if that is its name."""
    return resources.weights().get(path) if path.startswith(resources.SHIPPED) else None


def _expanded(path: str) -> Path:
    """A path with the home folder in place of `~`; the homes of others are not looked up, which may ask the network."""
    if path != "~" and not path.startswith(("~/", "~\\")):
        return Path(path)
    try:
        return Path(path).expanduser()
    except RuntimeError:  # no home
        return Path(path)
