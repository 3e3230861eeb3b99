"""Training under the open window: what the window costs the run, and what the run costs the window.

The whole window listens to a run on the thread, its curves in front, while a timer of 5 ms measures how late the event
loop is. The same training by hand, in a bare torch loop without a window, is timed before and after each run. Then a
wrong wire is drawn on a network of 1,000 nodes: it is refused, and a right one shows its shapes.

Goals: at most 1.10 times the bare loop for the residual CNN and 1.25 for the tiny MLP; the event loop late by at most
50 ms at the 99th percentile; a wire refused and shapes shown again within 16 ms.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the program sets it

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from PySide6.QtCore import QEventLoop, Qt, QTimer
from torch import nn

from benchmarks.bench_canvas import residual_network
from benchmarks.bench_training import by_hand, made_up, residual_cnn, tiny_mlp
from netdesigner.checks import explain_refusal
from netdesigner.document import Choice, Design, Edge, Settings, edit
from netdesigner.parts import Catalog, Samples
from netdesigner.session import Session
from netdesigner.session.training import leave_a_core
from netdesigner.training.control import Control
from netdesigner.training.events import Event, Started
from netdesigner.training.host import ThreadHost
from netdesigner.training.loop import train
from netdesigner.ui.application import make_application
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.theme import LIGHT

ROUNDS = 5
CASES: dict[str, tuple[Callable[[], nn.Module], Samples, int, int, float]] = {
    "residual CNN": (residual_cnn, made_up(2000, (1, 8, 8), 10), 64, 8, 1.10),
    "tiny MLP": (tiny_mlp, made_up(4000, (16,), 4), 32, 20, 1.25),
}


class Lateness:
    """Measures how late a timer of 5 ms fires."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - 5))
        self._last = now

    def start(self) -> None:
        """Begin to measure."""
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def percentile(self, share: float) -> float:
        """Lateness in ms that a share of the ticks does not exceed."""
        ordered = sorted(self.late_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def under_window(
    window: MainWindow,
    make: Callable[[], nn.Module],
    samples: Samples,
    batch_size: int,
    epochs: int,
    late: Lateness,
) -> float:
    """Seconds from the first step to the last word of a run that the window shows."""
    settings = Settings(values={"epochs": epochs, "batch_size": batch_size})
    design = Design(data=Choice("digits", {"test": 0.0}), task=Choice("classification"), training=settings)
    times: list[float] = []

    def events(control: Control) -> Iterator[Event]:
        leave_a_core()  # as the session does
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            build = lambda _name, _spec: make()  # noqa: E731
            for event in train(
                design, Catalog.discover(), build, run=run, samples=samples, control=control, device="cpu"
            ):
                if times or isinstance(event, Started):
                    times.append(time.perf_counter())
                yield event

    host = ThreadHost(events)
    host.start()
    window.bridge.take_run(host)
    window.deck.curves.clear()
    window.bring("Curves")
    loop = QEventLoop()
    window.bridge.run_changed.connect(lambda run: loop.quit() if run is None else None)
    late.start()
    loop.exec()
    late.stop()
    return times[-1] - times[0]


def compare(window: MainWindow, name: str) -> None:
    """Print one line of the first table."""
    make, samples, batch_size, epochs, goal = CASES[name]
    late = Lateness()
    ratios = []
    for round_number in range(ROUNDS + 1):
        before = by_hand(make, samples, batch_size, epochs)
        ours = under_window(window, make, samples, batch_size, epochs, late)
        after = by_hand(make, samples, batch_size, epochs)
        if round_number:
            ratios.append(ours / ((before + after) / 2))
        else:
            late.late_ms.clear()
    print(
        f"{name:<14}{statistics.median(ratios):>8.2f}{goal:>8.2f}{late.percentile(0.5):>10.1f}"
        f"{late.percentile(0.99):>10.1f}{max(late.late_ms):>10.1f}"
    )


def wires(window: MainWindow, session: Session) -> None:
    """Print the second table."""
    session.new(residual_network(1000))
    application = make_application()
    window.canvas.fit()
    application.processEvents()
    refused, shown = [], []
    wrong = Edge("node_990", "output", "node_0", "input")
    for number in range(15):
        begin = time.perf_counter()
        reason = explain_refusal(session.design, session.catalog, "main", wrong)
        refused.append((time.perf_counter() - begin) * 1000)
        assert reason
        begin = time.perf_counter()
        changed = {"out_channels": 8, "padding": 1, "bias": bool(number % 2)}
        session.edit(edit.set_params(session.design, "main", "node_500", changed), "edit")
        application.processEvents()
        shown.append((time.perf_counter() - begin) * 1000)
    print(f"\n1,000 nodes: a wrong wire refused in {statistics.median(refused):.1f} ms, ", end="")
    print(f"an edit checked and shown in {statistics.median(shown):.1f} ms   (goal: 16 ms)")


def main() -> None:
    """Print the tables."""
    application = make_application(offscreen=True, theme=LIGHT)
    session = Session(Catalog.discover())
    window = MainWindow(Bridge(session), LIGHT)
    window.resize(1280, 800)
    window.show()
    for _ in range(100):
        application.processEvents()
        time.sleep(0.01)
    print(f"torch uses {torch.get_num_threads()} threads")
    print(f"{'network':<14}{'ratio':>8}{'goal':>8}{'late p50':>10}{'p99 ms':>10}{'most ms':>10}")
    for name in CASES:
        compare(window, name)
    wires(window, session)
    session.new()
    window.close()


if __name__ == "__main__":
    main()
