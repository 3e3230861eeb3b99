"""What is missing on this machine, and the line that mends it.

Qt's system libraries are tried by loading each, because Qt names the wrong one when any of them is missing.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version

from netdesigner.parts import Catalog, plugins, resources

__all__ = ["Finding", "findings"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what.
        state: its version, or what is wrong with it.
        missing: whether the program cannot do its job without it.
        remedy: the line that mends it, or "".
    """

    name: str
    state: str
    missing: bool = False
    remedy: str = ""

    def line(self) -> str:
        """The finding for a terminal."""
        mark = "missing" if self.missing else "ok"
        return f"{mark:<8} {self.name:<24} {self.state}" + (
            f"\n         to mend: {self.remedy}" if self.remedy else ""
        )


def findings() -> tuple[Finding, ...]:
    """Everything that was looked at, in reading order."""
    return (
        Finding("Python", f"{platform.python_version()} ({sys.executable})"),
        Finding("system", platform.platform()),
        *_libraries(),
        *_plugins(),
        *_system_libraries(),
        *_accelerators(),
    )


def _libraries() -> Iterator[Finding]:
    try:
        requirements = requires("netdesigner") or []
    except PackageNotFoundError:
        yield Finding(
            "netdesigner", "runs from its folder without being installed", remedy="pip install -e ."
        )
        return
    for requirement in requirements:
        name = re.split(r"[\s<>=!~;\[(]", requirement, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"]([^'\"]+)", requirement)
        if extra and extra[1] in ("test", "dev"):
            continue
        try:
            yield Finding(name, version(name))
        except PackageNotFoundError:
            if extra:
                yield Finding(
                    name,
                    f"not installed (optional: {extra[1]})",
                    remedy=f"pip install 'netdesigner[{extra[1]}]'",
                )
            else:
                yield Finding(name, "not installed", missing=True, remedy=f"pip install '{requirement}'")


def _plugins() -> Iterator[Finding]:
    if not plugins.wanted():
        yield Finding("plugins", "off; netdesigner --plugins turns them on")
        for plugin in plugins.installed():
            yield Finding(f"plugin {plugin.name}", f"{plugin.package}, not imported")
        return
    found = Catalog.discover(with_plugins=True).plugins
    yield Finding("plugins", "on" if found else "on, and no installed package has parts")
    for plugin in found:
        kinds = ", ".join(part.kind for part in plugin.parts) or "nothing"
        yield Finding(f"plugin {plugin.name}", f"{plugin.package} brings {kinds}")
        for fault in plugin.faults:
            yield Finding(f"plugin {plugin.name}", fault)


def _system_libraries() -> Iterator[Finding]:
    if not sys.platform.startswith("linux"):
        return
    table = json.loads((resources.folder() / "system_libraries.json").read_text("utf-8"))
    screens = {"always": True, "x11": "DISPLAY" in os.environ, "wayland": "WAYLAND_DISPLAY" in os.environ}
    for screen, used in screens.items():
        for name, packages in table.get(screen, {}).items() if used else ():
            if not _loads(name):
                yield Finding(
                    name,
                    "not found",
                    missing=True,
                    remedy=f"apt-get install -y --no-install-recommends {packages[0]}",
                )
    if not (screens["x11"] or screens["wayland"]):
        yield Finding("screen", "none: the window can only be drawn offscreen")


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _accelerators() -> Iterator[Finding]:
    import torch

    if torch.cuda.is_available():
        for index in range(torch.cuda.device_count()):
            facts = torch.cuda.get_device_properties(index)
            memory = facts.total_memory / 2**30
            yield Finding(f"GPU {index}", f"{facts.name}, {memory:.0f} GiB, CUDA {torch.version.cuda}")
    elif torch.backends.mps.is_available():
        yield Finding("GPU", "Apple, through Metal")
    elif torch.version.cuda is None:
        yield Finding("GPU", "this build of torch has no CUDA; training runs on the CPU")
    else:
        yield Finding(
            "GPU",
            f"torch has CUDA {torch.version.cuda}, but no GPU or driver was found; training runs on the CPU",
        )
