"""From the wish to add a layer to the layer: which kinds are offered, and where the chosen one goes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from netdesigner.document import Edge
from netdesigner.errors import ShapeError
from netdesigner.parts import TensorSpec
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.kinds import kinds_of, misfit
from netdesigner.ui.canvas.search_popup import SearchPopup
from netdesigner.ui.canvas.words import shape_text
from netdesigner.ui.gestures.stage import SearchRequest
from netdesigner.ui.theme import Theme

__all__ = ["Searching"]

_MOST_RECENT = 12


class Searching:
    """Opens the search for a wish and fulfils it.

    Args:
        parent: what the search lies on.
        editor: makes the edits.
        theme: its colours.
        recent: kinds that were added, the latest first.
        keep: told the recent kinds whenever one was added.
    """

    def __init__(
        self,
        parent: QWidget,
        editor: Editor,
        theme: Theme,
        recent: tuple[str, ...],
        keep: Callable[[tuple[str, ...]], object],
    ) -> None:
        self.popup = SearchPopup(parent, theme)
        self._editor = editor
        self._request: SearchRequest | None = None
        self._recent = recent
        self._keep = keep
        self.popup.chosen.connect(self._add)

    def open(self, request: SearchRequest) -> None:
        """Opens the search."""
        self._request = request
        session = self._editor.bridge.session
        library = session.library.blocks()
        kinds = kinds_of(session.catalog, session.design, self._editor.scope, library)
        prompt = f"Replace {request.replaces} with" if request.replaces else "Add a layer"
        spec = self._spec(request)
        misfits = self._misfits(request, spec)
        self.popup.open_at(request.view, kinds, self._recent, misfits, prompt, _measure(request, spec))

    def _misfits(self, request: SearchRequest, spec: TensorSpec | None) -> dict[str, str]:
        """By kind, why it cannot take what the wish would wire to it, or not give what would be read."""
        layers = self._editor.bridge.session.catalog.layers
        found: dict[str, str] = {}
        if request.edge is not None or (request.port is not None and request.port.side == "input"):
            found = {kind: "it has no output" for kind, part in layers.items() if not part.outputs}
        if spec is None:
            return found
        reads = self._reader(request.edge) if request.edge is not None else None
        reasons = {kind: misfit(part, spec, reads) for kind, part in layers.items()}
        return {**found, **{kind: reason for kind, reason in reasons.items() if reason}}

    def _reader(self, edge: Edge) -> Callable[[TensorSpec], str] | None:
        """Says why the node at the end of a wire cannot take what would come instead; None where that is not known."""
        editor = self._editor
        trace = editor.bridge.session.report.traces.get(editor.scope)
        traced = trace.nodes.get(edge.target) if trace is not None else None
        ports = editor.ports_in(editor.design, editor.design.graph(editor.scope).nodes[edge.target])
        if traced is None or traced.layer is None or not traced.outputs or ports is None:
            return None
        layer, inputs = traced.layer, traced.inputs
        at = ports.input_at.get(edge.target_port, -1)
        if at < 0 or ports.inputs[at].variadic:
            return None

        def reads(spec: TensorSpec) -> str:
            try:
                layer.outputs_of((*inputs[:at], spec, *inputs[at + 1 :]))
            except ShapeError as error:
                return f"{edge.target} behind it could not take {spec}: {error}"
            return ""

        return reads

    def _spec(self, request: SearchRequest) -> TensorSpec | None:
        """What the new layer would get; None where that is not known."""
        if request.replaces:
            return self._arriving(request.replaces)
        node_id, name = request.after, ""
        if request.port is not None:
            if request.port.side == "input":
                return None
            node_id, name = request.port.node, request.port.name
        elif request.edge is not None:
            node_id, name = request.edge.source, request.edge.source_port
        item = self._editor.scene.nodes.get(node_id)
        outputs = self._editor.bridge.session.report.outputs(self._editor.scope, node_id) if item else None
        if item is None or not outputs:
            return None
        index = max(0, item.port_index("output", name)) if name else 0
        return outputs[index] if index < len(outputs) else None

    def _arriving(self, node_id: str) -> TensorSpec | None:
        """What comes to the first input of a node."""
        trace = self._editor.bridge.session.report.traces.get(self._editor.scope)
        traced = trace.nodes.get(node_id) if trace is not None else None
        return traced.inputs[0] if traced is not None and traced.inputs else None

    def _add(self, kind: str) -> None:
        request, self._request = self._request, None
        if request is not None:
            self.fulfil(kind, request)

    def fulfil(self, kind: str, request: SearchRequest) -> str:
        """Adds a layer as wished; returns its id, or "" where it was refused."""
        made = self._made(kind, request)
        if made:
            self._recent = (kind, *(other for other in self._recent if other != kind))[:_MOST_RECENT]
            self._keep(self._recent)
        return made

    def _made(self, kind: str, request: SearchRequest) -> str:
        editor = self._editor
        if request.replaces:
            from netdesigner.ui.canvas.rewiring import replace

            return replace(editor, request.replaces, kind)
        x, y = request.at
        if request.edge is not None:
            return editor.add_in_wire(kind, request.edge, (x - 88, y - 24))
        if request.port is not None:
            left = x - 176 if request.port.side == "input" else x
            return editor.add_at_port(kind, (left, y - 24), request.port)
        if request.after:
            return editor.add_after(kind, request.after)
        return editor.add(kind, (x, y))


def _measure(request: SearchRequest, spec: TensorSpec | None) -> str:
    """What the kinds are held against, in a few words."""
    if spec is None:
        return f"Gives something to {request.port.node}" if request.port is not None else ""
    if request.replaces:
        return f"Fits {shape_text(spec)}, as {request.replaces} does"
    source = request.edge.source if request.edge is not None else request.after
    source = request.port.node if request.port is not None else source
    return f"Fits {shape_text(spec)} from {source}"
