from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from netdesigner.ui.collector import Collector

THRESHOLD = gc.get_threshold()[0]


def test_the_automatic_collector_is_off_until_the_end(qtbot: QtBot) -> None:
    assert gc.isenabled()
    collector = Collector()
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()


def test_cycles_are_collected_on_the_windows_thread(qtbot: QtBot) -> None:
    collector = Collector()
    gc.collect()
    kept = [[] for _ in range(THRESHOLD + 1)]
    for item in kept:
        item.append(item)
    del kept, item
    before = gc.get_stats()[0]["collected"]
    assert collector.collect() == 0
    assert gc.get_stats()[0]["collected"] > before
    assert collector.collect() == -1
    collector.close()


@pytest.fixture
def collected_on() -> Iterator[set[int]]:
    """The threads on which something was collected."""
    threads: set[int] = set()

    def note(phase: str, _about: dict[str, int]) -> None:
        if phase == "start":
            threads.add(threading.get_ident())

    gc.callbacks.append(note)
    yield threads
    gc.callbacks.remove(note)


def work() -> None:
    """What a library may do on a thread of its own."""
    gc.enable()
    kept = [[] for _ in range(20_000)]
    for item in kept:
        item.append(item)
    gc.collect()


def test_nothing_is_collected_on_another_thread_even_if_a_library_asks_for_it(
    qtbot: QtBot, collected_on: set[int]
) -> None:
    collector = Collector()
    alive = weakref.ref(cycle := Cycle())
    del cycle
    thread = threading.Thread(target=work)
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive())
    assert collected_on == {threading.get_ident()}
    assert alive() is None, "it was collected, on this thread"
    collector.collect()
    assert not gc.isenabled()
    collector.close()


def test_without_a_window_libraries_collect_where_they_are(collected_on: set[int]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(collected_on) == 1
    assert threading.get_ident() not in collected_on


def test_a_collection_that_the_window_does_not_come_to_is_not_waited_for(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netdesigner.ui.collector._PATIENCE_S", 0.05)
    collector = Collector()
    thread = threading.Thread(target=gc.collect)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    collector.close()


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_windows_the_last_one_gives_the_collector_back(qtbot: QtBot, first: int) -> None:
    before = gc.isenabled(), gc.get_threshold(), gc.collect
    collectors = [Collector(), Collector()]
    collectors[first].close()
    assert not gc.isenabled()
    assert gc.get_threshold()[0] == 0
    assert gc.collect == collectors[1 - first].collect_when_asked
    collectors[1 - first].close()
    assert (gc.isenabled(), gc.get_threshold(), gc.collect) == before


class Cycle:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self
