"""Pictures of the window to be judged by eye: light and dark, at 1 and 2 pixels a point.

Run it with `python -m benchmarks.pictures FOLDER`. It writes for each colour and size: ResNet-18 with its blocks, the
outline, a U-Net, a clash with the way it came about, the search at the pointer, a thousand nodes from afar.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.bench_canvas import residual_network
from netdesigner.document import Design, edit
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.gallery import open_template
from netdesigner.ui.application import make_application
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.settings import Settings
from netdesigner.ui.theme import DARK, LIGHT, Theme

__all__ = ["draw_all"]

_WIDTH_PX, _HEIGHT_PX = 1600, 1000
_SETTLE_S = 0.4


def draw_all(folder: Path) -> int:
    """Draws each size in a process of its own, as Qt takes the size of a point at its start; 1 if one failed."""
    folder.mkdir(parents=True, exist_ok=True)
    status = 0
    for scale in ("1", "2"):
        words = [sys.executable, "-m", "benchmarks.pictures", str(folder), scale]
        status |= subprocess.run(words, env={**os.environ, "QT_SCALE_FACTOR": scale}, check=False).returncode
    return int(status != 0)


def draw(folder: Path, scale: str) -> None:
    """Draws everything in both colours at the size that this process was started with."""
    application = make_application(offscreen=True)
    catalog = Catalog.discover()
    for theme in (LIGHT, DARK):
        for name, design, prepare in scenes():
            session = Session(catalog)
            session.new(design)
            with tempfile.TemporaryDirectory() as settings:
                window = MainWindow(Bridge(session), theme, Settings(Path(settings) / "window.json"))
                window.appearance.choose("dark" if theme is DARK else "light")
                window.resize(_WIDTH_PX, _HEIGHT_PX)
                window.show()
                settle(application)
                prepare(window)
                settle(application)
                path = folder / f"{name}_{_name(theme)}_{scale}x.png"
                grabbed(window).save(str(path))
                print(path, flush=True)
                session.save(Path(settings) / "design.netdesign")
                window.close()
                window.deleteLater()


def scenes() -> Iterator[tuple[str, Design, Callable[[MainWindow], object]]]:
    """What is drawn: its name, the design, and what is done in the window before."""
    resnet, unet = open_template("resnet18"), open_template("unet")
    yield "resnet18", resnet, lambda window: window.canvas.select(["stage_3"])
    yield "outline", resnet, _outline
    yield "unet", unet, _unet
    clash = edit.set_params(resnet, "block:Widen", "skip", {"stride": 1})
    yield "clash", clash, _clash
    yield "search", resnet, _search
    yield "thousand", edit.set_params(residual_network(1000), "main", "node_400", {"out_channels": 16}), _far


def _outline(window: MainWindow) -> None:
    window.bring("Outline")
    window.canvas.select(["stage_3"])


def _unet(window: MainWindow) -> None:
    for dock in window.docks.all():
        dock.hide()
    QApplication.processEvents()
    window.canvas.fit()


def _clash(window: MainWindow) -> None:
    window.bring("Problems")
    window.deck.problems.list.setCurrentRow(0)
    window.canvas.reveal("block:Widen", "sum")
    window.canvas.fit()


def _search(window: MainWindow) -> None:
    window.canvas.select(["flat"])
    window.canvas.search_here()
    QTest.keyClicks(window.canvas.searching.popup.field, "drop")


def _far(window: MainWindow) -> None:
    window.canvas.select(["node_300", "node_301"])
    window.canvas.fit()


def grabbed(window: MainWindow) -> QPixmap:
    """The window with what is open over it."""
    picture = window.grab()
    painter = QPainter(picture)
    for popup in QApplication.topLevelWidgets():
        if popup is not window and popup.isVisible():
            painter.drawPixmap(window.mapFromGlobal(popup.mapToGlobal(QPoint(0, 0))), popup.grab())
    painter.end()
    return picture


def _name(theme: Theme) -> str:
    return "dark" if theme.dark else "light"


def settle(application: QApplication) -> None:
    """Lets the window finish what it is doing."""
    end = time.monotonic() + _SETTLE_S
    while time.monotonic() < end:
        application.processEvents()


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.exit(draw_all(Path(sys.argv[1])))
    if len(sys.argv) != 3:
        sys.exit("usage: python -m benchmarks.pictures FOLDER")
    draw(Path(sys.argv[1]), sys.argv[2])
    os._exit(0)  # threads that warm the window up need not be waited for
