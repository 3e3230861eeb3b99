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
_WARM_UP = 0.05
"""The part of the training that was the warm-up of format 3 where none was set."""
_ALL = 0.999999
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


def _warm_up_of_any_schedule(raw: dict[str, Any]) -> dict[str, Any]:
    """The cosine that alone had a warm-up in format 3, as the cosine with the warm-up that every schedule has."""
    training = raw.get("training")
    if not isinstance(training, dict):
        return raw
    schedule = training.get("schedule")
    if not isinstance(schedule, dict) or schedule.get("kind") != "warmup_cosine":
        return raw
    params = schedule.get("params", {})
    if isinstance(params, dict):
        params = {"warmup": _WARM_UP, **params}
        if params["warmup"] == 1:  # which was all of the training, and is a single step now
            params["warmup"] = _ALL
    return {**raw, "training": {**training, "schedule": {"kind": "cosine", "params": params}}}


_STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: _loss_beside_the_task,  # and nodes may be frozen, and may use the weights of others
    2: dict,  # nodes may be bypassed, wires led through points, frames and notes drawn around them
    3: _warm_up_of_any_schedule,  # and samples are augmented, training has phases, nodes have rates of their own
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
