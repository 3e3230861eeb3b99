"""The menu of the right button on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from netdesigner.ui.canvas.hit import Hit
from netdesigner.ui.canvas.mark_item import MarkItem
from netdesigner.ui.canvas.mark_menu import color_menu
from netdesigner.ui.gestures.stage import Pointer, SearchRequest

if TYPE_CHECKING:
    from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["canvas_menu"]


class _Builder:
    """Adds entries that show the keys of the actions that do the same."""

    def __init__(self, menu: QMenu, canvas: Canvas) -> None:
        self._menu = menu
        actions = (*canvas.window().actions(), *canvas.actions())
        self._keys = {action.objectName(): action.shortcut() for action in actions}

    def add(self, text: str, verb: Callable[[], object], like: str = "", enabled: bool = True) -> None:
        """Adds an entry.

        Args:
            text: the entry.
            verb: what it does.
            like: the name of the action whose keys it shows, or "".
            enabled: whether it is possible now.
        """
        action = self._menu.addAction(text)
        if like in self._keys:
            action.setShortcut(self._keys[like])
            action.setShortcutVisibleInContextMenu(True)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: verb())


def canvas_menu(canvas: Canvas, pointer: Pointer, found: Hit) -> QMenu:
    """The menu for what lies under the pointer; it removes itself when it closes."""
    menu = QMenu(canvas)
    menu.setObjectName("canvas_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    entries = _Builder(menu, canvas)
    if found.node is not None:
        _for_nodes(canvas, entries, menu)
    elif found.wire is not None:
        _for_wire(canvas, entries, pointer, found)
    elif found.mark is not None:
        _for_mark(canvas, entries, menu, found.mark)
    else:
        _for_ground(canvas, entries, menu, pointer)
    return menu


def _for_nodes(canvas: Canvas, entries: _Builder, menu: QMenu) -> None:
    single = len(canvas.selected()) == 1
    if canvas.block_selected():
        entries.add("Open Block", canvas.open_selected, "canvas.open")
        entries.add("Dissolve Block", canvas.blocks.dissolve, "block.dissolve")
        entries.add("Make Unique", canvas.blocks.make_unique, "block.unique")
        entries.add("Rename Block…", canvas.blocks.rename, "block.rename")
        entries.add("Save Block to Library", canvas.blocks.keep, "block.keep")
        menu.addSeparator()
    entries.add("Add a Layer after It…", canvas.search_here, "edit.add", single)
    entries.add("Edit Parameters…", canvas.edit_param, "canvas.edit", single)
    entries.add("Rename…", canvas.rename_selected, "edit.rename", single)
    entries.add("Replace With…", canvas.search_replacement, "wiring.replace", single)
    entries.add("Bypass, or No Longer", canvas.toggle_bypass, "wiring.bypass")
    if not single:
        entries.add("Connect in Sequence", canvas.connect_in_sequence, "wiring.sequence")
    menu.addSeparator()
    entries.add("Cut", canvas.cut, "edit.cut")
    entries.add("Copy", canvas.copy, "edit.copy")
    entries.add("Duplicate", canvas.duplicate, "edit.duplicate")
    menu.addSeparator()
    entries.add("Delete", canvas.delete, "edit.delete")
    entries.add("Delete and Reconnect", lambda: canvas.delete(reconnect=True), "edit.delete_reconnect")
    menu.addSeparator()
    entries.add("Group into Block…", canvas.blocks.group, "block.group")
    entries.add("Frame These", canvas.ordering.frame_selection, "order.frame")
    entries.add("Arrange These", canvas.arrange_selected, "order.arrange_selected", enabled=not single)
    entries.add("Zoom to Selection", canvas.fit_selection, "canvas.fit_selection")


def _for_wire(canvas: Canvas, entries: _Builder, pointer: Pointer, found: Hit) -> None:
    assert found.wire is not None
    edge = found.wire.edge
    request = SearchRequest(pointer.view, pointer.point, edge=edge)
    entries.add("Insert a Layer…", lambda: canvas.open_search(request))
    dot = canvas.scene.dots.at(pointer.scene, canvas.view.zoom)
    if dot is None:
        entries.add("Add a Dot Here", lambda: canvas.add_dot(edge, pointer.point))
    else:
        entries.add("Remove This Dot", lambda: canvas.editor.delete((), dots=[dot]))
    entries.add("Remove Wire", canvas.delete, "edit.delete")


def _for_mark(canvas: Canvas, entries: _Builder, menu: QMenu, item: MarkItem) -> None:
    ordering = canvas.ordering
    if item.is_frame:
        entries.add("Change Title…", lambda: ordering.edit_text(item.mark_id), "edit.rename")
        menu.addMenu(color_menu(canvas, menu))
        entries.add("Select What Lies in It", lambda: ordering.select_held(item.mark_id))
    else:
        entries.add("Change Text…", lambda: ordering.edit_text(item.mark_id), "edit.rename")
    menu.addSeparator()
    entries.add("Cut", canvas.cut, "edit.cut")
    entries.add("Copy", canvas.copy, "edit.copy")
    entries.add("Duplicate", canvas.duplicate, "edit.duplicate")
    menu.addSeparator()
    entries.add("Delete", canvas.delete, "edit.delete")
    entries.add("Zoom to Selection", canvas.fit_selection, "canvas.fit_selection")


def _for_ground(canvas: Canvas, entries: _Builder, menu: QMenu, pointer: Pointer) -> None:
    request = SearchRequest(pointer.view, pointer.point)
    filled = not canvas.is_empty()
    entries.add("Add a Layer…", lambda: canvas.open_search(request), "edit.add")
    entries.add("Add a Note", lambda: canvas.ordering.add_note(pointer.point), "order.note")
    entries.add("Paste", lambda: canvas.paste(pointer.point), "edit.paste")
    menu.addSeparator()
    entries.add("Select All", canvas.select_all, "edit.select_all", filled)
    entries.add("Arrange", canvas.arrange, "view.arrange", enabled=filled)
    entries.add("Show All", canvas.fit, "view.fit", filled)
