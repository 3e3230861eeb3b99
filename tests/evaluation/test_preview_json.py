from __future__ import annotations

import json
import math
from typing import Any

import pytest

from netdesigner.evaluation import preview_from_json, preview_to_json
from netdesigner.parts import Bars, Curves, ImageGrid, Line, Matrix, Preview, Signal, Table, Text
from netdesigner.parts.preview import Picture

PREVIEWS: tuple[Preview, ...] = (
    ImageGrid("g", (Picture(2, 1, 3, bytes(range(6)), "c"), Picture(1, 1, 1, b"\xff"))),
    Table("t", ("a", "b"), (("x", 1), ("y", 2.5))),
    Matrix("m", "r", "c", ("a", "b"), ((1.0, 2.0), (3.0, 4.0))),
    Bars("b", ("a",), (1.0,)),
    Signal("s", "x", "y", (1.0, 2.0), (3.0, 4.0), dots=True),
    Curves("c", "x", "y", (Line("a", (1.0,), (2.0,)), Line("b", (), (), dots=True)), unit=True),
    Text("t", "<b>plain</b> é"),
)


@pytest.mark.parametrize("preview", PREVIEWS, ids=lambda preview: type(preview).__name__)
def test_every_view_survives_json(preview: Preview) -> None:
    data = json.loads(json.dumps(preview_to_json(preview), allow_nan=False))
    assert preview_from_json(data) == preview


def test_whole_and_real_cells_stay_what_they_are() -> None:
    table = preview_from_json(preview_to_json(PREVIEWS[1]))
    assert isinstance(table, Table)
    assert [type(row[1]) for row in table.rows] == [int, float]


def test_number_that_is_not_finite_becomes_null_and_nan() -> None:
    data = preview_to_json(Bars("b", ("a", "b"), (math.nan, math.inf)))
    assert data["values"] == [None, None]
    bars = preview_from_json(data)
    assert isinstance(bars, Bars)
    assert all(math.isnan(value) for value in bars.values)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "a preview has a view"),
        ({"view": "Widget"}, "a preview has a view"),
        ({"view": ["Text"]}, "a preview has a view"),
        ({"view": "Text", "title": "t"}, "Text lacks 'text'"),
        ({"view": "Text", "title": 5, "text": ""}, "expected a text, got int"),
        ({"view": "Bars", "title": "", "labels": ["a"], "values": []}, "one value a label"),
        ({"view": "Bars", "title": "", "labels": ["a"], "values": [True]}, "expected a number, got bool"),
        ({"view": "Bars", "title": "", "labels": "a", "values": [1]}, "expected a list, got str"),
        ({"view": "Table", "title": "", "columns": ["a"], "rows": [[1, 2]]}, "a row of another length"),
        ({"view": "Signal", "title": "", "x_title": "", "y_title": "", "x": [1], "y": []}, "one y for each x"),
        ({"view": "Curves", "title": "", "x_title": "", "y_title": "", "lines": [[]]}, "something else"),
        ({"view": "Matrix", "title": "", "row_title": "", "column_title": "", "labels": ["a"], "values": []}, "row"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(data: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        preview_from_json(data)


@pytest.mark.parametrize(
    "change", [{"width": 3}, {"channels": 4}, {"height": 0}, {"pixels": "?"}, {"pixels": ""}]
)
def test_picture_whose_bytes_do_not_fit_is_refused(change: dict[str, Any]) -> None:
    data = preview_to_json(PREVIEWS[0])
    data["pictures"][0].update(change)
    with pytest.raises(ValueError, match=r"a picture of|base64|padding|[Nn]on-base64"):
        preview_from_json(data)
