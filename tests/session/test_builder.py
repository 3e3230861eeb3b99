"""Networks and blocks written in Python."""

from __future__ import annotations

import numpy as np
import pytest

from netdesigner.checks import check
from netdesigner.document import Choice, Edge, Phase, dumps
from netdesigner.errors import EditError
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder, Wire


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


def test_layers_are_joined_in_the_order_of_their_ports() -> None:
    net = Builder()
    x = net.Input(shape=(5, 3), name="series")
    hidden, _, _ = net.LSTM(x, None, None, hidden_size=4)
    net.Add(hidden, hidden)
    graph = net.design().graph("main")
    assert list(graph.nodes) == ["series", "lstm_1", "add_1"]
    assert graph.edges[1:] == (Edge("lstm_1", "output", "add_1", "inputs"),) * 2


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("input", "Linear takes wires, got the text 'input'"),
        (3, "Linear takes wires, got 3"),
        ((Wire("lstm_1"), Wire("lstm_1", "h_n")), "several outputs, output, h_n; give it one of them"),
    ],
)
def test_what_is_no_wire_is_refused(given: object, sentence: str) -> None:
    with pytest.raises(EditError, match=sentence):
        Builder().Linear(given, out_features=3)  # type: ignore[arg-type]


def test_a_wire_of_another_builder_is_refused() -> None:
    first, second = Builder(), Builder()
    wire = first.Input(shape=(3,))
    second.Input(shape=(3,))
    assert isinstance(wire, Wire)
    with pytest.raises(EditError, match="the wire from 'input' belongs to another Builder"):
        second.ReLU(wire)


def test_numbers_and_lists_of_numpy_are_plain_in_the_design() -> None:
    net = Builder(variables={"width": np.int64(8)})
    net.Input(shape=np.array([3, 4]))
    net.Dropout(p=np.float32(0.5))
    design = net.design(epochs=np.int64(5))
    assert design.variables == {"width": 8}
    assert design.graph("main").nodes["input"].params == {"shape": (3, 4)}
    assert '"epochs": 5' in dumps(design)


def test_what_a_design_cannot_hold_is_refused_by_its_name() -> None:
    with pytest.raises(
        EditError, match="shape: expected a number, a text, true, false, None or a list of them"
    ):
        Builder().Input(shape={"a": 1})


def test_parts_of_the_design_are_named_by_their_kind_or_chosen() -> None:
    net = Builder()
    net.Output(net.Flatten(net.Input(shape=(1, 8, 8))))
    erase = Choice("erase", {"p": 0.2})
    design = net.design(data="digits", task="classification", augmentations=["flip", erase], loss="NLLLoss")
    assert (design.data, design.task, design.loss) == (
        Choice("digits"), Choice("classification"), Choice("NLLLoss"),
    )  # fmt: skip
    assert design.augmentations == (Choice("flip"), erase)
    assert net.design().augmentations == ()


def test_an_unknown_layer_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="no layer or block is called 'Conv2D'; did you mean 'Conv2d'"):
        _ = Builder().Conv2D


def test_layers_are_listed_and_explained_where_names_are_completed() -> None:
    net = Builder()
    assert {"Conv2d", "Linear", "design"} <= set(dir(net))
    assert net.Conv2d.__name__ == "Conv2d"
    assert "Shape" in (net.Conv2d.__doc__ or "")


def test_outputs_that_need_not_be_read_do_not_make_a_tuple() -> None:
    net = Builder()
    x = net.Input(shape=(2, 8, 8))
    pool = net.MaxPool2d(x, name="pool")
    assert pool == Wire("pool")
    net.Output(net.MaxUnpool2d(pool, pool.beside("indices"), x))
    design = net.design()
    assert check(design, Catalog.discover()).errors == ()


def test_outputs_that_are_always_there_make_a_tuple() -> None:
    net = Builder()
    output, h_n, c_n = net.LSTM(net.Input(shape=(4, 2)), name="reader")
    assert (output.port, h_n.port, c_n.port) == ("output", "h_n", "c_n")


def test_nodes_learn_at_rates_and_training_goes_through_phases(net: Builder) -> None:
    x = net.Linear(net.Flatten(net.Input()), out_features=4, name="first", rate=0.1)
    net.Output(net.Linear(x, out_features=2, name="head"))
    design = net.design(phases=[Phase(1, ("main.head",)), Phase(2)], epochs=3)
    assert [design.graph("main").nodes[name].rate for name in ("first", "head")] == [0.1, 1.0]
    assert design.training.phases == (Phase(1, ("main.head",)), Phase(2))
