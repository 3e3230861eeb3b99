"""What a gesture acts on, and where the pointer is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, Qt

from netdesigner.document import Edge
from netdesigner.document.design import Point
from netdesigner.ui.canvas.editor import Editor, PortRef
from netdesigner.ui.canvas.hint import CursorHint
from netdesigner.ui.canvas.navigation import Navigation
from netdesigner.ui.canvas.scene import CanvasScene

__all__ = ["Gesture", "Pointer", "SearchRequest", "Stage"]


class Pointer(NamedTuple):
    """Where the pointer is.

    Attributes:
        scene: on the canvas.
        view: in the view, in pixels.
        modifiers: keys that are held.
    """

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier

    @property
    def adding(self) -> bool:
        """Whether what is picked is added to the selection."""
        return bool(
            self.modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        )

    @property
    def point(self) -> Point:
        """The place on the canvas as the design holds it."""
        return (self.scene.x(), self.scene.y())


class SearchRequest(NamedTuple):
    """A wish to add a layer.

    Attributes:
        view: where the search opens, in pixels of the view.
        at: where the layer goes on the canvas.
        port: the port it is to be wired to, or None.
        edge: the wire it goes into, or None.
        after: the node it follows, or "".
        replaces: the node it takes the place of, or "".
    """

    view: QPoint
    at: Point
    port: PortRef | None = None
    edge: Edge | None = None
    after: str = ""
    replaces: str = ""


class Stage(NamedTuple):
    """What gestures act on.

    Attributes:
        view, scene, editor: the canvas's parts.
        hint: a line of text beside the pointer.
        search: opens the search for a layer.
    """

    view: Navigation
    scene: CanvasScene
    editor: Editor
    hint: CursorHint
    search: Callable[[SearchRequest], None]

    @property
    def scale(self) -> float:
        """The zoom, 1 at 100 %."""
        return self.view.transform().m11()


class Gesture:
    """One act of the pointer; the view calls it from press to release or cancel.

    Attributes:
        cursor: the pointer's shape meanwhile, or None for the usual one.
        pans_at_edge: whether the view pans on while the pointer is held at its edge.
        edits: whether it edits the design while it goes on; an edit by somebody else ends other gestures.

    Args:
        stage: what it acts on.
        start: where it began.
    """

    cursor: Qt.CursorShape | None = None
    pans_at_edge = False
    edits = False

    def __init__(self, stage: Stage, start: Pointer) -> None:
        self.stage = stage
        self.start = start

    def is_drag(self, pointer: Pointer) -> bool:
        """Whether the pointer went far enough to mean more than a click."""
        return (pointer.view - self.start.view).manhattanLength() >= 4

    def move(self, pointer: Pointer) -> None:
        """The pointer moved."""

    def release(self, pointer: Pointer) -> None:
        """The button was released: makes the edit, if there is one."""

    def cancel(self) -> None:
        """Takes the preview back; nothing happened."""
