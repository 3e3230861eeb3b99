"""What may help where networks, data and task do not suit each other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from netdesigner.checks.fit import given, misfits_at, scaled
from netdesigner.checks.remedies.case import Case, Remedies, Remedy
from netdesigner.checks.remedies.structure import input_params
from netdesigner.document import edit
from netdesigner.document.design import Choice, Design, Edge, Point, Scope, Value
from netdesigner.parts.given import Given
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["REMEDIES"]

_SIZES = ("out_features", "out_channels")
_ROW_PX = 120.0
"""How far below a node another one is put."""


def _given(case: Case) -> Sequence[Given]:
    """What the task gives the network, in the order of its Inputs."""
    return given(case.task, case.scope, case.data)


def _like_given(case: Case) -> Iterator[Remedy]:
    """The Input set to the shape and type of what it is given."""
    at, tensors = case.trace.inputs.index(case.problem.node), _given(case)
    spec = tensors[at].spec if at < len(tensors) else None
    if spec is None:
        return
    node = case.node
    kept = {key: value for key, value in node.params.items() if key not in ("shape", "axes", "dtype")}
    params = {**kept, **input_params(spec)}
    text = f"Set {case.problem.node} to {spec}"
    yield Remedy(text, lambda: case.with_node(replace(node, params=params)))


def _lacking_input(case: Case) -> Iterator[Remedy]:
    """The next Input that the task has a tensor for, below the last."""
    at, tensors = len(case.trace.inputs), _given(case)
    spec = tensors[at].spec if at < len(tensors) else None
    if spec is not None and case.knows("Input"):
        x, y = case.at(case.problem.node)
        text = f"Add Input {spec} for {tensors[at].what}"
        yield Remedy(text, partial(_with_input, case, (x, y + _ROW_PX), input_params(spec)))


def _with_input(case: Case, at: Point, params: Mapping[str, Value]) -> Design:
    return edit.add_node(case.design, case.scope, "Input", at, params)[0]


def _surplus_input(case: Case) -> Iterator[Remedy]:
    """An Input removed that the network can do without."""
    for name in reversed(case.graph.ids_of("Input")):
        yield Remedy(f"Remove {name}", partial(edit.remove_nodes, case.design, case.scope, [name]))


def _roles(case: Case) -> Iterator[Remedy]:
    """A network called by the name of the role that nobody plays."""
    task = case.design.task
    part = case.catalog.tasks.get(task.kind) if task is not None else None
    lacking = [role for role in (part.roles if part is not None else ()) if role not in case.design.networks]
    for role in lacking[:1]:
        free = [name for name in case.design.networks if part is not None and name not in part.roles]
        for name in free[:3]:
            yield Remedy(f"Call network {name} {role}", partial(_renamed, case.design, name, role))


def _renamed(design: Design, old: str, new: str) -> Design:
    return replace(
        design, networks={new if name == old else name: net for name, net in design.networks.items()}
    )


# ------------------------------------------------------------------------------------------------ the output


def _misfit_of(case: Case) -> Misfit | None:
    """What the task said, with what mends it."""
    data = scaled(case.design, case.catalog, case.data)
    if case.task is None or data is None or case.scope not in case.design.networks:
        return None
    traces = {name: case.traces[name] for name in case.design.networks}
    found = misfits_at(case.task, traces, (case.scope, case.problem.node), data, _last_kind(case))
    return next((misfit for misfit in found if misfit.code == case.problem.code), None)


def _last_kind(case: Case) -> str:
    wires = case.wires_in(case.problem.node)
    return case.graph.nodes[wires[0].source].kind if wires else ""


def _output(case: Case) -> Iterator[Remedy]:
    """Another last layer, its size, axes merged before it, or layers before the Output that give the right shape."""
    misfit = _misfit_of(case)
    if misfit is None:
        return
    wires = case.wires_in(case.problem.node)
    row = _row(case)
    if wires:
        yield from _last(case, wires[0], misfit)
    if misfit.loss in case.catalog.losses:
        yield Remedy(f"Choose {misfit.loss}", partial(edit.set_loss, case.design, Choice(misfit.loss)))
    if wires and misfit.axis == 1:
        yield from _on_pixels(case, row, wires[0], misfit)
    elif misfit.features is not None and wires:
        yield from _sized(case, row, misfit.features)
        yield from _flattened(case, row, misfit.features)
        yield from _appended(case, wires[0], misfit.features)
        yield from _kept_apart(case, row)
    if misfit.shape is not None and wires:
        yield from _shaped(case, wires[0], row, misfit.shape)


def _last(case: Case, wire: Edge, misfit: Misfit) -> Iterator[Remedy]:
    """The last layer taken out, another in its place, or another behind it."""
    kind, old = misfit.add_last, wire.source
    along = misfit.axis != -1 and case.knows(kind) and "dim" in case.catalog.layers[kind].declared
    params = {"dim": misfit.axis} if along else {}
    if misfit.halve_last:
        yield from _halves(case, wire, kind)
    elif misfit.drop_last and not kind:
        yield case.remove(old)
    elif misfit.drop_last and case.knows(kind):
        yield Remedy(f"Put {kind} in place of {old}", partial(_in_place, case, wire, kind, params))
    elif kind:
        yield from case.insert(wire, kind, params)


def _in_place(case: Case, wire: Edge, kind: str, params: Mapping[str, Value]) -> Design:
    design, _ = case.inserted(case.design, wire, kind, params)
    return edit.remove_nodes(design, case.scope, [wire.source], reconnect=True)


def _halves(case: Case, wire: Edge, kind: str) -> Iterator[Remedy]:
    """Two layers side by side in place of the last, each for half of its numbers, one with another layer behind it."""
    layer, feeds = case.layer(wire.source), case.wires_in(wire.source)
    features = layer.values().get("out_features") if layer is not None else None
    if case.knows(kind, "Concat") and len(feeds) == 1 and isinstance(features, int) and features % 2 == 0:
        text = f"Give the second half of {wire.source} a {kind}"
        yield Remedy(text, partial(_halved, case, feeds[0], wire, kind, features // 2))


def _halved(case: Case, feed: Edge, wire: Edge, kind: str, features: int) -> Design:
    scope, first = case.scope, wire.source
    design = edit.set_params(case.design, scope, first, {"out_features": features})
    node = design.graph(scope).nodes[first]
    (x, y), (u, v) = case.at(first), case.at(wire.target)
    design, second = edit.add_node(design, scope, node.kind, (x, y + _ROW_PX), node.params)
    design, last = edit.add_node(design, scope, kind, ((x + u) / 2, y + _ROW_PX))
    design, joint = edit.add_node(design, scope, "Concat", ((x + u) / 2, v))
    design = edit.insert_on_edge(design, scope, wire, joint, "inputs")
    design = edit.connect(design, scope, replace(feed, target=second))
    design = edit.connect(design, scope, replace(wire, source=second, target=last, target_port="input"))
    return edit.connect(design, scope, Edge(last, "output", joint, "inputs"), replacing=False)


def _row(case: Case) -> list[str]:
    """The nodes before the Output, the nearest first, as far as each has one wire in."""
    row: list[str] = []
    wires = case.wires_in(case.problem.node)
    while wires and len(row) < 200:
        row.append(wires[0].source)
        wires = case.wires_in(row[-1])
        if len(wires) != 1:
            break
    return row


def _sized(case: Case, row: list[str], features: int) -> Iterator[Remedy]:
    """The last layer that chooses the number of its outputs."""
    for node_id in row:
        layer = case.layer(node_id)
        for name in _SIZES:
            if layer is not None and name in layer.values():
                yield case.set_params(node_id, {name: features})
                return


def _on_pixels(case: Case, row: list[str], wire: Edge, misfit: Misfit) -> Iterator[Remedy]:
    """The channels of the output and the size of its pictures, by the layer that chooses them or by new ones."""
    if not case.knows("Conv2d", "Upsample"):
        return
    steps: Steps = (("Upsample", {"size": misfit.size}),) if misfit.size is not None else ()
    resized = "Upsample to {}×{}".format(*misfit.size) if misfit.size is not None else ""
    if misfit.features is None:
        if resized:
            yield Remedy(f"Insert {resized} before {wire.target}", partial(_inserted, case, wire, steps))
        return
    for sized in _sized(case, row, misfit.features):
        text = f"{sized.text} and insert {resized}" if resized else sized.text
        yield Remedy(text, partial(_sized_and_more, case, wire, steps, sized))
    new = ("Conv2d", {"out_channels": misfit.features, "kernel_size": 1})
    text = f"Conv2d of 1×1 and {resized}" if resized else "Conv2d of 1×1"
    yield Remedy(f"Insert {text} before {wire.target}", partial(_inserted, case, wire, (new, *steps)))


def _sized_and_more(case: Case, edge: Edge, steps: Steps, sized: Remedy) -> Design:
    return _inserted(case, edge, steps, sized.make())


def _flattened(case: Case, row: list[str], features: int) -> Iterator[Remedy]:
    """A Flatten before the layers that work on the last axis alone, the nearest to the Output first."""
    for node_id in row:
        wires = case.wires_in(node_id)
        layer = case.layer(node_id)
        if (
            not case.knows("Flatten", "Permute")
            or layer is None
            or "out_features" not in layer.values()
            or len(wires) != 1
        ):
            continue
        spec = case.spec(wires[0])
        if spec is None or spec.rank < 3:
            continue
        wire, steps = wires[0], _flat(spec)
        insertion = _insertion(case, wire, steps)
        yield insertion
        yield Remedy(
            f"{insertion.text} and set out_features to {features}",
            partial(_flat_and_sized, case, wire, steps, node_id, features),
        )


Steps = tuple[tuple[str, Mapping[str, Value]], ...]
"""Layers in a row, with their parameters."""


def _flat(spec: TensorSpec) -> Steps:
    """What makes one row of numbers of each sample, also where the batch stands second as in the states of an LSTM."""
    turned = (1, 0, *range(2, spec.rank))
    before: Steps = (("Permute", {"dims": turned}),) if BATCH in spec.shape[1:2] else ()
    return (*before, ("Flatten", {}))


def _said(steps: Steps) -> str:
    told = {"Permute": "dims", "Reshape": "shape"}
    *others, last = [f"{kind} {params[told[kind]]}" if kind in told else kind for kind, params in steps]
    return f"{', '.join(others)} and {last}" if others else last


def _insertion(case: Case, edge: Edge, steps: Steps) -> Remedy:
    return Remedy(f"Insert {_said(steps)} before {edge.target}", partial(_inserted, case, edge, steps))


def _inserted(case: Case, edge: Edge, steps: Steps, design: Design | None = None) -> Design:
    design = design or case.design
    for kind, params in steps:
        design, edge = case.inserted(design, edge, kind, params)
    return design


def _flat_and_sized(case: Case, edge: Edge, steps: Steps, node_id: str, features: int) -> Design:
    return edit.set_params(_inserted(case, edge, steps), case.scope, node_id, {"out_features": features})


def _appended(case: Case, edge: Edge, features: int) -> Iterator[Remedy]:
    """Layers before the Output."""
    spec = case.spec(edge)
    if spec is not None and spec.rank > 2 and case.knows("Flatten", "Permute", "Linear"):
        flat = _flat(spec)
        for steps in (flat, (*flat, ("Linear", {"out_features": features}))):
            yield _insertion(case, edge, steps)
    yield from case.insert(edge, "Linear", {"out_features": features})


def _kept_apart(case: Case, row: list[str]) -> Iterator[Remedy]:
    """A layer taken out that makes one answer of those at several places."""
    for node_id in row:
        into, out = case.wires_in(node_id), case.wires_out(node_id)
        before, after = (case.spec(wires[0]) if len(wires) == 1 else None for wires in (into, out))
        if before is not None and after is not None and before.rank > after.rank:
            yield case.remove(node_id)


def _shaped(case: Case, edge: Edge, row: list[str], shape: tuple[int, ...]) -> Iterator[Remedy]:
    """The last layer that chooses a length, or layers before the Output that give each sample another shape."""
    spec, count = case.spec(edge), math.prod(shape)
    for features in dict.fromkeys((shape[0], shape[-1])):
        yield from _sized(case, row, features)
    if spec is None or not case.knows("Flatten", "Permute", "Linear", "Reshape"):
        return
    last: Steps = (("Reshape", {"shape": shape}),)
    yield _insertion(case, edge, last)
    for sized in _sized(case, row, count):
        text = f"{sized.text} and insert {_said(last)} before {edge.target}"
        yield Remedy(text, partial(_sized_and_more, case, edge, last, sized))
    flat = _flat(spec) if spec.rank > 2 else ()
    yield _insertion(case, edge, (*flat, ("Linear", {"out_features": count}), *last))


def _frozen(case: Case) -> Iterator[Remedy]:
    """The last frozen node given to training, or all of them."""
    nodes = {
        (scope, node_id): case.trace.nodes.get(node_id) if scope == case.scope else None
        for scope in case.design.scopes()
        for node_id, node in case.design.graph(scope).nodes.items()
        if node.frozen
    }
    last = [n for (_, n), traced in nodes.items() if traced is not None and traced.cost.parameters][-1:]
    for node_id in last:
        yield Remedy(
            f"Let training change {node_id}",
            partial(edit.set_frozen, case.design, case.scope, [node_id], frozen=False),
        )
    yield Remedy("Let training change all nodes", partial(_thawed, case.design, [*nodes]))


def _thawed(design: Design, nodes: Sequence[tuple[Scope, str]]) -> Design:
    for scope, node_id in nodes:
        design = edit.set_frozen(design, scope, [node_id], frozen=False)
    return design


def _by_itself(case: Case) -> Iterator[Remedy]:
    """The layer replaced by one that looks at each sample alone; none where it lies in a block."""
    if case.node.block or not case.knows("GroupNorm"):
        return
    apart = replace(case.node, kind="GroupNorm", params={"num_groups": 1})
    yield Remedy(f"Make {case.problem.node} a GroupNorm of one group", lambda: case.with_node(apart))


REMEDIES: dict[str, Remedies] = {
    "ND408": _frozen,
    "ND410": _like_given,
    "ND411": _like_given,
    "ND412": _surplus_input,
    "ND414": _roles,
    "ND416": _lacking_input,
    "ND418": _by_itself,
    "ND420": _output,
    "ND422": _output,
    "ND423": _output,
    "ND425": _output,
}
