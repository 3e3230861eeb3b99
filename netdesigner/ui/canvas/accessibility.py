"""Tells a screen reader of the canvas: who answers when it asks, where the focus is, what was said.

Nothing is loaded before one asks, and nothing is sent where none listens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QAccessibleInterface

from netdesigner.ui.canvas.view import CanvasView

if TYPE_CHECKING:
    from netdesigner.ui.canvas.accessible import CanvasInterface

__all__ = ["announce", "interface_of", "make_accessible", "tell_focus"]

_installed: list[object] = []
"""Qt keeps factories for as long as the program runs, so one is enough for all canvases."""


def make_accessible() -> None:
    """Lets every canvas be read as a list of its nodes; called once or more."""
    if not _installed:
        _installed.append(_interface_for)
        QAccessible.installFactory(_interface_for)


def _interface_for(_class_name: str, thing: QObject) -> QAccessibleInterface | None:
    return interface_of(thing) if isinstance(thing, CanvasView) else None


def interface_of(view: CanvasView) -> CanvasInterface:
    """The one interface of a canvas, made when it is first asked for."""
    if view.interface is None:
        from netdesigner.ui.canvas.accessible import CanvasInterface

        view.interface = CanvasInterface(view)
    return view.interface


def announce(view: CanvasView, text: str, urgent: bool = False) -> None:
    """Lets a reader speak a sentence.

    Args:
        view: where it comes from.
        text: what is said; nothing where it is empty.
        urgent: whether it may interrupt what is being read.
    """
    if text and QAccessible.isActive():
        event = QAccessibleAnnouncementEvent(view, text)
        politeness = QAccessible.AnnouncementPoliteness
        event.setPoliteness(politeness.Assertive if urgent else politeness.Polite)
        QAccessible.updateAccessibility(event)


def tell_focus(view: CanvasView) -> None:
    """Tells that another node is the one that keys act on."""
    chosen = view.canvas_scene.selection
    if chosen and QAccessible.isActive():
        event = QAccessibleEvent(view, QAccessible.Event.Focus)
        event.setChild([*view.canvas_scene.nodes].index(chosen[-1]))
        QAccessible.updateAccessibility(event)
