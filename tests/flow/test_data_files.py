"""A folder with a design and its data goes the whole way, from wherever it is opened and wherever it is moved."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

import netdesigner as nd
from netdesigner.__main__ import main
from netdesigner.cli.console import follow
from netdesigner.document import Choice, Design, load
from netdesigner.document import edit as edits
from netdesigner.errors import DataError
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.training import newest_run, start
from netdesigner.training.events import Failed, Finished, Preparing, Started, Warned

CATALOG = Catalog.discover()


def table_design(path: str = "data/table.csv") -> Design:
    """Two numbers to two classes."""
    net = nd.Builder(catalog=CATALOG)
    net.Output(net.Linear(net.Input(shape=(2,)), name="scores", out_features=2))
    data = Choice("csv", {"path": path})
    return net.design(data=data, task="classification", epochs=2, batch_size=16, device="cpu")


def write_table(path: Path, rows: int = 60) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{n % 7}.5,{n % 5}.25,{'ab'[n % 7 > 3]}\n" for n in range(rows))
    path.write_text("x,y,kind\n" + "".join(lines), "utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a design and its table in a folder below; the design's path is relative."""
    folder = tmp_path / "project"
    write_table(folder / "data" / "table.csv")
    nd.save(table_design(str(folder / "data" / "table.csv")), folder / "d.netdesign")
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory that has nothing to do with the project."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def said(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def path_in(file: Path) -> object:
    data = load(file).data
    assert data is not None
    return data.params["path"]


def test_the_first_save_beside_the_data_writes_them_from_there(project: Path) -> None:
    assert path_in(project / "d.netdesign") == "data/table.csv"


def test_the_command_line_finds_the_data_from_anywhere_and_after_a_move(
    project: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "../project/d.netdesign"]) == 0
    assert main(["train", "../project/d.netdesign", "--json"]) == 0
    moved = project.rename(elsewhere / "moved")
    (run,) = (moved / "d.runs").iterdir()
    capsys.readouterr()
    assert main(["evaluate", str(run), "--json"]) == 0
    assert said(capsys)[0]["count"] == 9
    assert main(["export", str(run), "--output", "model.onnx", "--json"]) == 0
    assert main(["train", "--resume", str(run), "--epochs", "3", "--json"]) == 0
    assert main(["train", "moved/d.netdesign", "--resume", str(run), "--epochs", "4", "--json"]) == 0


def test_a_run_kept_elsewhere_finds_the_data(
    project: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "../project/d.netdesign", "--run", "deep/run", "--json"]) == 0
    assert path_in(elsewhere / "deep" / "run" / "design.netdesign") == "../../../project/data/table.csv"
    assert main(["evaluate", "deep/run"]) == 0


def test_a_path_on_the_command_line_starts_where_the_user_stands(
    project: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_table(elsewhere / "mine.csv", rows=100)
    words = ["train", "../project/d.netdesign", "--set", "data.path=mine.csv", "--json"]
    assert main(words) == 0
    assert next(event for event in said(capsys) if event["event"] == "evaluation")["count"] == 15
    assert path_in(project / "d.netdesign") == "data/table.csv"


def test_python_finds_the_data_from_anywhere(project: Path, elsewhere: Path) -> None:
    design = nd.load("../project/d.netdesign")
    assert nd.check(design).problems == ()
    events = list(nd.train(design, "run"))
    assert isinstance(events[-1], Finished)
    assert nd.evaluate("run").count == 9
    assert list(nd.train(design, "run", resume=True, epochs=3))[-1] != events[-1]
    assert nd.export("run", "model.safetensors").verified


def test_a_check_without_the_data_lists_them_beside_what_is_wrong_with_the_network(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, table = project / "d.netdesign", table_of(project)
    table.unlink()
    design = nd.load(file)
    nd.save(edits.set_params(design, "main", "scores", {"out_features": 0}), file)
    expected = {
        "ND201": "out_features: expected at least 1, got 0",
        "ND409": f"the data cannot be used: {table}: there is no such file; set 'path' to where it lies",
    }
    problems = nd.check(nd.load(file)).problems
    assert [problem.code for problem in problems] == list(expected)
    assert all(expected[problem.code] in problem.message for problem in problems)
    assert main(["check", str(file)]) == 1
    assert expected["ND409"] in capsys.readouterr().out
    assert main(["train", str(file)]) == 1
    assert expected["ND409"] in capsys.readouterr().err


def test_a_design_written_in_python_takes_paths_from_the_working_directory(elsewhere: Path) -> None:
    write_table(elsewhere / "data" / "table.csv")
    design = table_design()
    list(nd.train(design, "runs/first"))
    (elsewhere / "deep").mkdir()
    nd.save(design, "deep/d.netdesign")
    assert path_in(elsewhere / "deep" / "d.netdesign") == "../data/table.csv"
    elsewhere.rename(elsewhere.parent / "moved")
    assert nd.evaluate(elsewhere.parent / "moved" / "runs" / "first").count == 9


def test_saving_what_was_loaded_changes_nothing_in_the_file(project: Path, elsewhere: Path) -> None:
    before = (project / "d.netdesign").read_bytes()
    nd.save(nd.load("../project/d.netdesign"), "../project/d.netdesign")
    assert (project / "d.netdesign").read_bytes() == before


def linked(link: Path, file: Path) -> Path:
    try:
        link.symlink_to(file)
    except OSError:
        pytest.skip("links are not allowed here")
    return link


def test_a_link_to_a_design_means_the_data_beside_the_design(project: Path, elsewhere: Path) -> None:
    before = (project / "d.netdesign").read_bytes()
    link = linked(elsewhere / "link.netdesign", project / "d.netdesign")
    session = Session(CATALOG)
    session.open(link)
    session.save()
    assert (project / "d.netdesign").read_bytes() == before
    assert isinstance(wait(start(session))[-1], Finished)
    run = newest_run(session.design, session.state.path)
    assert run is not None
    assert run.parent == elsewhere / "link.runs"
    assert nd.evaluate(run).count == 9


def wait(host: Any) -> list[Any]:
    end, events = time.monotonic() + 60, []
    while host.running and time.monotonic() < end:
        events += host.drain()
        time.sleep(0.01)
    assert host.join(1)
    return [*events, *host.drain()]


def test_the_session_trains_from_anywhere_and_the_run_moves_with_the_folder(
    project: Path, elsewhere: Path
) -> None:
    session = Session(CATALOG)
    session.open(Path("../project/d.netdesign"))
    assert isinstance(wait(start(session))[-1], Finished)
    moved = project.rename(elsewhere / "moved")
    session.open(moved / "d.netdesign")
    run = newest_run(session.design, session.state.path)
    assert run is not None
    assert nd.evaluate(run).count == 9
    events = wait(start(session, resume=run))
    assert isinstance(events[-1], Finished)
    assert not [event for event in events if isinstance(event, Failed | Warned)]


def test_a_copy_of_the_design_that_was_saved_elsewhere_trains_on_the_same_data(
    project: Path, tmp_path: Path
) -> None:
    session = Session(CATALOG)
    session.open(project / "d.netdesign")
    (tmp_path / "copies").mkdir()
    session.save(tmp_path / "copies" / "copy.netdesign")
    assert path_in(tmp_path / "copies" / "copy.netdesign") == "../project/data/table.csv"
    assert isinstance(wait(start(session))[-1], Finished)
    shutil.rmtree(project / "data")
    events = wait(start(session))
    assert isinstance(events[-1], Failed)
    assert (
        events[-1].message
        == f"{(project / 'data' / 'table.csv').resolve()}: there is no such file; set 'path' to where it lies"
    )


# -- files that go or change -------------------------------------------------------------------------------------------


def table_of(project: Path) -> Path:
    return project / "data" / "table.csv"


def test_a_file_that_goes_during_a_run_does_not_stop_it_and_is_asked_for_when_it_is_judged(
    project: Path,
) -> None:
    run, table = project / "d.runs" / "first", table_of(project)
    content = table.read_bytes()
    events = []
    for event in nd.train(nd.load(project / "d.netdesign"), run):
        if isinstance(event, Started):
            table.unlink()
        events.append(event)
    assert isinstance(events[-1], Finished)
    with pytest.raises(DataError) as caught:
        nd.evaluate(run)
    assert str(caught.value) == f"{table}: there is no such file; set 'path' to where it lies"
    assert nd.export(run, project / "model.safetensors").verified
    table.write_bytes(content)
    assert nd.evaluate(run).count == 9


@pytest.mark.parametrize(("rows", "told"), [(59, ": there were 60 samples and are 59 now"), (60, "")])
def test_a_file_that_changed_since_training_is_told_by_name_whatever_the_scaling(
    project: Path, rows: int, told: str
) -> None:
    run, table = project / "d.runs" / "first", table_of(project)
    content = table.read_bytes()
    design = nd.load(project / "d.netdesign")
    assert design.data is not None
    design = edits.set_data(design, design.data.with_params({"normalize": "none"}))
    list(nd.train(design, run))
    write_table(table, rows)
    table.write_bytes(table.read_bytes().replace(b",a", b",b", 1))
    with pytest.raises(DataError) as caught:
        nd.evaluate(run)
    assert str(caught.value) == (
        f"{table}: changed since run first was trained on it{told}; put the old data back or train again"
    )
    table.write_bytes(content)
    assert nd.evaluate(run).count == 9


def test_going_on_with_changed_data_says_so_and_names_them(project: Path) -> None:
    run, table = project / "d.runs" / "first", table_of(project)
    design = nd.load(project / "d.netdesign")
    list(nd.train(design, run))
    write_table(table, rows=80)
    events = list(nd.train(design, run, resume=True, epochs=3))
    (warned,) = (event for event in events if isinstance(event, Warned))
    assert warned.message.startswith(f"{table}: not the data that the run began with")
    assert warned.message.endswith("looks for its best epoch anew")
    assert isinstance(events[-1], Finished)


def test_samples_whose_file_changed_are_read_again_before_training(project: Path) -> None:
    session = Session(CATALOG)
    session.open(project / "d.netdesign")
    dataset = session.dataset()
    assert dataset is not None
    session.take_samples(dataset, dataset.read())
    events = wait(start(session))
    assert Preparing("Reading the data") in events
    write_table(table_of(project), rows=100)
    events = wait(start(session))
    assert Preparing("Reading the data again: they changed") in events
    assert next(event for event in events if isinstance(event, Started)).samples["test"] == 15
    run = newest_run(session.design, session.state.path)
    assert run is not None
    assert nd.evaluate(run).count == 15
    table_of(project).unlink()
    events = wait(start(session))
    assert isinstance(events[-1], Failed)
    assert events[-1].message == f"{table_of(project)}: there is no such file; set 'path' to where it lies"
    assert len(list((project / "d.runs").iterdir())) == 2
    assert session.samples() is not None


def test_the_command_line_says_that_the_training_is_kept(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow_and_lose(*args: Any) -> str:
        failed = follow(*args)
        table_of(project).unlink()
        return failed

    monkeypatch.setattr("netdesigner.cli.console.follow", follow_and_lose)
    assert main(["train", str(project / "d.netdesign"), "--run", str(project / "run"), "--json"]) == 2
    assert capsys.readouterr().err == (
        f"netdesigner: the trained network is kept in {project / 'run'} but was not judged: "
        f"{table_of(project)}: there is no such file; set 'path' to where it lies\n"
    )
