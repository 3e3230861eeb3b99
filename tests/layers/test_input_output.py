"""An input declares what samples look like; free axes carry names."""

from __future__ import annotations

import pytest

from netdesigner.errors import ShapeError
from netdesigner.layers.input_output import Input, Output
from netdesigner.parts.part import resolve
from netdesigner.parts.tensor import TensorSpec


def test_the_batch_stands_before_the_declared_lengths() -> None:
    assert Input(lengths=(3, 32, 32)).shape() == TensorSpec(("N", 3, 32, 32))


def test_a_length_of_zero_is_free_under_its_name() -> None:
    assert Input(lengths=(0, 16), axes=("T", "features")).shape() == TensorSpec(("N", "T", 16))


def test_lengths_may_be_expressions() -> None:
    params = resolve(Input, {"shape": ("channels", "2*size", "2*size")}, {"channels": 3, "size": 16})
    assert Input(**params).shape() == TensorSpec(("N", 3, 32, 32))


@pytest.mark.parametrize(
    ("lengths", "axes", "mended"),
    [
        ((0, 16), (), ("T", "")),
        ((0, 16), ("N", "features"), ("T", "features")),
        ((0, 0), ("T",), ("T", "S")),
        ((0,), ("2T",), ("T",)),
        ((8, 8), ("H", "W", "C"), ("H", "W")),
    ],
)
def test_axes_without_a_usable_name_are_given_one(
    lengths: tuple[int, ...], axes: tuple[str, ...], mended: tuple[str, ...]
) -> None:
    with pytest.raises(ShapeError) as refused:
        Input(lengths=lengths, axes=axes).shape()
    assert refused.value.changes == ({"axes": mended},)
    Input(lengths=lengths, axes=mended).shape()


def test_an_input_without_a_name_for_its_free_axis_says_what_to_do() -> None:
    with pytest.raises(
        ShapeError, match=r"leaves axis 0 of its shape free, which needs a name in axes, such as T"
    ):
        Input(lengths=(0, 16)).shape()


def test_an_output_hands_on_whatever_comes() -> None:
    spec = TensorSpec(("N", "T"), "int64")
    assert Output().shape(spec) == spec
    with pytest.raises(ShapeError, match="nothing is wired to 'input'"):
        Output().shape(None)
