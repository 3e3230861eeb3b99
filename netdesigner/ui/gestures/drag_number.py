"""Dragging a number on a card: to the right for more, to the left for less."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt

from netdesigner.parts.part import Param
from netdesigner.ui.canvas.card_paint import MIDDLE
from netdesigner.ui.canvas.node_item import NodeItem
from netdesigner.ui.canvas.param_edit import ParamEdit
from netdesigner.ui.fields.reading import dragged, text_of
from netdesigner.ui.gestures.move import Move
from netdesigner.ui.gestures.stage import Gesture, Pointer, Stage
from netdesigner.ui.node_params import params_of

__all__ = ["DragNumber", "Number", "number_at"]

_STEP_PX = 4.0
_FINE = 0.1


class Number(NamedTuple):
    """A number on a card that can be dragged.

    Attributes:
        param: the parameter.
        value: its value.
    """

    param: Param
    value: int | float

    @property
    def tip(self) -> str:
        """What can be done with it."""
        return (
            f"{self.param.title}: drag sideways to change it (Shift finer, Ctrl in large steps), "
            "double-click to type"
        )


def number_at(stage: Stage, item: NodeItem | None, at: QPointF) -> Number | None:
    """The number under the pointer, on a node that is selected; a drag elsewhere on it moves it.

    An expression is no number, nor is one for each axis: these are edited in the field that a double-click opens.
    """
    if item is None or not item.selected or stage.scale < MIDDLE:
        return None
    name = next((name for name, spot in item.param_spots().items() if spot.contains(at)), "")
    design = stage.editor.design
    node = design.graph(stage.editor.scope).nodes.get(item.card.name)
    if not name or node is None:
        return None
    params = params_of(node, design, stage.editor.bridge.session.catalog)
    param = next((param for param in params if param.name == name), None)
    value = node.params.get(name, param.default) if param is not None else None
    if param is None or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Number(param, value)


class DragNumber(Gesture):
    """Changes a number while it is dragged sideways; a drag up or down moves the node after all.

    Shift makes the steps finer, Ctrl rounds to large ones, Escape takes all back. Begun with Alt, the other selected
    nodes that have the parameter get the same number.

    Args:
        stage, start: as for every gesture.
        item: the node that was pressed.
        number: what lies under the pointer.
    """

    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self, stage: Stage, start: Pointer, item: NodeItem, number: Number) -> None:
        super().__init__(stage, start)
        self._item = item
        self._number = number
        self._edit: ParamEdit | None = None
        self._move: Move | None = None
        self._last = start.view.x()
        self._steps = 0.0

    @property
    def edits(self) -> bool:
        """Whether the number is being changed."""
        return self._edit is not None

    @property
    def pans_at_edge(self) -> bool:
        """Where it moves the node."""
        return self._move is not None

    def move(self, pointer: Pointer) -> None:
        if self._edit is None and self._move is None:
            if not self.is_drag(pointer):
                return
            self._decide(pointer)
        if self._move is not None:
            self._move.move(pointer)
        elif self._edit is not None:
            self._change(self._edit, pointer)

    def _decide(self, pointer: Pointer) -> None:
        way = pointer.view - self.start.view
        if abs(way.y()) > abs(way.x()):
            self._move = Move(self.stage, self.start, self._item)
        else:
            editor, name = self.stage.editor, self._item.card.name
            all_selected = bool(self.start.modifiers & Qt.KeyboardModifier.AltModifier)
            others = [n for n in self.stage.scene.selection if all_selected and n != name]
            self._edit = ParamEdit(editor.bridge, editor.scope, self._number.param, name, *others)

    def _change(self, edit: ParamEdit, pointer: Pointer) -> None:
        fine = bool(pointer.modifiers & Qt.KeyboardModifier.ShiftModifier)
        rough = bool(pointer.modifiers & Qt.KeyboardModifier.ControlModifier)
        self._steps += (pointer.view.x() - self._last) / _STEP_PX * (_FINE if fine else 1.0)
        self._last = pointer.view.x()
        param = edit.param
        value = dragged(param, self._number.value, self._steps, rough)
        if value is not None and value != edit.value:
            edit.set(value)
        told = f"{param.title} {text_of(edit.value)} (Shift finer, Ctrl in large steps, Esc aborts)"
        self.stage.hint.say("success", told, pointer.view)

    def release(self, pointer: Pointer) -> None:
        if self._move is not None:
            self._move.release(pointer)
        elif self._edit is not None:
            self.stage.hint.hide()
            self._edit.finish()
        elif len(self.stage.scene.selection) > 1:
            self.stage.scene.select([self._item.card.name])

    def cancel(self) -> None:
        if self._move is not None:
            self._move.cancel()
        elif self._edit is not None:
            self.stage.hint.hide()
            edit, self._edit = self._edit, None
            edit.abort()
