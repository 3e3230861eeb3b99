"""Layers that cut a tensor: what they refuse, what they propose, and how a port comes back."""

from __future__ import annotations

import pytest

from netdesigner.errors import ParameterError, ShapeError
from netdesigner.layers.split import Chunk, Split
from netdesigner.parts.tensor import TensorSpec

IMAGE = TensorSpec(("N", 12, 8, 8))
STEPS = TensorSpec(("N", "T", 12))


def test_each_piece_has_a_port() -> None:
    assert [port.name for port in Split(split_size_or_sections=(3, 4, 5)).outputs] == [
        "output_1",
        "output_2",
        "output_3",
    ]
    assert len(Chunk(chunks=4).outputs) == 4
    assert len(Split.outputs) == len(Chunk.outputs) == 2


@pytest.mark.parametrize(
    ("layer", "spec", "message", "changes"),
    [
        (
            Split(split_size_or_sections=(4, 4)),
            IMAGE,
            r"cuts axis 1 into \[4, 4\], 8 together, but \[N, 12, 8, 8\] has 12 there",
            [
                {"dim": 2},
                {"dim": 3},
                {"split_size_or_sections": (4, 8)},
                {"split_size_or_sections": (6, 6)},
            ],
        ),
        (
            Split(split_size_or_sections=(20, 5)),
            STEPS,
            r"has the free length T there",
            [{"split_size_or_sections": (6, 6), "dim": 2}],
        ),
        (
            Split(split_size_or_sections=(12,), dim=4),
            IMAGE,
            r"has dim 4, but \[N, 12, 8, 8\] has the axes 0 to 3",
            [{"dim": 1}, {"split_size_or_sections": (12,), "dim": 1}],
        ),
        (
            Chunk(chunks=5),
            IMAGE,
            "cannot cut 12 into 5 pieces: of 3 each there would be only 4",
            [{"chunks": 4}],
        ),
        (Chunk(chunks=3), STEPS, "cannot cut the free length T", [{"dim": 2}, {"chunks": 1}]),
        (
            Chunk(dim=0),
            IMAGE,
            "cannot cut the free length N",
            [{"dim": 1}, {"dim": 2}, {"dim": 3}, {"chunks": 1}],
        ),
    ],
)
def test_what_cannot_be_cut_so_is_told_with_what_would_do(
    layer: Split | Chunk, spec: TensorSpec, message: str, changes: list[dict[str, object]]
) -> None:
    with pytest.raises(ShapeError, match=message) as refused:
        layer.shape(spec)
    assert [*refused.value.changes] == changes


def test_a_free_length_is_cut_where_every_piece_is_whole() -> None:
    assert Chunk(chunks=2).shape(STEPS.with_shape("N", "2*T", 3))[1] == STEPS.with_shape("N", "T", 3)


@pytest.mark.parametrize(
    ("sizes", "port", "given_back"),
    [
        ((4, 4), "output_3", [(4, 4, 4)]),  # what the axis has left
        ((4, 8), "output_3", [(4, 4, 4)]),  # the last piece cut up
        ((2, 10), "output_3", [(2, 5, 5), (4, 4, 4)]),
        ((11, 1), "output_3", [(4, 4, 4)]),  # nothing to cut up, so all alike
        ((4, 8), "output_2", []),  # it is there
        ((4, 8), "output_99", []),  # more than there are elements
        ((4, 8), "rest", []),
        ((4, 8), "output_03", []),
    ],
)
def test_sizes_that_give_a_port_back_fill_the_axis(
    sizes: tuple[int, ...], port: str, given_back: list[tuple[int, ...]]
) -> None:
    changes = Split(split_size_or_sections=sizes).gaining(port, IMAGE)
    assert [*changes] == [{"split_size_or_sections": pieces} for pieces in given_back]
    for change in changes:
        Split(**change).shape(IMAGE)


def test_chunks_that_give_a_port_back_are_as_many() -> None:
    assert Chunk().gaining("output_3", IMAGE) == ({"chunks": 3},)
    assert Chunk().gaining("output_1", IMAGE) == ()


def test_there_are_not_more_pieces_than_can_be_drawn() -> None:
    with pytest.raises(ParameterError, match="at most 256 lengths"):
        Split(split_size_or_sections=(1,) * 257)
    assert len(Split.ports({"split_size_or_sections": (1,) * 9999})[1]) == 256
