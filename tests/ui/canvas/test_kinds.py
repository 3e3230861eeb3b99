"""What can be added, and finding it."""

from __future__ import annotations

import pytest

from netdesigner.document import Design
from netdesigner.parts import Catalog, TensorSpec
from netdesigner.parts.layer import CATEGORIES
from netdesigner.ui.canvas.kinds import BLOCKS, Kind, kinds_of, misfit, ranked
from tests.ui.hand import residual


def found(catalog: Catalog, wanted: str, recent: tuple[str, ...] = ()) -> list[str]:
    return [kind.title for kind in ranked(kinds_of(catalog, Design()), wanted, recent)]


def test_kinds_come_by_category_and_blocks_last(catalog: Catalog) -> None:
    kinds = kinds_of(catalog, residual())
    linear = [kind.title for kind in kinds if kind.category == "Linear"]
    assert linear == sorted(linear, key=str.casefold)
    order = [CATEGORIES.index(kind.category) for kind in kinds if kind.category != BLOCKS]
    assert order == sorted(order)
    assert kinds[-1] == Kind("block:Stage", "Stage", BLOCKS, "A convolution.")
    assert kinds_of(catalog, residual(), "block:Stage")[-1].category != BLOCKS


def test_every_layer_says_what_it_does_and_shows_an_example(catalog: Catalog) -> None:
    assert all(kind.summary and kind.example for kind in kinds_of(catalog, Design()))


@pytest.mark.parametrize(
    ("wanted", "first"),
    [
        ("conv2d", "Conv2d"),
        ("conv", "Conv1d"),
        ("relu", "ReLU"),
        ("cv2", "Conv2d"),
        ("mp2", "MaxPool2d"),
        ("pool", "AvgPool1d"),
        ("mha", "MultiheadAttention"),
        (" LSTM ", "LSTM"),
        ("norm", "Norm"),
    ],
)
def test_a_few_letters_find_a_layer(catalog: Catalog, wanted: str, first: str) -> None:
    assert found(catalog, wanted)[0] == first


def test_words_of_the_summary_find_it_too(catalog: Catalog) -> None:
    assert "Dropout" in found(catalog, "chance")


def test_nonsense_finds_nothing(catalog: Catalog) -> None:
    assert found(catalog, "qqqq") == []


def test_without_a_word_what_was_used_last_comes_first(catalog: Catalog) -> None:
    assert found(catalog, "", ("Linear", "ReLU"))[:2] == ["Linear", "ReLU"]


def test_what_a_layer_can_take_is_told(catalog: Catalog) -> None:
    image, row = TensorSpec(("N", 16, 8, 8)), TensorSpec(("N", 64))
    assert misfit(catalog.layers["Conv2d"], image) == ""
    assert "Conv2d" in misfit(catalog.layers["Conv2d"], row)
    assert misfit(catalog.layers["Input"], image) == "it has no input"
    assert misfit(catalog.layers["Add"], image) == ""
    assert misfit(catalog.layers["MatMul"], image) == ""
