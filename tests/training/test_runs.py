from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from netdesigner.errors import DataError, FileError
from netdesigner.training.desk import Desk
from netdesigner.training.events import EpochEnd, Failed, Finished, Preparing, Started, Steps
from netdesigner.training.log import Log
from netdesigner.training.runs import curves_of, list_runs, load_run, new_run, read_events, run_info


def steps(first: int, *losses: float) -> Steps:
    return Steps(first, 1, {"loss": losses}, (0.1,) * len(losses))


def epoch(number: int, step: int, loss: float, best: bool = False) -> EpochEnd:
    return EpochEnd(number, step, {"loss": loss + 1}, {"loss": loss}, 0.1, float(number), 0.0, 0, best)


def started(resumed_step: int = 0) -> Started:
    return Started("run", "cpu", 3, 2, 10, {"train": 4}, resumed_step=resumed_step)


# -- folders ----------------------------------------------------------------------------------------------------------


def test_runs_lie_beside_the_design_and_never_in_the_same_folder(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(time, "strftime", lambda shape: "20260101-120000")
    folders = [new_run(tmp_path / "digits.netdesign") for _ in range(11)]
    assert folders[0] == tmp_path / "digits.runs" / "20260101-120000"
    assert len(set(folders)) == 11
    for folder in folders:
        Log(folder).close()
    assert [info.path for info in list_runs(tmp_path / "digits.netdesign")] == folders


def test_a_place_where_nothing_can_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "digits.runs").write_text("a file")
    with pytest.raises(FileError, match="the folder of the run cannot be made"):
        new_run(tmp_path / "digits.netdesign")


def test_a_design_without_runs_has_none(tmp_path: Path) -> None:
    assert list_runs(tmp_path / "digits.netdesign") == ()
    new_run(tmp_path / "digits.netdesign")
    assert list_runs(tmp_path / "digits.netdesign") == ()


def test_a_detached_run_that_failed_before_its_first_step_while_nobody_looked_is_listed(
    tmp_path: Path,
) -> None:
    run = new_run(tmp_path / "digits.netdesign")
    desk = Desk(run)
    desk.lay()
    log = Log(desk.folder)
    for event in (Preparing("Reading the data"), Failed("digits.csv is gone")):
        log.write(event)
    log.close()
    (info,) = list_runs(tmp_path / "digits.netdesign")
    assert (info.path, info.state, info.message, info.steps) == (run, "failed", "digits.csv is gone", 0)


# -- what a list shows ------------------------------------------------------------------------------------------------


def written(folder: Path, *events: Any) -> Path:
    log = Log(folder)
    for event in events:
        log.write(event)
    log.close()
    return folder


def test_a_run_that_ended_says_how(tmp_path: Path) -> None:
    info = run_info(
        written(
            tmp_path,
            started(),
            epoch(1, 2, 0.5, best=True),
            epoch(2, 4, 0.7),
            Finished("early", 2, 4, 1, 0.5, 9.0, "run"),
        )
    )
    assert (info.state, info.epochs, info.steps, info.seconds) == ("early", 2, 4, 9.0)
    assert (info.best_epoch, info.best_value) == (1, 0.5)
    assert info.curves.validation["loss"] == ((2.0, 4.0), (0.5, 0.7))


def test_a_run_that_failed_says_why(tmp_path: Path) -> None:
    info = run_info(written(tmp_path, started(), epoch(1, 2, 0.5, best=True), Failed("no memory", step=3)))
    assert (info.state, info.message, info.steps) == ("failed", "no memory", 3)


def test_a_run_without_a_last_word_is_unfinished(tmp_path: Path) -> None:
    folder = written(tmp_path, started(), epoch(1, 2, 0.5, best=True))
    assert run_info(folder).state == "unfinished"
    written(folder, Finished("stopped", 1, 2, 1, 0.5, 1.0, "run"), started(2))
    assert run_info(folder).state == "unfinished"


def test_an_empty_file_is_a_run_of_nothing(tmp_path: Path) -> None:
    info = run_info(written(tmp_path))
    assert (info.state, info.epochs, info.steps, info.best_epoch) == ("unfinished", 0, 0, 0)


def test_curves_hold_every_point() -> None:
    curves = curves_of([started(), steps(1, 3.0, 2.0), epoch(1, 2, 1.5), steps(3, 1.0)])
    assert curves.train == {"loss": ((1.0, 2.0, 3.0), (3.0, 2.0, 1.0))}
    assert curves.validation == {"loss": ((2.0,), (1.5,))}
    assert curves.learning_rate == ((1.0, 2.0, 3.0), (0.1, 0.1, 0.1))


def test_what_a_resumed_run_did_again_counts_once() -> None:
    events = [started(), steps(1, 9.0, 8.0, 7.0), epoch(1, 2, 5.0), epoch(2, 4, 4.0)]
    events += [started(2), steps(3, 6.0, 5.0), epoch(2, 4, 3.0)]
    curves = curves_of(events)
    assert curves.train["loss"] == ((1.0, 2.0, 3.0, 4.0), (9.0, 8.0, 6.0, 5.0))
    assert curves.validation["loss"] == ((2.0, 4.0), (5.0, 3.0))


# -- using a run ------------------------------------------------------------------------------------------------------


@pytest.fixture
def trained(world: Any) -> Any:
    """A world that has trained a run."""
    world.run()
    return world


def test_a_run_gives_its_best_weights_back(trained: Any) -> None:
    run = load_run(trained.folder / "run", trained.catalog)
    module = trained.make()
    run.load_into(module)
    assert (run.which, run.epoch) == ("best", run_info(trained.folder / "run").best_epoch)
    assert all(torch.equal(module.state_dict()[name], tensor) for name, tensor in trained.weights().items())


def test_a_run_knows_its_data_without_reading_them(trained: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(trained.catalog.datasets["blobs"], "load", None)
    run = load_run(trained.folder / "run", trained.catalog)
    assert run.spec.classes == ("a", "b", "c")
    assert run.spec.input.shape == ("N", 1, 6, 6)
    assert run.scaling["axis"] == 1


def test_the_held_out_samples_are_those_that_training_did_not_see(trained: Any) -> None:
    held_out = load_run(trained.folder / "run", trained.catalog).held_out()
    assert (held_out.part, len(held_out.target)) == ("test", 18)
    scaling = load_run(trained.folder / "run", trained.catalog).scaling
    scaled = (held_out.raw - np.float32(scaling["shift"][0])) / np.float32(scaling["scale"][0])
    assert held_out.input == pytest.approx(scaled, abs=1e-6)


def test_without_a_test_part_the_validation_part_is_held_out(world: Any) -> None:
    world.data = {"test": 0.0}
    world.run()
    assert load_run(world.folder / "run", world.catalog).held_out().part == "validation"


def test_data_whose_values_changed_since_are_refused(trained: Any) -> None:
    file = trained.folder / "run" / "data.json"
    raw = json.loads(file.read_text())
    file.write_text(json.dumps({**raw, "digest": "0"}))
    with pytest.raises(
        DataError, match="blobs: changed since run run was trained on it; put the old data back"
    ):
        load_run(trained.folder / "run", trained.catalog).held_out()


def test_a_run_of_before_digests_is_judged_all_the_same(trained: Any) -> None:
    file = trained.folder / "run" / "data.json"
    raw = json.loads(file.read_text())
    del raw["digest"], raw["fingerprint"]
    file.write_text(json.dumps(raw))
    assert load_run(trained.folder / "run", trained.catalog).held_out().part == "test"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("scaling", {"shift": [0.5], "scale": [1.0], "axis": 1}, "they have other values"),
        ("rows", 119, "there were 119 samples and are 120 now"),
        ("classes", ["a", "b", "d"], "the classes were a, b, d and are a, b, c now"),
        ("features", ["old"], "they have other columns or another shape"),
    ],
)
def test_data_that_changed_since_are_refused_with_what_changed(
    trained: Any, name: str, value: object, sentence: str
) -> None:
    file = trained.folder / "run" / "data.json"
    raw = json.loads(file.read_text())
    file.write_text(json.dumps({**raw, name: value}))
    with pytest.raises(
        DataError, match=f"changed since run run was trained on it: {sentence}; put the old data"
    ):
        load_run(trained.folder / "run", trained.catalog).held_out()


def test_scaling_that_another_processor_rounds_otherwise_is_the_same(trained: Any) -> None:
    file = trained.folder / "run" / "data.json"
    raw = json.loads(file.read_text())
    raw["scaling"]["scale"] = [value * (1 + 1e-7) for value in raw["scaling"]["scale"]]
    file.write_text(json.dumps(raw))
    assert len(load_run(trained.folder / "run", trained.catalog).held_out().target) == 18


def test_a_run_stopped_in_its_first_epoch_gives_its_last_weights(world: Any) -> None:
    world.stopped(2)
    run = load_run(world.folder / "run", world.catalog)
    assert (run.which, run.step, run.epoch) == ("last", 2, 0)
    run.load_into(world.make())


@pytest.mark.parametrize("name", ["design.netdesign", "data.json", "checkpoint-best"])
def test_a_run_with_something_missing_is_refused(trained: Any, name: str) -> None:
    path = trained.folder / "run" / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    if name == "checkpoint-best":
        shutil.rmtree(trained.folder / "run" / "checkpoint-last")
    with pytest.raises(FileError):
        load_run(trained.folder / "run", trained.catalog)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"input": 3}', "[" * 100_000])
def test_damaged_facts_about_the_data_are_refused_in_one_line(trained: Any, text: str) -> None:
    (trained.folder / "run" / "data.json").write_text(text)
    with pytest.raises(FileError, match="damaged"):
        load_run(trained.folder / "run", trained.catalog)


def test_an_endless_number_of_samples_is_damage_too(trained: Any) -> None:
    file = trained.folder / "run" / "data.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "rows": float("inf")}))
    with pytest.raises(FileError, match="damaged"):
        load_run(trained.folder / "run", trained.catalog)


def test_every_event_of_a_run_is_in_its_file(world: Any) -> None:
    events = world.run()
    assert [e for e in events if type(e).__name__ != "Preparing"] == list(read_events(world.folder / "run"))


def test_reading_runs_needs_no_torch() -> None:
    import subprocess
    import sys

    program = (
        "import sys, netdesigner.training.runs as t, pathlib; t.list_runs(pathlib.Path('x.netdesign'));"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
