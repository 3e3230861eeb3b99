"""The open design."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from netdesigner.checks import Problem, Report, check, with_fixes
from netdesigner.document import Design, History, folder_of, load, save
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog, Dataset, DataSpec, Samples
from netdesigner.parts.paths import relocated
from netdesigner.session.library import Library
from netdesigner.session.recovery import Recovery

__all__ = ["Listener", "Session", "State"]


@dataclass(frozen=True, slots=True)
class State:
    """All that views show of the open design; a view redraws what is not the same object as before.

    Attributes:
        history: the design with its past.
        report: what checking the design found.
        saved: the design of which nothing would be lost, as it is on disk or as a new one began; None if there is none.
        path: its file, or None.
        data: what the chosen samples look like; None while unknown.
        opening: the number of the time at which a design was opened or begun, of which this is a state.
    """

    history: History
    report: Report
    saved: Design | None = None
    path: Path | None = None
    data: DataSpec | None = None
    opening: int = 0

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
    """

    def __init__(
        self, catalog: Catalog, recovery: Recovery | None = None, library: Library | None = None
    ) -> None:
        self.catalog = catalog
        self.library = library or Library()
        self._recovery = recovery
        self._listeners: list[Listener] = []
        self._samples: tuple[Dataset, Samples] | None = None
        self._homeless: list[Path] = []
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
            self._recovery.note(state.design if state.dirty else None, state.path)
        for listener in tuple(self._listeners):
            listener(before, state)

    def _with_history(self, history: History) -> State:
        """The state with another history: checked again, and with fresh facts on the data if these changed."""
        state = replace(self._state, history=history)
        if (
            history.design.data is not self.design.data
            or history.design.variables is not self.design.variables
        ):
            state = replace(state, data=self._described(history.design))
        report = check(history.design, self.catalog, state.data, previous=self._state.report)
        return replace(state, report=report)

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
        self._state = replace(self._state, history=self._state.history.sealed())

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
        """Begins another design that no file holds yet; before its first edit there is nothing of it to lose."""
        self._open(design or Design(), None, saved=True)

    def open(self, path: Path) -> None:
        """Opens a design file.

        Raises:
            DesignFileError: it cannot be opened; the present design stays.
        """
        path = path.absolute()
        self._open(load(path), path, saved=True)

    def restore(self, design: Design, path: Path | None) -> None:
        """Takes up unsaved work of a session that ended without saving."""
        self._open(design, path, saved=False)

    def _open(self, design: Design, path: Path | None, saved: bool) -> None:
        self._homeless = []
        data = self._described(design)
        report = check(design, self.catalog, data)
        kept = design if saved else None
        opening = self._state.opening + 1
        self._become(State(History.start(design), report, kept, path, data, opening))

    def save(self, path: Path | None = None) -> None:
        """Writes the design to its file, or to another one that becomes its file.

        In another folder relative paths are written anew, in the present design and in those of the history, so that
        they lead to the same data as before.

        Raises:
            FileError: it was not saved; an older file is unchanged.
        """
        target = path or self._state.path
        if target is None:
            raise NetDesignerError("the design has no file yet; choose where to save it")
        target, folder, history = target.absolute(), folder_of(target), self._state.history
        if history.design.folder != folder:
            history = history.revised(lambda design: relocated(design, self.catalog, folder))
        save(history.design, target)
        self._become(replace(self._state, history=history, saved=history.design, path=target))
        if self._recovery is not None:
            self._recovery.note(None, target)

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
        return dataset.describe() if dataset.embedded else None

    def take_samples(self, dataset: Dataset, samples: Samples) -> None:
        """Keeps samples that were loaded (on another thread), so that checks know them and training need not load."""
        self._samples = (dataset, samples)
        data = self._described(self.design)
        if data != self._state.data:
            report = check(self.design, self.catalog, data, previous=self.report)
            self._become(replace(self._state, data=data, report=report))

    def samples(self) -> Samples | None:
        """The loaded samples of the chosen data set, if they are there."""
        if self._samples is not None and self._samples[0] == self.dataset():
            return self._samples[1]
        return None
