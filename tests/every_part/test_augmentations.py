"""What holds for every augmentation of the shelf, and what each of them is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from netdesigner.augmentations.mixing import _share
from netdesigner.document import Choice
from netdesigner.errors import ParameterError
from netdesigner.parts import Augmented, Catalog, DataSpec, Ground, Mix, Pair, Task, TensorSpec
from netdesigner.parts.augmentation import GROUPS, SORTS
from netdesigner.parts.dataset import FILL, HIDDEN, MARKS, NO_CLASS
from netdesigner.training.augment import ground_of

CATALOG = Catalog.discover()
KINDS = CATALOG.augmentations
CLASS = TensorSpec(("N",), "int64")
COUNT, SIDE = 12, 16
SPECS = {
    "images": DataSpec(TensorSpec(("N", 3, SIDE, SIDE)), CLASS, ("a", "b")),
    "series": DataSpec(TensorSpec(("N", 20, 2)), CLASS, ("a", "b")),
    "waves": DataSpec(TensorSpec(("N", 2, 40)), CLASS, ("a", "b"), waves=True),
    "rows": DataSpec(TensorSpec(("N", 5)), CLASS, ("a", "b")),
    "tokens": DataSpec(TensorSpec(("N", 14), "int64"), TensorSpec(("N", 5), "int64"), (*MARKS, *"abcdefgh")),
    "hidden tokens": DataSpec(*[TensorSpec(("N", 14), "int64")] * 2, (*"abcdefgh", HIDDEN)),
}
PLACED = [kind for kind, part in KINDS.items() if part.group == "Geometry"]
NEEDED = {("hide_tokens", "tokens"): "hidden tokens"}
"""What samples of a sort must be for a kind that does not take all of them."""
CASES = [(kind, NEEDED.get((kind, sort), sort)) for kind, part in KINDS.items() for sort in part.takes]


def batch(sort: str, count: int = COUNT) -> Pair:
    random = torch.Generator().manual_seed(1)
    spec = SPECS[sort]
    shape = (count, *spec.input.shape[1:])
    if sort == "tokens":
        return Pair(
            torch.randint(len(MARKS), 11, shape, generator=random),
            torch.randint(3, 11, (count, 5), generator=random),
        )
    if sort == "hidden tokens":
        tokens = torch.randint(8, shape, generator=random)
        hidden = torch.rand(shape, generator=random).argsort(1) < 3
        return Pair(tokens.masked_fill(hidden, 8), tokens.masked_fill(~hidden, NO_CLASS))
    return Pair(torch.rand(shape, generator=random), torch.arange(count) % 2)


def ground(spec: DataSpec, inputs: Tensor) -> Ground:
    return ground_of(spec, inputs, {})


def applied(kind: str, pair: Pair, on: Ground, seed: int = 0, **params: Any) -> Pair:
    torch.manual_seed(seed)
    return CATALOG.augmentation(Choice(kind, params)).apply(pair, on)


@pytest.fixture(autouse=True)
def _own_chance() -> Iterator[None]:
    """Leaves torch's generator as it was."""
    with torch.random.fork_rng():
        yield


# -- what holds for all of them ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_documented_and_listed_somewhere(kind: str) -> None:
    part = KINDS[kind]
    assert "Shape:" in (part.__doc__ or "")
    assert "Source:" in (part.__doc__ or "")
    assert part.group in GROUPS
    assert part.takes
    assert SORTS.keys() >= set(part.takes)
    assert [declared.name for declared in part.params()][-1] == "p"


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_a_batch_keeps_its_form_and_what_was_given_is_left_alone(kind: str, sort: str) -> None:
    pair = batch(sort)
    given, on = Pair(pair.input.clone(), pair.target.clone()), ground(SPECS[sort], pair.input)
    assert not [*CATALOG.augmentation(Choice(kind)).misfits(SPECS[sort], None)]
    found = applied(kind, given, on, p=1)
    assert (found.input.shape, found.input.dtype) == (pair.input.shape, pair.input.dtype)
    assert (found.target.shape, found.target.dtype) == (pair.target.shape, pair.target.dtype)
    assert torch.equal(given.input, pair.input)
    assert torch.equal(given.target, pair.target)
    assert not torch.equal(found.input, pair.input)
    assert found.input.isfinite().all()


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_the_same_chance_gives_the_same_and_none_leaves_the_batch_as_it_is(kind: str, sort: str) -> None:
    pair = batch(sort)
    on = ground(SPECS[sort], pair.input)
    one, same, other = (applied(kind, pair, on, seed) for seed in (3, 3, 4))
    assert torch.equal(one.input, same.input)
    assert not torch.equal(one.input, other.input)
    spared = applied(kind, pair, on, p=0)
    assert torch.equal(spared.input, pair.input)
    assert spared.mix is None


@pytest.mark.parametrize(("kind", "sort"), [(k, s) for k, s in CASES if "mixing" not in KINDS[k].__module__])
def test_about_half_of_the_samples_are_changed_by_a_chance_of_a_half(kind: str, sort: str) -> None:
    pair = batch(sort, 200)
    on = ground(SPECS[sort], pair.input)
    share = []
    for p in (1, 0.5):
        found = applied(kind, pair, on, p=p).input
        share.append(float((found != pair.input).flatten(1).any(1).float().mean()))
    assert share[0] > 0.5
    assert 0.35 < share[1] / share[0] < 0.65


@pytest.mark.parametrize(("kind", "sort"), [(k, s) for k, s in CASES if SPECS[s].input.is_float])
def test_inputs_that_are_scaled_are_changed_as_the_raw_ones_are(kind: str, sort: str) -> None:
    pair = batch(sort)
    axis = 2 if sort == "series" else 1
    count = pair.input.shape[axis]
    shape = [count if other == axis else 1 for other in range(pair.input.ndim)]
    shift, width = torch.linspace(-1, 2, count), torch.linspace(0.5, 4, count)
    scaled = (pair.input - shift.view(shape)) / width.view(shape)
    scaling = {"shift": shift.tolist(), "scale": width.tolist(), "axis": axis}
    raw = applied(kind, pair, ground(SPECS[sort], pair.input), p=1).input
    found = applied(kind, Pair(scaled, pair.target), ground_of(SPECS[sort], scaled, scaling), p=1).input
    assert torch.allclose(found * width.view(shape) + shift.view(shape), raw, atol=1e-5)


@pytest.mark.parametrize(("kind", "sort"), [(kind, sort) for kind in KINDS for sort in SORTS])
def test_samples_of_another_sort_are_refused_in_words(kind: str, sort: str) -> None:
    said = [*CATALOG.augmentation(Choice(kind)).misfits(SPECS[NEEDED.get((kind, sort), sort)], None)]
    if sort in KINDS[kind].takes:
        assert not said
    else:
        assert [misfit.code for misfit in said] == ["ND443"]
        assert str(SPECS[sort].input) in said[0].message


@pytest.mark.parametrize("kind", [kind for kind, part in KINDS.items() if "waves" in part.takes])
def test_waves_are_changed_along_time_as_series_are(kind: str) -> None:
    pair = batch("series")
    waves = Pair(pair.input.transpose(1, 2), pair.target)
    spec = DataSpec(TensorSpec(("N", 2, 20)), CLASS, ("a", "b"), waves=True)
    as_series = applied(kind, pair, ground(SPECS["series"], pair.input)).input
    found = applied(kind, waves, ground(spec, waves.input)).input
    if kind == "jitter":  # whose numbers are drawn in the order of memory
        found, as_series = (values.std() for values in (found, as_series))
    else:
        found = found.transpose(1, 2)
    assert torch.allclose(found, as_series, atol=0.05 if kind == "jitter" else 1e-6)


def test_a_series_of_one_step_is_a_row_of_numbers() -> None:
    step = DataSpec(TensorSpec(("N", 1, 30)), CLASS, ("a", "b"))
    takers = {kind for kind in KINDS if not [*CATALOG.augmentation(Choice(kind)).misfits(step, None)]}
    assert takers == {kind for kind, part in KINDS.items() if "rows" in part.takes}
    inputs, scaling = torch.rand(4, 1, 30), {"shift": [1.0] * 30, "scale": [2.0] * 30}
    one = ground_of(step, inputs, {**scaling, "axis": 2})
    row = ground_of(SPECS["rows"], inputs[:, 0], {**scaling, "axis": 1})
    assert all(torch.equal(own, of_row[:, None]) for own, of_row in zip(one[1:], row[1:], strict=True))


def test_what_comes_next_of_a_series_must_still_come_next() -> None:
    ahead = DataSpec(TensorSpec(("N", 20, 2)), TensorSpec(("N", 3, 1)), ahead=True)
    codes = {
        kind: [misfit.code for misfit in CATALOG.augmentation(Choice(kind)).misfits(ahead, None)]
        for kind, part in KINDS.items()
        if "series" in part.takes
    }
    assert {kind: found for kind, found in codes.items() if found} == {"shift_time": ["ND444"]}


@pytest.mark.parametrize(("kind", "sort"), CASES)
def test_all_is_worked_out_where_the_batch_is(kind: str, sort: str) -> None:
    """On torch's device without memory, which refuses whatever lies on the processor."""
    pair = batch(sort)
    targets = {"": (SPECS[sort], pair.target)}
    if sort == "images":
        masks, boxes = TensorSpec(("N", SIDE, SIDE), "int64"), TensorSpec(("N", 2, 5))
        targets["masks"] = (
            DataSpec(SPECS[sort].input, masks, ("a", "b")),
            torch.zeros(COUNT, SIDE, SIDE).long(),
        )
        targets["boxes"] = DataSpec(SPECS[sort].input, boxes, ("a", "b")), torch.zeros(COUNT, 2, 5)
    for what, (spec, target) in targets.items():
        on = ground_of(spec, pair.input, {}, "meta")
        found = applied(kind, Pair(pair.input.to("meta"), target.to("meta")), on, p=0.9)
        assert {tensor.device.type for tensor in found[:2]} == {"meta"}, what
        assert found.input.shape == pair.input.shape


# -- places in pictures -----------------------------------------------------------------------------------------------


def blobs(count: int = 30) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures with one bright rectangle each, where it is as masks, and its box."""
    random = torch.Generator().manual_seed(2)
    masks = torch.zeros(count, SIDE, SIDE, dtype=torch.int64)
    boxes = torch.zeros(count, 2, 5)
    boxes[:, 1, 0] = NO_CLASS
    for index in range(count):
        top, left = (int(n) for n in torch.randint(2, 8, (2,), generator=random))
        height, width = (int(n) for n in torch.randint(3, 7, (2,), generator=random))
        masks[index, top : top + height, left : left + width] = 1
        place = ((left + width / 2), (top + height / 2), width, height)
        boxes[index, 0] = torch.tensor([1.0, *(number / SIDE for number in place)])
    return masks[:, None].float(), masks, boxes


@pytest.mark.parametrize("kind", PLACED)
def test_the_classes_of_pixels_move_with_the_picture(kind: str) -> None:
    pictures, masks, _ = blobs()
    spec = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), TensorSpec(("N", SIDE, SIDE), "int64"), ("no", "yes"))
    found = applied(kind, Pair(pictures, masks), ground(spec, pictures), p=1)
    known = found.target != NO_CLASS
    bright = found.input[:, 0] > 0.5
    assert set(found.target.unique().tolist()) <= {NO_CLASS, 0, 1}
    assert not bright[~known].any()
    assert ((found.target == 1) == bright)[known].float().mean() > 0.97
    assert not torch.equal(found.target, masks)


@pytest.mark.parametrize("kind", PLACED)
def test_boxes_move_with_the_picture(kind: str) -> None:
    pictures, _, boxes = blobs()
    spec = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), TensorSpec(("N", 2, 5)), ("no", "yes"))
    found = applied(kind, Pair(pictures, boxes), ground(spec, pictures), p=1, **UPRIGHT.get(kind, {}))
    kept = found.target[:, 0, 0] == 1
    assert kept.float().mean() > 0.6
    assert (found.target[~kept, 0] == torch.tensor([NO_CLASS, 0.0, 0, 0, 0])).all()
    assert torch.equal(found.target[:, 1], boxes[:, 1])
    for picture, box in zip(found.input[kept, 0], found.target[kept, 0], strict=True):
        rows, columns = (picture > 0.4).nonzero().T
        seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
        x, y, width, height = (SIDE * float(number) for number in box[1:])
        said = [x - width / 2, y - height / 2, x + width / 2, y + height / 2]
        assert torch.tensor(said) == pytest.approx(torch.tensor(seen).float(), abs=1.1)


UPRIGHT = {"rotate": {"degrees": 4}, "affine": {"shear": 0}}
"""Where a box is no longer upright, what is around it is more than what was in it."""


def test_a_flip_twice_is_none_and_both_directions_are_two() -> None:
    pair = batch("images")
    on = ground(SPECS["images"], pair.input)
    for direction, axes in (("horizontal", (-1,)), ("vertical", (-2,)), ("both", (-1, -2))):
        found = applied("flip", pair, on, direction=direction, p=1)
        assert torch.equal(found.input, pair.input.flip(axes))
        assert torch.equal(applied("flip", found, on, direction=direction, p=1).input, pair.input)


def test_a_crop_moves_by_whole_pixels_and_brings_black_in() -> None:
    pair = batch("images")
    on = ground(SPECS["images"], pair.input)
    found = applied("crop", pair, on, padding=3)
    around = nn.functional.pad(pair.input - on.low, (3, 3, 3, 3)) + on.low
    for before, after in zip(around, found.input, strict=True):
        places = [(top, left) for top in range(7) for left in range(7)]
        assert any(torch.allclose(before[:, t : t + SIDE, s : s + SIDE], after) for t, s in places)


def test_a_turn_of_nothing_changes_nothing_and_a_quarter_turn_is_one() -> None:
    pair = batch("images")
    on = ground(SPECS["images"], pair.input)
    assert torch.allclose(applied("rotate", pair, on, degrees=0).input, pair.input, atol=1e-5)
    still = {"scale": (1, 1), "shear": 0, "translate": 0, "degrees": 0}
    assert torch.allclose(applied("affine", pair, on, **still).input, pair.input, atol=1e-5)
    whole = {"scale": (1, 1), "ratio": (1, 1)}
    assert torch.allclose(applied("resized_crop", pair, on, **whole).input, pair.input, atol=1e-5)


def test_a_wide_picture_turns_without_being_slanted() -> None:
    spec = DataSpec(TensorSpec(("N", 1, 10, 30)), CLASS, ("a", "b"))
    pictures = torch.zeros(40, 1, 10, 30)
    pictures[:, :, 4:6, 10:20] = 1
    found = applied("rotate", Pair(pictures, torch.zeros(40).long()), ground(spec, pictures), degrees=30)
    assert found.input.sum((1, 2, 3)) == pytest.approx(pictures.sum((1, 2, 3)), rel=0.05)


def test_what_does_not_fit_a_picture_is_refused() -> None:
    said = [*CATALOG.augmentation(Choice("crop", {"padding": SIDE})).misfits(SPECS["images"], None)]
    assert [(misfit.code, misfit.param) for misfit in said] == [("ND442", "padding")]
    for kind in ("resized_crop", "erase", "affine"):
        with pytest.raises(ParameterError, match="the least comes first"):
            CATALOG.augmentation(Choice(kind, {"scale": (0.9, 0.5)}))


# -- colour, noise, holes ---------------------------------------------------------------------------------------------


def test_colours_stay_between_black_and_white_and_each_factor_can_be_left_out() -> None:
    pair = batch("images")
    on = ground(SPECS["images"], pair.input)
    found = applied("colour", pair, on, brightness=1, contrast=1, saturation=1).input
    assert (found >= on.low - 1e-6).all()
    assert (found <= on.high + 1e-6).all()
    none = applied("colour", pair, on, brightness=0, contrast=0, saturation=0).input
    assert torch.allclose(none, pair.input, atol=1e-6)
    grey = pair.input.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    of_grey = applied("colour", Pair(grey, pair.target), on, brightness=0, contrast=0, saturation=1).input
    assert torch.allclose(of_grey, grey, atol=1e-5)


def test_noise_stays_between_black_and_white() -> None:
    pair = batch("images")
    on = ground(SPECS["images"], pair.input)
    found = applied("noise", pair, on, std=0.5).input
    assert (found.amin(), found.amax()) == (on.low.min(), on.high.max())
    inside = (on.low < found) & (found < on.high)
    assert 0.3 < float(inside.float().mean()) < 0.9
    assert float((found - pair.input)[inside].abs().mean()) > 0.1


def test_another_hue_is_as_light_and_grey_has_none() -> None:
    pair = batch("images", 40)
    pair = pair._replace(input=0.4 + 0.2 * pair.input)  # so that no colour is cut off
    on = ground(SPECS["images"], torch.stack([torch.zeros(3, 1, 1), torch.ones(3, 1, 1)]))
    share = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)

    def light(values: Tensor) -> Tensor:
        return (values * share).sum(1)

    kept = {"brightness": 0, "contrast": 0, "saturation": 0}
    found = applied("colour", pair, on, hue=0.5, **kept).input
    assert torch.allclose(light(found), light(pair.input), atol=1e-5)
    red = torch.tensor([0.6, 0.4, 0.4]).view(1, 3, 1, 1).expand(40, 3, 16, 16)
    hues = applied("colour", Pair(red, pair.target), on, hue=0.5, **kept).input[:, :, 0, 0]
    assert set(hues.argmax(1).tolist()) == {0, 1, 2}
    grey = applied("grey", pair, on, p=1).input
    assert torch.allclose(grey, light(pair.input)[:, None].expand_as(grey), atol=1e-5)
    one = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), CLASS, ("a", "b"))
    (misfit,) = CATALOG.augmentation(Choice("grey")).misfits(one, None)
    assert misfit.message.startswith("Greyscale is for pictures of three channels, and samples are [N, 1")


@pytest.mark.parametrize("fill", ["black", "mean", "noise"])
def test_a_hole_has_the_size_that_was_asked_for(fill: str) -> None:
    pair = batch("images", 60)
    found = applied("erase", pair, ground(SPECS["images"], pair.input), scale=(0.25, 0.25), fill=fill, p=1)
    share = (found.input != pair.input).any(1).float().mean((1, 2))
    assert share == pytest.approx(torch.full((60,), 0.25), abs=0.06)


# -- samples made out of two ------------------------------------------------------------------------------------------


def numbered(count: int = 8) -> Pair:
    """Pictures that are filled with their number, which is their target too."""
    numbers = torch.arange(count)
    return Pair(numbers.float()[:, None, None, None].expand(-1, 1, SIDE, SIDE).clone(), numbers)


@pytest.mark.parametrize("kind", ["mixup", "cutmix"])
def test_a_sample_has_its_targets_by_the_shares_of_what_is_in_it(kind: str) -> None:
    pair = numbered()
    spec = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), CLASS, tuple("abcdefgh"))
    shares = set()
    for seed in range(5):
        found = applied(kind, pair, ground(spec, pair.input), seed, alpha=1)
        assert isinstance(found.mix, Mix)
        assert torch.equal(found.target, pair.target)
        assert sorted(found.mix.target.tolist()) == pair.target.tolist()
        expected = found.mix.share * found.target + (1 - found.mix.share) * found.mix.target
        assert torch.allclose(found.input.mean((1, 2, 3)), expected, atol=1e-5)
        shares.add(round(found.mix.share, 6))
    assert len(shares) > 2


@pytest.mark.parametrize("alpha", [1e-4, 0.2, 100.0])
def test_shares_have_the_mean_and_deviation_of_their_beta_distribution(alpha: float) -> None:
    torch.manual_seed(0)
    shares = torch.tensor([_share(alpha) for _ in range(500)])
    assert float(shares.mean()) == pytest.approx(0.5, abs=0.07)
    assert float(shares.std()) == pytest.approx((4 * (2 * alpha + 1)) ** -0.5, rel=0.1)


def test_pixels_that_are_put_in_bring_their_classes_and_share_nothing() -> None:
    pair = numbered()
    masks = pair.target[:, None, None].expand(-1, SIDE, SIDE)
    spec = DataSpec(
        TensorSpec(("N", 1, SIDE, SIDE)), TensorSpec(("N", SIDE, SIDE), "int64"), tuple("abcdefgh")
    )
    found = applied("cutmix", Pair(pair.input, masks), ground(spec, pair.input))
    assert found.mix is None
    assert torch.equal(found.input[:, 0], found.target.float())
    assert not torch.equal(found.target, masks)


def test_what_brings_in_pixels_without_a_class_needs_a_loss_that_passes_over_them() -> None:
    spec = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), TensorSpec(("N", SIDE, SIDE), "int64"), ("no", "yes"))
    losses = [
        Choice("CrossEntropyLoss"),
        Choice("CrossEntropyLoss", {"ignore_index": 1}),
        Choice("BCEWithLogitsLoss"),
    ]
    tasks = [CATALOG.task(Choice("segmentation"), loss=loss) for loss in losses]

    def refused(kind: str, **params: str) -> list[bool]:
        part = CATALOG.augmentation(Choice(kind, params))
        return [[misfit.code for misfit in part.misfits(spec, task)] == ["ND444"] for task in tasks]

    for kind in ("rotate", "affine", "crop"):
        assert refused(kind) == [False, True, True]
    assert not any(refused("flip") + refused("crop", mode="reflect"))


def test_a_batch_is_mixed_once_and_a_sample_alone_is_not() -> None:
    pair = numbered()
    spec = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), CLASS, tuple("abcdefgh"))
    on = ground(spec, pair.input)
    once = applied("mixup", pair, on)
    assert applied("cutmix", once, on) is once
    alone = Pair(pair.input[:1], pair.target[:1])
    assert applied("mixup", alone, on) is alone


def test_both_targets_follow_what_comes_behind_mixing() -> None:
    pictures, masks, _ = blobs()
    spec = DataSpec(TensorSpec(("N", 1, SIDE, SIDE)), TensorSpec(("N", SIDE, SIDE), "int64"), ("no", "yes"))
    parts = [CATALOG.augmentation(Choice(kind, {"p": 1})) for kind in ("mixup", "flip")]
    found = Augmented(parts, ground(spec, pictures))(Pair(pictures, masks))
    assert found.mix is not None
    expected = found.mix.share * found.target + (1 - found.mix.share) * found.mix.target
    assert torch.allclose(found.input[:, 0], expected, atol=1e-5)
    for part in parts:
        assert part.apply(found, ground(spec, pictures))._fields == ("input", "target", "mix")


class Fixed(nn.Module):
    """Gives what it was given at first."""

    def __init__(self, output: Tensor) -> None:
        super().__init__()
        self.output = output

    def forward(self, input: Tensor) -> Tensor:
        return self.output


def losses(task: Task, output: Tensor, target: Tensor, mix: Mix | None = None) -> dict[str, Tensor]:
    criterion = task.chosen_loss.build()
    return task.step({"network": Fixed(output)}, criterion, Pair(output, target, mix))


def test_the_loss_of_two_targets_is_that_of_both_by_their_shares() -> None:
    scores, target = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    mix = Mix(target.flip(0), 0.3)
    task = CATALOG.task(Choice("classification"))
    found = losses(task, scores, target, mix)
    soft = 0.3 * nn.functional.one_hot(target, 3) + 0.7 * nn.functional.one_hot(mix.target, 3)
    assert float(found["loss"]) == pytest.approx(float(nn.functional.cross_entropy(scores, soft)))
    right = (scores.argmax(1) == mix.target).float().mean()
    assert float(found["accuracy"]) == pytest.approx(float(right)), "of the weightier target"


def test_pixels_and_values_are_learned_from_two_targets_too() -> None:
    for kind, output, target in (
        ("regression", torch.randn(5, 2), torch.randn(5, 2)),
        ("segmentation", torch.randn(5, 3, 4, 4), torch.randint(3, (5, 4, 4))),
    ):
        task = CATALOG.task(Choice(kind))
        mix = Mix(target.flip(0), 0.8)
        found = losses(task, output, target, mix)
        one, other = (losses(task, output, wanted) for wanted in (target, mix.target))
        assert float(found["loss"]) == pytest.approx(float(0.8 * one["loss"] + 0.2 * other["loss"]))
        assert found.keys() == one.keys()


@pytest.mark.parametrize("kind", CATALOG.tasks)
def test_a_task_that_cannot_learn_from_two_targets_is_told(kind: str) -> None:
    task = CATALOG.task(Choice(kind))
    said = [*CATALOG.augmentation(Choice("mixup")).misfits(SPECS["images"], task)]
    assert bool(said) is not task.mixes()
    assert all(task.label() in misfit.message for misfit in said)
    if kind in ("classification", "regression", "segmentation", "reconstruction"):
        assert task.mixes()
    if kind in ("detection", "gan", "diffusion", "contrastive_pairs"):
        assert not task.mixes()


# -- texts and series -------------------------------------------------------------------------------------------------


def texts() -> tuple[Pair, DataSpec]:
    """Pairs of texts whose first 9 tokens are read, of which the last are the end and what fills up."""
    pair, spec = batch("tokens", 40), SPECS["tokens"]
    pair.input[:, 6:9] = torch.tensor([MARKS.index("end"), FILL, FILL])
    return pair, spec


@pytest.mark.parametrize("kind", ["mask_tokens", "swap_tokens", "delete_tokens"])
def test_marks_and_what_is_to_be_written_stay(kind: str) -> None:
    pair, spec = texts()
    found = applied(kind, pair, ground(spec, pair.input), share=0.5)
    assert torch.equal(found.input[:, 9:], pair.input[:, 9:])
    assert torch.equal(found.target, pair.target)
    marks = found.input[:, :9] < len(MARKS)
    if kind != "delete_tokens":
        assert torch.equal(marks, pair.input[:, :9] < len(MARKS))
    assert ((found.input == MARKS.index("end")).sum(1) == 1).all()


@pytest.mark.parametrize("kind", ["mask_tokens", "swap_tokens"])
def test_what_fills_up_a_text_with_a_class_is_no_token_of_it(kind: str) -> None:
    spec = DataSpec(TensorSpec(("N", 14), "int64"), CLASS, ("good", "bad"), tokens=("fill", *"abcdefgh"))
    tokens = torch.randint(1, 9, (40, 14))
    tokens[:, 6:] = FILL
    pair = Pair(tokens, torch.arange(40) % 2)
    found = applied(kind, pair, ground(spec, tokens), share=0.5).input
    assert torch.equal(found == FILL, tokens == FILL)
    assert 0.25 < float((found != tokens)[:, :6].float().mean()) < 0.75


def test_swapped_tokens_are_the_same_and_move_by_one_place() -> None:
    pair, spec = texts()
    found = applied("swap_tokens", pair, ground(spec, pair.input), share=0.5).input
    assert torch.equal(found.sort(1).values, pair.input.sort(1).values)
    for before, after in zip(pair.input.tolist(), found.tolist(), strict=True):
        for place, token in enumerate(after):
            assert token in before[max(0, place - 1) : place + 2]


def test_what_is_left_of_a_text_keeps_its_order_and_is_filled_up() -> None:
    pair, spec = texts()
    found = applied("delete_tokens", pair, ground(spec, pair.input), share=0.4).input
    shorter = 0
    for before, after in zip(pair.input[:, :9].tolist(), found[:, :9].tolist(), strict=True):
        text = [token for token in after if token != FILL]
        rest = iter(before)
        assert all(token in rest for token in text)
        assert after == text + [FILL] * (9 - len(text))
        shorter += len(text) < 7
    assert shorter > 20


def test_a_mark_hides_tokens_where_the_data_have_one() -> None:
    window = TensorSpec(("N", 8), "int64")
    hidden = DataSpec(window, window, ("a", "b", "c", HIDDEN))
    tokens = torch.randint(3, (50, 8))
    part = {"by": "mark", "share": 0.5}
    found = applied("mask_tokens", Pair(tokens, tokens), ground(hidden, tokens), **part).input
    share = float((found == 3).float().mean())
    assert 0.4 < share < 0.6
    assert torch.equal(found[found != 3], tokens[found != 3])
    plain = DataSpec(window, window, ("a", "b", "c"))
    said = [*CATALOG.augmentation(Choice("mask_tokens", part)).misfits(plain, None)]
    assert [(misfit.code, misfit.param) for misfit in said] == [("ND442", "by")]
    for kind in ("swap_tokens", "delete_tokens", "hide_tokens"):
        said = [*CATALOG.augmentation(Choice(kind)).misfits(plain, None)]
        assert [misfit.code for misfit in said] == ["ND444"], kind


def test_other_tokens_are_hidden_as_many_of_the_same_texts_and_in_the_same_ways() -> None:
    pair, spec = batch("hidden tokens", 2000), SPECS["hidden tokens"]
    text = pair.target.where(pair.target != NO_CLASS, pair.input)
    found = applied("hide_tokens", pair, ground(spec, pair.input))
    hidden = found.target != NO_CLASS
    assert (hidden.sum(1) == 3).all()
    assert torch.equal(found.target[hidden], text[hidden])
    assert torch.equal(found.input[~hidden], text[~hidden])
    assert hidden.float().mean(0) == pytest.approx(torch.full((14,), 3 / 14), abs=0.05)
    shown, wanted = found.input[hidden], found.target[hidden]
    assert float((shown == 8).float().mean()) == pytest.approx(0.8, abs=0.03)
    assert float((shown == wanted).float().mean()) == pytest.approx(0.1 + 0.1 / 8, abs=0.03)


def test_series_are_stretched_around_their_mean_and_shifted_within_themselves() -> None:
    pair = batch("series")
    on = ground(SPECS["series"], pair.input)
    wider = applied("scale", pair, on, std=0.5).input
    assert torch.allclose(wider.mean(1), pair.input.mean(1), atol=1e-5)
    factors = (wider - wider.mean(1, keepdim=True)).norm(dim=1) / (
        pair.input - pair.input.mean(1, keepdim=True)
    ).norm(dim=1)
    assert factors.std() > 0.1
    later = applied("shift_time", pair, on, share=0.25).input
    for before, after in zip(pair.input, later, strict=True):
        places = [torch.arange(20).add(by).clamp(0, 19) for by in range(-5, 6)]
        assert any(torch.equal(before[place], after) for place in places)
    gone = applied("hide_time", pair, on, share=0.5).input
    hidden = (gone != pair.input).all(2)
    assert (hidden.sum(1) <= 10).all()
    assert hidden.any()


def test_what_is_to_come_follows_the_series_or_the_series_stays_where_it_is() -> None:
    pair = batch("series")
    spec = DataSpec(TensorSpec(("N", 16, 2)), TensorSpec(("N", 4, 1)), ahead=True)
    seen, ahead = pair.input[:, :16], pair.input[:, 16:, :1]
    found = applied("scale", Pair(seen, ahead), ground(spec, seen), std=0.5)
    middle = seen.mean(1, keepdim=True)
    factor = ((found.input - middle) / (seen - middle)).median(1, keepdim=True).values[..., :1]
    assert torch.allclose(found.target, middle[..., :1] + factor * (ahead - middle[..., :1]), atol=1e-4)
    assert not torch.equal(found.target, ahead)
    said = [*CATALOG.augmentation(Choice("shift_time")).misfits(spec, None)]
    assert [misfit.code for misfit in said] == ["ND444"]
    for kind in ("jitter", "hide_time", "mixup"):
        assert not [*CATALOG.augmentation(Choice(kind)).misfits(spec, CATALOG.task(Choice("forecasting")))]
