"""The one field that edits parameters where they stand on a card."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from netdesigner.document import Value
from netdesigner.parts.part import Param
from netdesigner.session import State
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.hint import CursorHint
from netdesigner.ui.canvas.param_edit import ParamEdit
from netdesigner.ui.canvas.view import CanvasView
from netdesigner.ui.fields.field import Field
from netdesigner.ui.fields.form import field_for
from netdesigner.ui.fields.reading import read, why_refused
from netdesigner.ui.fields.typed import TypedField
from netdesigner.ui.labels import PlainLabel, plain_tip
from netdesigner.ui.node_params import names_in_scope, params_of
from netdesigner.ui.theme import Theme

__all__ = ["ValueBox"]

_NARROWEST_PX = 224
_HEIGHT_PX = 36
_PASSING = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


class ValueBox(QFrame):
    """A field over the line of a card's parameters: the inspector's own, for one of them at a time.

    What is typed is seen at once. Enter or a click elsewhere keeps it as one step of the history, Escape takes it
    back, Tab goes to the next parameter.

    Args:
        view: what it lies on.
        editor: whose nodes are edited.
        hint: says what is wrong with what was typed.
        theme: its colours.
    """

    def __init__(self, view: CanvasView, editor: Editor, hint: CursorHint, theme: Theme) -> None:
        super().__init__(view)
        self.setObjectName("value_box")
        self._view = view
        self._editor = editor
        self._hint = hint
        self._params: tuple[Param, ...] = ()
        self._edit: ParamEdit | None = None
        self.field: Field | None = None
        self._label = PlainLabel("", "muted")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(8, 3, 4, 3)
        self._row.setSpacing(8)
        self._row.addWidget(self._label)
        self.hide()
        editor.bridge.changed.connect(self._on_changed)
        view.zoomed.connect(lambda _scale: self.finish())
        self.set_theme(theme)

    @property
    def param(self) -> str:
        """The parameter that is edited, or "" while the box is closed."""
        return self._edit.param.name if self._edit is not None else ""

    def open_over(self, node_id: str, name: str = "") -> bool:
        """Opens over a node for one of its parameters, the first one on its card if "".

        Returns:
            Whether the node has such a parameter.
        """
        self.finish()
        design, item = self._editor.design, self._editor.scene.nodes[node_id]
        node = design.graph(self._editor.scope).nodes[node_id]
        shown = [shown for shown, _ in item.card.parts]
        params = params_of(node, design, self._editor.bridge.session.catalog)
        place = {param.name: shown.index(param.name) for param in params if param.name in shown}
        self._params = tuple(sorted(params, key=lambda param: place.get(param.name, len(shown))))
        chosen = next((param for param in self._params if name in ("", param.name)), None)
        if chosen is None:
            return False
        self._show(node_id, chosen)
        return True

    def _show(self, node_id: str, param: Param) -> None:
        editor = self._editor
        self._edit = ParamEdit(editor.bridge, editor.scope, param, node_id)
        names = names_in_scope(editor.design, editor.scope)
        self._drop_field()
        self.field = field = field_for(param, names, self._theme)
        field.set_value(self._edit.value)
        field.edited.connect(self._on_edited)
        field.unclear.connect(self._tell)
        line = field.focusProxy() or field
        line.setAccessibleName(f"{param.title} of {node_id}")
        line.installEventFilter(self)
        self._label.setText(param.title)
        self._label.setToolTip(plain_tip(param.help))
        self._row.addWidget(field, 1)
        self._settle(node_id)
        self.show()
        self.raise_()
        line.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(field, TypedField):
            field.line.selectAll()
        self._tell(why_refused(param, self._edit.value, names))

    def _settle(self, node_id: str) -> None:
        """Lies over the line of parameters; over the lower part of a card that has none."""
        item = self._editor.scene.nodes[node_id]
        body = item.body()
        top = body.top() + (item.metrics.params_top or item.metrics.height / 2)
        corner = self._view.viewport().mapTo(self._view, self._view.mapFromScene(body.left(), top))
        wide = max(_NARROWEST_PX, self._label.sizeHint().width() + 152, round(body.width() * self._view.zoom))
        room = self._view.rect()
        left = max(0, min(corner.x(), room.right() - wide))
        self.setGeometry(QRect(left, max(0, corner.y() - 8), wide, _HEIGHT_PX))

    # -------------------------------------------------------------------------------------------------- editing

    def _on_edited(self, value: Value) -> None:
        if self._edit is not None:
            self._edit.set(value)

    def _tell(self, reason: str) -> None:
        self._hint.say("error", reason, self.geometry().bottomLeft())

    def _on_changed(self, before: State, after: State) -> None:
        if self._edit is None or self.field is None:
            return
        there = self._editor.scope in set(after.design.scopes()) and self._editor.scope == self._edit.scope
        if not there or self._edit.node_id not in after.design.graph(self._edit.scope).nodes:
            self._close()
        elif after.design is not before.design:
            self.field.set_names(names_in_scope(after.design, self._edit.scope))
            self.field.set_value(self._edit.value)

    def _is_clear(self) -> bool:
        """Whether what was typed is a value, allowed or not; the hint says so where it is none."""
        if self.field is None or not isinstance(self.field, TypedField):
            return True
        reading = read(self.field.param, self.field.line.text(), self.field.names)
        self._tell(reading.error)
        return reading.usable

    def finish(self) -> None:
        """Keeps what was typed and closes."""
        if self._edit is not None:
            edit = self._edit
            self._close()
            edit.finish()

    def abort(self) -> None:
        """Takes back what was typed and closes."""
        if self._edit is not None:
            edit = self._edit
            self._close()
            edit.abort()

    def _step(self, steps: int) -> None:
        """To another parameter of the same node."""
        if self._edit is None or not self._is_clear():
            return
        edit, self._edit = self._edit, None
        edit.finish()
        index = self._params.index(edit.param)
        self._show(edit.node_id, self._params[(index + steps) % len(self._params)])

    def _close(self) -> None:
        self._edit = None
        had_keys = self.field is not None and (self.field.focusProxy() or self.field).hasFocus()
        self._drop_field()
        self.hide()
        self._hint.hide()
        if had_keys:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_field(self) -> None:
        if self.field is not None:
            field, self.field = self.field, None
            (field.focusProxy() or field).removeEventFilter(self)
            self._row.removeWidget(field)
            field.hide()
            field.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() not in _PASSING:
            self.finish()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._is_clear():
                self.finish()
        elif event.key() == Qt.Key.Key_Escape:
            self.abort()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._step(1 if event.key() == Qt.Key.Key_Tab else -1)
        else:
            return False
        return True

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.setStyleSheet(
            f"#value_box {{ background: {theme.surface}; border: 1px solid {theme.accent}; border-radius: 6px; }}"
        )
