"""Networks against data and task."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from netdesigner.checks import ERROR, WARNING, check, with_fixes
from netdesigner.document import Choice, Design, Network, edit
from netdesigner.parts import Catalog, DataSpec, TensorSpec
from netdesigner.session.gallery import open_template
from tests.checks.toys import (
    CATALOG,
    DIGITS,
    PLAIN,
    PLAIN_WIRES,
    PRICES,
    codes,
    design,
    found,
    network,
    only,
    plain,
)

TASK: dict[str, Any] = {"task": Choice("classes"), "data": Choice("toy")}


def named(**networks: Network) -> Design:
    return Design(networks, **TASK)


def test_a_design_that_fits_has_no_problem_at_all() -> None:
    assert check(plain(**TASK), CATALOG, DIGITS).problems == ()


def test_an_input_of_another_shape_than_the_data_is_told() -> None:
    nodes = {**PLAIN, "input": ("Input", {"shape": (1, 4, 4)})}
    problem = only(design(nodes, PLAIN_WIRES, **TASK), DIGITS)
    assert (problem.code, problem.network, problem.node) == ("ND410", "main", "input")
    assert problem.message == "`input` takes [N, 1, 4, 4], and a sample of the data is [N, 1, 8, 8]"


def test_a_free_axis_of_the_input_takes_any_length() -> None:
    nodes = {**PLAIN, "input": ("Input", {"shape": (1, 0, 8), "axes": ("c", "T")}), "linear": "ReLU"}
    assert codes(design(nodes, PLAIN_WIRES, data=Choice("toy")), DIGITS) == []


def test_a_fixed_axis_does_not_take_samples_of_any_length() -> None:
    data = DataSpec(TensorSpec(("N", 1, "T", 8)), TensorSpec(("N",), "int64"))
    assert codes(plain(data=Choice("toy")), data) == ["ND410"]


def test_an_input_of_another_type_than_the_data_is_told() -> None:
    nodes = {"input": ("Input", {"dtype": "int64"}), "flat": "Flatten", "output": "Output"}
    assert codes(design(nodes, "input > flat > output", data=Choice("toy")), DIGITS) == ["ND411"]


JOINED = {
    "a": "Input",
    "b": "Input",
    "add": "Add",
    "flat": "Flatten",
    "linear": PLAIN["linear"],
    "output": "Output",
}
JOINED_WIRES = "a > add > flat > linear > output, b > add"


def test_a_second_input_is_told_where_the_task_gives_one_tensor() -> None:
    problem = only(design(JOINED, JOINED_WIRES, **TASK), DIGITS)
    assert (problem.code, problem.node) == ("ND412", "b")
    assert (
        problem.message == "a sample of the data is one tensor, and network `main` has 2 Inputs, `a` and `b`"
    )
    assert codes(design(JOINED, JOINED_WIRES)) == []


def test_the_number_of_inputs_is_for_the_task_to_say() -> None:
    assert codes(design(JOINED, JOINED_WIRES, data=Choice("toy")), DIGITS) == []


TIMED: dict[str, Any] = {"task": Choice("timed"), "data": Choice("toy")}
"""A task that gives a sample, a time and, where the network wants it, a class."""


def timed(*inputs: dict[str, Any]) -> Design:
    ids = [f"in_{number}" for number in range(len(inputs))]
    nodes = {key: what for key, what in PLAIN.items() if key != "input"}
    given = {name: ("Input", params) for name, params in zip(ids, inputs, strict=True)}
    return design({**given, **nodes}, f"{ids[0]} > flat > linear > output", **TIMED)


IMAGE, TIME = {"shape": (1, 8, 8)}, {"shape": (), "dtype": "int64"}


def told(*inputs: dict[str, Any], data: DataSpec | None = DIGITS) -> list[tuple[str, str]]:
    """What is wrong and where; that nobody reads the time is no concern here."""
    return [(p.code, f"{p.node}: {p.message}") for p in check(timed(*inputs), CATALOG, data).errors]


def test_a_task_that_gives_several_tensors_has_an_input_for_each() -> None:
    assert told(IMAGE, TIME) == told(IMAGE, TIME, TIME) == []
    also = "in_0: Timed also gives the time, and network `main` has 1 Input, `in_0`"
    assert told(IMAGE) == [("ND416", also)]
    too_many = (
        "in_3: Timed gives a sample, the time and the class, which are 3 tensors, and network `main` has"
    )
    too_many += " 4 Inputs, `in_0`, `in_1`, `in_2` and `in_3`"
    assert told(IMAGE, TIME, TIME, TIME) == [("ND412", too_many)]


def test_each_input_is_held_against_what_it_is_given() -> None:
    longer = {"shape": (3,), "dtype": "int64"}
    assert told(IMAGE, longer) == [("ND410", "in_1: `in_1` takes [N, 3], and the time is [N]")]
    values = {"shape": ()}
    assert told(IMAGE, TIME, values) == [("ND411", "in_2: `in_2` takes float32, and the class is int64")]
    assert [code for code, _ in told({"shape": (5, 5)}, TIME)] == ["ND410"]


def test_inputs_are_counted_before_the_data_are_known() -> None:
    assert [code for code, _ in told(IMAGE, data=None)] == ["ND416"]
    assert told({"shape": (2, 2)}, TIME, data=None) == []


def test_several_outputs_are_a_warning_until_a_task_needs_one() -> None:
    nodes = {**PLAIN, "second": "Output"}
    what = design(nodes, f"{PLAIN_WIRES}, flat > second")
    assert [(p.code, p.severity) for p in found(what)] == [("ND112", WARNING)]
    problem = only(replace(what, task=Choice("classes")))
    assert (problem.code, problem.severity, problem.node) == ("ND413", ERROR, "second")


@pytest.mark.parametrize("order", [("output", "balance"), ("balance", "output")])
def test_an_output_of_one_number_may_stand_beside_the_one_that_is_compared(order: tuple[str, str]) -> None:
    inner = {key: what for key, what in PLAIN.items() if key != "output"}
    nodes = {**inner, "total": "Total", **dict.fromkeys(order, "Output")}
    what = design(nodes, f"{PLAIN_WIRES}, flat > total > balance", **TASK)
    assert check(what, CATALOG, DIGITS).problems == ()
    assert codes(replace(what, task=None, data=None)) == []
    wrong = design(
        {**nodes, "linear": ("Linear", {"out_features": 7})}, f"{PLAIN_WIRES}, flat > total > balance", **TASK
    )
    problem = only(wrong, DIGITS)
    assert (problem.code, problem.node) == ("ND420", "output")


def test_a_further_output_of_samples_or_of_a_whole_number_stays_a_problem() -> None:
    nodes = {**PLAIN, "total": "Total", "balance": "Output", "second": "Output"}
    wires = f"{PLAIN_WIRES}, flat > total > balance, flat > second"
    problem = only(design(nodes, wires, **TASK), DIGITS)
    assert (problem.code, problem.node) == ("ND413", "second")
    assert problem.message.endswith("has 2 Outputs, `output` and `second`")
    counted = {**PLAIN, "total": ("Total", {"dtype": "int64"}), "count": "Output"}
    assert only(design(counted, f"{PLAIN_WIRES}, flat > total > count", **TASK), DIGITS).code == "ND413"


BOTH = {**PLAIN, "second": "Output"}
BOTH_WIRES = f"{PLAIN_WIRES}, linear > second"


def test_a_task_may_compare_several_outputs() -> None:
    both = {"task": Choice("both"), "data": Choice("toy")}
    assert check(design(BOTH, BOTH_WIRES, **both), CATALOG, DIGITS).problems == ()
    problem = only(design({**BOTH, "third": "Output"}, f"{BOTH_WIRES}, linear > third", **both), DIGITS)
    assert (problem.code, problem.node) == ("ND413", "third")
    assert "compares 2 outputs with the target, and network `main` has 3 Outputs" in problem.message
    problem = only(plain(**both), DIGITS)
    assert (problem.code, problem.node) == ("ND417", "output")
    assert problem.message.endswith(
        "compares 2 outputs with the target, and network `main` has 1 Output, `output`"
    )


def test_each_of_several_outputs_is_held_against_the_target_and_the_data_once() -> None:
    both = {"task": Choice("both"), "data": Choice("toy")}
    small = design({**BOTH, "linear": ("Linear", {"out_features": 7})}, BOTH_WIRES, **both)
    assert [(p.code, p.node) for p in found(small, DIGITS)] == [("ND420", "output"), ("ND420", "second")]
    values = design({**BOTH, "input": ("Input", {"shape": (6,)})}, BOTH_WIRES, **both)
    assert [(p.code, p.node) for p in found(values, PRICES)] == [("ND421", "output")]


def test_a_lone_output_of_one_number_is_held_against_the_target() -> None:
    nodes = {"input": "Input", "total": "Total", "output": "Output"}
    problem = only(design(nodes, "input > total > output", **TASK), DIGITS)
    assert (problem.code, problem.node) == ("ND420", "output")


def test_what_the_task_says_of_the_output_is_told_there() -> None:
    nodes = {**PLAIN, "linear": ("Linear", {"out_features": 7})}
    problem = only(design(nodes, PLAIN_WIRES, **TASK), DIGITS)
    assert (problem.code, problem.network, problem.node) == ("ND420", "main", "output")
    assert problem.message == "`output`: there are 10 classes, but the output is [N, 7]"


def test_values_are_no_classes() -> None:
    nodes = {**PLAIN, "input": ("Input", {"shape": (6,)})}
    assert codes(design(nodes, PLAIN_WIRES, **TASK), PRICES) == ["ND421"]


def test_a_softmax_before_the_loss_is_found_inside_a_block_too() -> None:
    inner = {"x": "Input", "soft": "Softmax", "y": "Output"}
    direct = design({**PLAIN, "soft": "Softmax"}, "input > flat > linear > soft > output", **TASK)
    nodes = {**PLAIN, "head": "block:Head"}
    wires = "input > flat > linear > head.x, head.y > output"
    nested = design(nodes, wires, blocks={"Head": (inner, "x > soft > y")}, **TASK)
    for what in (direct, nested):
        problem = only(what, DIGITS)
        assert (problem.code, problem.severity) == ("ND422", WARNING)


def test_an_output_that_is_unknown_is_not_held_against_the_data() -> None:
    nodes = {**PLAIN, "linear": ("Linear", {"out_features": 0})}
    assert codes(design(nodes, PLAIN_WIRES, **TASK), DIGITS) == ["ND201"]


def test_the_only_network_plays_the_only_role_whatever_its_name() -> None:
    assert check(named(anything=network(PLAIN, PLAIN_WIRES)), CATALOG, DIGITS).problems == ()


def test_of_several_networks_the_one_with_the_roles_name_is_trained() -> None:
    sketch = network({**PLAIN, "linear": ("Linear", {"out_features": 3})}, PLAIN_WIRES)
    assert codes(named(sketch=sketch, network=network(PLAIN, PLAIN_WIRES)), DIGITS) == []


def test_several_networks_without_the_roles_name_are_told() -> None:
    one = network(PLAIN, PLAIN_WIRES)
    problem = only(named(a=one, b=one), DIGITS)
    assert problem.code == "ND414"
    assert "`a` and `b`" in problem.message
    assert "call the one to train `network`" in problem.message


def adversaries(generator: Network | None = None, discriminator: Network | None = None) -> Design:
    """Two networks that suit the roles, or others in their place."""
    makes = {
        "noise": ("Input", {"shape": (3, 8, 8)}),
        "conv": ("Conv2d", {"out_channels": 1}),
        "made": "Output",
    }
    judges = {**PLAIN, "linear": ("Linear", {"out_features": 1})}
    pair = {
        "generator": generator or network(makes, "noise > conv > made"),
        "discriminator": discriminator or network(judges, PLAIN_WIRES),
    }
    return Design(pair, task=Choice("adversaries"), data=Choice("toy"))


def test_a_task_of_two_roles_names_those_that_are_missing() -> None:
    whole = adversaries()
    problem = only(replace(whole, networks={"generator": whole.networks["generator"]}), DIGITS)
    assert problem.code == "ND414"
    assert "`discriminator` is missing" in problem.message


def test_networks_that_suit_their_roles_have_no_problem() -> None:
    assert codes(adversaries(), DIGITS) == []


def test_each_network_is_held_against_what_its_role_gets_and_gives() -> None:
    small = {
        "noise": ("Input", {"shape": (3, 4, 4)}),
        "conv": ("Conv2d", {"out_channels": 1}),
        "made": "Output",
    }
    wide = {**PLAIN, "input": ("Input", {"shape": (3, 8, 8)})}
    what = adversaries(network(small, "noise > conv > made"), network(wide, PLAIN_WIRES))
    found = [(p.code, p.network, p.node) for p in check(what, CATALOG, DIGITS).errors]
    assert found == [
        ("ND420", "generator", "made"),
        ("ND410", "discriminator", "input"),
        ("ND420", "discriminator", "output"),
    ]


@pytest.mark.parametrize(
    "params", [{"shape": (3, 0, 8), "axes": ("c", "T")}, {"shape": (3, 8, 8), "dtype": "int64"}]
)
def test_noise_has_a_fixed_shape_and_floating_point_numbers(params: dict[str, Any]) -> None:
    nodes = {"noise": ("Input", params), "made": "Output"}
    problems = check(adversaries(network(nodes, "noise > made")), CATALOG, DIGITS).errors
    assert problems[0].code == "ND415"
    assert problems[0].message.endswith("noise is floating-point numbers of a fixed shape")


def test_a_second_output_of_a_player_is_told() -> None:
    twice = {**PLAIN, "linear": ("Linear", {"out_features": 1}), "second": "Output"}
    what = adversaries(discriminator=network(twice, f"{PLAIN_WIRES}, flat > second"))
    problem = only(what, DIGITS)
    assert (problem.code, problem.network, problem.node) == ("ND413", "discriminator", "second")


# ----------------------------------------------------------------------------------------------------------- frozen


def test_a_network_whose_weights_are_all_frozen_has_nothing_to_train() -> None:
    what = edit.set_frozen(plain(**TASK), "main", ["linear"], frozen=True)
    problem = only(what, DIGITS)
    assert (problem.code, problem.severity, problem.section) == ("ND408", ERROR, "training")
    assert (problem.network, problem.node) == ("main", "linear")
    assert problem.message == "all 650 weights of network `main` are frozen, so there is nothing to train"


def test_one_node_that_is_trained_is_enough_and_a_frozen_node_without_weights_is_nothing() -> None:
    nodes = {**PLAIN, "more": ("Linear", {"out_features": 10})}
    what = design(nodes, "input > flat > linear > more > output", **TASK)
    assert codes(edit.set_frozen(what, "main", ["linear", "flat"], frozen=True), DIGITS) == []
    assert codes(edit.set_frozen(what, "main", ["linear", "more"], frozen=True), DIGITS) == ["ND408"]


def test_what_is_unknown_may_still_be_trained() -> None:
    nodes = {**PLAIN, "more": "Conv2d"}
    what = design(nodes, "input > flat > linear > more > output")
    assert "ND408" not in codes(edit.set_frozen(what, "main", ["linear"], frozen=True))


def test_of_networks_that_learn_together_one_that_is_trained_is_enough() -> None:
    pair = {role: network(PLAIN, PLAIN_WIRES) for role in ("one", "other")}
    what = Design(pair, task=Choice("companions"), data=Choice("toy"))
    one = edit.set_frozen(what, "one", ["linear"], frozen=True)
    assert codes(one, DIGITS) == []
    assert codes(edit.set_frozen(one, "other", ["linear"], frozen=True), DIGITS) == ["ND408", "ND408"]


def test_of_networks_that_learn_in_turn_each_needs_something_to_train() -> None:
    problem = only(edit.set_frozen(adversaries(), "discriminator", ["linear"], frozen=True), DIGITS)
    assert (problem.code, problem.network) == ("ND408", "discriminator")


def test_a_check_after_an_edit_follows_what_is_frozen() -> None:
    report = check(plain(**TASK), CATALOG, DIGITS)
    for frozen in (True, False):
        what = edit.set_frozen(plain(**TASK), "main", ["linear"], frozen=frozen)
        report = check(what, CATALOG, DIGITS, report)
        assert [problem.code for problem in report.problems] == (["ND408"] if frozen else [])
        assert report.traces["main"].cost.trainable == (0 if frozen else 650)


def test_an_output_on_a_loop_is_told_as_a_loop() -> None:
    looped = design(PLAIN, f"{PLAIN_WIRES}, output > flat", **TASK)
    assert "ND101" in codes(looped, DIGITS)


def wasserstein(**params: float) -> Design:
    design = open_template("dcgan", small=True)
    assert design.task is not None
    return edit.set_task(design, design.task.with_params({"adversarial_loss": "wasserstein", **params}))


def test_batch_norm_in_the_discriminator_of_wasserstein_is_warned_of_and_replaced() -> None:
    catalog = Catalog.discover()
    design = wasserstein()
    mixing = [problem for problem in check(design, catalog).problems if problem.code == "ND418"]
    assert mixing
    assert {(problem.network, problem.severity) for problem in mixing} == {("discriminator", "warning")}
    while mixing:
        report = with_fixes(design, check(design, catalog), catalog)
        problem = next(problem for problem in report.problems if problem.code == "ND418")
        design = problem.fixes[0].design
        left = [problem for problem in check(design, catalog).problems if problem.code == "ND418"]
        assert len(left) == len(mixing) - 1
        mixing = left
    kinds = {node.kind for node in design.networks["discriminator"].graph.nodes.values()}
    assert "GroupNorm" in kinds
    assert not any(kind.startswith("BatchNorm") for kind in kinds)


def test_without_the_penalty_batch_norm_is_no_matter() -> None:
    design = wasserstein(gradient_penalty=0.0)
    assert "ND418" not in {problem.code for problem in check(design, Catalog.discover()).problems}
