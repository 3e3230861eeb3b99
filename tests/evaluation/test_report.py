from __future__ import annotations

import base64
import json
import math
import re
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from netdesigner.evaluation import Evaluation
from netdesigner.evaluation.preview_html import to_html
from netdesigner.evaluation.report import Drawing, Report, Section
from netdesigner.parts.preview import (
    Bars,
    Curves,
    ImageGrid,
    Line,
    Matrix,
    Picture,
    Preview,
    Signal,
    Table,
    Text,
)

EVIL = '<script>alert("1")</script> & "x" \' <img src=http://x>'
PREVIEWS: tuple[Preview, ...] = (
    ImageGrid(EVIL, (Picture(2, 1, 3, bytes(range(6)), EVIL), Picture(1, 1, 1, b"\xff"))),
    Table(EVIL, (EVIL, "n"), ((EVIL, 1), ("y", 2.5), ("z", ""))),
    Matrix(EVIL, EVIL, EVIL, (EVIL, "b"), ((3.0, 1.0), (0.0, 4.0))),
    Matrix("large", "r", "c", tuple(map(str, range(40))), tuple((1.0,) * 40 for _ in range(40))),
    Bars(EVIL, (EVIL, "b"), (1.0, math.nan)),
    Signal(EVIL, EVIL, EVIL, (1.0, 2.0), (3.0, 4.0), dots=True, ideal=True),
    Signal("line", "x", "y", (), ()),
    Curves(
        EVIL,
        EVIL,
        EVIL,
        (Line(EVIL, (0.0, 1.0), (0.5, math.nan)), Line("b", (0.5,), (0.5,), True)),
        True,
        True,
    ),
    Text(EVIL, EVIL),
)
EVALUATION = Evaluation("test", 1234, {"accuracy": 0.975, "roc_area": math.nan}, PREVIEWS, PREVIEWS[0], (0,))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
REPORT = Report(EVIL, EVIL, EVALUATION, (Section(EVIL, PREVIEWS[1:2]),), (Drawing(EVIL, SVG, SVG),))


class Page(HTMLParser):
    """What a reader of HTML makes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("img", "meta", "source"):
            self.open.append(tag)
        self.handle_startendtag(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name == "href"]
        self.links += [value or "" for name, value in attrs if name in ("src", "srcset")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_a_page_is_whole_shows_texts_as_they_are_and_needs_nothing_else() -> None:
    text = REPORT.to_html()
    page = Page(text)
    assert page.open == []
    assert page.tags.isdisjoint({"script", "iframe", "object", "embed", "link", "a", "form"})
    assert all(
        link.startswith(("data:image/png;base64,", "data:image/svg+xml;base64,")) for link in page.links
    )
    assert page.words.count(EVIL) > 12
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in text
    assert "@import" not in text
    assert "url(" not in text
    assert {"97.5 %", "Accuracy", "not finite", "Results on 1,234 samples of the test part"} <= set(
        page.words
    )


def test_pictures_are_in_the_page_as_they_are() -> None:
    (link, _) = Page(to_html(PREVIEWS[0])).links
    image = Image.open(BytesIO(base64.b64decode(link.partition(",")[2])))
    assert (image.size, image.mode, image.tobytes()) == ((2, 1), "RGB", bytes(range(6)))


def test_a_picture_whose_bytes_do_not_fit_is_left_out() -> None:
    assert "<img" not in to_html(
        ImageGrid("g", (Picture(9, 9, 3, b"xx", ""), Picture(1, 1, 5, b"xxxxx", "")))
    )


def test_numbers_of_a_table_stand_to_the_right_and_an_empty_head_is_none() -> None:
    html = to_html(PREVIEWS[1])
    assert '<th class="n">n</th>' in html
    assert '<td class="n">1</td>' in html
    assert "<thead>" not in to_html(Table("t", ("", ""), (("a", "b"),)))


def test_a_large_matrix_is_a_picture_and_a_small_one_deepens_with_the_share_of_the_row() -> None:
    large = to_html(PREVIEWS[3])
    assert "<td" not in large
    assert "<img" in large
    assert re.findall(r'class="n (hit|miss)" style="--a:([0-9.]+)"', to_html(PREVIEWS[2])) == [
        ("hit", f"{0.85 * 0.75:.3f}"),
        ("miss", f"{0.7 * 0.5:.3f}"),
        ("miss", "0.000"),
        ("hit", "0.850"),
    ]


def places(html: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'class="line"[^>]*points="([^"]*)"', html)
    return [[tuple(map(float, point.split(","))) for point in line.split()] for line in lines]  # type: ignore[misc]


def test_lines_lie_where_the_axes_say_and_break_where_there_is_no_number() -> None:
    y = (0.0, 0.5, math.nan, 1.0, 0.25)
    html = to_html(Curves("c", "x", "y", (Line("a", (0.0, 0.25, 0.5, 0.75, 1.0), y),), unit=True))
    first, second = places(html)
    ticks = {
        float(text): float(x) for x, text in re.findall(r'<text x="([0-9.]+)" y="254"[^>]*>([0-9.]+)<', html)
    }
    assert sorted(ticks) == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert first[0][0] == ticks[0]
    assert second[-1][0] == ticks[1]
    assert (first[1][0] - ticks[0]) / (ticks[1] - ticks[0]) == pytest.approx(0.25, abs=1e-3)
    low, high = first[0][1], second[0][1]
    assert (low - second[1][1]) / (low - high) == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize("values", [(3.0, 3.0), (1e-9, 2e-9), (-1e9, 1e9), (math.nan, math.inf), ()])
def test_every_stretch_of_numbers_has_axes(values: tuple[float, ...]) -> None:
    Page(to_html(Signal("s", "x", "y", values, values, ideal=True)))


def test_json_holds_the_evaluation_and_the_rest() -> None:
    data = json.loads(REPORT.to_json())
    assert Evaluation.from_json(json.dumps(data["evaluation"])).measures["accuracy"] == 0.975
    assert data["title"] == EVIL
    assert data["sections"][0]["previews"][0]["view"] == "Table"
