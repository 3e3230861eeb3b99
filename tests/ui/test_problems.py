"""The list of what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from netdesigner.checks import CODES
from netdesigner.document import Choice, Design, Settings, edit
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.problem_rows import place_text
from netdesigner.ui.problems import Problems
from netdesigner.ui.theme import DARK, LIGHT
from tests.ui.hand import chain, residual, wire

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

Make = Callable[[Design], Problems]


@pytest.fixture
def make_problems(qtbot: QtBot, catalog: Catalog) -> Make:
    def make(design: Design) -> Problems:
        session = Session(catalog)
        session.new(design)
        bridge = Bridge(session)
        made = Problems(bridge, LIGHT)
        bridge.setParent(made)
        made.told = []  # type: ignore[attr-defined]
        made.jump.connect(lambda scope, node: made.told.append((scope, node)))  # type: ignore[attr-defined]
        qtbot.addWidget(made)
        made.resize(900, 220)
        made.show()
        qtbot.waitExposed(made)
        return made

    return make


def clean() -> Design:
    design = edit.remove_nodes(chain(), "main", ["loose", "norm"])
    return edit.set_task(edit.set_data(design, Choice("digits")), Choice("classification"))


def clashing() -> Design:
    """An Add that gets two shapes."""
    design, _ = edit.add_node(clean(), "main", "Add", node_id="join")
    design = edit.connect(design, "main", wire("conv", "join", "inputs"), replacing=False)
    return edit.connect(design, "main", wire("input", "join", "inputs"), replacing=False)


def row_of(problems: Problems, node: str) -> int:
    return next(row for row, p in enumerate(problems._problems) if p.node == node)


def words(problems: Problems) -> str:
    return "\n".join(label.text() for label in problems.details.findChildren(QLabel) if not label.isHidden())


def buttons(problems: Problems) -> list[QPushButton]:
    return [button for button in problems.details.findChildren(QPushButton) if not button.isHidden()]


def test_without_problems_it_says_so(make_problems: Make) -> None:
    problems = make_problems(clean())
    assert problems.empty.isVisible()
    assert "No problems" in [label.text() for label in problems.empty.findChildren(QLabel)]


def test_problems_are_listed_with_place_code_and_message(make_problems: Make) -> None:
    problems = make_problems(chain())
    texts = [problems.list.item(row).text() for row in range(problems.list.count())]
    assert any("ND102" in text and "loose" in text for text in texts)
    assert texts[0].startswith("error")
    assert not problems.empty.isVisible()


def test_a_click_jumps_to_the_node(make_problems: Make) -> None:
    problems = make_problems(chain())
    row = row_of(problems, "loose")
    rect = problems.list.visualItemRect(problems.list.item(row))
    QTest.mouseClick(problems.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert problems.told == [("main", "loose")]


def test_enter_jumps_and_the_arrows_only_choose(make_problems: Make) -> None:
    problems = make_problems(chain())
    problems.list.setCurrentRow(row_of(problems, "loose"))
    assert problems.told == []
    QTest.keyClick(problems.list, Qt.Key.Key_Return)
    assert problems.told == [("main", "loose")]


def test_fixes_are_worked_out_for_the_chosen_problem_alone(
    make_problems: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    problems = make_problems(clashing())
    asked: list[str] = []
    session = problems._bridge.session
    fixes = session.fixes
    monkeypatch.setattr(session, "fixes", lambda problem: asked.append(problem.node) or fixes(problem))
    assert asked == []
    problems.list.setCurrentRow(row_of(problems, "join"))
    assert asked == ["join"]
    assert buttons(problems)


def test_a_fix_mends_the_problem_in_one_step(make_problems: Make) -> None:
    problems = make_problems(clashing())
    problems.list.setCurrentRow(row_of(problems, "join"))
    QTest.mouseClick(buttons(problems)[0], Qt.MouseButton.LeftButton)
    state = problems._bridge.state
    assert not [p for p in state.report.errors if p.node == "join"]
    assert state.history.depth == 1
    problems._bridge.session.undo()
    assert [p for p in problems._problems if p.node == "join"]


def test_a_fix_keeps_what_was_edited_since_it_was_offered(make_problems: Make) -> None:
    problems = make_problems(clashing())
    problems.list.setCurrentRow(row_of(problems, "join"))
    bridge = problems._bridge
    bridge.edit(lambda design: edit.move_nodes(design, "main", {"conv": (800.0, 80.0)}), "move")
    bridge.edit(lambda design: replace(design, title="clash"), "change title")
    QTest.mouseClick(buttons(problems)[0], Qt.MouseButton.LeftButton)
    design = bridge.state.design
    assert not [p for p in bridge.state.report.errors if p.node == "join"]
    assert (design.networks["main"].layout["conv"], design.title) == ((800.0, 80.0), "clash")


def test_the_chosen_problem_is_explained(make_problems: Make) -> None:
    problems = make_problems(chain())
    problems.list.setCurrentRow(row_of(problems, "loose"))
    assert CODES["ND102"].title in words(problems)
    assert "`" not in words(problems)


def test_the_chosen_problem_stays_chosen_while_others_come_and_go(make_problems: Make) -> None:
    problems = make_problems(chain())
    problems.list.setCurrentRow(row_of(problems, "norm"))
    problems._bridge.edit(lambda design: edit.remove_nodes(design, "main", ["loose"]), "delete")
    assert problems.problem.node == "norm"
    problems._bridge.edit(lambda design: edit.remove_nodes(design, "main", ["norm"]), "delete")
    assert problems.problem is None


def test_a_problem_of_a_choice_names_it_and_jumps_there(make_problems: Make) -> None:
    problems = make_problems(edit.set_training(clean(), Settings(values={"epochs": "many"})))
    told: list[tuple[str, str]] = []
    problems.jump_to_choice.connect(lambda section, param: told.append((section, param)))
    assert [place_text(problem) for problem in problems._problems] == ["training"]
    rect = problems.list.visualItemRect(problems.list.item(0))
    QTest.mouseClick(problems.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert told == [("training", "epochs")]
    assert problems.told == []


def test_places_in_blocks_name_the_block(make_problems: Make) -> None:
    design = edit.disconnect(residual(), "block:Stage", [wire("x", "conv")])
    problems = make_problems(design)
    places = [place_text(problem) for problem in problems._problems]
    assert "Stage › conv" in places


def test_details_stand_below_in_a_narrow_panel(make_problems: Make) -> None:
    problems = make_problems(chain())
    assert problems._split.orientation() == Qt.Orientation.Horizontal
    problems.resize(320, 500)
    assert problems._split.orientation() == Qt.Orientation.Vertical


def test_every_label_is_plain_text(make_problems: Make) -> None:
    design, _ = edit.add_node(chain(), "main", "<i>odd</i>", node_id="odd")
    problems = make_problems(design)
    problems.list.setCurrentRow(row_of(problems, "odd"))
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in problems.findChildren(QLabel))
    assert "<i>" not in problems.list.currentItem().toolTip()


def test_it_can_be_painted_in_both_themes(make_problems: Make) -> None:
    problems = make_problems(clashing())
    problems.list.setCurrentRow(0)
    light = problems.grab().toImage()
    problems.set_theme(DARK)
    assert problems.grab().toImage() != light
