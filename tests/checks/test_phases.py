from __future__ import annotations

from typing import Any

import pytest

from netdesigner.checks import ERROR, WARNING, check
from netdesigner.checks.fixes import with_fixes
from netdesigner.document import Choice, Design, Node, Phase, Settings
from netdesigner.document import edit as edits
from netdesigner.document.group import group
from tests.checks.toys import CATALOG, DIGITS, design

NODES: dict[str, Any] = {
    "input": "Input",
    "conv": ("Conv2d", {"out_channels": 4}),
    "relu": "ReLU",
    "flatten": "Flatten",
    "fc": ("Linear", {"out_features": 10}),
    "output": "Output",
}
WIRES = "input > conv > relu > flatten > fc > output"


def phased(*phases: Phase, epochs: int | str = 5, **nodes: Any) -> Design:
    settings = Settings(values={"epochs": epochs}, phases=phases)
    parts: dict[str, Any] = {"data": Choice("toy"), "task": Choice("classes"), "training": settings}
    return design({**NODES, **nodes}, WIRES, **parts)


def told(what: Design) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in check(what, CATALOG, DIGITS).problems]


def texts(what: Design, code: str) -> dict[str, Design]:
    report = with_fixes(what, check(what, CATALOG, DIGITS), CATALOG, DIGITS)
    (problem,) = (problem for problem in report.problems if problem.code == code)
    return {fix.text: fix.design for fix in problem.fixes}


def test_phases_of_nodes_and_of_whole_networks_are_no_problem() -> None:
    assert told(phased(Phase(2, ("main.fc",), 0.1), Phase(1, ("main",)), Phase(2))) == []


def test_a_phase_of_something_that_is_not_there_is_told_with_what_may_be_meant() -> None:
    what = phased(Phase(2, ("main.fcc", "main.conv")), Phase(2, ("elsewhere",)), Phase(1))
    assert told(what) == [
        (
            "ND611",
            "training: phases: phase 1 trains `main.fcc`, which is not there; did you mean `main.fc`?",
        ),
        ("ND611", "training: phases: phase 2 trains `elsewhere`, which is not there"),
    ]


def test_a_name_that_is_not_there_is_changed_or_left_out() -> None:
    found = texts(phased(Phase(2, ("main.fcc", "main.conv")), Phase(3)), "ND611")
    assert {text: new.training.phases[0].trains for text, new in found.items()} == {
        "Change main.fcc to main.fc": ("main.fc", "main.conv"),
        "Leave out what is not there": ("main.conv",),
    }


@pytest.mark.parametrize("nodes", [{}, {"relu": Node("ReLU"), "conv": Node("Conv2d", {}, frozen=True)}])
def test_a_phase_in_which_nothing_learns_is_told_and_mended(nodes: dict[str, Any]) -> None:
    trains = ("main.relu",) if not nodes else ("main.relu", "main.conv")
    what = phased(Phase(2, trains), Phase(3), **nodes)
    ((code, message),) = told(what)
    assert code == "ND612"
    assert message.startswith("training: phases: phase 1 trains `main.relu`")
    found = {text: new.training for text, new in texts(what, "ND612").items()}
    assert found["Let everything learn in that phase"].phases == (Phase(2), Phase(3))
    left = found["Leave that phase out"]
    assert (left.phases, left.values["epochs"]) == ((Phase(3),), 3)


def test_phases_that_are_not_as_long_as_the_training_are_warned_of() -> None:
    longer = phased(Phase(1, ("main.fc",)), Phase(2), epochs="n")
    report = check(edits.set_variables(longer, {"n": 9}), CATALOG, DIGITS)
    ((code, severity),) = ((problem.code, problem.severity) for problem in report.problems)
    assert (code, severity) == ("ND613", WARNING)
    ((_, message),) = told(phased(Phase(1), Phase(2), epochs=9))
    assert message.endswith(
        "they last 3 epochs, the training 9; the last phase lasts until the training is over"
    )
    ((_, message),) = told(phased(Phase(5), Phase(2), Phase(2), epochs=7))
    assert message.endswith("they last 9 epochs, the training 7; phase 3 never begins")
    found = texts(phased(Phase(1), Phase(2), epochs=9), "ND613")
    assert found["Set epochs to 3"].training.values["epochs"] == 3
    assert found["Train without phases"].training.phases == ()


@pytest.mark.parametrize(
    ("phase", "said"),
    [
        (Phase(0), "phase 1: epochs: expected at least 1, got 0"),
        (Phase(5, (), 0.0), "phase 1: rate: expected more than 0, got 0"),
        (Phase(5, (), 1e9), "phase 1: rate: expected at most 1,000"),
    ],
)
def test_a_phase_out_of_range_is_told(phase: Phase, said: str) -> None:
    assert any(code == "ND603" and said in message for code, message in told(phased(phase)))


def test_phases_are_checked_again_where_only_the_training_changed() -> None:
    sound = phased(Phase(5))
    report = check(sound, CATALOG, DIGITS)
    later = edits.set_phases(sound, (Phase(5, ("main.relu",)),))
    again = check(later, CATALOG, DIGITS, previous=report)
    assert [(p.code, p.severity, p.section, p.param) for p in again.problems] == [
        ("ND612", ERROR, "training", "phases")
    ]


def test_a_phase_may_name_the_nodes_within_one_instance_of_a_block() -> None:
    plain, stem = group(phased(), "main", ("conv", "relu"), "Stem")

    def with_phase(*trains: str) -> Design:
        return edits.set_phases(plain, (Phase(5, trains),))

    assert told(with_phase(f"main.{stem}.conv")) == []
    assert told(with_phase(f"main.{stem}")) == []
    ((code, message),) = told(with_phase(f"main.{stem}.con"))
    assert code == "ND611"
    assert message.endswith(f"did you mean `main.{stem}.conv`?")
    assert [code for code, _ in told(with_phase(f"main.{stem}.relu"))] == ["ND612"]
    assert [code for code, _ in told(with_phase(f"main.{stem}.conv.deeper"))] == ["ND611"]
    frozen = edits.set_frozen(with_phase(f"main.{stem}.conv"), "main", (stem,), True)
    assert "ND612" in [code for code, _ in told(frozen)]


def test_a_node_without_the_name_of_its_network_may_be_meant() -> None:
    ((_, message),) = told(phased(Phase(5, ("fc",))))
    assert message.endswith("did you mean `main.fc`?")


def test_a_node_that_is_deleted_is_told_where_a_phase_names_it() -> None:
    what = edits.remove_nodes(phased(Phase(5, ("main.fc",))), "main", ("fc",), reconnect=True)
    assert "ND611" in [code for code, _ in told(what)]


def test_a_renamed_node_stays_in_its_phase() -> None:
    what = edits.rename_node(phased(Phase(5, ("main.fc",))), "main", "fc", "head")
    assert told(what) == []


@pytest.mark.parametrize("rate", [0.0, -1.0, 1e9])
def test_a_rate_of_a_node_out_of_range_is_told_at_it(rate: float) -> None:
    what = phased(conv=Node("Conv2d", {"out_channels": 4}, rate=rate))
    (problem,) = check(what, CATALOG, DIGITS).problems
    assert (problem.code, problem.node, problem.param) == ("ND201", "conv", "rate")
    assert "freeze it" in problem.message
