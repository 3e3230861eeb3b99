"""Ports that follow a node's parameters, from the inspector to the canvas and back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from netdesigner.document import Design
from netdesigner.session.builder import Builder
from netdesigner.ui.canvas.card import PortMark
from netdesigner.ui.main_window import MainWindow


def split_in_three() -> Design:
    net = Builder()
    image = net.Input(shape=(64, 8, 8), name="image")
    pieces = net.Split(image, split_size_or_sections=[16, 16, 32], name="split")
    assert isinstance(pieces, tuple)
    convolved = net.Conv2d(pieces[0], out_channels=16, padding=1, name="conv")
    pooled = net.MaxPool2d(pieces[1], kernel_size=3, stride=1, padding=1, name="pool")
    net.Output(net.Concat(convolved, pooled, pieces[2], name="join"), name="output")
    return net.design()


def marks(window: MainWindow, node_id: str) -> tuple[PortMark, ...]:
    return window.canvas.scene.nodes[node_id].card.outputs


def type_sizes(window: MainWindow, text: str) -> None:
    field = window.findChild(QLineEdit, "field_split_size_or_sections")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_a_split_has_an_output_for_each_size_and_keeps_the_wire_of_one_that_goes(
    make_window: Callable[[Design], MainWindow],
) -> None:
    window = make_window(split_in_three())
    edges = window.bridge.session.design.graph("main").edges
    assert [mark.name for mark in marks(window, "split")] == ["output_1", "output_2", "output_3"]
    window.canvas.scene.select(["split"])
    QApplication.processEvents()
    type_sizes(window, "32, 32")
    assert window.bridge.session.design.graph("main").edges == edges
    assert [(mark.name, mark.missing) for mark in marks(window, "split")] == [
        ("output_1", False),
        ("output_2", False),
        ("output_3", True),
    ]
    problem = next(p for p in window.bridge.state.report.problems if p.code == "ND104")
    assert problem.message == "`split` has no output `output_3`; it has `output_1` and `output_2`"
    QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    assert [mark.missing for mark in marks(window, "split")] == [False, False, False]
    assert window.bridge.state.report.errors == ()
