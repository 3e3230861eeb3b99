"""What is wrong with the phases of a training."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from netdesigner.checks.codes import found
from netdesigner.checks.parameters import RATE, Names
from netdesigner.checks.report import Problem, Trace, TracedNode
from netdesigner.checks.wording import count, quoted
from netdesigner.document.design import Design, Phase
from netdesigner.document.phases import below, is_there
from netdesigner.document.spelling import nearest
from netdesigner.errors import ParameterError
from netdesigner.parts.part import resolve
from netdesigner.parts.task import Task
from netdesigner.parts.training_settings import TrainingSettings

__all__ = ["EPOCHS", "can_learn", "learns", "nearest_name", "phases"]

EPOCHS = next(declared for declared in TrainingSettings.params() if declared.name == "epochs")


def phases(design: Design, traces: Mapping[str, Trace], names: Names, task: Task | None) -> Iterator[Problem]:
    """What is wrong with each phase, and with all of them together.

    Args:
        design: the design.
        traces: by network, what flows through it.
        names: the variables that expressions may use.
        task: what is learned; None while that is unknown.
    """
    chosen = design.training.phases
    for number, phase in enumerate(chosen, 1):
        where = f"training: phases: phase {number}"
        yield from _out_of_range(where, phase)
        unknown = [name for name in phase.trains if not is_there(design, name)]
        for name in unknown:
            near = nearest_name(design, name)
            hint = f"; did you mean `{near}`?" if near else ""
            yield found("ND611", f"{where} trains `{name}`, which is not there{hint}", param="phases")
        if not unknown and not learns(phase, traces, task):
            why = "which has no weights that training could change"
            if task is not None and _still(task).issuperset(name.partition(".")[0] for name in phase.trains):
                why = f"which {task.label()} leaves as it is"
            yield found("ND612", f"{where} trains {quoted(phase.trains)}, {why}", param="phases")
    if chosen:
        yield from _lengths(design, names)


def nearest_name(design: Design, name: str) -> str:
    """What may be meant by the name of something that is not there, or "": in the same place, or a node by its id."""
    around, _, last = name.rpartition(".")
    inside = (inner for network in design.networks for inner in below(design, network))
    beside = (around and below(design, around)) or (*design.networks, *inside)
    by_last = {other.rpartition(".")[2]: other for other in beside}
    near = nearest(last, by_last, most=1)
    return by_last[near[0]] if near else ""


def learns(phase: Phase, traces: Mapping[str, Trace], task: Task | None) -> bool:
    """Whether something learns in a phase; arguments as of `phases`."""
    still = _still(task) if task is not None else ()
    return not phase.trains or any(can_learn(traces, name, still) for name in phase.trains)


def _still(task: Task) -> frozenset[str]:
    """The networks of a task that stay as they are, which are in no turn."""
    return frozenset(task.roles).difference(*(turn.roles for turn in task.turns()))


def can_learn(traces: Mapping[str, Trace], name: str, still: Collection[str] = ()) -> bool:
    """Whether what a phase names has weights that training may change; so long as nobody knows, it has.

    Args:
        traces: by network, what flows through it.
        name: of a network or of one of its nodes.
        still: networks that stay as they are.
    """
    network, *ids = name.split(".")
    if network in still:
        return False
    nodes = traces[network].nodes if network in traces else {}
    for node_id in ids:
        if not nodes:
            return True
        if node_id not in nodes or not _may_learn(node := nodes[node_id]):
            return False
        nodes = node.inner[0].nodes if node.inner else {}
    return bool(ids) or not nodes or any(map(_may_learn, nodes.values()))


def _may_learn(node: TracedNode) -> bool:
    return bool(node.cost.trainable) or (node.outputs is None and not node.bypassed)


def _out_of_range(where: str, phase: Phase) -> Iterator[Problem]:
    for declared, value in ((EPOCHS, phase.epochs), (RATE, phase.rate)):
        try:
            declared.check(value)
        except ParameterError as error:
            yield found("ND603", f"{where}: {error}", param="phases")


def _lengths(design: Design, names: Names) -> Iterator[Problem]:
    """Whether the phases are as long as the training."""
    values = {name: value for name, value in design.training.values.items() if name == "epochs"}
    try:
        epochs = int(TrainingSettings(**resolve(TrainingSettings, values, names)).epochs)
    except ParameterError:
        return
    lengths = [phase.epochs for phase in design.training.phases]
    if sum(lengths) == epochs:
        return
    late = next((n for n in range(1, len(lengths)) if sum(lengths[:n]) >= epochs), 0)
    then = f"phase {late + 1} never begins" if late else "the last phase lasts until the training is over"
    text = f"training: phases: together they last {count(sum(lengths), 'epoch')}, the training {epochs:,}; {then}"
    yield found("ND613", text, param="phases")
