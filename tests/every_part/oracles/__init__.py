"""What the tests know about layers from outside: what torch is told and gives, and where one differs on purpose.

Each module here holds some of the tables below for some kinds; `Oracles` joins them. A kind that behaves as its torch
class does in every respect needs no line.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Oracles"]

Specs = tuple[TensorSpec | None, ...]


@dataclass(frozen=True)
class Oracles:
    """The joined tables.

    Attributes:
        FROM_THE_WIRES: kind: the arguments of torch's class that are never asked for, worked out from the shapes of the
            inputs and the parameters, without the layer's help.
        FILLED_IN: kind: likewise of arguments that may be asked for, and are worked out where they are not.
        LEFT_OUT_OF: (kind, argument of torch's class): why the layer has no such parameter.
        OTHER_DEFAULTS: (kind, parameter): why its default is not torch's.
        OWN: kind: what a layer that is no class of torch.nn should give, from its parameters and inputs, written by
            plain functions of torch.
        CALLS: kind: how torch's module is called with the inputs, where that is not `module(*inputs)`; takes the
            module, the parameters, and the inputs.
        ON_PURPOSE: kind: whether the layer is right to refuse what torch takes, from the layer, the specs, the refusal.
        SHAPE_ONLY: (kind, port): what is read of what comes in there beside its values, so that no gradient flows back.
        DEFINED: kind: random inputs made such that what the layer gives for them is defined.
        UNCOUNTED: kind: why torch's counter of operations does not tell its multiply-adds.
        DOMAIN: kind: what brings random inputs to where the layer has a value and a gradient.
        UNTAUGHT: kind: the input ports that no gradient comes back to.
        VALUES: (kind, parameter): values to try, where none can be made up or those made up would miss what matters.
    """

    FROM_THE_WIRES: Mapping[str, Callable[[list[tuple[Any, ...]], dict[str, Any]], dict[str, Any]]]
    FILLED_IN: Mapping[str, Callable[[list[tuple[Any, ...]], dict[str, Any]], dict[str, Any]]]
    LEFT_OUT_OF: Mapping[tuple[str, str], str]
    OTHER_DEFAULTS: Mapping[tuple[str, str], str]
    OWN: Mapping[str, Callable[..., Any]]
    CALLS: Mapping[str, Callable[..., Any]]
    ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]]
    SHAPE_ONLY: Mapping[tuple[str, str], str]
    DEFINED: Mapping[str, Callable[[list[Any]], list[Any]]]
    UNCOUNTED: Mapping[str, str]
    DOMAIN: Mapping[str, Callable[[Tensor], Tensor]]
    UNTAUGHT: Mapping[str, tuple[str, ...]]
    VALUES: Mapping[tuple[str, str], tuple[Any, ...]]

    @classmethod
    def join(cls) -> Oracles:
        """The tables of all modules; a line that stands twice is an error."""
        tables: dict[str, dict[Any, Any]] = {name: {} for name in cls.__annotations__}
        for info in pkgutil.iter_modules(__path__):
            module = importlib.import_module(f"{__name__}.{info.name}")
            for name, table in tables.items():
                lines = getattr(module, name, {})
                assert not table.keys() & lines.keys(), f"{info.name}.{name} says again what stands elsewhere"
                table.update(lines)
        return cls(**tables)
