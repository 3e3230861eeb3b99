"""Whether networks, data and task suit each other: shapes of samples, number of classes, types, roles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from netdesigner.checks.codes import found
from netdesigner.checks.report import Problem, Trace, TracedNode
from netdesigner.checks.walk import Walk, spec_at
from netdesigner.checks.wording import count, listed, one_line, quoted
from netdesigner.document.design import Design
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.given import Given
from netdesigner.parts.layer import Cost, Layer
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.task import Task
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["answers", "fit", "given", "misfits_at", "scaled"]

_OTHER_DATA = "ND421"


def fit(
    design: Design, catalog: Catalog, data: DataSpec | None, networks: Mapping[str, Walk]
) -> Iterator[Problem]:
    """What keeps the design from being trained although its networks are sound.

    Args:
        design: the design.
        catalog: where tasks are found.
        data: what samples look like, None while that is unknown.
        networks: by name, the walks through the networks.
    """
    task = catalog.task_of(design)
    if task is not None and len(task.roles) > 1:
        yield from _roles(task, networks)
        players = {role: networks[role] for role in task.roles if role in networks}
        turns = [turn.roles for turn in task.turns()]
    else:
        player = _player(task, networks)
        players = {player: networks[player]} if player is not None else {}
        turns = [tuple(players)]
        if player is None:
            yield from _nobody(task, networks)
    yield from _several_outputs(
        {name: walk for name, walk in networks.items() if task is None or name not in players}
    )
    for name, walk in players.items() if data is not None or design.data is not None else ():
        yield from _inputs(name, walk, given(task, name, data), task)
    for roles in turns:
        yield from _all_frozen({role: players[role] for role in roles if role in players})
    if task is not None:
        for name, walk in players.items():
            yield from _mixing(name, walk, task)
        yield from _outputs(players, scaled(design, catalog, data), task)


def given(task: Task | None, role: str, data: DataSpec | None) -> tuple[Given, ...]:
    """What a network is given, a tensor for each of its Inputs; a sample where no task says more."""
    return (task or Task()).given_to(role, data)


def scaled(design: Design, catalog: Catalog, data: DataSpec | None) -> DataSpec | None:
    """What samples look like once the design's data set has scaled them; as they were given where it has none."""
    dataset = catalog.dataset_of(design)
    return dataset.scaled(data) if data is not None and dataset is not None else data


# ------------------------------------------------------------------------------------------------------ roles


def _player(task: Task | None, networks: Mapping[str, Walk]) -> str | None:
    """The network that is trained, where a task trains one."""
    if len(networks) == 1:
        return next(iter(networks))
    role = task.roles[0] if task is not None else "network"
    return role if role in networks else None


def _nobody(task: Task | None, networks: Mapping[str, Walk]) -> Iterator[Problem]:
    if task is not None and networks:
        text = f"{task.label()} trains one network and the design has {quoted(list(networks))}"
        text += f"; call the one to train `{task.roles[0]}`"
        yield found("ND414", text)


def _roles(task: Task, networks: Mapping[str, Walk]) -> Iterator[Problem]:
    lacking = [role for role in task.roles if role not in networks]
    if lacking:
        text = (
            f"{task.label()} needs networks called {quoted(task.roles)}; "
            f"{quoted(lacking)} {'is' if len(lacking) == 1 else 'are'} missing, the design has {quoted(list(networks))}"
        )
        yield found("ND414", text)


def _several_outputs(networks: Mapping[str, Walk]) -> Iterator[Problem]:
    for name, walk in networks.items():
        ids = answers(walk.trace)
        if len(ids) > 1:
            yield found("ND112", f"network `{name}` has {len(ids)} Outputs, {quoted(ids)}", name, ids[1])


# ------------------------------------------------------------------------------------------ the trained network


def _all_frozen(trained: Mapping[str, Walk]) -> Iterator[Problem]:
    """Whether there are weights and none of them may be changed."""
    cost = Cost.total(walk.cost for walk in trained.values())
    if not cost.frozen or cost.trainable or not all(map(_is_known, trained.values())):
        return
    for name, walk in trained.items():
        first = next((n for n, traced in walk.trace.nodes.items() if traced.cost.frozen), None)
        if first is not None:
            text = f"all {cost.parameters:,} weights of network `{name}` are frozen, so there is nothing to train"
            yield found("ND408", text, name, first)


def _is_known(walk: Walk) -> bool:
    return all(traced.outputs is not None or traced.bypassed for traced in walk.trace.nodes.values())


def _inputs(name: str, walk: Walk, given: Sequence[Given], task: Task | None) -> Iterator[Problem]:
    ids = walk.trace.inputs
    yield from _number_of_inputs(name, ids, given, task)
    for node_id, tensor in zip(ids, given, strict=False):
        traced = walk.trace.nodes.get(node_id)
        outputs = traced.outputs if traced is not None else None
        if tensor.noise and outputs and not (outputs[0].is_float and outputs[0].symbols() == {BATCH}):
            text = f"`{node_id}` takes {outputs[0]}, and {tensor.what} is floating-point numbers of a fixed shape"
            yield found("ND415", text, name, node_id)
        if tensor.spec is None or not outputs:
            continue
        takes, gets = outputs[0], tensor.spec
        if not _takes_shape(takes, gets):
            shapes = [TensorSpec(spec.shape) for spec in (takes, gets)]
            text = f"`{node_id}` takes {shapes[0]}, and {tensor.what} is {shapes[1]}"
            yield found("ND410", text, name, node_id)
        if takes.dtype != gets.dtype:
            text = f"`{node_id}` takes {takes.dtype}, and {tensor.what} is {gets.dtype}"
            yield found("ND411", text, name, node_id)


def _number_of_inputs(
    name: str, ids: Sequence[str], given: Sequence[Given], task: Task | None
) -> Iterator[Problem]:
    """Whether the network has an Input for each tensor that the task gives it; without a task that is not known."""
    has = f"network `{name}` has {count(len(ids), 'Input')}"
    if task is None or not ids:
        return
    if len(ids) > len(given):
        what = listed([tensor.what for tensor in given])
        of = what if len(given) == 1 else f"{task.label()} gives {what}, which"
        number = "is one tensor" if len(given) == 1 else f"are {len(given)} tensors"
        yield found("ND412", f"{of} {number}, and {has}, {quoted(ids)}", name, ids[len(given)])
    lacking = [tensor.what for tensor in given[len(ids) :] if not tensor.optional]
    if lacking:
        text = f"{task.label()} also gives {listed(lacking)}, and {has}, {quoted(ids)}"
        yield found("ND416", text, name, ids[-1])


def _takes_shape(takes: TensorSpec, gets: TensorSpec) -> bool:
    """Whether every length is the same, or free where the Input says so."""
    return takes.rank == gets.rank and all(
        isinstance(mine, str) or mine == theirs for mine, theirs in zip(takes.shape, gets.shape, strict=True)
    )


def _outputs(players: Mapping[str, Walk], data: DataSpec | None, task: Task) -> Iterator[Problem]:
    traces = {name: walk.trace for name, walk in players.items()}
    for name, walk in players.items():
        ids = answers(walk.trace)
        if ids and len(ids) != task.compares:
            yield _miscounted(name, ids, task)
        elif data is not None:
            for node_id in ids:
                misfits = misfits_at(task, traces, (name, node_id), data, last_kind(walk, node_id))
                yield from (_problem(misfit, name, node_id) for misfit in misfits)
                if any(misfit.code == _OTHER_DATA for misfit in misfits):
                    break  # which is said of the data, and once is enough


def _mixing(name: str, walk: Walk, task: Task) -> Iterator[Problem]:
    """Layers that mix the samples of a batch, in a network where the task keeps them apart."""
    why = task.why_apart(name)
    for node_id, node in walk.trace.nodes.items() if why else ():
        mixing = _first_mixing(node)
        if mixing is not None:
            inside = "" if mixing is node.layer else " inside it"
            text = f"`{node_id}`: {mixing.label()}{inside} mixes the samples of a batch, and {why}"
            yield found("ND418", text, name, node_id)


def _first_mixing(node: TracedNode) -> Layer | None:
    """The first layer of a node, looked for in its blocks too, that mixes samples."""
    if node.bypassed:
        return None
    if node.layer is not None:
        return node.layer if node.layer.mixes_samples else None
    inner = (_first_mixing(other) for trace in node.inner[:1] for other in trace.nodes.values())
    return next((layer for layer in inner if layer is not None), None)


def _miscounted(name: str, ids: tuple[str, ...], task: Task) -> Problem:
    """More or fewer Outputs than the task compares, at the first that is too many, or at the last there is."""
    has = f"network `{name}` has {count(len(ids), 'Output')}, {quoted(ids)}"
    text = f"{task.label()} compares {count(task.compares, 'output')} with the target, and {has}"
    if len(ids) > task.compares:
        return found("ND413", text, name, ids[task.compares])
    return found("ND417", text, name, ids[-1])


def _problem(misfit: Misfit, name: str, node_id: str) -> Problem:
    if misfit.param:
        return found(misfit.code, misfit.message, param=misfit.param)
    return Problem(misfit.code, misfit.severity, one_line(f"`{node_id}`: {misfit.message}"), name, node_id)


def misfits_at(
    task: Task, traces: Mapping[str, Trace], at: tuple[str, str], data: DataSpec, last_kind: str
) -> tuple[Misfit, ...]:
    """Why an Output cannot be trained; empty where it can, or while it is not known.

    Args:
        task: what is learned.
        traces: by name what flows through the networks; one whose only output is known may say what others must be.
        at: the network and its Output.
        data: what samples look like once they are scaled.
        last_kind: the kind of the layer that feeds the Output.
    """
    outputs = {}
    for name, trace in traces.items():
        ids = at[1:] if name == at[0] else answers(trace)
        node = trace.nodes.get(ids[0]) if len(ids) == 1 else None
        if node is not None and node.outputs:
            outputs[name] = node.outputs[0]
    return tuple(task.role_misfits(at[0], outputs, data, last_kind)) if at[0] in outputs else ()


def answers(trace: Trace) -> tuple[str, ...]:
    """The Outputs that could be compared with a target; those of one number without a batch axis only if there is none.

    An Output that is not known yet is taken for one.
    """
    single = {node_id for node_id in trace.outputs if _is_one_number(trace.nodes.get(node_id))}
    return tuple(node_id for node_id in trace.outputs if node_id not in single) or trace.outputs[:1]


def _is_one_number(node: TracedNode | None) -> bool:
    outputs = node.outputs if node is not None else None
    return outputs is not None and [spec.rank for spec in outputs] == [0] and outputs[0].is_float


def last_kind(walk: Walk, output_id: str) -> str:
    """The kind of the layer that feeds an Output, looked up inside blocks; "" where there is none.

    Of an Output that stands on a loop nothing was found out.
    """
    if output_id not in walk.trace.nodes:
        return ""
    source = walk.trace.nodes[output_id].sources[0]
    while source is not None and spec_at(walk.found, source) is not None:
        item = walk.found[source[0]]
        node = walk.wiring.graph.nodes[source[0]]
        if node.kind == "Output":
            source = item.traced.sources[0]
        elif not node.block:
            return node.kind
        else:
            walk = item.inner[-1]
            source = walk.found[walk.trace.outputs[source[1]]].traced.sources[0]
    return ""
