"""What the window remembers from one start to the next: its layout, recent files and a few choices.

It lies as JSON in the user's configuration folder. A damaged file never stops a start: it is put aside, and defaults
take its place. What cannot be written is forgotten. Both are said once.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from netdesigner.ui.json_file import JsonFile

__all__ = ["THEMES", "Remembered", "Settings", "settings_path"]

_MOST_RECENT = 10
_MOST_KINDS = 12
THEMES = ("system", "light", "dark")


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered.

    Attributes:
        theme: "system", "light" or "dark".
        recent: design files, the latest first.
        geometry, layout: the window's place and its docks, as Qt writes them, in base 64.
        folder: where the last file was opened or saved.
        smoothing: of the curves, 0 (none) to below 1.
        kinds: layers and blocks that were added last, the latest first.
        plugins: whether parts of other installed packages are used, from the next start on.
        keys: by the name of an action, keys that the user chose, as Qt writes them portably; none for an empty list.
        front: titles of the panels that lie in front of others.
        reopen: whether a start opens the design that was open last, rather than the start page.
        detached: whether runs are trained in a process of their own.
        grid, minimap: whether the canvas has dots, and the network in small in its corner.
    """

    theme: str = "system"
    recent: tuple[str, ...] = ()
    geometry: str = ""
    layout: str = ""
    folder: str = ""
    smoothing: float = 0.6
    kinds: tuple[str, ...] = ()
    plugins: bool = False
    detached: bool = False
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    front: tuple[str, ...] = ()
    reopen: bool = True
    grid: bool = True
    minimap: bool = True


def settings_path() -> Path:
    """The file of this user."""
    import platformdirs

    return platformdirs.user_config_path("netdesigner", appauthor=False) / "window.json"


class Settings:
    """Reads the file once and writes it at each change.

    Args:
        path: the file; `settings_path()` by default.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.file = JsonFile(path or settings_path(), "the window's settings")
        self.value = self.file.read(_remembered) or Remembered()

    @property
    def path(self) -> Path:
        """The file."""
        return self.file.path

    def change(self, **changes: Any) -> None:
        """Remembers something else, see `Remembered`."""
        changed = replace(self.value, **changes)
        if changed != self.value:
            self.value = changed
            self.file.write(dataclasses.asdict(changed))

    def add_recent(self, path: Path) -> None:
        """Puts a file in front of the recent ones."""
        name = str(path.resolve())
        others = tuple(other for other in self.value.recent if other != name)
        self.change(recent=(name, *others)[:_MOST_RECENT], folder=str(path.resolve().parent))

    def forget_recent(self, path: str = "") -> None:
        """Takes a file from the recent ones; all of them if none is named."""
        self.change(recent=tuple(other for other in self.value.recent if path and other != path))

    def recent(self) -> tuple[Path, ...]:
        """The recent files that are still there."""
        found = []
        for name in self.value.recent:
            with suppress(OSError, ValueError):
                if Path(name).is_file():
                    found.append(Path(name))
        return tuple(found)


def _remembered(data: Any) -> Remembered:
    """Reads each value that is as it should be; a file of another version may have more or fewer."""
    if not isinstance(data, dict):
        raise ValueError("not an object")
    default = Remembered()
    recent = data.get("recent", [])
    if not isinstance(recent, list) or not all(isinstance(name, str) for name in recent):
        raise ValueError("recent: expected a list of texts")
    texts = {name: _text(data, name, getattr(default, name)) for name in ("geometry", "layout", "folder")}
    theme = _text(data, "theme", default.theme)
    smoothing = data.get("smoothing", default.smoothing)
    if isinstance(smoothing, bool) or not isinstance(smoothing, int | float):
        raise ValueError("smoothing: expected a number")
    return Remembered(
        theme=theme if theme in THEMES else default.theme,
        recent=tuple(recent[:_MOST_RECENT]),
        smoothing=min(0.999, max(0.0, float(smoothing))),
        kinds=_names(data.get("kinds")),
        front=_names(data.get("front")),
        reopen=data.get("reopen") is not False,
        plugins=data.get("plugins") is True,
        detached=data.get("detached") is True,
        keys=_keys(data.get("keys")),
        grid=data.get("grid") is not False,
        minimap=data.get("minimap") is not False,
        **texts,
    )


def _names(data: Any) -> tuple[str, ...]:
    """The texts of a list; what else stands in it is passed over."""
    listed = data if isinstance(data, list) else ()
    return tuple(name for name in listed if isinstance(name, str))[:_MOST_KINDS]


def _keys(data: Any) -> dict[str, tuple[str, ...]]:
    """The keys of each action for which they are a list of texts; the others have their defaults."""
    chosen = data.items() if isinstance(data, dict) else ()
    return {
        name: tuple(keys)
        for name, keys in chosen
        if isinstance(keys, list) and all(isinstance(text, str) for text in keys)
    }


def _text(data: dict[str, Any], name: str, default: str) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"{name}: expected a text")
    return value
