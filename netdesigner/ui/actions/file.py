"""New, open, save, and what must be asked before a design is left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFileDialog, QWidget

from netdesigner.document import SUFFIX, Design
from netdesigner.document.atomic import BACKUP_SUFFIX
from netdesigner.errors import FileChangedError, FileError, NetDesignerError
from netdesigner.session import Job, State
from netdesigner.session.recovery import TRASH_DAYS, Found
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.dialogs import ask_to_save, choose, confirm, tell
from netdesigner.ui.formats import sentence
from netdesigner.ui.settings import Settings

__all__ = ["FileActions"]

_KINDS = f"netdesigner designs (*{SUFFIX})"
_PICTURES = {"SVG drawing (*.svg)": ".svg", "PNG image (*.png)": ".png"}
_ABOUT_RUN = (
    "The run goes on without this window.",
    "Open its design again to see how far it is, to pause or to stop it.",
)
_keys = QKeySequence.StandardKey


class FileActions(QObject):
    """Everything that concerns the design's file.

    Args:
        actions: where its actions are added.
        bridge: the session.
        settings: recent files and the last folder.
        window: the parent of dialogs.
        draw: writes a picture of the shown network to a file, or of what is selected in it.
    """

    def __init__(
        self,
        actions: ActionList,
        bridge: Bridge,
        settings: Settings,
        window: QWidget,
        draw: Callable[[Path, bool], None],
    ) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._settings = settings
        self._window = window
        self._draw = draw
        bridge.run_changed.connect(lambda _run: self._bring_runs())
        actions.add("file.new", "&New", self.new, _keys.New, "new", "New empty design")
        actions.add("file.open", "&Open…", self.ask_open, _keys.Open, "open", "Open a design file")
        actions.add("file.save", "&Save", self.save, _keys.Save, "save", "Save the design")
        actions.add(
            "file.save_as", "Save &As…", self.save_as, "Ctrl+Shift+S", "save as", "Save under another name"
        )
        actions.add(
            "file.picture", "Save &Picture…", self.ask_picture, (), "picture", "Save a picture of the network"
        )
        actions.add(
            "file.picture_selected",
            "Save Picture of Se&lection…",
            lambda: self.ask_picture(of_selection=True),
            (),
            "picture",
            "Save a picture of the selected nodes and the wires between them",
        )
        actions.add(
            "file.clear_recent", "&Clear List", settings.forget_recent, (), "", "Forget the recent files"
        )
        tip = f"Bring back what was not saved in the last {TRASH_DAYS} days"
        actions.add("file.trash", "&Discarded Work…", self.show_trash, (), "", tip)
        tip = "Begin where you left off, rather than with the start page"
        reopen = actions.add(
            "file.reopen", "R&eopen Last Design at Start", self._set_reopen, (), "", tip, checkable=True
        )
        reopen.setChecked(settings.value.reopen)
        actions.add("file.quit", "&Quit", window.close, _keys.Quit, "quit", "Close the program")

    # ------------------------------------------------------------------------------------------------- opening

    def new(self, design: Design | None = None) -> bool:
        """Begins another design, empty if none is given; returns whether it did."""
        if not self.may_leave():
            return False
        self._bridge.session.new(design)
        return True

    def ask_open(self) -> None:
        """Asks for a file and opens it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open a design", self._settings.value.folder, _KINDS
        )
        if name:
            self.open(Path(name))

    def open(self, path: Path) -> bool:
        """Opens a file; returns whether it did. What is wrong with a file is said, and the present design stays."""
        if not self.may_leave():
            return False
        try:
            self._bridge.session.open(path)
        except NetDesignerError as error:
            tell(self._window, "The file cannot be opened.", str(error))
            self._settings.forget_recent(str(path))
            return False
        self._settings.add_recent(path)
        return True

    def restore(self, work: Found) -> bool:
        """Takes up unsaved work as a copy without a file; returns whether it did."""
        if not self.may_leave():
            return False
        try:
            self._bridge.session.restore(work)
        except NetDesignerError as error:
            tell(self._window, "The work cannot be restored.", str(error))
            return False
        self._bridge.said.emit(
            "info", f"Restored as {self._bridge.state.name}; it has no file until it is saved"
        )
        return True

    def show_trash(self) -> None:
        """Lists work that was given up, to bring it back."""
        from netdesigner.ui.trash_dialog import TrashDialog

        recovery = self._bridge.session.recovery
        works = recovery.trashed() if recovery is not None else ()
        dialog = TrashDialog(works, lambda work: recovery.delete(work) if recovery else None, self._window)
        dialog.wanted.connect(self.restore)
        dialog.open()

    def _set_reopen(self, on: bool) -> None:
        self._settings.change(reopen=on)

    # -------------------------------------------------------------------------------------------------- saving

    def save(self) -> bool:
        """Saves the design, asking where if it has no file or may only be read; returns whether it did."""
        state = self._bridge.state
        return self.save_as() if state.path is None or state.read_only else self._save(None)

    def save_as(self) -> bool:
        """Asks for a file and saves the design there; returns whether it did."""
        state = self._bridge.state
        start = state.path or self._free_name(state)
        if state.read_only:
            start = start.with_name(f"{start.stem}-copy{SUFFIX}")
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the design", str(start), _KINDS)
        if not name:
            return False
        path = Path(name)
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
            if not self._may_replace(path):
                return False
        return self._save(path)

    def _free_name(self, state: State) -> Path:
        """Where a design without a file could lie: beside the one that it came from, over nothing."""
        folder = state.origin.parent if state.origin else Path(self._settings.value.folder or Path.home())
        names = (f"{state.name}{number}{SUFFIX}" for number in ("", *(f" {n}" for n in range(2, 100))))
        return next((folder / name for name in names if not (folder / name).exists()), folder / state.name)

    def _may_replace(self, path: Path) -> bool:
        """Whether a file whose name the file dialog did not ask about may go."""
        more = f"There is a file of this name in {path.parent}."
        return not path.exists() or confirm(self._window, f"Replace {path.name}?", more, "Replace")

    def _save(self, path: Path | None, overwrite: bool = False) -> bool:
        try:
            durable = self._bridge.session.save(path, overwrite=overwrite)
        except FileChangedError as error:
            return self._settle_change(error.path)
        except NetDesignerError as error:
            ways = {"again": "Try Again", "elsewhere": "Save As…"}
            answer = choose(self._window, "The design was not saved.", _why_not_saved(error), ways)
            return self._save(path, overwrite) if answer == "again" else bool(answer) and self.save_as()
        saved = self._bridge.state.path
        self._bring_runs()
        if saved is not None:
            self._settings.add_recent(saved)
            self._say_saved(saved.name, durable)
        return True

    def _settle_change(self, path: Path) -> bool:
        """Asks what to do with a file that another program changed."""
        more = (
            "Saving now would replace what it wrote. If you overwrite it all the same, that is kept beside the file as "
            f"{path.name}{BACKUP_SUFFIX}."
        )
        ways = {"elsewhere": "Save As…", "overwrite": "Overwrite"}
        answer = choose(self._window, f"Another program has changed {path.name}.", more, ways)
        if answer == "overwrite":
            return self._save(None, overwrite=True)
        return bool(answer) and self.save_as()

    def _say_saved(self, name: str, durable: bool) -> None:
        doubt = ", but the disk did not confirm it: after a power cut the old version may be back"
        self._bridge.said.emit("info" if durable else "warning", f"Saved {name}{'' if durable else doubt}")

    def _bring_runs(self) -> None:
        """Takes the runs from before the design had a file beside that file; one in progress once it has ended."""
        path = self._bridge.state.path
        if self._bridge.run is not None or path is None:
            return
        runs = self._bridge.session.take_homeless_runs()
        if runs:
            from netdesigner.session.training import move_runs

            job = Job("Moving the runs beside the design", lambda _progress: move_runs(runs, path))
            self._bridge.start(job, self._bridge.runs_moved.emit)

    def ask_picture(self, of_selection: bool = False) -> None:
        """Asks for a file and draws the network into it, or what is selected."""
        state = self._bridge.state
        start = str(Path(self._settings.value.folder or Path.home()) / f"{state.name}.svg")
        name, kind = QFileDialog.getSaveFileName(self._window, "Save a picture", start, ";;".join(_PICTURES))
        if not name:
            return
        path = Path(name)
        if path.suffix.lower() not in _PICTURES.values():
            path = path.with_name(path.name + _PICTURES.get(kind, ".svg"))
            if not self._may_replace(path):
                return
        try:
            self._draw(path, of_selection)
        except (NetDesignerError, OSError) as error:
            tell(self._window, "The picture was not saved.", str(error))
        else:
            self._bridge.said.emit("info", f"Saved {path.name}")

    # ------------------------------------------------------------------------------------------------- leaving

    def may_leave(self) -> bool:
        """Asks what must be asked before the design goes: about unsaved work, and a run in progress."""
        state = self._bridge.state
        if state.dirty and not self._settle(state.name):
            return False
        return self._may_leave_run()

    def _may_leave_run(self) -> bool:
        if self._bridge.run is None:
            return True
        if self._bridge.detached:
            answer = choose(self._window, *_ABOUT_RUN, {"leave": "Let It Run", "stop": "Stop the Run"})
            if answer != "stop":
                return answer == "leave"
        elif not confirm(
            self._window,
            "Stop the run in progress?",
            "It keeps its checkpoint and can be resumed later.",
            "Stop the Run",
        ):
            return False
        if not self._bridge.stop_run():
            self._bridge.said.emit("warning", "The run has not stopped yet; try again in a moment.")
            return False
        return True

    def _settle(self, name: str) -> bool:
        answer = ask_to_save(self._window, name)
        return self.save() if answer == "save" else answer == "discard"


def _why_not_saved(error: NetDesignerError) -> str:
    """What stands under the words that a design was not saved: the reason as a sentence, and the file below it."""
    if not isinstance(error, FileError):
        return str(error)
    return f"{sentence(error.reason.removeprefix('not saved: '))}.\n\n{error.path}"
