"""From the wish to add a layer to the layer: which kinds are offered, and where the chosen one goes."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from netdesigner.parts import TensorSpec
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.kinds import kinds_of, takes
from netdesigner.ui.canvas.search_popup import SearchPopup
from netdesigner.ui.gestures.stage import SearchRequest
from netdesigner.ui.theme import Theme

__all__ = ["Searching"]

_MOST_RECENT = 8


class Searching:
    """Opens the search for a wish and fulfils it.

    Args:
        parent: what the search lies on.
        editor: makes the edits.
        theme: its colours.
    """

    def __init__(self, parent: QWidget, editor: Editor, theme: Theme) -> None:
        self.popup = SearchPopup(parent, theme)
        self._editor = editor
        self._request: SearchRequest | None = None
        self._recent: tuple[str, ...] = ()
        self.popup.chosen.connect(self._add)

    def open(self, request: SearchRequest) -> None:
        """Opens the search."""
        self._request = request
        session = self._editor.bridge.session
        kinds = kinds_of(session.catalog, session.design, self._editor.scope)
        self.popup.open_at(request.view, kinds, self._recent, self._unfit(request))

    def _unfit(self, request: SearchRequest) -> frozenset[str]:
        """The kinds that cannot take what the wish would wire to them."""
        spec = self._spec(request)
        if spec is None:
            return frozenset()
        layers = self._editor.bridge.session.catalog.layers
        return frozenset(kind for kind, part in layers.items() if not takes(part, spec))

    def _spec(self, request: SearchRequest) -> TensorSpec | None:
        """What the new layer would get; None where that is not known."""
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

    def _add(self, kind: str) -> None:
        request, self._request = self._request, None
        if request is None:
            return
        if self.fulfil(kind, request):
            self._recent = (kind, *(other for other in self._recent if other != kind))[:_MOST_RECENT]

    def fulfil(self, kind: str, request: SearchRequest) -> str:
        """Adds a layer as wished; returns its id, or "" where it was refused."""
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
