"""What is said where a network is to give its input back and does not."""

from __future__ import annotations

import pytest

from netdesigner.checks import Problem, check, with_fixes
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog
from netdesigner.parts.span import ANY, Span
from netdesigner.session.builder import Builder
from tests.checks.toys import DIGITS

CATALOG = Catalog.discover()


def digits(*layers: tuple[str, dict[str, object]], **choices: object) -> Design:
    net = Builder(catalog=CATALOG)
    wire = net.Input(shape=(1, 8, 8), name="input")
    for kind, params in layers:
        wire = getattr(net, kind)(wire, name=kind.lower(), **params)
    net.Output(wire, name="output")
    return net.design(**{"data": "digits", "task": "reconstruction", **choices})


def found(design: Design) -> tuple[Problem, ...]:
    data = CATALOG.dataset_of(design).describe()
    problems = with_fixes(design, check(design, CATALOG, data), CATALOG, data).problems
    for problem in problems:
        for fix in problem.fixes:
            assert problem.code not in {other.code for other in check(fix.design, CATALOG, data).problems}
    return problems


CONV = ("Conv2d", {"out_channels": 4, "kernel_size": 3, "padding": 1})
FLAT: tuple[str, dict[str, object]] = ("Flatten", {})


@pytest.mark.parametrize(
    ("layers", "fix"),
    [
        ([CONV], "Set out_channels to 1 at conv2d"),
        ([FLAT, ("Linear", {"out_features": 64})], "Insert Reshape (1, 8, 8) before output"),
        (
            [FLAT, ("Linear", {"out_features": 10})],
            "Set out_features to 64 at linear and insert Reshape (1, 8, 8) before output",
        ),
        (
            [CONV, ("MaxPool2d", {"kernel_size": 4})],
            "Insert Flatten, Linear and Reshape (1, 8, 8) before output",
        ),
    ],
)
def test_an_output_of_another_shape_is_told_with_what_mends_it(
    layers: list[tuple[str, dict[str, object]]], fix: str
) -> None:
    (problem,) = found(digits(*layers))
    assert (problem.code, problem.node) == ("ND420", "output")
    assert problem.message.startswith(
        "`output`: Reconstruction gives back the input [N, 1, 8, 8], but the output is [N, "
    )
    assert problem.fixes[0].text == fix
    assert found(problem.fixes[0].design) == ()


def test_a_row_of_another_length_is_told_with_its_length() -> None:
    net = Builder(catalog=CATALOG)
    net.Output(net.Linear(net.Input(shape=(4,)), out_features=7, name="linear"), name="output")
    (problem,) = found(net.design(data="iris", task="reconstruction"))
    assert problem.fixes[0].text == "Set out_features to 4 at linear"


@pytest.mark.parametrize(
    ("normalize", "loss", "last", "expected"),
    [
        ("standard", "MSELoss", "Sigmoid", ["ND422"]),
        ("standard", "MSELoss", "Tanh", ["ND422"]),
        ("minmax", "MSELoss", "Sigmoid", []),
        ("minmax", "MSELoss", "Tanh", []),
        ("none", "MSELoss", "Sigmoid", []),
        ("minmax", "MSELoss", "", []),
        ("standard", "BCELoss", "Sigmoid", ["ND424"]),
        ("minmax", "BCELoss", "Sigmoid", []),
        ("minmax", "BCELoss", "", ["ND423"]),
        ("standard", "BCEWithLogitsLoss", "", ["ND424"]),
        ("minmax", "BCEWithLogitsLoss", "", []),
        ("minmax", "BCEWithLogitsLoss", "Sigmoid", ["ND422"]),
    ],
)
def test_scaling_last_layer_and_loss_are_held_against_each_other(
    normalize: str, loss: str, last: str, expected: list[str]
) -> None:
    layers = [("Conv2d", {"out_channels": 1, "kernel_size": 1}), *([(last, {})] if last else [])]
    problems = found(digits(*layers, data=Choice("digits", {"normalize": normalize}), loss=loss))
    assert [problem.code for problem in problems] == expected
    assert all(problem.fixes for problem in problems)


def test_a_loss_of_chances_wants_the_data_scaled_to_them() -> None:
    (problem,) = found(digits(("Conv2d", {"out_channels": 1, "kernel_size": 1}), loss="BCEWithLogitsLoss"))
    assert (problem.section, problem.param) == ("data", "normalize")
    assert problem.message == (
        "BCEWithLogitsLoss learns values between 0 and 1, and the data are scaled to mean 0 and deviation 1; set "
        "normalize to minmax"
    )
    assert [fix.text for fix in problem.fixes] == ["Set normalize to minmax", "Choose MSELoss"]
    assert all(found(fix.design) == () for fix in problem.fixes)


HOW = {"none": None, "standard": ANY, "minmax": Span(0, 1)}


def test_what_scaling_tells_of_the_numbers() -> None:
    spans = {how: CATALOG.datasets["digits"](normalize=how).scaled(DIGITS).span for how in HOW}
    assert spans == HOW
