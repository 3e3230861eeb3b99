from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from torch import nn

from netdesigner.checks import check
from netdesigner.compiler import compile_design, probe
from netdesigner.document import Design, Network, is_identifier
from netdesigner.errors import CompileError
from netdesigner.parts import Layer, TensorSpec
from netdesigner.parts.layer import Example
from tests.compiler.designs import CATALOG, DESIGNS, Sketch


@dataclass(frozen=True, kw_only=True)
class Unbuildable(Layer):
    """A layer that the checks like and torch does not."""

    kind: ClassVar[str] = "Unbuildable"
    examples: ClassVar[tuple[Example, ...]] = ()

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return self.need(specs[0])

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        raise ValueError("torch says no\nat great length")


class Fails(nn.Module):
    def forward(self, value: Any) -> Any:
        raise IndexError("out of range\nmore")


@dataclass(frozen=True, kw_only=True)
class Uncallable(Unbuildable):
    """A layer that can be built and not run."""

    kind: ClassVar[str] = "Uncallable"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        return Fails()


BAD_CATALOG = replace(
    CATALOG, layers={**CATALOG.layers, "Unbuildable": Unbuildable, "Uncallable": Uncallable}
)


def with_bad(kind: str) -> Design:
    """The bad layer, in the second repetition's block of a network."""
    inner = Sketch()
    x = inner("Input", name="x")
    inner.nodes["bad"] = replace(inner.nodes[x], kind=kind)
    inner.edges = []
    from netdesigner.document import Block, Edge

    inner.edges.append(Edge("x", "output", "bad", "input"))
    inner.nodes["y"] = replace(inner.nodes[x], kind="Output")
    inner.edges.append(Edge("bad", "output", "y", "input"))
    net = Sketch({"worse": Block(inner.graph())})
    x = net("Input", name="image", shape=(4,))
    x = net("block:worse", x, name="stage", repeat=2)
    net("Output", x, name="out")
    return net.design()


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


def test_a_layer_that_cannot_run_is_named_by_the_probe() -> None:
    found = compile_design(with_bad("Uncallable"), BAD_CATALOG)
    with pytest.raises(CompileError, match=r"^stage\.0\.bad: a batch of 3 cannot be computed: out of range$"):
        probe(found, 3)


@pytest.mark.parametrize("name", DESIGNS)
def test_the_probe_leaves_no_trace(name: str) -> None:
    found = compile_design(DESIGNS[name], CATALOG, seed=1)
    before = {key: value.clone() for key, value in found.module.state_dict().items()}
    next(found.module.children()).eval()
    modes = [part.training for part in found.module.modules()]
    probe(found)
    assert [part.training for part in found.module.modules()] == modes
    assert all(bool((value == before[key]).all()) for key, value in found.module.state_dict().items())


def test_no_node_can_be_called_as_something_a_module_has() -> None:
    taken = [name for name in dir(nn.Module()) if not name.startswith("_") and is_identifier(name)]
    assert taken == []
