"""The session: edits, undo, problems and files, without a window."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdesigner.document import Choice, Design, Edge, load, save
from netdesigner.document import edit as edits
from netdesigner.errors import FileError, NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.session import Session, State
from netdesigner.session.gallery import open_template
from netdesigner.session.recovery import Recovery
from tests.session.crash import crash


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture
def session(catalog: Catalog) -> Session:
    session = Session(catalog)
    session.new(open_template("mlp-digits"))
    return session


def _codes(session: Session) -> list[str]:
    return [problem.code for problem in session.report.errors]


def test_an_edit_is_checked_and_can_be_taken_back(session: Session) -> None:
    good = session.design
    session.edit(edits.set_params(good, "main", "scores", {"out_features": 7}), "narrow")
    assert _codes(session)
    session.undo()
    assert session.design is good
    assert _codes(session) == []
    session.redo()
    assert _codes(session)


def test_listeners_get_before_and_after_and_can_leave(session: Session) -> None:
    seen: list[tuple[State, State]] = []
    leave = session.listen(lambda before, after: seen.append((before, after)))
    session.edit(edits.move_nodes(session.design, "main", {"flat": (1.0, 2.0)}), "move")
    (before, after) = seen[0]
    assert after is session.state
    assert before.design.graph("main") is after.design.graph("main")
    leave()
    session.undo()
    assert len(seen) == 1


def test_an_edit_that_changes_nothing_is_no_step(session: Session) -> None:
    depth = session.state.history.depth
    session.edit(session.design, "nothing")
    assert session.state.history.depth == depth


def test_a_fix_clears_its_problem(session: Session) -> None:
    session.edit(edits.set_params(session.design, "main", "scores", {"out_features": 7}), "narrow")
    problem = session.fixes(session.report.errors[0])
    assert problem.fixes
    session.edit(problem.fixes[0].design, problem.fixes[0].text)
    assert _codes(session) == []


def test_saving_and_opening_keep_the_design_and_its_name(session: Session, tmp_path: Path) -> None:
    assert not session.state.dirty  # a sample that nobody has touched
    session.save(tmp_path / "mine.netdesign")
    assert not session.state.dirty
    assert session.state.name == "mine"
    session.edit(edits.set_params(session.design, "main", "scores", {"bias": False}), "no bias")
    assert session.state.dirty
    session.undo()
    assert not session.state.dirty
    session.open(tmp_path / "mine.netdesign")
    assert session.design == load(tmp_path / "mine.netdesign")


def test_a_file_that_cannot_be_opened_leaves_the_present_design(session: Session, tmp_path: Path) -> None:
    (tmp_path / "bad.netdesign").write_text("{", "utf-8")
    before = session.state
    with pytest.raises(FileError):
        session.open(tmp_path / "bad.netdesign")
    assert session.state is before


def test_saving_without_a_file_asks_for_one(session: Session) -> None:
    with pytest.raises(NetDesignerError, match="choose where to save"):
        session.save()


def test_embedded_data_are_known_without_loading(session: Session) -> None:
    assert session.state.data is not None
    assert session.state.data.classes == tuple("0123456789")
    session.edit(edits.set_data(session.design, Choice("iris")), "iris")
    assert session.state.data.classes[0] == "setosa"
    assert _codes(session)


def test_loaded_samples_are_kept_until_other_data_are_chosen(session: Session) -> None:
    dataset = session.dataset()
    assert dataset is not None
    assert session.samples() is None
    session.take_samples(dataset, dataset.load())
    assert session.samples() is not None
    session.edit(edits.set_data(session.design, Choice("iris")), "iris")
    assert session.samples() is None
    session.undo()
    assert session.samples() is not None


def test_wrong_data_parameters_are_a_problem_not_a_crash(session: Session) -> None:
    session.edit(edits.set_data(session.design, Choice("digits", {"test": 7})), "odd")
    assert session.dataset() is None
    assert _codes(session)
    session.edit(edits.set_data(session.design, Choice("nobody")), "unknown")
    assert _codes(session)


def test_unsaved_edits_are_kept_against_a_crash(catalog: Catalog, tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    session = Session(catalog, recovery)
    design, _ = edits.add_node(session.design, "main", "ReLU")
    session.edit(design, "add")
    recovery.flush()
    assert "ReLU" in recovery.file.read_text("utf-8")
    session.undo()
    recovery.flush()
    assert not recovery.file.exists()
    session.new(Design(title="other"))
    recovery.flush()
    assert not recovery.file.exists()
    session.edit(edits.add_node(session.design, "main", "ReLU")[0], "add")
    recovery.flush()
    assert recovery.file.exists()
    session.save(tmp_path / "saved.netdesign")
    recovery.flush()
    assert not recovery.file.exists()


def test_a_thousand_edits_can_all_be_undone(session: Session) -> None:
    start = session.design
    for number in range(1000):
        session.edit(edits.set_note(session.design, "main", "flat", str(number)), "note")
    edge = Edge("flat", "output", "scores", "input")
    session.edit(edits.connect(session.design, "main", edge), "rewire")
    while session.state.history.can_undo:
        session.undo()
    assert session.design is start


# -- where the data lie ------------------------------------------------------------------------------------------------


def _path(session: Session) -> object:
    assert session.design.data is not None
    return session.design.data.params["path"]


@pytest.fixture
def table(session: Session, tmp_path: Path) -> Session:
    """A session on a design in a folder with its table."""
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    session.edit(edits.set_data(session.design, Choice("csv", {"path": "t.csv"})), "choose a table")
    session.save(tmp_path / "old" / "a.netdesign")
    session.edit(edits.set_data(session.design, Choice("csv", {"path": "t.csv"})), "beside the design")
    session.save()
    return session


def test_saving_elsewhere_keeps_the_data_and_is_no_step(table: Session, tmp_path: Path) -> None:
    before, depth = table.dataset(), table.state.history.depth
    table.save(tmp_path / "new" / "a.netdesign")
    assert _path(table) == "../old/t.csv"
    assert load(tmp_path / "new" / "a.netdesign") == table.design
    assert load(tmp_path / "old" / "a.netdesign").data == Choice("csv", {"path": "t.csv"})
    assert table.dataset() == before
    assert not table.state.dirty
    assert table.state.history.depth == depth


def test_undo_after_saving_elsewhere_leads_to_the_data_of_then(table: Session, tmp_path: Path) -> None:
    table.edit(edits.set_data(table.design, Choice("csv", {"path": "other.csv"})), "another table")
    table.save(tmp_path / "new" / "a.netdesign")
    table.undo()
    assert _path(table) == "../old/t.csv"
    table.redo()
    assert _path(table) == "../old/other.csv"
    assert not table.state.dirty


def test_a_save_that_fails_leaves_the_paths_alone(table: Session, tmp_path: Path) -> None:
    before = table.state
    with pytest.raises(FileError):
        table.save(tmp_path / "nowhere" / "a.netdesign")
    assert table.state is before


def test_a_path_typed_after_the_first_save_starts_at_the_file_even_when_all_is_undone(
    session: Session, tmp_path: Path
) -> None:
    session.edit(edits.set_data(session.design, Choice("iris")), "iris")
    session.save(tmp_path / "a.netdesign")
    session.undo()
    session.edit(edits.set_data(session.design, Choice("csv", {"path": "t.csv"})), "choose a table")
    assert session.dataset() == session.catalog.dataset(Choice("csv", {"path": str(tmp_path / "t.csv")}))


def test_loaded_samples_outlive_saving_elsewhere(table: Session, tmp_path: Path) -> None:
    (tmp_path / "old" / "t.csv").write_text("x,c\n1,a\n2,b\n3,a\n4,b\n", "utf-8")
    dataset = table.dataset()
    assert dataset is not None
    table.take_samples(dataset, dataset.load())
    table.save(tmp_path / "new" / "a.netdesign")
    assert table.samples() is not None


def test_a_design_made_from_a_sample_lies_nowhere(session: Session) -> None:
    assert session.design.folder is None


def test_restored_work_is_a_copy_that_no_save_writes_over_its_file(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "a.netdesign"
    save(Design(title="as it was"), path)
    left = Recovery(tmp_path / "recovery")
    left.note(Design(title="rescued", folder=tmp_path), path)
    left.flush()
    crash(left)
    session = Session(catalog, Recovery(tmp_path / "recovery"))
    assert session.recovery is not None
    session.restore(session.recovery.found()[0])
    assert (session.state.name, session.state.path, session.design.folder) == ("a recovered", None, tmp_path)
    with pytest.raises(NetDesignerError, match="choose where to save it"):
        session.save()
    session.save(tmp_path / "b.netdesign")
    assert (session.state.name, session.state.origin, session.state.dirty) == ("b", None, False)
    session.close()
    assert load(path).title == "as it was"
    assert Recovery(tmp_path / "recovery").found() == ()


def test_unsaved_work_goes_to_the_trash_with_whatever_takes_its_place(
    catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "a.netdesign"
    save(Design(), path)
    session = Session(catalog, Recovery(tmp_path / "recovery"))
    recovery = session.recovery
    assert recovery is not None
    ends = (
        session.new,
        lambda: session.open(path),
        lambda: session.restore(recovery.trashed()[0]),
        session.close,
    )
    for number, end in enumerate(ends):
        session.edit(Design(title=str(number)), "edit")
        end()
    titles = {recovery.design_of(work).title for work in recovery.trashed()}
    assert titles == {"0", "2", "3"}, "1 was brought back, and edited"
