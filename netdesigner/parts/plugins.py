"""Parts from other packages that are installed beside the program, where the user has turned that on.

A package names a module under the entry points of `GROUP`, and importing that module runs its code, as every import
does. So nothing is imported unless the user asks for it: by `--plugins`, by the environment, or in the window. Which
modules there are is said by what was installed; a design, a model or a data file can name a kind, never a module.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.parts.layer import CATEGORIES, Layer
from netdesigner.parts.part import Part, resolve

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["GROUP", "VARIABLE", "Plugin", "installed", "load", "wanted"]

GROUP = "netdesigner.parts"
"""The entry points that name modules with parts."""
VARIABLE = "NETDESIGNER_PLUGINS"
"""The environment variable that turns plugins on; "" and "0" leave them off."""


Shelves = Mapping[type[Part], Callable[[type[Part]], None]]
"""How a part is put beside the others of its family, by the class of all of them; raises where it cannot be."""


class Plugin(NamedTuple):
    """A module with parts that an installed package names.

    Attributes:
        name: of the entry point.
        package: what was installed, with its version.
        parts: what can be used of it; none before it is loaded.
        faults: what is left out and why, one sentence each.
    """

    name: str
    package: str
    parts: tuple[type[Part], ...] = ()
    faults: tuple[str, ...] = ()


def wanted() -> bool:
    """Whether the environment turns plugins on."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


def installed() -> tuple[Plugin, ...]:
    """What is installed, by package and name; nothing of it is imported."""
    return tuple(plugin for plugin, _ in _found())


def load(shelves: Shelves) -> tuple[Plugin, ...]:
    """What is installed with its parts; this imports it. What is faulty is left out and never stops the program.

    Args:
        shelves: where parts are put, by what they are.
    """
    return tuple(_loaded(plugin, entry, shelves) for plugin, entry in _found())


def _found() -> list[tuple[Plugin, EntryPoint]]:
    from importlib.metadata import entry_points  # which takes as long as all layers

    found = []
    for entry in entry_points(group=GROUP):
        package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "unknown package"
        found.append((Plugin(entry.name, package), entry))
    return sorted(found, key=lambda pair: (pair[0].package, pair[0].name))


def _loaded(plugin: Plugin, entry: EntryPoint, shelves: Shelves) -> Plugin:
    parts, faults = [], []
    try:
        offered = _offered(entry.load(), tuple(shelves))
    except (Exception, SystemExit) as error:  # noqa: BLE001 (what is not ours may raise anything)
        return plugin._replace(faults=(_fault(plugin, f"'{entry.value}'", error),))
    for part in offered:
        try:
            _hold(part)
            put = next(put for base, put in shelves.items() if issubclass(part, base))
            put(part)
        except Exception as error:  # noqa: BLE001 (as above)
            faults.append(_fault(plugin, f"the part {part.__name__}", error))
        else:
            parts.append(part)
    return plugin._replace(parts=tuple(parts), faults=tuple(faults))


def _fault(plugin: Plugin, what: str, error: BaseException) -> str:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    return f"plugin {plugin.name} ({plugin.package}): {what} is left out ({reason}); update or uninstall the package"


def _offered(module: object, families: tuple[type[Part], ...]) -> tuple[type[Part], ...]:
    """The parts that a module, or one of the same package that it imports from, defines."""
    if not isinstance(module, ModuleType):
        raise TypeError("it is not a module")
    package = _top(module.__name__)
    found = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, families)
        and value.kind
        and _top(value.__module__) == package
    ]
    if not found:
        raise TypeError("it defines no part: no Layer, Loss or other family's class that has a kind")
    return tuple(dict.fromkeys(found))


def _top(module: str) -> str:
    return module.partition(".")[0]


def _hold(part: type[Part]) -> None:
    """Holds a part against its contract, as far as that takes no torch; raises what is wrong."""
    if not (isinstance(part.kind, str) and part.kind.isidentifier()):
        raise TypeError(f"its kind is {part.kind!r}, expected a name of letters, digits and _")
    missing = sorted(_unwritten(part))
    if missing:
        raise TypeError(f"it does not write {', '.join(missing)}")
    part()
    if issubclass(part, Layer):
        if part.category not in CATEGORIES:
            raise TypeError(f"its category is {part.category!r}, expected one of {', '.join(CATEGORIES)}")
        if not part.examples:
            raise TypeError("it has no examples")
        for example in part.examples:
            layer = part(**resolve(part, example.params, {}))
            layer.outputs_of(example.inputs)
            layer.cost(*example.inputs)


def _unwritten(part: type[Part]) -> Iterator[str]:
    """What the part has to write and has not: methods of which only the contract stands there."""
    for name, method in inspect.getmembers(part, inspect.isroutine):
        code = getattr(method, "__code__", None)
        if code is not None and code.co_names == ("NotImplementedError",):
            yield name
