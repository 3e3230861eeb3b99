"""What is wrong with the phases of a training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netdesigner.checks.codes import found
from netdesigner.checks.parameters import RATE, Names
from netdesigner.checks.report import Problem, Trace, TracedNode
from netdesigner.checks.wording import count, quoted
from netdesigner.document.design import Design, Phase
from netdesigner.document.spelling import nearest
from netdesigner.errors import ParameterError
from netdesigner.parts.part import resolve
from netdesigner.parts.training_settings import TrainingSettings

__all__ = ["EPOCHS", "can_learn", "named_in_phases", "phases"]

EPOCHS = next(declared for declared in TrainingSettings.params() if declared.name == "epochs")


def phases(design: Design, traces: Mapping[str, Trace], names: Names) -> Iterator[Problem]:
    """What is wrong with each phase, and with all of them together.

    Args:
        design: the design.
        traces: by network, what flows through it.
        names: the variables that expressions may use.
    """
    known, chosen = named_in_phases(design), design.training.phases
    for number, phase in enumerate(chosen, 1):
        where = f"training: phases: phase {number}"
        yield from _out_of_range(where, phase)
        unknown = [name for name in phase.trains if name not in known]
        for name in unknown:
            near = nearest(name, known)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            yield found("ND611", f"{where} trains `{name}`, which is not there{hint}", param="phases")
        if phase.trains and not unknown and not any(can_learn(traces, name) for name in phase.trains):
            text = f"{where} trains {quoted(phase.trains)}, which has no weights that training could change"
            yield found("ND612", text, param="phases")
    if chosen:
        yield from _lengths(design, names)


def named_in_phases(design: Design) -> tuple[str, ...]:
    """What a phase may name, in the order of the design: networks, and their nodes as `NETWORK.NODE`."""
    return tuple(
        name
        for network, place in design.networks.items()
        for name in (network, *(f"{network}.{node_id}" for node_id in place.graph.nodes))
    )


def can_learn(traces: Mapping[str, Trace], name: str) -> bool:
    """Whether what a phase names has weights that training may change; so long as nobody knows, it has."""
    network, _, node_id = name.partition(".")
    nodes = traces[network].nodes if network in traces else {}
    asked = [nodes[node_id]] if node_id in nodes else [] if node_id else nodes.values()
    return not nodes or any(_may_learn(node) for node in asked)


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
