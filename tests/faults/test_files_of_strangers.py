"""Opening a stranger's data, weights or run runs nothing, opens nothing else, and ends with them or one error."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import hostile_files
from tests.faults.conftest import Found
from tests.faults.watch import Seen, Watcher, faulty, verdict


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A picture in a folder of its own, which nobody may open."""
    path = tmp_path / "secret" / "secret.png"
    path.parent.mkdir()
    path.write_bytes(hostile_files.picture("PNG"))
    return path


def _opened(seen: list[Seen]) -> int:
    assert not faulty(seen)
    return Counter(each.outcome for each in seen)["opened"]


@pytest.mark.fault("malformed safetensors", tests=300, soak=2_000)
def test_malformed_safetensors(
    tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path
) -> None:
    files = hostile_files.safetensors_files(tmp_path / "files", tries)
    seen = watcher.open("weights", files, tmp_path, secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries


@pytest.mark.fault("malformed ONNX, and weights said to lie elsewhere", tests=300, soak=2_000)
def test_malformed_onnx(tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path) -> None:
    files = hostile_files.onnx_models(tmp_path / "files", tries)
    escapes = hostile_files.escapes(tmp_path / "escapes", secret)
    seen = watcher.open("weights", files + escapes, tmp_path / "files", secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries
    assert {each.outcome for each in seen[tries:]} == {"refused: WeightFileError"}
    assert len(escapes) == 30


@pytest.mark.fault("malformed tables", tests=300, soak=2_000)
def test_malformed_tables(tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path) -> None:
    files = hostile_files.tables(tmp_path / "files", tries)
    seen = watcher.open("data", files, tmp_path, secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries


@pytest.mark.fault("malformed npz, npy and IDX", tests=300, soak=2_000)
def test_malformed_arrays(tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path) -> None:
    files = hostile_files.arrays(tmp_path / "files", tries)
    seen = watcher.open("data", files, tmp_path, secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries


@pytest.mark.fault("malformed images, and links out of their folder", tests=300, soak=2_000)
def test_malformed_images(tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path) -> None:
    files = hostile_files.images(tmp_path / "files", tries, secret)
    seen = watcher.open("data", files, tmp_path, secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries
    links = [each.message for each in seen[:2]]
    assert all("a link that leads out of the folder" in message for message in links)


@pytest.mark.fault("malformed sounds", tests=300, soak=2_000)
def test_malformed_sounds(tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path) -> None:
    files = hostile_files.sounds(tmp_path / "files", tries, secret)
    seen = watcher.open("data", files, tmp_path, secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries
    assert "a link that leads out of the folder" in seen[0].message


@pytest.mark.fault("malformed runs", tests=300, soak=2_000)
def test_malformed_runs(tries: int, found: Found, watcher: Watcher, tmp_path: Path, secret: Path) -> None:
    files = hostile_files.runs(tmp_path / "files", tries, _trained(tmp_path / "good"))
    seen = watcher.open("runs", files, tmp_path, secret)
    found(verdict(seen))
    assert 1 <= _opened(seen) < tries


def _trained(run: Path) -> Path:
    """A run of a small network, judged."""
    from netdesigner.parts import Catalog
    from netdesigner.session.gallery import open_template
    from netdesigner.session.training import evaluate_run, train

    catalog = Catalog.discover(with_plugins=False)
    design = open_template("logistic-iris")
    few = replace(design, training=design.training.with_values({"epochs": 2, "device": "cpu"}))
    assert [*train(few, catalog, run)]
    evaluate_run(run, catalog)
    return run
