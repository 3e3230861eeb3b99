"""Where the files that come with the program lie: fonts, icons, the gallery and weights to begin with."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SHIPPED", "folder", "weights"]

SHIPPED = "gallery:"
"""What the names begin with that a design has for weights that come with the program, wherever it is installed."""


def folder() -> Path:
    """The folder of the program's own files: inside an installed package, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "resources"
    return installed if installed.is_dir() else package.parent / "resources"


def weights() -> dict[str, Path]:
    """The files of weights by what a design calls them, such as `gallery:digits-0-to-4`."""
    return {f"{SHIPPED}{path.stem}": path for path in sorted((folder() / "gallery").glob("*.safetensors"))}
