"""Writing a network in Python."""

from __future__ import annotations

import numpy as np
import pytest

from netdesigner.document import Edge, dumps
from netdesigner.errors import EditError
from netdesigner.session.builder import Builder, Wire


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


def test_an_unknown_layer_is_answered_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="no layer is called 'Conv2D'; did you mean 'Conv2d'"):
        _ = Builder().Conv2D


def test_layers_are_listed_and_explained_where_names_are_completed() -> None:
    net = Builder()
    assert {"Conv2d", "Linear", "design"} <= set(dir(net))
    assert net.Conv2d.__name__ == "Conv2d"
    assert "Shape" in (net.Conv2d.__doc__ or "")
