"""Undo and redo, and editing what is selected on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence

from netdesigner.session import State
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["EditActions"]

_keys = QKeySequence.StandardKey
_ALWAYS = ("edit.paste", "edit.delete", "edit.select_all", "edit.add")
"""What is possible without selected nodes: wires can be deleted too."""


class EditActions(QObject):
    """The Edit menu.

    Args:
        actions: where its actions are added.
        bridge: the session with its history.
        canvas: what is edited; its keys work while it has the focus, so that a text field keeps its own.
    """

    def __init__(self, actions: ActionList, bridge: Bridge, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._bridge = bridge
        self._undo = actions.add("edit.undo", "&Undo", bridge.session.undo, _keys.Undo, "undo")
        redo_keys = ("Ctrl+Shift+Z", "Ctrl+Y")
        self._redo = actions.add("edit.redo", "&Redo", bridge.session.redo, redo_keys, "redo")
        on_canvas = [
            actions.add("edit.cut", "Cu&t", canvas.cut, _keys.Cut, "cut"),
            actions.add("edit.copy", "&Copy", canvas.copy, _keys.Copy, "copy"),
            actions.add("edit.paste", "&Paste", canvas.paste, _keys.Paste, "paste"),
            actions.add("edit.duplicate", "D&uplicate", canvas.duplicate, "Ctrl+D", "duplicate"),
            actions.add("edit.delete", "&Delete", canvas.delete, _keys.Delete, "delete"),
            actions.add(
                "edit.delete_reconnect",
                "Delete and &Reconnect",
                lambda: canvas.delete(reconnect=True),
                "Ctrl+Delete",
                tip="Delete the selected nodes and join the wires they leave open",
            ),
            actions.add("edit.add", "Add &Layer…", canvas.search_here, (), "add", "Add a layer"),
            actions.add("edit.select_all", "Select &All", canvas.select_all, _keys.SelectAll),
        ]
        for action in on_canvas:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            canvas.addAction(action)
        self._needs_selection = [action for action in on_canvas if action.objectName() not in _ALWAYS]
        bridge.changed.connect(self._on_changed)
        canvas.selection_changed.connect(self._on_selection)
        self._on_changed(bridge.state, bridge.state)
        self._on_selection("", canvas.selected())

    def _on_changed(self, _before: State, after: State) -> None:
        history = after.history
        for action, word, can, label in (
            (self._undo, "Undo", history.can_undo, history.undo_label),
            (self._redo, "Redo", history.can_redo, history.redo_label),
        ):
            action.setEnabled(can)
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setText(f"&{word} {label.replace('&', '&&')}".rstrip())
            action.setToolTip(f"{word} {label}".rstrip() + f" ({keys})")

    def _on_selection(self, _scope: str, node_ids: tuple[str, ...]) -> None:
        for action in self._needs_selection:
            action.setEnabled(bool(node_ids))
