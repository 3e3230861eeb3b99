"""A run in a process of its own, which is killed at any moment, or told something, or left alone.

The worker is the program's own, entered as its command line enters it. All but one are copies of a process that has
loaded torch already (`tests.workers.Nursery`), so that a try takes a part of a second.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from netdesigner.document import Design, save
from netdesigner.parts import Catalog
from netdesigner.session import training
from netdesigner.session.builder import Builder
from netdesigner.training.desk import Desk
from netdesigner.training.events import Checkpoint, Event, Failed, Finished, Paused, Resumed, Started, Steps
from netdesigner.training.process import ProcessHost
from netdesigner.training.runs import can_go_on, curves_of, new_run, read_events
from tests.workers import ROOT, Nursery

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the nursery forks")

INTERVAL_S = 0.1
SLACK_S = 2.0
"""How much later than that a checkpoint may come on a busy machine."""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture(scope="module")
def design(catalog: Catalog) -> Design:
    """Digits by two linear layers, for ever, with a checkpoint ten times a second."""
    net = Builder(catalog=catalog)
    x = net.ReLU(net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), out_features=16))
    net.Output(net.Linear(x, out_features=10))
    return net.design(
        data="digits", task="classification", epochs=1_000_000, device="cpu", checkpoint_s=INTERVAL_S
    )


@pytest.fixture(scope="module")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    found = Nursery(tmp_path_factory.mktemp("nursery"))
    yield found
    found.close()


Start = Callable[[Path], ProcessHost]


@pytest.fixture
def start(
    design: Design, catalog: Catalog, nursery: Nursery, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Start]:
    """Starts training in a folder, or goes on with the run there."""
    monkeypatch.setattr(training, "start_process", nursery.start_process)
    runs: set[Path] = set()

    def detach(run: Path) -> ProcessHost:
        runs.add(run)
        return training.detach(design, catalog, run, go_on=can_go_on(run))

    yield detach
    for run in runs:
        _kill(run)


def _kill(run: Path) -> None:
    worker = Desk(run).worker()
    if worker is not None and worker.pid:
        os.kill(worker.pid, signal.SIGKILL)


def until(host: ProcessHost, *kinds: type[Event]) -> list[Event]:
    """Drain until an event of one of the kinds is among those that are new."""
    events: list[Event] = []
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        new = host.drain()
        events += new
        if any(isinstance(event, kinds) for event in new):
            return events
        time.sleep(0.005)
    raise AssertionError(f"no {kinds} among {events}")


@pytest.mark.fault("training process killed at a random step", tests=20, soak=100)
def test_a_killed_process_costs_one_interval_at_most(
    start: Start, tries: int, found: Callable[[str], None], tmp_path: Path
) -> None:
    chance, run, worst_s, resumed = random.Random(5), new_run(tmp_path / "x.netdesign"), 0.0, 0
    everything: list[Event] = []
    for _ in range(tries):
        if (run / "events.jsonl").exists() and not can_go_on(run):
            run, everything = new_run(tmp_path / "x.netdesign"), []
        goes_on, kept = can_go_on(run), _last_kept(everything)
        host = start(run)
        events = until(host, Started)
        if goes_on:
            begun = next(event for event in events if isinstance(event, Started))
            assert begun.resumed_step >= kept.step
            resumed += 1
        time.sleep(chance.uniform(0, 4 * INTERVAL_S))
        _kill(run)
        assert host.join(60)
        events += host.drain()
        last = events[-1]
        assert isinstance(last, Failed)
        assert (
            last.message
            == "the training process was killed (signal 9); the system may have run out of memory"
        )
        assert curves_of(everything + events) == curves_of(read_events(run))
        worst_s = max(worst_s, _lost_s(events))
        everything += events
    assert worst_s <= INTERVAL_S + SLACK_S
    found(f"{resumed} resumed; at most {worst_s / INTERVAL_S:.1f} intervals of {INTERVAL_S} s lost")


def _last_kept(events: list[Event]) -> Checkpoint:
    kept = [event for event in events if isinstance(event, Checkpoint) and event.which == "last"]
    return kept[-1] if kept else Checkpoint(0, "", "last")


def _lost_s(events: list[Event]) -> float:
    """Seconds of training between the last checkpoint and the last step, of one process."""
    kept_s = last_s = next((event.seconds for event in events if isinstance(event, Steps)), 0.0)
    for event in events:
        if isinstance(event, Steps):
            last_s = event.seconds
        elif isinstance(event, Checkpoint) and event.which == "last":
            kept_s = last_s
    return last_s - kept_s


@pytest.mark.fault("training process paused, stepped and left", tests=8, soak=200)
def test_a_process_answers_and_its_events_have_no_seam(
    start: Start, tries: int, found: Callable[[str], None], tmp_path: Path
) -> None:
    run, waits = new_run(tmp_path / "x.netdesign"), []
    host = start(run)
    until(host, Steps)
    for _ in range(tries):
        for tell, answer in ((host.pause, Paused), (host.single_step, Paused), (host.resume, Resumed)):
            begin = time.perf_counter()
            tell()
            until(host, answer)
            waits.append(time.perf_counter() - begin)
    host.leave()
    assert host.join(20)
    again = training.attach(run)
    events = until(again, Resumed)
    begin = time.perf_counter()
    again.stop()
    events += until(again, Finished)
    waits.append(time.perf_counter() - begin)
    pid = Desk(run).worker()
    assert again.join(60)
    assert pid is None or not _is_there(pid.pid)
    assert curves_of(events) == curves_of(read_events(run))
    assert curves_of(events).train["loss"][0] == tuple(map(float, range(1, events[-1].step + 1)))  # type: ignore[union-attr]
    assert sorted(waits)[len(waits) // 2] < 1.0
    found(
        f"answered in {sorted(waits)[len(waits) // 2] * 1000:.0f} ms in the middle, {max(waits) * 1000:.0f} at most"
    )


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/status").exists() if sys.platform == "linux" else False


def test_a_run_of_the_command_line_outlives_it_and_is_stopped_from_another(
    design: Design, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """The only one that starts Python anew, as a user's does."""
    file = tmp_path / "d.netdesign"
    save(design, file)
    run = Path(_verb(tmp_path, "train", "d.netdesign", "--detach", "--epochs", "999999"))
    request.addfinalizer(lambda: _kill(run))
    assert run.parent == tmp_path / "d.runs"
    assert "running" in _verb(tmp_path, "runs", "d.netdesign")
    worker = Desk(run).worker()
    assert worker is not None
    assert worker.detached
    assert os.getsid(worker.pid) == worker.pid
    if sys.platform == "linux":
        assert {Path(f"/proc/{worker.pid}/fd/{n}").readlink() for n in (0, 1, 2)} == {
            Path(os.devnull),
            run / "process" / "output.txt",
        }
    _until(lambda: can_go_on(run))
    assert f"netdesigner train --resume {run}" in _verb(tmp_path, "stop", "d.netdesign")
    assert "stopped" in _verb(tmp_path, "runs", "d.netdesign")
    assert not (run / "process").exists()


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def _verb(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "netdesigner", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
