"""What a person sees of augmentations before anything is trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog, Curves, DataSpec, ImageGrid, Samples, Table, TensorSpec
from netdesigner.session.augmenting import augmentations_of, shown_augmented

CATALOG = Catalog.discover()


def samples_of(kind: str, **params: Any) -> Samples:
    return CATALOG.dataset(Choice(kind, params)).load()


def shown(samples: Samples, *choices: Choice) -> Any:
    parts = augmentations_of(Design(augmentations=choices), CATALOG, samples.spec)
    (preview,) = shown_augmented(parts, samples)
    return preview


@pytest.fixture(scope="module")
def digits() -> Samples:
    return samples_of("digits")


def columns(grid: ImageGrid) -> list[list[np.ndarray]]:
    """The pictures of each row of a grid of 8x8 grey pictures with an empty column between them."""
    rows = []
    for picture in grid.pictures:
        pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 2)[..., 0]
        rows.append([pixels[:, start : start + 8] for start in range(0, picture.width, 9)])
    return rows


def test_pictures_stand_beside_what_becomes_of_them(digits: Samples) -> None:
    grid = shown(digits, Choice("noise", {"std": 0.2}))
    assert isinstance(grid, ImageGrid)
    assert [picture.caption for picture in grid.pictures] == [
        str(digits.target[index]) for index in np.linspace(0, 1796, 6).round().astype(int)
    ]
    first = (digits.input[0, 0] * 255).round()
    spread = np.ptp(first)
    for before, *versions in columns(grid):
        assert len(versions) == 3
        assert len({version.tobytes() for version in (before, *versions)}) == 4
    assert np.corrcoef(columns(grid)[0][0].ravel(), first.ravel())[0, 1] > 0.99
    assert spread > 200


def test_the_same_is_shown_again_and_nobodys_chance_is_used_up(digits: Samples) -> None:
    state = torch.get_rng_state()
    one, other = (shown(digits, Choice("flip"), Choice("crop")) for _ in range(2))
    assert one == other
    assert torch.equal(torch.get_rng_state(), state)


def test_mixed_samples_are_told_by_their_shares(digits: Samples) -> None:
    grid = shown(digits, Choice("cutmix"))
    for picture in grid.pictures:
        own, _, versions = picture.caption.partition(": ")
        assert own in "0123456789"
        assert len(versions.split(" · ")) == 3
    assert any("%" in picture.caption for picture in grid.pictures)


@pytest.mark.parametrize(("kind", "same"), [("digits_textured", 1.0), ("digits_scattered", 0.85)])
def test_masks_and_boxes_are_drawn_where_they_went(kind: str, same: float) -> None:
    grid = shown(samples_of(kind), Choice("flip", {"p": 1}))
    assert {picture.channels for picture in grid.pictures} == {4}
    picture = grid.pictures[0]
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width, 4)[..., :3]
    side, gap = picture.height, (picture.width - 4 * picture.height) // 3
    red = (np.ptp(pixels.astype(int), axis=2) > 40).astype(int)
    before, after = red[:, :side], red[:, side + gap : 2 * side + gap]
    assert before.any()
    assert (before[:, ::-1] == after).mean() >= same, "frames of boxes may lie a pixel beside"


def test_texts_stand_one_under_the_other() -> None:
    samples = samples_of("written_dates", count=20)
    table = shown(samples, Choice("swap_tokens", {"share": 0.5}))
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [*("1", "", "", ""), *("2", "", "", ""), *("3", "", "", "")] + [
        cell for number in "456" for cell in (number, "", "", "")
    ]
    first, *versions = (str(row[1]) for row in table.rows[:4])
    assert all(sorted(version) == sorted(first) for version in versions)
    assert any(version != first for version in versions)
    assert not any("fill" in str(row[1]) for row in table.rows)


def test_texts_with_classes_are_told_in_their_own_tokens() -> None:
    spec = DataSpec(
        TensorSpec(("N", 6), "int64"),
        TensorSpec(("N",), "int64"),
        ("good", "bad"),
        tokens=("fill", "the ", *"cat"),
    )
    tokens = np.array([[1, 2, 3, 4, 0, 0], [2, 3, 4, 0, 0, 0]])
    table = shown(Samples(tokens, np.array([0, 1]), spec), Choice("swap_tokens", {"share": 0}))
    assert [row[1] for row in table.rows] == ["the cat"] * 4 + ["cat"] * 4


def test_rows_stand_one_under_the_other_with_the_names_of_their_columns() -> None:
    samples = samples_of("iris")
    table = shown(samples, Choice("jitter", {"std": 0.01}))
    assert table.columns == ("sample", *samples.spec.features)
    first, second = table.rows[0][1:], table.rows[1][1:]
    assert first == pytest.approx(samples.input[0].tolist(), rel=1e-3)
    assert second != first
    assert second == pytest.approx(first, abs=0.1)


def test_series_are_drawn_over_one_another() -> None:
    values = np.random.default_rng(0).normal(size=(9, 20, 2)).astype(np.float32)
    spec = DataSpec(TensorSpec(("N", 20, 2)), TensorSpec(("N",), "int64"), ("a", "b"))
    parts = augmentations_of(Design(augmentations=(Choice("shift_time"),)), CATALOG, spec)
    shown = shown_augmented(parts, Samples(values, np.zeros(9, np.int64), spec))
    assert [preview.title for preview in shown] == [f"Sample {n}, the first channel" for n in (1, 2, 3, 4)]
    assert isinstance(shown[0], Curves)
    first, *versions = shown[0].lines
    assert first.y == pytest.approx(values[0, :, 0])
    assert len(versions) == 3
    assert any(version.y != first.y for version in versions)


def test_waves_are_drawn_along_time_with_no_more_points_than_are_seen() -> None:
    values = np.random.default_rng(0).normal(size=(3, 1, 4000)).astype(np.float32)
    spec = DataSpec(TensorSpec(("N", 1, 4000)), TensorSpec(("N",), "int64"), ("a", "b"), waves=True)
    parts = augmentations_of(Design(augmentations=(Choice("shift_time"),)), CATALOG, spec)
    shown = shown_augmented(parts, Samples(values, np.zeros(3, np.int64), spec))
    assert [preview.title for preview in shown] == ["Sample 1", "Sample 2", "Sample 3"]
    assert isinstance(shown[0], Curves)
    assert shown[0].lines[0].y == pytest.approx(values[0, 0, ::4])
    assert len({line.y for line in shown[0].lines}) > 1


def test_nothing_is_done_to_samples_where_something_is_wrong(digits: Samples) -> None:
    for wrong in (Choice("flop"), Choice("flip", {"p": 2}), Choice("jitter")):
        design = Design(augmentations=(Choice("flip"), wrong))
        assert augmentations_of(design, CATALOG, digits.spec) == ()
