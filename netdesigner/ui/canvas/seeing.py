"""What the canvas shows and tells of a design beside drawing it: clashes traced back, pictures, words for a reader."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF

from netdesigner.checks import Problem
from netdesigner.errors import FileError
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.accessibility import announce, make_accessible, tell_focus
from netdesigner.ui.canvas.hit import Hit
from netdesigner.ui.canvas.scopes import Sight, Way
from netdesigner.ui.canvas.tips import tip_of
from netdesigner.ui.canvas.verbs import Verbs
from netdesigner.ui.canvas.words import plain_message
from netdesigner.ui.theme import Theme
from netdesigner.ui.view_memory import View, ViewMemory

if TYPE_CHECKING:
    from netdesigner.ui.canvas.blaming import Blaming

__all__ = ["Seeing"]


class Seeing(Verbs):
    """What can be seen on the canvas; `Canvas` makes the parts that it looks at."""

    bridge: Bridge
    views: ViewMemory | None = None
    way: Way
    _fresh: bool
    _theme: Theme

    def _watch(self) -> None:
        """Follows what is pointed at and said; called once all parts are there."""
        make_accessible()
        self.scene.hover_changed.connect(self._trace_back)
        self.bridge.said.connect(lambda severity, text: announce(self.view, text, severity == "error"))

    # ------------------------------------------------------------------------------------------- from day to day

    def take_views(self, views: ViewMemory) -> None:
        """Shows the open design as it was left, and remembers what is seen from now on."""
        self.views = views
        state = self.bridge.state
        if views.view_of(state.path) is not None:
            self._begin(state)
            self.refresh()

    def keep_view(self, path: Path | None) -> None:
        """Remembers what is seen of the design in a file; nothing of one without."""
        if self.views is None or path is None:
            return
        self.keep_sight()
        if self.view.is_fitted:  # all of it, in a window of another size too
            del self.way.sights[self.way.here]
        self.views.keep(path, View(tuple(self.way.scopes), dict(self.way.sights)))

    def _begin(self, state: State) -> None:
        """Goes to another design: where it was left, or to its first network."""
        view = self.views.view_of(state.path) if self.views is not None else None
        self.way.begin(state.design, *((view.scopes, view.sights) if view is not None else ()))
        self._fresh = True

    @abstractmethod
    def refresh(self) -> None:
        """Shows the open scope as it is now."""

    def keep_sight(self) -> None:
        """Remembers what is seen of the open scope."""
        center = self.view.mapToScene(self.view.viewport().rect().center())
        self.way.sights[self.way.here] = Sight(self.view.zoom, (center.x(), center.y()))

    def _restore_sight(self) -> None:
        """Shows a scope as it was left; all of it where it was never open."""
        self._fresh = False
        self.view.refresh_bounds()
        sight = self.way.sights.get(self.way.here)
        if sight is None:
            self.view.fit()
            return
        self.view.set_zoom(sight.zoom)
        self.view.hold(QPointF(*sight.center))
        if self.scene.nodes and not self.view.items(
            self.view.viewport().rect()
        ):  # somebody has changed the file since
            self.view.fit()

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
