from __future__ import annotations

import numpy as np

from netdesigner.datasets._previews import image_previews, row_previews
from netdesigner.parts import Bars, DataSpec, ImageGrid, Samples, Table, TensorSpec


def samples(input: np.ndarray, target: np.ndarray, **names: tuple[str, ...]) -> Samples:
    spec = DataSpec(TensorSpec(("N", *input.shape[1:])), TensorSpec(("N",)), rows=len(input), **names)
    return Samples(input, target, spec)


def test_pictures_show_every_class() -> None:
    input = np.zeros((100, 1, 2, 2), dtype=np.float32)
    target = np.array([0] * 97 + [1, 2, 2])
    grid, bars, _ = image_previews(samples(input, target, classes=("a", "b", "c")))
    assert isinstance(grid, ImageGrid)
    assert [picture.caption for picture in grid.pictures] == ["a"] * 8 + ["b", "c", "c"]
    assert bars == Bars("Samples by class", ("a", "b", "c"), (97.0, 1.0, 2.0))


def test_statistics_are_by_channel() -> None:
    input = np.stack([np.full((5000, 2, 2), 3), np.arange(20_000).reshape(5000, 2, 2)], axis=1)
    table = image_previews(samples(input.astype(np.float32), np.zeros((5000, 1))))[2]
    assert isinstance(table, Table)
    assert table.rows[0] == ("channel 0", 3, 0, 3, 3)
    assert table.rows[1] == ("channel 1", 9999.5, float(f"{np.arange(20_000).std():.6g}"), 0, 19_999)


def test_first_rows_bear_features_and_class() -> None:
    input = np.arange(120, dtype=np.float32).reshape(60, 2)
    data = samples(input, np.arange(60) % 2, classes=("no", "yes"), features=("u", "v"), targets=("t",))
    table, bars, statistics = row_previews(data)
    assert isinstance(table, Table)
    assert table.title == "First 50 of 60 rows"
    assert table.columns == ("u", "v", "t")
    assert table.rows[1] == (2.0, 3.0, "yes")
    assert isinstance(bars, Bars)
    assert isinstance(statistics, Table)
    assert [row[0] for row in statistics.rows] == ["u", "v"]


def test_values_are_counted_in_ranges() -> None:
    _, bars, _ = row_previews(
        samples(np.zeros((13, 1), np.float32), np.arange(13.0)[:, None], targets=("t",))
    )
    assert isinstance(bars, Bars)
    assert bars.title == "Distribution of t"
    assert bars.labels[0] == "0 to 1"
    assert bars.values == (1,) * 11 + (2,)


def test_wide_tables_are_cut_and_say_so() -> None:
    table, _, statistics = row_previews(
        samples(np.zeros((2, 784), np.float32), np.array([0, 1]), classes=("a", "b"))
    )
    assert isinstance(table, Table)
    assert isinstance(statistics, Table)
    assert table.title == "First 2 of 2 rows, first 64 of 784 columns"
    assert len(table.columns) == len(table.rows[0]) == 65
    assert len(statistics.rows) == 64
