"""Lists of layers that are pasted as text, and nodes that are copied into another window."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from netdesigner.document import Design
from netdesigner.session.arrange import overlaps
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import Hand, chain, residual

MakeHand = Callable[[Design], Hand]
CTRL = Qt.KeyboardModifier.ControlModifier

LIST = """Conv2d(6, 3, padding=1)
BatchNorm2d
ReLU
"""


def paste(hand: Hand, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    hand.key(Qt.Key.Key_V, CTRL)


def ways(hand: Hand) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in hand.graph.edges}


def test_a_list_becomes_a_chain_in_one_step(make_hand: MakeHand) -> None:
    hand = make_hand(Design())
    paste(hand, LIST + "Linear 10\n")
    assert ways(hand) == set(itertools.pairwise(["conv2d_1", "batchnorm2d_1", "relu_1", "linear_1"]))
    assert hand.canvas.selected() == ("conv2d_1", "batchnorm2d_1", "relu_1", "linear_1")
    assert hand.steps == 1
    layout = hand.design.place("main").layout
    assert len({y for _, y in layout.values()}) == 1
    assert [x for x, _ in layout.values()] == sorted(x for x, _ in layout.values())
    assert hand.said == [("info", "Pasted 4 layers in a row: Conv2d, BatchNorm2d, ReLU, Linear.")]


def test_it_goes_into_the_wire_behind_the_selected_node(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    paste(hand, LIST)
    assert {
        ("conv", "conv2d_1"),
        ("conv2d_1", "batchnorm2d_1"),
        ("batchnorm2d_1", "relu_1"),
        ("relu_1", "relu"),
    } <= ways(hand)
    assert ("conv", "relu") not in ways(hand)
    assert not overlaps(hand.design.place("main").layout, hand.canvas.scene.sizes())
    assert hand.steps == 1
    assert "behind conv" in hand.said[-1][1]
    assert {problem.node for problem in hand.canvas.bridge.session.report.errors} == {"loose", "norm"}


def test_behind_a_loose_node_it_is_wired_to_it(hand: Hand) -> None:
    hand.canvas.select(["loose"])
    paste(hand, "ReLU\nDropout(0.2)")
    assert {("loose", "relu_1"), ("relu_1", "dropout_1")} <= ways(hand)
    assert not overlaps(hand.design.place("main").layout, hand.canvas.scene.sizes())


def test_a_row_lies_below_all_that_it_would_cover(hand: Hand) -> None:
    QGuiApplication.clipboard().setText("conv2d 4 3\nrelu")
    hand.canvas.paste((272.0, 480.0))
    hand.canvas.select([])
    hand.canvas.paste((0.0, 480.0))
    assert not overlaps(hand.design.place("main").layout, hand.canvas.scene.sizes())


def test_it_works_in_a_block(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    hand.canvas.select(["conv"])
    paste(hand, "ReLU")
    assert {("conv", "relu_1"), ("relu_1", "y")} <= ways(hand)


def test_what_is_not_understood_is_said_and_stays_as_an_unknown_node(hand: Hand) -> None:
    paste(hand, "ReLU\nMyOwnBlock(64)\nTanh")
    assert hand.graph.nodes["myownblock_1"].note == "MyOwnBlock(64)"
    assert {("relu_1", "myownblock_1"), ("myownblock_1", "tanh_1")} <= ways(hand)
    severity, text = hand.said[-1]
    assert severity == "warning"
    assert "line 2: no layer is called MyOwnBlock" in text


def test_other_text_is_refused_with_a_reason(hand: Hand) -> None:
    paste(hand, "Dear all,\nsee you tomorrow")
    assert hand.steps == 0
    assert hand.said[-1][0] == "error"
    assert hand.said[-1][1].startswith(
        "Nothing was pasted: the text is neither copied nodes nor a list of layers"
    )


@pytest.mark.parametrize("scope", ["main", "block:Stage"])
def test_nodes_are_copied_into_another_window(make_window: Callable[..., MainWindow], scope: str) -> None:
    first, second = make_window(chain()), make_window(residual())
    first.canvas.select(["conv", "relu", "flatten"])
    first.actions_by_name["edit.copy"].trigger()
    second.canvas.open_scope(scope)
    before = dict(second.bridge.state.design.graph(scope).nodes)
    second.actions_by_name["edit.paste"].trigger()
    after = second.bridge.state.design.graph(scope)
    assert len(after.nodes) == len(before) + 3
    assert len(second.canvas.selected()) == 3
    assert sum(edge.source in second.canvas.selected() for edge in after.edges) == 2
    assert first.bridge.state.history.depth == 0
