"""Undo and redo over whole designs.

A step keeps the design it led to; designs share all that an edit left alone, so a step costs little. Edits that
belong together (a drag, typing in one field) carry the same merge key and become one step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from netdesigner.document.design import Design

__all__ = ["History"]


class _Step(NamedTuple):
    label: str
    merge_key: str
    design: Design
    before: _Step | None
    depth: int


class _Undone(NamedTuple):
    step: _Step
    after: _Undone | None


@dataclass(frozen=True, slots=True)
class History:
    """A present design with its past and what was undone, without a limit on either."""

    _step: _Step
    _undone: _Undone | None = None

    @classmethod
    def start(cls, design: Design) -> History:
        """A history that begins here."""
        return cls(_Step("", "", design, None, 0))

    @property
    def design(self) -> Design:
        """The present design."""
        return self._step.design

    @property
    def undo_label(self) -> str:
        """What undo would take back, or ""."""
        return self._step.label

    @property
    def redo_label(self) -> str:
        """What redo would do again, or ""."""
        return self._undone.step.label if self._undone else ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self._step.before is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return self._undone is not None

    @property
    def depth(self) -> int:
        """How many steps can be undone."""
        return self._step.depth

    def push(self, design: Design, label: str, merge_key: str = "") -> History:
        """Makes a design the present one.

        Args:
            design: the new design; pushing the present one again changes nothing.
            label: what was done, as a menu would say it ("move conv_1").
            merge_key: where not empty and equal to that of the last step, the two become one.
        """
        if design is self.design:
            return self
        previous = self._step
        if merge_key and merge_key == previous.merge_key and previous.before and self._undone is None:
            previous = previous.before
        return History(_Step(label, merge_key, design, previous, previous.depth + 1))

    def sealed(self) -> History:
        """The same history whose last step takes no more merges."""
        step = self._step
        return History(_Step(step.label, "", step.design, step.before, step.depth), self._undone)

    def undo(self) -> History:
        """The history one step back; the same where there is no step."""
        before = self._step.before
        return self if before is None else History(before, _Undone(self._step, self._undone))

    def redo(self) -> History:
        """The history one step forward; the same where nothing was undone."""
        return self if self._undone is None else History(self._undone.step, self._undone.after)

    def revised(self, change: Callable[[Design], Design]) -> History:
        """The same steps with every design changed: for what is no step itself, such as another place of the file."""
        before: _Step | None = None
        for step in reversed([*self._past()]):
            before = step._replace(design=change(step.design), before=before)
        assert before is not None
        present, undone, ahead = before, self._undone, []
        while undone is not None:
            before = undone.step._replace(design=change(undone.step.design), before=before)
            ahead.append(before)
            undone = undone.after
        for step in reversed(ahead):
            undone = _Undone(step, undone)
        return History(present, undone)

    def _past(self) -> Iterator[_Step]:
        step: _Step | None = self._step
        while step is not None:
            yield step
            step = step.before

    def design_after(self, labels: Collection[str]) -> Design:
        """The design as the last step of one of some labels left it; the oldest there is without such a step."""
        for step in self._past():
            if step.label in labels:
                return step.design
        return step.design

    def labels(self) -> Iterator[str]:
        """What was done, the newest first."""
        step = self._step
        while step.before is not None:
            yield step.label
            step = step.before
