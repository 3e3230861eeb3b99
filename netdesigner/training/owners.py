"""Which node of a design each weight of a network belongs to, and how fast that node is to learn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from torch import nn

from netdesigner.document.design import Block, Design, Network, Node

__all__ = ["Owner", "nodes_along", "owners_of"]


class Owner(NamedTuple):
    """Where a weight belongs.

    Attributes:
        network: the name of the network in the design.
        node: the node of it, behind the instances of blocks around it, `INSTANCE.NODE`; "" of a module that the design
            does not know.
        rate: what the learning rate is multiplied with: the rate of that node times those of the nodes inside it on
            the way to the weight.
    """

    network: str
    node: str
    rate: float = 1.0


def owners_of(
    design: Design, names: Mapping[str, str], modules: Mapping[str, nn.Module]
) -> dict[nn.Parameter, Owner]:
    """The owner of each parameter, in the order of the networks.

    A weight that several nodes use belongs to the one that has it, and not to those that are tied to that.

    Args:
        design: what the networks were made from.
        names: by role, the name of the network in the design.
        modules: by role, the networks.
    """
    found: dict[nn.Parameter, Owner] = {}
    lent: set[nn.Parameter] = set()
    for role, module in modules.items():
        for name, parameter in module.named_parameters(remove_duplicate=False):
            owner, tied = _owner(design, names[role], name)
            if parameter not in found or (parameter in lent and not tied):
                found[parameter] = owner
                (lent.add if tied else lent.discard)(parameter)
    return found


def _owner(design: Design, network: str, name: str) -> tuple[Owner, bool]:
    """Where a weight of this name belongs, and whether a node on the way to it is tied to another."""
    way, rate, tied = list[str](), 1.0, False
    for node_id, node in nodes_along(design, network, name):
        way.append(node_id)
        rate, tied = rate * node.rate, tied or bool(node.tied)
    return Owner(network, ".".join(way), rate), tied


def nodes_along(design: Design, network: str, name: str) -> Iterator[tuple[str, Node]]:
    """The node that a module or weight belongs to, after those of the blocks around it, each with its id.

    Args:
        design: what the network was made from.
        network: its name in the design.
        name: of the module or weight in the compiled network; what of it the design does not know gives no node.
    """
    place: Network | Block | None = design.networks.get(network)
    words = name.split(".")
    while place is not None and words and words[0] in place.graph.nodes:
        node_id = words.pop(0)
        node = place.graph.nodes[node_id]
        yield node_id, node
        if words and words[0].isdigit():
            words.pop(0)
        place = design.blocks.get(node.block) if node.block else None
