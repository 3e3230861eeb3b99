"""Text tables as they come: each opens as declared, or the refusal names file, row and column."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.datasets._source import training_rows
from netdesigner.datasets.tables import Csv
from netdesigner.errors import CancelledError, DataError, ParameterError


@dataclass(frozen=True)
class Case:
    """A file and what must come of it.

    Attributes:
        content: the file's bytes, or a text in UTF-8.
        types: of the columns as detected.
        inputs: the first rows of the input.
        target: the first targets: class names as texts, or values.
        params: of the data set.
        found: other facts of the inspection.
    """

    content: bytes | str
    types: str
    inputs: list[list[float]] | None = None
    target: list[Any] | None = None
    params: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)


GOOD = {
    "plain": Case("x,y,c\n1,2.5,a\n3,4,b\n", "integer number category", [[1, 2.5], [3, 4]], ["a", "b"]),
    "semicolon": Case("x;c\n1.5;a\n2;b\n", "number category", [[1.5], [2]], ["a", "b"], found={"delimiter": ";"}),
    "tab": Case("x\tc\n1\ta b\n2\tc,d\n", "integer category", [[1], [2]], ["a b", "c,d"], found={"delimiter": "\t"}),
    "pipe": Case("x|c\n1|a\n2|b\n", "integer category", [[1], [2]], ["a", "b"], found={"delimiter": "|"}),
    "decimal comma": Case("x;y\n1,5;0,25\n-3;1e-2\n", "number number", [[1.5], [-3]], [0.25, 0.01],
                          {"target_type": "number"}, {"decimal": ",", "delimiter": ";"}),
    "decimal comma far down": Case("x;y\n" + "1;2\n" * 1500 + "1,5;2\n", "number integer", [[1], [1]],
                                   params={"target_type": "number"}, found={"decimal": ","}),
    "decimal comma in commas when quoted": Case('x,c\n"1,5",a\n"2,5",b\n', "number category", [[1.5], [2.5]],
                                                params={"decimal": ","}),
    "comma is text where points are used": Case("x;y;z\n1,5;1.5;a\n2,5;2.5;b\n", "category number category",
                                                [[1, 0, 1.5], [0, 1, 2.5]]),
    "byte order mark": Case(b"\xef\xbb\xbfx,c\n1,a\n2,b\n", "integer category", found={"encoding": "utf-8-sig"}),
    "utf-16 little": Case("x,c\n1,é\n2,ü\n".encode("utf-16"), "integer category", [[1], [2]], ["é", "ü"],
                          found={"encoding": "utf-16"}),
    "utf-16 big": Case(b"\xfe\xff" + "x,c\n1,é\n2,ü\n".encode("utf-16-be"), "integer category", target=["é", "ü"]),
    "cp1252": Case("x,c\n1,café\n2,naïve\n".encode("cp1252"), "integer category", target=["café", "naïve"],
                   found={"encoding": "cp1252"}),
    "latin letters in utf-8": Case("größe,c\n1,ß\n2,ö\n", "integer category", target=["ß", "ö"]),
    "encoding said": Case("x,c\n1,я\n2,ю\n".encode("cp1251"), "integer category", target=["я", "ю"],
                          params={"encoding": "cp1251"}),
    "quotes with line ends": Case('x,c\n1,"two\nlines"\n2,"a ""word"""\n', "integer category",
                                  target=["two\nlines", 'a "word"']),
    "quoted delimiter": Case('x,c\n1,"a,b"\n2,c\n', "integer category", target=["a,b", "c"]),
    "blanks around": Case("x , c\n 1 , a \n 2 ,b\n", "integer category", [[1], [2]], ["a", "b"]),
    "windows lines": Case("x,c\r\n1,a\r\n2,b\r\n", "integer category", [[1], [2]]),
    "old mac lines": Case("x,c\r1,a\r2,b\r", "integer category", [[1], [2]]),
    "no last line end": Case("x,c\n1,a\n2,b", "integer category", [[1], [2]]),
    "empty lines": Case("x,c\n\n1,a\n\n2,b\n\n", "integer category", [[1], [2]]),
    "spreadsheet's first line": Case("sep=;\nx;c\n1;a\n2;b\n", "integer category", [[1], [2]],
                                     found={"delimiter": ";"}),
    "no header": Case("1,2,a\n3,4,b\n", "integer integer category", [[1, 2], [3, 4]], found={"header": False}),
    "header of numbers": Case("2019,2020\n1.5,2.5\n3,4\n", "number number", [[1.5], [3]], [2.5, 4],
                              {"header": "yes", "target_type": "number"}),
    "header of texts is not one": Case("a,b\nc,d\na,d\n", "category category", [[1, 0], [0, 1]],
                                       params={"header": "no"}),
    "unnamed index column": Case(",x,c\n0,5,a\n1,6,b\n", "integer integer category", [[0, 5], [1, 6]]),
    "one row": Case("x,y\n1,2.5\n", "integer number", [[1]], [2.5]),
    "leading zeros are text": Case("code,y\n007,1.5\n010,2.5\n007,1\n", "category number",
                                   [[1, 0], [0, 1], [1, 0]], [1.5, 2.5, 1]),
    "zero and decimals are numbers": Case("x,y\n0.5,0\n-0.25,0.1\n0,1\n", "number number", [[0.5], [-0.25], [0]]),
    "true and false": Case("b,y\nTrue,1.5\nFalse,2.5\n", "category number", [[0, 1], [1, 0]]),
    "exponents": Case("x,c\n1e3,a\n-2.5E-1,b\n", "number category", [[1000], [-0.25]]),
    "whole numbers with a point": Case("x,y\n1.5,1.0\n2.5,0.0\n3.5,1.0\n", "number integer", target=["1", "0", "1"]),
    "underscores are no numbers": Case("x,y\n1_000,1.5\n2_000,2.5\n", "category number"),
    "nan is missing, inf is text": Case("x,y\ninf,1.5\nnan,2.5\n1,3.5\n", "category number",
                                        params={"missing": "drop"}),
    "missing dropped": Case("x,y\n1,1.5\n,2.5\nNA,3.5\n4,4.5\n", "integer number", [[1], [4]], [1.5, 4.5],
                            {"missing": "drop"}),
    "missing filled": Case("x,s,y\n1,a,1.5\n,a,2.5\n4,,3.5\n", "integer category number",
                           [[1, 1], [2.5, 1], [4, 1]], [1.5, 2.5, 3.5], {"missing": "mean"}),
    "missing targets dropped": Case("x,y\n1,1.5\n2,\n3,2.5\n", "integer number", [[1], [3]], [1.5, 2.5],
                                    {"missing": "mean"}),
    "marks said": Case("x,y\n1,1.5\n-999,2.5\n3,3.5\n", "integer number", [[1], [3]],
                       params={"missing_marks": ("-999",), "missing": "drop"}),
    "mixed types": Case("x,y\n1,1.5\ntwo,2.5\n3,3.5\n", "category number", [[1, 0, 0], [0, 0, 1], [0, 1, 0]]),
    "dates": Case("d,y\n1970-01-02,1.5\n1970-01-03 12:00:00,2.5\n", "date number", [[1], [2.5]]),
    "dates with a zone": Case("d,y\n1970-01-02T02:00:00+02:00,1.5\n1970-01-02T00:00Z,2.5\n", "date number",
                              [[1], [1]]),
    "dates with parts of a second": Case("d,y\n1970-01-02 00:00:10.8,1.5\n1970-01-02T00:00:00.864Z,2.5\n",
                                         "date number", [[1.000125], [1.00001]]),
    "dates with dots": Case("d,y\n02.01.1970,1.5\n31.01.1970,2.5\n", "date number", [[1], [30]]),
    "dates with slashes, day first": Case("d,y\n2/1/1970,1.5\n31/1/1970,2.5\n", "date number", [[1], [30]]),
    "dates with slashes, month first": Case("d,y\n1/2/1970,1.5\n1/31/1970,2.5\n", "date number", [[1], [30]]),
    "no such day": Case("d,y\n2021-02-30,1.5\n2021-02-28,2.5\n", "category number"),
    "codes": Case("s,y\nb,1.5\na,2.5\nb,3.5\n", "category number", [[1], [0], [1]],
                  params={"categories": "codes"}),
    "several targets": Case("a,b,c\n1,2,3\n4,5,6\n", "integer integer integer", [[2], [5]],
                            params={"targets": ("c", "a")}),
    "ignored": Case("id,x,y\n1,5,1.5\n2,6,2.5\n", "integer integer number", [[5], [6]], params={"ignore": ("id",)}),
    "empty column": Case("x,e,y,z\n1,,1.5,\n2,,2.5,\n", "integer empty number empty", [[1], [2]], [1.5, 2.5]),
    "class said": Case("x,y\n1,1.5\n2,2.5\n3,1.5\n", "integer number", target=["1.5", "2.5", "1.5"],
                       params={"target_type": "class"}),
    "many whole numbers are values": Case("x,y\n" + "".join(f"{n % 7}.5,{n}\n" for n in range(60)),
                                          "number integer", target=[0, 1]),
    "html stays text": Case("x,c\n1,<img src=x>\n2,=cmd()\n", "integer category", target=["<img src=x>", "=cmd()"]),
    "wide": Case(",".join(f"c{n}" for n in range(3000)) + "\n" + ",".join(["1.5"] * 3000) + "\n",
                 " ".join(["number"] * 3000)),
}  # fmt: skip

BAD: dict[str, tuple[bytes | str, dict[str, Any], str, int | None, str | None]] = {
    "short row": ("x,y,c\n1,2,a\n3,b\n", {}, "the row has 2 cells, the header 3", 3, "c"),
    "long row": ("x,y\n1,2\n3,4,5\n", {}, "the row has 3 cells, the header 2", 3, "column 3"),
    "short row without header": ("1,2,3\n4,5\n", {}, "the row has 2 cells, the first row 3", 2, "column 3"),
    "ragged below a quoted line end": ('x,y\n"a\nb",2\n3\n', {}, "the row has 1 cell,", 4, "y"),
    "nul": ("x,c\n1,a\n2,b\0\n", {}, "a NUL byte", 3, "c"),
    "nul in header": ("x\0,c\n1,a\n", {}, "a NUL byte", 1, "column 1"),
    "utf-16 without mark": ("x,c\n1,a\n".encode("utf-16-le"), {}, "set the encoding to utf-16", 1, "column 1"),
    "empty": (b"", {}, "the file is empty", None, None),
    "only empty lines": ("\n\n\n", {}, "only empty lines", None, None),
    "header only": ("x,y\n", {}, "there is a header and no row below it", None, None),
    "duplicate names": ("x,y,x\n1,2,3\n", {}, "two columns have this name", 1, "x"),
    "open quote": ('x,c\n1,a\n2,"b\n3,c\n', {}, "a quote is opened and never closed", 3, "c"),
    "text after a quote": ('x,c\n1,"a"b\n', {}, "text follows a closing quote", 2, None),
    "too long cell": ("x,c\n1,a\n2," + "b" * 140_000 + "\n", {}, "more than 131,072 characters", 3, "c"),
    "too long quoted cell": ('x,c\n1,"' + "b\n" * 70_000, {}, "more than 131,072 characters", 2, "c"),
    "not in the encoding": (b"x,c\n1,a\n2,\xe9\n", {"encoding": "utf-8"}, "this is not text in utf-8", 3, None),
    "not in any": (b"x,c\n1,a\n2,\x81\n", {}, "this is not text in cp1252; set the encoding", 3, None),
    "spreadsheet": (b"PK\x03\x04 and more", {}, "save the table as CSV", None, None),
    "missing": ("x,y\n1,1.5\n,2.5\n", {}, "the value is missing", 3, "x"),
    "line end in a name": ('"x\ny",z\n1,2\n,1.5\n', {}, "the value is missing", 4, "x\ny"),
    "missing target": ("x,y\n1,1.5\n2,NA\n", {}, "the value is missing", 3, "y"),
    "all rows miss something": ("x,z,y\n,1,1.5\n1,,2.5\n", {"missing": "drop"}, "every row lacks a value", None, None),
    "typing error": ("x,y\n" + "1,2.5\n" * 30 + "1o,2.5\n", {}, "'1o' is not a number", 32, "x"),
    "typing error in the target": ("x,y\n" + "1,2.5\n" * 30 + "1,2.5.5\n", {}, "'2.5.5' is not a number", 32, "y"),
    "infinite": ("x,y\n1,2.5\n1e999,3.5\n", {}, "the number is infinite", 3, "x"),
    "too large": ("x,y\n1,2.5\n1e39,3.5\n", {}, "too large for a 32-bit number", 3, "x"),
    "too large a target": ("x,y\n1,1e39\n2,2.5\n", {}, "too large for a 32-bit number", 2, "y"),
    "unknown target": ("price,y\n1,2\n", {"targets": ("prize",)}, "did you mean 'price'", None, None),
    "unknown ignored": ("x,y\n1,2\n", {"ignore": ("zzz",)}, "there is no column 'zzz'; it has x, y", None, None),
    "target ignored": ("x,y\n1,2\n", {"targets": ("y",), "ignore": ("y",)}, "both a target and left out", None, "y"),
    "one column": ("y\n1.5\n2.5\n", {}, "no column is left as an input beside 'y'", None, None),
    "no usable input": ("e,y\n,1.5\n,2.5\n", {}, "'e' is left out: it has no values", None, None),
    "nothing left": ("x,y\n1,2\n", {"ignore": ("x", "y")}, "no column is left to be learned", None, None),
    "one class": ("x,c\n1,a\n2,a\n", {}, "holds the one value 'a'", None, None),
    "too many classes": ("x,c\n" + "".join(f"{n},t{n}\n" for n in range(50)), {}, "50 different values", None, None),
    "text as value": ("x,c\n1,a\n2,b\n", {"target_type": "number"}, "'a' is not a number", 2, "c"),
    "two class columns": ("x,c,d\n1,a,b\n", {"targets": ("c", "d"), "target_type": "class"}, "one column only", None,
                          None),
    "empty target": ("x,y\n1,\n2,\n", {"targets": ("y",)}, "it has no values", None, "y"),
}  # fmt: skip


def table(folder: Path, content: bytes | str, **params: Any) -> Csv:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return Csv(path=str(path), **params)


@pytest.mark.parametrize("name", GOOD)
def test_opens_as_it_says(name: str, tmp_path: Path) -> None:
    case = GOOD[name]
    data = table(tmp_path, case.content, **case.params)
    inspection = data.inspect()
    assert " ".join(column.type for column in inspection.columns) == case.types
    for fact, value in case.found.items():
        assert getattr(inspection, fact) == value
    samples = data.load()
    if case.inputs is not None:
        expected = np.array(case.inputs, dtype=np.float32)
        np.testing.assert_array_equal(samples.input[: len(expected)], expected)
    if case.target is not None:
        spec = samples.spec
        found = [spec.classes[n] for n in samples.target] if spec.classes else samples.target[:, 0].tolist()
        assert found[: len(case.target)] == pytest.approx(case.target)


def test_what_is_missing_is_learned_from_the_training_part_alone(tmp_path: Path) -> None:
    content = "x,s,y\n" + "".join(f"{n},{'ab'[n % 2]},{n}.5\n" for n in range(40)) + ",,40.5\n"
    first = table(tmp_path, content, missing="mean", validation=0.2, test=0.4)
    rows = training_rows(first, np.zeros((41, 1)))
    held_out = sorted({*range(40)} - {*rows.tolist()})
    lines = content.splitlines()
    for row in held_out:
        lines[1 + row] = f"{1000 + row},c,{row}.5"
    changed = table(tmp_path, "\n".join(lines) + "\n", missing="mean", validation=0.2, test=0.4).load()
    assert changed.input[-1, 0] == pytest.approx(np.mean([row for row in rows if row < 40]), rel=1e-6)
    assert changed.spec.features == ("x", "s=a", "s=b", "s=c")
    assert changed.input[-1, 3] == 0.0


@pytest.mark.parametrize("name", BAD)
def test_refusal_names_file_row_and_column(name: str, tmp_path: Path) -> None:
    content, params, reason, row, column = BAD[name]
    data = table(tmp_path, content, **params)
    with pytest.raises(DataError) as caught:
        data.load()
    assert reason in str(caught.value)
    assert str(data.path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert (caught.value.row, caught.value.column) == (row, column)


def test_text_after_many_numbers_keeps_every_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdesigner.datasets.tables.csv_table._CELLS", 100)
    numbers = "".join(f"{n % 50}.50,{n % 2}\n" for n in range(3000))
    data = table(tmp_path, "x,y\n" + numbers + "none,1\n" * 1000)
    column = data.inspect().columns[0]
    assert (column.type, column.distinct, column.missing) == ("category", 51, 0)
    assert "x=0.50" in data.load().spec.features


def test_inspection_says_why_a_column_is_left_out(tmp_path: Path) -> None:
    rows = "".join(f"{n},name {n},,{n}.5,x\n" for n in range(40))
    inspection = table(tmp_path, "id,name,none,v,t\n" + rows, ignore=("id",), targets=("v",)).inspect()
    uses = {column.name: (column.use, column.reason) for column in inspection.columns}
    assert uses == {
        "id": ("left out", "as chosen"),
        "name": ("left out", "40 different texts are too many for a category"),
        "none": ("left out", "it has no values"),
        "v": ("target", ""),
        "t": ("input", ""),
    }
    assert inspection.rows == 40
    assert inspection.sample[1] == ("1", "name 1", "", "1.5", "x")
    assert inspection.columns[1].examples[:2] == ("name 0", "name 1")


def test_inspection_shows_what_loading_refuses(tmp_path: Path) -> None:
    data = table(tmp_path, "x,y\n" + "1,2.5\n" * 30 + "1o,2.5\n")
    assert data.inspect().columns[0].reason.startswith("row 32: '1o' is not a number")


def test_sample_holds_the_first_fifty_rows(tmp_path: Path) -> None:
    sample = table(tmp_path, "x,y\n" + "".join(f"{n},{n}.5\n" for n in range(200))).inspect().sample
    assert [row[0] for row in sample] == [str(n) for n in range(50)]


def test_describe_is_what_load_gives(tmp_path: Path) -> None:
    data = table(tmp_path, "x,s,c\n1,u,a\n2,v,b\n3,u,a\n")
    assert data.describe() == data.load().spec
    assert data.describe().features == ("x", "s=u", "s=v")


def test_cancelling_stops_reading(tmp_path: Path) -> None:
    data = table(tmp_path, "x,y\n" + "1,2\n" * 50_000)
    calls: list[float] = []

    def cancel(fraction: float, text: str) -> None:
        calls.append(fraction)
        if fraction > 0.2:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        data.load(cancel)
    assert calls[-1] < 0.9


@pytest.mark.parametrize("delimiter", ["ab", '"', "\n", "x", "5"])
def test_impossible_delimiter_is_refused(delimiter: str) -> None:
    with pytest.raises(ParameterError, match="delimiter: expected one character or tab"):
        Csv(delimiter=delimiter)


@pytest.mark.parametrize("said", ["\t", "tab", "\\t"])
def test_tab_can_be_said_in_words(said: str, tmp_path: Path) -> None:
    assert table(tmp_path, "a b\tc;d\n1\t2\n3\t4\n", delimiter=said).inspect().columns[1].name == "c;d"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: "", "no file is chosen"),
        (str, "this is a folder"),
        (lambda folder: str(folder / "none.csv"), "there is no such file"),
        (lambda folder: "a\0b.csv", "there is no such file"),
    ],
)
def test_path_that_is_no_file_is_refused(make: Callable[[Path], str], reason: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        Csv(path=make(tmp_path)).load()
    assert reason in str(caught.value)


def test_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="a device or a pipe"):
        Csv(path=str(tmp_path / "pipe.csv")).load()


def test_table_larger_than_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 20)
    with pytest.raises(DataError, match="would take"):
        table(tmp_path, "x,y\n" + "1,2\n" * 100).load()


@contextlib.contextmanager
def written(content: bytes) -> Iterator[Path]:
    """A file that lives as long as one of many tries."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_bytes(content)
        yield path


cells = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.tuples(cells, cells, cells), min_size=1, max_size=20), st.sampled_from(",;\t|"))
def test_what_a_writer_wrote_is_read_back(rows: list[tuple[str, ...]], delimiter: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("a", "b", "c"), *rows])
    with written(text.getvalue().encode()) as path:
        inspection = Csv(path=str(path), delimiter=delimiter, header="yes", encoding="utf-8").inspect()
    assert inspection.sample == tuple(rows)


@given(st.binary(max_size=300))
def test_any_bytes_open_or_are_refused(content: bytes) -> None:
    with written(content) as path:
        try:
            samples = Csv(path=str(path), missing="mean").load()
        except DataError:
            return
    assert np.isfinite(samples.input).all()
    assert len(samples.input) == len(samples.target) == samples.spec.rows


@given(st.text('0123456789.,;-+eE \n\t"aN', max_size=120))
def test_any_text_of_numbers_opens_or_is_refused(content: str) -> None:
    with written(content.encode()) as path:
        try:
            samples = Csv(path=str(path), missing="mean").load()
        except DataError:
            return
    assert np.isfinite(samples.input).all()
    assert len(samples.input) == len(samples.target) == samples.spec.rows


@given(st.lists(st.floats(-1e30, 1e30, allow_subnormal=False), min_size=2, max_size=30))
def test_numbers_keep_their_value(values: list[float]) -> None:
    text = "x,y\n" + "".join(f"{value!r},{index}.5\n" for index, value in enumerate(values))
    with written(text.encode()) as path:
        found = Csv(path=str(path)).load().input[:, 0]
    np.testing.assert_array_equal(found, np.array(values, dtype=np.float32))


def test_block_borders_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random.seed(0)
    rows = "".join(f"{random.random()},{random.choice('abc')},{random.randint(0, 1)}\n" for _ in range(300))
    data = table(tmp_path, "x,s,y\n" + rows)
    whole = data.load()
    monkeypatch.setattr("netdesigner.datasets.tables.csv_table._CELLS", 21)
    pieces = data.load()
    np.testing.assert_array_equal(whole.input, pieces.input)
    np.testing.assert_array_equal(whole.target, pieces.target)
    assert whole.spec == pieces.spec
