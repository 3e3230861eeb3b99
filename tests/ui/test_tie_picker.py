"""Weights that are shared, picked in the inspector and marked on the canvas."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox

from netdesigner.document import Design, edit
from netdesigner.session.builder import Builder
from netdesigner.ui.main_window import MainWindow

Make = Callable[[Design], MainWindow]


def language_model() -> Design:
    net = Builder()
    words = net.Input(shape=(6,), dtype="int64", name="words")
    x = net.Embedding(words, num_embeddings=20, embedding_dim=8, name="table")
    x = net.Linear(x, out_features=8, name="one")
    x = net.Linear(net.ReLU(x, name="relu"), out_features=8, name="two")
    net.Output(net.Linear(x, out_features=20, name="head"), name="scores")
    return net.design()


@pytest.fixture
def window(make_window: Make) -> MainWindow:
    return make_window(language_model())


def picker(window: MainWindow, node_id: str) -> QComboBox:
    window.canvas.scene.select([node_id])
    QApplication.processEvents()
    return window.findChild(QComboBox, "field_tied")


def offered(box: QComboBox) -> list[str]:
    return [box.itemText(index) for index in range(box.count())]


def node(window: MainWindow, node_id: str):
    return window.bridge.session.design.graph("main").nodes[node_id]


def test_only_nodes_with_such_weights_are_offered(window: MainWindow) -> None:
    assert offered(picker(window, "head")) == ["its own", "those of table"]
    assert offered(picker(window, "table")) == ["its own", "those of head"]
    assert offered(picker(window, "two")) == ["its own", "those of one"]
    assert not picker(window, "relu").isVisible()
    assert not picker(window, "scores").isVisible()


def test_picking_by_keys_shares_marks_counts_and_is_undone(window: MainWindow) -> None:
    before = window.bridge.state.report.traces["main"].cost.parameters
    box = picker(window, "head")
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    QApplication.processEvents()
    assert node(window, "head").tied == "table"
    card = window.canvas.scene.nodes["head"].card
    assert (card.tied, card.cost) == ("table", "20")
    assert window.bridge.state.report.traces["main"].cost.parameters == before - 160
    window.bridge.session.undo()
    QApplication.processEvents()
    assert node(window, "head").tied == ""
    assert picker(window, "head").currentText() == "its own"


def test_who_uses_a_node_cannot_be_used_by_it(window: MainWindow) -> None:
    window.bridge.edit(lambda design: edit.set_tied(design, "main", "two", "one"), "tie")
    assert not picker(window, "one").isVisible()
    assert picker(window, "two").currentText() == "those of one"


def test_a_tie_that_became_wrong_stays_to_be_seen(window: MainWindow) -> None:
    window.bridge.edit(lambda design: edit.set_tied(design, "main", "two", "one"), "tie")
    window.bridge.edit(lambda design: edit.set_params(design, "main", "two", {"bias": False}), "no bias")
    box = picker(window, "two")
    assert box.currentText() == "those of one"
    assert box.property("invalid") == "true"
    assert [problem.code for problem in window.bridge.state.report.errors] == ["ND306"]
