from __future__ import annotations

import math

import numpy as np
import pytest

from netdesigner.ui.series import CHUNK, Series, thin


def smoothed_by_hand(values: list[float], weight: float) -> list[float]:
    total, weights, found = 0.0, 0.0, []
    for value in values:
        total, weights = total * weight, weights * weight
        if math.isfinite(value):
            total, weights = total + value, weights + 1
        found.append(total / weights if weights else math.nan)
    return found


@pytest.mark.parametrize("weight", [0.01, 0.5, 0.9, 0.999])
def test_smoothing_is_a_weighted_mean_of_all_values_so_far(weight: float) -> None:
    values = list(np.random.default_rng(0).normal(size=3000))
    values[7] = math.nan
    series = Series(weight)
    for start in range(0, 3000, 37):
        chunk = values[start : start + 37]
        series.extend(range(start, start + len(chunk)), chunk)
    np.testing.assert_allclose(series.smoothed, smoothed_by_hand(values, weight), rtol=1e-9)


def test_other_smoothing_smooths_all_points_again() -> None:
    values = list(np.random.default_rng(1).normal(size=500))
    series = Series(0.2)
    series.extend(range(500), values)
    series.smoothing = 0.95
    np.testing.assert_allclose(series.smoothed, smoothed_by_hand(values, 0.95), rtol=1e-9)


def test_the_start_is_not_pulled_towards_zero() -> None:
    series = Series(0.99)
    series.extend(range(5), [3.0] * 5)
    np.testing.assert_allclose(series.smoothed, [3.0] * 5)


def test_without_smoothing_the_line_is_what_was_reported() -> None:
    series = Series()
    series.extend((1, 2), (5.0, math.inf))
    np.testing.assert_array_equal(series.smoothed, [5.0, math.inf])


def test_a_resumed_run_takes_points_again() -> None:
    series = Series(0.5)
    series.extend(range(1, 11), range(10))
    series.drop_after(4)
    assert list(series.x) == [1, 2, 3, 4]
    series.extend((5,), (100.0,))
    np.testing.assert_allclose(series.smoothed, smoothed_by_hand([0, 1, 2, 3, 100], 0.5))


def test_every_point_is_kept() -> None:
    series = Series()
    for start in range(0, 10_000, 100):
        series.extend(range(start, start + 100), range(start, start + 100))
    assert len(series) == 10_000
    np.testing.assert_array_equal(series.y, np.arange(10_000))


def test_the_nearest_point_is_found() -> None:
    series = Series()
    assert series.at(3) is None
    series.extend((10, 20, 30), (1.0, 2.0, 3.0))
    assert [series.at(x)[1] for x in (-5, 14, 16, 99)] == [1.0, 1.0, 2.0, 3.0]  # type: ignore[index]


def test_a_spike_of_one_step_survives_thinning() -> None:
    series = Series(0.9)
    values = np.zeros(100_000)
    values[51_234] = 7.0
    values[70_000] = -3.0
    series.extend(range(100_000), values)
    shown = thin(series, 0, 100_000, 500)
    assert len(shown.x) == 500
    assert shown.high.max() == 7.0
    assert shown.low.min() == -3.0


def test_a_few_points_are_not_thinned_and_neighbours_of_the_view_are_kept() -> None:
    series = Series()
    series.extend(range(100), range(100))
    shown = thin(series, 10, 20, 500)
    assert list(shown.x) == list(range(9, 22))
    assert shown.low is shown.high


def test_numbers_that_are_not_finite_leave_a_gap_when_thinned() -> None:
    series = Series()
    series.extend(range(1000), [math.nan] * 500 + [1.0] * 500)
    shown = thin(series, 0, 1000, 10)
    assert np.isnan(shown.high[:4]).all()
    assert shown.high[-1] == 1.0


# -- more points than memory holds ------------------------------------------------------------------------------------


def noisy(count: int) -> np.ndarray:
    values = np.random.default_rng(3).normal(size=count)
    values[::997] = math.nan
    return values


def filled(values: np.ndarray, weight: float = 0.9) -> Series:
    series = Series(weight)
    for start in range(0, len(values), 333):
        part = values[start : start + 333]
        series.extend(range(start + 1, start + 1 + len(part)), part)
    return series


LONG = 3 * CHUNK + 1234


@pytest.mark.parametrize("count", [1000, 100_000])
def test_of_what_only_some_steps_gave_the_last_number_is_the_line_when_thinned(count: int) -> None:
    series = Series(0.9)
    series.extend(range(count), (float(step) if step % 4 == 1 else math.nan for step in range(count)))
    series.smoothing = 0.0
    shown = thin(series, 0, count, 50)
    assert all(0 <= end - value < 4 for end, value in zip(shown.x, shown.line, strict=True))


def test_a_long_series_gives_every_point_back_and_is_smoothed_as_a_short_one() -> None:
    values = noisy(LONG)
    series = filled(values)
    assert series.last == len(series) == LONG
    np.testing.assert_array_equal(series.x, np.arange(1, LONG + 1))
    np.testing.assert_array_equal(series.y, values)
    np.testing.assert_allclose(series.smoothed, smoothed_by_hand(list(values), 0.9), rtol=1e-9)
    series.smoothing = 0.5
    np.testing.assert_allclose(series.smoothed, smoothed_by_hand(list(values), 0.5), rtol=1e-9)
    assert series.at(CHUNK + 0.4) == (CHUNK, values[CHUNK - 1], series.smoothed[CHUNK - 1])


@pytest.mark.parametrize("last", [5, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 77, LONG - 3])
def test_a_long_series_goes_on_after_any_point(last: int) -> None:
    values = noisy(LONG)
    series = filled(values)
    series.drop_after(last)
    assert series.last == len(series) == last
    again = values[last:][::-1].copy()
    series.extend(range(last + 1, LONG + 1), again)
    expected = np.concatenate([values[:last], again])
    np.testing.assert_array_equal(series.y, expected)
    np.testing.assert_allclose(series.smoothed, smoothed_by_hand(list(expected), 0.9), rtol=1e-9)


@pytest.mark.parametrize(
    ("first", "last"), [(0, LONG), (4000, 12_000), (12_400, 12_900), (4090, 4100), (-9, 1)]
)
@pytest.mark.parametrize("most", [20, 150, 1000])
def test_what_is_drawn_of_a_long_series_has_the_extremes_of_what_is_seen(
    first: int, last: int, most: int
) -> None:
    values = noisy(LONG)
    series = filled(values)
    shown = thin(series, first, last, most)
    seen = values[max(0, first - 2) : last + 1]
    assert len(shown.x) == min(most, len(shown.x))
    assert (np.diff(shown.x) > 0).all()
    assert np.nanmin(shown.low) == np.nanmin(seen)
    assert np.nanmax(shown.high) == np.nanmax(seen)
    np.testing.assert_allclose(shown.line, series.smoothed[shown.x.astype(int) - 1], rtol=1e-9)


def test_a_disk_that_takes_nothing_leaves_the_points_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> object:
        raise OSError("no space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", full)
    values = noisy(2 * CHUNK + 1)
    np.testing.assert_array_equal(filled(values).y, values)
