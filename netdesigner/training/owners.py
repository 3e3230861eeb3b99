"""Which node of a design each weight of a network belongs to, and how fast that node is to learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from torch import nn

from netdesigner.document.design import Block, Design, Network

__all__ = ["Owner", "owners_of"]


class Owner(NamedTuple):
    """Where a weight belongs.

    Attributes:
        network: the name of the network in the design.
        node: the node of it; "" of a module that the design does not know.
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
    place: Network | Block | None = design.networks.get(network)
    words, first, rate, tied = name.split("."), "", 1.0, False
    while place is not None and words and words[0] in place.graph.nodes:
        node_id = words.pop(0)
        node = place.graph.nodes[node_id]
        first, rate, tied = first or node_id, rate * node.rate, tied or bool(node.tied)
        if words and words[0].isdigit():
            words.pop(0)
        place = design.blocks.get(node.block) if node.block else None
    return Owner(network, first, rate), tied
