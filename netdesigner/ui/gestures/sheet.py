"""What the mouse and held keys do on the canvas, in words, for the sheet of keys."""

from __future__ import annotations

__all__ = ["GESTURES"]

GESTURES: tuple[tuple[str, str], ...] = (
    ("Click", "Select a node or a wire"),
    ("Shift+click, Ctrl+click", "Add to the selection, or take away from it"),
    ("Drag on empty ground", "Select all nodes in a rectangle"),
    ("Drag a node", "Move what is selected; a loose node on a wire goes into it"),
    ("Alt+drag a node", "Move without going into a wire"),
    ("Ctrl while dragging nodes", "Move freely, without snapping to wires, neighbours and the grid"),
    ("Drag the title of a frame", "Move the frame with all that lies in it; with Alt the frame alone"),
    ("Drag an edge or corner of a frame or note", "Make it larger or smaller"),
    ("Drag from a port", "Draw a wire; on empty ground it opens the search"),
    ("Drag the end of a wire", "Move the wire to another port, or remove it"),
    ("Ctrl+drag from an output", "Take all its wires to another output"),
    ("Ctrl+right drag", "Cut all wires that the line crosses"),
    (
        "Double-click a wire, Shift+right button",
        "Lead the wire through a dot there; double-click the dot to remove it",
    ),
    ("Drag a dot of a wire", "Move it"),
    ("Double-click empty ground", "Search for a layer to add there"),
    (
        "Drag a number on a selected node",
        "Change it: right for more, left for less; up or down moves the node",
    ),
    ("Shift, Ctrl while dragging a number", "Finer; in large steps"),
    ("Alt+drag a number", "Change it on all selected nodes that have it"),
    ("Double-click a parameter", "Edit it on the node: Tab for the next one, Esc to abort"),
    ("Double-click a block", "Open it"),
    ("Double-click a node or the title of a frame", "Rename it"),
    ("Double-click a note", "Edit its text"),
    ("Right button", "Menu of what lies under the pointer"),
    ("Wheel, pinch", "Zoom at the pointer"),
    ("Shift+wheel, two fingers", "Pan"),
    ("Middle button, space bar+drag", "Pan"),
    ("Space bar", "Search for a layer"),
)
"""How it is done, and what it does."""
