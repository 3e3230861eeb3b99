"""What may help where a node cannot use the weights of another one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from netdesigner.checks.remedies.case import Case, Remedies, Remedy
from netdesigner.checks.ties import owner_of
from netdesigner.document import edit
from netdesigner.document.spelling import nearest

__all__ = ["REMEDIES"]


def _tie(case: Case, node_id: str, tied: str) -> Remedy:
    text = f"Use the weights of {tied} at {node_id}" if tied else f"Give {node_id} weights of its own"
    return Remedy(text, partial(edit.set_tied, case.design, case.scope, node_id, tied))


def _own(case: Case) -> Iterator[Remedy]:
    yield _tie(case, case.problem.node, "")


def _missing(case: Case) -> Iterator[Remedy]:
    """The nodes that are called most like it, or weights of its own."""
    others = [node_id for node_id in case.graph.nodes if node_id != case.problem.node]
    for node_id in nearest(case.node.tied, others):
        yield _tie(case, case.problem.node, node_id)
    yield from _own(case)


def _circle(case: Case) -> Iterator[Remedy]:
    for node_id in case.problem.path:
        yield _tie(case, node_id, "")


def _other_frozen(case: Case) -> Iterator[Remedy]:
    """Both frozen, none frozen, or weights of its own."""
    owner, node_id = owner_of(case.graph.nodes, case.problem.node), case.problem.node
    freeze = partial(edit.set_frozen, case.design, case.scope)
    yield Remedy(f"Freeze {owner}", partial(freeze, [owner], frozen=True))
    yield Remedy(f"Let training change {node_id}", partial(freeze, [node_id], frozen=False))
    yield from _own(case)


def _unlike(case: Case) -> Iterator[Remedy]:
    """The parameters that tell the shapes taken over from the other node, or weights of its own."""
    node_id, tied = case.problem.node, case.node.tied
    mine, theirs = case.layer(node_id), case.layer(tied)
    if mine is not None and theirs is not None and type(mine) is type(theirs):
        wanted = theirs.values()
        differing = {name: wanted[name] for name, value in mine.values().items() if value != wanted[name]}
        for name, value in differing.items():
            yield case.set_params(node_id, {name: value})
        if len(differing) > 1:
            yield case.set_params(node_id, differing)
    elif mine is not None and theirs is not None:
        yield from _of_shape(case, node_id, tied)
    yield from _own(case)


def _of_shape(case: Case, node_id: str, tied: str) -> Iterator[Remedy]:
    """The numbers of a node that are lengths of its weight set to those of another node's."""
    layers = [(case.layer(each), case.trace.nodes[each].inputs) for each in (node_id, tied)]
    (mine, wanted) = (layer.weights(*inputs) if layer is not None else {} for layer, inputs in layers)
    layer = layers[0][0]
    for name in mine.keys() & wanted.keys():
        lengths = dict(zip(mine[name], wanted[name], strict=False))
        values = layer.values().items() if layer is not None else ()
        changes = {key: lengths[value] for key, value in values if lengths.get(value, value) != value}
        if changes:
            yield case.set_params(node_id, changes)


def _bypassed(case: Case) -> Iterator[Remedy]:
    """The other node taken into the network again, or weights of its own."""
    tied = case.node.tied
    yield Remedy(
        f"Switch the bypass of {tied} off",
        partial(edit.set_bypassed, case.design, case.scope, [tied], bypassed=False),
    )
    yield from _own(case)


REMEDIES: dict[str, Remedies] = {
    "ND116": _missing,
    "ND117": _circle,
    "ND118": _own,
    "ND119": _other_frozen,
    "ND122": _bypassed,
    "ND306": _unlike,
}
