"""What is refused before anything is read, built or written, and what is not."""

from __future__ import annotations

import errno
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from netdesigner.document import Choice, Design, Settings, edit
from netdesigner.errors import FileError, TrainingError
from netdesigner.evaluation import Evaluation
from netdesigner.parts import Catalog, ImageGrid
from netdesigner.session.builder import Builder
from netdesigner.session.exporting import export_model
from netdesigner.session.training import detach, evaluate_run, move_runs, newest_run, train
from netdesigner.training.desk import Desk
from netdesigner.training.events import Checkpoint, Finished, Started
from netdesigner.training.previews import previews_of
from netdesigner.training.runs import list_runs, load_run, new_run


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture(scope="module")
def design(catalog: Catalog) -> Design:
    net = Builder(catalog=catalog)
    net.Output(net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), out_features=10))
    return net.design(data="digits", task="classification", epochs=1)


def test_training_is_refused_with_what_the_check_says_and_leaves_nothing(
    catalog: Catalog, design: Design, tmp_path: Path
) -> None:
    bad = replace(design, training=Settings(Choice("SGD", {"momentum": 2}), values={"epochs": "many"}))
    with pytest.raises(TrainingError, match=r"^training: epochs: 'many'.* \(1 more\)$"):
        train(bad, catalog, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_previews_are_made_of_held_out_samples_at_the_end_at_least_and_change_nothing_of_what_is_learned(
    catalog: Catalog, tmp_path: Path
) -> None:
    net = Builder(catalog=catalog)
    flat = net.Dropout(net.BatchNorm1d(net.Flatten(net.Input(shape=(1, 8, 8)))))
    net.Output(net.Linear(flat, out_features=10))
    weights, steps = set(), {}
    for name, seconds in (("often", 1e-9), ("late", 3600.0), ("without", 0)):
        seen = net.design(data="digits", task="classification", epochs=2, preview_s=seconds)
        list(train(seen, catalog, tmp_path / name))
        weights.add((tmp_path / name / "checkpoint-last" / "model.safetensors").read_bytes())
        steps[name] = [int(file.stem) for file in previews_of(tmp_path / name)]
    assert len(weights) == 1
    assert len(steps["often"]) > 1
    assert steps["late"] == steps["often"][-1:]
    assert steps["without"] == []
    shown = Evaluation.read(previews_of(tmp_path / "late")[0])
    assert (shown.part, shown.count) == ("validation", 128)
    assert "accuracy" in shown.measures
    assert isinstance(shown.best, ImageGrid)


def test_settings_of_the_training_do_not_keep_a_model_from_being_exported(
    catalog: Catalog, design: Design, tmp_path: Path
) -> None:
    bad = replace(design, training=Settings(values={"epochs": "many"}), task=Choice("clasification"))
    proof = export_model(bad, catalog, Choice("safetensors"), tmp_path / "model.safetensors")
    assert proof.verified


def test_a_network_that_was_only_drawn_otherwise_is_the_one_that_was_trained(
    catalog: Catalog, design: Design, tmp_path: Path
) -> None:
    path = tmp_path / "d.netdesign"
    run = new_run(path)
    list(train(design, catalog, run))
    other = edit.move_nodes(design, "main", {"linear_1": (800.0, 80.0)})
    other = edit.set_note(other, "main", "linear_1", "the last one")
    assert newest_run(other, path) == run
    wider = edit.set_params(other, "main", "linear_1", {"out_features": 12})
    assert newest_run(wider, path) is None


@pytest.mark.parametrize("keep", ["best", "last"])
def test_the_weights_that_the_design_keeps_are_those_that_are_judged_and_exported(
    catalog: Catalog, design: Design, tmp_path: Path, keep: str
) -> None:
    run = tmp_path / "run"
    kept = replace(design, training=design.training.with_values({"keep": keep}))
    list(train(kept, catalog, run))
    file = run / "checkpoint-best" / "model.safetensors"
    save_file({name: torch.zeros_like(tensor) for name, tensor in load_file(file).items()}, file)
    blank = keep == "best"
    assert (evaluate_run(run, catalog).measures["accuracy"] < 0.2) == blank
    export_model(run, catalog, Choice("safetensors"), tmp_path / "model.safetensors")
    weights = load_file(tmp_path / "model.safetensors")
    assert all(not tensor.any() for tensor in weights.values()) == blank
    assert load_run(run, catalog).which == keep
    assert load_run(run, catalog, "best").which == "best"


def test_a_run_says_where_it_lies_in_words_that_hold_anywhere(
    catalog: Catalog, design: Design, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ends = [e for e in train(design, catalog, Path("run")) if isinstance(e, Started | Finished | Checkpoint)]
    assert {event.run for event in ends if not isinstance(event, Checkpoint)} == {str(tmp_path / "run")}
    assert all(Path(event.path).is_absolute() for event in ends if isinstance(event, Checkpoint))


@pytest.mark.parametrize("other_disk", [False, True])
def test_runs_move_beside_the_design(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other_disk: bool
) -> None:
    run = _run(tmp_path)
    if other_disk:
        _lie_on_another_disk(run, monkeypatch)
    place = move_runs([run, tmp_path / "gone"], tmp_path / "a.netdesign")[run]
    assert (place / "weights" / "w").read_bytes() == b"learned"
    assert [info.path for info in list_runs(tmp_path / "a.netdesign")] == [place]
    assert not run.exists()


def test_a_run_that_cannot_be_moved_is_whole_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = _run(tmp_path)
    _lie_on_another_disk(run, monkeypatch)

    def stop_half_way(source: Path, target: Path) -> None:
        target.mkdir()
        shutil.copy(source / "events.jsonl", target)
        assert list_runs(tmp_path / "a.netdesign") == ()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", stop_half_way)
    with pytest.raises(FileError, match="cannot be moved beside the design: No space left"):
        move_runs([run], tmp_path / "a.netdesign")
    assert (run / "weights" / "w").read_bytes() == b"learned"
    assert list((tmp_path / "a.runs").iterdir()) == []


def _run(folder: Path) -> Path:
    run = folder / "unsaved" / "20260101-120000-1"
    (run / "weights").mkdir(parents=True)
    (run / "weights" / "w").write_bytes(b"learned")
    (run / "events.jsonl").write_text("")
    return run


def _lie_on_another_disk(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def across(self: Path, target: Path) -> Path:
        if self == run:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across)


def test_a_run_is_trained_by_one_and_told_from_elsewhere(
    catalog: Catalog, design: Design, tmp_path: Path
) -> None:
    run, many = tmp_path / "run", replace(design, training=design.training.with_values({"epochs": 100_000}))
    events = train(many, catalog, run)
    assert isinstance(next(event for event in events if isinstance(event, Started)), Started)
    with pytest.raises(TrainingError, match="is being trained already"):
        next(train(many, catalog, run, resume=run))
    with pytest.raises(TrainingError, match="holds a run already"):
        detach(many, catalog, run)
    with pytest.raises(TrainingError, match="is being trained already"):
        detach(many, catalog, run, go_on=True)
    Desk(run).tell("stop")
    last = list(events)[-1]
    assert isinstance(last, Finished)
    assert last.reason == "stopped"
    assert not (run / "process").exists()
