"""The automatic layout on the canvas: of all nodes, of some, or of the new ones; on a thread where it takes long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from netdesigner.document import Design, Edge, Graph, Scope, annotate
from netdesigner.document import edit as edits
from netdesigner.document.design import Frame, Point
from netdesigner.document.dots import clear_dots, dots_of
from netdesigner.parts import Progress
from netdesigner.session import Job, State
from netdesigner.session.arrange import USUAL_AREA, Ends, Pulse, arrange, part_of
from netdesigner.session.arrange_framed import arrange_framed, groups_of
from netdesigner.session.arrange_new import arrange_new, lying_on_others
from netdesigner.session.framing import Rect, carried
from netdesigner.ui.canvas.glide import Glide
from netdesigner.ui.canvas.placing import snapped

if TYPE_CHECKING:
    from netdesigner.ui.canvas.late_parts import LateParts

__all__ = ["Arranging"]

_LABEL = "arrange nodes"
_LABEL_NEW = "arrange new nodes"
_AT_ONCE = 300
"""Up to so many nodes it takes a moment; more are arranged on a thread."""
_MARGIN_PX = 80.0


@dataclass(frozen=True)
class _Task:
    """What is to be arranged, as it was when that was asked for.

    Attributes:
        scope, graph: what the nodes belong to.
        boxes: where all nodes lie and how large they are.
        work: finds the new places.
        label: of the step of the history.
        fits: whether all is shown afterwards.
    """

    scope: Scope
    graph: Graph
    boxes: Mapping[str, Rect]
    work: Callable[[Pulse | None], dict[str, Point]]
    label: str = _LABEL
    fits: bool = False


class Arranging(QObject):
    """Arranges the nodes of a canvas, each time as one step of the history.

    Args:
        canvas: whose scope is arranged.
    """

    def __init__(self, canvas: LateParts) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._scene = canvas.scene
        self._bridge = canvas.bridge
        self._job: Job[dict[str, Point]] | None = None
        self._first: Graph | None = None
        self.glide = Glide(canvas.view)
        canvas.bridge.changed.connect(self._on_changed)

    def whole(self) -> None:
        """Arranges all nodes from left to right, in lines that can be read in the view."""
        graph = self._graph()
        if not graph.nodes:
            self._say("There is nothing to arrange yet: add some layers first.")
            return
        size = self._canvas.view.viewport().size()
        area = (size.width() - _MARGIN_PX, size.height() - _MARGIN_PX)
        sizes, ends = self._scene.sizes(), self._ends(graph)
        frames = [item.mark for item in self._scene.marks.items.values()]
        groups = groups_of([mark for mark in frames if isinstance(mark, Frame)], self._scene.boxes())
        self._do(graph, lambda pulse: arrange_framed(graph, groups, sizes, ends, area, pulse), fits=True)

    def first(self) -> None:
        """Finds places for nodes that were never placed and lie in rows meanwhile; no step of the history."""
        graph, scene = self._graph(), self._scene
        if self._job is not None and self._first is graph:
            return

        def on_thread(progress: Progress) -> dict[str, Point]:
            return arrange(graph, area=USUAL_AREA, pulse=lambda share: progress(share, title))

        def take(found: dict[str, Point]) -> None:
            if self._job is job:
                self._job = self._first = None
                if scene.take_arrangement(graph, found):
                    seen = scene.positions()
                    self._canvas.refresh()
                    self._canvas.view.fit()
                    self.glide.begin(seen, {})

        self._give_up()
        title = _title(graph)
        job = Job(title, on_thread)
        self._job, self._first = job, graph
        self._bridge.start(job, take)

    def selected(self) -> None:
        """Arranges the selected nodes where they are."""
        graph, chosen = self._graph(), self._scene.selection
        if len(chosen) < 2:
            self._say("Select the nodes to arrange first, two or more.")
            return
        part = part_of(graph, [node_id for node_id in graph.nodes if node_id in chosen])
        sizes, ends = self._scene.sizes(), self._ends(part)
        corner = self._scene.bounds(chosen).topLeft()
        left, top = snapped((corner.x(), corner.y()))

        def work(pulse: Pulse | None) -> dict[str, Point]:
            layout = arrange(part, sizes, ends, None, pulse)
            return {node_id: (x + left, y + top) for node_id, (x, y) in layout.items()}

        self._do(graph, work)

    def new(self) -> None:
        """Finds room for the nodes that came since the last arrangement and for those that lie on others."""
        graph, sizes, layout = self._graph(), self._scene.sizes(), self._scene.positions()
        chosen = self._added(graph) | lying_on_others(graph, layout, sizes)
        if not chosen:
            self._say("No node is new since the last arrangement, and none lies on another.")
            return
        if len(chosen) == len(graph.nodes):
            self.whole()
            return
        ends = self._ends(graph)

        def work(pulse: Pulse | None) -> dict[str, Point]:
            return arrange_new(graph, layout, sizes, ends, chosen, pulse)

        self._do(graph, work, _LABEL_NEW)

    def _added(self, graph: Graph) -> set[str]:
        """The nodes that were not there when this scope was arranged last, or the design was opened."""
        before = self._bridge.state.history.design_after((_LABEL, _LABEL_NEW))
        known = before.graph(self._scene.scope).nodes if self._scene.scope in set(before.scopes()) else {}
        return {node_id for node_id in graph.nodes if node_id not in known}

    # --------------------------------------------------------------------------------------------------- its course

    def _graph(self) -> Graph:
        return self._canvas.editor.design.graph(self._scene.scope)

    def _say(self, text: str) -> None:
        self._canvas.editor.say("warning", text)

    def _ends(self, graph: Graph) -> Ends:
        """Where wires touch their nodes, read from the scene now, so that a thread need not."""
        heights = {edge: self._scene.wires.heights_of(edge) for edge in graph.edges}

        def ends(edge: Edge) -> tuple[float, float]:
            return heights[edge]

        return ends

    def _do(
        self,
        graph: Graph,
        work: Callable[[Pulse | None], dict[str, Point]],
        label: str = _LABEL,
        fits: bool = False,
    ) -> None:
        self.glide.end()
        task = _Task(self._scene.scope, graph, self._scene.boxes(), work, label, fits)
        self._give_up()
        if len(graph.nodes) <= _AT_ONCE:
            self._take(task, work(None))
            return

        def on_thread(progress: Progress) -> dict[str, Point]:
            return work(lambda share: progress(share, title))

        title = _title(graph)
        job = Job(title, on_thread)
        self._job = job

        def take(found: dict[str, Point]) -> None:
            if self._job is job:  # else it was asked for again in the meantime
                self._job = None
                self._take(task, found)

        self._bridge.start(job, take)

    def _give_up(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = self._first = None

    def _take(self, task: _Task, positions: Mapping[str, Point]) -> None:
        """Gives the nodes their places, unless the graph is another one by now."""
        design = self._canvas.editor.design
        if task.scope not in set(design.scopes()) or design.graph(task.scope) is not task.graph:
            self._say(
                "The network was changed while it was being arranged, so it stays as it is. Arrange it again."
            )
            return
        after = {**task.boxes, **_at(positions, task.boxes)}
        marks = carried(design.place(task.scope).annotations, task.boxes, after)
        places = {node_id: (box[0], box[1]) for node_id, box in after.items()}
        dots = len(dots_of(design.place(task.scope).annotations.routes))

        def change(design: Design) -> Design:
            design = clear_dots(design, task.scope, positions.keys())
            return annotate.set_marks(edits.move_nodes(design, task.scope, places), task.scope, marks)

        shown = self._scene.scope == task.scope
        seen, seen_marks = self._scene.positions(), self._scene.marks.boxes()
        if not self._bridge.edit(change, task.label):
            return
        routes = self._canvas.editor.design.place(task.scope).annotations.routes
        if gone := dots - len(dots_of(routes)):
            told = f"{gone} dots of wires were removed" if gone > 1 else "1 dot of a wire was removed"
            self._canvas.editor.say("info", told)
        if shown:
            if task.fits:
                self._canvas.view.fit()
            self.glide.begin(seen, {mark_id: seen_marks[mark_id] for mark_id in marks})

    def _on_changed(self, _before: State, _after: State) -> None:
        self.glide.end()


def _title(graph: Graph) -> str:
    return f"Arranging {len(graph.nodes):,} nodes"


def _at(positions: Mapping[str, Point], boxes: Mapping[str, Rect]) -> dict[str, Rect]:
    return {node_id: (*at, boxes[node_id][2], boxes[node_id][3]) for node_id, at in positions.items()}
