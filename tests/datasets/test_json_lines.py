"""JSON Lines: as a table, and how each fault in a file is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdesigner.datasets import _json_lines
from netdesigner.datasets._json_lines import json_lines, texts_of
from netdesigner.datasets.tables import Csv, JsonLines, json_table
from netdesigner.errors import CancelledError, DataError
from netdesigner.parts.dataset import no_progress
from netdesigner.training.data import prepare

ROWS: list[dict[str, Any]] = [
    {
        "size": n / 2,
        "kind": "ab"[n % 2],
        "count": n,
        "seen": n % 3 == 0,
        "when": f"2026-01-{n + 1:02}",
        "grade": "xyz"[n % 3],
    }
    for n in range(12)
]


def table(folder: Path, rows: list[Any] | bytes, **params: Any) -> JsonLines:
    content = rows if isinstance(rows, bytes) else "\n".join(map(json.dumps, rows)).encode()
    (folder / "t.jsonl").write_bytes(content)
    return JsonLines(path=str(folder / "t.jsonl"), **params)


def refusal(data: JsonLines) -> str:
    with pytest.raises(DataError) as caught:
        data.load()
    said = str(caught.value)
    assert "\n" not in said
    return said.removeprefix(f"{data.path}: ")


def test_fields_are_columns_as_those_of_a_csv_table(tmp_path: Path) -> None:
    found = table(tmp_path, ROWS).load()
    lines = [",".join(map(str, row.values())) for row in ({key: key for key in ROWS[0]}, *ROWS)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    known = Csv(path=str(tmp_path / "t.csv")).load()
    assert found.spec == known.spec
    np.testing.assert_array_equal(found.input, known.input)
    np.testing.assert_array_equal(found.target, known.target)


def test_what_was_detected_is_told(tmp_path: Path) -> None:
    rows = [{**row, "tags": ["a", "b"]} for row in ROWS]
    found = table(tmp_path, rows).inspect()
    assert {column.name: (column.type, column.use) for column in found.columns} == {
        "size": ("number", "input"),
        "kind": ("category", "input"),
        "count": ("integer", "input"),
        "seen": ("category", "input"),
        "when": ("date", "input"),
        "grade": ("category", "target"),
        "tags": ("text", "left out"),
    }
    assert "give each value a field of its own" in found.columns[-1].reason
    assert found.sample[0] == ("0.0", "a", "0", "True", "2026-01-01", "x", "a list of 2")


def test_a_byte_order_mark_other_line_ends_and_empty_lines_do_not_count(tmp_path: Path) -> None:
    plain = table(tmp_path, ROWS).load()
    lines = [json.dumps(row).encode() for row in ROWS]
    other = table(tmp_path, b"\xef\xbb\xbf" + b"\r\n \r\n".join(lines) + b"\r\n\r\n").load()
    np.testing.assert_array_equal(other.input, plain.input)


def test_halves_of_characters_become_question_marks_in_names_and_classes(tmp_path: Path) -> None:
    rows = [{"n\ud800": n, "emoji": "\U0001f600", "kind": "x\ud83d" if n % 2 else "y"} for n in range(8)]
    data = table(tmp_path, rows)
    samples = data.load()
    assert samples.spec.classes == ("x?", "y")
    assert samples.spec.features == ("n?", "emoji=\U0001f600")
    prepare(data, samples)


def test_numbers_in_quotes_are_texts(tmp_path: Path) -> None:
    rows = [{"zip": ("01234", "98765")[n % 2], "y": n % 3} for n in range(12)]
    assert table(tmp_path, rows).load().spec.features == ("zip=01234", "zip=98765")


def test_a_field_that_a_line_lacks_is_a_missing_value(tmp_path: Path) -> None:
    rows = [dict(row) for row in ROWS]
    del rows[4]["size"]
    rows[6]["kind"] = None
    rows[7]["late"] = 1.5
    assert refusal(table(tmp_path, rows)).startswith(
        "row 5, column 'size': the value is missing (1 in this column)"
    )
    assert table(tmp_path, rows, missing="drop", ignore=["late"], targets=["grade"]).load().spec.rows == 10
    assert "row 1, column 'late'" in refusal(
        table(tmp_path, rows, ignore=["size", "kind"], targets=["grade"])
    )


LINES = [json.dumps({"x": n / 2, "y": n % 2}).encode() for n in range(6)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"x": 1.5, "y" 2}', "row 3: no JSON at character 16 (Expecting ':' delimiter)"),
        (b'{"x": NaN, "y": 1}', "row 3: NaN is no number in JSON; write null where a value is missing"),
        (b'{"x": -Infinity, "y": 1}', "row 3: -Infinity is no number in JSON"),
        (b'{"x": 1.5, "x": 2, "y": 1}', "row 3: the field 'x' stands twice in one object"),
        (b'{"x": 1.5, "y": {"a": 1, "a": 2}}', "row 3: the field 'a' stands twice in one object"),
        (b"[1, 2]", "row 3: an object {…} has to stand in each line, this is a list"),
        (b"17", "row 3: an object {…} has to stand in each line, this is a number"),
        (b'{"x": "\xff", "y": 1}', "row 3: not text in UTF-8 (byte 8 of the line)"),
        (b"[" * 100_000, "row 3: values are nested too deeply"),
        (b'{"x": 1' + b"0" * 5000 + b', "y": 1}', "row 3: a number has too many digits"),
        (b'{"x": 1e999, "y": 1}', "row 3, column 'x': the number is infinite; mend it"),
        (b'{"x": 1' + b"0" * 400 + b', "y": 1}', "row 3, column 'x': the number is infinite; mend it"),
        (b'{"x": 1e39, "y": 1}', "row 3, column 'x': 1e+39 is too large for a 32-bit number"),
        (
            b'{"x": "big", "y": 1}',
            "row 3, column 'x': big is a text, while most of the column are numbers; mend it",
        ),
        (
            b'{"x": [1], "y": 1}',
            "row 3, column 'x': a list of 1 is a list, while most of the column are numbers",
        ),
        (
            b'{"x": true, "y": 1}',
            "row 3, column 'x': True is true or false, while most of the column are numbers",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(line: bytes, said: str, tmp_path: Path) -> None:
    content = b"\n".join([*LINES[:2], line, *LINES[2:]])
    assert refusal(table(tmp_path, content)).startswith(said)


def test_faults_of_the_whole_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "only empty lines" in refusal(table(tmp_path, b"\n{}\n\n"))
    assert refusal(table(tmp_path, "\n".join(map(json.dumps, ROWS)).encode("utf-16"))).startswith(
        "row 1: this is text in UTF-16"
    )
    assert "write each object of the list on a line" in refusal(table(tmp_path, json.dumps(ROWS).encode()))
    monkeypatch.setattr(_json_lines, "_LONGEST_LINE", 100)
    assert "row 2: the line has 100 bytes or more" in refusal(table(tmp_path, LINES[0] + b"\n" + b" " * 300))
    monkeypatch.setattr(json_table, "_MOST_FIELDS", 3)
    many = b"\n".join(b'{"f%d": 1}' % n for n in range(6))
    assert refusal(table(tmp_path, many)).startswith("row 4: there are more than 3 different fields")


def test_limits_are_kept_while_rows_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 100)
    assert "the table would take" in refusal(table(tmp_path, ROWS))
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 1000)
    monkeypatch.setattr(json_table, "_CHECKED_EVERY", 20)
    sparse = b"\n".join(b'{"f%d":1}' % (n % 9) for n in range(60))
    assert "the table would take" in refusal(table(tmp_path, sparse))


def test_texts_are_taken_by_the_names_of_fields(tmp_path: Path) -> None:
    data = table(tmp_path, [{"text": "a b", "id": 7}, {"id": 8, "text": ""}])
    path = Path(data.path)
    assert list(texts_of(path, ["text"], no_progress)) == [(1, ("a b",)), (2, ("",))]
    for name, said in (
        ("txt", "row 1, column 'txt': there is no such field; did you mean 'text'?"),
        ("body", "row 1, column 'body': there is no such field; the line has text, id"),
        ("id", "row 1, column 'id': a text is needed, this is a number"),
    ):
        with pytest.raises(DataError, match=said.replace("?", r"\?")):
            list(texts_of(path, [name], no_progress))


def test_reading_can_be_cancelled(tmp_path: Path) -> None:
    def cancel(fraction: float, text: str) -> None:
        raise CancelledError("enough")

    with pytest.raises(CancelledError):
        list(json_lines(Path(table(tmp_path, ROWS).path), cancel))
