"""Which gesture a press of the pointer begins."""

from __future__ import annotations

from PySide6.QtCore import Qt

from netdesigner.ui.canvas.editor import PortRef
from netdesigner.ui.canvas.hit import Hit, hit
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.wire_item import WireItem
from netdesigner.ui.gestures.connect import Connect
from netdesigner.ui.gestures.dots import AddDot, MoveDots
from netdesigner.ui.gestures.drag_number import DragNumber, number_at
from netdesigner.ui.gestures.move import Move
from netdesigner.ui.gestures.pan import Pan
from netdesigner.ui.gestures.resize import Resize
from netdesigner.ui.gestures.select import RubberBand
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage

__all__ = ["gesture_for"]


def gesture_for(stage: Stage, pointer: Pointer, button: Qt.MouseButton, panning: bool) -> Gesture | None:
    """The gesture that a press begins, or None.

    Args:
        stage: the canvas.
        pointer: where it was pressed.
        button: which button.
        panning: whether the space bar is held.
    """
    if button == Qt.MouseButton.MiddleButton or (panning and button == Qt.MouseButton.LeftButton):
        return Pan(stage, pointer)
    if button == Qt.MouseButton.RightButton and pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
        from netdesigner.ui.gestures.knife import Knife

        return Knife(stage, pointer)
    found = hit(stage.scene, pointer.scene, stage.scale)
    if button == Qt.MouseButton.RightButton and pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:
        return AddDot(stage, pointer, found.wire.edge) if found.wire is not None else None
    if button != Qt.MouseButton.LeftButton:
        return None
    if found.port is not None:
        gathering = bool(pointer.modifiers & Qt.KeyboardModifier.ControlModifier)
        return (gathering and _gather(stage, pointer, found.port)) or _from_port(stage, pointer, found.port)
    if found.node is not None:
        return _on_node(stage, pointer, found.node)
    dot = stage.scene.dots.at(pointer.scene, stage.scale)
    if dot is not None:
        return MoveDots(stage, pointer, dot)
    if found.wire is not None:
        return _on_wire(stage, pointer, found)
    if found.mark is not None:
        takes = found.part == "body"
        return Move(stage, pointer, found.mark) if takes else Resize(stage, pointer, found.mark, found.part)
    return RubberBand(stage, pointer)


def _on_node(stage: Stage, pointer: Pointer, item: NodeItem) -> Gesture:
    """The drag of a number of a selected node, or of the node."""
    number = None if pointer.adding else number_at(stage, item, pointer.scene)
    return Move(stage, pointer, item) if number is None else DragNumber(stage, pointer, item, number)


def _gather(stage: Stage, pointer: Pointer, port: PortRef) -> Gesture | None:
    """All wires of an output at once; None where it has none."""
    wires = [
        item
        for key, item in stage.scene.wires.items.items()
        if (key[0].source, key[0].source_port) == (port.node, port.name)
    ]
    if port.side == "input" or not wires:
        return None
    from netdesigner.ui.gestures.gather import Gather

    return Gather(stage, pointer, port, wires)


def _from_port(stage: Stage, pointer: Pointer, port: PortRef) -> Gesture:
    """A new wire; from an input that has one, the end of the wire that is there."""
    if port.side == "output":
        return Connect(stage, pointer, port)
    wires = [
        item
        for key, item in stage.scene.wires.items.items()
        if (key[0].target, key[0].target_port) == (port.node, port.name)
    ]
    if not wires:
        return Connect(stage, pointer, port)
    nearest = min(wires, key=lambda item: abs(stage.scene.wires.ends_of(item)[1][1] - pointer.scene.y()))
    return _move_end(stage, pointer, nearest)


def _on_wire(stage: Stage, pointer: Pointer, found: Hit) -> Gesture:
    wire = found.wire
    assert wire is not None
    if found.at_end and not pointer.adding:
        return _move_end(stage, pointer, wire)
    if pointer.adding:
        stage.scene.select(stage.scene.selection, (*stage.scene.selected_wires, wire.key))
    else:
        stage.scene.select((), [wire.key])
    return Gesture(stage, pointer)


def _move_end(stage: Stage, pointer: Pointer, wire: WireItem) -> Gesture:
    return Connect(stage, pointer, PortRef(wire.edge.source, "output", wire.edge.source_port), wire)
