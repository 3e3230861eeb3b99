"""How shapes, numbers and parameters are written."""

from __future__ import annotations

import pytest

from netdesigner.parts import Catalog, TensorSpec
from netdesigner.ui.canvas.words import (
    BETWEEN,
    params_parts,
    plain_message,
    shape_text,
    value_text,
    wire_text,
)


def test_a_shape_names_its_type_where_it_is_not_the_usual_one() -> None:
    assert shape_text(TensorSpec(("N", 32, 8, 8))) == "N × 32 × 8 × 8"
    assert shape_text(TensorSpec(("N", "T"), "int64")) == "N × T  int64"
    assert shape_text(None) == "–"


def test_a_wire_says_it_in_less_room() -> None:
    assert wire_text(TensorSpec(("N", 32, 8, 8))) == "N×32×8×8"
    assert wire_text(None) == ""


@pytest.mark.parametrize(
    ("kind", "params", "expected"),
    [
        ("Conv2d", {"out_channels": 32}, "32 filters · 3×3"),
        ("Conv2d", {"out_channels": 32, "stride": 2}, "32 filters · 3×3 · stride 2"),
        ("Conv2d", {"out_channels": "4*width", "kernel_size": (3, 5)}, "4*width filters · 3×5"),
        ("Conv1d", {"kernel_size": 7}, "16 filters · 7"),
        ("Linear", {"out_features": 1}, "1 unit"),
        ("PReLU", {"num_parameters": 1}, "1 slope"),
        ("Upsample", {"scale_factor": (2.0, 1.5)}, "scale 2, 1.5"),
        ("PixelUnshuffle", {"downscale_factor": 3}, "scale 1/3"),
        ("Input", {"shape": (1, 28, 28)}, "1×28×28 · float32"),
        ("Dropout", {"p": 0.25}, "p 0.25"),
        ("ReLU", {}, ""),
        ("FractionalMaxPool2d", {"output_size": 5}, "2×2 · to 5×5"),
        ("FractionalMaxPool2d", {"output_ratio": 0.7}, "2×2 · to 0.7 of it"),
        ("Transformer", {"num_encoder_layers": 1}, "8 heads · 1 encoder"),
    ],
)
def test_the_parameters_that_matter_stand_in_one_line(
    catalog: Catalog, kind: str, params: dict, expected: str
) -> None:
    assert BETWEEN.join(words for _, words in params_parts(catalog.layers[kind], params)) == expected


def test_names_in_messages_stand_in_quotation_marks() -> None:
    assert plain_message("`a` feeds `b`") == "‘a’ feeds ‘b’"


def test_values_are_written_as_a_person_would() -> None:
    assert value_text((1, 2)) == "1, 2"
    assert value_text(True) == "yes"
    assert value_text(None) == "none"
    assert value_text(0.001) == "0.001"
