"""Networks and blocks written in Python."""

from __future__ import annotations

import pytest

from netdesigner.checks import check
from netdesigner.errors import EditError
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder


@pytest.fixture
def net() -> Builder:
    return Builder(variables={"width": 8}, catalog=Catalog.discover())


def with_residual(net: Builder) -> Builder:
    block = net.block("Residual", "Adds what it computes.", channels=16)
    x = block.Input(name="x")
    block.Output(block.Add(x, block.Conv2d(x, out_channels="channels", padding=1)), name="y")
    return net


def test_a_block_is_declared_built_and_used_by_its_name(net: Builder) -> None:
    with_residual(net)
    x = net.Conv2d(net.Input(shape=(1, 8, 8)), out_channels="width", padding=1)
    net.Output(net.Residual(x, channels="width", repeat=3, name="stage"))
    design = net.design()
    report = check(design, Catalog.discover())
    assert not report.errors
    assert design.blocks["Residual"].doc == "Adds what it computes."
    assert design.networks["main"].graph.nodes["stage"].repeat == 3
    assert report.traces["main"].cost.parameters == 8 * 10 + 3 * (8 * 8 * 9 + 8)


def test_every_graph_is_arranged(net: Builder) -> None:
    with_residual(net)
    net.Output(net.Residual(net.Input(shape=(16, 8, 8))))
    design = net.design()
    for scope in design.scopes():
        places = design.place(scope).layout
        assert len(set(places.values())) == len(places)


def test_too_many_wires_are_refused(net: Builder) -> None:
    with_residual(net)
    x = net.Input(shape=(16, 8, 8))
    with pytest.raises(EditError, match="Residual takes at most 1 inputs, got 2"):
        net.Residual(x, x)


def test_a_name_that_is_taken_is_refused(net: Builder) -> None:
    with_residual(net)
    for name in ("Residual", "Conv2d"):
        with pytest.raises(EditError, match=f"'{name}' already"):
            net.block(name)


def test_a_kind_that_is_not_there_is_refused(net: Builder) -> None:
    with pytest.raises(AttributeError, match="no layer or block is called 'Convolution'"):
        net.Convolution()


def test_a_design_may_have_several_networks() -> None:
    net = Builder(catalog=Catalog.discover(), network="generator")
    net.Output(net.Linear(net.Input(shape=(16,)), out_features=64))
    other = net.network("discriminator")
    other.Output(other.Linear(other.Input(shape=(64,)), out_features=1))
    design = net.design()
    assert list(design.networks) == ["generator", "discriminator"]
    assert not check(design, Catalog.discover()).errors
