from __future__ import annotations

from dataclasses import replace

from torch import nn

from netdesigner.document import Block, Design, Graph, Network, Node
from netdesigner.training.owners import Owner, owners_of


def graph(**nodes: Node) -> Graph:
    return Graph(nodes)


DESIGN = Design(
    networks={
        "main": Network(
            graph(
                stem=Node("Linear", rate=0.1),
                body=Node("block:Pair", repeat=2, rate=0.5),
                head=Node("Linear"),
            )
        )
    },
    blocks={"Pair": Block(graph(one=Node("Linear", rate=0.2), other=Node("Linear")))},
)


def module() -> nn.Module:
    def pair() -> nn.Module:
        return nn.ModuleDict({"one": nn.Linear(1, 1, bias=False), "other": nn.Linear(1, 1, bias=False)})

    made = nn.Module()
    made.add_module("head", nn.Linear(1, 1))
    made.add_module("stem", nn.Linear(1, 1, bias=False))
    made.add_module("body", nn.ModuleDict({"0": pair(), "1": pair()}))
    return made


def by_name(design: Design, made: nn.Module) -> dict[str, Owner]:
    owners = owners_of(design, {"network": "main"}, {"network": made})
    return {name: owners[parameter] for name, parameter in made.named_parameters()}


def test_the_rates_on_the_way_to_a_weight_multiply() -> None:
    assert by_name(DESIGN, module()) == {
        "head.weight": Owner("main", "head", 1.0),
        "head.bias": Owner("main", "head", 1.0),
        "stem.weight": Owner("main", "stem", 0.1),
        "body.0.one.weight": Owner("main", "body.one", 0.1),
        "body.0.other.weight": Owner("main", "body.other", 0.5),
        "body.1.one.weight": Owner("main", "body.one", 0.1),
        "body.1.other.weight": Owner("main", "body.other", 0.5),
    }


def test_a_weight_that_two_nodes_use_belongs_to_the_one_that_has_it() -> None:
    made = module()
    made.head.weight = made.stem.weight  # the head comes first in the module
    main = DESIGN.networks["main"]
    nodes = {**main.graph.nodes, "head": Node("Linear", tied="stem", rate=7.0)}
    tied = replace(DESIGN, networks={"main": replace(main, graph=Graph(nodes))})
    owners = by_name(tied, made)
    assert owners["head.weight"] == Owner("main", "stem", 0.1)
    assert owners["head.bias"] == Owner("main", "head", 7.0)


def test_a_module_that_the_design_does_not_know_has_no_node() -> None:
    assert by_name(Design(), nn.Sequential(nn.Linear(1, 1, bias=False))) == {
        "0.weight": Owner("main", "", 1.0)
    }
