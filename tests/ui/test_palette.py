"""The panel of everything that can be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolTip, QTreeWidgetItem

from netdesigner.document import Design, edit
from netdesigner.parts import Catalog
from netdesigner.parts.layer import CATEGORIES
from netdesigner.session import Session
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.gestures.drop import kind_in
from netdesigner.ui.palette import Palette
from netdesigner.ui.theme import DARK, LIGHT
from tests.ui.hand import residual

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def palette(qtbot: QtBot, catalog: Catalog) -> Palette:
    session = Session(catalog)
    session.new(residual())
    bridge = Bridge(session)
    made = Palette(bridge, LIGHT)
    bridge.setParent(made)
    made.told = []  # type: ignore[attr-defined]
    made.chosen.connect(made.told.append)  # type: ignore[attr-defined]
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def top(palette: Palette) -> list[QTreeWidgetItem]:
    return [palette.tree.topLevelItem(index) for index in range(palette.tree.topLevelItemCount())]


def item(palette: Palette, title: str) -> QTreeWidgetItem:
    return palette.tree.findItems(title, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)[-1]


def test_layers_stand_in_their_categories_and_blocks_last(palette: Palette) -> None:
    titles = [entry.text(0) for entry in top(palette)]
    assert titles == [name for name in CATEGORIES if name in titles] + ["Blocks"]
    assert top(palette)[-1].child(0).text(0) == "Stage"


def test_every_layer_says_what_it_does(palette: Palette) -> None:
    row = palette.tree.visualItemRect(item(palette, "Conv2d")).center()
    where = palette.tree.viewport().mapToGlobal(row)
    QApplication.sendEvent(palette.tree.viewport(), QHelpEvent(QEvent.Type.ToolTip, row, where))
    assert "Slides learned filters over an image." in QToolTip.text()
    assert "→" in QToolTip.text()
    QToolTip.hideText()


def test_a_few_letters_and_enter_add_the_first(palette: Palette) -> None:
    QTest.keyClicks(palette.field, "conv2")
    assert top(palette)[0].text(0) == "Conv2d"
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.told == ["Conv2d"]


def test_the_arrows_choose_among_what_was_found(palette: Palette) -> None:
    QTest.keyClicks(palette.field, "conv")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.told == ["Conv2d"]
    assert palette.field.hasFocus()


def test_enter_in_an_empty_field_adds_nothing(palette: Palette) -> None:
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.told == []


def test_escape_shows_all_again(palette: Palette) -> None:
    QTest.keyClicks(palette.field, "conv")
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert top(palette)[0].text(0) == CATEGORIES[0]


def test_what_fits_nothing_is_told(palette: Palette) -> None:
    QTest.keyClicks(palette.field, "<b>zzz</b>")
    assert palette._empty.isVisible()
    assert "<b>zzz</b>" in palette._empty.text()
    assert not palette.tree.isVisible()


def test_a_double_click_adds(palette: Palette) -> None:
    palette.tree.scrollToItem(item(palette, "Linear"))
    at = palette.tree.visualItemRect(item(palette, "Linear")).center()
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert palette.told == ["Linear"]
    assert palette.kind_at(QPointF(at)) == "Linear"


def test_the_list_takes_the_keyboard_and_adds_with_enter(palette: Palette) -> None:
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.tree.hasFocus()
    QTest.keyClick(palette.tree, Qt.Key.Key_Return)
    assert palette.told == ["Input"]


def test_a_category_closes_and_stays_closed(palette: Palette) -> None:
    heading = top(palette)[0]
    at = palette.tree.visualItemRect(heading).center()
    QTest.mouseClick(palette.tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at))
    assert not heading.isExpanded()
    palette.field.setText("conv")
    palette.field.clear()
    assert not top(palette)[0].isExpanded()
    assert top(palette)[1].isExpanded()


def test_what_is_dragged_out_names_the_kind(palette: Palette) -> None:
    data = palette.tree.mimeData([item(palette, "Stage")])
    assert kind_in(data) == "block:Stage"
    assert kind_in(palette.tree.mimeData([top(palette)[0]])) == ""
    assert not palette.tree._picture(item(palette, "Conv2d").data(0, Qt.ItemDataRole.UserRole)).isNull()


def test_blocks_of_the_design_come_and_go(palette: Palette) -> None:
    bridge = palette._bridge
    bridge.edit(lambda design: edit.set_block(design, "Other", design.blocks["Stage"]), "add block")
    assert item(palette, "Other").text(0) == "Other"
    bridge.session.undo()
    assert not palette.tree.findItems("Other", Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)


def test_it_can_be_painted_in_both_themes(palette: Palette) -> None:
    light = palette.grab().toImage()
    palette.set_theme(DARK)
    assert palette.grab().toImage() != light


def menu_at(palette: Palette, title: str) -> QMenu | None:
    row = item(palette, title)
    palette.tree.scrollToItem(row)
    palette.tree.customContextMenuRequested.emit(QPoint(palette.tree.visualItemRect(row).center()))
    return palette.findChild(QMenu, "palette_menu")


def test_blocks_of_the_library_stand_last_once_the_window_is_there(palette: Palette, qtbot: QtBot) -> None:
    session = palette._bridge.session
    assert palette._library is None
    session.library.keep(residual(), "Stage")
    session.new(Design())
    qtbot.waitUntil(lambda: palette._library is not None)
    assert [entry.text(0) for entry in top(palette)][-1] == "My blocks"
    palette.field.setText("stage")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.told == ["library:Stage"]


def test_a_block_is_taken_out_of_the_library_when_that_is_agreed(
    palette: Palette, monkeypatch: pytest.MonkeyPatch
) -> None:
    from netdesigner.ui import palette as module

    library = palette._bridge.session.library
    library.keep(residual(), "Stage")
    palette.read_library()
    for agreed in (False, True):
        monkeypatch.setattr(module, "confirm", lambda *_, agreed=agreed: agreed)
        menu = menu_at(palette, "Stage")
        next(action for action in menu.actions() if action.text() == "Remove from Library…").trigger()
        menu.close()
        QApplication.processEvents()
        assert bool(library.blocks()) is not agreed
    assert [entry.text(0) for entry in top(palette)][-1] == "Blocks"


def test_a_damaged_block_is_told_once(palette: Palette) -> None:
    said: list[str] = []
    palette._bridge.said.connect(lambda _severity, text: said.append(text))
    library = palette._bridge.session.library
    library.keep(residual(), "Stage")
    (library.folder / "Broken.netdesign").write_text("{", "utf-8")
    for _ in range(2):
        palette._bridge.library_changed.emit()
    assert len(said) == 1
    assert "Broken.netdesign" in said[0]


def test_layers_have_no_menu(palette: Palette) -> None:
    assert menu_at(palette, "Conv2d") is None
