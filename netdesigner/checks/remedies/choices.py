"""What may help where a data set, an augmentation, a task, a loss, an optimizer or a setting is not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from netdesigner.checks.phases import learns, nearest_name
from netdesigner.checks.remedies.case import Case, Remedies, Remedy, said_value
from netdesigner.checks.remedies.parameters import allowed, names_of, with_name
from netdesigner.document import edit
from netdesigner.document.design import AUGMENTATIONS, Choice, Settings, Value
from netdesigner.document.phases import is_there
from netdesigner.document.spelling import nearest
from netdesigner.parts.augmentation import sort_of
from netdesigner.parts.part import Param

__all__ = ["REMEDIES"]

_DEFAULT = Settings()


def _choose(case: Case, text: str, choice: Choice | None) -> Remedy:
    """Another choice in the section of the problem."""
    return Remedy(text, partial(edit.choose, case.design, case.problem.section, choice))


def _declared(case: Case, kind: str) -> Mapping[str, Param]:
    """The parameters of a part that can be chosen there."""
    part = case.catalog.parts(case.problem.section).get(kind)
    return {param.name: param for param in part.params()} if part is not None else {}


# ----------------------------------------------------------------------------------------------- unknown kinds


def _unknown(case: Case) -> Iterator[Remedy]:
    """The nearest kinds, with the parameters that they have."""
    choice = case.design.choice(case.problem.section)
    if choice is not None:
        for kind in nearest(choice.kind, case.catalog.parts(case.problem.section)):
            known = _declared(case, kind)
            kept = {name: value for name, value in choice.params.items() if name in known}
            yield _choose(case, f"Choose {kind}", Choice(kind, kept))


def _unknown_data(case: Case) -> Iterator[Remedy]:
    yield from _unknown(case)
    yield _choose(case, "Choose no data", None)


def _unknown_task(case: Case) -> Iterator[Remedy]:
    yield from _unknown(case)
    yield from _other_task(case)


def _other_task(case: Case) -> Iterator[Remedy]:
    """Another task."""
    for kind, part in case.catalog.tasks.items():
        if case.design.task is None or kind != case.design.task.kind:
            yield Remedy(f"Choose the task {part.label()}", partial(edit.set_task, case.design, Choice(kind)))


def _unknown_loss(case: Case) -> Iterator[Remedy]:
    """The nearest losses for the task, and its usual one."""
    choice = case.design.loss
    fitting = case.catalog.losses_for(case.design.task) or case.catalog.losses
    for kind in nearest(choice.kind, fitting) if choice is not None else ():
        yield _choose(case, f"Choose {kind}", Choice(kind))
    usual = case.catalog.usual_loss(case.design.task)
    yield _choose(case, f"Choose {usual.kind}" if usual is not None else "Choose no loss", None)


def _other_loss(case: Case) -> Iterator[Remedy]:
    """The usual loss of the task, or a task that takes the loss."""
    choice, usual = case.design.loss, case.catalog.usual_loss(case.design.task)
    yield _choose(case, f"Choose {usual.kind}" if usual is not None else "Choose no loss", None)
    for kind, part in case.catalog.tasks.items():
        if choice is not None and choice.kind in case.catalog.losses_for(Choice(kind)):
            text = f"Choose the task {part.label()}"
            yield Remedy(text, partial(replace, case.design, task=Choice(kind)))


def _unknown_optimizer(case: Case) -> Iterator[Remedy]:
    yield from _unknown(case)
    yield _choose(case, f"Choose {_DEFAULT.optimizer.kind}", _DEFAULT.optimizer)


def _unknown_schedule(case: Case) -> Iterator[Remedy]:
    yield from _unknown(case)
    yield _choose(case, f"Choose {_DEFAULT.schedule.kind}", _DEFAULT.schedule)


# ------------------------------------------------------------------------------------------------ augmentations


def _without(case: Case) -> Iterator[Remedy]:
    """The augmentation removed."""
    choice = case.design.choice(case.problem.section)
    if choice is not None:
        part = case.catalog.augmentations.get(choice.kind)
        yield _choose(case, f"Remove {part.label() if part is not None else choice.kind}", None)


def _of_other_samples(case: Case) -> Iterator[Remedy]:
    """All that are not for these samples removed, or one of them."""
    if case.data is not None:
        sort, parts = sort_of(case.data), case.catalog.augmentations
        there = case.design.augmentations
        kept = [choice for choice in there if choice.kind not in parts or sort in parts[choice.kind].takes]
        if len(there) - len(kept) > 1:
            text = f"Remove the {len(there) - len(kept)} augmentations that are not for these samples"
            yield Remedy(text, partial(edit.set_augmentations, case.design, kept))
    yield from _without(case)


def _unknown_augmentation(case: Case) -> Iterator[Remedy]:
    yield from _unknown(case)
    yield from _without(case)


def _augmentation_setting(case: Case) -> Iterator[Remedy]:
    yield from _setting(case)
    yield from _without(case)


def _mixed_already(case: Case) -> Iterator[Remedy]:
    """One or the other of two that mix samples, or one of them."""
    for number, choice in enumerate(case.design.augmentations, 1):
        part = case.catalog.augmentations.get(choice.kind)
        section = f"{AUGMENTATIONS}.{number}"
        if part is not None and part.mixes and section != case.problem.section:
            changed = partial(edit.choose, case.design, section, choice.with_params({"p": 0.5}))
            yield Remedy(f"Set p of {part.label()} to 0.5", changed)
    yield from _without(case)


# ---------------------------------------------------------------------------------------------------- settings


def _setting(case: Case) -> Iterator[Remedy]:
    """The nearest allowed value or name, or the default."""
    choice, name = case.design.choice(case.problem.section), case.problem.param
    if choice is None or name not in choice.params:
        return
    declared, given = _declared(case, choice.kind), choice.params[name]
    kept = {key: value for key, value in choice.params.items() if key != name}
    if name in declared:
        for text, value in _values(declared[name], given, case.names):
            if value != declared[name].default:
                yield _choose(case, text, choice.with_params({name: value}))
        text = f"Set {name} to its default, {said_value(declared[name].default)}"
    else:
        free = [key for key in declared if key not in kept]
        for near in nearest(name, free, most=2):
            yield _choose(case, f"Change {name} to {near}", replace(choice, params={**kept, near: given}))
        text = f"Remove {name}"
    yield _choose(case, text, replace(choice, params=kept))


def _rescaled(case: Case) -> Iterator[Remedy]:
    """Inputs between 0 and 1, or the usual loss of the task."""
    if case.design.data is not None:
        yield _choose(case, "Set normalize to minmax", case.design.data.with_params({"normalize": "minmax"}))
    usual = case.catalog.usual_loss(case.design.task)
    if usual is not None:
        yield Remedy(f"Choose {usual.kind}", partial(edit.set_loss, case.design, usual))


def _shares(case: Case) -> Iterator[Remedy]:
    """The shares of the held-out parts at their defaults: one of them, or both."""
    data = case.design.data
    if data is None:
        return
    declared = _declared(case, data.kind)
    for names in (("validation",), ("test",), ("validation", "test")):
        said = " and ".join(f"{name} to {said_value(declared[name].default)}" for name in names)
        kept = {name: value for name, value in data.params.items() if name not in names}
        yield _choose(case, f"Set {said}", replace(data, params=kept))


def _values(declared: Param, given: Value, names: Mapping[str, int | float]) -> Iterator[tuple[str, Value]]:
    """Values near the one that was given, and what a button says of them."""
    for value in allowed(declared, given, names):
        yield f"Set {declared.name} to {said_value(value)}", value
    if declared.numeric:
        for unknown in sorted(names_of(given) - names.keys())[:2]:
            for near in nearest(unknown, names, most=2):
                yield f"Change {unknown} to {near}", with_name(given, unknown, near)


def _what_is_there(case: Case) -> Iterator[Remedy]:
    """Names that are not there become those that are nearest, or are left out; a phase of none other goes with them."""
    chosen = case.design.training.phases
    lacking = [name for phase in chosen for name in phase.trains if not is_there(case.design, name)]
    if lacking and (near := nearest_name(case.design, lacking[0])):
        renamed = (
            replace(phase, trains=tuple(near if name == lacking[0] else name for name in phase.trains))
            for phase in chosen
        )
        yield Remedy(f"Change {lacking[0]} to {near}", partial(edit.set_phases, case.design, (*renamed,)))
    cut = (
        replace(phase, trains=tuple(name for name in phase.trains if name not in lacking)) for phase in chosen
    )
    kept = (new for new, old in zip(cut, chosen, strict=True) if new.trains or not old.trains)
    yield Remedy("Leave out what is not there", partial(edit.set_phases, case.design, (*kept,)))


def _all_learn(case: Case) -> Iterator[Remedy]:
    """Phases in which nothing would learn are left out, or let everything learn."""
    training, task = case.design.training, case.catalog.task_of(case.design)
    kept = [phase for phase in training.phases if learns(phase, case.traces, task)]
    if kept:
        shorter = training.with_values({"epochs": sum(phase.epochs for phase in kept)})
        rest = replace(shorter, phases=(*kept,))
        yield Remedy("Leave that phase out", partial(edit.set_training, case.design, rest))
    chosen = (phase if phase in kept else replace(phase, trains=()) for phase in training.phases)
    yield Remedy("Let everything learn in that phase", partial(edit.set_phases, case.design, (*chosen,)))


def _as_long(case: Case) -> Iterator[Remedy]:
    """The training as long as its phases, or without them."""
    training = case.design.training
    epochs = sum(phase.epochs for phase in training.phases)
    longer = training.with_values({"epochs": epochs})
    yield Remedy(f"Set epochs to {epochs:,}", partial(edit.set_training, case.design, longer))
    yield Remedy("Train without phases", partial(edit.set_phases, case.design, ()))


REMEDIES: dict[str, Remedies] = {
    "ND402": _other_task,
    "ND403": _unknown_data,
    "ND404": _unknown_task,
    "ND405": _setting,
    "ND406": _setting,
    "ND407": _shares,
    "ND421": _other_task,
    "ND424": _rescaled,
    "ND431": _unknown_loss,
    "ND432": _setting,
    "ND433": _other_loss,
    "ND434": _setting,
    "ND441": _unknown_augmentation,
    "ND442": _augmentation_setting,
    "ND443": _of_other_samples,
    "ND444": _without,
    "ND445": _mixed_already,
    "ND446": _without,
    "ND601": _unknown_optimizer,
    "ND602": _unknown_schedule,
    "ND603": _setting,
    "ND604": _setting,
    "ND605": _setting,
    "ND606": _setting,
    "ND611": _what_is_there,
    "ND612": _all_learn,
    "ND613": _as_long,
    "ND614": _setting,
    "ND615": _setting,
    "ND620": _setting,
}
