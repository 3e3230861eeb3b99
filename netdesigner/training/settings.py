"""How a design is trained: the numbers that a person sets, with their limits and defaults, in one declaration."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from netdesigner.document.design import Choice, Settings, Value
from netdesigner.errors import ParameterError
from netdesigner.parts.part import Param, Part, param, resolve
from netdesigner.training.optimizers import OPTIMIZERS, optimizer_of
from netdesigner.training.schedules import SCHEDULES, schedule_of

__all__ = ["TrainingSettings", "assign"]


class TrainingSettings(Part):
    """How long, how fast and with what care a network is trained."""

    kind: ClassVar[str] = "training"
    title: ClassVar[str] = "Training"

    epochs: int = param(20, min=1, max=1_000_000, help="how many times the training part is gone through")
    batch_size: int = param(64, min=1, max=1_000_000, unit="samples", help="samples that make one step")
    learning_rate: float = param(
        1e-3, above=0, max=1000, help="how far a step goes; the schedule may lower it"
    )
    weight_decay: float | None = param(
        None,
        min=0,
        max=1000,
        help="how strongly weights are pulled to zero; empty: the optimizer's own default",
    )
    clip_norm: float | None = param(
        None, above=0, help="gradients longer than this are shortened to it; empty: they are left as they are"
    )
    early_stopping: int = param(
        0, min=0, unit="epochs", help="stop after so many epochs without improvement; 0: never"
    )
    keep: str = param("best", choices=("best", "last"), help="whose weights are kept when training is over")
    seed: int = param(0, min=0, max=2**31 - 1, help="seed of everything random: weights, order, dropout")
    device: str = param(
        "auto", choices=("auto", "cpu", "cuda", "mps"), help="what computes; auto takes a GPU"
    )
    precision: str = param(
        "float32",
        choices=("float32", "bfloat16", "float16"),
        help="the numbers the network computes with; the shorter ones are faster on most GPUs",
        advanced=True,
    )
    accumulate: int = param(
        1,
        min=1,
        max=100_000,
        unit="batches",
        help="batches whose gradients make one step",
        advanced=True,
    )
    checkpoint_s: float = param(
        60.0,
        min=0,
        unit="s",
        help="time between two checkpoints: what a crash can cost at most",
        advanced=True,
    )

    @classmethod
    def of(cls, settings: Settings, names: Mapping[str, int | float] | None = None) -> TrainingSettings:
        """The settings of a design, with every expression turned into its number.

        Raises:
            ParameterError: a name is unknown or a value not allowed.
        """
        return cls(**resolve(cls, settings.values, names or {}))


def assign(settings: Settings, name: str, text: str) -> Settings:
    """The settings with one value set, as the command line names it.

    Args:
        settings: what was set before.
        name: `epochs`, `optimizer`, `optimizer.momentum`, `schedule`, `schedule.gamma`, …
        text: the value as a person types it; a list with commas, "" or "none" for an empty field.

    Raises:
        UnknownPartError: there is no such optimizer or schedule.
        ParameterError: there is no such setting.
    """
    head, dot, rest = name.partition(".")
    if head == "optimizer":
        if not dot:
            optimizer_of(Choice(text))
            return replace(settings, optimizer=Choice(text))
        part: type[Part] = OPTIMIZERS.get(settings.optimizer.kind, Part)
        return replace(settings, optimizer=settings.optimizer.with_params({rest: _parsed(part, rest, text)}))
    if head == "schedule":
        if not dot:
            schedule_of(Choice(text))
            return replace(settings, schedule=Choice(text))
        part = SCHEDULES.get(settings.schedule.kind, Part)
        return replace(settings, schedule=settings.schedule.with_params({rest: _parsed(part, rest, text)}))
    return settings.with_values({name: _parsed(TrainingSettings, name, text)})


def _parsed(part: type[Part], name: str, text: str) -> Value:
    declared = {item.name: item for item in part.params()}
    if name not in declared:
        near = difflib.get_close_matches(name, declared, n=1)
        known = ", ".join(declared) or "none"
        hint = f"did you mean '{near[0]}'?" if near else f"known: {known}"
        raise ParameterError(name, f"{part.label()} has no such parameter; {hint}")
    return _value(declared[name], text.strip())


def _value(declared: Param, text: str) -> Value:
    """The text as the field's type; a text that is no number stays one and is taken as an expression."""
    if declared.optional and text.lower() in ("", "none", "null"):
        return None
    if declared.type == "bool":
        if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ParameterError(declared.name, f"expected true or false, got '{text}'")
        return text.lower() in ("true", "1", "yes")
    if declared.type in ("ints", "floats"):
        return tuple(_number(item.strip()) for item in text.strip("[]()").split(",") if item.strip())
    return _number(text) if declared.numeric else text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
