"""The outline in the window: in step with the canvas, edited in place, searched, kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from netdesigner.document import edit
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.outline.panel import Outline
from netdesigner.ui.theme import DARK
from tests.ui.hand import LEFT, NONE, Hand, residual


class Tree:
    """A hand on the outline."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        window.bring("Outline")
        self.panel = window.findChild(Outline, "outline")
        self.tree, self.model = self.panel.tree, self.panel.model
        self.hand = Hand(window.canvas)

    def indexes(self, parent: QModelIndex | None = None) -> Iterator[QModelIndex]:
        parent = QModelIndex() if parent is None else parent
        for at in range(self.model.rowCount(parent)):
            index = self.model.index(at, 0, parent)
            yield index
            if self.tree.isExpanded(index):
                yield from self.indexes(index)

    @property
    def names(self) -> list[str]:
        self.panel.settle()
        return [index.data() for index in self.indexes()]

    def find(self, name: str) -> QModelIndex:
        return next(index for index in self.indexes() if index.data() == name)

    def click(self, name: str, modifiers: Qt.KeyboardModifier = NONE) -> None:
        index = self.find(name)
        self.tree.scrollTo(index)
        QTest.mouseClick(self.tree.viewport(), LEFT, modifiers, self.tree.visualRect(index).center())

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.tree, key, modifiers)

    def type_name(self, name: str) -> None:
        """Types into the field that is open in the row."""
        field = self.tree.findChild(QLineEdit, "outline_name")
        QTest.keyClicks(field, name)
        QTest.keyClick(field, Qt.Key.Key_Return)
        QApplication.processEvents()

    @property
    def selected(self) -> set[str]:
        self.panel.settle()
        return {index.data() for index in self.tree.selectionModel().selectedIndexes()}


@pytest.fixture
def tree(make_window: Callable[..., MainWindow]) -> Tree:
    found = Tree(make_window(residual()))
    found.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        found.model, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    return found


MAIN = ["main", "input", "conv", "relu", "add", "stage", "output"]


def test_it_is_not_made_before_it_is_seen(make_window: Callable[..., MainWindow]) -> None:
    assert make_window(residual()).findChild(Outline, "outline") is None


def test_it_lists_the_network_and_opens_blocks(tree: Tree) -> None:
    assert tree.names == MAIN
    tree.click("stage")
    tree.key(Qt.Key.Key_Right)
    assert tree.names == [*MAIN[:6], "x", "conv", "y", "output"]


def test_a_click_selects_on_the_canvas_and_keeps_the_keyboard(tree: Tree) -> None:
    tree.click("relu")
    assert tree.window.canvas.selected() == ("relu",)
    tree.key(Qt.Key.Key_Down)
    assert tree.window.canvas.selected() == ("add",)
    tree.click("input", Qt.KeyboardModifier.ShiftModifier)
    assert set(tree.window.canvas.selected()) == {"input", "conv", "relu", "add"}
    assert tree.tree.hasFocus()


def test_a_click_in_a_block_opens_the_block(tree: Tree) -> None:
    tree.click("stage")
    tree.key(Qt.Key.Key_Right)
    tree.click("y")
    assert (tree.window.canvas.scope, tree.window.canvas.selected()) == ("block:Stage", ("y",))
    tree.click("relu")
    assert (tree.window.canvas.scope, tree.window.canvas.selected()) == ("main", ("relu",))


def test_what_is_selected_on_the_canvas_is_selected_here(tree: Tree) -> None:
    tree.window.canvas.fit()
    tree.hand.click(tree.hand.node("conv"))
    assert tree.selected == {"conv"}
    tree.hand.click(tree.hand.node("add"), Qt.KeyboardModifier.ShiftModifier)
    assert tree.selected == {"conv", "add"}
    tree.hand.key(Qt.Key.Key_Escape)
    assert tree.selected == set()


def test_what_is_selected_in_an_open_block_is_found_in_its_first_use(tree: Tree) -> None:
    tree.window.canvas.open_scope("block:Stage")
    tree.window.canvas.select(["y"])
    assert tree.selected == {"y"}
    assert tree.tree.isExpanded(tree.find("stage"))


def test_a_node_is_renamed_in_place_and_undo_brings_the_name_back(tree: Tree, qtbot: QtBot) -> None:
    tree.click("relu")
    tree.key(Qt.Key.Key_F2)
    tree.type_name("squash")
    assert "squash" in tree.hand.graph.nodes
    assert tree.names == [*MAIN[:3], "squash", *MAIN[4:]]
    assert tree.selected == {"squash"}
    qtbot.keyClick(tree.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert tree.names == MAIN


def test_a_name_that_is_taken_is_refused_in_words(tree: Tree) -> None:
    tree.click("relu")
    tree.key(Qt.Key.Key_F2)
    tree.type_name("conv")
    assert tree.names == MAIN
    assert tree.hand.said[-1][0] == "error"


def test_delete_removes_what_is_selected(tree: Tree) -> None:
    tree.click("relu")
    tree.key(Qt.Key.Key_Delete)
    assert tree.names == [name for name in MAIN if name != "relu"]
    tree.window.canvas.undo()
    assert tree.names == MAIN


def test_enter_leads_to_the_node_on_the_canvas(tree: Tree) -> None:
    tree.click("add")
    tree.key(Qt.Key.Key_Return)
    assert tree.window.canvas.view.hasFocus()
    assert tree.window.canvas.selected() == ("add",)


def test_a_search_leaves_what_fits_and_opens_blocks_that_hold_it(tree: Tree) -> None:
    QTest.keyClicks(tree.panel.field, "conv2d")
    assert tree.names == ["main", "conv", "stage", "conv"]
    QTest.keyClick(tree.panel.field, Qt.Key.Key_Down)
    assert tree.tree.hasFocus()
    QTest.keyClick(tree.panel.field, Qt.Key.Key_Escape)
    assert [name for name in tree.names if name in MAIN] == [*MAIN[:6], "conv", "output"]


def test_the_largest_come_first_where_that_is_chosen(tree: Tree) -> None:
    tree.window.bridge.edit(lambda design: edit.set_params(design, "main", "conv", {"bias": False}), "bias")
    QTest.mouseClick(tree.panel.largest, LEFT)
    assert tree.names[1:3] == ["stage", "conv"]
    tree.panel.measure.setCurrentText("Multiply-adds")
    assert tree.names[1:3] == ["stage", "conv"]
    QTest.mouseClick(tree.panel.largest, LEFT)
    assert tree.names == MAIN


def test_an_edit_changes_its_row_and_leaves_the_others_where_they_are(tree: Tree) -> None:
    told: list[tuple[str, str]] = []
    tree.model.dataChanged.connect(lambda first, last: told.append((first.data(), last.data())))
    kept = [tree.model.row_of(index) for index in tree.indexes()]
    tree.window.bridge.edit(lambda design: edit.set_params(design, "main", "conv", {"bias": False}), "bias")
    assert tree.names == MAIN
    assert [tree.model.row_of(index) for index in tree.indexes()] == kept
    assert told == [("main", "main"), ("conv", "conv")]
    spoken = tree.find("conv").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.startswith("conv, Conv2d, output N × 4 × 8 × 8, 144 parameters")


def test_nodes_come_and_go_with_the_design(tree: Tree) -> None:
    tree.window.bridge.edit(lambda design: edit.add_node(design, "main", "GELU", (0, 400))[0], "add")
    assert tree.names == [*MAIN, "gelu_1"]
    tree.window.bridge.edit(lambda design: edit.remove_nodes(design, "main", ["conv", "stage"]), "remove")
    assert set(tree.names) == {"main", "input", "relu", "add", "output", "gelu_1"}
    tree.window.bridge.edit(lambda design: edit.add_network(design, "critic"), "network")
    assert tree.names[-1] == "critic"
    for _ in range(3):
        tree.window.canvas.undo()
    assert tree.names == MAIN


def test_what_changed_while_it_was_hidden_is_there_when_it_is_seen(tree: Tree) -> None:
    tree.window.docks.left.bring(tree.window.palette_panel)
    tree.window.bridge.edit(lambda design: edit.add_node(design, "main", "GELU", (0, 400))[0], "add")
    tree.window.canvas.select(["gelu_1"])
    tree.window.bring("Outline")
    assert tree.names == [*MAIN, "gelu_1"]
    assert tree.selected == {"gelu_1"}


def test_it_is_painted_with_a_bar_as_long_as_the_share(tree: Tree) -> None:
    tree.window.set_theme(DARK)
    QApplication.processEvents()
    picture = tree.tree.viewport().grab().toImage()
    accent = DARK.color("accent")

    def length(name: str) -> int:
        box = tree.tree.visualRect(tree.find(name))
        rows = range(box.bottom() - 8, box.bottom() - 1)
        return max(
            sum(picture.pixelColor(x, y) == accent for x in range(box.left(), box.right())) for y in rows
        )

    assert length("input") == 0
    assert 0 < length("conv") < length("stage") < length("main")
