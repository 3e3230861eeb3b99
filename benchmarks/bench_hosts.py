"""How late the window's event loop is while Python works hard in a run: on a thread, and in a process of its own.

The data are a part in a package of its own, made up sample by sample in Python; then a small network trains on batches
of four, which is Python's work as well. The window shows 200 nodes and the curves, and a timer of 5 ms measures.

Goals: on a thread late by at most 50 ms at the 99th percentile; in a process by at most 25 ms more than at rest.

`python -m benchmarks.bench_hosts SECONDS` measures each for so long; an hour of each, for instance, with 3600.
"""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # as the program sets it

import importlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from benchmarks.bench_canvas import residual_network
from benchmarks.bench_window import Lateness
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.builder import Builder
from netdesigner.session.training import detach, leave_a_core, train
from netdesigner.training.control import Control
from netdesigner.training.events import Event
from netdesigner.training.host import Host, ThreadHost
from netdesigner.training.runs import new_run
from netdesigner.ui.application import make_application
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.theme import LIGHT

SECONDS = 20.0
MADE_UP_PART = 0.5
"""How much of the time goes into making the samples."""
MODULE = "netdesigner_bench_slow"
SOURCE = '''
from __future__ import annotations

import time
from typing import ClassVar

import numpy

from netdesigner.parts import Dataset, DataSpec, Samples, TensorSpec
from netdesigner.parts.part import param


class Slow(Dataset):
    """Points, each made up by Python for as long as a picture takes to be read and turned."""

    kind: ClassVar[str] = "slow_points"
    embedded: ClassVar[bool] = True

    seconds: float = param(10.0, above=0)

    def describe(self):
        return DataSpec(TensorSpec(("N", 16)), TensorSpec(("N",), "int64"), ("odd", "even"), 2_000)

    def load(self, progress=None):
        samples, end = [], time.perf_counter() + self.seconds
        while time.perf_counter() < end or len(samples) < 2_000:
            point = [((len(samples) * 7 + column * 13) % 101) / 101 for column in range(16)]
            for _ in range(200):
                point = [0.5 * value + 0.25 * point[number - 1] for number, value in enumerate(point)]
            samples.append(point)
        chosen = numpy.array(samples[:2_000], dtype="float32")
        return Samples(chosen, numpy.arange(2_000) % 2, self.describe())

    def preview(self, samples):
        return ()
'''


def install(folder: Path) -> None:
    """Lay the package with the part where Python finds it, as pip would."""
    (folder / f"{MODULE}.py").write_text(SOURCE)
    facts = folder / f"{MODULE}-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[netdesigner.parts]\nslow = {MODULE}\n")
    sys.path.append(str(folder))
    importlib.invalidate_caches()


def design_of(catalog: Catalog, seconds: float) -> Design:
    """A small network on the slow data, for as many epochs as there is time."""
    net = Builder(catalog=catalog)
    x = net.ReLU(net.Linear(net.Input(shape=(16,)), out_features=32))
    net.Output(net.Linear(x, out_features=2))
    data = Choice("slow_points", {"seconds": seconds})
    return net.design(data=data, task="classification", epochs=1_000_000, batch_size=4, device="cpu")


def watch(window: MainWindow, host: Host | None, seconds: float) -> Lateness:
    """How late the event loop is for some time, under a run or at rest; the run is stopped then."""
    late, loop = Lateness(), QEventLoop()
    if host is not None:
        window.bridge.take_run(host)
        window.deck.curves.clear()
        window.bring("Curves")
    until = time.perf_counter() + seconds
    look = QTimer(interval=500)
    look.timeout.connect(lambda: _over(window, host, until) and loop.quit())
    look.start()
    late.start()
    loop.exec()
    late.stop()
    if host is not None:
        window.bridge.stop_run(60)
        assert window.watch.progress.reason == "stopped", window.watch.progress.message
    return late


def _over(window: MainWindow, host: Host | None, until: float) -> bool:
    """Whether the time is over, and a run has made some of its steps."""
    return time.perf_counter() >= until and (host is None or window.watch.progress.step > 500)


def on_a_thread(design: Design, catalog: Catalog, run: Path) -> Host:
    """Start training as the session does."""

    def events(control: Control) -> Iterator[Event]:
        leave_a_core()
        return train(design, catalog, run, control=control)

    host = ThreadHost(events)
    host.start()
    return host


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    application = make_application(offscreen=True, theme=LIGHT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        install(folder)
        catalog = Catalog.discover(with_plugins=True)
        session = Session(catalog)
        session.new(residual_network(200))
        window = MainWindow(Bridge(session), LIGHT)
        window.resize(1280, 800)
        window.show()
        for _ in range(300):  # until torch is loaded
            application.processEvents()
            time.sleep(0.01)
        design = design_of(catalog, seconds * MADE_UP_PART)
        print(f"{'a run':<14}{'late p50':>10}{'p99 ms':>10}{'most ms':>10}{'goal p99':>10}")
        rest = watch(window, None, seconds / 2).percentile(0.99)
        print(f"{'none':<14}{'':>10}{rest:>10.1f}")
        for title, begin, goal in (("on a thread", on_a_thread, 50.0), ("in a process", detach, rest + 25)):
            late = watch(window, begin(design, catalog, new_run(folder / "slow.netdesign")), seconds)
            p50, p99 = late.percentile(0.5), late.percentile(0.99)
            print(f"{title:<14}{p50:>10.1f}{p99:>10.1f}{max(late.late_ms):>10.1f}{goal:>10.1f}")
        session.new()
        window.close()


if __name__ == "__main__":
    main()
