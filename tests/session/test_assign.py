"""Setting values by a dotted name."""

from __future__ import annotations

import pytest

from netdesigner.document import Choice, Design, Value
from netdesigner.errors import NetDesignerError
from netdesigner.session.assign import assign, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ("True", True),
        ("null", None),
        ("None", None),
        ("SGD", "SGD"),
        ("[1, 2]", (1, 2)),
        ("0.9,0.99", (0.9, 0.99)),
        ('{"a": 1}', '{"a": 1}'),
        ("1e-3", 1e-3),
    ],
)
def test_values_are_read_as_a_person_types_them(text: str, value: Value) -> None:
    assert parse(text) == value


DESIGN = Design(variables={"width": 8}, data=Choice("digits"), task=Choice("classification"))


def test_each_first_word_sets_its_part() -> None:
    assert assign(DESIGN, "width=16").variables == {"width": 16}
    assert assign(DESIGN, "data.normalize=none").data == Choice("digits", {"normalize": "none"})
    assert assign(DESIGN, "task.label_smoothing=0.1").task == Choice(
        "classification", {"label_smoothing": 0.1}
    )
    assert assign(DESIGN, "training.epochs=5").training.values["epochs"] == 5
    assert assign(DESIGN, "training.schedule=cosine").training.schedule.kind == "cosine"


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("width", "NAME=VALUE"),
        ("=3", "NAME=VALUE"),
        ("widht=3", "did you mean 'width'"),
        ("width=wide", "a variable is a number"),
        ("nothing=3", "its variables: width"),
        ("training.epoch=3", "epochs"),
        ("training.optimizer=SDG", "SGD"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_hint(assignment: str, sentence: str) -> None:
    with pytest.raises(NetDesignerError, match=sentence):
        assign(DESIGN, assignment)


def test_a_design_without_data_says_so() -> None:
    with pytest.raises(NetDesignerError, match="no data set yet"):
        assign(Design(), "data.normalize=none")
