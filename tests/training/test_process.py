"""A run in another process, as who follows it sees it. The process makes its steps up; `tests/faults` trains."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from netdesigner.errors import TrainingError
from netdesigner.training import desk, process
from netdesigner.training.desk import Desk, Worker
from netdesigner.training.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    Paused,
    Preparing,
    Resumed,
    Started,
    Steps,
)
from netdesigner.training.log import FILE
from netdesigner.training.process import ProcessHost, why_it_ended
from netdesigner.training.runs import read_events, run_info, running_run
from tests.workers import scripted


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "x.runs" / "20260101-120000"
    Desk(folder).lay()
    yield folder
    worker = Desk(folder).worker()
    if worker is not None and worker.pid:
        os.kill(worker.pid, signal.SIGKILL)


def host_of(run: Path, how: str = "train") -> ProcessHost:
    host = ProcessHost(run, partial(scripted, run, how=how))
    host.start()
    return host


def until(host: ProcessHost, kind: type[Event], events: list[Event] | None = None) -> list[Event]:
    """Drain until an event of a kind came among those that are new."""
    events = [] if events is None else events
    for _ in range(3000):
        new = host.drain()
        events += new
        if any(isinstance(event, kind) for event in new):
            return events
        time.sleep(0.01)
    raise AssertionError(f"no {kind.__name__} among {events}")


def told(events: list[Event]) -> list[Event]:
    """Events one step at a time, without those before the first."""
    found: list[Event] = []
    for event in events:
        if isinstance(event, Steps):
            found += [
                Steps(event.first + n, 0, {"loss": (event.values["loss"][n],)}, (0.1,))
                for n in range(len(event.learning_rate))
            ]
        elif not isinstance(event, Preparing):
            found.append(event)
    return found


def test_who_comes_later_sees_what_is_in_the_file_from_the_beginning(run: Path, tmp_path: Path) -> None:
    first = host_of(run)
    seen = until(first, Steps)
    assert running_run(tmp_path / "x.netdesign") == run
    assert run_info(run).state == "running"
    first.leave()
    assert first.join(10)
    assert not first.running
    second = ProcessHost(run)
    second.start()
    later = until(second, Steps)
    second.stop()
    assert second.join(20)
    later += second.drain()
    assert isinstance(later[-1], Finished)
    assert told(later) == told([*read_events(run)])
    assert told(seen) == told(later)[: len(told(seen))]
    assert [event.first for event in told(later) if isinstance(event, Steps)] == [
        *range(1, later[-1].step + 1)
    ]
    assert running_run(tmp_path / "x.netdesign") is None
    assert run_info(run).state == "stopped"
    assert sorted(file.name for file in run.iterdir()) == ["checkpoint-last", "events.jsonl"]


def test_all_that_a_process_said_is_read_before_its_end_is_told(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    starter = scripted(run)
    first = ProcessHost(run)
    while Desk(run).worker() is None:
        time.sleep(0.01)
    monkeypatch.setattr(desk, "_MOST_BYTES", 400)  # far less than was said until then
    monkeypatch.setattr(process, "POLL_S", 0.5)
    while not (run / FILE).exists() or (run / FILE).stat().st_size < 20_000:
        time.sleep(0.01)
    first.start()
    first.stop()
    starter.wait()
    assert first.join(20)
    events = first.drain()
    assert isinstance(events[-1], Finished)
    assert told(events) == told([*read_events(run)])


def test_who_follows_a_resumed_run_begins_where_it_was_resumed(run: Path) -> None:
    host = host_of(run)
    until(host, Steps)
    host.stop()
    assert host.join(20)
    Desk(run).lay()
    again = ProcessHost(run, partial(scripted, run, ["--resume"]))
    again.start()
    events = until(again, Steps)
    again.leave()
    assert again.join(10)
    later = ProcessHost(run)
    later.start()
    assert [e.resumed_step for e in until(later, Started) if isinstance(e, Started)] == [40]
    assert [e.resumed_step for e in events if isinstance(e, Started)] == [40]
    later.stop()
    assert later.join(20)


def test_it_is_paused_stepped_and_resumed_from_outside(run: Path) -> None:
    host = host_of(run)
    until(host, Steps)
    host.pause()
    until(host, Paused)
    assert host.paused
    host.single_step()
    events = until(host, Paused)
    assert [event.last - event.first for event in events if isinstance(event, Steps)] == [0]
    host.resume()
    until(host, Resumed)
    assert not host.paused
    host.stop()
    assert host.join(20)


@pytest.mark.parametrize(
    ("how", "reason", "advice"),
    [
        (
            "segfault",
            "the training process was killed (signal 11); it crashed in a library",
            "Segmentation fault",
        ),
        ("memory", "the training process ended with code 3 and without a word", "no room for 3 GB"),
        ("silently", "the training process ended, but its last events could not be kept", ""),
    ],
)
def test_how_a_process_ended_that_could_not_say_so_is_told_and_kept(
    run: Path, how: str, reason: str, advice: str
) -> None:
    host = host_of(run, how)
    assert host.join(30)
    last = host.drain()[-1]
    assert isinstance(last, Failed)
    assert last.message.startswith(reason)
    assert last.step == 50
    assert last.advice[0] == "Resume it: it goes on from its last checkpoint."
    assert advice in " ".join(last.advice)
    assert [*read_events(run)][-1] == last
    assert (run_info(run).state, run_info(run).message) == ("failed", last.message)


def test_a_kill_is_known_to_who_did_not_start_the_process(run: Path) -> None:
    starter = scripted(run)
    host = ProcessHost(run)
    while Desk(run).worker() is None:
        time.sleep(0.01)
    host.start()
    until(host, Steps)
    os.kill(starter.pid, signal.SIGKILL)
    assert host.join(10)
    last = host.drain()[-1]
    assert isinstance(last, Failed)
    assert last.message.startswith("the training process ended without a word: it was killed")
    starter.wait()


def test_a_run_that_refuses_to_begin_says_why_and_leaves_no_folder(run: Path) -> None:
    host = host_of(run, "refuse")
    assert host.join(20)
    assert host.drain()[-1] == Failed("the data are gone", advice=("Bring them back.",))
    assert not run.exists()


def test_a_process_that_does_not_answer_is_ended(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE_S", 0.2)
    host = host_of(run, "deaf")
    until(host, Steps)
    monkeypatch.setattr(process, "_PATIENCE_S", -1.0)  # it never stops talking
    host.stop()
    assert host.join(20)
    last = host.drain()[-1]
    assert isinstance(last, Failed)
    assert "gave no answer" in last.message
    assert Desk(run).worker() is None


def test_a_run_is_given_as_long_to_answer_as_its_batches_take(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed: list[int] = []
    clock = SimpleNamespace(monotonic=lambda: 100.0)
    monkeypatch.setattr(process, "time", clock)
    monkeypatch.setattr(os, "kill", lambda _pid, number: killed.append(number))
    monkeypatch.setattr(Desk, "worker", lambda _self: Worker(1, True, 0))
    host = ProcessHost(run)
    host._note(Started(str(run), "cpu", 9, 9, 3, {}, resumed_step=40))
    for step, seconds in ((41, 300.0), (42, 330.0), (43, 930.0)):
        if step == 43:
            host._note(EpochEnd(5, 42, {}, {}, 0.1, 910.0, 0.0, 0, False))  # was validated for long
        host._note(Steps(step, 5, {"loss": (1.0,)}, (0.1,), seconds=seconds))
    host.stop()
    clock.monotonic = lambda: 160.0
    host._urge()
    assert killed == []
    clock.monotonic = lambda: 180.0
    host._urge()
    assert killed == [signal.SIGTERM]


def test_what_cannot_be_started_or_followed_is_said(run: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="cannot be started: No such file"):
        process.start_process(run, [str(tmp_path / "no python")])
    with pytest.raises(TrainingError, match="is not being trained"):
        ProcessHost(run).start()


def test_every_way_to_end_has_words() -> None:
    assert why_it_ended(-9).endswith("(signal 9); the system may have run out of memory")
    assert why_it_ended(-15).endswith("another program ended it")
    assert "0xC0000005" in why_it_ended(0xC0000005)
