"""The open design."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from netdesigner.checks import Problem, Report, check, with_fixes
from netdesigner.document import Design, History, folder_of, load_with_digest, save
from netdesigner.document.atomic import digest_of
from netdesigner.document.held import Held
from netdesigner.errors import FileInUseError, NetDesignerError
from netdesigner.parts import Catalog, Dataset, DataSpec, Samples
from netdesigner.parts.paths import relocated
from netdesigner.session.library import Library
from netdesigner.session.lock import Locks
from netdesigner.session.recovery import Found, Recovery

__all__ = ["Listener", "Session", "State"]

_RECOVERED = " recovered"


class State(NamedTuple):
    """All that views show of the open design; a view redraws what is not the same object as before.

    Attributes:
        history: the design with its past.
        report: what checking the design found.
        saved: the design of which nothing would be lost, as it is on disk or as a new one began; None if there is none.
        path: its file, or None.
        origin: the file that unsaved work belonged to before it was taken up again; never written over by a save.
        data: what the chosen samples look like; None while unknown.
        opening: the number of the time at which a design was opened or begun, of which this is a state.
        read_only: whether another window has the file open, which alone writes it.
    """

    history: History
    report: Report
    saved: Design | None = None
    path: Path | None = None
    origin: Path | None = None
    data: DataSpec | None = None
    opening: int = 0
    read_only: bool = False

    @property
    def design(self) -> Design:
        """The present design."""
        return self.history.design

    @property
    def dirty(self) -> bool:
        """Whether there is something to lose that no file holds."""
        return self.design is not self.saved

    @property
    def name(self) -> str:
        """What to call the design."""
        if self.path is None and self.origin is not None:
            return f"{self.origin.stem.removesuffix(_RECOVERED)}{_RECOVERED}"
        return self.path.stem if self.path else self.design.title or "untitled"

    def is_another_than(self, before: State) -> bool:
        """Whether another design was opened after a state, rather than that one edited, taken back or saved."""
        return self.opening != before.opening


Listener = Callable[[State, State], None]
"""Called with the state before and after each change, on the thread that made it."""


class Session:
    """Holds the state and changes it; not to be used from several threads.

    Args:
        catalog: the parts designs are made of.
        recovery: where unsaved work is kept against a crash, or None.
        library: the user's blocks; those in the user's own folder if None.
        locks: keep two windows from writing one file; None where there is one window only.
    """

    def __init__(
        self,
        catalog: Catalog,
        recovery: Recovery | None = None,
        library: Library | None = None,
        locks: Locks | None = None,
    ) -> None:
        self.catalog = catalog
        self.library = library or Library()
        self._recovery = recovery
        self._listeners: list[Listener] = []
        self._samples: tuple[Dataset, Samples] | None = None
        self._homeless: list[Path] = []
        self._locks = locks
        self._lock: Held | None = None
        self._digest = ""
        design = Design()
        self._state = State(History.start(design), check(design, catalog), saved=design)

    # ------------------------------------------------------------------------------------------------- state

    @property
    def state(self) -> State:
        """The present state."""
        return self._state

    @property
    def design(self) -> Design:
        """The present design."""
        return self._state.design

    @property
    def report(self) -> Report:
        """What checking the present design found."""
        return self._state.report

    @property
    def recovery(self) -> Recovery | None:
        """Where unsaved work is kept against a crash."""
        return self._recovery

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Calls a function after each change; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _become(self, state: State) -> None:
        before, self._state = self._state, state
        if self._recovery is not None and state.design is not before.design:
            self._recovery.note(state.design if state.dirty else None, state.path or state.origin)
        for listener in tuple(self._listeners):
            listener(before, state)

    def _with_history(self, history: History) -> State:
        """The state with another history: checked again, and with fresh facts on the data if these changed."""
        state = self._state._replace(history=history)
        if (
            history.design.data is not self.design.data
            or history.design.variables is not self.design.variables
        ):
            state = state._replace(data=self._described(history.design))
        report = check(history.design, self.catalog, state.data, previous=self._state.report)
        return state._replace(report=report)

    # ------------------------------------------------------------------------------------------------- edits

    def edit(self, design: Design, label: str, merge_key: str = "") -> None:
        """Makes a design the present one, as one step of the history.

        Args:
            design: made from the present one by an edit.
            label: what was done, as a menu says it.
            merge_key: steps with the same key become one, such as those of a drag.
        """
        if design is not self.design:
            self._become(self._with_history(self._state.history.push(design, label, merge_key)))

    def seal(self) -> None:
        """Ends merging: the next edit is a step of its own whatever its key."""
        self._state = self._state._replace(history=self._state.history.sealed())

    def back_to(self, history: History) -> None:
        """Becomes what it was: edits since then, such as those of a drag that is given up, leave no trace."""
        if history is not self._state.history:
            self._become(self._with_history(history))

    def undo(self) -> None:
        """Takes the last step back."""
        if self._state.history.can_undo:
            self._become(self._with_history(self._state.history.undo()))

    def redo(self) -> None:
        """Does the step again that was taken back last."""
        if self._state.history.can_redo:
            self._become(self._with_history(self._state.history.redo()))

    def fixes(self, problem: Problem) -> Problem:
        """The problem with its tried fixes."""
        report = with_fixes(self.design, self.report, self.catalog, self._state.data, only=problem)
        same = [p for p in report.problems if p.key == problem.key]
        return same[0] if same else problem

    # ------------------------------------------------------------------------------------------------- files

    def new(self, design: Design | None = None) -> None:
        """Begins another design that no file holds yet; before its first edit there is nothing of it to lose.

        Here as in `open` and `restore`, what is not saved of the present one goes to the trash.
        """
        self._hold(None, "")
        self._open(design or Design(), None)

    def open(self, path: Path) -> None:
        """Opens a design file; only for reading while another window has it open.

        Raises:
            DesignFileError: it cannot be opened; the present design stays.
        """
        path = path.absolute()
        lock = self._taken(path)
        try:
            design, digest = load_with_digest(path)
        except NetDesignerError:
            self._give_back(lock)
            raise
        self._hold(lock, digest)
        self._open(design, path)

    def restore(self, work: Found) -> None:
        """Takes up kept work as a copy that no file holds yet: a save asks where.

        Raises:
            NetDesignerError: it cannot be taken; the present design stays.
        """
        if self._recovery is not None:
            design = self._recovery.take_up(work)
            self._hold(None, "")
            self._open(design, None, saved=False, origin=work.path)

    def _open(
        self, design: Design, path: Path | None, saved: bool = True, origin: Path | None = None
    ) -> None:
        if (
            self._recovery is not None and saved
        ):  # where work is taken up, the present one has given way already
            self._recovery.give_up()
        self._homeless = []
        data = self._described(design)
        report = check(design, self.catalog, data)
        kept = design if saved else None
        opening = self._state.opening + 1
        read_only = path is not None and self._lock is None
        self._become(State(History.start(design), report, kept, path, origin, data, opening, read_only))

    def save(self, path: Path | None = None, *, overwrite: bool = False) -> bool:
        """Writes the design to its file, or to another one that becomes its file.

        What the file held before is kept beside it, with `.bak` behind its name. In another folder relative paths are
        written anew, in the present design and in those of the history, so that they lead to the same data as before.

        Args:
            path: another file; whatever it holds is replaced.
            overwrite: replace what another program wrote into the design's own file meanwhile.

        Returns:
            Whether the disk confirmed it; where it did not, a power cut may bring the old file back.

        Raises:
            FileChangedError: another program changed the design's own file; nothing was written over that.
            FileInUseError: another window has the file open.
            FileError: it was not saved; an older file is unchanged.
        """
        target = path or self._state.path
        if target is None:
            raise NetDesignerError("the design has no file yet; choose where to save it")
        target, folder, history = target.absolute(), folder_of(target), self._state.history
        known = self._digest if _is_same(self._state.path, target) and not overwrite else None
        lock = self._taken(target)
        if lock is None:
            raise FileInUseError(target)
        if history.design.folder != folder:
            history = history.revised(lambda design: relocated(design, self.catalog, folder))
        try:
            written = save(history.design, target, backup=True, replaces=known)
        except NetDesignerError:
            self._give_back(lock)
            raise
        self._hold(lock, written.digest)
        saved = self._state._replace(history=history, saved=history.design, path=target, origin=None)
        self._become(saved._replace(read_only=False))
        if self._recovery is not None:
            self._recovery.note(None, target)
        return written.durable

    # ---------------------------------------------------------------------------------------- whose file it is

    def copy(self) -> None:
        """Goes on with a copy that no file holds yet."""
        self._hold(None, "")
        self._become(self._state._replace(path=None, read_only=False))

    def may_take_over(self) -> bool:
        """Whether no other window has the file open any more."""
        path = self._state.path
        lock = self._taken(path) if path is not None else None
        self._give_back(lock)
        return lock is not None

    def take_over(self) -> None:
        """Writes the file from now on; opens it anew where the other window saved it and nothing was edited here.

        Raises:
            FileInUseError: another window has it open, still or again.
            DesignFileError: what it holds now cannot be opened.
        """
        path = self._state.path
        if path is None or not self._state.read_only:
            return
        lock = self._taken(path)
        if lock is None:
            raise FileInUseError(path)
        self._lock = lock
        if _is_outdated(path, self._digest) and not self._state.dirty:
            self.open(path)
        else:  # where both edited it, the next save asks
            self._become(self._state._replace(read_only=False))

    def close(self) -> None:
        """Ends: what is not saved goes to the trash, and other windows may write the file."""
        if self._recovery is not None:
            self._recovery.close()
        self._hold(None, "")

    def _taken(self, path: Path) -> Held | None:
        """The right to write a file: the one held already, or a new one; None while another window has it."""
        if self._locks is None:
            return Held()
        if self._lock is not None and _is_same(self._state.path, path):
            return self._lock
        return self._locks.take(path)

    def _give_back(self, lock: Held | None) -> None:
        if lock is not None and lock is not self._lock:
            lock.release()

    def _hold(self, lock: Held | None, digest: str) -> None:
        if self._lock is not None and self._lock is not lock:
            self._lock.release()
        self._lock, self._digest = lock, digest

    def note_run(self, run: Path) -> None:
        """Remembers a run that was begun; one of a design without a file waits for that file to lie beside."""
        if self._state.path is None:
            self._homeless.append(run)

    def take_homeless_runs(self) -> tuple[Path, ...]:
        """Gives away the runs from before the design had a file; none while it has none."""
        if self._state.path is None:
            return ()
        taken, self._homeless = tuple(self._homeless), []
        return taken

    # -------------------------------------------------------------------------------------------------- data

    def dataset(self) -> Dataset | None:
        """The chosen data set; None where none is chosen or its parameters are not allowed (a problem says why)."""
        return self.catalog.dataset_of(self.design)

    def _described(self, design: Design) -> DataSpec | None:
        """What is known of the data without reading files: embedded facts, or what was loaded before."""
        dataset = self.catalog.dataset_of(design)
        if dataset is None:
            return None
        if self._samples is not None and self._samples[0] == dataset:
            return self._samples[1].spec
        return dataset.describe() if dataset.at_once else None

    def take_samples(self, dataset: Dataset, samples: Samples) -> None:
        """Keeps samples that were loaded (on another thread), so that checks know them and training need not load."""
        self._samples = (dataset, samples)
        data = self._described(self.design)
        if data != self._state.data:
            report = check(self.design, self.catalog, data, previous=self.report)
            self._become(self._state._replace(data=data, report=report))

    def samples(self) -> Samples | None:
        """The loaded samples of the chosen data set, if they are there."""
        if self._samples is not None and self._samples[0] == self.dataset():
            return self._samples[1]
        return None


def _is_outdated(path: Path, digest: str) -> bool:
    """Whether a file holds something else than what has that digest."""
    try:
        return digest_of(path) not in ("", digest)
    except OSError:
        return False


def _is_same(own: Path | None, path: Path) -> bool:
    return own is not None and os.path.realpath(own) == os.path.realpath(path)
