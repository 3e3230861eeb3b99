"""What is added to scores: which pairs it holds apart, and that equal distances share what is learned."""

from __future__ import annotations

import math

import pytest
import torch

from netdesigner.compiler.operations.bias import (
    AlibiBias,
    RelativePositionBias,
    ShiftedWindowMask,
    T5RelativePositionBias,
)
from netdesigner.compiler.operations.patches import WindowMerge, WindowPartition
from netdesigner.compiler.operations.positions import LearnedPositions, SinusoidalPositions

HEIGHT, WIDTH, WINDOW, SHIFT = 8, 12, (4, 6), (2, 3)


def test_only_neighbours_look_at_each_other_in_a_shifted_window() -> None:
    """Positions that share a window after the roll see each other exactly where they were as near before."""
    rows, columns = torch.meshgrid(torch.arange(HEIGHT), torch.arange(WIDTH), indexing="ij")
    image = torch.stack((rows, columns), dim=-1)[None].roll((-SHIFT[0], -SHIFT[1]), (1, 2))
    places = WindowPartition(WINDOW)(image)[0]
    apart = (places[:, :, None] - places[:, None, :]).abs()
    near = (apart < torch.tensor(WINDOW)).all(dim=-1)
    mask = ShiftedWindowMask(WINDOW, SHIFT)(image)
    assert torch.equal(mask[:, 0], torch.where(near, 0.0, -100.0))
    assert not near.all()


def test_what_was_cut_is_put_together_again() -> None:
    image = torch.randn(2, HEIGHT, WIDTH, 3)
    assert torch.equal(WindowMerge(WINDOW, (HEIGHT, WIDTH))(WindowPartition(WINDOW)(image)), image)


def test_equal_ways_through_a_window_share_a_number() -> None:
    layer = RelativePositionBias((3, 4), num_heads=2)
    bias = layer()
    position = torch.arange(12)
    row, column = position // 4, position % 4
    known: dict[tuple[int, int], torch.Tensor] = {}
    for i in range(12):
        for j in range(12):
            way = (int(row[i] - row[j]), int(column[i] - column[j]))
            assert torch.equal(known.setdefault(way, bias[:, i, j]), bias[:, i, j])
    numbers = torch.stack([*known.values()])
    assert len(numbers) == len(torch.unique(numbers, dim=0)) == 5 * 7


def _bucket(way: int, buckets: int, farthest: int, bidirectional: bool) -> int:
    """As the paper says it: one for each near distance, then logarithmically wider ones."""
    first = 0
    if bidirectional:
        buckets //= 2
        first = buckets if way > 0 else 0
    distance = abs(way) if bidirectional else max(-way, 0)
    near = buckets // 2
    if distance < near:
        return first + distance
    growth = math.log(distance / near) / math.log(farthest / near) * (buckets - near)
    return first + min(near + int(growth + 1e-6), buckets - 1)


@pytest.mark.parametrize("bidirectional", [True, False])
@pytest.mark.parametrize(("buckets", "farthest"), [(32, 128), (6, 7), (9, 40)])
def test_distances_fall_into_the_buckets_of_t5(bidirectional: bool, buckets: int, farthest: int) -> None:
    layer = T5RelativePositionBias(3, buckets, farthest, bidirectional)
    bias = layer(torch.zeros(1, 150), torch.zeros(1, 170))
    expected = [[_bucket(s - t, buckets, farthest, bidirectional) for s in range(170)] for t in range(150)]
    table = layer.relative_attention_bias.weight
    assert torch.equal(bias, table[torch.tensor(expected)].permute(2, 0, 1))


def test_eight_heads_of_alibi_halve_their_rates() -> None:
    bias = AlibiBias(8, is_causal=True)(torch.zeros(1, 3))
    assert torch.equal(bias[:, 1, 0], -torch.tensor([2.0**-n for n in range(1, 9)]))
    assert torch.equal(
        bias[0], torch.tensor([[0, -math.inf, -math.inf], [-0.5, 0, -math.inf], [-1, -0.5, 0]])
    )


def test_each_position_has_the_vector_of_its_number() -> None:
    layer = LearnedPositions(max_length=6, features=4)
    found = layer(torch.zeros(2, 3, 5, 4))
    assert torch.equal(found, layer.weight[:5].expand(2, 3, 5, 4))


def test_positions_lie_before_training_as_far_from_zero_as_was_said() -> None:
    for std in (0.02, 0.5):
        layer = LearnedPositions(max_length=100, features=100, std=std)
        assert float(layer.weight.detach().std()) == pytest.approx(std, rel=0.05)


def test_a_sequence_longer_than_what_was_learned_is_not_stretched() -> None:
    with pytest.raises(RuntimeError, match="exceeds dimension size"):
        LearnedPositions(max_length=1, features=4)(torch.zeros(2, 3, 4))


def test_an_encoding_can_be_had_without_what_it_is_added_to() -> None:
    steps = torch.randn(2, 5, 7)
    alone = SinusoidalPositions(base=50.0, add=False)(steps)
    assert torch.equal(SinusoidalPositions(base=50.0, add=True)(steps), steps + alone)
