"""Which design was open, and what was seen of the last ones: the way into blocks, zoom and place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from netdesigner.document import Scope
from netdesigner.ui.canvas.scopes import Sight
from netdesigner.ui.json_file import JsonFile

__all__ = ["View", "ViewMemory"]

_MOST_DESIGNS = 20
_MOST_SCOPES = 64
_FARTHEST_PX = 1e7


class View(NamedTuple):
    """What was seen of a design.

    Attributes:
        scopes: the way from a network to what was open.
        sights: by scope, where its view stood; all of a scope is shown where there is none.
    """

    scopes: tuple[Scope, ...]
    sights: Mapping[Scope, Sight] = MappingProxyType({})


class ViewMemory:
    """Reads and writes a file beside the settings, whose other windows may write it too.

    Args:
        settings: the file of the settings.
    """

    def __init__(self, settings: Path) -> None:
        self.file = JsonFile(settings.with_name("views.json"), "what was open last")

    def last(self) -> Path | None:
        """The design that was open last; None where none was that lies in a file."""
        name, _ = self._read()
        return Path(name) if name else None

    def note_open(self, path: Path | None) -> None:
        """Remembers which design is open now."""
        before, views = self._read()
        name = str(path or "")
        if name != before:
            self._write(name, views)

    def view_of(self, path: Path | None) -> View | None:
        """What was seen of a design when it was left."""
        return self._read()[1].get(str(path)) if path is not None else None

    def keep(self, path: Path, view: View) -> None:
        """Remembers what is seen of a design."""
        last, views = self._read()
        others = {name: other for name, other in views.items() if name != str(path)}
        latest = list({str(path): view, **others}.items())[:_MOST_DESIGNS]
        self._write(last, dict(latest))

    def _read(self) -> tuple[str, dict[str, View]]:
        return self.file.read(_parsed) or ("", {})

    def _write(self, last: str, views: dict[str, View]) -> None:
        # The order of the designs is the order of their age, so they are a list: an object has none that lasts.
        entries = [
            {
                "path": path,
                "scopes": list(view.scopes),
                "sights": {scope: [sight.zoom, *sight.center] for scope, sight in view.sights.items()},
            }
            for path, view in views.items()
        ]
        self.file.write({"open": last, "views": entries})


def _parsed(data: Any) -> tuple[str, dict[str, View]]:
    last, entries = data["open"], data["views"]
    if not isinstance(last, str) or not isinstance(entries, list):
        raise TypeError("open: expected a text, and views: a list")
    return last, dict(_entry(entry) for entry in entries[:_MOST_DESIGNS])


def _entry(data: Any) -> tuple[str, View]:
    path, scopes = data["path"], tuple(data["scopes"])[:_MOST_SCOPES]
    if not scopes or not all(isinstance(text, str) for text in (path, *scopes)):
        raise TypeError("views: expected a path and the names of scopes")
    sights = {scope: _sight(numbers) for scope, numbers in list(data["sights"].items())[:_MOST_SCOPES]}
    return path, View(scopes, sights)


def _sight(numbers: Any) -> Sight:
    zoom, x, y = (float(number) for number in numbers)
    if not (math.isfinite(zoom) and zoom > 0 and max(abs(x), abs(y)) <= _FARTHEST_PX):
        raise ValueError("sights: expected a zoom and a place on the canvas")
    return Sight(zoom, (x, y))
