"""Blocks as a person uses them: group, name, open, dissolve, make unique, rename, the library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from netdesigner.document import Design, Node, edit, load, save
from netdesigner.document.annotate import add_mark
from netdesigner.document.design import Frame, Note
from netdesigner.session.arrange import overlaps
from netdesigner.session.gallery import open_template
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.actions.blocks import BlockActions
from netdesigner.ui.canvas import block_verbs
from netdesigner.ui.canvas.block_verbs import proposed_name
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.theme import LIGHT
from tests.ui.hand import Hand, chain, residual

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LOOSE = ("loose", "norm")
"""The nodes of the chain that nothing is wired to."""


class Blocks(Hand):
    """A hand on a canvas that has the actions on blocks, with their keys."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self.actions = ActionList(LIGHT, canvas)
        BlockActions(self.actions, canvas)

    def do(self, action: str) -> None:
        """Chooses an action from the menu."""
        self.actions[action].trigger()

    @property
    def last_said(self) -> str:
        return self.said[-1][1]


@pytest.fixture
def make_blocks(make_hand: Callable[[Design], Hand], qtbot: QtBot) -> Callable[[Design], Blocks]:
    def make(design: Design) -> Blocks:
        hand = Blocks(make_hand(design).canvas)
        hand.canvas.activateWindow()
        qtbot.waitUntil(hand.canvas.isActiveWindow)
        hand.canvas.view.setFocus()
        return hand

    return make


@pytest.fixture
def hand(make_blocks: Callable[[Design], Blocks]) -> Blocks:
    return make_blocks(chain())


@pytest.fixture
def stages(make_blocks: Callable[[Design], Blocks]) -> Blocks:
    return make_blocks(residual())


def name_it(hand: Blocks, name: str = "") -> None:
    """Types a name into the box that asks for one, or takes what it proposes."""
    box = hand.canvas.blocks.box
    assert box.isVisible()
    if name:
        QTest.keyClicks(box, name)
    QTest.keyClick(box, Key.Key_Return)


# ------------------------------------------------------------------------------------------------ group and dissolve


def test_ctrl_g_asks_for_a_name_where_the_nodes_lie_and_makes_a_block(hand: Blocks) -> None:
    hand.click(hand.node("conv"))
    hand.click(hand.node("relu"), CTRL)
    hand.key(Key.Key_G, CTRL)
    box = hand.canvas.blocks.box
    assert box.text() == "ConvBlock"
    assert box.hasFocus()
    assert hand.steps == 0
    name_it(hand, "Stem")
    assert hand.last_said == "Grouped into Stem"
    assert hand.canvas.selected() == ("stem_1",)
    assert set(hand.design.blocks["Stem"].graph.nodes) == {"input", "conv", "relu", "output"}
    assert ("input", "output", "stem_1", "input") in hand.wires()
    assert ("stem_1", "output", "flatten", "input") in hand.wires()
    assert hand.canvas.scene.nodes["stem_1"].card.shape == "1×8×8 → 4×8×8"
    assert hand.steps == 1
    hand.key(Key.Key_Z, CTRL)
    assert hand.design == chain()


def test_the_proposal_is_taken_by_enter_and_escape_makes_nothing(hand: Blocks) -> None:
    hand.canvas.select(["conv"])
    hand.key(Key.Key_G, CTRL)
    QTest.keyClick(hand.canvas.blocks.box, Key.Key_Escape)
    assert not hand.canvas.blocks.box.isVisible()
    assert hand.design == chain()
    hand.key(Key.Key_G, CTRL)
    name_it(hand)
    assert list(hand.design.blocks) == ["ConvBlock"]


def test_a_name_that_is_taken_is_told_before_it_is_taken(stages: Blocks) -> None:
    stages.canvas.select(["conv"])
    stages.key(Key.Key_G, CTRL)
    box = stages.canvas.blocks.box
    box.selectAll()
    QTest.keyClicks(box, "Stage")
    assert "There is a block Stage already" in stages.canvas.hint.text
    QTest.keyClick(box, Key.Key_Return)
    assert box.isVisible()
    box.selectAll()
    QTest.keyClicks(box, "ReLU")
    assert "There is a layer ReLU" in stages.canvas.hint.text


def test_everything_can_be_grouped_and_inputs_and_outputs_stay_outside(hand: Blocks) -> None:
    hand.canvas.select(LOOSE)
    hand.key(Key.Key_Delete)
    hand.key(Key.Key_A, CTRL)
    hand.key(Key.Key_G, CTRL)
    name_it(hand, "Everything")
    assert set(hand.graph.nodes) == {"input", "everything_1", "output"}
    assert hand.canvas.bridge.state.report.errors == ()


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ([], "Select the nodes that are to become a block"),
        (["input"], "Select the nodes that are to become a block"),
        (["conv", "flatten"], "relu lies between the selected nodes"),
    ],
)
def test_what_cannot_be_grouped_is_told(hand: Blocks, chosen: list[str], told: str) -> None:
    hand.canvas.select(chosen)
    hand.key(Key.Key_G, CTRL)
    assert told in hand.last_said.replace("'", "")
    assert not hand.canvas.blocks.box.isVisible()


def test_ctrl_shift_g_brings_the_nodes_back(hand: Blocks) -> None:
    hand.canvas.select(["conv", "relu"])
    hand.key(Key.Key_G, CTRL)
    name_it(hand, "Stem")
    hand.key(Key.Key_G, CTRL | SHIFT)
    assert hand.design == chain()
    assert set(hand.canvas.selected()) == {"conv", "relu"}
    assert hand.steps == 2


def test_a_repeated_block_is_written_out(stages: Blocks) -> None:
    stages.click(stages.node("stage"))
    stages.key(Key.Key_G, CTRL | SHIFT)
    assert {"conv_2", "conv_3", "conv_4"} <= set(stages.graph.nodes)
    assert stages.graph.nodes["conv_3"].params["out_channels"] == 4
    boxes = [item.body() for item in stages.canvas.scene.nodes.values()]
    assert not any(a.intersects(b) for index, a in enumerate(boxes) for b in boxes[index + 1 :])
    assert stages.design.place("main").layout["conv_2"] == (1088.0, 0.0)
    assert stages.canvas.bridge.state.report.errors == ()
    stages.key(Key.Key_Z, CTRL)
    assert stages.design == residual()


def test_what_cannot_be_dissolved_is_told(stages: Blocks) -> None:
    stages.canvas.select(["relu"])
    stages.key(Key.Key_G, CTRL | SHIFT)
    assert stages.last_said == "Select a block to dissolve first."
    stages.double_click(stages.node("stage"))
    stages.key(Key.Key_G, CTRL | SHIFT)
    assert "dissolved from outside" in stages.last_said


def test_a_frame_around_the_nodes_goes_along_and_gives_the_name(
    make_blocks: Callable[[Design], Hand],
) -> None:
    design, _ = add_mark(chain(), "main", Frame("the stem!", at=(250.0, -40.0), size=(540.0, 220.0)))
    hand = make_blocks(design)
    hand.canvas.select(["conv", "relu"])
    hand.key(Key.Key_G, CTRL)
    assert hand.canvas.blocks.box.text() == "TheStem"
    name_it(hand)
    assert hand.design.place("main").annotations.frames == {}
    assert [frame.title for frame in hand.design.blocks["TheStem"].annotations.frames.values()] == [
        "the stem!"
    ]
    hand.key(Key.Key_G, CTRL | SHIFT)
    assert hand.design == design


def test_a_frame_alone_is_grouped_with_what_lies_in_it(
    make_blocks: Callable[[Design], Blocks], monkeypatch: pytest.MonkeyPatch
) -> None:
    design, frame_id = add_mark(residual(), "main", Frame("the stem", at=(250.0, -40.0), size=(540.0, 220.0)))
    hand = make_blocks(design)
    made: list[str] = []
    whole = block_verbs.group
    monkeypatch.setattr(block_verbs, "group", lambda *args: made.append(args[3]) or whole(*args))
    hand.canvas.scene.select((), (), [frame_id])
    hand.key(Key.Key_G, CTRL)
    assert made == []
    name_it(hand)
    assert made == ["TheStem"]
    assert {"conv", "relu"} <= hand.design.blocks["TheStem"].graph.nodes.keys()
    assert list(hand.design.blocks["TheStem"].annotations.frames) == [frame_id]


def test_a_selected_note_goes_into_the_block(make_blocks: Callable[[Design], Blocks]) -> None:
    design, note_id = add_mark(chain(), "main", Note("why so", at=(0.0, 900.0)))
    hand = make_blocks(design)
    hand.canvas.scene.select(["conv"], marks=[note_id])
    hand.key(Key.Key_G, CTRL)
    name_it(hand, "Stem")
    assert hand.design.place("main").annotations.notes == {}
    assert [note.text for note in hand.design.blocks["Stem"].annotations.notes.values()] == ["why so"]


def test_names_are_proposed_after_what_is_grouped() -> None:
    assert proposed_name([Node("Conv2d"), Node("ReLU")], [], []) == "ConvBlock"
    assert proposed_name([Node("Linear")], [], ["LinearBlock"]) == "LinearBlock_2"
    assert proposed_name([Node("block:Cell")], [], []) == "Stage"
    assert proposed_name([Node("strange kind!")], ["42", "My frame"], []) == "MyFrame"


# --------------------------------------------------------------------------------------------------- inside a block


def test_the_bar_says_how_many_uses_change_and_makes_this_one_unique(stages: Blocks) -> None:
    stages.canvas.select(["stage"])
    stages.key(Key.Key_D, CTRL)
    copy = stages.canvas.selected()[0]
    stages.canvas.bridge.edit(lambda design: edit.move_nodes(design, "main", {copy: (1088.0, 400.0)}), "move")
    stages.double_click(stages.node("stage"))
    bar = stages.canvas.block_bar
    assert bar.isVisible()
    assert bar.uses.text() == "Stage · used by 2"
    QTest.mouseClick(bar.findChild(QPushButton, "block_make_unique"), Qt.MouseButton.LeftButton)
    assert stages.canvas.scope == "block:Stage_2"
    assert bar.uses.text() == "Stage_2 · used once"
    assert not bar.unique.isVisible()
    assert stages.design.graph("main").nodes["stage"].kind == "block:Stage_2"
    assert stages.design.graph("main").nodes[copy].kind == "block:Stage"
    stages.key(Key.Key_Z, CTRL)
    assert stages.canvas.scope == "block:Stage"
    stages.key(Key.Key_Escape)
    assert stages.canvas.scope == "main"
    assert not bar.isVisible()


def test_a_block_that_was_not_opened_through_a_use_offers_no_copy(stages: Blocks) -> None:
    stages.canvas.select(["stage"])
    stages.key(Key.Key_D, CTRL)
    stages.canvas.open_scope("block:Stage")
    assert not stages.canvas.block_bar.unique.isVisible()
    stages.do("block.unique")
    assert "Select one block" in stages.last_said


def test_backspace_leaves_a_block_when_nothing_is_selected(stages: Blocks) -> None:
    stages.double_click(stages.node("stage"))
    stages.canvas.select(["conv"])
    stages.key(Key.Key_Backspace)
    assert "conv" not in stages.graph.nodes
    assert stages.canvas.scope == "block:Stage"
    stages.key(Key.Key_Delete)
    assert stages.canvas.scope == "block:Stage"
    stages.key(Key.Key_Backspace)
    assert stages.canvas.scope == "main"
    stages.key(Key.Key_Backspace)
    assert stages.canvas.scope == "main"


def test_enter_opens_the_selected_block_and_the_menu_leads_out_of_it(stages: Blocks) -> None:
    stages.key(Key.Key_Return)
    assert stages.last_said == "Select one block to open it, or one layer to edit it."
    stages.canvas.select(["stage"])
    stages.key(Key.Key_Return)
    assert stages.canvas.scope == "block:Stage"
    stages.do("block.leave")
    assert stages.canvas.scope == "main"


def test_grouping_inside_a_block_passes_its_parameters_on(stages: Blocks) -> None:
    stages.double_click(stages.node("stage"))
    stages.canvas.select(["conv"])
    stages.key(Key.Key_G, CTRL)
    name_it(stages, "Inner")
    assert stages.graph.nodes["inner_1"].params == {"width": "width"}
    assert stages.design.blocks["Inner"].params == {"width": 4}
    assert stages.canvas.bridge.state.report.errors == ()
    stages.double_click(stages.node("inner_1"))
    assert stages.canvas.scope == "block:Inner"
    stages.canvas.header.findChild(QToolButton, "crumb_1").click()
    assert stages.canvas.scope == "block:Stage"


# ---------------------------------------------------------------------------------------------------------- renaming


def test_a_renamed_block_stays_open_and_its_uses_follow(stages: Blocks) -> None:
    stages.double_click(stages.node("stage"))
    stages.do("block.rename")
    name_it(stages, "Level")
    assert stages.canvas.scope == "block:Level"
    assert stages.canvas.block_bar.uses.text() == "Level · used once"
    assert stages.design.graph("main").nodes["stage"].kind == "block:Level"
    stages.key(Key.Key_Z, CTRL)
    assert stages.canvas.scope == "block:Stage"
    stages.key(Key.Key_Escape)
    assert stages.canvas.scope == "main"


def test_a_block_is_renamed_at_its_use(stages: Blocks) -> None:
    stages.click(stages.node("stage"))
    stages.do("block.rename")
    name_it(stages, "Level")
    assert list(stages.design.blocks) == ["Level"]
    stages.click(stages.node("relu"))
    stages.do("block.rename")
    assert "Select one block first" in stages.last_said


def test_unused_blocks_are_removed_and_undo_brings_them_back(stages: Blocks) -> None:
    stages.do("block.clean")
    assert stages.last_said == "Every block is used."
    stages.click(stages.node("stage"))
    stages.key(Key.Key_Delete)
    assert "Stage" in stages.design.blocks
    stages.do("block.clean")
    assert stages.design.blocks == {}
    stages.key(Key.Key_Z, CTRL)
    assert "Stage" in stages.design.blocks


# ------------------------------------------------------------------------------------- faults of other node editors


def test_undo_after_leaving_a_block_takes_back_only_the_last_step(stages: Blocks) -> None:
    stages.canvas.select(["relu"])
    stages.key(Key.Key_Down, SHIFT)
    moved = stages.design
    stages.double_click(stages.node("stage"))
    stages.canvas.select(["conv"])
    stages.key(Key.Key_Delete)
    stages.key(Key.Key_Escape)
    stages.key(Key.Key_Z, CTRL)
    assert stages.design == moved
    assert stages.canvas.scope == "block:Stage"


def test_copies_of_a_block_stay_linked_and_the_original_stays_whole(stages: Blocks) -> None:
    stages.canvas.select(["stage"])
    stages.key(Key.Key_D, CTRL)
    copy = stages.canvas.selected()[0]
    assert ("add", "output", "stage", "x") in stages.wires()
    stages.double_click(stages.node("stage"))
    stages.canvas.select(["conv"])
    stages.key(Key.Key_Delete)
    stages.key(Key.Key_Escape)
    assert list(stages.design.blocks) == ["Stage"]
    assert stages.design.graph("main").nodes[copy].kind == "block:Stage"


def test_a_copy_made_unique_and_its_changes_are_there_after_saving(stages: Blocks, tmp_path: Path) -> None:
    stages.canvas.select(["stage"])
    stages.key(Key.Key_D, CTRL)
    stages.do("block.unique")
    name = stages.graph.nodes[stages.canvas.selected()[0]].block
    assert name == "Stage_2"
    stages.key(Key.Key_Return)
    stages.canvas.select(["conv"])
    stages.key(Key.Key_Delete)
    save(stages.design, tmp_path / "kept.netdesign")
    kept = load(tmp_path / "kept.netdesign")
    assert kept == stages.design
    assert "conv" in kept.blocks["Stage"].graph.nodes
    assert "conv" not in kept.blocks["Stage_2"].graph.nodes


def test_wires_inside_and_around_are_there_after_loading(hand: Blocks, tmp_path: Path) -> None:
    hand.canvas.select(["conv", "relu"])
    hand.key(Key.Key_G, CTRL)
    name_it(hand, "Stem")
    save(hand.design, tmp_path / "kept.netdesign")
    hand.canvas.bridge.session.open(tmp_path / "kept.netdesign")
    assert not [problem for problem in hand.canvas.bridge.state.report.errors if problem.node not in LOOSE]
    assert len(hand.design.blocks["Stem"].graph.edges) == 3
    hand.canvas.select(["stem_1"])
    hand.key(Key.Key_G, CTRL | SHIFT)
    assert set(hand.design.graph("main").edges) == set(chain().graph("main").edges)


def test_deleting_a_use_leaves_the_definition_and_pasting_brings_it_to_another_design(stages: Blocks) -> None:
    stages.canvas.select(["stage"])
    stages.key(Key.Key_C, CTRL)
    stages.key(Key.Key_Delete)
    assert "Stage" in stages.design.blocks
    stages.canvas.bridge.session.new(Design())
    stages.canvas.view.setFocus()
    stages.key(Key.Key_V, CTRL)
    assert stages.design.blocks == residual().blocks
    assert [node.kind for node in stages.graph.nodes.values()] == ["block:Stage"]


def test_a_block_cannot_be_put_into_one_that_it_contains(stages: Blocks) -> None:
    stages.click(stages.node("stage"))
    stages.key(Key.Key_G, CTRL)
    name_it(stages, "Outer")
    stages.canvas.open_scope("block:Stage")
    assert stages.canvas.add("block:Outer") == ""
    assert "Stage cannot contain itself" in stages.last_said.replace("'", "")


# ------------------------------------------------------------------------------------------------------- the library


def test_a_block_is_kept_and_used_in_another_design(stages: Blocks) -> None:
    stages.click(stages.node("stage"))
    stages.do("block.keep")
    assert stages.last_said == "‘Stage’ is in your library now, for every design"
    stages.canvas.bridge.session.new(chain())
    stages.canvas.view.setFocus()
    stages.canvas.select(["conv"])
    stages.key(Key.Key_A, SHIFT)
    stages.search("Stage")
    assert stages.design.blocks == residual().blocks
    assert ("conv", "output", "stage_1", "x") in stages.wires()
    assert ("stage_1", "y", "relu", "input") in stages.wires()
    assert stages.steps == 1
    stages.key(Key.Key_Z, CTRL)
    assert stages.design == chain()


def test_a_kept_block_is_dragged_from_the_palette(stages: Blocks) -> None:
    from netdesigner.ui.gestures.drop import mime_of

    stages.click(stages.node("stage"))
    stages.do("block.keep")
    stages.canvas.bridge.session.new(chain())
    stages.canvas.view.set_zoom(1.0)
    stages.canvas.view.centerOn(700, 160)
    stages.drop(mime_of("library:Stage"), stages.wire("relu", "flatten"))
    assert ("relu", "output", "stage_1", "x") in stages.wires()


def test_another_block_of_the_name_is_replaced_only_when_that_is_wanted(
    stages: Blocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(block_verbs, "confirm", lambda _window, text, *_: asked.append(text))
    library = stages.canvas.bridge.session.library
    stages.click(stages.node("stage"))
    stages.do("block.keep")
    stages.do("block.keep")
    assert asked == []
    stages.double_click(stages.node("stage"))
    stages.canvas.select(["conv"])
    stages.key(Key.Key_Delete)
    QTest.mouseClick(stages.canvas.block_bar.keep, Qt.MouseButton.LeftButton)
    assert asked == ["Replace Stage in your library?"]
    assert "conv" in library.find("Stage").block.graph.nodes


def test_a_damaged_block_does_not_hide_the_others(stages: Blocks) -> None:
    library = stages.canvas.bridge.session.library
    stages.click(stages.node("stage"))
    stages.do("block.keep")
    (library.folder / "Broken.netdesign").write_text("{", "utf-8")
    stages.canvas.select([])
    stages.key(Key.Key_A, SHIFT)
    stages.search("Stage")
    assert "stage_1" in stages.graph.nodes


# ------------------------------------------------------------------------------------------------------------- menus


def test_the_right_button_offers_what_fits(stages: Blocks) -> None:
    stages.click(stages.node("stage"))
    stages.canvas.open_menu_here()
    menu = stages.canvas.findChild(QMenu, "canvas_menu")
    entries = {action.text(): action for action in menu.actions()}
    assert {
        "Open Block",
        "Dissolve Block",
        "Make Unique",
        "Rename Block…",
        "Save Block to Library",
    } <= entries.keys()
    entries["Dissolve Block"].trigger()
    menu.close()
    assert "conv_2" in stages.graph.nodes


def test_the_window_has_the_keys_lists_a_kept_block_and_opens_one_from_the_palette(
    make_window: Callable[..., MainWindow],
) -> None:
    window = make_window(residual())
    window.canvas.select(["conv", "relu"])
    window.canvas.view.setFocus()
    QTest.keyClick(window.canvas.view, Key.Key_G, CTRL)
    assert window.canvas.blocks.box.isVisible()
    QTest.keyClick(window.canvas.blocks.box, Key.Key_Escape)
    window.canvas.select(["stage"])
    window.actions_by_name["block.keep"].trigger()
    tree = window.palette_panel.tree
    assert tree.topLevelItem(tree.topLevelItemCount() - 1).text(0) == "My blocks"
    row = tree.findItems("Stage", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[0]
    tree.scrollToItem(row)
    tree.customContextMenuRequested.emit(QPoint(tree.visualItemRect(row).center()))
    menu = window.palette_panel.findChild(QMenu, "palette_menu")
    next(action for action in menu.actions() if action.text() == "Open").trigger()
    menu.close()
    QApplication.processEvents()
    assert window.canvas.scope == "block:Stage"


def test_dissolving_in_rows_leaves_nothing_on_anything(make_blocks: Callable[[Design], Blocks]) -> None:
    hand = make_blocks(open_template("resnet18"))
    for node_id in ("widen_2", "stage_1"):
        hand.canvas.select([node_id])
        hand.key(Key.Key_G, CTRL | SHIFT)
    assert overlaps(hand.design.place("main").layout, hand.canvas.scene.sizes()) == []
    assert hand.canvas.bridge.state.report.errors == ()
