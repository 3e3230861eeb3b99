"""The canvas and the window as a screen reader meets them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleInterface
from PySide6.QtWidgets import QApplication, QWidget

from netdesigner.document import Design, edit
from netdesigner.ui.canvas import accessibility
from netdesigner.ui.main_window import MainWindow
from tests.ui.hand import Hand, residual

_Text = QAccessible.Text


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a reader is told, while one listens."""
    told: list[str] = []

    class Listening(QAccessible):
        @staticmethod
        def isActive() -> bool:
            return True

        @staticmethod
        def updateAccessibility(event: object) -> None:
            announced = isinstance(event, QAccessibleAnnouncementEvent)
            told.append(event.message() if announced else f"focus {event.child()}")  # type: ignore[attr-defined]

    monkeypatch.setattr(accessibility, "QAccessible", Listening)
    return told


@pytest.fixture
def reader(make_hand: Callable[[Design], Hand]) -> Hand:
    return make_hand(residual())


def canvas_of(hand: Hand) -> QAccessibleInterface:
    return QAccessible.queryAccessibleInterface(hand.canvas.view)


def children(hand: Hand) -> list[QAccessibleInterface]:
    found = canvas_of(hand)
    return [found.child(index) for index in range(found.childCount())]


def test_the_canvas_is_a_list_of_its_nodes(reader: Hand) -> None:
    found = canvas_of(reader)
    assert (found.role(), found.text(_Text.Name)) == (QAccessible.Role.List, "Canvas")
    assert [child.text(_Text.Name) for child in children(reader)][1:5:3] == [
        "Conv2d conv, output N 4 8 8",
        "Stage stage, output N 4 8 8, applied 3 times",
    ]
    assert all(child.role() == QAccessible.Role.ListItem for child in children(reader))
    assert [found.indexOfChild(child) for child in children(reader)] == list(range(6))


def test_a_node_says_what_it_is_joined_to(reader: Hand) -> None:
    add = children(reader)[3]
    assert add.text(_Text.Description) == "from input, relu; to stage"
    assert "4 filters" in children(reader)[1].text(_Text.Description)


def test_a_node_lies_where_it_is_seen(reader: Hand) -> None:
    relu = children(reader)[2]
    at = reader.viewport.mapToGlobal(reader.node("relu"))
    assert relu.rect().contains(at)
    assert canvas_of(reader).childAt(at.x(), at.y()) is relu
    assert not relu.state().offscreen
    reader.canvas.view.centerOn(20_000, 0)
    assert relu.state().offscreen


def test_what_is_selected_and_has_the_focus_follows_the_keys(reader: Hand) -> None:
    reader.key(Qt.Key.Key_Right)
    reader.key(Qt.Key.Key_Right)
    (chosen,) = reader.canvas.selected()
    states = {child.text(_Text.Name).split()[1]: child.state() for child in children(reader)}
    assert [name.strip(",") for name, state in states.items() if state.selected] == [chosen]
    assert [name.strip(",") for name, state in states.items() if state.focused] == [chosen]
    assert chosen in canvas_of(reader).focusChild().text(_Text.Name)


def test_a_node_that_is_gone_is_no_longer_valid(reader: Hand) -> None:
    relu = children(reader)[2]
    reader.click(reader.node("relu"))
    reader.key(Qt.Key.Key_Delete)
    assert not relu.isValid()
    assert relu.text(_Text.Name) == ""
    assert len(children(reader)) == 5


def test_a_problem_is_part_of_the_name_and_announced(reader: Hand, heard: list[str]) -> None:
    reader.canvas.bridge.edit(lambda d: edit.set_params(d, "main", "conv", {"out_channels": 8}), "widen")
    assert children(reader)[3].text(_Text.Name).endswith("has an error")
    assert len(heard) == 1
    assert heard[0].startswith("‘add’ joins")
    reader.canvas.undo()
    assert heard[1:] == ["No errors"]


def test_what_is_said_and_where_the_focus_goes_is_told_to_the_reader(reader: Hand, heard: list[str]) -> None:
    reader.key(Qt.Key.Key_Right)
    assert heard == ["focus 0"]
    reader.canvas.editor.say("error", "`conv` cannot take that")
    assert heard[-1] == "‘conv’ cannot take that"


def test_nothing_is_sent_where_no_reader_listens(reader: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", sent.append)
    assert not QAccessible.isActive()
    reader.key(Qt.Key.Key_Right)
    reader.canvas.editor.say("error", "no")
    assert sent == []


READER = """
import gc, sys
from PySide6.QtGui import QAccessible
from netdesigner.ui.application import make_application
app = make_application(offscreen=True)
from netdesigner.document import edit
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.theme import LIGHT
from tests.ui.hand import residual
assert "netdesigner.ui.canvas.accessible" not in sys.modules
session = Session(Catalog.discover())
session.new(residual())
canvas = Canvas(Bridge(session), LIGHT)
canvas.show()
QAccessible.setActive(True)
for turn in range(200):
    found = QAccessible.queryAccessibleInterface(canvas.view)
    for index in range(found.childCount()):
        node = found.child(index)
        QAccessible.uniqueId(node)
        node.text(QAccessible.Text.Name), node.rect(), node.state(), node.parent().role()
    if turn % 40 == 0:
        gc.collect()
    if turn == 100:
        session.edit(edit.remove_nodes(session.design, "main", ["conv"]), "remove")
    app.processEvents()
canvas.bridge.close()
canvas.close()
canvas.deleteLater()
app.processEvents()
print("read")
"""


def test_reading_for_long_and_leaving_ends_well() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", READER], cwd=root, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "read"), done.stderr


def test_every_widget_that_takes_the_keyboard_has_a_name(make_window: Callable[..., MainWindow]) -> None:
    window = make_window(edit.set_params(residual(), "main", "conv", {"out_channels": 8}))
    nameless: list[str] = []
    for title in window.panels:
        window.bring(title)
        window.canvas.select(["conv"])
        QApplication.processEvents()
        for widget in window.findChildren(QWidget):
            if not widget.isVisible() or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
                continue
            found = QAccessible.queryAccessibleInterface(widget)
            if not found.text(_Text.Name) and widget.focusProxy() is None:
                nameless.append(
                    f"{title}: {type(widget).__name__} {widget.objectName()!r} in {widget.parent()}"
                )
    assert not nameless, "\n".join(nameless)
