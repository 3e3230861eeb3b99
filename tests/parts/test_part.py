"""Parameters: one declaration is type, limits, default and message."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from typing import ClassVar

import pytest

from netdesigner.errors import ParameterError
from netdesigner.parts import TrainingSettings
from netdesigner.parts.part import Floats, Ints, Names, Part, Scale, Size, param, resolve


class Sample(Part):
    """Has one parameter of each type.

    More words that are not the summary.
    """

    kind: ClassVar[str] = "Sample"

    count: int = param(3, min=1, max=9)
    rate: float = param(0.5, above=0, max=1)
    on: bool = param(True)
    mode: str = param("same", choices=("same", "other"))
    exempt: str = param("none", choices=("none", "some", "some, others"))
    limit: float | None = param(None, min=0)
    kernel: Size = param(3, axes=2, min=1)
    padding: Size | str = param(0, axes=2, min=0, choices=("same", "valid"))
    lengths: Size = param(3)
    factors: Scale | None = param(None, above=0)
    shape: Ints = param((1, 2))
    betas: Floats = param((0.9, 0.999), length=2, min=0, max=1)
    columns: Names = param(())


class Sample2(Sample):
    """Has one parameter more and another default."""

    kind: ClassVar[str] = "Sample2"

    rate: float = param(0.25, above=0, max=1)
    more: int = param(1)

    def check_together(self) -> None:
        if self.count == 9 and not self.on:
            raise ParameterError("count", "9 needs on")


def test_types_and_options_come_from_the_annotation() -> None:
    types = {p.name: (p.type, p.optional) for p in Sample.params()}
    assert types == {
        "count": ("int", False),
        "rate": ("float", False),
        "on": ("bool", False),
        "mode": ("str", False),
        "exempt": ("str", False),
        "limit": ("float", True),
        "kernel": ("size", False),
        "padding": ("size", False),
        "lengths": ("size", False),
        "factors": ("scale", True),
        "shape": ("ints", False),
        "betas": ("floats", False),
        "columns": ("names", False),
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 9),
        ("rate", 1),
        ("limit", None),
        ("kernel", (3, 5)),
        ("padding", "same"),
        ("lengths", (1, 2, 3)),
        ("factors", 1.5),
        ("factors", (2.0, 0.5)),
        ("shape", ()),
        ("betas", (0, 1)),
    ],
)
def test_legal_values_are_kept(name: str, value: object) -> None:
    assert getattr(Sample(**{name: value}), name) == value


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("count", 0, "count: expected at least 1, got 0"),
        ("count", 10, "at most 9"),
        ("count", 2.5, "a whole number, got 2.5"),
        ("count", True, "a whole number, got True"),
        ("count", None, "it is empty"),
        ("rate", 0, "more than 0"),
        ("on", 1, "true or false"),
        ("mode", "sam", "did you mean 'same'"),
        ("limit", -1, "at least 0"),
        ("kernel", (3, 3, 3), "one number or 2"),
        ("kernel", (3, 0), "at least 1"),
        ("padding", "full", "one of same, valid"),
        ("exempt", "all", "one of 'none', 'some', 'some, others'"),
        ("lengths", (), "a whole number or a list of them"),
        ("factors", (1.5, 0), "more than 0"),
        ("factors", "x", "a number, got 'x'"),
        ("shape", 4, "a list of whole numbers"),
        ("shape", (1, "x"), "a whole number, got 'x'"),
        ("betas", (0.9,), "2 values"),
        ("columns", (1,), "a text"),
    ],
)
def test_illegal_values_are_refused_with_what_was_expected_and_given(
    name: str, value: object, sentence: str
) -> None:
    with pytest.raises(ParameterError, match=sentence) as caught:
        Sample(**{name: value})
    assert caught.value.name == name


def test_whole_floats_become_integers_and_integers_floats() -> None:
    part = Sample(count=4.0, rate=1)
    assert type(part.count) is int
    assert type(part.rate) is float
    assert [type(factor) for factor in Sample(factors=(2, 1)).factors] == [float, float]


def test_expressions_are_resolved_before_a_part_is_made() -> None:
    given = {
        "count": "width // 2",
        "kernel": ("width - 3", 3),
        "rate": "1/4",
        "padding": "same",
        "mode": "other",
    }
    found = resolve(Sample, given, {"width": 6})
    assert found == {"count": 3, "kernel": (3, 3), "rate": 0.25, "padding": "same", "mode": "other"}


def test_an_unknown_parameter_suggests_the_nearest() -> None:
    with pytest.raises(ParameterError, match="Sample has no such parameter; did you mean 'kernel'"):
        resolve(Sample, {"kernal": 3}, {})


def test_an_expression_that_fails_names_its_field() -> None:
    with pytest.raises(
        ParameterError, match="count: 'widht': 'widht' is not a variable; did you mean 'width'"
    ):
        resolve(Sample, {"count": "widht"}, {"width": 1})


def test_what_differs_from_the_defaults_is_known() -> None:
    assert Sample(count=5).changed() == {"count": 5}
    assert Sample.summary() == "Has one parameter of each type."


def test_a_part_is_a_value() -> None:
    one, same, other = Sample(count=5), Sample(count=5), Sample(count=6)
    assert one == same
    assert hash(one) == hash(same)
    assert one != other
    assert one != Sample2(count=5)
    assert repr(one).startswith("Sample(count=5, rate=0.5")
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(FrozenInstanceError):
        one.count = 7  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.count
    assert Sample.count == 3


def test_a_field_that_is_not_declared_is_refused() -> None:
    with pytest.raises(TypeError, match="Sample has no field size"):
        Sample(size=5)  # type: ignore[call-arg]


def test_fields_of_a_class_above_come_first_and_keep_their_place_when_declared_anew() -> None:
    assert [p.name for p in Sample2.params()] == [*(p.name for p in Sample.params()), "more"]
    assert Sample2().rate == 0.25
    assert Sample().rate == 0.5


def test_parameters_are_held_against_each_other() -> None:
    with pytest.raises(ParameterError, match="count"):
        Sample2(count=9, on=False)


def test_a_default_that_is_not_allowed_is_refused_when_declared() -> None:
    class Odd(Part):
        kind: ClassVar[str] = "Odd"
        value: int = param(-1, min=0)

    with pytest.raises(TypeError, match=r"Odd\.value: its default is not allowed"):
        Odd.params()


def test_a_type_no_form_can_edit_is_refused_when_declared() -> None:
    class Odd(Part):
        value: dict[str, int] | None = param(None)

    with pytest.raises(TypeError, match=r"Odd\.value"):
        Odd.params()


def test_large_limits_are_written_out() -> None:
    with pytest.raises(ParameterError, match="at most 2,147,483,647, got 99999999999"):
        TrainingSettings(seed=99999999999)


class Worded(Part):
    """Has parameters that are called otherwise than they are named."""

    kind: ClassVar[str] = "Worded"

    kernel_size: int = param(3)
    p: float = param(0.5)
    time: float = param(0.5, unit="ms")
    most: int = param(4, unit="tokens", label="Read at most")
    limit: float | None = param(None, help="what is more is cut; empty: never; often 1")
    other: float | None = param(None, help="something else")


def test_parameters_are_called_in_words() -> None:
    titles = ["Kernel size", "p", "Time (ms)", "Read at most (tokens)", "Limit", "Other"]
    assert [declared.title for declared in Worded.params()] == titles


def test_a_parameter_says_what_no_value_means() -> None:
    assert [declared.unset for declared in Worded.params()][-2:] == ["never", "none"]
