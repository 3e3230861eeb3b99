"""Activations: what they refuse, what they propose, and what they take from the wire."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.activation import GLU, Hardtanh
from netdesigner.layers.rectifier import PReLU, RReLU
from netdesigner.layers.softmax import LogSoftmax, Softmax, Softmin
from netdesigner.parts.layer import Layer
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 12, 8, 7))


def test_glu_halves_numbers_and_formulas() -> None:
    assert GLU(dim=1).shape(IMAGE) == TensorSpec(("N", 6, 8, 7))
    assert GLU().shape(TensorSpec(("N", "2*T"))) == TensorSpec(("N", "T"))


def test_glu_proposes_the_axes_that_can_be_halved() -> None:
    with pytest.raises(
        ShapeError, match=r"cannot halve axis 3 of \[N, 12, 8, 7\], which has the length 7"
    ) as refused:
        GLU().shape(IMAGE)
    assert refused.value.changes == ({"dim": 2}, {"dim": 1})


def test_a_free_length_is_not_known_to_be_even() -> None:
    with pytest.raises(ShapeError, match=r"cannot halve axis 1 of \[N, T\], which has the length T"):
        GLU().shape(TensorSpec(("N", "T")))


@pytest.mark.parametrize("layer", [Softmax(dim=0), LogSoftmax(dim=-4), Softmin(dim=0), GLU(dim=0)])
def test_what_goes_along_an_axis_does_not_go_through_the_batch(layer: Layer) -> None:
    with pytest.raises(
        ShapeError,
        match=r"has dim (0|-4), the batch of \[N, 12, 8, 8\], and samples would be mixed up",
    ) as refused:
        layer.shape(TensorSpec(("N", 12, 8, 8)))
    assert refused.value.changes[0] == {"dim": -1}


def test_the_batch_is_known_wherever_it_stands() -> None:
    with pytest.raises(ShapeError, match="samples would be mixed up") as refused:
        Softmax().shape(TensorSpec(("T", "N")))
    assert refused.value.changes == ({"dim": 0},)
    with pytest.raises(ShapeError, match="samples would be mixed up") as refused:
        Softmax().shape(TensorSpec(("N",)))
    assert refused.value.changes == ()


def test_limits_that_are_swapped_can_be_swapped_back() -> None:
    with pytest.raises(ShapeError, match="needs a min_val below its max_val, but has 2 and 1") as refused:
        Hardtanh(min_val=2.0).shape(IMAGE)
    assert {"min_val": 1.0, "max_val": 2.0} in refused.value.changes
    with pytest.raises(
        ShapeError, match=r"lower factor up to its upper one, but has 0\.5 and 0\.3"
    ) as refused:
        RReLU(lower=0.5, upper=0.3).shape(IMAGE)
    assert {"lower": 0.3, "upper": 0.5} in refused.value.changes


def test_slopes_are_one_or_one_for_each_channel() -> None:
    assert PReLU().cost(IMAGE).parameters == 1
    assert PReLU(num_parameters=None).cost(IMAGE).parameters == 12
    assert PReLU(num_parameters=None).arguments(IMAGE)["num_parameters"] == 12
    with pytest.raises(ShapeError, match=r"has 3 slopes for the 12 channels of \[N, 12, 8, 7\]") as refused:
        PReLU(num_parameters=3).shape(IMAGE)
    assert refused.value.changes == ({"num_parameters": 1}, {"num_parameters": None})
    with pytest.raises(ShapeError, match=r"a fixed number of channels for a slope each, but in \[N, T, 4\]"):
        PReLU(num_parameters=None).shape(TensorSpec(("N", "T", 4)))
