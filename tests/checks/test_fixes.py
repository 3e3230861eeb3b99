"""Every fix that is offered clears its problem and brings no new error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from netdesigner.checks import Fix, Problem, Report, check, with_fixes
from netdesigner.document import Choice, Design, Edge, Network, Node, Settings, edit
from netdesigner.parts import DataSpec
from tests.checks.test_structure import with_edges
from tests.checks.toys import CATALOG, DIGITS, PLAIN, PLAIN_WIRES, PRICES, chain, design, network, plain

TASK: dict[str, Any] = {"task": Choice("classes"), "data": Choice("toy")}


def fixes(what: Design, code: str, data: DataSpec | None = None) -> tuple[Fix, ...]:
    """The fixes of a design's problem of a code, each of which is seen to help."""
    report = with_fixes(what, check(what, CATALOG, data), CATALOG, data)
    problem = next(p for p in report.problems if p.code == code)
    assert len(problem.fixes) <= 4
    for fix in problem.fixes:
        helps(fix, problem, report, data)
    return problem.fixes


def helps(fix: Fix, problem: Problem, report: Report, data: DataSpec | None) -> None:
    after = check(fix.design, CATALOG, data)
    assert problem.key not in [p.key for p in after.problems], fix.text
    before = {p.key for p in report.errors}
    new = [p for p in after.errors if p.key not in before]
    assert all(comes_to_light(p, problem) for p in new), fix.text
    assert "`" not in fix.text
    assert "\n" not in fix.text


def comes_to_light(new: Problem, mended: Problem) -> bool:
    """Whether an error may have been there unseen: behind what was unknown, or a loop through another one."""
    if new.section:
        return new.section.partition(".")[0] == mended.section.partition(".")[0]
    return new.code.startswith(("ND3", "ND4")) or new.code == mended.code == "ND101"


def texts(what: Design, code: str, data: DataSpec | None = None) -> list[str]:
    return [fix.text for fix in fixes(what, code, data)]


# ------------------------------------------------------------------------------------------------------ structure


def test_the_wire_of_a_loop_that_was_drawn_last_goes_first() -> None:
    nodes = {"input": "Input", "a": "Concat", "b": "ReLU", "c": "ReLU", "add": "Add", "output": "Output"}
    what = design(nodes, "input > a > b > c > output, input > a, c > a")
    assert texts(what, "ND101")[0] == "Remove the wire from c to a"


def test_a_loop_whose_wire_is_needed_is_led_from_an_earlier_node() -> None:
    nodes = {"input": "Input", "a": "ReLU", "b": "ReLU", "output": "Output"}
    found = fixes(design(nodes, "a > b > a, b > output"), "ND101")
    assert found[0].text == "Wire input to a instead of b"
    assert check(found[0].design, CATALOG).errors == ()


def test_loops_that_cross_are_mended_one_after_the_other() -> None:
    nodes = {"input": "Input", "a": "Concat", "b": "ReLU", "output": "Output"}
    what = design(nodes, "input > a > b > output, b > a, a > a, input > a")
    for _ in range(2):
        what = fixes(what, "ND101")[0].design
    assert check(what, CATALOG).errors == ()


def test_a_missing_wire_comes_from_the_nearest_node_that_suits() -> None:
    what = design({**PLAIN, "line": "Linear"}, "input > flat > linear, line > output")
    assert texts(what, "ND102")[0] == "Wire linear to line"


def test_a_node_without_a_wire_may_be_removed() -> None:
    assert "Remove relu" in texts(design({**PLAIN, "relu": "ReLU"}, PLAIN_WIRES), "ND102")


def test_a_network_without_an_input_gets_one_where_a_wire_is_missing() -> None:
    what = design({"linear": "Linear", "output": "Output"}, "linear > output")
    assert "Add Input [N, 16] before linear" in texts(what, "ND102")


def test_a_join_with_one_wire_gets_another_or_goes() -> None:
    nodes = {"input": "Input", "relu": "ReLU", "add": "Add", "output": "Output"}
    found = texts(design(nodes, "input > relu > add > output"), "ND106")
    assert found == ["Wire input to add", "Remove add"]


@pytest.mark.parametrize("kind", ["ReLU", "Flatten"])
def test_a_doubled_wire_leaves_either_or_a_join(kind: str) -> None:
    nodes = {"a": "Input", "b": "ReLU", "x": kind, "output": "Output"}
    assert texts(design(nodes, "a > b > x > output, a > x"), "ND103") == [
        "Remove the wire from a to x",
        "Remove the wire from b to x",
        "Join the wires with Add before x",
        "Join the wires with Concat before x",
    ]


def test_of_three_wires_one_is_kept() -> None:
    nodes = {"a": "Input", "b": "ReLU", "c": "ReLU", "x": "ReLU", "output": "Output"}
    found = texts(design(nodes, "a > b > c > x > output, a > x, b > x"), "ND103")
    assert found[:3] == [f"Keep only the wire from {name} to x" for name in ("c", "a", "b")]


def test_a_wire_to_a_port_that_is_not_there_goes_to_one_that_is() -> None:
    nodes = {"input": "Input", "split": "Split", "output": "Output"}
    assert texts(design(nodes, "input > split > output, input > split.stat"), "ND104") == [
        "Wire to state of split",
        "Remove the wire to stat of split",
    ]


def test_a_wire_from_a_port_that_is_not_there_comes_from_one_that_is() -> None:
    nodes = {"input": "Input", "split": "Split", "output": "Output"}
    assert (
        texts(design(nodes, "input > split, split.outpt > output"), "ND104")[0] == "Wire to output of split"
    )


def test_a_wire_that_is_there_twice_is_there_once() -> None:
    nodes = {"input": "Input", "x": "ReLU", "output": "Output"}
    assert texts(design(nodes, "input > x > output, input > x"), "ND105")[0] == "Remove the doubled wire to x"


def test_a_join_of_a_node_with_itself_is_taken_out() -> None:
    nodes = {"input": "Input", "x": "Add", "output": "Output"}
    assert texts(design(nodes, "input > x > output, input > x"), "ND105") == ["Remove x"]


def test_a_loose_end_goes_where_a_wire_is_missing() -> None:
    nodes = {**PLAIN, "relu": "ReLU"}
    what = design(nodes, "input > flat > linear > relu")
    assert texts(what, "ND107")[0] == "Wire relu to output"


def test_a_loose_branch_gets_an_output_or_goes() -> None:
    nodes = {**PLAIN, "a": "ReLU", "b": "ReLU"}
    what = design(nodes, f"{PLAIN_WIRES}, input > a > b")
    assert texts(what, "ND107") == ["Add Output after b", "Remove b", "Remove b and 1 before it"]
    assert texts(what, "ND108") == ["Remove a and 1 more"]


def test_a_second_output_is_not_offered_where_the_task_takes_one() -> None:
    what = design({**PLAIN, "relu": "ReLU"}, f"{PLAIN_WIRES}, input > relu", **TASK)
    assert texts(what, "ND107", DIGITS) == ["Remove relu"]


def test_a_branch_that_nothing_feeds_is_wired_to_an_input() -> None:
    nodes = {"input": "Input", "a": "ReLU", "b": "ReLU", "add": "Add", "output": "Output"}
    assert texts(design(nodes, "input > add > output, a > b > add"), "ND109")[0] == "Wire input to a"


def test_an_input_is_added_in_the_shape_of_the_data() -> None:
    what = design(
        {"flat": "Flatten", "linear": ("Linear", {"out_features": 10}), "output": "Output"},
        "flat > linear > output",
        **TASK,
    )
    found = fixes(what, "ND110", DIGITS)
    assert found[0].text == "Add Input [N, 1, 8, 8] before flat"
    assert check(found[0].design, CATALOG, DIGITS).problems == ()


def test_an_input_is_added_in_a_shape_that_the_first_layer_takes() -> None:
    what = design({"linear": "Linear", "output": "Output"}, "linear > output")
    assert "Add Input [N, 16] before linear" in texts(what, "ND110")


def test_an_output_is_added_after_the_last_node() -> None:
    what = design({key: PLAIN[key] for key in ("input", "flat", "linear")}, "input > flat > linear")
    found = fixes(what, "ND111")
    assert [fix.text for fix in found] == ["Add Output after linear"]
    assert found[0].design.networks["main"].layout["output"] == (620.0, 0.0)


@pytest.mark.parametrize(("rest", "code"), [({}, "ND112"), (TASK, "ND413")])
def test_of_several_outputs_one_is_kept(rest: dict[str, Any], code: str) -> None:
    what = design({**PLAIN, "b": "Output", "c": "Output"}, f"{PLAIN_WIRES}, linear > b, linear > c", **rest)
    assert texts(what, code, DIGITS) == ["Keep only output", "Keep only b", "Keep only c"]


def test_as_many_outputs_are_kept_as_the_task_compares() -> None:
    both = {"task": Choice("both"), "data": Choice("toy")}
    what = design({**PLAIN, "b": "Output", "c": "Output"}, f"{PLAIN_WIRES}, linear > b, linear > c", **both)
    assert texts(what, "ND413", DIGITS) == ["Remove c", "Remove b", "Remove output"]
    what = design(
        {**PLAIN, "b": "Output", "c": "Output", "d": "Output"},
        f"{PLAIN_WIRES}, linear > b, linear > c, linear > d",
        **both,
    )
    assert texts(what, "ND413", DIGITS)[0] == "Keep only output and b"


def test_an_empty_network_is_begun() -> None:
    assert texts(Design(), "ND113") == ["Add Input and Output"]
    assert texts(replace(Design(), **TASK), "ND113", DIGITS) == ["Add Input [N, 1, 8, 8] and Output"]


def test_an_empty_network_beside_another_is_removed() -> None:
    what = Design({"main": plain().networks["main"], "other": Network()})
    assert texts(what, "ND113")[0] == "Remove network other"


@pytest.mark.parametrize(("kind", "text"), [("Relu", "ReLU"), ("relu", "ReLU"), ("Conv3d", "Conv2d")])
def test_an_unknown_kind_becomes_the_nearest(kind: str, text: str) -> None:
    what = design({"input": "Input", "x": (kind, {"odd": 1}), "output": "Output"}, "input > x > output")
    assert texts(what, "ND114")[0] == f"Change x to {text}"
    assert "Remove x" in texts(what, "ND114")


def test_a_wire_without_an_end_goes() -> None:
    what = with_edges(plain(), Edge("flat", "output", "ghost", "input"))
    assert texts(what, "ND115") == ["Remove the wires without an end"]


# ----------------------------------------------------------------------------------------------------- parameters


def conv(params: dict[str, Any], repeat: int | str = 1, **rest: Any) -> Design:
    nodes = {"input": "Input", "conv": Node("Conv2d", params, repeat), "output": "Output"}
    return design(nodes, "input > conv > output", **rest)


ZEROS = "Set padding_mode to its default, zeros, at conv"


@pytest.mark.parametrize(
    ("params", "code", "expected"),
    [
        ({"dropout": 1.5}, "ND201", ["Set dropout to 1 at conv", "Set dropout to its default, 0.0, at conv"]),
        ({"stride": 0}, "ND201", ["Set stride to its default, 1, at conv"]),
        ({"kernel_size": 2.4}, "ND201", ["Set kernel_size to 2 at conv", "Set kernel_size to its default, 3, at conv"]),
        ({"padding_mode": "reflec"}, "ND201", ["Set padding_mode to reflect at conv", ZEROS]),
        ({"padding_mode": "reflect", "padding": 0}, "ND201", [ZEROS]),
        ({"strid": 2}, "ND202", ["Change strid to stride at conv", "Remove strid from conv"]),
        ({"stride": "1+"}, "ND203", ["Set stride to its default, 1, at conv"]),
        (
            {"kernel_size": "2*widht+1"},
            "ND204",
            [
                "Change widht to width at conv",
                "Declare widht = 3",
                "Set kernel_size to its default, 3, at conv",
            ],
        ),
    ],
)  # fmt: skip
def test_a_bad_parameter_gets_the_nearest_that_is_allowed(
    params: dict[str, Any], code: str, expected: list[str]
) -> None:
    assert texts(conv(params, variables={"width": 1}), code) == expected


def test_a_renamed_parameter_keeps_its_value() -> None:
    (rename, _) = fixes(conv({"strid": 2}), "ND202")
    assert rename.design.networks["main"].graph.nodes["conv"].params == {"stride": 2}


def test_an_unknown_variable_inside_a_block_may_become_its_parameter() -> None:
    blocks = {"B": ({"x": "Input", "c": ("Conv2d", {"out_channels": "n"}), "y": "Output"}, "x > c > y")}
    what = design(
        {"input": "Input", "b": "block:B", "output": "Output"}, "input > b.x, b.y > output", blocks=blocks
    )
    assert texts(what, "ND204") == [
        "Declare n = 4 in block B",
        "Declare n = 4",
        "Set out_channels to its default, 4, at c",
    ]


def test_a_bad_parameter_of_an_instance_goes_back_to_the_blocks() -> None:
    blocks = {
        "B": ({"x": "Input", "c": ("Conv2d", {"out_channels": "n"}), "y": "Output"}, "x > c > y", {"n": 3})
    }
    nodes = {"input": "Input", "b": ("block:B", {"n": True}), "output": "Output"}
    assert texts(design(nodes, "input > b.x, b.y > output", blocks=blocks), "ND201") == [
        "Set n to its default, 3, at b"
    ]


@pytest.mark.parametrize(
    ("repeat", "code", "expected"),
    [
        (0, "ND205", ["Set repeat to 1 at conv"]),
        (5000, "ND205", ["Set repeat to 1000 at conv", "Set repeat to 1 at conv"]),
        ("depht", "ND204", ["Change depht to depth at conv", "Declare depht = 1", "Set repeat to 1 at conv"]),
        ("2*", "ND203", ["Set repeat to 1 at conv"]),
    ],
)
def test_repetitions_are_brought_into_range(repeat: int | str, code: str, expected: list[str]) -> None:
    assert texts(conv({}, repeat, variables={"depth": 2}), code) == expected


def test_a_variable_that_is_no_number_gets_one_or_goes() -> None:
    what = conv({"out_channels": "w"}, variables={"w": float("nan")})
    assert "Set w to 1" in texts(what, "ND207")


def test_an_inputs_own_refusal_brings_its_own_remedy() -> None:
    nodes = {"input": ("Input", {"shape": (4,), "axes": ("a", "b")}), "output": "Output"}
    assert texts(design(nodes, "input > output"), "ND201")[0] == "Set axes to () at input"


def test_too_many_layers_are_repeated_less() -> None:
    nodes = {f"n{at}": Node("ReLU", repeat=999 + at // 20) for at in range(21)}
    what = design({"input": "Input", **nodes, "output": "Output"}, " > ".join(["input", *nodes, "output"]))
    assert texts(what, "ND206")[0] == "Set repeat to 10 at n20"


# --------------------------------------------------------------------------------------------------------- shapes


def test_a_picture_is_flattened_before_a_linear() -> None:
    nodes = {"input": "Input", "conv": "Conv2d", "linear_1": "Linear", "output": "Output"}
    found = fixes(design(nodes, "input > conv > linear_1 > output"), "ND301")
    assert found[0].text == "Insert Flatten before linear_1"
    graph = found[0].design.networks["main"].graph
    assert graph.edges[1] == Edge("conv", "output", "flatten_1", "input")
    assert found[0].design.networks["main"].layout["flatten_1"] == (300, 0)


def test_a_fix_may_bring_to_light_what_it_did_not_cause() -> None:
    nodes = {
        "input": "Input",
        "conv": "Conv2d",
        "linear": ("Linear", {"out_features": 7}),
        "output": "Output",
    }
    what = design(nodes, "input > conv > linear > output", **TASK)
    found = fixes(what, "ND301", DIGITS)
    assert found[-1].text == "Insert Flatten before linear" or found[0].text == "Insert Flatten before linear"


def test_what_the_layer_itself_proposes_is_tried() -> None:
    nodes = {
        "input": ("Input", {"shape": (1, 2, 2)}),
        "conv": ("Conv2d", {"kernel_size": 7}),
        "output": "Output",
    }
    found = texts(design(nodes, "input > conv > output"), "ND301")
    assert found == ["Set kernel_size to 2 at conv", "Remove conv"]


def test_whole_numbers_are_embedded_or_the_input_changed() -> None:
    nodes = {"input": ("Input", {"shape": (8,), "dtype": "int64"}), "x": "ReLU", "output": "Output"}
    assert texts(design(nodes, "input > x > output"), "ND303")[:2] == [
        "Insert Embedding before x",
        "Set dtype to float32 at input",
    ]


def test_an_embedding_gets_whole_numbers() -> None:
    what = design({"input": "Input", "x": "Embedding", "output": "Output"}, "input > x > output")
    assert texts(what, "ND303")[0] == "Set dtype to int64 at input"


def test_a_layer_that_leaves_nothing_is_taken_out() -> None:
    nodes = {"input": ("Input", {"shape": (1, 1, 1)}), "pool": "MaxPool2d", "output": "Output"}
    assert texts(design(nodes, "input > pool > output"), "ND305") == ["Remove pool"]


def test_a_layer_whose_rule_fails_is_taken_out() -> None:
    assert texts(
        design({"input": "Input", "x": "Buggy", "output": "Output"}, "input > x > output"), "ND309"
    ) == ["Remove x"]


def test_what_cannot_be_repeated_is_applied_once() -> None:
    nodes = {
        "input": ("Input", {"shape": (6,), "dtype": "int64"}),
        "x": Node("Embedding", repeat=2),
        "output": "Output",
    }
    assert texts(design(nodes, "input > x > output"), "ND304") == ["Set repeat to 1 at x", "Remove x"]


def residual(main: dict[str, Any], skip: dict[str, Any] | None = None, size: int = 8) -> Design:
    nodes: dict[str, Any] = {"input": ("Input", {"shape": (4, size, size)}), "stem": "Conv2d"}
    nodes |= {"conv": ("Conv2d", main), "relu": "ReLU", "side": ("Conv2d", skip) if skip else "ReLU"}
    return design(
        {**nodes, "add": "Add", "output": "Output"},
        "input > stem > conv > relu > add > output, stem > side > add",
    )


def test_the_skip_side_of_a_join_is_convolved_to_the_other_side() -> None:
    found = fixes(residual({"out_channels": 6, "stride": 2}), "ND302")
    assert found[0].text == "Insert 1×1 Conv2d between side and add"
    made = found[0].design.networks["main"].graph.nodes["conv2d_1"]
    assert made.params == {"out_channels": 6, "kernel_size": 1, "padding": 0, "stride": 2}
    assert check(found[0].design, CATALOG).errors == ()


def test_channels_and_strides_are_made_alike_where_they_begin() -> None:
    assert "Set out_channels to 4 at conv" in texts(residual({"out_channels": 6}), "ND302")
    assert "Set stride to 1 at conv" in texts(residual({"stride": 2}), "ND302")
    assert "Set out_channels to 6 at side" in texts(
        residual({"out_channels": 6}, {"out_channels": 4}), "ND302"
    )


@pytest.mark.parametrize("size", [7, 8, 9, 13])
def test_the_stride_of_the_skip_side_suits_odd_sizes_too(size: int) -> None:
    found = fixes(residual({"stride": 2}, size=size), "ND302")
    assert found[0].text == "Insert 1×1 Conv2d between side and add"


def test_rows_of_features_are_made_alike_by_a_linear() -> None:
    nodes = {
        "input": ("Input", {"shape": (4,)}),
        "a": ("Linear", {"out_features": 6}),
        "add": "Add",
        "output": "Output",
    }
    found = texts(design(nodes, "input > a > add > output, input > add"), "ND302")
    assert found[:2] == ["Insert Linear between input and add", "Insert Linear between a and add"]
    assert "Set out_features to 4 at a" in found


def test_a_concat_joins_along_the_axis_that_differs() -> None:
    nodes = {
        "a": ("Input", {"shape": (2, 3)}),
        "b": ("Input", {"shape": (2, 5)}),
        "join": "Concat",
        "output": "Output",
    }
    assert texts(design(nodes, "a > join > output, b > join"), "ND302")[0] == "Set dim to 2 at join"


def test_a_picture_joined_with_a_row_is_flattened() -> None:
    nodes = {"input": ("Input", {"shape": (4, 1, 1)}), "flat": "Flatten", "add": "Add", "output": "Output"}
    what = design(nodes, "input > flat > add > output, input > add")
    assert "Insert Flatten between input and add" in texts(what, "ND302")


# ------------------------------------------------------------------------------------------------------------ fit


def test_the_input_takes_the_shape_and_the_type_of_the_data() -> None:
    what = design({**PLAIN, "input": ("Input", {"shape": (3, 9), "axes": ("a",)})}, PLAIN_WIRES, **TASK)
    (fix,) = fixes(what, "ND410", DIGITS)
    assert fix.text == "Set input to [N, 1, 8, 8]"
    assert fix.design.networks["main"].graph.nodes["input"].params == {"shape": (1, 8, 8)}
    nodes = {"input": ("Input", {"dtype": "int64"}), "flat": "Flatten", "output": "Output"}
    assert texts(design(nodes, "input > flat > output", data=Choice("toy")), "ND411", DIGITS) == [
        "Set input to [N, 1, 8, 8]"
    ]


def test_the_last_layer_gets_the_number_of_classes() -> None:
    nodes = {**PLAIN, "linear": ("Linear", {"out_features": 7}), "relu": "ReLU"}
    what = design(nodes, "input > flat > linear > relu > output", **TASK)
    assert texts(what, "ND420", DIGITS) == ["Set out_features to 10 at linear", "Insert Linear before output"]


def test_a_network_without_a_linear_gets_one() -> None:
    what = design({"input": "Input", "output": "Output"}, "input > output", **TASK)
    assert texts(what, "ND420", DIGITS) == ["Insert Flatten and Linear before output"]


def test_a_softmax_before_the_loss_goes() -> None:
    what = design({**PLAIN, "soft": "Softmax"}, "input > flat > linear > soft > output", **TASK)
    assert texts(what, "ND422", DIGITS) == ["Remove soft"]


def test_of_several_outputs_of_samples_one_is_kept_and_those_of_one_number_stay() -> None:
    nodes = {**PLAIN, "total": "Total", "balance": "Output", "second": "Output"}
    what = design(nodes, f"{PLAIN_WIRES}, flat > total > balance, linear > second", **TASK)
    assert texts(what, "ND413", DIGITS) == ["Remove second", "Remove output"]
    assert [*fixes(what, "ND413", DIGITS)[0].design.graph("main").ids_of("Output")] == ["output", "balance"]


def test_another_task_suits_the_targets() -> None:
    what = design({**PLAIN, "input": ("Input", {"shape": (6,)})}, PLAIN_WIRES, **TASK)
    assert texts(what, "ND421", PRICES) == ["Choose the task Values"]


def test_a_task_is_chosen_that_suits_the_data() -> None:
    assert texts(plain(data=Choice("toy")), "ND402", DIGITS) == ["Choose the task Classes"]


def test_misspelt_data_and_tasks_become_the_nearest() -> None:
    assert texts(plain(data=Choice("toi")), "ND403") == ["Choose toy", "Choose no data"]
    assert texts(plain(task=Choice("clases")), "ND404")[0] == "Choose classes"


def test_settings_of_data_and_task_are_brought_into_range() -> None:
    assert texts(plain(data=Choice("toy", {"size": 0})), "ND405") == [
        "Set size to 1",
        "Set size to its default, 8",
    ]
    assert texts(plain(data=Choice("toy", {"siez": 3})), "ND405") == ["Change siez to size", "Remove siez"]
    assert texts(plain(task=Choice("classes", {"smoothing": 2})), "ND406") == [
        "Set smoothing to 1",
        "Set smoothing to its default, 0.0",
    ]


@pytest.mark.parametrize(
    ("loss", "code", "expected"),
    [
        (Choice("crossentropyloss"), "ND431", ["Choose CrossEntropyLoss"]),
        (Choice("hinge"), "ND431", ["Choose CrossEntropyLoss"]),
        (Choice("MSELoss"), "ND433", ["Choose CrossEntropyLoss"]),
        (
            Choice("CrossEntropyLoss", {"label_smoothing": 2}),
            "ND432",
            ["Set label_smoothing to 1", "Set label_smoothing to its default, 0.0"],
        ),
    ],
)
def test_a_loss_becomes_one_that_there_is_for_the_task(loss: Choice, code: str, expected: list[str]) -> None:
    found = texts(plain(**TASK, loss=loss), code, DIGITS)
    assert found[: len(expected)] == expected


def test_a_task_is_chosen_that_the_loss_is_for() -> None:
    nodes = {**PLAIN, "input": ("Input", {"shape": (6,)}), "linear": ("Linear", {"out_features": 1})}
    what = design(nodes, PLAIN_WIRES, **TASK, loss=Choice("MSELoss"))
    found = fixes(what, "ND433", PRICES)
    assert [fix.text for fix in found] == ["Choose the task Values", "Choose CrossEntropyLoss"]
    assert found[0].design.loss == Choice("MSELoss")


def test_what_a_wrong_loss_hid_comes_to_light() -> None:
    nodes = {**PLAIN, "linear": ("Linear", {"out_features": 7})}
    (fix,) = fixes(design(nodes, PLAIN_WIRES, **TASK, loss=Choice("hinge")), "ND431", DIGITS)
    assert [problem.code for problem in check(fix.design, CATALOG, DIGITS).errors] == ["ND420"]


@pytest.mark.parametrize(
    ("chosen", "code", "expected"),
    [
        ([Choice("flop", {"p": 1})], "ND441", ["Choose flip", "Choose crop", "Remove flop"]),
        ([Choice("flip", {"p": 2})], "ND442", ["Set p to 1", "Set p to its default, 0.5", "Remove Flip"]),
        (
            [Choice("crop", {"pading": 1})],
            "ND442",
            ["Change pading to padding", "Remove pading", "Remove Crop"],
        ),
        ([Choice("flip"), Choice("jitter")], "ND443", ["Remove Jitter"]),
        (
            [Choice("jitter"), Choice("flip"), Choice("scale")],
            "ND443",
            ["Remove the 2 augmentations that are not for these samples", "Remove Jitter"],
        ),
        ([Choice("mixup"), Choice("cutmix")], "ND445", ["Set p of MixUp to 0.5", "Remove CutMix"]),
    ],
)
def test_an_augmentation_becomes_one_that_can_be_done(
    chosen: list[Choice], code: str, expected: list[str]
) -> None:
    assert texts(plain(**TASK, augmentations=tuple(chosen)), code, DIGITS) == expected


def test_of_several_wrong_augmentations_each_can_go_by_itself() -> None:
    what = plain(**TASK, augmentations=(Choice("flop"), Choice("flip", {"p": 2})))
    assert "Remove Flip" in texts(what, "ND442", DIGITS)
    found = fixes(what, "ND441", DIGITS)
    assert found[-1].text == "Remove flop"
    assert [choice.kind for choice in found[-1].design.augmentations] == ["flip"]


def test_without_a_task_that_takes_one_an_unknown_loss_becomes_the_nearest_or_none() -> None:
    assert texts(plain(loss=Choice("hubbrloss")), "ND431") == ["Choose HuberLoss", "Choose no loss"]
    assert "Choose no loss" in texts(plain(task=Choice("adversaries"), loss=Choice("L1Loss")), "ND433")


@pytest.mark.parametrize(
    ("settings", "code", "expected"),
    [
        (Settings(Choice("sgd", {"momentum": 0.9})), "ND601", ["Choose SGD", "Choose AdamW"]),
        (Settings(Choice("Lion")), "ND601", ["Choose AdamW"]),
        (Settings(schedule=Choice("plato", {"gamma": 2})), "ND602", ["Choose constant", "Choose plateau"]),
        (Settings(values={"epochs": "many"}), "ND603", ["Set epochs to its default, 20"]),
        (Settings(values={"epochs": 2.6}), "ND603", ["Set epochs to 3", "Set epochs to its default, 20"]),
        (Settings(values={"keep": "lst"}), "ND603", ["Set keep to last", "Set keep to its default, best"]),
        (Settings(values={"epoch": 3}), "ND603", ["Change epoch to epochs", "Remove epoch"]),
        (Settings(values={"epochs": "nn"}), "ND603", ["Change nn to n", "Set epochs to its default, 20"]),
        (
            Settings(Choice("SGD", {"momentum": 2})),
            "ND604",
            ["Set momentum to 1", "Set momentum to its default, 0.0"],
        ),
        (Settings(schedule=Choice("step", {"gama": 1})), "ND605", ["Change gama to gamma", "Remove gama"]),
        (
            Settings(Choice("Rprop"), values={"weight_decay": 1}),
            "ND606",
            ["Set weight_decay to its default, none"],
        ),
    ],
)
def test_settings_of_the_training_become_the_nearest_or_the_default(
    settings: Settings, code: str, expected: list[str]
) -> None:
    assert texts(plain(training=settings, variables={"n": 3}), code) == expected


def test_a_misspelt_optimizer_keeps_the_parameters_that_it_has() -> None:
    found = fixes(plain(training=Settings(Choice("sgd", {"momentum": 0.9, "eps": 1}))), "ND601")
    assert found[0].design.training.optimizer == Choice("SGD", {"momentum": 0.9})


def test_shares_that_leave_nothing_go_back_to_their_defaults() -> None:
    assert texts(plain(data=Choice("toy", {"validation": 0.8, "test": 0.3})), "ND407", DIGITS) == [
        "Set validation to 0.15",
        "Set test to 0.15",
        "Set validation to 0.15 and test to 0.15",
    ]
    assert texts(plain(data=Choice("toy", {"validation": 0.9, "test": 0.9})), "ND407", DIGITS) == [
        "Set validation to 0.15 and test to 0.15"
    ]


def test_an_input_that_nobody_reads_goes_where_the_data_gives_one() -> None:
    what = design({**PLAIN, "spare": "Input"}, PLAIN_WIRES, **TASK)
    assert texts(what, "ND412", DIGITS) == ["Remove spare"]


def test_an_input_is_added_or_set_to_what_the_task_gives_there() -> None:
    timed: dict[str, Any] = {"task": Choice("timed"), "data": Choice("toy")}
    (fix,) = fixes(design(PLAIN, PLAIN_WIRES, **timed), "ND416", DIGITS)
    assert fix.text == "Add Input [N] int64 for the time"
    assert check(fix.design, CATALOG, DIGITS).errors == ()
    nodes = {**PLAIN, "time": ("Input", {"shape": (4,), "dtype": "int64"})}
    assert texts(design(nodes, PLAIN_WIRES, **timed), "ND410", DIGITS) == ["Set time to [N] int64"]


def test_a_network_is_called_by_the_name_of_the_role() -> None:
    one = network(PLAIN, PLAIN_WIRES)
    what = Design({"a": one, "b": one}, **TASK)
    found = fixes(what, "ND414", DIGITS)
    assert [fix.text for fix in found] == ["Call network a network", "Call network b network"]
    assert list(found[0].design.networks) == ["network", "b"]


# --------------------------------------------------------------------------------------------------------- blocks


def test_an_unknown_block_becomes_the_nearest_or_goes() -> None:
    blocks = {"Conv": ({"x": "Input", "y": "Output"}, "x > y")}
    what = design(
        {"input": "Input", "a": "block:Cnv", "output": "Output"}, "input > a > output", blocks=blocks
    )
    assert texts(what, "ND501") == ["Change a to Conv", "Remove a"]


def test_a_block_is_taken_out_of_itself() -> None:
    own = ({"x": "Input", "again": "block:Own", "y": "Output"}, "x > again.x, again.y > y")
    what = design(
        {"input": "Input", "a": "block:Own", "output": "Output"},
        "input > a.x, a.y > output",
        blocks={"Own": own},
    )
    (fix, *_) = fixes(what, "ND502")
    assert fix.text == "Remove again"
    assert check(fix.design, CATALOG).errors == ()


def test_a_block_gets_its_ports() -> None:
    what = plain(blocks={"B": ({"r": "ReLU", "y": "Output"}, "r > y")})
    assert texts(what, "ND503")[0] == "Add Input before r"
    what = plain(blocks={"B": ({"x": "Input", "r": "ReLU"}, "x > r")})
    assert texts(what, "ND504") == ["Add Output after r"]


def test_a_problem_inside_a_block_is_mended_in_the_instance_that_shows_it() -> None:
    inner = ({"x": "Input", "linear": "Linear", "y": "Output"}, "x > linear > y")
    nodes = {
        "input": "Input",
        "flat": "Flatten",
        "good": "block:L",
        "bad": "block:L",
        "add": "Add",
        "output": "Output",
    }
    wires = "input > flat > good.x, input > bad.x, good.y > add > output, bad.y > add"
    (fix, *_) = fixes(design(nodes, wires, blocks={"L": inner}), "ND301")
    assert fix.text == "Insert Flatten before linear"
    assert check(fix.design, CATALOG).errors == ()


# ----------------------------------------------------------------------------------------------------- all of them


def test_names_from_a_file_break_no_line() -> None:
    nodes = {"input": "Input", "x": ("Conv2d", {"a\nb": 1}), "y": "Re\tLU\n", "output": "Output"}
    report = with_fixes(
        design(nodes, "input > x > y > output"),
        check(design(nodes, "input > x > y > output"), CATALOG),
        CATALOG,
    )
    assert all(p.message.isprintable() for p in report.problems)
    assert all(fix.text.isprintable() for p in report.problems for fix in p.fixes)


def test_fixes_are_found_for_one_problem_alone_where_that_is_asked() -> None:
    what = conv({"stride": 0, "padding": -1})
    report = check(what, CATALOG)
    found = with_fixes(what, report, CATALOG, only=report.problems[1])
    assert [bool(p.fixes) for p in found.problems[:2]] == [False, True]
    assert found.traces is report.traces


def test_a_design_full_of_problems_is_not_searched_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdesigner.checks.fixes._ALL_TRIES", 5)
    monkeypatch.setattr("netdesigner.checks.fixes._MOST_TRIES", 5)
    what = chain(10, "Conv2d", {"stride": 0})
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert [bool(p.fixes) for p in report.errors] == [True] * 5 + [False] * 5


def test_a_large_design_full_of_problems_is_tried_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdesigner.checks.fixes._ALL_LOOKS", 100)
    what = chain(10, "Conv2d", {"stride": 0})
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert 1 <= sum(bool(p.fixes) for p in report.errors) <= 3


@pytest.mark.parametrize("code", ["ND505"])
def test_what_nothing_can_mend_has_no_fix(code: str) -> None:
    from tests.checks.test_blocks import nested

    assert fixes(nested(33), code) == ()


MENDABLE: dict[str, Callable[[], Design]] = {
    "flat": lambda: chain(1, "Conv2d"),
    "zero": lambda: conv({"stride": 0}),
}


@pytest.mark.parametrize("name", MENDABLE)
def test_fixes_leave_the_design_itself_alone(name: str) -> None:
    what = MENDABLE[name]()
    again = MENDABLE[name]()
    with_fixes(what, check(what, CATALOG), CATALOG)
    assert what == again


# ----------------------------------------------------------------------------------------------------------- frozen


def test_a_frozen_network_is_trained_again_from_its_end_or_all_of_it() -> None:
    nodes = {**PLAIN, "more": ("Linear", {"out_features": 10})}
    what = design(nodes, "input > flat > linear > more > output", **TASK)
    frozen = edit.set_frozen(what, "main", ["linear", "more"], frozen=True)
    assert texts(frozen, "ND408", DIGITS) == ["Let training change more", "Let training change all nodes"]


def test_a_block_that_is_frozen_inside_is_trained_again() -> None:
    nodes = {"input": "Input", "flat": "Flatten", "use": "block:Row", "output": "Output"}
    inner = (
        {"x": "Input", "line": Node("Linear", {"out_features": 10}, frozen=True), "y": "Output"},
        "x > line > y",
    )
    what = design(nodes, "input > flat > use.x, use.y > output", blocks={"Row": inner}, **TASK)
    assert texts(what, "ND408", DIGITS) == ["Let training change all nodes"]
