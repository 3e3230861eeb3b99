from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from netdesigner.errors import TrainingError
from netdesigner.training.control import Control
from netdesigner.training.events import Event, Failed, Finished, Paused, Resumed, Steps
from netdesigner.training.host import ThreadHost

END = Finished("done", 1, 4, 1, 0.5, 1.0, "run")


def steps(first: int, *losses: float, epoch: int = 1) -> Steps:
    return Steps(first, epoch, {"loss": losses}, (0.1,) * len(losses), samples_per_s=float(first))


def over(host: ThreadHost) -> list[Event]:
    host.start()
    assert host.join(60)
    return host.drain()


def giving(*events: Event) -> Callable[[Control], Iterator[Event]]:
    return lambda control: iter(events)


def until(host: ThreadHost, events: list[Event], kind: type) -> None:
    """Drains until an event of a kind has come."""
    for _ in range(3000):
        events.extend(host.drain())
        if any(isinstance(event, kind) for event in events):
            return
        time.sleep(0.01)
    raise AssertionError(f"no {kind.__name__} among {events}")


def test_events_cross_in_order() -> None:
    assert over(ThreadHost(giving(Paused(1), Resumed(1), END))) == [Paused(1), Resumed(1), END]


def test_steps_in_a_row_are_joined_into_one() -> None:
    events = over(ThreadHost(giving(steps(1, 4.0), steps(2, 3.0, 2.0), steps(4, 1.0, epoch=2), END)))
    assert events == [
        Steps(1, 1, {"loss": (4.0, 3.0, 2.0)}, (0.1,) * 3, samples_per_s=2.0),
        steps(4, 1.0, epoch=2),
        END,
    ]


def test_what_was_drained_does_not_come_again() -> None:
    host = ThreadHost(giving(END))
    assert over(host) == [END]
    assert host.drain() == []


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            TrainingError("no task", node="fc", advice=("Choose one.",)),
            Failed("no task", "fc", ("Choose one.",)),
        ),
        (ZeroDivisionError("division by zero\nmore"), Failed("ZeroDivisionError: division by zero")),
        (SystemExit(), Failed("SystemExit")),
    ],
)
def test_whatever_is_raised_becomes_the_last_event_and_nothing_is_printed(
    error: BaseException, expected: Failed, capfd: pytest.CaptureFixture[str]
) -> None:
    def raising(control: Control) -> Iterator[Event]:
        yield Paused(1)
        raise error

    assert over(ThreadHost(raising)) == [Paused(1), expected]
    assert capfd.readouterr() == ("", "")


def test_an_error_before_the_first_event_is_told_too() -> None:
    def refusing(control: Control) -> Iterator[Event]:
        raise TrainingError("cannot start")

    assert over(ThreadHost(refusing)) == [Failed("cannot start")]


def test_a_run_ends_with_exactly_one_last_word() -> None:
    def late(control: Control) -> Iterator[Event]:
        yield END
        raise RuntimeError("too late")

    assert over(ThreadHost(late)) == [END]
    assert over(ThreadHost(giving(Paused(1)))) == [Paused(1), Failed("the run ended without a word")]


def test_a_host_that_was_not_started_is_over() -> None:
    host = ThreadHost(giving(END))
    assert not host.running
    assert host.join(0)


def test_the_thread_is_no_daemon_and_stops_by_itself_when_the_program_ends(monkeypatch: Any) -> None:
    def endless(control: Control) -> Iterator[Event]:
        while not control.stopping:
            yield Paused(1)
        yield END

    class Gone:
        def is_alive(self) -> bool:
            return False

    host = ThreadHost(endless)
    monkeypatch.setattr("netdesigner.training.host.threading.main_thread", Gone)
    host.start()
    names = {thread.name: thread.daemon for thread in threading.enumerate()}
    assert names.get("training", False) is False
    assert host.join(60)
    assert host.drain()[-1] == END


def test_a_real_run_is_paused_stepped_and_stopped_from_outside(world: Any) -> None:
    world.values["epochs"] = 1000
    host = ThreadHost(lambda control: world.events(control=control))
    events: list[Event] = []
    host.pause()
    host.start()
    until(host, events, Paused)
    assert host.paused
    events.clear()
    host.single_step()
    until(host, events, Paused)
    assert [(e.first, e.last) for e in events if isinstance(e, Steps)] == [(1, 1)]
    host.resume()
    until(host, events, Resumed)
    host.stop()
    assert host.join(60)
    last = host.drain()[-1]
    assert isinstance(last, Finished)
    assert last.reason == "stopped"
    assert (world.folder / "run" / "checkpoint-last").is_dir()


def test_a_waiting_run_can_be_stopped(world: Any) -> None:
    host = ThreadHost(lambda control: world.events(control=control))
    events: list[Event] = []
    host.pause()
    host.start()
    until(host, events, Paused)
    host.stop()
    assert host.join(60)
    assert isinstance((events + host.drain())[-1], Finished)
