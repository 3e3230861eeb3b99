"""Pasting a list of layers that was written as text: they come in wired in a row, behind the selected node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from netdesigner.document import Design, Edge
from netdesigner.document import edit as edits
from netdesigner.document.design import Point
from netdesigner.errors import NetDesignerError
from netdesigner.session.arrange import COLUMN_GAP_PX
from netdesigner.session.layer_list import LayerList, chained, joined, read_layers
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.metrics import CARD_WIDTH_PX
from netdesigner.ui.canvas.placing import below_others, beside, downstream, snapped
from netdesigner.ui.formats import plural

__all__ = ["paste_layers"]

_STEP_PX = CARD_WIDTH_PX + COLUMN_GAP_PX
_NAMED = 4


def paste_layers(editor: Editor, text: str, at: Point) -> bool:
    """Adds the layers of a text, selects them and says what came in and what was not understood.

    Where one node is selected they follow it; where exactly one wire leaves that node, they go into this wire.

    Args:
        editor: makes the edit.
        text: the list.
        at: where the first goes, unless it follows a node.
    """
    try:
        found = read_layers(text, editor.bridge.session.catalog, editor.design.blocks)
    except NetDesignerError as error:
        editor.say("error", f"Nothing was pasted: {error}")
        return False
    chain = _Chain(editor, found, at, _followed(editor))
    if not editor.apply(chain.added, f"paste {plural(len(found.layers), 'layer')}"):
        return False
    editor.scene.select(chain.ids)
    editor.say("warning" if found.faults else "info", _told(found, chain.after))
    return True


def _followed(editor: Editor) -> str:
    """The one selected node, if anything leaves it; else ""."""
    chosen = editor.scene.selection
    return chosen[0] if len(chosen) == 1 and editor.scene.nodes[chosen[0]].card.outputs else ""


@dataclass
class _Chain:
    """The edit, and the ids it made."""

    editor: Editor
    found: LayerList
    at: Point
    after: str
    ids: Sequence[str] = ()

    def added(self, design: Design) -> Design:
        """The design with the chain."""
        editor, after = self.editor, self.after
        leaving = [key[0] for key in editor.scene.wires.at(after) if key[0].source == after] if after else []
        start = beside(editor.scene.nodes[after]) if after else snapped(self.at)
        if len(leaving) != 1:
            start = below_others(editor.scene, start, (len(self.found.layers) - 1) * _STEP_PX + CARD_WIDTH_PX)
        places = [(start[0] + index * _STEP_PX, start[1]) for index in range(len(self.found.layers))]
        catalog = editor.bridge.session.catalog
        design, self.ids = chained(design, editor.scope, self.found.layers, catalog, places)
        if not after:
            return design
        design = joined(design, editor.scope, after, self.ids[0], catalog)
        return self._led_on(design, leaving[0], places[-1][0] + _STEP_PX) if len(leaving) == 1 else design

    def _led_on(self, design: Design, edge: Edge, right: float) -> Design:
        """The chain's end takes over the wire that left the node before; what follows makes room."""
        scope = self.editor.scope
        design = edits.disconnect(design, scope, [edge])
        output = self.editor.first_output(design, self.ids[-1])
        if output:
            design = edits.connect(design, scope, Edge(self.ids[-1], output, edge.target, edge.target_port))
        layout = design.place(scope).layout
        shift = right - layout.get(edge.target, (right, 0.0))[0]
        if shift <= 0:
            return design
        follow = [n for n in downstream(design.graph(scope), [edge.target]) if n in layout]
        return edits.move_nodes(
            design, scope, {n: snapped((layout[n][0] + shift, layout[n][1])) for n in follow}
        )


def _told(found: LayerList, after: str) -> str:
    """What came in, in one line."""
    kinds = [listed.node.kind.removeprefix("block:") for listed in found.layers]
    names = ", ".join(kinds[:_NAMED]) + (", …" if len(kinds) > _NAMED else "")
    behind = f" behind {after}" if after else ""
    told = f"Pasted {plural(len(kinds), 'layer')} in a row{behind}: {names}."
    if not found.faults:
        return told
    more = f" (and {len(found.faults) - 1} more)" if len(found.faults) > 1 else ""
    return f"{told} Not understood{more}: {found.faults[0]}"
