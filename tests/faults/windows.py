"""Opens the program's window, begins something in it, and closes it at a random moment. Run as a child, never imported.

    python windows.py FOLDER SEED COUNT WHAT…

In FOLDER lie `small.netdesign`, `table.netdesign` and, where something is exported, a run. WHAT are some of "train",
"load" and formats of export. Where COUNT is 1 it is the whole program, from its `main` to the end of the interpreter;
where it is more, so many windows are opened one after the other in one process. Each try writes a line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication

from netdesigner import app
from netdesigner.document import edit as edits
from netdesigner.ui import application
from netdesigner.ui.actions import file as file_actions

LONGEST_S = {"train": 1.2, "load": 0.5}
LASTING = ("QtAwesome", "asyncio_", "Thread-tqdm", "SubprocPool", "InductorSubproc")


def begin(window: Any, what: str, folder: Path) -> None:
    """Edits the design, so that there is something to keep, and begins."""
    window.bridge.edit(lambda d: edits.set_variables(d, {"edited": 1 + d.variables.get("edited", 0)}), "edit")
    if what == "train":
        window.run.train()
    elif what == "load":
        window.bring("Data")
        window.deck.data.load()
    else:
        export(window, what, folder)


def export(window: Any, kind: str, folder: Path) -> None:
    from netdesigner.training.runs import list_runs
    from netdesigner.ui.panels.export import ExportDialog

    runs = list_runs(folder / "small.netdesign")
    dialog = ExportDialog(window.bridge, window.theme, runs, runs[0].path, folder, window)
    dialog._format.picked.emit(kind)
    dialog._path.setText(str(folder / f"out-{time.monotonic_ns()}"))
    dialog.open()
    dialog.write()


def left() -> list[str]:
    """Threads that are still there, once those that are ending have ended."""
    for _ in range(200):
        names = [
            t.name
            for t in threading.enumerate()
            if t is not threading.main_thread()
            and not isinstance(t, threading._DummyThread)
            and not t.name.startswith(LASTING)
        ]
        if not names:
            break
        time.sleep(0.01)
    return names


def say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def close(window: Any, what: str) -> None:
    """Closes the window and says how long that took and what it was doing."""
    doing = window.watch.progress.phase if what == "train" else [job.title for job in window.bridge.jobs()]
    start = time.monotonic()
    window.close()
    say(what=what, doing=doing, closed=not window.isVisible(), close_s=time.monotonic() - start, left=left())


def several(folder: Path, chance: random.Random, count: int, kinds: list[str]) -> int:
    import torch  # noqa: F401  (what happens while it is imported is tried with the whole program)

    made = application.make_application(offscreen=True)
    made.setQuitOnLastWindowClosed(False)
    for number in range(count):
        what = kinds[number % len(kinds)]
        session = app.make_session()
        session.open(folder / ("table.netdesign" if what == "load" else "small.netdesign"))
        window = app.make_window(session)
        window.show()
        begin(window, what, folder)
        end = time.monotonic() + chance.random() * LONGEST_S.get(what, 0.5)
        steps = chance.choice((0, 1, 20)) if what == "train" else 0
        while time.monotonic() < end or (
            window.bridge.run is not None and window.watch.progress.step < steps
        ):
            QApplication.processEvents()
            time.sleep(0.002)
        close(window, what)
        session.new()  # gives the right to write the file back, as the end of the process does
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return 0


def whole(folder: Path, chance: random.Random, what: str) -> int:
    """The program as it is started, closed by its user after a while."""
    make = app.make_window

    def made(*of: Any) -> Any:
        window = make(*of)
        after_s = chance.random() * 3 * LONGEST_S.get(what, 2.0)
        QTimer.singleShot(int(chance.random() * 300), window, lambda: begin(window, what, folder))
        QTimer.singleShot(300 + int(1000 * after_s), window, lambda: close(window, what))
        return window

    app.make_window = made
    application.has_screen = lambda: True
    from netdesigner.__main__ import main

    return main([str(folder / ("table.netdesign" if what == "load" else "small.netdesign"))])


if __name__ == "__main__":
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    place, seed, tries, whats = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    luck = random.Random(seed)
    file_actions.ask_to_save = lambda *_: luck.choice(("save", "discard"))
    file_actions.confirm = lambda *_: True
    file_actions.tell = lambda _window, *words: say(told=words)
    sys.exit(whole(place, luck, whats[0]) if tries == 1 else several(place, luck, tries, whats))
