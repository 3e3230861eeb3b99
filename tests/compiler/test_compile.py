from __future__ import annotations

from dataclasses import replace

import pytest
from torch import nn

from netdesigner.checks import check
from netdesigner.compiler import compile_design
from netdesigner.document import Network, is_identifier
from netdesigner.errors import CompileError
from tests.compiler.designs import CATALOG, DESIGNS, Sketch
from tests.compiler.troubles import BAD_CATALOG, with_bad


@pytest.mark.parametrize("name", DESIGNS)
def test_inputs_and_outputs_are_named_as_their_nodes(name: str) -> None:
    found = compile_design(DESIGNS[name], CATALOG)
    graph = DESIGNS[name].networks["main"].graph
    assert tuple(node_id for node_id, _ in found.inputs) == graph.ids_of("Input")
    assert tuple(node_id for node_id, _ in found.outputs) == graph.ids_of("Output")


@pytest.mark.parametrize("name", DESIGNS)
def test_parameters_are_as_many_as_the_checks_counted(name: str) -> None:
    design = DESIGNS[name]
    found = compile_design(design, CATALOG)
    unread = found.trace.nodes["unread"].cost.parameters if "unread" in found.trace.nodes else 0
    counted = check(design, CATALOG).traces["main"].cost.parameters - unread
    assert sum(parameter.numel() for parameter in found.module.parameters()) == counted


def test_a_design_with_errors_is_refused_with_the_first() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(1, 8, 8))
    x = net("Conv2d", x, name="conv", kernel_size=9)
    x = net("Conv2d", x, name="after", kernel_size=9)
    net("Output", x, name="y")
    net("BatchNorm2d", name="alone")
    with pytest.raises(CompileError, match=r"^(conv|alone): .* \(and 1 more error\)$"):
        compile_design(net.design(), CATALOG)


def test_errors_in_another_network_do_not_matter() -> None:
    good = DESIGNS["mlp"]
    design = replace(good, networks={**good.networks, "broken": Network()})
    assert check(design, CATALOG).errors
    assert compile_design(design, CATALOG, "main").network == "main"
    with pytest.raises(CompileError):
        compile_design(design, CATALOG, "broken")


def test_errors_in_a_block_that_is_used_matter() -> None:
    good = DESIGNS["residual"]
    block = good.blocks["residual"]
    edges = tuple(edge for edge in block.graph.edges if edge.target != "norm1")
    broken = replace(block, graph=replace(block.graph, edges=edges))
    with pytest.raises(CompileError, match="norm1"):
        compile_design(replace(good, blocks={"residual": broken}), CATALOG)


def test_an_unknown_network_is_named() -> None:
    with pytest.raises(CompileError, match="no network 'other'; it has main"):
        compile_design(DESIGNS["mlp"], CATALOG, "other")


def test_a_layer_that_cannot_be_built_is_named_with_its_path() -> None:
    with pytest.raises(
        CompileError, match=r"^stage\.0\.bad: Unbuildable cannot be built: torch says no$"
    ) as caught:
        compile_design(with_bad("Unbuildable"), BAD_CATALOG)
    assert caught.value.node == "stage.0.bad"


def test_no_node_can_be_called_as_something_a_module_has() -> None:
    taken = [name for name in dir(nn.Module()) if not name.startswith("_") and is_identifier(name)]
    assert taken == []
