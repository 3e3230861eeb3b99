"""Windows of series: what is seen, what follows, and what is held out."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdesigner.datasets.sunspots import Sunspots
from netdesigner.datasets.tables import Series
from netdesigner.errors import DataError, ParameterError
from netdesigner.training.data import prepare
from netdesigner.training.runs import data_to_json


def table(folder: Path, text: str, **params: Any) -> Series:
    (folder / "s.csv").write_text(text)
    return Series(path=str(folder / "s.csv"), **params)


def counted(count: int) -> str:
    """Two columns of numbers that tell their step, one of classes and one of texts."""
    rows = (f"{step},{1000 + step},{'ab'[step // 4 % 2]},x{step}" for step in range(count))
    return "\n".join(("u,v,kind,note", *rows))


def days(steps: list[int]) -> str:
    first = date(2020, 1, 30)
    return "\n".join(("day,v", *(f"{first + timedelta(step)},{step}" for step in steps)))


def refusal_of(series: Series) -> str:
    with pytest.raises(DataError) as caught:
        series.load()
    return str(caught.value).removeprefix(f"{series.path}: ")


# ------------------------------------------------------------------------------------------------------------ windows


def test_a_window_is_followed_by_its_target_and_the_next_begins_a_stride_later(tmp_path: Path) -> None:
    samples = table(tmp_path, counted(20), length=5, horizon=3, stride=4).load()
    assert samples.spec.rows == len(samples.input) == 4
    assert samples.input[:, :, 1].tolist() == [[s, s + 1, s + 2, s + 3, s + 4] for s in (0, 4, 8, 12)]
    assert samples.target[..., 0].tolist() == [
        [1000 + s + 5, 1000 + s + 6, 1000 + s + 7] for s in (0, 4, 8, 12)
    ]


def test_what_is_foretold_comes_first_among_the_columns_and_texts_are_left_out(tmp_path: Path) -> None:
    both = table(tmp_path, counted(40), targets=("v", "u")).load()
    assert (both.spec.features, both.spec.targets) == (("v", "u"), ("v", "u"))
    one = table(tmp_path, counted(40), targets=("u",), ignore=("v",)).load()
    assert (one.spec.features, one.spec.targets) == (("u",), ("u",))
    assert table(tmp_path, counted(40)).load().spec.features == ("v", "u")
    uses = {column.name: column.use for column in table(tmp_path, counted(40)).inspect().columns}
    assert uses == {"u": "input", "v": "target", "kind": "left out", "note": "left out"}


def test_a_class_is_that_of_the_last_step_that_is_seen(tmp_path: Path) -> None:
    samples = table(tmp_path, counted(40), length=6, horizon=9, stride=3, label_column="kind").load()
    assert samples.spec.classes == ("a", "b")
    assert samples.spec.features == ("u", "v")
    last = samples.input[:, -1, 0].astype(int)
    assert samples.target.tolist() == (last // 4 % 2).tolist()
    assert last[-1] + 3 > 39


def test_a_series_that_is_too_short_is_told_with_what_it_takes(tmp_path: Path) -> None:
    said = refusal_of(table(tmp_path, counted(20), length=18, horizon=3))
    assert said == (
        "the series has 20 steps, and a window with what follows it takes 21; set a smaller length or horizon"
    )
    with pytest.raises(DataError, match="the series has 309 steps"):
        Sunspots(length=400).load()
    assert Sunspots(length=400).describe().rows == 0


def test_sunspots_are_those_that_were_counted() -> None:
    samples = Sunspots(length=10, horizon=2).load()
    assert samples.input[0, :4, 0].tolist() == [5, 11, 16, 23]  # 1700 and the next years
    assert samples.target[-1, :, 0].tolist() == pytest.approx([7.5, 2.9])  # 2007 and 2008
    assert samples.input.max() == pytest.approx(190.2)  # 1957


# -------------------------------------------------------------------------------------------------------- time and gaps


def test_what_is_missing_is_told_with_row_and_column(tmp_path: Path) -> None:
    said = refusal_of(table(tmp_path, counted(40).replace("7,1007", "7,")))
    assert said.startswith("row 9, column 'v': the value is missing (1 in this column)")
    said = refusal_of(table(tmp_path, days([*range(20), *range(23, 40)])))
    assert said.startswith(
        "row 22, column 'day': the time is 4 times as far from that of the row before as usual"
    )
    said = refusal_of(table(tmp_path, days([0, 1, 2, 4, 3, 5])))
    assert said.startswith("row 6, column 'day': the time is not after that of the row before")
    said = refusal_of(table(tmp_path, counted(40).replace("7,1007", "7,many")))
    assert said.startswith("row 9, column 'v': 'many' is not a number")


def test_for_what_is_missing_the_last_that_was_known_can_stand_and_nothing_that_comes(tmp_path: Path) -> None:
    holes = counted(40).replace("7,1007", "7,").replace("8,1008", "8,")
    filled = table(tmp_path, holes, missing="fill", length=10).load()
    assert filled.input[0, :, 0].tolist() == [*range(1000, 1007), 1006, 1006, 1009]
    first = table(tmp_path, counted(40).replace("0,1000", ","), missing="fill", length=10).load()
    assert first.input[0, :3, 0].tolist() == [1001, 1001, 1002]
    gap = table(tmp_path, days([*range(20), *range(23, 40)]), missing="fill", length=39).load()
    assert gap.input[0, :, 0].tolist() == [*range(20), 19, 19, 19, *range(23, 39)]


def test_windows_in_which_something_is_missing_can_be_left_out(tmp_path: Path) -> None:
    params: dict[str, Any] = {"missing": "skip", "length": 3, "horizon": 1}
    hole = table(tmp_path, counted(12).replace("6,1006", "6,"), **params).load()
    assert hole.input[:, 0, 1].tolist() == [0, 1, 2, 7, 8]
    gap = table(tmp_path, days([*range(6), *range(8, 14)]), **params).load()
    assert gap.input[:, 0, 0].tolist() == [0, 1, 2, 8, 9, 10]
    said = refusal_of(table(tmp_path, days([0, 1, 2, 5, 6, 7, 10, 11, 12]), **params))
    assert said == "something is missing in every window; set missing to fill"


def test_months_are_a_step_apart_whatever_their_length(tmp_path: Path) -> None:
    rows = (f"{2000 + month // 12}-{1 + month % 12:02}-01,{month}" for month in range(40))
    samples = table(tmp_path, "\n".join(("month,v", *rows)), length=3).load()
    assert (samples.spec.features, samples.spec.rows) == (("v",), 37)


def test_times_that_would_fill_the_memory_are_refused(tmp_path: Path) -> None:
    rows = "\n".join(f"{t},{n}" for n, t in enumerate([*range(40), 10**15]))
    said = refusal_of(table(tmp_path, f"t,v\n{rows}", time="t", missing="fill"))
    assert said.startswith("column 't': of 1,000,000,000,000,001 steps only 41 are there, too few")


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"targets": ("w",)}, "there is no column 'w'; it has u, v, kind, note"),
        ({"label_column": "kinds"}, "there is no column 'kinds'; did you mean 'kind'?"),
        ({"targets": ("kind",)}, "column 'kind': it holds no numbers: 'a', and numbers are foretold"),
        ({"targets": ("u",), "ignore": ("u",)}, "column 'u': it is to be learned, and left out: as chosen"),
        ({"time": "note"}, "column 'note': the times are no numbers or dates"),
        ({"ignore": ("u", "v")}, "there is no column of numbers that could be a series"),
    ],
)
def test_columns_that_cannot_be_meant_are_told(params: dict[str, Any], reason: str, tmp_path: Path) -> None:
    assert refusal_of(table(tmp_path, counted(40), **params)).endswith(reason)


# ------------------------------------------------------------------------------------------------------- held-out parts


def steps_of(series: Sunspots, part: str) -> tuple[set[int], set[int]]:
    """The steps that are seen in a part's windows, and those that are foretold there."""
    rows = prepare(series, series.load()).indices[part]
    seen = {int(row) * series.stride + step for row in rows for step in range(series.length)}
    ahead = {
        int(row) * series.stride + series.length + step for row in rows for step in range(series.horizon)
    }
    return seen, ahead


@pytest.mark.parametrize("stride", [1, 3, 50])
def test_the_test_is_the_last_stretch_and_nothing_that_is_foretold_there_was_learned_from(
    stride: int,
) -> None:
    series = Sunspots(length=22, horizon=11, stride=stride, validation=0.2, test=0.2)
    train, validation, test = (steps_of(series, part) for part in ("train", "validation", "test"))
    assert max(train[1]) < min(validation[1]) <= max(validation[1]) < min(test[1])
    assert not test[1] & (train[0] | train[1] | validation[0] | validation[1])
    assert not validation[1] & (train[0] | train[1])
    assert min(test[1]) - max(validation[1]) <= stride  # no more is left out than has to be


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("stride", [1, 4])
def test_stretches_that_may_lie_anywhere_share_no_step(stride: int, seed: int) -> None:
    series = Sunspots(length=12, horizon=3, stride=stride, held_out="anywhere", split_seed=seed)
    found = [
        seen | ahead for seen, ahead in (steps_of(series, part) for part in ("train", "validation", "test"))
    ]
    assert sum(map(len, found)) == len(set().union(*found))


def test_a_part_that_is_empty_costs_no_windows_between() -> None:
    def shares(**params: Any) -> dict[str, int]:
        return Sunspots(length=9, horizon=11, **params).shares(290)

    assert shares(validation=0, test=0)["train"] == 290
    assert shares(validation=0, test=0.1) == {"train": 251, "validation": 0, "test": 29}
    assert shares(validation=0, test=0.1, held_out="anywhere")["train"] == 290 - 29 - 2 * 19
    with pytest.raises(
        ParameterError, match="and 20 between them that hold numbers of two parts, leave none"
    ):
        shares(validation=0.5, test=0.45)


def test_steps_to_come_are_scaled_as_the_columns_they_go_on_with(tmp_path: Path) -> None:
    series = table(tmp_path, counted(80), targets=("v",), length=6, horizon=2)
    samples = series.load()
    prepared = prepare(series, samples)
    assert samples.spec.unit is None
    assert prepared.spec.unit is not None
    assert prepared.spec.unit.shift == tuple(prepared.scaling["shift"][:1])
    rows = prepared.indices["test"]
    np.testing.assert_allclose(
        prepared.spec.unit.restored(prepared.test.target.numpy()), samples.target[rows], rtol=1e-5
    )
    step = prepared.train.input[0, -1, 0] - prepared.train.input[0, -2, 0]
    assert prepared.train.target[0, 0, 0] - prepared.train.input[0, -1, 0] == pytest.approx(
        float(step), rel=1e-4
    )


def test_nothing_is_scaled_where_nothing_shall_be() -> None:
    prepared = prepare(Sunspots(normalize="none"), Sunspots().load())
    assert prepared.spec.unit is None
    assert prepared.train.target[0, 0, 0] == 21  # of 1724


# ------------------------------------------------------------------------------------------------------ several series


def sales(folder: Path, days: dict[str, int], **params: Any) -> Series:
    """A row a day and shop, day by day; a shop's numbers are far from those of the others."""
    rows = [
        (f"2024-01-{1 + day:02}", shop, 1000 * number + day)
        for day in range(max(days.values()))
        for number, shop in enumerate(days)
        if day < days[shop]
    ]
    text = "\n".join(("day,shop,sold", *(f"{day},{shop},{sold}" for day, shop, sold in rows)))
    return table(
        folder, text, **{"series": "shop", "targets": ("sold",), "length": 3, "horizon": 2, **params}
    )


def test_no_window_has_steps_of_two_series(tmp_path: Path) -> None:
    data = sales(tmp_path, {"west": 8, "east": 6, "tiny": 4})
    samples = data.load()
    assert samples.spec == data.describe()
    assert samples.spec.features == ("sold",)
    assert samples.spec.stretches == (2, 4)  # in the order of their names; tiny is shorter than a window
    whole = np.concatenate([samples.input, samples.target], axis=1)[..., 0]
    np.testing.assert_array_equal(whole[:, 0], [1000, 1001, 0, 1, 2, 3])
    np.testing.assert_array_equal(np.diff(whole, axis=1), 1)
    titles = [preview.title for preview in data.preview(samples)]
    assert titles[0] == "sold"


def test_each_series_is_cut_into_parts_by_itself(tmp_path: Path) -> None:
    data = sales(tmp_path, {"a": 24, "b": 31, "c": 6}, validation=0.2, test=0.2)
    samples = data.load()
    prepared = prepare(data, samples)
    spec = samples.spec
    assert prepared.counts == data.shares(spec.rows, spec.stretches)
    ends = np.cumsum((0, *spec.stretches))
    for low, high in itertools.pairwise(ends[:3]):
        parts = [prepared.indices[name] for name in ("train", "validation", "test")]
        train, validation, test = ([row for row in part if low <= row < high] for part in parts)
        assert (
            low == train[0] <= train[-1] < validation[0] <= validation[-1] < test[0] <= test[-1] == high - 1
        )
        known, told = samples.input[: train[-1] + 1][low:], samples.target[validation[0]]
        assert known.max() < told.min()
    assert set(range(ends[2], ends[3])) <= set(prepared.indices["train"])  # too short to be cut


def test_parts_that_leave_nothing_of_any_series_are_refused(tmp_path: Path) -> None:
    data = sales(tmp_path, {"a": 9, "b": 8}, validation=0.5, test=0.5)
    with pytest.raises(ParameterError, match="leave none to train on"):
        prepare(data, data.load())


def test_rows_out_of_order_are_told_with_what_would_be_several_series(tmp_path: Path) -> None:
    said = refusal_of(sales(tmp_path, {"a": 9, "b": 9}, series=""))
    assert "put the rows in order, or say in 'series' which column tells several series apart" in said
    assert "there is no column 'shops'; did you mean 'shop'?" in refusal_of(
        sales(tmp_path, {"a": 9, "b": 9}, series="shops")
    )


@pytest.mark.parametrize(("missing", "rows", "repeated"), [("skip", 5, 0), ("fill", 10, 2)])
def test_a_day_that_is_missing_in_one_series_is_none_in_another(
    missing: str, rows: int, repeated: int, tmp_path: Path
) -> None:
    lines = [f"2024-01-{day:02},{shop},{day}" for shop in "ab" for day in range(1, 10)]
    lines.remove("2024-01-05,b,5")
    text = "\n".join(("day,shop,sold", *lines))
    data = table(tmp_path, text, series="shop", missing=missing, length=3, horizon=2)
    samples = data.load()
    assert samples.spec.rows == rows
    apart = np.diff(samples.input[..., 0], axis=1)
    assert (apart == 0).sum() == (apart == 2).sum() == repeated
    said = refusal_of(table(tmp_path, text, series="shop", length=3))
    assert "row 15, column 'day': the time is 2 times as far" in said


def test_a_run_knows_its_series_again(tmp_path: Path) -> None:
    data = sales(tmp_path, {"a": 24, "b": 31})
    held = data_to_json(prepare(data, data.load()))
    assert held["stretches"] == [20, 27]
