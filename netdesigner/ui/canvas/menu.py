"""The menu of the right button on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from netdesigner.ui.canvas.hit import Hit
from netdesigner.ui.gestures.stage import Pointer, SearchRequest

if TYPE_CHECKING:
    from netdesigner.ui.canvas.canvas import Canvas

__all__ = ["canvas_menu"]


class _Builder:
    """Adds entries whose shortcuts are shown but belong to the canvas's keys."""

    def __init__(self, menu: QMenu) -> None:
        self._menu = menu

    def add(self, text: str, verb: Callable[[], object], keys: str = "", enabled: bool = True) -> None:
        action = self._menu.addAction(text)
        if keys:
            action.setShortcut(QKeySequence(keys))
            action.setShortcutVisibleInContextMenu(True)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: verb())


def canvas_menu(canvas: Canvas, pointer: Pointer, found: Hit) -> QMenu:
    """The menu for what lies under the pointer; it removes itself when it closes."""
    menu = QMenu(canvas)
    menu.setObjectName("canvas_menu")
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    entries = _Builder(menu)
    if found.node is not None:
        _for_nodes(canvas, entries, menu)
    elif found.wire is not None:
        _for_wire(canvas, entries, pointer, found)
    else:
        _for_ground(canvas, entries, menu, pointer)
    return menu


def _for_nodes(canvas: Canvas, entries: _Builder, menu: QMenu) -> None:
    single = len(canvas.selected()) == 1
    if canvas.block_selected():
        entries.add("Open block", canvas.open_selected, "Return")
    entries.add("Add a layer after it…", canvas.search_here, "Tab", single)
    entries.add("Rename…", canvas.rename_selected, "F2", single)
    entries.add("Replace with…", canvas.search_replacement, "Ctrl+R", single)
    entries.add("Bypass, or no longer", canvas.toggle_bypass, "B")
    if not single:
        entries.add("Connect in sequence", canvas.connect_in_sequence, "L")
    menu.addSeparator()
    entries.add("Cut", canvas.cut, "Ctrl+X")
    entries.add("Copy", canvas.copy, "Ctrl+C")
    entries.add("Duplicate", canvas.duplicate, "Ctrl+D")
    menu.addSeparator()
    entries.add("Delete", canvas.delete, "Del")
    entries.add("Delete and reconnect", lambda: canvas.delete(reconnect=True), "Ctrl+Del")
    menu.addSeparator()
    entries.add("Arrange these", canvas.arrange_selected, enabled=not single)
    entries.add("Zoom to selection", canvas.fit_selection, "F")


def _for_wire(canvas: Canvas, entries: _Builder, pointer: Pointer, found: Hit) -> None:
    assert found.wire is not None
    edge = found.wire.edge
    request = SearchRequest(pointer.view, pointer.point, edge=edge)
    entries.add("Insert a layer…", lambda: canvas.open_search(request))
    dot = canvas.scene.dots.at(pointer.scene, canvas.view.zoom)
    if dot is None:
        entries.add("Add a dot here", lambda: canvas.add_dot(edge, pointer.point))
    else:
        entries.add("Remove this dot", lambda: canvas.editor.delete((), dots=[dot]))
    entries.add("Remove wire", canvas.delete, "Del")


def _for_ground(canvas: Canvas, entries: _Builder, menu: QMenu, pointer: Pointer) -> None:
    request = SearchRequest(pointer.view, pointer.point)
    filled = not canvas.is_empty()
    entries.add("Add a layer…", lambda: canvas.open_search(request), "Tab")
    entries.add("Paste", lambda: canvas.paste(pointer.point), "Ctrl+V")
    menu.addSeparator()
    entries.add("Select all", canvas.select_all, "Ctrl+A", filled)
    entries.add("Arrange", canvas.arrange, enabled=filled)
    entries.add("Show all", canvas.fit, "Home", filled)
