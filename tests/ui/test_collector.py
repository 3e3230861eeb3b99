from __future__ import annotations

import gc

from pytestqt.qtbot import QtBot

from netdesigner.ui.collector import Collector


def test_the_automatic_collector_is_off_until_the_end(qtbot: QtBot) -> None:
    assert gc.isenabled()
    collector = Collector()
    assert not gc.isenabled()
    collector.close()
    assert gc.isenabled()


def test_cycles_are_collected_on_the_windows_thread(qtbot: QtBot) -> None:
    collector = Collector()
    gc.collect()
    kept = [[] for _ in range(gc.get_threshold()[0] + 1)]
    for item in kept:
        item.append(item)
    del kept, item
    before = gc.get_stats()[0]["collected"]
    assert collector.collect() == 0
    assert gc.get_stats()[0]["collected"] > before
    assert collector.collect() == -1
    collector.close()
