from __future__ import annotations

import torch

from netdesigner.compiler.scaling import Scaling


def test_each_channel_is_scaled_by_its_own_numbers() -> None:
    module = Scaling.of({"shift": [1.0, 2.0], "scale": [2.0, 4.0], "axis": 1}, 4)
    raw = torch.full((3, 2, 5, 5), 6.0)
    assert module(raw)[:, 0].unique().tolist() == [2.5]
    assert module(raw)[:, 1].unique().tolist() == [1.0]
    torch.testing.assert_close(module.undone(module(raw)), raw)


def test_it_has_no_parameters() -> None:
    assert list(Scaling([0.0], [1.0], 1, 2).parameters()) == []


def test_a_single_number_scales_inputs_of_any_rank() -> None:
    module = Scaling.of({"shift": [1.0], "scale": [2.0], "axis": 1}, 1)
    assert module(torch.tensor([3.0])).tolist() == [1.0]
