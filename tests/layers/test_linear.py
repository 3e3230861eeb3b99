"""Linear layers take their sizes from the wires."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.linear import Bilinear, Linear
from netdesigner.parts.tensor import TensorSpec


def test_only_the_last_axis_changes() -> None:
    assert Linear(out_features=10).shape(TensorSpec(("N", "T", 4, 16))) == TensorSpec(("N", "T", 4, 10))


def test_the_number_of_inputs_comes_from_the_wire() -> None:
    arguments = Linear(out_features=10).arguments(TensorSpec(("N", 64)))
    assert arguments == {"in_features": 64, "out_features": 10, "bias": True}


def test_a_classifier_of_imagenet_counts_as_published() -> None:
    cost = Linear(out_features=1000).cost(TensorSpec(("N", 2048)))
    assert (cost.parameters, cost.macs) == (2_049_000, 2_048_000)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (TensorSpec(("N",)), r"Linear takes at least 2 axes \(N, ..., features\), but gets \[N\]"),
        (
            TensorSpec(("N", "T")),
            r"fixed number of features, but in \[N, T\] that axis has the free length T",
        ),
        (TensorSpec(("N", 8), "int64"), r"Linear computes with real numbers, but gets \[N, 8\] int64"),
        (None, "nothing is wired to 'input'"),
    ],
)
def test_what_linear_cannot_take_is_said_plainly(spec: TensorSpec | None, message: str) -> None:
    with pytest.raises(ShapeError, match=message) as refused:
        Linear().shape(spec)
    assert refused.value.port == "input"


def test_bilinear_names_the_input_that_does_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"gets \[N, 3, 4\] and \[N, 5, 4\]") as refused:
        Bilinear().shape(TensorSpec(("N", 3, 4)), TensorSpec(("N", 5, 4)))
    assert refused.value.port == "input2"
