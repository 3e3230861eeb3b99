from __future__ import annotations

import datetime as dt
import decimal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from netdesigner.datasets.tables import Csv, Parquet
from netdesigner.errors import DataError, MissingExtraError


def written(folder: Path, columns: dict[str, Any] | pa.Table, **params: Any) -> Parquet:
    path = folder / "table.parquet"
    parquet.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), path)
    return Parquet(path=str(path), **params)


def test_types_are_those_the_file_declares(tmp_path: Path) -> None:
    day = dt.date(1970, 1, 3)
    data = written(
        tmp_path,
        {
            "whole": [1, 2],
            "real": [0.5, 1.5],
            "texts of digits": ["1", "2"],
            "flag": [True, False],
            "day": [day, day],
            "moment": pa.array([86_400_000, 43_200_000], pa.timestamp("ms")),
            "price": [decimal.Decimal("1.25"), decimal.Decimal("2.50")],
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "nested": [[1], [2]],
            "nothing": pa.nulls(2),
        },
        targets=("kind",),
    )
    columns = {column.name: (column.type, column.use) for column in data.inspect().columns}
    assert columns == {
        "whole": ("integer", "input"),
        "real": ("number", "input"),
        "texts of digits": ("category", "input"),
        "flag": ("category", "input"),
        "day": ("date", "input"),
        "moment": ("date", "input"),
        "price": ("number", "input"),
        "kind": ("category", "target"),
        "nested": ("text", "left out"),
        "nothing": ("empty", "left out"),
    }
    samples = data.load()
    assert samples.spec.classes == ("a", "b")
    assert samples.input[0].tolist() == [1, 0.5, 1, 0, 0, 1, 2, 1, 1.25]
    assert samples.spec.features[2:6] == ("texts of digits=1", "texts of digits=2", "flag=False", "flag=True")


def test_nested_column_says_why_it_is_left_out(tmp_path: Path) -> None:
    data = written(tmp_path, {"x": [1.0], "l": [[1]], "y": [0.5]})
    assert data.inspect().columns[1].reason == "a column of list<element: int64> cannot be an input"
    with pytest.raises(DataError, match="column 'l': a column of list"):
        written(tmp_path, {"x": [1.0], "l": [[1]]}, targets=("l",)).load()


def test_blanks_around_a_text_make_no_other_category(tmp_path: Path) -> None:
    samples = written(tmp_path, {"kind": ["a", "a ", "b"], "y": [0.5, 1.5, 2.5]}).load()
    assert samples.spec.features == ("kind=a", "kind=b")
    assert samples.input.tolist() == [[1, 0], [1, 0], [0, 1]]


def test_null_is_missing(tmp_path: Path) -> None:
    columns = {"x": [1.0, None, float("nan")], "s": ["a", None, "b"], "y": [0.5, 1.5, 2.5]}
    with pytest.raises(DataError, match="row 2, column 'x': the value is missing"):
        written(tmp_path, columns).load()
    filled = written(tmp_path, columns, missing="mean").load()
    assert filled.input.tolist() == [[1, 1, 0], [1, 1, 0], [1, 0, 1]]


def test_dates_agree_with_those_of_a_text_table(tmp_path: Path) -> None:
    moments = [dt.datetime(2021, 3, 1, 6, 30), dt.datetime(1969, 12, 31, 12)]  # noqa: DTZ001
    columns = {"d": pa.array(moments, pa.timestamp("us")), "y": [0.5, 1.5]}
    (tmp_path / "t.csv").write_text("d,y\n2021-03-01 06:30,0.5\n1969-12-31 12:00,1.5\n")
    text = Csv(path=str(tmp_path / "t.csv")).load()
    np.testing.assert_array_equal(written(tmp_path, columns).load().input, text.input)


MOMENT = 1_600_000_000


@pytest.mark.parametrize(
    ("kind", "ticks", "example"),
    [
        (pa.timestamp("ns"), MOMENT * 10**9 + 1, "2020-09-13 12:26:40"),
        (pa.timestamp("us", "Europe/Berlin"), MOMENT * 10**6, "2020-09-13 12:26:40"),
        (pa.timestamp("us", "Nowhere/Nothing"), MOMENT * 10**6, "2020-09-13 12:26:40"),
        (pa.timestamp("s"), MOMENT, "2020-09-13 12:26:40"),
    ],
)
def test_moments_of_every_kind_are_days_in_utc(
    kind: pa.DataType, ticks: int, example: str, tmp_path: Path
) -> None:
    data = written(
        tmp_path, {"d": pa.array([ticks, None, ticks], kind), "y": [0.5, 1.5, 2.5]}, missing="drop"
    )
    assert data.inspect().columns[0].examples[0] == example
    assert data.load().input[:, 0] == pytest.approx(MOMENT / 86_400)


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 2], pa.duration("ns")),
        pa.array([1, 2], pa.time64("ns")),
        pa.array([[MOMENT * 10**9 + 1], [1]], pa.list_(pa.timestamp("ns"))),
        pa.array([10**17, 10**17], pa.duration("s")),
    ],
    ids=str,
)
def test_what_python_has_no_value_for_is_left_out_and_shown(column: pa.Array, tmp_path: Path) -> None:
    data = written(tmp_path, {"x": [0.5, 1.5], "odd": column, "y": [0.5, 1.5]})
    assert data.inspect().columns[1].use == "left out"
    assert data.load().spec.features == ("x",)


def test_a_moment_that_no_calendar_has_is_a_number_of_days_all_the_same(tmp_path: Path) -> None:
    far = pa.array([10**17, 10**17], pa.timestamp("ms"))
    data = written(tmp_path, {"d": far, "y": [0.5, 1.5]})
    assert data.load().input[:, 0] == pytest.approx(10**17 / 86_400_000)


def test_a_table_is_read_where_pandas_is_not_installed(tmp_path: Path) -> None:
    data = written(
        tmp_path, {"d": pa.array([1, 2], pa.timestamp("ns")), "t": pa.array([1, 2], pa.time64("ns"))}
    )
    code = (
        "import sys\n"
        "class NoPandas:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name.partition('.')[0] == 'pandas':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, NoPandas())\n"
        "from netdesigner.datasets.tables import Parquet\n"
        f"print([column.name for column in Parquet(path={data.path!r}).inspect().columns])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout.strip() == "['d', 't']"


def test_same_table_as_csv_gives_the_same_samples(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    numbers, letters = rng.normal(size=50), rng.choice(list("abc"), 50)
    classes = rng.choice(["no", "yes"], 50)
    lines = zip(numbers, letters, classes, strict=True)
    (tmp_path / "t.csv").write_text("x,s,c\n" + "".join(f"{float(x)!r},{s},{c}\n" for x, s, c in lines))
    data = written(tmp_path, {"x": numbers, "s": pa.array(list(letters)), "c": pa.array(list(classes))})
    one, other = data.load(), Csv(path=str(tmp_path / "t.csv")).load()
    assert one.spec == other.spec
    np.testing.assert_array_equal(one.input, other.input)
    np.testing.assert_array_equal(one.target, other.target)


def test_missing_library_is_one_sentence_with_the_line_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(tmp_path, {"x": [1.0], "y": [2.5]})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match=r"Reading Parquet files needs .* 'netdesigner\[parquet\]'"):
        data.load()


@pytest.mark.parametrize("content", [b"PAR1", b"x,y\n1,2\n", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_damaged_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read as Parquet") as caught:
        Parquet(path=str(path)).load()
    assert "\n" not in str(caught.value)


def test_cut_file_is_refused(tmp_path: Path) -> None:
    path = Path(written(tmp_path, {"x": list(range(1000)), "y": [0.5] * 1000}).path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        Parquet(path=str(path)).load()


def test_no_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the table has no rows"):
        written(tmp_path, {"x": pa.array([], pa.float64())}).load()


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="column 'x': two columns have this name"):
        written(tmp_path, pa.Table.from_arrays([pa.array([1.0]), pa.array([2.0])], ["x", "x"])).load()


def test_infinite_number_names_its_row(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="row 2, column 'x': the number is infinite"):
        written(tmp_path, {"x": [1.0, float("inf")], "y": [0.5, 1.5]}).load()


def test_declared_size_beyond_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(tmp_path, {"x": [1.0] * 1000, "y": [0.5] * 1000})
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 1000)
    with pytest.raises(DataError, match="the table would take"):
        data.load()
