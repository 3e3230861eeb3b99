"""Checks with the real layers, data specs and tasks."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from netdesigner.checks import Report, check, explain_refusal, summary, with_fixes
from netdesigner.document import Choice, Design, Edge, Graph, Network, Node, edit
from netdesigner.parts import Catalog, DataSpec, TensorSpec

CATALOG = Catalog.discover()
DIGITS = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), tuple("0123456789"), 1797)
PRICES = DataSpec(TensorSpec(("N", 10)), TensorSpec(("N", 1)), rows=442, targets=("price",))
CLASSES: dict[str, Any] = {"task": Choice("classification"), "data": Choice("digits")}

SHAPES: tuple[tuple[int, ...], ...] = ((), (6,), (4, 6), (4, 8, 8), (4, 3, 8, 8), (1, 1, 1))


def design(nodes: dict[str, Any], wires: str, **rest: Any) -> Design:
    """A design in short: kinds or (kind, params) by id, and `a > b > c.port, ...`."""
    made = {key: Node(what) if isinstance(what, str) else Node(*what) for key, what in nodes.items()}
    edges = []
    for chain in wires.split(","):
        ends = [end.strip().partition(".") for end in chain.split(">")]
        for (source, _, output), (target, _, port) in pairwise(ends):
            first, last = (CATALOG.layers[made[name].kind] for name in (source, target))
            edges.append(Edge(source, output or first.outputs[0].name, target, port or last.inputs[0].name))
    return Design({"main": Network(Graph(made, tuple(edges)))}, **rest)


def shown(report: Report, node_id: str) -> str:
    outputs = report.outputs("main", node_id)
    return str(outputs[0]) if outputs else "unknown"


CNN = {
    "input": ("Input", {"shape": (1, 8, 8)}),
    "conv": ("Conv2d", {"out_channels": 16, "padding": 1}),
    "relu": "ReLU",
    "pool": ("MaxPool2d", {"kernel_size": 2}),
    "flatten": "Flatten",
    "linear": ("Linear", {"out_features": 10}),
    "output": "Output",
}


def test_a_picture_classifier_is_sound_and_counted() -> None:
    what = design(CNN, " > ".join(CNN), **CLASSES)
    report = check(what, CATALOG, DIGITS)
    assert report.problems == ()
    assert shown(report, "pool") == "[N, 16, 4, 4]"
    numbers = summary(what, report)
    assert numbers["parameters"] == (9 + 1) * 16 + (256 + 1) * 10
    assert numbers["macs"] == 9 * 16 * 64 + 2560


def test_a_linear_behind_pictures_is_mended_by_a_flatten() -> None:
    nodes = {key: what for key, what in CNN.items() if key != "flatten"}
    what = design(nodes, " > ".join(nodes), **CLASSES)
    report = with_fixes(what, check(what, CATALOG, DIGITS), CATALOG, DIGITS)
    (problem,) = report.problems
    assert problem.code == "ND420"
    assert problem.fixes[0].text == "Insert Flatten before linear"
    assert check(problem.fixes[0].design, CATALOG, DIGITS).problems == ()


@pytest.mark.parametrize(
    ("change", "code", "text"),
    [
        (("linear", {"out_features": 7}), "ND420", "Set out_features to 10 at linear"),
        (("input", {"shape": (1, 28, 28)}), "ND410", "Set input to [N, 1, 8, 8]"),
        (("conv", {"kernel_size": 11, "padding": 0}), "ND301", "Set kernel_size to 8 at conv"),
        (("conv", {"groups": 5}), "ND301", "Set groups to 1 at conv"),
    ],
)
def test_what_does_not_fit_is_mended(change: tuple[str, dict[str, Any]], code: str, text: str) -> None:
    what = edit.set_params(design(CNN, " > ".join(CNN), **CLASSES), "main", *change)
    report = with_fixes(what, check(what, CATALOG, DIGITS), CATALOG, DIGITS)
    problem = report.problems[0]
    assert problem.code == code
    assert text in [fix.text for fix in problem.fixes]


def test_a_residual_join_of_other_channels_and_size_is_mended_on_the_skip_side() -> None:
    nodes = {
        "input": ("Input", {"shape": (3, 32, 32)}),
        "stem": ("Conv2d", {"out_channels": 64, "padding": 1}),
        "pool_1": ("MaxPool2d", {"kernel_size": 2}),
        "conv_2": ("Conv2d", {"out_channels": 128, "padding": 1}),
        "add_1": "Add",
        "output": "Output",
    }
    what = design(nodes, "input > stem > pool_1 > conv_2 > add_1 > output, stem > add_1")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    problem = report.errors[0]
    assert problem.message.startswith(
        "`add_1` joins [N, 128, 16, 16] from `conv_2` and [N, 64, 32, 32] from `stem`; "
        "they part at `pool_1`, after `stem`"
    )
    assert problem.fixes[0].text == "Insert 1×1 Conv2d between stem and add_1"
    assert check(problem.fixes[0].design, CATALOG).errors == ()


def test_a_learned_token_is_given_to_every_sample_where_it_joins_them() -> None:
    nodes = {
        "input": ("Input", {"shape": (16, 8)}),
        "token": ("Parameter", {"shape": (1, 8)}),
        "join": "Concat",
        "output": "Output",
    }
    what = design(nodes, "input > join > output, token > join")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    (problem,) = report.network_errors
    assert problem.fixes[0].text == "Wire input to token"
    assert shown(check(problem.fixes[0].design, CATALOG), "join") == "[N, 17, 8]"


def test_true_and_false_become_numbers_where_numbers_are_needed() -> None:
    nodes = {"input": "Input", "ask": "Greater", "flat": "Flatten", "linear": "Linear", "output": "Output"}
    what = design(nodes, " > ".join(nodes))
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    (problem,) = report.network_errors
    assert problem.code == "ND303"
    assert "Insert Cast to float32 before linear" in [fix.text for fix in problem.fixes]


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"kernel_size": (3, 3, 3)}, "Set kernel_size to (3, 3) at conv"),
        ({"kernel_size": (0, 3)}, "Set kernel_size to (1, 3) at conv"),
        ({"kernel_size": ("widht", 3)}, "Change widht to width at conv"),
        ({"kernel_size": ("n", "n")}, "Declare n = 3"),
        ({"padding": "sme"}, "Set padding to same at conv"),
        ({"bias": 1}, "Set bias to its default, on, at conv"),
    ],
)
def test_parameters_of_several_axes_are_mended(params: dict[str, Any], text: str) -> None:
    what = edit.set_params(design(CNN, " > ".join(CNN), variables={"width": 3}), "main", "conv", params)
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert text in [fix.text for fix in report.errors[0].fixes]


def test_the_input_takes_sequences_of_whole_numbers_of_any_length() -> None:
    words = DataSpec(TensorSpec(("N", 3, "T", 2), "int64"), TensorSpec(("N",), "int64"), ("a", "b"), 10)
    nodes = {"input": ("Input", {"shape": (4,)}), "output": "Output"}
    what = design(nodes, "input > output", data=Choice("digits"))
    report = with_fixes(what, check(what, CATALOG, words), CATALOG, words)
    problem = next(p for p in report.problems if p.code == "ND410")
    (fix,) = problem.fixes
    assert fix.text == "Set input to [N, 3, T, 2] int64"
    params = fix.design.networks["main"].graph.nodes["input"].params
    assert params == {"shape": (3, 0, 2), "axes": ("axis_0", "T"), "dtype": "int64"}


def test_a_sequence_network_with_several_outputs_of_a_node() -> None:
    nodes = {
        "input": ("Input", {"shape": (0,), "axes": ("T",), "dtype": "int64"}),
        "words": ("Embedding", {"embedding_dim": 12}),
        "lstm": ("LSTM", {"hidden_size": 20, "batch_first": True}),
        "attention": ("MultiheadAttention", {"num_heads": 4, "batch_first": True}),
        "linear": ("Linear", {"out_features": 5}),
        "output": "Output",
    }
    wires = "input > words > lstm > attention.query, lstm > attention.key, lstm > attention.value"
    wires += ", attention > linear > output"
    report = check(design(nodes, wires), CATALOG)
    assert report.errors == ()
    assert shown(report, "output") == "[N, T, 5]"


RNN = {
    "input": ("Input", {"shape": (0, 8), "axes": ("T", "pixels")}),
    "enc": ("GRU", {"hidden_size": 32, "bidirectional": True, "batch_first": True}),
    "dec": ("GRU", {"hidden_size": 32, "batch_first": True}),
    "output": "Output",
}


def test_a_state_that_does_not_fit_names_the_output_it_comes_from() -> None:
    what = design(RNN, "input > enc > dec > output, enc.h_n > dec.h_0")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    problem = report.errors[0]
    assert problem.message == (
        "`dec` cannot take [2, N, 32] from `h_n` of `enc`: "
        "'h_0' of GRU takes (layers, N, features) [1, N, 32], but gets [2, N, 32]"
    )
    assert (problem.code, problem.port) == ("ND301", "h_0")
    assert [fix.text for fix in problem.fixes][:1] == ["Set num_layers to 2 at dec"]


def test_the_last_state_of_a_reader_is_brought_to_one_row_a_sample() -> None:
    nodes = {**{key: RNN[key] for key in ("input", "enc")}, "linear": ("Linear", {"out_features": 10})}
    nodes |= {"output": "Output", "rows": ("Reshape", {"shape": (8, 8)})}
    what = design(nodes, "input > rows > enc, enc.h_n > linear > output", **CLASSES)
    what = edit.set_params(what, "main", "input", {"shape": (1, 8, 8), "axes": ()})
    report = with_fixes(what, check(what, CATALOG, DIGITS), CATALOG, DIGITS)
    (problem,) = report.problems
    assert problem.code == "ND420"
    assert problem.fixes[0].text == "Insert Permute (1, 0, 2) and Flatten before linear"
    mended = check(problem.fixes[0].design, CATALOG, DIGITS)
    assert mended.problems == ()
    assert shown(mended, "linear") == "[N, 10]"


def test_a_state_without_its_cell_is_taken_away_by_the_names_of_its_ports() -> None:
    nodes = {**RNN, "dec": ("LSTM", {"hidden_size": 32, "batch_first": True, "bidirectional": True})}
    what = design(nodes, "input > enc > dec > output, enc.h_n > dec.h_0")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert [fix.text for fix in report.errors[0].fixes] == ["Remove the wire from h_n of enc to h_0 of dec"]


def test_a_picture_is_read_row_by_row() -> None:
    what = design({**RNN, "input": ("Input", {"shape": (1, 8, 6)})}, "input > enc > output")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert report.errors[0].fixes[0].text == "Insert Reshape to 8×6 before enc"


def test_unpooling_is_offered_the_indices_of_a_pool() -> None:
    nodes = {
        "input": ("Input", {"shape": (3, 8, 8)}),
        "pool": "MaxPool2d",
        "back": "MaxUnpool2d",
        "output": "Output",
    }
    what = design(nodes, "input > pool > back > output")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    (problem,) = report.errors
    assert (problem.code, problem.port) == ("ND102", "indices")
    assert problem.fixes[0].text == "Wire indices of pool to indices of back"
    assert check(problem.fixes[0].design, CATALOG).errors == ()


def test_a_key_is_offered_what_feeds_the_query() -> None:
    nodes = {"input": ("Input", {"shape": (6, 8)}), "look": ("MultiheadAttention", {"batch_first": True})}
    what = design({**nodes, "output": "Output"}, "input > look > output, input > look.value")
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    assert report.errors[0].fixes[0].text == "Wire input to key of look"


def test_of_several_masks_the_one_that_does_not_fit_is_named() -> None:
    nodes = {
        "src": ("Input", {"shape": (6, 8)}),
        "tgt": ("Input", {"shape": (4, 8)}),
        "short": ("Input", {"shape": (3,), "dtype": "bool"}),
        "filled": ("Input", {"shape": (6,), "dtype": "bool"}),
        "dec": ("TransformerDecoder", {"batch_first": True}),
        "output": "Output",
    }
    wires = "tgt > dec.tgt, src > dec.memory, dec > output"
    wires += ", short > dec.tgt_key_padding_mask, filled > dec.memory_key_padding_mask"
    problem = check(design(nodes, wires), CATALOG).errors[0]
    assert problem.message.startswith("`dec` cannot take [N, 3] bool from `short`: 'tgt_key_padding_mask' of")


def test_regression_gets_one_number_a_target() -> None:
    nodes = {
        "input": ("Input", {"shape": (10,)}),
        "linear": ("Linear", {"out_features": 3}),
        "output": "Output",
    }
    what = design(nodes, "input > linear > output", task=Choice("regression"), data=Choice("diabetes"))
    report = with_fixes(what, check(what, CATALOG, PRICES), CATALOG, PRICES)
    assert [problem.code for problem in report.problems] == ["ND420"]
    assert report.problems[0].fixes[0].text == "Set out_features to 1 at linear"


def test_a_softmax_before_cross_entropy_is_removed() -> None:
    nodes = {**{key: CNN[key] for key in CNN if key != "output"}, "softmax": "Softmax", "output": "Output"}
    what = design(nodes, " > ".join(nodes), **CLASSES)
    report = with_fixes(what, check(what, CATALOG, DIGITS), CATALOG, DIGITS)
    (problem,) = report.problems
    assert (problem.code, problem.severity) == ("ND422", "warning")
    assert [fix.text for fix in problem.fixes] == ["Remove softmax"]


MASKS = DataSpec(TensorSpec(("N", 1, 16, 16)), TensorSpec(("N", 16, 16), "int64"), ("ground", "digit"), 50)
UNET = {
    "input": ("Input", {"shape": (1, 16, 16)}),
    "conv": ("Conv2d", {"out_channels": 8, "padding": 1}),
    "scores": ("Conv2d", {"out_channels": 2, "kernel_size": 1}),
    "output": "Output",
}


@pytest.mark.parametrize(
    ("changes", "loss", "code", "expected"),
    [
        ({}, "", "", []),
        (
            {"scores": ("Conv2d", {"out_channels": 5, "kernel_size": 1})},
            "",
            "ND420",
            ["Set out_channels to 2 at scores", "Insert Conv2d of 1×1 before output"],
        ),
        (
            {"scores": "ReLU"},
            "",
            "ND420",
            ["Set out_channels to 2 at conv", "Insert Conv2d of 1×1 before output"],
        ),
        (
            {"conv": ("MaxPool2d", {"kernel_size": 2})},
            "",
            "ND420",
            ["Insert Upsample to 16×16 before output"],
        ),
        (
            {"scores": ("MaxPool2d", {"kernel_size": 2})},
            "",
            "ND420",
            [
                "Set out_channels to 2 at conv and insert Upsample to 16×16",
                "Insert Conv2d of 1×1 and Upsample to 16×16 before output",
            ],
        ),
        ({"soft": "Softmax2d"}, "", "ND422", ["Remove soft"]),
        ({}, "NLLLoss", "ND423", ["Insert LogSoftmax before output", "Choose CrossEntropyLoss"]),
        ({"soft": "Softmax2d"}, "NLLLoss", "ND423", ["Put LogSoftmax in place of soft"]),
    ],
)
def test_a_network_is_brought_to_a_class_for_each_pixel(
    changes: dict[str, Any], loss: str, code: str, expected: list[str]
) -> None:
    nodes = {**UNET, **changes}
    nodes["output"] = nodes.pop("output")
    chosen = {"task": Choice("segmentation"), "data": Choice("digits_textured", {"size": 16})}
    what = design(nodes, " > ".join(nodes), **chosen, loss=Choice(loss) if loss else None)
    report = with_fixes(what, check(what, CATALOG, MASKS), CATALOG, MASKS)
    assert [problem.code for problem in report.problems] == ([code] if code else [])
    fixes = [fix for problem in report.problems for fix in problem.fixes]
    assert [fix.text for fix in fixes] == expected
    for fix in fixes:
        assert check(fix.design, CATALOG, MASKS).problems == (), fix.text
        assert all(
            node.params["dim"] == 1
            for node in fix.design.graph("main").nodes.values()
            if node.kind == "LogSoftmax"
        )


def test_masks_are_learned_by_segmentation_alone() -> None:
    for task in ("classification", "regression"):
        what = design(UNET, " > ".join(UNET), task=Choice(task), data=Choice("digits_textured", {"size": 16}))
        report = with_fixes(what, check(what, CATALOG, MASKS), CATALOG, MASKS)
        (problem,) = report.problems
        assert problem.code == "ND421"
        assert [fix.text for fix in problem.fixes] == ["Choose the task Segmentation"]


BREAST = DataSpec(TensorSpec(("N", 6)), TensorSpec(("N",), "int64"), ("no", "yes"), 50)


def headed(*last: str, features: int = 10) -> dict[str, Any]:
    """Nodes in a row: rows of six numbers, a Linear, and the layers of some kinds behind it."""
    inner = {kind.lower(): kind for kind in last}
    linear = ("Linear", {"out_features": features})
    return {"input": ("Input", {"shape": (6,)}), "linear": linear, **inner, "output": "Output"}


@pytest.mark.parametrize(
    ("loss", "last", "code", "severity", "expected"),
    [
        ("CrossEntropyLoss", "LogSoftmax", "ND422", "warning", ["Remove logsoftmax", "Choose NLLLoss"]),
        ("CrossEntropyLoss", "Sigmoid", "ND422", "warning", ["Remove sigmoid"]),
        ("CrossEntropyLoss", "Tanh", "ND422", "warning", ["Remove tanh"]),
        ("MultiMarginLoss", "Softmax", "ND422", "warning", ["Remove softmax"]),
        ("BCEWithLogitsLoss", "Sigmoid", "ND422", "warning", ["Remove sigmoid", "Choose BCELoss"]),
        ("MultiLabelSoftMarginLoss", "Sigmoid", "ND422", "warning", ["Remove sigmoid", "Choose BCELoss"]),
        (
            "NLLLoss",
            "",
            "ND423",
            "error",
            ["Insert LogSoftmax before output", "Choose CrossEntropyLoss"],
        ),
        ("NLLLoss", "Softmax", "ND423", "error", ["Put LogSoftmax in place of softmax"]),
        ("BCELoss", "", "ND423", "error", ["Insert Sigmoid before output", "Choose BCEWithLogitsLoss"]),
        ("BCELoss", "LogSoftmax", "ND423", "error", ["Put Sigmoid in place of logsoftmax"]),
    ],
)
def test_the_last_layer_and_the_loss_are_brought_together(
    loss: str, last: str, code: str, severity: str, expected: list[str]
) -> None:
    data = DataSpec(TensorSpec(("N", 6)), TensorSpec(("N",), "int64"), tuple("0123456789"), 100)
    nodes = headed(*([last] if last else []))
    what = design(nodes, " > ".join(nodes), **CLASSES, loss=Choice(loss))
    report = with_fixes(what, check(what, CATALOG, data), CATALOG, data)
    (problem,) = report.problems
    assert (problem.code, problem.severity, problem.node) == (code, severity, "output")
    assert [fix.text for fix in problem.fixes] == expected
    for fix in problem.fixes:
        assert check(fix.design, CATALOG, data).problems == (), fix.text


@pytest.mark.parametrize(
    ("loss", "last"),
    [
        ("NLLLoss", "LogSoftmax"),
        ("BCELoss", "Sigmoid"),
        ("BCELoss", "Softmax"),
        ("BCEWithLogitsLoss", "Dropout"),
    ],
)
def test_a_last_layer_that_the_loss_takes_is_no_problem(loss: str, last: str) -> None:
    nodes = headed(last, features=2)
    assert (
        check(design(nodes, " > ".join(nodes), **CLASSES, loss=Choice(loss)), CATALOG, BREAST).problems == ()
    )


def test_two_classes_take_one_score_or_two_with_a_loss_of_yes_and_no() -> None:
    for features in (1, 2):
        nodes = headed(features=features)
        what = design(nodes, " > ".join(nodes), **CLASSES, loss=Choice("BCEWithLogitsLoss"))
        assert check(what, CATALOG, BREAST).problems == ()
    nodes = headed(features=3)
    what = design(nodes, " > ".join(nodes), **CLASSES, loss=Choice("BCEWithLogitsLoss"))
    report = with_fixes(what, check(what, CATALOG, BREAST), CATALOG, BREAST)
    (problem,) = report.problems
    said = "There are 2 classes, for which BCEWithLogitsLoss takes [N, 1] or [N, 2], but the output [N, 3] has 3 scores"
    assert problem.message == f"`output`: {said}"
    assert problem.fixes[0].text == "Set out_features to 1 at linear"


@pytest.mark.parametrize(
    ("loss", "name", "features"),
    [
        ("CrossEntropyLoss", "weight", 2),
        ("MultiMarginLoss", "weight", 2),
        ("BCEWithLogitsLoss", "pos_weight", 1),
    ],
)
def test_a_weight_for_each_class_is_held_against_the_output(loss: str, name: str, features: int) -> None:
    nodes = headed(features=features)
    right, wrong = (1.0,) * features, (1.0, 2.0, 3.0)
    what = design(nodes, " > ".join(nodes), **CLASSES, loss=Choice(loss, {name: right}))
    assert check(what, CATALOG, BREAST).problems == ()
    what = edit.set_loss(what, Choice(loss, {name: wrong}))
    report = with_fixes(what, check(what, CATALOG, BREAST), CATALOG, BREAST)
    (problem,) = report.problems
    assert (problem.code, problem.section, problem.param, problem.node) == ("ND434", "loss", name, "")
    wanted = f"expected {features} numbers, as many as the output has, got 3"
    assert problem.message == f"loss {loss}: {name}: {wanted}"
    assert [fix.text for fix in problem.fixes] == [f"Set {name} to its default, none"]


SOFTPLUS = type("Softplus", (CATALOG.layers["ReLU"],), {"kind": "Softplus"})
SPREAD = replace(CATALOG, layers={**CATALOG.layers, "Softplus": SOFTPLUS})
"""The catalogue with the layer that keeps variances above 0."""


def test_variances_get_a_layer_of_their_own() -> None:
    nodes = {**headed(features=2), "input": ("Input", {"shape": (10,)})}
    values = {"task": Choice("regression"), "data": Choice("diabetes")}
    what = design(nodes, " > ".join(nodes), **values, loss=Choice("GaussianNLLLoss"))
    places = {node_id: (240.0 * at, 0.0) for at, node_id in enumerate(nodes)}
    what = edit.move_nodes(what, "main", places)
    report = with_fixes(what, check(what, SPREAD, PRICES), SPREAD, PRICES)
    (problem,) = report.problems
    assert (problem.code, problem.severity) == ("ND423", "error")
    (fix,) = problem.fixes
    assert fix.text == "Give the second half of linear a Softplus"
    after = check(fix.design, SPREAD, PRICES)
    assert after.problems == ()
    graph = fix.design.graph("main")
    assert shown(after, "linear") == shown(after, "linear_1") == "[N, 1]"
    assert [edge.source for edge in graph.edges if edge.target == "concat_1"] == ["linear", "softplus_1"]
    layout = fix.design.place("main").layout
    assert len(set(layout.values())) == len(layout) == len(graph.nodes)


@pytest.mark.parametrize(
    ("params", "last", "codes"),
    [
        ({}, "Linear", []),
        ({}, "ReLU", []),
        ({}, "Sigmoid", ["ND422"]),
        ({"log_input": False}, "Linear", ["ND423"]),
        ({"log_input": False}, "ReLU", []),
        ({"log_input": False}, "Tanh", ["ND423"]),
    ],
)
def test_rates_are_told_from_their_logarithms(params: dict[str, Any], last: str, codes: list[str]) -> None:
    nodes = {**headed(last, features=1), "input": ("Input", {"shape": (10,)})}
    values = {"task": Choice("regression"), "data": Choice("diabetes")}
    nodes[last.lower()] = (last, {"out_features": 1} if last == "Linear" else {})
    what = design(nodes, " > ".join(nodes), **values, loss=Choice("PoissonNLLLoss", params))
    assert [problem.code for problem in check(what, CATALOG, PRICES).problems] == codes


def test_a_wrong_wire_is_refused() -> None:
    what = design({**CNN, "more": "BatchNorm2d"}, " > ".join(CNN))
    said = explain_refusal(what, CATALOG, "main", Edge("flatten", "output", "more", "input"))
    assert said.startswith("`more` cannot take [N, 256] from `flatten`: BatchNorm2d takes 4 axes")


@pytest.mark.parametrize("kind", sorted(CATALOG.layers.keys() - {"Input", "Output"}))
def test_no_rule_fails_whatever_comes(kind: str) -> None:
    layer = CATALOG.layers[kind]
    choices: list[dict[str, Any]] = [
        dict(layer.initial),
        {},
        *(dict(example.params) for example in layer.examples),
    ]
    for shape in SHAPES:
        for dtype in ("float32", "int64"):
            for params in choices:
                report = check(fed_by(kind, shape, dtype, params), CATALOG)
                codes = {problem.code for problem in report.problems}
                unread = set() if layer.inputs else {"ND108"}  # what takes nothing leaves the Input unread
                allowed = {"ND107", "ND301", "ND302", "ND303", "ND401", "ND402"} | unread
                assert codes <= allowed, report.problems


def fed_by(kind: str, shape: tuple[int, ...], dtype: str, params: dict[str, Any]) -> Design:
    """A layer with a wire from one Input at every port, and two at a port that takes several."""
    layer = CATALOG.layers[kind]
    nodes = {
        "input": Node("Input", {"shape": shape, "dtype": dtype}),
        "relay": Node("Identity"),
        "x": Node(kind, params),
        "output": Node("Output"),
    }
    edges = [Edge("input", "output", "relay", "input"), Edge("x", layer.outputs[0].name, "output", "input")]
    edges += [Edge("input", "output", "x", port.name) for port in layer.inputs]
    edges += [Edge("relay", "output", "x", port.name) for port in layer.inputs if port.variadic]
    return Design({"main": Network(Graph(nodes, tuple(edges)))})


@pytest.mark.parametrize("kind", sorted(CATALOG.layers))
def test_every_example_is_sound(kind: str) -> None:
    layer = CATALOG.layers[kind]
    for example in layer.examples:
        made = CATALOG.layer(kind, example.params, {})
        assert made.outputs_of(example.inputs)
        cost = made.cost(*example.inputs)
        assert min(cost.parameters, cost.macs, cost.buffers) >= 0


def test_checking_imports_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from netdesigner.checks import check, with_fixes; from netdesigner.parts import Catalog;"
        "from netdesigner.document import Design; c = Catalog.discover(); d = Design();"
        "with_fixes(d, check(d, c), c);"
        "print([m for m in ('torch', 'numpy', 'PySide6') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
