"""The main job played through the real window without a screen: open the sample, train, watch, judge, export.

Every step is what a person would press; the pictures are grabbed from the window as it stands.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QWidget

from netdesigner.errors import NetDesignerError
from netdesigner.session import Session
from netdesigner.session.gallery import SAMPLE, open_template
from netdesigner.training.events import EpochEnd, Event, Failed
from netdesigner.ui.canvas.picture import save_picture
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.panels.export import ExportDialog

__all__ = ["play"]

_PATIENCE_S = 600.0
_WIDTH_PX, _HEIGHT_PX = 1440, 900


def play(
    application: QApplication,
    window: MainWindow,
    session: Session,
    folder: Path,
    tell: Callable[[str], None],
) -> int:
    """Plays the job and leaves pictures, design, run and model in a folder.

    Args:
        application: whose events are run.
        window: the window, not shown yet.
        session: what it shows.
        folder: made if missing; files of an earlier play are replaced.
        tell: given one line after each step.

    Returns:
        The exit code: 0 if the model was verified.

    Raises:
        NetDesignerError: a step could not be done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return _Play(application, window, session, folder, tell).run()


class _Play:
    """One play, step after step."""

    def __init__(
        self,
        application: QApplication,
        window: MainWindow,
        session: Session,
        folder: Path,
        tell: Callable[[str], None],
    ) -> None:
        self.application = application
        self.window = window
        self.session = session
        self.folder = folder
        self.tell = tell
        self.epochs: list[EpochEnd] = []
        self.failed = ""
        self.said: list[str] = []
        window.bridge.run_events.connect(self.take)
        window.bridge.said.connect(lambda severity, text: self.said.append(f"{severity}: {text}"))

    def run(self) -> int:
        try:
            self.open_sample()
            self.train()
            self.judge()
            verified = self.export()
        finally:
            self.leave()
        return 0 if verified else 1

    # --------------------------------------------------------------------------------------------------- steps

    def open_sample(self) -> None:
        self.session.new(open_template(SAMPLE))
        self.session.save(self.folder / f"{SAMPLE}.netdesign")
        self.window.resize(_WIDTH_PX, _HEIGHT_PX)
        self.window.show()
        self.settle()
        self.window.canvas.fit()
        self.settle()
        self.tell(f"opened {SAMPLE}: {len(self.session.report.problems)} problems")
        self.grab(self.window, "window-design.png")
        for name in ("canvas.png", "canvas.svg"):
            state, catalog = self.session.state, self.session.catalog
            save_picture(state.design, state.report, catalog, self.folder / name, self.window.theme)

    def train(self) -> None:
        self.press("run.train")
        self.until("training starts", lambda: self.window.bridge.run is not None or bool(self.said))
        epochs = int(self.session.design.training.values.get("epochs") or 1)  # type: ignore[arg-type]
        self.until("half of the training", lambda: len(self.epochs) * 2 >= epochs or self.over())
        self.settle()
        self.grab(self.window, "window-training.png")
        self.until("training ends", self.over)
        if self.failed:
            raise NetDesignerError(f"training stopped: {self.failed}")
        self.settle()
        last = self.epochs[-1]
        values = ", ".join(f"{name} {value:.3f}" for name, value in last.validation.items())
        self.tell(f"trained {last.epoch} epochs in {last.seconds:.1f} s; validation {values}")
        self.grab(self.window.deck.curves, "curves.png")

    def judge(self) -> None:
        self.press("run.evaluate")
        self.until("the evaluation", lambda: not self.window.bridge.jobs() and self.evaluated())
        self.settle()
        self.grab(self.window, "window-evaluation.png")

    def export(self) -> bool:
        self.press("run.export")
        self.until("the export dialog", lambda: self.dialog() is not None)
        dialog = self.dialog()
        assert dialog is not None
        path = self.folder / f"{SAMPLE}.onnx"
        path.unlink(missing_ok=True)  # of an earlier play; the dialog would ask
        dialog.findChild(QLineEdit, "export_path").setText(str(path))
        dialog.findChild(QPushButton, "export_write").click()
        self.until("the export", lambda: not self.window.bridge.jobs())
        self.settle()
        self.grab(dialog, "export.png")
        proof = dialog.proof.proof
        verified = proof is not None and proof.verified and path.is_file()
        self.tell(f"{path}: {'verified' if verified else 'NOT verified'}")
        dialog.reject()
        return verified

    def leave(self) -> None:
        if self.session.state.dirty:
            self.session.save()
        self.window.close()
        self.settle()
        self.tell(f"pictures, curves, run and model are in {self.folder}/")

    # ---------------------------------------------------------------------------------------------- eyes and hands

    def take(self, events: Sequence[Event]) -> None:
        self.epochs += [event for event in events if isinstance(event, EpochEnd)]
        self.failed = next((event.message for event in events if isinstance(event, Failed)), self.failed)

    def over(self) -> bool:
        return self.window.bridge.run is None

    def evaluated(self) -> bool:
        return any((path / "evaluation.json").is_file() for path in self.folder.glob("*.runs/*"))

    def dialog(self) -> ExportDialog | None:
        found = [
            w for w in self.application.topLevelWidgets() if isinstance(w, ExportDialog) and w.isVisible()
        ]
        return found[0] if found else None

    def press(self, action: str) -> None:
        button = self.window.actions_by_name[action]
        self.until(f"'{action}' can be pressed", button.isEnabled)
        button.trigger()

    def settle(self) -> None:
        for _ in range(8):
            self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 25)
            time.sleep(0.01)

    def until(self, what: str, reached: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not reached():
            if time.monotonic() > end:
                raise NetDesignerError(
                    f"{what} did not come within {_PATIENCE_S:.0f} s; {'; '.join(self.said)}"
                )
            self.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)
            time.sleep(0.005)

    def grab(self, widget: QWidget, name: str) -> None:
        widget.grab().save(str(self.folder / name))
