"""Feeds the real window the events of a long run at full speed and says what that took. Run as a child.

python long_run.py FOLDER EVENTS
"""

from __future__ import annotations

import gc
import json
import math
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication

from netdesigner import app
from netdesigner.session.gallery import open_template
from netdesigner.training.events import Checkpoint, EpochEnd, Event, Started, Steps
from netdesigner.ui import application

A_TIME = 200
"""Events that are handed over together; in between the window draws."""
WARM_UP = 0.4
"""Of all events, how many fill what is filled once only."""


class Host:
    """A run that is always ready with the next events."""

    running, paused, outlives = True, False, False

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events

    def drain(self) -> list[Event]:
        return [event for _, event in zip(range(A_TIME), self.events, strict=False)]

    def stop(self) -> None:
        self.running = False

    def join(self, timeout_s: float | None = None) -> bool:
        return True


def events(count: int, run: Path) -> Iterator[Event]:
    """One step an event, an epoch a hundred steps, a checkpoint now and then."""
    curves = ("loss", "accuracy")
    yield Started(str(run), "cpu", 1_000_000, 100, 1000, {"train": 6400}, curves, task="classification")
    for step in range(1, count + 1):
        values = {"loss": (math.exp(-step / count) + math.sin(step) / 9,), "accuracy": (step % 64 / 64,)}
        yield Steps(step, (step - 1) // 100 + 1, values, (1 / step,), 1e4 + step % 7, step / 10, 1e5, 10**8)
        if step % 100 == 0:
            means = {name: value[0] for name, value in values.items()}
            yield EpochEnd(step // 100, step, means, means, 1 / step, step / 10, 1e5, 10**8, step % 900 == 0)
        if step % 600 == 0:
            yield Checkpoint(step, str(run), "last")


def resident_bytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def fed(window: Any, count: int, host: Host) -> None:
    """Polls the run as the bridge's timer does, until so many steps were seen."""
    while window.watch.progress.step < count:
        window.bridge._poll()
        QApplication.processEvents()


def main(folder: Path, count: int) -> dict[str, Any]:
    made = application.make_application(offscreen=True)
    session = app.make_session()
    session.new(open_template("mlp-digits"))
    window = app.make_window(session)
    window.resize(1280, 800)
    window.show()
    window.bring("Curves")
    while window.bridge.jobs():
        made.processEvents()
        time.sleep(0.01)
    host = Host(events(count, folder))
    window.bridge.take_run(host)
    window.bridge._timer.stop()
    warm = int(count * WARM_UP)
    fed(window, min(2000, warm), host)
    files, threads = open_files(), threading.active_count()
    fed(window, warm, host)
    before, start, first = resident_bytes(), time.perf_counter(), window.watch.progress.step
    fed(window, count, host)
    seconds, measured = time.perf_counter() - start, window.watch.progress.step - first
    grown = resident_bytes() - before
    live = window.deck.curves.runs()[0]
    facts = {
        "steps": window.watch.progress.step,
        "points": len(live.train["loss"]),
        "curves": len(live.train) + len(live.validation),
        "shown": window.watch.progress.line().partition(" · ")[0],
        "grown": grown,
        "measured": measured,
        "per_s": measured / seconds,
        "files": open_files() - files,
        "threads": threading.active_count() - threads,
    }
    host.stop()
    window.bridge._poll()
    window.close()
    return facts


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
