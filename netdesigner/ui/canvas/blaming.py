"""Which clash is traced back on the canvas: of the node under the pointer, of the selected one, or the list's."""

from __future__ import annotations

from netdesigner.checks import Problem, blame_at
from netdesigner.document import Scope
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.blame_marks import BlameMarks
from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Blaming"]


class Blaming:
    """Keeps the marks of the scene equal to the clash that the user looks at.

    Args:
        bridge: to the session.
        scene: where the marks are.
    """

    def __init__(self, bridge: Bridge, scene: CanvasScene) -> None:
        self._bridge = bridge
        self._scene = scene
        self._listed: Problem | None = None
        self._scope: Scope = scene.scope

    def choose(self, problem: Problem | None) -> None:
        """Shows the problem that is chosen in the list, until another node is selected."""
        self._listed = problem
        self.settle()

    def on_selection(self) -> None:
        """Forgets the list's problem where the user turned to something else in the same scope."""
        chosen, listed = self._scene.selection, self._listed
        same_scope, self._scope = self._scope == self._scene.scope, self._scene.scope
        if same_scope and listed is not None and chosen != (listed.node,):
            self._listed = None
        self.settle()

    def settle(self) -> None:
        """Shows what there is to show now, nothing once the problem is gone."""
        if not self._bridge.state.report.problems:
            self._listed = None
            self._scene.foreground.set_blame(None)
            return
        self._scene.foreground.set_blame(next(filter(None, map(self._marks, self._wanted())), None))

    def _wanted(self) -> list[Problem]:
        """The problems that might be shown, the one most wanted first."""
        problems, scene = self._bridge.state.report.problems, self._scene
        found: list[Problem] = []
        for node_id in filter(None, (scene.hovered, scene.selection[0] if len(scene.selection) == 1 else "")):
            own = [p for p in problems if p.node == node_id and p.network == scene.scope]
            listed = [p for p in own if self._listed is not None and p.key == self._listed.key]
            found += [*listed, *own]
        if self._listed is not None:
            found += [p for p in problems if p.key == self._listed.key]
        return found

    def _marks(self, problem: Problem) -> BlameMarks | None:
        state = self._bridge.state
        blame = blame_at(state.design, state.report, problem, self._scene.scope)
        return None if blame is None else BlameMarks(blame, problem.severity)
