"""The window is closed at a random moment of training, loading or export: everything ends, and nothing is lost."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from netdesigner.document import Choice, load, save
from netdesigner.parts import Catalog
from netdesigner.session import training as verbs
from netdesigner.session.builder import Builder
from netdesigner.training import checkpoint
from netdesigner.training.events import Failed, Finished, Started
from netdesigner.training.log import read_events

Found = Callable[[str], None]
ROOT = Path(__file__).parents[2]
WHOLE = 2
"""Of the tries of a test, how many are the whole program: a process each, which takes seconds to import torch."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Designs to train, to load and to export, the last with a run."""
    catalog, net, chance = Catalog.discover(), Builder(), random.Random(1)
    x = net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), out_features=16)
    net.Output(net.Linear(net.ReLU(x), out_features=10))
    design = net.design(data="digits", task="classification", epochs=1, batch_size=300, device="cpu")
    list(verbs.train(design, catalog, tmp_path / "small.runs" / "20200101-000000", device="cpu"))
    long = replace(design, training=design.training.with_values({"epochs": 100_000}))
    save(long, tmp_path / "small.netdesign")
    rows = [",".join(f"{chance.random():.4f}" for _ in range(3)) for _ in range(20_000)]
    (tmp_path / "table.csv").write_text("\n".join(["a,b,y", *rows]) + "\n")
    net = Builder()
    net.Output(net.Linear(net.Input(shape=(2,)), out_features=1))
    table = net.design(task="regression")
    save(replace(table, data=Choice("csv", {"path": "table.csv"})), tmp_path / "table.netdesign")
    return tmp_path


def closed(folder: Path, seed: int, count: int, *what: str) -> list[dict[str, Any]]:
    """What a child process said of the windows that it opened and closed; it and all of its own must be gone."""
    home = folder / "home"
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "APPDATA")
    words = [sys.executable, "-X", "faulthandler", str(Path(__file__).with_name("windows.py"))]
    child = subprocess.Popen(
        [*words, str(folder), str(seed), str(count), *what],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict.fromkeys(names, str(home)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    said, troubles = child.communicate(timeout=240)
    told = [line for line in troubles.splitlines() if "propagateSizeHints" not in line]
    assert child.returncode == 0, (seed, told)
    assert told == []
    if hasattr(os, "killpg"):
        with pytest.raises(ProcessLookupError):
            os.killpg(child.pid, 0)
    lines = [json.loads(line) for line in said.splitlines()]
    assert len(lines) == count
    assert all(line.get("closed") for line in lines), lines
    return lines


def check_files(folder: Path, seen: set[Path]) -> int:
    """Sees that every run that began can be gone on with, and that nothing is half done; returns how many there are."""
    for design in ("small", "table"):
        load(folder / f"{design}.netdesign")
    assert not [file for file in folder.rglob("*") if file.name.endswith((".part", ".tmp", ".new"))]
    assert not list((folder / "home").rglob("recovery/*.netdesign"))
    runs = 0
    for run in {*(folder / "small.runs").iterdir()} - seen:
        seen.add(run)
        events = list(read_events(run))
        if not any(isinstance(event, Started) for event in events):
            continue  # it was stopped while the data were read
        assert isinstance(events[-1], Finished), events[-1]
        assert not any(isinstance(event, Failed) for event in events)
        last = checkpoint.find(run, "last")
        assert last is not None
        assert checkpoint.read(last).state["step"] == events[-1].step
        runs += 1
    return runs


@pytest.mark.fault("window closed while it trains, loads or exports", tests=20, soak=100)
def test_a_window_closed_at_any_moment_ends_everything_and_loses_nothing(
    folder: Path, tries: int, found: Found, request: pytest.FixtureRequest
) -> None:
    soaking = request.node.get_closest_marker("soak") is not None
    chance, kinds = random.Random(tries), ["train", "load", "train", "safetensors", "train", "python"]
    seen = {folder / "small.runs" / "20200101-000000"}
    runs, slowest_s = 0, 0.0
    whole = tries if soaking else WHOLE
    for number in range(whole):
        what = (*kinds, "onnx")[number % (len(kinds) + 1)] if soaking else kinds[number]
        (line,) = closed(folder, chance.randrange(10**6), 1, what)
        slowest_s = max(slowest_s, line["close_s"])
        runs += check_files(folder, seen)
    if not soaking:
        lines = closed(folder, chance.randrange(10**6), tries - whole, *kinds)
        slowest_s = max(slowest_s, *(line["close_s"] for line in lines))
        assert not [line for line in lines if line["left"]]
        runs += check_files(folder, seen)
    found(f"{tries} of {tries} ended with 0; {runs} runs kept; closed in {slowest_s:.1f} s at most")


def test_a_job_that_cannot_be_ended_does_not_keep_the_program() -> None:
    code = (
        "import sys, time\n"
        "from netdesigner import app\n"
        "from netdesigner.session.job import Job\n"
        "Job('Endless', lambda _: time.sleep(600)).start()\n"
        "print('bye')\n"
        "app._leave(0)\n"
        "print('not reached')\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert (ended.stdout, ended.stderr) == ("bye\n", "")
