"""Setting a value of a design by a dotted name, as the command line's `--set NAME=VALUE` does.

`width=32` sets a variable; `training.epochs=5`, `training.optimizer=SGD`, `training.optimizer.momentum=0.9`,
`data=csv`, `data.path=flowers.csv`, `task=regression`, `task.loss=HuberLoss` and `task.loss.delta=2`, or just
`loss.delta=2`, set what their first words say. `augment=flip,crop` sets the list of augmentations,
`augment.crop.padding=2` a parameter of the first of that kind, `augment.2.padding=2` one of the second in the list, and
`augment=none` leaves none.
`main.fc.rate=0.1` and `main.fc.frozen=true` set how a node learns, and
`training.phases=[{"epochs": 5, "trains": ["main.fc"], "rate": 0.1}, {"epochs": 15}]` the phases of the training.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

from netdesigner.document import Choice, Design, Phase, Scope, Settings, Value
from netdesigner.document import edit as edits
from netdesigner.document.spelling import meant
from netdesigner.errors import ParameterError, UnknownPartError
from netdesigner.parts import Catalog, Part, TrainingSettings
from netdesigner.parts.catalog import create
from netdesigner.parts.part import Param

__all__ = ["assign", "parse"]

_OF_TRAINING = ("optimizer", "schedule", "phases")
"""What is set of the training beside its parameters."""


def assign(design: Design, assignment: str, catalog: Catalog) -> Design:
    """The design with one value set.

    Args:
        design: what is changed.
        assignment: `NAME=VALUE`.
        catalog: where data sets, augmentations, tasks, losses, optimizers and schedules are found.

    Raises:
        ParameterError: it is not of that form, or the design has no such thing to set.
        UnknownPartError: there is no such data set, augmentation, task, loss, optimizer or schedule.
    """
    name, sign, text = assignment.partition("=")
    name = name.strip()
    if not sign or not name:
        raise ParameterError("--set", f"expected NAME=VALUE, got '{assignment}'")
    first, dot, rest = name.partition(".")
    param = rest if dot else None
    if first == "training" and rest:
        return replace(design, training=_with_setting(design.training, catalog, rest, text))
    if name in design.variables or param == "":
        return _with_variable(design, name, text)
    if first == "data":
        return replace(design, data=_chosen("data set", catalog.datasets, design.data, param, text))
    if first == "augment":
        return edits.set_augmentations(design, _augmentations(design, catalog, param, text))
    if first == "task":
        return _with_task(design, catalog, param, text)
    if first == "loss":
        return _with_task(design, catalog, name, text)
    if rest and first in (*design.scopes(),):
        return _with_node(design, first, rest, text)
    return _with_variable(design, name, text)


def _with_node(design: Design, scope: Scope, name: str, text: str) -> Design:
    """How a node learns."""
    node_id, _, field = name.rpartition(".")
    value = parse(text)
    if node_id not in design.graph(scope).nodes:
        near = meant(node_id, design.graph(scope).nodes)
        hint = f"; did you mean '{near}'?" if near else ""
        raise ParameterError(f"{scope}.{name}", f"{scope} has no node '{node_id}'{hint}")
    if field == "rate":
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ParameterError(f"{scope}.{name}", f"expected a number, got '{text}'")
        return edits.set_rate(design, scope, [node_id], float(value))
    if field == "frozen":
        if not isinstance(value, bool):
            raise ParameterError(f"{scope}.{name}", f"expected true or false, got '{text}'")
        return edits.set_frozen(design, scope, [node_id], value)
    raise ParameterError(f"{scope}.{name}", "of a node the rate and frozen can be set")


def _phases(text: str) -> tuple[Phase, ...]:
    """Phases as JSON, as they stand in a design's file; none where the text is empty."""
    wanted = 'a list such as [{"epochs": 5, "trains": ["main.fc"], "rate": 0.1}, {"epochs": 15}]'
    try:
        raw = json.loads(text or "[]")
        found = tuple(Phase(**{**item, "trains": _frozen(item.get("trains", []))}) for item in raw)
    except (ValueError, RecursionError, TypeError, AttributeError):
        raise ParameterError("phases", f"expected {wanted}, got '{text[:60]}'") from None
    for phase in found:
        whole = isinstance(phase.epochs, int) and isinstance(phase.rate, int | float)
        listed = isinstance(phase.trains, tuple) and all(isinstance(name, str) for name in phase.trains)
        if not whole or not listed:
            raise ParameterError("phases", f"expected {wanted}, got '{text[:60]}'")
    return found


def _with_task(design: Design, catalog: Catalog, name: str | None, text: str) -> Design:
    head, dot, rest = (name or "").partition(".")
    loss = design.loss or catalog.usual_loss(design.task)
    if head != "loss":
        part = catalog.losses.get(loss.kind) if loss is not None else None
        if part is not None and name in {declared.name for declared in part.params()}:
            raise ParameterError(f"task.{name}", f"it belongs to the loss; write task.loss.{name}={text}")
        return edits.set_task(design, _chosen("task", catalog.tasks, design.task, name, text))
    if loss is None:
        raise ParameterError("task.loss", "the design has no task yet whose loss could be set")
    return replace(design, loss=_chosen(head, catalog.losses, loss, rest if dot else None, text))


def _augmentations(design: Design, catalog: Catalog, name: str | None, text: str) -> tuple[Choice, ...]:
    """Other augmentations, or the same with a parameter of one set."""
    parts, there = catalog.augmentations, design.augmentations
    if name is None:
        kinds = [] if text.strip().lower() == "none" else [kind.strip() for kind in text.split(",")]
        return tuple(_chosen("augmentation", parts, None, None, kind) for kind in kinds if kind)
    which, _, param = name.partition(".")
    numbers = (str(number) for number in range(1, len(there) + 1))
    at = next(
        (n for n, pair in enumerate(zip(numbers, there, strict=True)) if which in (pair[0], pair[1].kind)),
        None,
    )
    if at is None or not param:
        known = ", ".join(choice.kind for choice in there) or "none"
        first = f"; put --set augment={which} before it" if which in parts and param else ""
        raise ParameterError(
            f"augment.{name}", f"expected augment.KIND.PARAMETER of what the design has: {known}{first}"
        )
    changed = _chosen("augmentation", parts, there[at], param, text)
    return (*there[:at], changed, *there[at + 1 :])


def _with_setting(settings: Settings, catalog: Catalog, name: str, text: str) -> Settings:
    head, dot, rest = name.partition(".")
    param = rest if dot else None
    if head == "optimizer":
        return replace(settings, optimizer=_chosen(head, catalog.optimizers, settings.optimizer, param, text))
    if head == "schedule":
        return replace(settings, schedule=_chosen(head, catalog.schedules, settings.schedule, param, text))
    if name == "phases":
        return replace(settings, phases=_phases(text.strip()))
    return settings.with_values({name: _typed(TrainingSettings, name, text)})


def _chosen(
    family: str, parts: Mapping[str, type[Part]], choice: Choice | None, param: str | None, text: str
) -> Choice:
    """Another choice, or the same with a parameter set."""
    if param is None:
        choice = Choice(text.strip())
    elif choice is None:
        raise ParameterError(param, f"the design has no {family} yet whose parameter could be set")
    try:
        part = type(create(family, parts, Choice(choice.kind), {}))
    except UnknownPartError as error:
        raise UnknownPartError(family, error.kind, error.nearest, parts) from None
    return choice if param is None else choice.with_params({param: _typed(part, param, text)})


def _with_variable(design: Design, name: str, text: str) -> Design:
    if name not in design.variables:
        near = meant(name, design.variables)
        known = ", ".join(design.variables) or "none"
        hint = f"its variables: {known}; else training.NAME, data, data.NAME, augment, task, task.NAME"
        if name.partition(".")[0] in (
            *_OF_TRAINING,
            *(declared.name for declared in TrainingSettings.params()),
        ):
            hint = f"did you mean 'training.{name}'?"
        elif near:
            hint = f"did you mean '{near}'?"
        raise ParameterError(name, f"the design has no variable of this name; {hint}")
    value = parse(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParameterError(name, f"a variable is a number, got '{text}'")
    return replace(design, variables={**design.variables, name: value})


def _typed(part: type[Part], name: str, text: str) -> Value:
    declared = {item.name: item for item in part.params()}
    if name not in declared:
        near = meant(name, declared)
        known = ", ".join(declared) or "none"
        hint = f"did you mean '{near}'?" if near else f"known: {known}"
        raise ParameterError(name, f"{part.label()} has no such parameter; {hint}")
    return _of_type(declared[name], text.strip())


def _of_type(declared: Param, text: str) -> Value:
    """The text as the field's type; a text that is no number stays one and is taken as an expression."""
    if declared.optional and text.lower() in ("", "none", "null"):
        return None
    if declared.type == "bool":
        if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ParameterError(declared.name, f"expected true or false, got '{text}'")
        return text.lower() in ("true", "1", "yes")
    if declared.type in ("ints", "floats", "names"):
        items = [item.strip() for item in text.strip("[]()").split(",") if item.strip()]
        return tuple(items if declared.type == "names" else map(_number, items))
    return _number(text) if declared.numeric else text


def _number(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if abs(number) < math.inf:
            return number
    return text


def parse(text: str) -> Value:
    """A value as a person types it: JSON where it is JSON, else the text itself; `1,2` is a list."""
    text = text.strip()
    try:
        return _frozen(json.loads(text))
    except (ValueError, RecursionError):
        pass
    if "," in text and not text.startswith(("[", "{", '"')):
        return tuple(parse(part) for part in text.split(","))
    return {"True": True, "False": False, "None": None}.get(text, text)


def _frozen(value: object) -> Value:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and abs(value) < math.inf):
        return value
    raise ValueError("not a value")
