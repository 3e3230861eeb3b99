"""Bypass, replacement and wires in sequence, by the keys of a window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, Edge, Node, edit
from netdesigner.ui.canvas.hit import Hit
from netdesigner.ui.canvas.tips import tip_of
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import Hand, chain, residual


@pytest.fixture
def work(make_window: Callable[..., MainWindow]) -> Callable[[Design], Hand]:
    """A hand on the canvas of a window, with the keyboard."""

    def begin(design: Design) -> Hand:
        window = make_window(design)
        window.canvas.view.setFocus()
        return Hand(window.canvas)

    return begin


def press(hand: Hand, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(hand.canvas.view, key, held)


def test_b_passes_the_selected_nodes_by_and_takes_them_in_again(work: Callable[[Design], Hand]) -> None:
    hand = work(chain())
    hand.canvas.select(["conv", "relu"])
    press(hand, Qt.Key.Key_B)
    assert [hand.graph.nodes[n].bypassed for n in ("conv", "relu")] == [True, True]
    assert hand.steps == 1
    item = hand.canvas.scene.nodes["conv"]
    assert item.card.bypassed
    assert item.card.cost == ""
    assert item.card.shape == "N × 1 × 8 × 8"
    assert "computed without it" in tip_of(Hit(item))
    press(hand, Qt.Key.Key_B)
    assert not any(node.bypassed for node in hand.graph.nodes.values())
    hand.canvas.undo()
    assert hand.graph.nodes["relu"].bypassed


def test_of_mixed_nodes_all_are_passed_by_first(work: Callable[[Design], Hand]) -> None:
    hand = work(edit.set_bypassed(chain(), "main", ["conv"], bypassed=True))
    hand.canvas.select(["input", "conv", "relu"])
    press(hand, Qt.Key.Key_B)
    assert [n for n, node in hand.graph.nodes.items() if node.bypassed] == ["conv", "relu"]
    assert hand.said[-1] == ("info", "‘input’ cannot be bypassed and stayed in use")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [((), "Select the nodes"), (("output",), "‘output’ is where the network begins or ends")],
)
def test_what_cannot_be_bypassed_is_said(
    work: Callable[[Design], Hand], chosen: tuple[str, ...], words: str
) -> None:
    hand = work(chain())
    hand.canvas.select(chosen)
    press(hand, Qt.Key.Key_B)
    assert hand.steps == 0
    assert hand.said[-1][1].startswith(words)


def test_a_layer_is_replaced_through_the_search(work: Callable[[Design], Hand]) -> None:
    hand = work(edit.rename_node(chain(), "main", "head", "linear_1"))
    hand.canvas.select(["linear_1"])
    press(hand, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    hand.search("identity")
    assert ("flatten", "output", "identity_1", "input") in hand.wires()
    assert ("identity_1", "output", "output", "input") in hand.wires()
    assert hand.canvas.selected() == ("identity_1",)
    assert hand.steps == 1
    hand.canvas.undo()
    assert hand.graph.nodes["linear_1"] == Node("Linear", {"out_features": 10})


def test_which_node_is_replaced_must_be_clear(work: Callable[[Design], Hand]) -> None:
    hand = work(chain())
    hand.canvas.select(["conv", "relu"])
    press(hand, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert "searching" not in vars(hand.canvas)
    assert hand.said[-1] == ("warning", "Select the one node that is to be replaced first")


def test_l_joins_the_selected_nodes_from_left_to_right(work: Callable[[Design], Hand]) -> None:
    design = chain()
    design = edit.disconnect(design, "main", design.graph("main").edges)
    hand = work(design)
    hand.canvas.select(["output", "head", "input", "flatten", "norm"])
    press(hand, Qt.Key.Key_L)
    assert hand.wires() == {
        ("flatten", "output", "head", "input"),
        ("head", "output", "output", "input"),
        ("norm", "output", "flatten", "input"),
    }
    assert hand.steps == 1
    assert hand.said[-1][0] == "warning"
    assert "‘input’ and ‘norm’ were not joined" in hand.said[-1][1]


def test_l_without_two_nodes_and_with_nothing_to_do_says_so(work: Callable[[Design], Hand]) -> None:
    hand = work(chain())
    press(hand, Qt.Key.Key_L)
    assert "two nodes or more" in hand.said[-1][1]
    hand.canvas.select(["input", "conv"])
    press(hand, Qt.Key.Key_L)
    assert "joined already" in hand.said[-1][1]
    assert hand.steps == 0


def test_it_works_in_a_block_too(work: Callable[[Design], Hand]) -> None:
    hand = work(residual())
    hand.canvas.open_scope("block:Stage")
    hand.canvas.select(["conv"])
    press(hand, Qt.Key.Key_B)
    assert hand.design.blocks["Stage"].graph.nodes["conv"].bypassed
    assert Edge("conv", "output", "y", "input") in hand.design.blocks["Stage"].graph.edges


def test_the_inspector_has_the_switch_too(qtbot: QtBot, work: Callable[[Design], Hand]) -> None:
    from netdesigner.ui.fields.form import Form

    hand = work(chain())
    hand.canvas.select(["relu"])
    form = hand.canvas.window().findChild(Form, "use_form")
    form.edited.emit("bypassed", True)
    assert hand.graph.nodes["relu"].bypassed
