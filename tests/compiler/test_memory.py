from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.compiler import compile_design, forecast, refuse_if_too_large
from netdesigner.compiler.memory import Forecast, bytes_text
from netdesigner.document import Design
from netdesigner.errors import MemoryRefusedError
from tests.compiler.designs import CATALOG, DESIGNS, Sketch


def wide(features: int) -> Design:
    net = Sketch()
    x = net("Input", name="x", shape=(features,))
    x = net("Linear", x, name="narrow", out_features=8)
    x = net("Linear", x, name="middle", out_features=features)
    x = net("Linear", x, name="wide", out_features=features)
    net("Output", x, name="y")
    return net.design()


def test_terabytes_are_refused_before_anything_is_allocated() -> None:
    with pytest.raises(
        MemoryRefusedError, match=r"4 TB of memory and cpu has .* most is taken by wide \(Linear\)"
    ):
        compile_design(wide(10**6), CATALOG)


def test_more_than_can_be_counted_is_refused_too() -> None:
    with pytest.raises(MemoryRefusedError, match="wide: has more weights than a computer can count"):
        compile_design(wide(2**40), CATALOG)


def test_a_forecast_counts_what_training_needs() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(10,))
    x = net("Linear", x, name="a", out_features=6)
    x = net("BatchNorm1d", x, name="b")
    net("Output", x, name="y")
    found = forecast(net.design(), CATALOG, batch_size=4, optimizer_slots=2)
    weights, buffers = 4 * (10 * 6 + 6 + 6 + 6), 4 * (6 + 6) + 8
    assert found == Forecast(
        weights + buffers, 4 * 4 * (6 + 6), weights, 2 * weights, "a (Linear)", 4 * 66 + 4 * 24
    )
    assert found.total_bytes == 4 * weights + buffers + 4 * 4 * 12


@pytest.mark.parametrize("name", DESIGNS)
def test_weights_are_forecast_exactly(name: str) -> None:
    module = compile_design(DESIGNS[name], CATALOG).module
    taken = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
    assert forecast(DESIGNS[name], CATALOG).parameters_bytes == taken


def test_every_repetition_counts() -> None:
    once, thrice = (forecast(attended(repeat), CATALOG, batch_size=2) for repeat in (1, 3))
    head = 4 * (16 * 4 + 4)
    assert thrice.parameters_bytes - head == 3 * (once.parameters_bytes - head)
    assert thrice.largest == "encoder.0.attention.heads (MultiheadAttention)"


def attended(repeat: int) -> Design:
    design = DESIGNS["attention"]
    network = design.networks["main"]
    encoder = replace(network.graph.nodes["encoder"], repeat=repeat)
    graph = replace(network.graph, nodes={**network.graph.nodes, "encoder": encoder})
    return replace(design, networks={"main": replace(network, graph=graph)})


def test_longer_sequences_take_more() -> None:
    short, long = (forecast(DESIGNS["lstm"], CATALOG, lengths={"T": length}) for length in (10, 1000))
    assert long.activations_bytes > 50 * short.activations_bytes
    assert long.parameters_bytes == short.parameters_bytes


def test_what_fits_is_not_refused() -> None:
    refuse_if_too_large(Forecast(1000), "cpu")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 kB"), (3_999_999_999_999, "4 TB")],
)
def test_bytes_are_told_in_the_largest_fitting_unit(count: int, text: str) -> None:
    assert bytes_text(count) == text
