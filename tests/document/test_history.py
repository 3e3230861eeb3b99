"""Undo and redo keep whole designs."""

from __future__ import annotations

from dataclasses import replace

from netdesigner.document import Design, History, edit


def _steps(count: int) -> History:
    history = History.start(Design())
    for number in range(count):
        design, _ = edit.add_node(history.design, "main", "ReLU")
        history = history.push(design, f"add {number}")
    return history


def test_two_thousand_steps_are_undone_and_done_again() -> None:
    history = end = _steps(2000)
    designs = [history.design]
    while history.can_undo:
        history = history.undo()
        designs.append(history.design)
    assert len(designs) == 2001
    assert not history.design.graph("main").nodes
    for design in reversed(designs[:-1]):
        history = history.redo()
        assert history.design is design
    assert history.design is end.design
    assert not history.can_redo


def test_a_new_edit_forgets_what_was_undone() -> None:
    history = _steps(3).undo()
    history = history.push(Design(title="other"), "other")
    assert not history.can_redo
    assert history.undo_label == "other"


def test_edits_with_one_key_are_one_step() -> None:
    history = _steps(1)
    start = history.design
    for x in range(10):
        history = history.push(
            edit.move_nodes(history.design, "main", {"relu_1": (float(x + 1), 0.0)}), "move", "drag 1"
        )
    assert history.depth == 2
    assert history.undo().design is start


def test_a_sealed_step_takes_no_more_merges() -> None:
    history = _steps(1)
    history = history.push(
        edit.move_nodes(history.design, "main", {"relu_1": (1.0, 0.0)}), "move", "drag"
    ).sealed()
    history = history.push(edit.move_nodes(history.design, "main", {"relu_1": (2.0, 0.0)}), "move", "drag")
    assert history.depth == 3


def test_merging_does_not_swallow_a_step_that_was_undone() -> None:
    history = _steps(1)
    history = history.push(edit.move_nodes(history.design, "main", {"relu_1": (1.0, 0.0)}), "move", "drag")
    history = history.push(edit.set_note(history.design, "main", "relu_1", "n"), "note").undo()
    history = history.push(edit.move_nodes(history.design, "main", {"relu_1": (2.0, 0.0)}), "move", "drag")
    assert history.depth == 3


def test_pushing_the_present_design_changes_nothing() -> None:
    history = _steps(2)
    assert history.push(history.design, "nothing") is history


def test_labels_come_newest_first() -> None:
    assert list(_steps(3).labels()) == ["add 2", "add 1", "add 0"]


def test_the_design_after_a_step_is_found_by_its_label_and_the_oldest_without_one() -> None:
    history = _steps(3)
    assert len(history.design_after(["add 0", "add 1"]).graph("main").nodes) == 2
    assert len(history.undo().undo().design_after(["add 1"]).graph("main").nodes) == 0


def test_a_change_of_every_design_is_no_step_and_keeps_what_was_undone() -> None:
    history = _steps(3).undo()
    revised = history.revised(lambda design: replace(design, title="other"))
    assert list(revised.labels()) == ["add 1", "add 0"]
    assert (revised.depth, revised.redo_label) == (2, "add 2")
    while revised.can_redo:
        revised = revised.redo()
    designs = [revised.design]
    while revised.can_undo:
        revised = revised.undo()
        designs.append(revised.design)
    assert [len(design.graph("main").nodes) for design in designs] == [3, 2, 1, 0]
    assert {design.title for design in designs} == {"other"}
    assert revised.redo().redo().redo().design is designs[0]
