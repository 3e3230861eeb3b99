"""The canvas as a person uses it: keys, clicks, search, clipboard, blocks, themes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QToolButton

from netdesigner.document import Design, edit
from netdesigner.document.annotate import add_mark
from netdesigner.document.design import Frame, Note
from netdesigner.ui.canvas.hit import hit
from netdesigner.ui.canvas.menu import canvas_menu
from netdesigner.ui.canvas.tips import tip_of
from netdesigner.ui.gestures.stage import Pointer
from netdesigner.ui.theme import DARK, LIGHT
from tests.ui.hand import Hand, chain, residual, wire

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
MakeHand = Callable[[Design], Hand]


# ------------------------------------------------------------------------------------------------- edits by keys


def test_delete_removes_what_is_selected_in_one_step(hand: Hand) -> None:
    hand.canvas.select(["conv", "relu"])
    hand.key(Key.Key_Delete)
    assert not {"conv", "relu"} & set(hand.graph.nodes)
    assert hand.steps == 1
    hand.key(Key.Key_Z, CTRL)
    assert {"conv", "relu"} <= set(hand.graph.nodes)
    assert hand.steps == 0


def test_ctrl_delete_closes_the_gap(hand: Hand) -> None:
    hand.click(hand.node("relu"))
    hand.key(Key.Key_Delete, CTRL)
    assert ("conv", "output", "flatten", "input") in hand.wires()


def test_arrows_walk_along_wires_and_to_neighbours(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    walked = []
    for key in (Key.Key_Right, Key.Key_Right, Key.Key_Left, Key.Key_Left, Key.Key_Down, Key.Key_Up):
        hand.key(key)
        walked.append(hand.canvas.selected()[0])
    assert walked == ["relu", "flatten", "relu", "conv", "loose", "conv"]
    assert hand.steps == 0


def test_an_arrow_without_a_selection_begins_at_the_first_node(hand: Hand) -> None:
    hand.key(Key.Key_Right)
    assert hand.canvas.selected() == ("input",)


def test_shift_and_arrows_move_by_a_grid_step_and_merge(hand: Hand) -> None:
    hand.canvas.select(["relu"])
    for _ in range(3):
        hand.key(Key.Key_Down, SHIFT)
    assert hand.design.place("main").layout["relu"] == (544, 24)
    assert hand.steps == 1


def test_ctrl_a_selects_everything(hand: Hand) -> None:
    hand.key(Key.Key_A, CTRL)
    assert len(hand.canvas.selected()) == 8


def test_escape_gives_up_the_selection(hand: Hand) -> None:
    hand.canvas.select(["conv"])
    hand.key(Key.Key_Escape)
    assert hand.canvas.selected() == ()


# -------------------------------------------------------------------------------------------------------- search


def test_a_double_click_on_the_ground_searches_and_adds_there(hand: Hand) -> None:
    hand.double_click(hand.at(904, 400))
    hand.search("dropout")
    assert hand.design.place("main").layout["dropout_1"] == (904, 400)
    assert hand.canvas.selected() == ("dropout_1",)
    assert hand.canvas.view.hasFocus()


def test_tab_adds_behind_the_selected_node(hand: Hand) -> None:
    hand.click(hand.node("loose"))
    hand.key(Key.Key_Tab)
    hand.search("relu")
    assert ("loose", "output", "relu_1", "input") in hand.wires()
    x, y = hand.design.place("main").layout["relu_1"]
    assert (x > 272 + 176, y >= 240) == (True, True)


def test_tab_in_the_middle_of_a_chain_inserts(hand: Hand) -> None:
    hand.click(hand.node("conv"))
    hand.key(Key.Key_Tab)
    hand.search("batchnorm2d")
    assert {
        ("conv", "output", "batchnorm2d_1", "input"),
        ("batchnorm2d_1", "output", "relu", "input"),
    } <= hand.wires()
    assert hand.steps == 1


def test_a_chain_can_be_built_by_typing_alone(make_hand: MakeHand) -> None:
    hand = make_hand(Design())
    for word in ("input", "conv2d", "relu", "flatten", "linear", "output"):
        hand.key(Key.Key_Tab)
        hand.search(word)
    assert [edge.target for edge in hand.graph.edges] == [
        "conv2d_1",
        "relu_1",
        "flatten_1",
        "linear_1",
        "output",
    ]
    assert len({y for _, y in hand.design.place("main").layout.values()}) == 1
    assert not hand.canvas.bridge.session.report.errors


def test_tab_with_a_wire_selected_inserts(hand: Hand) -> None:
    hand.click(hand.wire("relu", "flatten"))
    hand.key(Qt.Key.Key_Tab)
    hand.search("dropout2d")
    assert ("relu", "output", "dropout2d_1", "input") in hand.wires()


def test_a_layer_that_cannot_be_wired_is_added_and_told(hand: Hand) -> None:
    hand.drag(hand.port("relu", "output", "output"), hand.at(900, 420))
    hand.search("batchnorm1d")
    assert "batchnorm1d_1" in hand.graph.nodes
    assert not [edge for edge in hand.graph.edges if edge.target == "batchnorm1d_1"]
    assert [severity for severity, _ in hand.said] == ["warning"]
    assert "BatchNorm1d" in hand.said[0][1]


def test_escape_closes_the_search_and_adds_nothing(hand: Hand) -> None:
    hand.key(Key.Key_Tab)
    QTest.keyClicks(hand.canvas.searching.popup.field, "conv")
    QTest.keyClick(hand.canvas.searching.popup.field, Key.Key_Escape)
    assert not hand.canvas.searching.popup.isVisible()
    assert hand.steps == 0
    assert hand.canvas.view.hasFocus()


def test_the_search_can_be_walked_through(hand: Hand) -> None:
    hand.key(Key.Key_Tab)
    popup = hand.canvas.searching.popup
    QTest.keyClicks(popup.field, "conv")
    QTest.keyClick(popup.field, Key.Key_Down)
    assert popup.current.title == "Conv2d"
    QTest.keyClick(popup.field, Key.Key_Return)
    assert "conv2d_1" in hand.graph.nodes


def test_a_word_that_fits_nothing_says_so(hand: Hand) -> None:
    hand.key(Key.Key_Tab)
    QTest.keyClicks(hand.canvas.searching.popup.field, "qqqq")
    QTest.keyClick(hand.canvas.searching.popup.field, Key.Key_Return)
    assert hand.canvas.searching.popup.isVisible()
    assert hand.steps == 0


def test_what_was_added_last_is_offered_first(hand: Hand) -> None:
    hand.double_click(hand.at(904, 400))
    hand.search("gelu")
    hand.double_click(hand.at(904, 560))
    assert hand.canvas.searching.popup.titles[0] == "GELU"


def test_shift_tab_leaves_the_canvas(hand: Hand) -> None:
    hand.key(Key.Key_Backtab)
    assert not hand.canvas.searching.popup.isVisible()


# ------------------------------------------------------------------------------------------------------ clipboard


def test_copy_and_paste_add_the_nodes_with_their_wires(hand: Hand) -> None:
    hand.canvas.select(["conv", "relu"])
    hand.key(Key.Key_C, CTRL)
    assert '"Conv2d"' in QGuiApplication.clipboard().text()
    hand.key(Key.Key_V, CTRL)
    assert ("conv_1", "output", "relu_1", "input") in hand.wires()
    assert set(hand.canvas.selected()) == {"conv_1", "relu_1"}
    assert hand.steps == 1


def test_cut_removes_what_it_copied(hand: Hand) -> None:
    hand.canvas.select(["relu"])
    hand.key(Key.Key_X, CTRL)
    assert "relu" not in hand.graph.nodes
    hand.key(Key.Key_V, CTRL)
    assert "relu" in hand.graph.nodes


def test_duplicating_leaves_the_clipboard_alone(hand: Hand) -> None:
    QGuiApplication.clipboard().setText("mine")
    hand.canvas.select(["relu"])
    hand.key(Key.Key_D, CTRL)
    assert hand.canvas.selected() == ("relu_1",)
    assert QGuiApplication.clipboard().text() == "mine"


@pytest.mark.parametrize("text", ["", "hello", "{}", '{"format": 1, "networks": {"main": {}}}', "[" * 10_000])
def test_a_bad_paste_is_one_clear_line(hand: Hand, text: str) -> None:
    design = hand.design
    QGuiApplication.clipboard().setText(text)
    hand.key(Key.Key_V, CTRL)
    assert hand.design is design
    assert len(hand.said) == 1
    assert "\n" not in hand.said[0][1]


# --------------------------------------------------------------------------------------------------------- rename


def test_f2_renames_in_place(hand: Hand) -> None:
    hand.click(hand.node("conv"))
    hand.key(Key.Key_F2)
    box = hand.canvas.rename_box
    assert box.isVisible()
    QTest.keyClicks(box, "stem")
    QTest.keyClick(box, Key.Key_Return)
    assert "stem" in hand.graph.nodes
    assert hand.canvas.selected() == ("stem",)
    assert not box.isVisible()


def test_a_name_that_is_taken_is_refused_while_it_is_typed(hand: Hand) -> None:
    hand.double_click(hand.node("relu"))
    box = hand.canvas.rename_box
    QTest.keyClicks(box, "conv")
    assert box.property("invalid") == "true"
    assert "conv" in hand.canvas.hint.text
    QTest.keyClick(box, Key.Key_Return)
    assert box.isVisible()
    QTest.keyClick(box, Key.Key_Escape)
    assert "conv" in hand.graph.nodes
    assert hand.canvas.hint.text == ""
    assert hand.steps == 0


# --------------------------------------------------------------------------------------------------- scopes and tabs


def test_a_block_opens_by_double_click_and_escape_leaves_it(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    seen: list[str] = []
    hand.canvas.scope_changed.connect(seen.append)
    hand.double_click(hand.node("stage"))
    assert hand.canvas.scope == "block:Stage"
    assert set(hand.canvas.scene.nodes) == {"x", "conv", "y"}
    hand.key(Key.Key_Escape)
    assert seen == ["block:Stage", "main"]


def test_enter_opens_the_selected_block(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.select(["stage"])
    hand.key(Key.Key_Return)
    assert hand.canvas.scope == "block:Stage"


def test_breadcrumbs_lead_back_and_the_use_is_told(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    assert "Stage · used once" in [label.text() for label in hand.canvas.block_bar.findChildren(QLabel)]
    hand.canvas.header.findChild(QToolButton, "crumb_0").click()
    assert hand.canvas.scope == "main"


def test_edits_in_a_block_reach_its_instances(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    hand.canvas.select(["conv"])
    hand.key(Key.Key_Delete, CTRL)
    assert hand.wires() == {("x", "output", "y", "input")}
    hand.canvas.open_scope("main")
    assert hand.canvas.scene.nodes["stage"].card.cost == ""


def test_what_was_seen_of_a_scope_is_seen_again(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.view.set_zoom(1.5)
    hand.canvas.open_scope("block:Stage")
    hand.canvas.open_scope("main")
    assert hand.canvas.view.zoom == pytest.approx(1.5)


def test_what_is_undone_elsewhere_is_shown_where_it_happened(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    hand.canvas.select(["conv"])
    hand.key(Key.Key_Delete)
    hand.canvas.open_scope("main")
    hand.key(Key.Key_Z, CTRL)
    assert hand.canvas.scope == "block:Stage"
    assert "conv" in hand.canvas.scene.nodes
    hand.canvas.open_scope("main")
    hand.key(Key.Key_Y, CTRL)
    assert hand.canvas.scope == "block:Stage"
    assert "conv" not in hand.canvas.scene.nodes


def test_what_changes_no_graph_leaves_the_open_one_open(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    hand.canvas.bridge.edit(lambda design: edit.set_variables(design, {"width": 8}), "set a variable")
    assert hand.canvas.scope == "block:Stage"


def test_undoing_the_block_away_leads_out_of_it(make_hand: MakeHand) -> None:
    hand = make_hand(Design())
    block = residual().blocks["Stage"]
    hand.canvas.bridge.edit(lambda design: edit.set_block(design, "Stage", block), "add block")
    hand.canvas.open_scope("block:Stage")
    hand.canvas.undo()
    assert hand.canvas.scope == "main"


def test_networks_have_tabs(hand: Hand) -> None:
    hand.canvas.header.findChild(QToolButton, "add_network").click()
    assert hand.canvas.scope == "network_2"
    assert hand.canvas.is_empty()
    hand.canvas.header.tabs.setCurrentIndex(0)
    assert hand.canvas.scope == "main"


def test_another_design_is_shown_from_its_beginning(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    hand.canvas.bridge.session.new(chain())
    assert hand.canvas.scope == "main"
    assert set(hand.canvas.scene.nodes) == set(chain().graph("main").nodes)


def test_a_node_is_revealed_wherever_it_is(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.view.centerOn(-3000, -3000)
    hand.canvas.reveal("block:Stage", "conv")
    assert (hand.canvas.scope, hand.canvas.selected()) == ("block:Stage", ("conv",))
    assert hand.viewport.rect().contains(hand.node("conv"))


def test_the_selection_is_told_with_its_scope(hand: Hand) -> None:
    told: list[tuple[str, tuple[str, ...]]] = []
    hand.canvas.selection_changed.connect(lambda scope, ids: told.append((scope, ids)))
    hand.click(hand.node("conv"))
    assert told == [("main", ("conv",))]
    assert "Conv2d" in hand.canvas.view.accessibleDescription()


# ------------------------------------------------------------------------------------------------------ everything else


def test_an_empty_canvas_says_what_to_do(make_hand: MakeHand) -> None:
    hand = make_hand(Design())
    assert hand.canvas.empty.isVisible()
    assert "double-click" in hand.canvas.empty.title.text()
    middle = hand.canvas.empty.geometry().center() - hand.viewport.geometry().center()
    assert abs(middle.x()) <= 1
    hand.canvas.add("Input")
    assert not hand.canvas.empty.isVisible()


def test_what_is_fitted_stays_so_in_another_size_until_somebody_zooms(make_hand: MakeHand) -> None:
    hand = make_hand(chain())
    hand.canvas.fit()
    hand.canvas.resize(700, 500)
    sight = hand.canvas.view.mapToScene(hand.viewport.rect()).boundingRect()
    assert sight.contains(hand.canvas.scene.bounds())
    hand.canvas.zoom_in()
    zoom = hand.canvas.view.zoom
    hand.canvas.resize(900, 600)
    assert hand.canvas.view.zoom == zoom


def test_arranging_is_one_step(hand: Hand) -> None:
    hand.canvas.arrange()
    assert hand.steps == 1
    boxes = [item.body() for item in hand.canvas.scene.nodes.values()]
    assert not any(a.intersects(b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])
    hand.canvas.undo()
    assert hand.design.place("main").layout["conv"] == (272, 0)


def test_some_nodes_are_arranged_where_they_are(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda d: edit.move_nodes(d, "main", {"relu": (300.0, 16.0)}), "move")
    before = dict(hand.design.place("main").layout)
    hand.canvas.select(["conv", "relu"])
    hand.canvas.arrange_selected()
    layout = hand.design.place("main").layout
    assert layout["conv"] == (272, 0)
    assert layout["relu"] == (544, 0)
    assert all(layout[key] == before[key] for key in before if key not in ("conv", "relu"))


def test_moving_a_node_that_was_never_placed_keeps_the_others_where_they_are_seen(
    make_hand: MakeHand,
) -> None:
    design = chain()
    hand = make_hand(edit.move_nodes(design, "main", dict.fromkeys(design.graph("main").nodes, (0.0, 0.0))))
    seen = hand.canvas.scene.positions()
    hand.canvas.select(["conv"])
    hand.key(Key.Key_Down, SHIFT)
    layout = hand.design.place("main").layout
    assert {key: at for key, at in layout.items() if key != "conv"} == {
        key: at for key, at in seen.items() if key != "conv"
    }


def test_the_right_button_opens_a_menu_for_what_is_there(hand: Hand) -> None:
    for at, entry in (
        (hand.node("conv"), "Delete and Reconnect"),
        (hand.wire("conv", "relu"), "Insert a Layer…"),
        (hand.at(200, 420), "Paste"),
    ):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, hand.viewport.mapToGlobal(at))
        QApplication.sendEvent(hand.viewport, event)
        menu = hand.canvas.findChild(QMenu, "canvas_menu")
        assert entry in [action.text() for action in menu.actions()]
        menu.close()
        QApplication.processEvents()
    assert hand.canvas.selected() == ()


def test_a_menu_entry_does_what_it_says(hand: Hand) -> None:
    hand.canvas.select(["relu"])
    hand.canvas.open_menu_here()
    menu = hand.canvas.findChild(QMenu, "canvas_menu")
    next(action for action in menu.actions() if action.text() == "Delete and Reconnect").trigger()
    menu.close()
    assert ("conv", "output", "flatten", "input") in hand.wires()


def test_tool_tips_are_told_for_nodes_ports_and_wires(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    view = hand.canvas.view

    def tip(at: QPoint) -> str:
        return tip_of(hit(hand.canvas.scene, view.mapToScene(at), view.zoom))

    hand.canvas.bridge.edit(lambda design: edit.set_rate(design, "main", ["conv"], 0.1), "rate")
    assert "learns at 0.1 of the learning rate" in tip(hand.node("conv"))
    assert "frozen" not in tip(hand.node("conv"))
    hand.canvas.bridge.edit(lambda design: edit.set_frozen(design, "main", ["conv"], frozen=True), "freeze")
    assert "frozen: training does not change it" in tip(hand.node("conv"))
    hand.canvas.bridge.edit(lambda design: edit.set_tied(design, "main", "conv", "stage"), "tie")
    assert "uses the weights of stage" in tip(hand.node("conv"))
    assert "applied 3 times" in tip(hand.node("stage"))
    assert "any number of wires" in tip(hand.port("add", "input", "inputs"))
    assert tip(hand.wire("conv", "relu")).startswith("conv → relu")
    assert tip(hand.at(200, 500)) == ""


def test_the_tool_tip_of_a_port_says_what_it_is_for(make_hand: MakeHand) -> None:
    design, pool = edit.add_node(chain(), "main", "MaxPool2d", at=(0.0, 240.0))
    design, unpool = edit.add_node(design, "main", "MaxUnpool2d", at=(272.0, 400.0))
    hand = make_hand(design)
    view = hand.canvas.view

    def tip(at: QPoint) -> str:
        return tip_of(hit(hand.canvas.scene, view.mapToScene(at), view.zoom))

    assert tip(hand.port(pool, "output", "indices")).splitlines() == [
        "output indices, worked out only where it is read",
        "where each of them stood in its channel; for a MaxUnpool layer",
    ]
    assert tip(hand.port(unpool, "input", "output_size")).startswith(
        "input output_size, may stay empty\na tensor"
    )


def test_a_note_that_looks_like_html_is_shown_as_it_is(hand: Hand) -> None:
    hand.canvas.bridge.edit(lambda d: edit.set_note(d, "main", "conv", "<img src=x>"), "note")
    from netdesigner.ui.labels import plain_tip

    found = hit(hand.canvas.scene, hand.canvas.scene.nodes["conv"].body().center(), 1.0)
    assert "<img" not in plain_tip(tip_of(found))


def test_themes_can_be_switched(hand: Hand) -> None:
    light = hand.canvas.grab().toImage().pixelColor(20, 400)
    hand.canvas.set_theme(DARK)
    dark = hand.canvas.grab().toImage().pixelColor(20, 400)
    assert light.lightness() > 200
    assert dark.lightness() < 60
    hand.canvas.set_theme(LIGHT)


@pytest.mark.parametrize("zoom", [0.1, 0.2, 0.4, 0.65, 1.0, 2.5])
def test_every_zoom_can_be_painted(make_hand: MakeHand, zoom: float) -> None:
    hand = make_hand(residual())
    hand.canvas.bridge.edit(lambda d: edit.add_node(d, "main", "Mystery", (0.0, 300.0))[0], "add")
    hand.canvas.bridge.edit(lambda d: edit.add_node(d, "main", "LSTM", (272.0, 300.0))[0], "add")
    hand.canvas.select(["conv", "stage"])
    hand.canvas.set_health({"relu": "<b>dead</b>"})
    hand.canvas.view.set_zoom(zoom)
    image = hand.canvas.view.grab().toImage()
    colors = {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colors) > 3


def test_the_pointer_marks_what_it_is_on(hand: Hand) -> None:
    hand.move(hand.node("relu"))
    states = {key[0].target: item.state for key, item in hand.canvas.scene.wires.items.items()}
    assert states["relu"] == "active"
    hand.move(hand.port("relu", "output", "output"))
    assert hand.viewport.cursor().shape() == Qt.CursorShape.CrossCursor
    hand.move(hand.at(200, 500))
    states = {key[0].target: item.state for key, item in hand.canvas.scene.wires.items.items()}
    assert states["relu"] == ""


def test_the_scene_never_grows_beyond_the_nodes_and_a_view(hand: Hand) -> None:
    hand.drag(hand.node("loose"), hand.node("loose") + QPoint(300, 200))
    hand.canvas.undo()
    hand.canvas.view.refresh_bounds()
    area = hand.canvas.view.sceneRect()
    assert area.width() <= hand.canvas.scene.bounds().width() + 2 * max(200, hand.viewport.width()) + 1


def test_a_palette_layer_is_added_behind_the_selection(hand: Hand) -> None:
    hand.canvas.select(["loose"])
    assert hand.canvas.add("ReLU") == "relu_1"
    assert ("loose", "output", "relu_1", "input") in hand.wires()
    hand.canvas.select([])
    assert hand.canvas.add("GELU") == "gelu_1"
    assert hand.steps == 2


def test_a_block_cannot_be_put_into_itself(make_hand: MakeHand) -> None:
    hand = make_hand(residual())
    hand.canvas.open_scope("block:Stage")
    assert hand.canvas.add("block:Stage") == ""
    assert "cannot contain itself" in hand.said[0][1]


def test_an_edit_that_does_not_fit_is_said_and_nothing_changes(hand: Hand) -> None:
    design = hand.design
    assert not hand.canvas.editor.disconnect([wire("conv", "gone")])
    assert hand.design is design
    assert hand.said[0][0] == "error"


_SMALL = {"a", "after", "and", "in", "into", "or", "the", "to"}


def test_context_menus_are_written_as_the_menu_bar_is(make_hand: Callable[[Design], Hand]) -> None:
    hand = make_hand(add_mark(residual(), "main", Note("words", (0.0, 300.0)))[0])
    design, _ = add_mark(hand.design, "main", Frame("a frame", "", (1400.0, 200.0), (300.0, 200.0)))
    hand.canvas.bridge.session.edit(design, "frame")
    hand.canvas.fit()
    places = {
        "stage": hand.node("stage"),
        "conv": hand.node("conv"),
        "wire": hand.wire("conv", "relu"),
        "note": hand.at(40, 320),
        "frame": hand.at(1450, 210),
        "ground": hand.at(700, 400),
    }
    for at in places.values():
        pointer = Pointer(hand.canvas.view.mapToScene(at), at)
        found = hit(hand.canvas.scene, pointer.scene, hand.canvas.view.zoom)
        if found.node is not None:
            hand.canvas.select([found.node.card.name])
        menu = canvas_menu(hand.canvas, pointer, found)
        words = [word.strip("…,&") for action in menu.actions() for word in action.text().split()]
        assert [word for word in words if word[:1].islower() and word not in _SMALL] == []
        menu.close()
        menu.deleteLater()
