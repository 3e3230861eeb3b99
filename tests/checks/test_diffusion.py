"""What is said where a network is to tell noise and cannot."""

from __future__ import annotations

from typing import Any

from netdesigner.checks import Problem, check, with_fixes
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder

CATALOG = Catalog.discover()
NUMBER: dict[str, Any] = {"shape": (), "dtype": "int64"}


def digits(step: dict[str, Any] | None = NUMBER, kernel: int = 3, **choices: Any) -> Design:
    """A convolution that is told the time step, where there is one, and a last one that says the noise."""
    net = Builder(catalog=CATALOG)
    x = net.Conv2d(net.Input(shape=(1, 8, 8), name="picture"), out_channels=4, padding=1)
    if step is not None:
        told = net.TimestepEmbedding(net.Input(name="step", **step), embedding_dim=4)
        x = net.Add(x, net.Unflatten(told, unflattened_size=(4, 1, 1)))
    net.Output(net.Conv2d(x, out_channels=1, kernel_size=kernel, padding=1, name="last"), name="noise")
    return net.design(**{"data": "digits", "task": "diffusion", **choices})


def found(design: Design) -> tuple[Problem, ...]:
    """The problems, after each fix was seen to clear what it is for."""
    data = CATALOG.dataset_of(design).describe()
    problems = with_fixes(design, check(design, CATALOG, data), CATALOG, data).problems
    for problem in problems:
        for fix in problem.fixes:
            assert problem.code not in {other.code for other in check(fix.design, CATALOG, data).problems}
    return problems


def test_a_network_that_is_told_the_time_step_has_no_problems() -> None:
    assert found(digits()) == ()
    assert found(digits(loss="GaussianNLLLoss"))[0].code == "ND420"


def test_a_network_without_an_input_for_the_time_step_gets_one() -> None:
    (problem,) = found(digits(step=None))
    assert (problem.code, problem.node) == ("ND416", "picture")
    assert problem.message == "Diffusion also gives the time step, and network `main` has 1 Input, `picture`"
    assert [fix.text for fix in problem.fixes] == ["Add Input [N] int64 for the time step"]


def test_an_input_for_the_time_step_takes_whole_numbers() -> None:
    (problem,) = found(digits(step={"shape": ()}))
    assert (problem.code, problem.node) == ("ND411", "step")
    assert [fix.text for fix in problem.fixes] == ["Set step to [N] int64"]


def test_a_third_input_is_for_a_class_that_the_data_have() -> None:
    net = Builder(catalog=CATALOG)
    x, step, other = (
        net.Input(shape=(10,), name="row"),
        net.Input(**NUMBER),
        net.Input(name="other", **NUMBER),
    )
    told = net.Add(
        net.TimestepEmbedding(step, embedding_dim=10), net.TimestepEmbedding(other, embedding_dim=10)
    )
    net.Output(net.Linear(net.Add(x, told), out_features=10), name="noise")
    (problem,) = found(net.design(data="diabetes", task="diffusion"))
    assert (problem.code, problem.node) == ("ND412", "other")
    assert "gives the noisy sample and the time step, which are 2 tensors" in problem.message


def test_an_output_of_another_size_than_the_picture_is_told_there() -> None:
    (problem,) = found(digits(kernel=5))
    assert (problem.code, problem.node) == ("ND420", "noise")
    assert (
        problem.message
        == "`noise`: Diffusion asks for the noise in [N, 1, 8, 8], but the output is [N, 1, 6, 6]"
    )
    assert problem.fixes


def test_a_loss_that_cannot_learn_noise_is_changed() -> None:
    (problem,) = found(digits(loss=Choice("PoissonNLLLoss")))
    assert (problem.code, problem.node) == ("ND425", "noise")
    assert [fix.text for fix in problem.fixes] == ["Choose MSELoss"]
