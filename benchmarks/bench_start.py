"""From the start of the process to a window on which the sample is drawn, against an empty PySide6 window.

Both processes are started in turn; each says when its window has been painted. Goal: at most 3 times the empty one.
Nothing of the user's is read: a panel that the window remembers as open would be made at the start as well.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7
HOMES = (
    "HOME",
    "APPDATA",
    "LOCALAPPDATA",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_CACHE_HOME",
    "XDG_STATE_HOME",
)

PAINTED = """
from PySide6.QtCore import QEvent, QObject
class Painted(QObject):
    seen = False
    def eventFilter(self, watched, event):
        self.seen = self.seen or event.type() == QEvent.Type.Paint
        return False
painted = Painted()
def until_painted(window, what):
    what.installEventFilter(painted)
    window.show()
    while not painted.seen:
        application.processEvents()
    print("ready", flush=True)
"""

EMPTY = (
    """
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
"""
    + PAINTED
    + "until_painted(window, window)"
)

OURS = (
    """
import gc, os
gc.disable()  # as app.main does
from netdesigner.ui.application import make_application
application = make_application(offscreen=True)
from netdesigner.app import make_session, make_window
from netdesigner.session.gallery import SAMPLE, open_template
session = make_session()
session.new(open_template(SAMPLE))
window = make_window(session)
window.resize(1280, 800)
"""
    + PAINTED
    + "until_painted(window, window.canvas.view.viewport()); os._exit(0)"
)


def seconds_until_ready(program: str, home: str) -> float:
    """How long a program takes from its start until it says that it is ready; its user has nothing but a home."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **dict.fromkeys(HOMES, home)}
    # An installed program has its bytecode, as Qt's package has here.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.strip() == "ready":
            break
    taken = time.perf_counter() - begin
    child.stdout.read()
    if child.wait() != 0:
        raise SystemExit("a window did not open")
    return taken


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as home:
        for program in (EMPTY, OURS):  # once, so that both find their files in memory
            seconds_until_ready(program, home)
        rounds = [(seconds_until_ready(EMPTY, home), seconds_until_ready(OURS, home)) for _ in range(ROUNDS)]
    empty, ours = (statistics.median(column) for column in zip(*rounds, strict=True))
    ratio = statistics.median(b / a for a, b in rounds)
    print(f"empty window            {empty:6.2f} s")
    print(f"netdesigner, the sample {ours:6.2f} s")
    print(f"ratio                   {ratio:6.2f}   (goal: at most 3)")


if __name__ == "__main__":
    main()
