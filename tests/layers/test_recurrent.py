"""Recurrent layers: where the batch stands, the states, and counts."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.recurrent import GRU, LSTM, RNN
from netdesigner.layers.recurrent_cell import GRUCell, LSTMCell, RNNCell
from netdesigner.parts.tensor import TensorSpec

STEPS = TensorSpec(("N", "T", 128))


def test_an_lstm_counts_as_its_formula_says() -> None:
    cost = LSTM(hidden_size=256, batch_first=True).cost(STEPS, None, None)
    assert cost.parameters == 4 * 256 * (128 + 256) + 2 * 4 * 256
    assert cost.macs == 4 * 256 * (128 + 256)


def test_a_fixed_number_of_steps_is_counted() -> None:
    layer = GRU(hidden_size=256, batch_first=True)
    assert layer.cost(TensorSpec(("N", 10, 128)), None).macs == 10 * 3 * 256 * (128 + 256)


def test_the_batch_in_the_place_of_the_steps_is_mended_by_batch_first() -> None:
    message = r"LSTM with batch_first off takes \(L, N, features\), but gets \[N, T, 128\]"
    with pytest.raises(ShapeError, match=message) as refused:
        LSTM().shape(STEPS, None, None)
    assert refused.value.changes == ({"batch_first": True},)
    with pytest.raises(ShapeError, match="with batch_first on") as refused:
        RNN(batch_first=True).shape(TensorSpec(("T", "N", 128)), None)
    assert refused.value.changes == ({"batch_first": False},)


def test_states_keep_the_layers_in_front_whatever_batch_first_says() -> None:
    output, state, cell = LSTM(hidden_size=6, num_layers=2, bidirectional=True, batch_first=True).shape(
        STEPS, None, None
    )
    assert output == TensorSpec(("N", "T", 12))
    assert state == cell == TensorSpec((4, "N", 6))


def test_an_lstm_with_one_of_its_states_alone_names_the_empty_port() -> None:
    with pytest.raises(ShapeError, match="'h_0' is wired alone") as refused:
        LSTM(batch_first=True).shape(STEPS, TensorSpec((1, "N", 64)), None)
    assert refused.value.port == "c_0"


def test_a_state_that_does_not_fit_proposes_the_size_that_does() -> None:
    with pytest.raises(
        ShapeError, match=r"'h_0' of GRU takes \(layers, N, features\) \[1, N, 64\], but gets"
    ) as refused:
        GRU(batch_first=True).shape(STEPS, TensorSpec((2, "N", 32)))
    assert refused.value.port == "h_0"
    assert {"hidden_size": 32, "num_layers": 2} in refused.value.changes
    assert {"hidden_size": 32, "bidirectional": True} in refused.value.changes


def test_dropout_of_a_single_layer_is_not_passed_on() -> None:
    assert LSTM(batch_first=True, dropout=0.5).arguments(STEPS, None, None)["dropout"] == 0.0
    assert LSTM(batch_first=True, dropout=0.5, num_layers=2).arguments(STEPS, None, None)["dropout"] == 0.5


def test_source_of_an_lstm_has_its_states_in_brackets() -> None:
    layer = LSTM()
    assert layer.call("self.lstm", "x", "None", "None") == "self.lstm(x)"
    assert layer.call("self.lstm", "x", "h", "c") == "self.lstm(x, (h, c))"
    assert layer.targets("y", "h", "_") == "y, (h, _)"


def test_a_cell_counts_as_one_step_of_its_layer() -> None:
    cell = GRUCell(hidden_size=256).cost(TensorSpec(("N", 128)), None)
    layer = GRU(hidden_size=256, batch_first=True).cost(TensorSpec(("N", 1, 128)), None)
    assert cell == layer


def test_a_cell_takes_the_state_of_another_one() -> None:
    state, memory = LSTMCell(hidden_size=6).shape(TensorSpec(("N", 8)), None, None)
    assert LSTMCell(hidden_size=6).shape(TensorSpec(("N", 8)), state, memory) == (state, memory)
    with pytest.raises(ShapeError, match="'c_0' is wired alone") as refused:
        LSTMCell(hidden_size=6).shape(TensorSpec(("N", 8)), None, memory)
    assert refused.value.port == "h_0"


def test_a_cell_proposes_the_size_of_the_state_that_is_wired() -> None:
    message = r"'h_0' of RNNCell takes \(N, hidden_size\) \[N, 64\], but gets \[N, 32\]"
    with pytest.raises(ShapeError, match=message) as refused:
        RNNCell().shape(TensorSpec(("N", 8)), TensorSpec(("N", 32)))
    assert refused.value.changes == ({"hidden_size": 32},)
