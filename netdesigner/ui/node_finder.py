"""Finding nodes through all networks and blocks (Ctrl+F): by name, kind, parameter or shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from netdesigner.document import BLOCK_PREFIX, Scope
from netdesigner.session.finding import Match, find, is_structured
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.command_palette import CommandPalette, Entry, ranked
from netdesigner.ui.labels import PlainLabel

__all__ = ["NodeFinder"]

_EXAMPLES = "Try “kernel 3”, “dropout>0.2”, “28, 28” or “[N, 64”"


class NodeFinder(CommandPalette):
    """A field, and the nodes that fit; Enter shows one, Ctrl+Enter selects all of them that lie in one place.

    Args:
        bridge: to the session.
        canvas: shows and selects what was found.
        parent: the window.
    """

    def __init__(self, bridge: Bridge, canvas: Canvas, parent: QWidget) -> None:
        super().__init__(self._entries_of_all, "Which node? A name, kind, parameter or shape", parent)
        self.setObjectName("node_finder")
        self._bridge = bridge
        self._canvas = canvas
        self._found: tuple[Match, ...] = ()
        self.told = PlainLabel("", "muted")
        self.all = QToolButton()
        self.all.setObjectName("select_all_found")
        self.all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.all.clicked.connect(self.select_all)
        footer = QHBoxLayout()
        footer.setContentsMargins(8, 0, 0, 0)
        footer.addWidget(self.told, 1)
        footer.addWidget(self.all)
        self.add_below(footer)

    def _entries_of_all(self) -> Sequence[Entry]:
        design = self._bridge.state.design
        return tuple(
            self._entry(Match(scope, node_id))
            for scope in design.scopes()
            for node_id in design.graph(scope).nodes
        )

    def _entry(self, match: Match) -> Entry:
        node = self._bridge.state.design.graph(match.scope).nodes[match.node_id]
        kind, place = (name.removeprefix(BLOCK_PREFIX) for name in (node.kind, match.scope))
        text = f"{match.node_id}   {kind} in {place}"
        return Entry(
            text, partial(self._canvas.reveal, match.scope, match.node_id), node.kind, match.why, match=match
        )

    def fitting(self, typed: str) -> Sequence[Entry]:
        """The nodes by what was typed: fuzzily by name and kind, else as `finding` understands it."""
        state = self._bridge.state
        found: Sequence[Entry] = ()
        if typed.strip() and is_structured(typed):
            matches = find(state.design, state.report, self._bridge.session.catalog, typed)
            found = [self._entry(match) for match in matches]
        found = found or ranked(typed, self.entries)
        self._show_count([entry.match for entry in found if isinstance(entry.match, Match)], typed)
        return found

    def _show_count(self, found: Sequence[Match], typed: str) -> None:
        scope = self._fullest(found)
        self._found = tuple(match for match in found if match.scope == scope) if typed.strip() else ()
        place = scope.removeprefix(BLOCK_PREFIX)
        here = "" if len(self._found) == len(found) else f" in {place}"
        self.all.setVisible(bool(self._found))
        self.all.setText(f"Select all {len(self._found)}{here}  (Ctrl+Enter)")
        self.told.setText("" if self._found else "No node fits." if typed.strip() else _EXAMPLES)

    def _fullest(self, found: Sequence[Match]) -> Scope:
        """The open scope where something was found in it, else the one in which most was found."""
        counts = Counter(match.scope for match in found)
        if self._canvas.scope in counts:
            return self._canvas.scope
        return counts.most_common(1)[0][0] if counts else ""

    def select_all(self) -> None:
        """Selects all that was found in one scope, and shows it."""
        if self._found:
            self.hide()
            self._canvas.reveal_all(self._found[0].scope, [match.node_id for match in self._found])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.select_all()
                return True
        return super().eventFilter(watched, event)
