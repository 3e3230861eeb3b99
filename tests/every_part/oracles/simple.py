"""Activations, dropout, padding, norms, and what rearranges or compares."""

from __future__ import annotations

from typing import Any

Shapes = list[tuple[Any, ...]]


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
