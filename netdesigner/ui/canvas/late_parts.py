"""The parts of the canvas that the first picture does without, each made when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal

from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.block_room import BlockRoom
from netdesigner.ui.canvas.hint import CursorHint
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.arranging import Arranging
    from netdesigner.ui.canvas.minimap import Minimap
    from netdesigner.ui.canvas.ordering import Ordering
    from netdesigner.ui.canvas.rename_box import RenameBox
    from netdesigner.ui.canvas.searching import Searching
    from netdesigner.ui.canvas.value_box import ValueBox

__all__ = ["LateParts"]


class LateParts(BlockRoom):
    """Makes them for `Canvas`.

    Signals:
        scope_changed: the scope that is open now.
        recent_kinds_changed: other layers and blocks were added last.
    """

    scope_changed = Signal(str)
    recent_kinds_changed = Signal(tuple)

    bridge: Bridge
    recent_kinds: tuple[str, ...]
    hint: CursorHint
    _theme: Theme

    @cached_property
    def searching(self) -> Searching:
        """The search for a layer, made when it is first opened."""
        from netdesigner.ui.canvas.searching import Searching

        recent, keep = self.recent_kinds, self.recent_kinds_changed.emit
        found = Searching(self.view, self.editor, self._theme, recent, keep)
        found.popup.closed.connect(self.view.setFocus)
        return found

    @cached_property
    def rename_box(self) -> RenameBox:
        """The field for another name of a node, made when it is first opened."""
        from netdesigner.ui.canvas.rename_box import RenameBox

        found = RenameBox(self.view, self.why_not)
        found.renamed.connect(self.editor.rename)
        found.refused.connect(self._on_rename_refused)
        return found

    def _on_rename_refused(self, reason: str) -> None:
        self.hint.say("error", reason, self.rename_box.geometry().bottomLeft() - QPoint(12, 12))

    @cached_property
    def value_box(self) -> ValueBox:
        """The field that edits parameters on cards, made when it is first opened."""
        from netdesigner.ui.canvas.value_box import ValueBox

        return ValueBox(self.view, self.editor, self.hint, self._theme)

    @cached_property
    def ordering(self) -> Ordering:
        """Frames, notes and where things lie, made when it is first asked for."""
        from netdesigner.ui.canvas.ordering import Ordering

        return Ordering(self)

    @cached_property
    def arranging(self) -> Arranging:
        """The automatic layout, made when it is first asked for."""
        from netdesigner.ui.canvas.arranging import Arranging

        return Arranging(self)

    @cached_property
    def minimap(self) -> Minimap:
        """The whole network in small, made when it is first shown."""
        from netdesigner.ui.canvas.minimap import Minimap

        found = Minimap(self.view, self._theme)
        self.bridge.changed.connect(found.request_anew)
        self.scope_changed.connect(found.request_anew)
        return found

    def show_minimap(self, shown: bool) -> None:
        """Shows the whole network in small wherever not all of it is seen, or never."""
        if shown or "minimap" in vars(self):
            self.minimap.set_wanted(shown)

    def set_theme_of_late_parts(self, theme: Theme) -> None:
        """Gives those that were made other colours."""
        if "searching" in vars(self):
            self.searching.popup.set_theme(theme)
        if "value_box" in vars(self):
            self.value_box.set_theme(theme)
        if "minimap" in vars(self):
            self.minimap.set_theme(theme)
