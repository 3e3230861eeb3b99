"""The panel on what is selected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)

from netdesigner.document import Choice, Design, edit
from netdesigner.parts import Catalog
from netdesigner.parts.resources import folder
from netdesigner.session import Session
from netdesigner.session.builder import Builder
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.inspector import Inspector
from netdesigner.ui.inspector_node import NodePage
from netdesigner.ui.inspector_nodes import NodesPage
from netdesigner.ui.theme import DARK, LIGHT, apply_theme, load_fonts
from tests.ui.hand import chain, residual

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Make = Callable[[Design], Inspector]


@pytest.fixture
def make_inspector(qtbot: QtBot, catalog: Catalog) -> Make:
    def make(design: Design) -> Inspector:
        session = Session(catalog)
        session.new(design)
        bridge = Bridge(session)
        inspector = Inspector(bridge, LIGHT)
        bridge.setParent(inspector)
        qtbot.addWidget(inspector)
        inspector.resize(320, 900)
        inspector.show()
        inspector.activateWindow()
        qtbot.waitUntil(inspector.isActiveWindow)
        return inspector

    return make


@pytest.fixture
def inspector(make_inspector: Make) -> Inspector:
    made = make_inspector(chain())
    made.show("main", ("conv",))
    return made


def design_of(inspector: Inspector) -> Design:
    return inspector._bridge.session.design


def node(inspector: Inspector, node_id: str = "conv"):
    return design_of(inspector).graph("main").nodes[node_id]


def steps(inspector: Inspector) -> int:
    return inspector._bridge.state.history.depth


def field(inspector: Inspector, name: str) -> QLineEdit:
    found = inspector.page.findChild(QWidget, f"field_{name}")
    return found.lineEdit() if isinstance(found, QComboBox) else found


def retype(line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    QTest.keyClicks(line, text)


def words(inspector: Inspector) -> str:
    labels = [
        label.text() for label in inspector.page.findChildren(QLabel) if label.isVisibleTo(inspector.page)
    ]
    return "\n".join(labels)


# ------------------------------------------------------------------------------------------------------- one node


def test_a_node_shows_what_it_is_and_what_it_costs(inspector: Inspector) -> None:
    shown = words(inspector)
    assert "Slides learned filters over an image." in shown
    assert "N × 1 × 8 × 8\nfrom input" in shown
    assert "N × 4 × 8 × 8" in shown
    assert inspector.page.kind_line.accessibleName() == "Conv2d, Convolution"
    assert "Parameters: 40" in inspector.page.shapes.text()


def test_ports_say_what_they_are_for_and_wires_which_output_they_come_from(make_inspector: Make) -> None:
    net = Builder()
    steps, state = net.GRU(net.Input(shape=(5, 3)), name="enc", hidden_size=4, batch_first=True)
    net.Output(net.GRU(steps, state, name="dec", hidden_size=4, batch_first=True)[0])
    inspector = make_inspector(net.design())
    inspector.show("main", ("dec",))
    assert "N × 5 × 4\nfrom enc" in words(inspector)
    assert "1 × N × 4\nfrom h_n of enc" in words(inspector)
    tips = {
        label.text(): label.toolTip()
        for label in inspector.page.shapes.findChildren(QLabel)
        if label.text() in ("h_0", "h_n")
    }
    assert "such as another one" in tips["h_0"]
    assert "after the last step" in tips["h_n"]


def test_typing_sets_a_parameter_as_one_step(inspector: Inspector) -> None:
    retype(field(inspector, "out_channels"), "128")
    assert node(inspector).params["out_channels"] == 128
    assert steps(inspector) == 1
    assert "N × 128 × 8 × 8" in words(inspector)
    inspector._bridge.session.undo()
    assert field(inspector, "out_channels").text() == "4"


def test_coming_back_to_a_field_begins_another_step(inspector: Inspector) -> None:
    retype(field(inspector, "out_channels"), "8")
    field(inspector, "kernel_size").setFocus()
    retype(field(inspector, "out_channels"), "9")
    assert steps(inspector) == 2


def test_a_parameter_at_its_default_is_not_written_down(inspector: Inspector) -> None:
    retype(field(inspector, "out_channels"), "16")
    assert "out_channels" not in node(inspector).params
    inspector.page.findChild(QToolButton, "reset_padding").click()
    assert "padding" not in node(inspector).params


def test_a_value_that_is_not_allowed_is_told_at_the_field_and_on_the_page(inspector: Inspector) -> None:
    retype(field(inspector, "out_channels"), "0")
    assert inspector.page.form.error("out_channels") == "Expected at least 1, got 0"
    assert node(inspector).params["out_channels"] == 0
    retype(field(inspector, "out_channels"), "2")
    assert inspector.page.form.error("out_channels") == ""


def test_an_error_that_comes_with_the_file_is_told_at_its_field(make_inspector: Make) -> None:
    made = make_inspector(edit.set_params(chain(), "main", "head", {"out_features": "4*nothing"}))
    made.show("main", ("head",))
    assert "'nothing' is not a variable" in made.page.form.error("out_features")


def test_problems_of_the_node_stand_above_its_form(make_inspector: Make) -> None:
    made = make_inspector(chain())
    made.show("main", ("loose",))
    assert "Nothing is wired" in words(made)


def test_an_expression_shows_its_value_and_follows_the_variable(make_inspector: Make) -> None:
    made = make_inspector(edit.set_variables(chain(), {"width": 3}))
    made.show("main", ("conv",))
    retype(field(made, "out_channels"), "4*width")
    assert node(made).params["out_channels"] == "4*width"
    assert "= 12" in words(made)
    made._bridge.edit(lambda design: edit.set_variables(design, {"width": 5}), "set")
    assert "= 20" in words(made)


def test_a_name_is_checked_while_typed_and_taken_with_enter(inspector: Inspector) -> None:
    line = inspector.page.findChild(QLineEdit, "node_name")
    retype(line, "relu")
    assert "already" in inspector.page.name_error.text()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "conv" in design_of(inspector).graph("main").nodes
    page = inspector.page
    retype(line, "stem")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert "stem" in design_of(inspector).graph("main").nodes
    assert inspector.page is page
    assert page.node_id == "stem"
    inspector._bridge.session.undo()
    assert inspector.page.node_id == "conv"
    assert line.text() == "conv"


def test_repeats_and_notes_are_set(inspector: Inspector) -> None:
    retype(field(inspector, "repeat"), "3")
    assert node(inspector).repeat == 3
    note = inspector.page.findChild(QPlainTextEdit, "node_note")
    note.setFocus()
    QTest.keyClicks(note, "look here")
    assert node(inspector).note == "look here"
    assert steps(inspector) == 2


def test_ticks_are_steps_of_their_own(inspector: Inspector) -> None:
    box = inspector.page.findChild(QCheckBox, "field_bias")
    for _ in range(2):
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert steps(inspector) == 2
    assert "bias" not in node(inspector).params


def test_weights_are_frozen_by_a_tick_and_the_next_one_gives_them_back(inspector: Inspector) -> None:
    box = inspector.page.findChild(QCheckBox, "field_frozen")
    for frozen in (True, False):
        QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
        assert node(inspector).frozen is frozen
    assert steps(inspector) == 2
    inspector._bridge.session.undo()
    assert box.isChecked()


def test_how_fast_a_node_learns_is_a_number(inspector: Inspector) -> None:
    line = inspector.page.findChild(QLineEdit, "field_rate")
    line.setFocus()
    for text, rate, error in (("0.25", 0.25, ""), ("0", 0, "Expected more than 0")):
        line.selectAll()
        QTest.keyClicks(line, text)
        assert node(inspector).rate == rate
        assert error in inspector.page.more.error("rate")
    line.selectAll()
    QTest.keyClicks(line, "1/2")
    assert inspector.page.more.error("rate") == "Expected a number"
    assert node(inspector).rate == 1


def test_only_what_may_have_weights_can_be_frozen(make_inspector: Make) -> None:
    inspector = make_inspector(edit.set_frozen(residual(), "main", ["add"], frozen=True))
    offered = {
        "stage": True,
        "conv": True,
        "input": False,
        "relu": False,
        "add": True,
    }  # add is frozen already
    for node_id, expected in offered.items():
        inspector.show("main", (node_id,))
        assert (inspector.page.findChild(QCheckBox, "field_frozen") is not None) is expected, node_id


def test_several_nodes_are_frozen_together(make_inspector: Make) -> None:
    inspector = make_inspector(edit.set_frozen(chain(), "main", ["head"], frozen=True))
    inspector.show("main", ("conv", "head"))
    box = inspector.page.findChild(QCheckBox, "field_frozen")
    assert box.checkState() == Qt.CheckState.PartiallyChecked
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert [node(inspector, node_id).frozen for node_id in ("conv", "head")] == [True, True]
    assert steps(inspector) == 1
    inspector.show("main", ("conv", "flatten"))
    assert inspector.page.findChild(QCheckBox, "field_frozen") is None


def test_help_is_folded(inspector: Inspector) -> None:
    assert not inspector.page.help.content.isVisible()
    inspector.page.help.heading.click()
    assert inspector.page.help.content.isVisible()
    assert "Shape:" in inspector.page.help.content.text()


def test_a_change_elsewhere_keeps_the_page(inspector: Inspector) -> None:
    page = inspector.page
    inspector._bridge.edit(lambda design: edit.move_nodes(design, "main", {"conv": (8.0, 8.0)}), "move")
    assert inspector.page is page


def test_a_node_that_goes_gives_way_to_the_design(inspector: Inspector) -> None:
    inspector._bridge.edit(lambda design: edit.remove_nodes(design, "main", ["conv"]), "delete")
    assert inspector.page.findChild(QLineEdit, "design_title") is not None


def test_a_block_instance_shows_the_parameters_of_its_block(make_inspector: Make) -> None:
    made = make_inspector(residual())
    made.show("main", ("stage",))
    assert "A convolution." in words(made)
    retype(field(made, "width"), "4")
    assert node(made, "stage").params == {}
    retype(field(made, "repeat"), "2")
    assert node(made, "stage").repeat == 2


def test_an_unknown_kind_is_told_and_kept(make_inspector: Make) -> None:
    made = make_inspector(edit.add_node(chain(), "main", "Mystery", params={"depth": 3}, node_id="odd")[0])
    made.show("main", ("odd",))
    assert "no layer called ‘Mystery’" in words(made)
    assert "depth" in words(made)


def test_text_that_looks_like_html_is_shown_as_it_is(make_inspector: Make) -> None:
    made = make_inspector(edit.add_node(chain(), "main", "<b>bold</b>", node_id="odd")[0])
    made.show("main", ("odd",))
    assert "<b>bold</b>" in words(made)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in made.page.findChildren(QLabel))


# --------------------------------------------------------------------------------------------------- several, none


def test_several_nodes_share_what_they_have_in_common(make_inspector: Make) -> None:
    made = make_inspector(chain())
    made.show("main", ("conv", "head"))
    assert isinstance(made.page, NodesPage)
    assert "2 nodes" in words(made)
    assert "Conv2d, Linear" in words(made)
    box = made.page.findChild(QCheckBox, "field_bias")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    assert (node(made, "conv").params["bias"], node(made, "head").params["bias"]) == (False, False)
    assert steps(made) == 1


def test_nodes_without_anything_in_common_say_so(make_inspector: Make) -> None:
    made = make_inspector(chain())
    made.show("main", ("conv", "relu"))
    assert "no parameter in common" in words(made)


def test_different_values_are_shown_as_such_until_one_is_given(make_inspector: Make) -> None:
    design, _ = edit.add_node(chain(), "main", "Conv2d", params={"out_channels": 9}, node_id="other")
    made = make_inspector(design)
    made.show("main", ("conv", "other"))
    assert field(made, "out_channels").placeholderText() == "different values"
    retype(field(made, "out_channels"), "5")
    assert {node(made, name).params["out_channels"] for name in ("conv", "other")} == {5}


def test_without_a_selection_the_design_is_shown(make_inspector: Make) -> None:
    made = make_inspector(chain())
    title = made.page.findChild(QLineEdit, "design_title")
    retype(title, "better")
    assert design_of(made).title == "better"
    assert steps(made) == 1
    assert "Nodes: 8" in made.page.facts.text()
    made.page.findChild(QPushButton, "add_variable").click()
    assert design_of(made).variables == {"v1": 1}


def test_a_block_that_is_open_is_described(make_inspector: Make) -> None:
    made = make_inspector(residual())
    made.show("block:Stage", ())
    assert "Used: once" in made.page.facts.text()
    doc = made.page.findChild(QPlainTextEdit, "block_doc")
    doc.setFocus()
    doc.selectAll()
    QTest.keyClicks(doc, "Other")
    assert design_of(made).blocks["Stage"].doc == "Other"
    retype(made.page.findChild(QLineEdit, "value_0"), "8")
    assert design_of(made).blocks["Stage"].params == {"width": 8}


def test_a_parameter_of_a_block_is_renamed_with_all_that_uses_it(make_inspector: Make) -> None:
    made = make_inspector(edit.set_params(residual(), "main", "stage", {"width": 8}))
    made.show("block:Stage", ())
    field = made.page.findChild(QLineEdit, "name_0")
    retype(field, "channels")
    QTest.keyClick(field, Qt.Key.Key_Return)
    design = design_of(made)
    assert design.blocks["Stage"].params == {"channels": 4}
    assert design.blocks["Stage"].graph.nodes["conv"].params["out_channels"] == "channels"
    assert design.graph("main").nodes["stage"].params == {"channels": 8}
    made._bridge.session.undo()
    assert design_of(made).blocks["Stage"].params == {"width": 4}


def test_a_variable_is_renamed_with_all_that_uses_it(make_inspector: Make) -> None:
    design = edit.set_params(
        edit.set_variables(chain(), {"width": 3}), "main", "conv", {"out_channels": "4*width"}
    )
    made = make_inspector(edit.set_data(design, Choice("csv", {"path": "width", "validation": "width/10"})))
    made.show("main", ())
    field = made.page.findChild(QLineEdit, "name_0")
    retype(field, "channels")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert design_of(made).variables == {"channels": 3}
    assert design_of(made).graph("main").nodes["conv"].params["out_channels"] == "4*channels"
    assert design_of(made).data == Choice("csv", {"path": "width", "validation": "channels/10"})
    made._bridge.session.undo()
    assert design_of(made).variables == {"width": 3}
    assert design_of(made).graph("main").nodes["conv"].params["out_channels"] == "4*width"


def test_a_parameter_that_is_used_cannot_be_removed_and_an_added_one_can(make_inspector: Make) -> None:
    made = make_inspector(residual())
    made.show("block:Stage", ())
    QTest.mouseClick(made.page.findChild(QToolButton, "remove_0"), Qt.MouseButton.LeftButton)
    error = made.page.findChild(QLabel, "numbers_error")
    assert error.isVisibleTo(made)
    assert "‘width’" in error.text() or "'width' of block 'Stage' is used by 'conv'" in error.text()
    assert design_of(made).blocks["Stage"].params == {"width": 4}
    QTest.mouseClick(made.page.findChild(QPushButton, "add_parameter"), Qt.MouseButton.LeftButton)
    assert design_of(made).blocks["Stage"].params == {"width": 4, "p1": 1}
    QTest.mouseClick(made.page.findChild(QToolButton, "remove_1"), Qt.MouseButton.LeftButton)
    assert design_of(made).blocks["Stage"].params == {"width": 4}


def test_a_name_that_is_refused_gives_way_to_the_one_that_is_kept(make_inspector: Make) -> None:
    design = edit.set_params(
        edit.set_variables(residual(), {"depth": 2}), "block:Stage", "conv", {"groups": "depth"}
    )
    made = make_inspector(design)
    made.show("block:Stage", ())
    field = made.page.findChild(QLineEdit, "name_0")
    retype(field, "depth")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "design's variable" in made.page.findChild(QLabel, "numbers_error").text()
    assert field.text() == "width"


def test_a_block_that_goes_gives_way_to_the_design(make_inspector: Make) -> None:
    made = make_inspector(Design())
    made._bridge.edit(lambda design: edit.set_block(design, "Stage", residual().blocks["Stage"]), "add")
    made.show("block:Stage", ("conv",))
    assert isinstance(made.page, NodePage)
    made._bridge.session.undo()
    assert made.page.findChild(QLineEdit, "design_title") is not None


def test_another_theme_keeps_what_is_shown(inspector: Inspector) -> None:
    inspector.set_theme(DARK)
    assert isinstance(inspector.page, NodePage)
    assert inspector.page.node_id == "conv"


@pytest.fixture
def themed(qapp: QApplication) -> Iterator[None]:
    """The look that the program gives its widgets."""
    load_fonts(folder() / "fonts")
    before = qapp.style().name(), qapp.font(), qapp.palette()
    apply_theme(qapp, LIGHT)
    yield
    qapp.setStyleSheet("")
    qapp.setStyle(before[0])
    qapp.setFont(before[1])
    qapp.setPalette(before[2])


def test_nothing_is_wider_than_the_panel(themed: None, make_inspector: Make, catalog: Catalog) -> None:
    design = chain()
    for kind in catalog.layers:
        design, _ = edit.add_node(design, "main", kind)
    made = make_inspector(design)
    made.resize(made.minimumWidth(), 900)
    for node_id in design.graph("main").nodes:
        made.show("main", (node_id,))
        made.page.layout().activate()
        assert made.page.minimumSizeHint().width() <= made.minimumWidth(), node_id


def test_long_names_neither_widen_the_panel_nor_hide_how_they_begin(
    themed: None, make_inspector: Make
) -> None:
    long = "a_name_that_is_far_longer_than_the_panel_is_wide_at_first"
    design = edit.add_network(edit.add_network(chain(), long), f"{long}_2")
    made = make_inspector(edit.rename_node(replace(design, title=long), "main", "conv", long))
    made.resize(made.minimumWidth(), 900)
    for selected, name in ((), "design_title"), ((long,), "node_name"):
        made.show("main", selected)
        made.page.layout().activate()
        assert made.page.minimumSizeHint().width() <= made.minimumWidth()
        field = made.page.findChild(QLineEdit, name)
        assert field.text() == long
        assert field.cursorPosition() == 0
    made.show("main", ("relu",))
    made.page.layout().activate()
    assert made.page.minimumSizeHint().width() <= made.minimumWidth()


def test_the_name_can_be_given_the_keyboard(inspector: Inspector) -> None:
    inspector.focus_name()
    assert inspector.page.name.hasFocus()
    assert inspector.page.name.selectedText() == "conv"
