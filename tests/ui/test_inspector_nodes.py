"""The form of several nodes as a person uses it: what they share, changes of all, changes of each by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, Node
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder
from netdesigner.ui.fields.relative import relative_of
from netdesigner.ui.inspector_nodes import NodesPage
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import residual

Key = Qt.Key


@pytest.fixture
def several(catalog: Catalog) -> Design:
    net = Builder(catalog=catalog, variables={"width": 8})
    x = net.Conv2d(net.Input(shape=(3, 16, 16)), name="a", out_channels=16, kernel_size=3, padding=1)
    x = net.Conv2d(x, name="b", out_channels=32, kernel_size=(3, 5), padding=1)
    x = net.Conv2d(x, name="c", out_channels="width", kernel_size=3, padding=1)
    x = net.MaxPool2d(x, name="pool", kernel_size=2)
    net.Output(net.Dropout(x, name="drop"))
    return net.design()


@pytest.fixture
def window(make_window: Callable[..., MainWindow], several: Design) -> MainWindow:
    return make_window(several)


def page(window: MainWindow, *node_ids: str) -> NodesPage:
    window.canvas.select(node_ids)
    found = window.deck.inspector.page
    assert isinstance(found, NodesPage)
    return found


def line(window: MainWindow, name: str) -> QLineEdit:
    found = window.deck.inspector.page.findChild(QLineEdit, f"field_{name}")
    assert found is not None
    found.setFocus()
    found.selectAll()
    return found


def nodes(window: MainWindow) -> dict[str, Node]:
    return dict(window.bridge.state.design.networks["main"].graph.nodes)


def values(window: MainWindow, name: str, *node_ids: str) -> list[object]:
    return [nodes(window)[node_id].params.get(name) for node_id in node_ids]


def depth(window: MainWindow) -> int:
    return window.bridge.state.history.depth


def test_a_value_goes_to_all_in_one_step(qtbot: QtBot, window: MainWindow) -> None:
    page(window, "a", "b", "c")
    field = line(window, "out_channels")
    assert (field.text(), field.placeholderText()) == ("", "different values")
    qtbot.keyClicks(field, "48")
    assert values(window, "out_channels", "a", "b", "c") == [48, 48, 48]
    assert depth(window) == 1
    window.bridge.session.undo()
    assert values(window, "out_channels", "a", "b", "c") == [16, 32, "width"]
    assert line(window, "out_channels").placeholderText() == "different values"


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("*2", [32, 64, "width*2"]),
        ("+8", [24, 40, "width+8"]),
        ("/2", [8, None, "width//2"]),
        ("-20", [1, 12, "width-20"]),
    ],
)
def test_each_changes_by_itself_when_the_field_is_left(
    qtbot: QtBot, window: MainWindow, typed: str, wanted: list[object]
) -> None:
    page(window, "a", "b", "c")
    field = line(window, "out_channels")
    qtbot.keyClicks(field, typed)
    assert depth(window) == 0
    qtbot.keyClick(field, Key.Key_Return)
    assert values(window, "out_channels", "a", "b", "c") == wanted  # None where it is the default
    assert depth(window) == 1
    QTest.keyClick(field, Key.Key_Tab)
    assert depth(window) == 1


def test_the_arrows_of_a_mixed_field_step_each(qtbot: QtBot, window: MainWindow) -> None:
    page(window, "a", "b")
    qtbot.keyClick(line(window, "out_channels"), Key.Key_Up)
    assert values(window, "out_channels", "a", "b") == [17, 33]


def test_a_size_for_each_axis_changes_axis_by_axis(qtbot: QtBot, window: MainWindow) -> None:
    page(window, "a", "b", "pool")
    field = line(window, "kernel_size")
    qtbot.keyClicks(field, "+2")
    qtbot.keyClick(field, Key.Key_Return)
    assert values(window, "kernel_size", "a", "b", "pool") == [5, (5, 7), 4]


def test_layers_of_other_kinds_share_what_is_called_and_typed_alike(window: MainWindow) -> None:
    assert page(window, "a", "pool").form.has("kernel_size")
    assert not page(window, "a", "pool").form.has("out_channels")
    assert not page(window, "a", "drop").form.has("kernel_size")


def test_repeat_frozen_and_note_are_set_for_all(qtbot: QtBot, window: MainWindow) -> None:
    shown = page(window, "a", "c")
    qtbot.keyClicks(line(window, "repeat"), "2")
    qtbot.keyClicks(shown.note, "mine")
    found = nodes(window)
    assert [(found[n].repeat, found[n].note) for n in ("a", "c")] == [(2, "mine"), (2, "mine")]
    assert depth(window) == 2
    assert page(window, "a", "b").note.placeholderText() == "Different notes"


def test_the_rates_of_all_are_set_or_changed_each(qtbot: QtBot, window: MainWindow) -> None:
    page(window, "a", "b")
    qtbot.keyClicks(line(window, "rate"), "0.5")
    qtbot.keyClick(line(window, "rate"), Key.Key_Return)
    assert [nodes(window)[n].rate for n in ("a", "b", "c")] == [0.5, 0.5, 1.0]
    page(window, "a", "c")
    qtbot.keyClicks(line(window, "rate"), "/10")
    qtbot.keyClick(line(window, "rate"), Key.Key_Return)
    assert [nodes(window)[n].rate for n in ("a", "b", "c")] == [0.05, 0.5, 0.1]
    assert depth(window) == 2


def test_all_are_bypassed_at_once(qtbot: QtBot, window: MainWindow) -> None:
    shown = page(window, "a", "b")
    box = shown.use.field("bypassed").focusProxy()
    assert box is not None
    qtbot.keyClick(box, Key.Key_Space)
    assert [nodes(window)[n].bypassed for n in ("a", "b", "c")] == [True, True, False]
    assert depth(window) == 1


def test_blocks_are_called_by_their_names(make_window: Callable[..., MainWindow]) -> None:
    facts = page(make_window(residual()), "stage", "relu").facts
    assert "Stage, ReLU" in [label.text() for label in facts.findChildren(QLabel)]


def test_inputs_and_outputs_are_not_repeated(window: MainWindow) -> None:
    assert page(window, "input", "a").use.isHidden()
    assert not page(window, "a", "b").use.isHidden()


def test_what_is_wrong_is_said_with_the_node(qtbot: QtBot, window: MainWindow) -> None:
    shown = page(window, "a", "b")
    qtbot.keyClicks(line(window, "out_channels"), "0")
    assert "at least 1" in shown.form.error("out_channels")
    window.bridge.session.undo()
    qtbot.keyClicks(line(window, "out_channels"), "nothing")
    assert "nothing" in shown.form.error("out_channels")


def test_only_the_text_of_a_change_is_one(catalog: Catalog) -> None:
    params = {param.name: param for param in catalog.layers["Flatten"].params()}
    assert relative_of(params["end_dim"], "-1") is None
    assert str(relative_of(params["end_dim"], "-=1")) == "each - 1"
    assert relative_of(params["end_dim"], "/0") is None
    assert relative_of(params["end_dim"], "*x") is None
