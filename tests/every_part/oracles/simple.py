"""Activations, dropout, padding, norms, and what rearranges or compares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs

Shapes = list[tuple[Any, ...]]


def _second_axis(name: str) -> Callable[[Shapes, dict[str, Any]], dict[str, Any]]:
    return lambda shapes, params: {name: shapes[0][1]}


FROM_THE_WIRES: Mapping[str, Callable[[Shapes, dict[str, Any]], dict[str, Any]]] = {
    "BatchNorm3d": _second_axis("num_features"),
    "InstanceNorm1d": _second_axis("num_features"),
    "InstanceNorm2d": _second_axis("num_features"),
    "InstanceNorm3d": _second_axis("num_features"),
}


def _slopes(shapes: Shapes, params: dict[str, Any]) -> dict[str, Any]:
    return {"num_parameters": params["num_parameters"] or (*shapes[0], 1)[1]}


FILLED_IN = {"PReLU": _slopes}

LEFT_OUT_OF = {
    ("Hardtanh", "min_value"): "torch's former name of min_val",
    ("Hardtanh", "max_value"): "torch's former name of max_val",
}

OTHER_DEFAULTS = {
    ("Softmin", "dim"): "torch's choice where none is given is deprecated",
}


def _would_be_rounded(layer: Layer, specs: Specs, refusal: str) -> bool:
    return "cannot put" in refusal  # torch rounds what it puts among whole numbers, and says nothing


ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {
    f"ConstantPad{axes}d": _would_be_rounded for axes in (1, 2, 3)
}
