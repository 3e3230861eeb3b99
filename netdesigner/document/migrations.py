"""Steps that bring a file of an older format to the present one.

`FORMAT` rises by one with each change of the file; each step takes the JSON of one format and returns that of the
next. A saved design of every format stays among the tests for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

__all__ = ["FORMAT", "migrate"]

FORMAT = 4

_LOSSES = {"mse": "MSELoss", "l1": "L1Loss", "smooth_l1": "SmoothL1Loss", "huber": "HuberLoss"}
"""What the losses of regression were called in format 1."""
_DELTA = {"SmoothL1Loss": "beta", "HuberLoss": "delta"}
"""What torch calls the `delta` that they had there."""


def _loss_beside_the_task(raw: dict[str, Any]) -> dict[str, Any]:
    """The loss, which was parameters of the task in format 1, as a choice of its own."""
    task = raw.get("task")
    if not isinstance(task, dict) or not isinstance(task.get("params"), dict):
        return raw
    kept, loss = dict(task["params"]), None
    if task.get("kind") == "classification" and "label_smoothing" in kept:
        loss = {"kind": "CrossEntropyLoss", "params": {"label_smoothing": kept.pop("label_smoothing")}}
    elif task.get("kind") == "regression" and isinstance(name := kept.get("loss", "mse"), str):
        kind, delta = _LOSSES.get(name, name), kept.get("delta")
        params = {_DELTA[kind]: delta} if kind in _DELTA and delta is not None else {}
        loss = {"kind": kind, "params": params} if "loss" in kept else None
        kept = {key: value for key, value in kept.items() if key not in ("loss", "delta")}
    return {**raw, "task": {**task, "params": kept}} | ({"loss": loss} if loss is not None else {})


_STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _loss_beside_the_task,  # and nodes may be frozen, and may use the weights of others
    2: dict,  # nodes may be bypassed, wires led through points, frames and notes drawn around them
    3: dict,  # samples may be augmented, training go through phases, nodes learn at a rate of their own
}
"""From format n to n + 1, keyed by n, without gaps."""


def migrate(raw: Any, refuse: Callable[[str], NoReturn]) -> dict[str, Any]:
    """The JSON of a design file in the present format.

    Args:
        raw: what the file holds.
        refuse: called with a reason where it cannot be brought up.
    """
    if not isinstance(raw, dict) or "format" not in raw:
        refuse("not a design file: it has no 'format' number")
    number = raw["format"]
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        refuse(f"'format' should be a whole number from 1 to {FORMAT}")
    if number > FORMAT:
        refuse(
            f"made by a newer version of the program (format {number}, this one reads up to {FORMAT}); "
            "update it to open the file"
        )
    while number < FORMAT:
        raw = _STEPS[number](raw)
        number += 1
    return {**raw, "format": FORMAT}
