"""What the canvas shows and tells of a design beside drawing it: clashes traced back, pictures, words for a reader."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.checks import Problem
from netdesigner.errors import FileError
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.accessibility import announce, make_accessible, tell_focus
from netdesigner.ui.canvas.hit import Hit
from netdesigner.ui.canvas.tips import tip_of
from netdesigner.ui.canvas.verbs import Verbs
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.blaming import Blaming

__all__ = ["Seeing"]


class Seeing(Verbs):
    """What can be seen on the canvas; `Canvas` makes the parts that it looks at."""

    bridge: Bridge
    _theme: Theme

    def _watch(self) -> None:
        """Follows what is pointed at and said; called once all parts are there."""
        make_accessible()
        self.scene.hover_changed.connect(self._trace_back)
        self.bridge.said.connect(lambda severity, text: announce(self.view, text, severity == "error"))

    def _tell_selection(self) -> None:
        """Says what is selected to a reader, and shows how its clash came about."""
        chosen = self.scene.selection
        told = tip_of(Hit(self.scene.nodes[chosen[-1]])).replace("\n", ", ") if chosen else "nothing selected"
        self.view.setAccessibleDescription(told)
        tell_focus(self.view)
        if "blaming" in vars(self):
            self.blaming.on_selection()
        else:
            self._trace_back()

    @cached_property
    def blaming(self) -> Blaming:
        """Traces clashes back to where they began, made when there is something wrong for the first time."""
        from netdesigner.ui.canvas.blaming import Blaming

        return Blaming(self.bridge, self.scene)

    def trace(self, problem: Problem | None) -> None:
        """Shows how a problem came about, until something else is looked at."""
        self.blaming.choose(problem)

    def _trace_back(self) -> None:
        if self.bridge.state.report.problems or self.scene.foreground.blame is not None:
            self.blaming.settle()

    def _announce_problems(self, before: State, after: State) -> None:
        """Speaks what went wrong with an edit, and that nothing is wrong any more."""
        known = {problem.key for problem in before.report.problems}
        new = [problem.message for problem in after.report.errors if problem.key not in known]
        mended = bool(before.report.errors) and not after.report.errors
        announce(self.view, plain_message(new[0]) if new else "No errors" if mended else "")

    def save_picture(self, path: Path, of_selection: bool = False) -> None:
        """Draws what is open into a file, or what is selected in it.

        Raises:
            FileError: it cannot be written, or there is nothing to draw.
        """
        from netdesigner.ui.canvas.picture import save_picture

        state, only = self.bridge.state, self.selected() if of_selection else ()
        if of_selection and not only:
            raise FileError(path, "nothing is selected; select the nodes that should be drawn first")
        catalog = self.bridge.session.catalog
        save_picture(state.design, state.report, catalog, path, self._theme, self.scene.scope, only=only)
