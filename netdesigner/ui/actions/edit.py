"""Undo and redo, and editing what is selected on the canvas."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from netdesigner.session import State
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["EditActions"]

_keys = QKeySequence.StandardKey
_ALWAYS = ("edit.paste", "edit.delete", "edit.select_all", "edit.add")
"""What is possible without selected nodes: wires can be deleted too."""

_PASTE = "Paste copied nodes, or layers written as text, one a line"


class EditActions(QObject):
    """The Edit menu.

    Args:
        actions: where its actions are added.
        bridge: the session with its history.
        canvas: what is edited; its keys work while it has the focus, so that a text field keeps its own.
    """

    def __init__(self, actions: ActionList, bridge: Bridge, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._actions = actions
        self._bridge = bridge
        self._undo = actions.add("edit.undo", "&Undo", bridge.session.undo, _keys.Undo, "undo")
        redo_keys = ("Ctrl+Shift+Z", "Ctrl+Y")
        self._redo = actions.add("edit.redo", "&Redo", bridge.session.redo, redo_keys, "redo")
        add = partial(actions.add, on=canvas)
        on_canvas = [
            add("edit.cut", "Cu&t", canvas.cut, (_keys.Cut, "Shift+Del"), "cut"),
            add("edit.copy", "&Copy", canvas.copy, (_keys.Copy, "Ctrl+Ins"), "copy"),
            add("edit.paste", "&Paste", canvas.paste, (_keys.Paste, "Shift+Ins"), "paste", _PASTE),
            add("edit.duplicate", "Dupl&icate", canvas.duplicate, "Ctrl+D", "duplicate"),
            add("edit.delete", "&Delete", canvas.delete, _keys.Delete, "delete"),
            add(
                "edit.delete_reconnect",
                "D&elete and Reconnect",
                lambda: canvas.delete(reconnect=True),
                ("Ctrl+Del", "Ctrl+Backspace"),
                tip="Delete the selected nodes and join the wires they leave open",
            ),
            add("edit.rename", "Re&name…", canvas.rename_selected, "F2", tip="Rename the selected node"),
            add("edit.add", "Add &Layer…", canvas.search_here, ("Tab", "Shift+A"), "add", "Add a layer"),
            add("edit.select_all", "Select &All", canvas.select_all, _keys.SelectAll),
        ]
        self._needs_selection = [action for action in on_canvas if action.objectName() not in _ALWAYS]
        bridge.changed.connect(self._on_changed)
        self._scene = canvas.scene
        canvas.selection_changed.connect(self._on_selection)
        self._on_changed(bridge.state, bridge.state)
        self._on_selection()

    def _on_changed(self, _before: State, after: State) -> None:
        history = after.history
        for action, word, can, label in (
            (self._undo, "Undo", history.can_undo, history.undo_label),
            (self._redo, "Redo", history.can_redo, history.redo_label),
        ):
            action.setEnabled(can)
            action.setText(f"&{word} {label.replace('&', '&&')}".rstrip())
            self._actions.set_tip(action.objectName(), f"{word} {label}".rstrip())

    def _on_selection(self) -> None:
        for action in self._needs_selection:
            action.setEnabled(bool(self._scene.selection or self._scene.selected_marks))
