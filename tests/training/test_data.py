from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import WeightedRandomSampler

from netdesigner.errors import ParameterError, TrainingError
from netdesigner.parts import Dataset, DataSpec, Samples, TensorSpec
from netdesigner.training.data import Batches, Portion, chances, prepare, scale


def samples(source: np.ndarray, target: np.ndarray, **facts: Any) -> Samples:
    kind = "int64" if target.dtype == np.int64 else "float32"
    spec = DataSpec(
        TensorSpec(("N", *source.shape[1:]), str(source.dtype)),
        TensorSpec(("N", *target.shape[1:]), kind),
        **facts,
    )
    return Samples(source, target, spec)


def classes(counts: Mapping[int, int]) -> Samples:
    target = np.repeat(list(counts), list(counts.values())).astype(np.int64)
    source = np.random.default_rng(0).normal(3.0, 2.0, size=(len(target), 5)).astype(np.float32)
    return samples(source, target)


def test_the_parts_share_no_sample_and_leave_none_out() -> None:
    prepared = prepare(Dataset(validation=0.2, test=0.3), classes({0: 40, 1: 60}))
    rows = np.concatenate(list(prepared.indices.values()))
    assert sorted(rows) == list(range(100))
    assert prepared.counts == {"train": 50, "validation": 20, "test": 30}


def test_each_part_keeps_the_share_of_every_class() -> None:
    prepared = prepare(Dataset(validation=0.2, test=0.2), classes({0: 50, 1: 30, 2: 20}))
    for pair in (prepared.train, prepared.validation, prepared.test):
        shares = np.bincount(pair.target.numpy()) / len(pair.target)
        assert shares == pytest.approx([0.5, 0.3, 0.2], abs=0.02)


def test_a_class_with_a_single_sample_does_not_stop_the_split() -> None:
    prepared = prepare(Dataset(), classes({0: 50, 1: 49, 2: 1}))
    assert sum(prepared.counts.values()) == 100


def test_the_split_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    data = classes({0: 50, 1: 50})
    once, again, other = (prepare(Dataset(split_seed=seed), data).indices["test"] for seed in (1, 1, 2))
    assert (once == again).all()
    assert (once != other).any()


def test_parts_may_be_empty() -> None:
    prepared = prepare(Dataset(validation=0.0, test=0.0), classes({0: 3, 1: 2}))
    assert prepared.counts == {"train": 5, "validation": 0, "test": 0}


def test_the_digest_tells_samples_from_any_others_whatever_the_scaling() -> None:
    data = classes({0: 50, 1: 50})
    other_target, other_input, turned = data.target.copy(), data.input.copy(), data.input[::-1]
    other_target[3] = 1
    other_input[3, 3] += 1e-6
    others = [samples(data.input, other_target), samples(other_input, data.target)]
    others += [samples(turned, data.target), samples(data.input, data.target, classes=("a", "b"))]
    found = {prepare(Dataset(normalize="none"), one).digest for one in (data, *others)}
    assert len(found) == 5
    again = samples(np.asfortranarray(data.input), data.target)
    assert prepare(Dataset(split_seed=9), again).digest == prepare(Dataset(), data).digest


def test_nothing_left_to_train_on_is_refused() -> None:
    with pytest.raises(ParameterError, match="of 10 samples, 5 for validation and 5 for the test leave none"):
        prepare(Dataset(validation=0.5, test=0.5), classes({0: 10}))


def test_columns_are_scaled_with_numbers_of_the_training_part_alone() -> None:
    data = classes({0: 50, 1: 50})
    prepared = prepare(Dataset(), data)
    train = data.input[prepared.indices["train"]]
    assert prepared.scaling["shift"] == pytest.approx(train.mean(0), rel=1e-5)
    assert prepared.scaling["scale"] == pytest.approx(train.std(0), rel=1e-5)
    assert prepared.train.input.mean(0).tolist() == pytest.approx([0] * 5, abs=1e-5)
    assert prepared.train.input.std(0, correction=0).tolist() == pytest.approx([1] * 5, abs=1e-5)


def test_minmax_takes_the_training_part_to_0_and_1() -> None:
    prepared = prepare(Dataset(normalize="minmax"), classes({0: 50, 1: 50}))
    assert prepared.train.input.amin(0).tolist() == pytest.approx([0] * 5, abs=1e-6)
    assert prepared.train.input.amax(0).tolist() == pytest.approx([1] * 5, abs=1e-6)


def test_raw_inputs_stay_as_they_are_where_nothing_is_normalised() -> None:
    data = classes({0: 10, 1: 10})
    prepared = prepare(Dataset(normalize="none"), data)
    assert prepared.scaling == {}
    assert (prepared.test.input.numpy() == data.input[prepared.indices["test"]]).all()


def test_a_constant_column_is_shifted_and_keeps_its_scale() -> None:
    data = classes({0: 20, 1: 20})
    data.input[:, 2] = 0.1
    prepared = prepare(Dataset(), data)
    assert prepared.scaling["scale"][2] == 1.0
    assert prepared.train.input[:, 2].abs().max() < 1e-6


@pytest.mark.parametrize(("shape", "axis", "count"), [((2, 4, 4), 1, 2), ((7, 3), 2, 3), ((6,), 1, 6)])
def test_pictures_are_scaled_by_channel_and_sequences_by_feature(
    shape: tuple[int, ...], axis: int, count: int
) -> None:
    source = np.random.default_rng(0).normal(size=(40, *shape)).astype(np.float32)
    prepared = prepare(Dataset(), samples(source, np.zeros((40, 1), np.float32)))
    assert (prepared.scaling["axis"], len(prepared.scaling["scale"])) == (axis, count)
    others = [a for a in range(source.ndim) if a != axis]
    assert prepared.train.input.mean(others).tolist() == pytest.approx([0] * count, abs=1e-5)


def test_scaling_computes_what_an_export_states() -> None:
    raw = np.random.default_rng(0).normal(size=(4, 3, 2, 2)).astype(np.float32)
    scaling = {"shift": [1.0, 2.0, 3.0], "scale": [2.0, 4.0, 8.0], "axis": 1}
    stated = (raw - np.array([1, 2, 3]).reshape(1, 3, 1, 1)) / np.array([2, 4, 8]).reshape(1, 3, 1, 1)
    assert scale(raw, scaling) == pytest.approx(stated, abs=1e-6)


def test_whole_numbers_are_never_scaled() -> None:
    tokens = np.arange(60, dtype=np.int64).reshape(20, 3)
    prepared = prepare(Dataset(), samples(tokens, np.zeros(20, np.int64)))
    assert prepared.scaling == {}
    assert prepared.train.input.dtype == torch.int64


def test_masks_are_split_with_their_pictures_and_never_scaled() -> None:
    source = np.random.default_rng(0).normal(3.0, 2.0, size=(40, 2, 4, 5)).astype(np.float32)
    masks = (source[:, 0] > 3).astype(np.int64)
    prepared = prepare(Dataset(validation=0.2, test=0.2), samples(source, masks, classes=("low", "high")))
    assert prepared.counts == {"train": 24, "validation": 8, "test": 8}
    shift, width = prepared.scaling["shift"][0], prepared.scaling["scale"][0]
    for pair in (prepared.train, prepared.validation, prepared.test):
        assert pair.target.dtype == torch.int64
        assert torch.equal(pair.input[:, 0] * width + shift > 3, pair.target == 1)


def test_a_missing_number_is_refused_with_its_place() -> None:
    data = samples(np.ones((9, 2), np.float32), np.zeros(9, np.int64), features=("age", "height"))
    data.input[4, 1] = np.nan
    with pytest.raises(
        TrainingError, match="sample 5 has no usable number in column 'height': its input holds nan"
    ):
        prepare(Dataset(), data)


# -- batches ----------------------------------------------------------------------------------------------------------


def numbered(count: int, size: int) -> Batches:
    portion = Portion(torch.arange(count).float().unsqueeze(1), torch.arange(count))
    return Batches(portion, size, torch.device("cpu"))


@pytest.mark.parametrize(
    ("count", "size", "batches"), [(10, 5, 2), (12, 5, 3), (11, 5, 2), (1, 5, 1), (3, 1, 3)]
)
def test_an_epoch_has_every_sample_once_but_one_left_alone(count: int, size: int, batches: int) -> None:
    made = numbered(count, size)
    seen = [pair.target for pair in made.shuffled(torch.Generator().manual_seed(0))]
    assert len(seen) == len(made) == batches
    assert [len(target) for target in seen] == [made.size_of(n) for n in range(batches)]
    rows = torch.cat(seen).tolist()
    assert len(set(rows)) == len(rows) >= count - 1
    assert min(len(target) for target in seen) > 1 or size == 1 or count == 1


def test_inputs_and_targets_stay_together() -> None:
    for pair in numbered(20, 6).shuffled(torch.Generator().manual_seed(0)):
        assert (pair.input.squeeze(1) == pair.target).all()


def test_an_epoch_is_taken_up_in_the_middle_of_the_same_order() -> None:
    whole = [p.target.tolist() for p in numbered(20, 6).shuffled(torch.Generator().manual_seed(7))]
    rest = [p.target.tolist() for p in numbered(20, 6).shuffled(torch.Generator().manual_seed(7), 2)]
    assert rest == whole[2:]


def test_a_held_out_part_is_gone_through_in_order() -> None:
    assert [len(pair.target) for pair in numbered(11, 5)] == [5, 5, 1]
    assert torch.cat([pair.target for pair in numbered(11, 5)]).tolist() == list(range(11))


# ------------------------------------------------------------------------------------------- samples in a row


class Row(Dataset):
    """Samples that follow one another."""

    continuous = True


def in_a_row(count: int) -> Samples:
    tokens = np.arange(count * 3).reshape(count, 3)
    return samples(tokens, tokens + 1)


@pytest.mark.parametrize("seed", range(5))
def test_of_samples_in_a_row_each_part_is_one_stretch_of_a_ring(seed: int) -> None:
    prepared = prepare(Row(validation=0.2, test=0.1, split_seed=seed), in_a_row(50))
    assert prepared.counts == {"train": 35, "validation": 10, "test": 5}
    assert sorted(np.concatenate(list(prepared.indices.values()))) == list(range(50))
    for rows in prepared.indices.values():
        assert sum((rows + 1) % 50 == np.roll(rows, -1)) >= len(rows) - 1


def test_the_seed_chooses_where_the_stretches_begin() -> None:
    data = in_a_row(50)
    tests = [tuple(prepare(Row(split_seed=seed), data).indices["test"]) for seed in (1, 1, 2)]
    assert tests[0] == tests[1] != tests[2]


class Grouped(Row):
    """Samples that follow one another, of which a fifth each belong together."""

    groups = 5


@pytest.mark.parametrize("seed", range(5))
def test_groups_of_samples_are_held_out_as_a_whole(seed: int) -> None:
    prepared = prepare(Grouped(validation=0.15, test=0.45, split_seed=seed), in_a_row(50))
    assert prepared.counts == {"train": 20, "validation": 10, "test": 20}
    groups = [rows // 10 for rows in prepared.indices.values()]
    assert [len(np.unique(rows)) for rows in groups] == [2, 1, 2]


def test_no_target_of_the_training_part_is_a_target_of_another() -> None:
    prepared = prepare(Row(), in_a_row(50))
    learned, *others = (
        set(pair.target.flatten().tolist()) for pair in (prepared.train, prepared.validation, prepared.test)
    )
    assert not learned & set().union(*others)


# ---------------------------------------------------------------------------------------------------- balanced drawing

RARE = torch.tensor([0] * 90 + [1] * 9 + [3])
OF_FOUR = DataSpec(TensorSpec(("N", 1)), TensorSpec(("N",), "int64"), classes=("a", "b", "c", "d"))


def drawn(start: int = 0, seed: int = 7) -> list[list[float]]:
    portion = Portion(torch.arange(100.0)[:, None], RARE)
    batches = Batches(portion, 16, torch.device("cpu"), chances(RARE, OF_FOUR))
    order = torch.Generator().manual_seed(seed)
    return [pair.input.flatten().tolist() for pair in batches.shuffled(order, start)]


def test_balanced_samples_are_those_that_torch_draws() -> None:
    weights = [1 / 90] * 90 + [1 / 9] * 9 + [1.0]
    theirs = WeightedRandomSampler(weights, 100, generator=torch.Generator().manual_seed(7))
    assert [number for batch in drawn() for number in batch] == list(theirs)


def test_every_class_comes_equally_often_and_an_epoch_is_as_long_as_ever() -> None:
    rows = [int(row) for seed in range(30) for batch in drawn(seed=seed) for row in batch]
    counts = torch.bincount(RARE[rows])
    assert counts.sum() == 3000
    assert counts[2] == 0
    assert ((counts[[0, 1, 3]] - 1000).abs() < 110).all()  # four deviations of a third of 3000


def test_balanced_batches_are_the_same_from_the_middle_of_an_epoch() -> None:
    assert drawn(start=3) == drawn()[3:]


@pytest.mark.parametrize(
    "spec",
    [
        DataSpec(TensorSpec(("N", 1)), TensorSpec(("N", 2)), targets=("u", "v")),
        DataSpec(TensorSpec(("N", 1)), TensorSpec(("N", 4), "int64"), classes=("a", "b")),
    ],
)
def test_without_one_class_a_sample_there_is_nothing_to_balance(spec: DataSpec) -> None:
    with pytest.raises(TrainingError, match="one class each, and the targets are no classes"):
        chances(RARE, spec)
