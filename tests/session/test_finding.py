"""Finding nodes by what they are, how they are set and what leaves them."""

from __future__ import annotations

import pytest

from netdesigner.checks import check
from netdesigner.document import Design
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder
from netdesigner.session.finding import find, is_structured


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture(scope="module")
def design(catalog: Catalog) -> Design:
    net = Builder(catalog=catalog, variables={"width": 64})
    body = net.block("Body", channels=8)
    x = body.Input(name="x")
    body.Output(body.Conv2d(x, name="inner", out_channels="channels", kernel_size=1), name="y")
    x = net.Conv2d(net.Input(shape=(3, 28, 28)), name="first", out_channels="width", padding=1)
    x = net.Conv2d(x, name="wide", out_channels=512, kernel_size=(3, 5), bias=False)
    x = net.Dropout(x, name="drop", p=0.25)
    x = net.Body(x, name="body", channels=16)
    net.Output(net.Linear(net.Flatten(x), name="head", out_features=10))
    return net.design()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("conv", ["first", "wide", "inner"]),
        ("Conv2d wide", ["wide"]),
        ("kernel 3", ["first", "wide"]),
        ("kernel_size=1", ["inner"]),
        ("out_channels=64", ["first"]),
        ("channels 16", ["body", "inner"]),
        ("channels>100", ["wide"]),
        ("bias=false", ["wide"]),
        ("bias!=true conv", ["wide"]),
        ("dropout>0.2", ["drop"]),
        ("dropout>0.3", []),
        ("p:0.25", ["drop"]),
        ("512", ["wide", "drop", "x"]),
        ("28, 28", ["input", "first"]),
        ("28×28", ["input", "first"]),
        ("[N, 64", ["first"]),
        ("[N, 10]", ["head", "output"]),
        ("[N, 3]", []),
        ("26, 24]", ["wide", "drop", "body", "x", "inner", "y"]),
        ("conv 28, 28", ["first"]),
        ("", []),
        ("[", []),
        ("nothing=3", []),
    ],
)
def test_a_query_finds(catalog: Catalog, design: Design, query: str, ids: list[str]) -> None:
    report = check(design, catalog, None)
    assert [match.node_id for match in find(design, report, catalog, query)] == ids


def test_it_says_by_what_a_node_was_found(catalog: Catalog, design: Design) -> None:
    report = check(design, catalog, None)
    found = {match.node_id: match.why for match in find(design, report, catalog, "kernel 3 26, 24")}
    assert found == {"wide": "kernel_size 3, 5, N × 512 × 26 × 24"}


def test_words_alone_are_no_structure() -> None:
    assert [is_structured(text) for text in ("conv_1", "my conv", "kernel 3", "a>1", "28, 28", "[N")] == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
