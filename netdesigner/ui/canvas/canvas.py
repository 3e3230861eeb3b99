"""The canvas panel: tabs and breadcrumbs above, the view, and what lies over it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netdesigner.document import Scope
from netdesigner.document import edit as edits
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.card_paint import MIDDLE
from netdesigner.ui.canvas.editor import Editor
from netdesigner.ui.canvas.header import Header
from netdesigner.ui.canvas.hint import CursorHint
from netdesigner.ui.canvas.hit import Hit, hit
from netdesigner.ui.canvas.late_parts import LateParts
from netdesigner.ui.canvas.scene import CanvasScene
from netdesigner.ui.canvas.scopes import Way, edited_elsewhere
from netdesigner.ui.canvas.seeing import Seeing
from netdesigner.ui.canvas.view import CanvasView
from netdesigner.ui.canvas.zoom_bar import ZoomBar
from netdesigner.ui.empty import EmptyState
from netdesigner.ui.gestures.stage import Pointer, SearchRequest, Stage
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.canvas.block_verbs import BlockVerbs

__all__ = ["Canvas"]


class Canvas(LateParts, Seeing):
    """Shows one scope of the design and lets a person work on it.

    Signals:
        selection_changed: (scope, ids of the selected nodes).
        scope_changed: the scope that is open now.
        recent_kinds_changed: the kinds that were added last, the latest first.

    Attributes:
        recent_kinds: those of earlier days; set before the first search.

    Args:
        bridge: to the session.
        theme: its colours.
    """

    selection_changed = Signal(str, tuple)

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.bridge = bridge
        self._theme = theme
        self.way = Way()
        self._fresh = True
        self.recent_kinds: tuple[str, ...] = ()
        self.scene = CanvasScene(bridge.session.catalog, theme)
        self.scene.setParent(self)
        self.editor = Editor(bridge, self.scene)
        self.header = Header(theme)
        self.view = CanvasView(self.scene, theme)
        self.hint = CursorHint(self.view, theme)
        self.zoom_bar = ZoomBar(self.view, theme)
        self.empty = self._empty_state(theme)
        self.view.attach(Stage(self.view, self.scene, self.editor, self.hint, self.open_search))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.view, 1)
        self.setFocusProxy(self.view)
        self._connect()
        self._begin(bridge.state)
        self.refresh()

    def _empty_state(self, theme: Theme) -> EmptyState:
        title, hint_text = (
            "Drag a layer here, or double-click to search",
            "The space bar opens the search too",
        )
        state = EmptyState("add", title, hint_text, theme)
        state.setParent(self.view)
        state.setObjectName("canvas_empty")
        state.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return state

    def _connect(self) -> None:
        self.bridge.changed.connect(self._on_changed)
        self.scene.selection_changed.connect(self._on_selection)
        self._watch()
        self.header.network_picked.connect(self.open_scope)
        self.header.crumb_picked.connect(lambda index: self.open_scope(self.way.scopes[index]))
        self.header.network_wanted.connect(self.add_network)
        self.header.arrange_wanted.connect(self.arrange)
        self.view.double_clicked.connect(self._on_double_click)
        self.view.menu_wanted.connect(self._on_menu)
        self.view.space_tapped.connect(self.search_here)
        self.view.resized.connect(self._on_resized)

    @cached_property
    def blocks(self) -> BlockVerbs:
        """What is done with blocks, made when it is first asked for."""
        from netdesigner.ui.canvas.block_verbs import BlockVerbs

        return BlockVerbs(self)

    # -------------------------------------------------------------------------------------------------- the state

    def _on_changed(self, before: State, after: State) -> None:
        if after.report is not before.report:
            self._announce_problems(before, after)
        if after.is_another_than(before):
            self.keep_view(before.path)
            self._begin(after)
        if after.design is not before.design or after.report is not before.report:
            other = after.is_another_than(before)
            gesture = self.view.gesture
            if gesture is None or not gesture.edits or other:
                self.view.cancel_gesture()
            followed = not other and self.way.follow(before.design, after.design)
            self.refresh()
            if not other and not followed:
                self.open_scope(edited_elsewhere(before.design, after.design, self.way.here))

    def refresh(self) -> None:
        """Shows the open scope as it is now."""
        state = self.bridge.state
        self.way.keep_to(state.design)
        switched = self.way.here != self.scene.scope or self._fresh
        changes = self.scene.show_scope(state.design, state.report, self.way.here)
        if self.scene.waits_for_arrangement:
            self.arranging.first()
        self.header.show_way(state.design, self.way.scopes)
        self.show_block_bar()
        self._settle_empty()
        if switched:
            self._restore_sight()
            self.scope_changed.emit(self.way.here)
            self._on_selection()
        elif changes.added or changes.moved or changes.removed or changes.marked:
            self.view.is_fitted = self.view.is_fitted and not (
                changes.added or changes.moved or changes.marked
            )
            self.view.refresh_bounds()
        self._trace_back()

    def _on_resized(self) -> None:
        self._settle_empty()
        self.zoom_bar.settle_in(self.view)

    def _settle_empty(self) -> None:
        """Puts the words of the empty canvas in its middle, out of the way of everything else."""
        self.empty.setVisible(self.is_empty())
        room = self.view.viewport().geometry()
        size = self.empty.sizeHint().expandedTo(self.empty.minimumSizeHint())
        width = min(room.width(), max(360, size.width()))
        self.empty.setGeometry(room.center().x() - width // 2, room.center().y() - 60, width, 120)

    # ------------------------------------------------------------------------------------------------------ scopes

    @property
    def scope(self) -> Scope:
        """The network's name or `block:NAME` that is open."""
        return self.way.here

    def open_scope(self, scope: Scope, through: str = "") -> None:
        """Opens a network or block.

        Args:
            scope: which one.
            through: the instance that was opened, or "".
        """
        if scope != self.way.here and scope in set(self.bridge.session.design.scopes()):
            self.keep_sight()
            self.way.to(scope, through)
            self.refresh()

    def reveal(self, scope: Scope, node_id: str = "") -> None:
        """Opens a scope and shows a node of it, selected."""
        if scope:
            self.open_scope(scope)
        if node_id in self.scene.nodes:
            self.scene.select([node_id])
            self.view.show_nodes([node_id])
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def reveal_all(self, scope: Scope, node_ids: Collection[str]) -> None:
        """Opens a scope and shows nodes of it, all selected."""
        self.open_scope(scope)
        self.scene.select(node_ids)
        self.view.fit(self.scene.selection)
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def pick(self, scope: Scope, node_ids: tuple[str, ...]) -> None:
        """Selects nodes from elsewhere in the window, which keeps the keyboard."""
        self.open_scope(scope)
        self.scene.select(node_ids)
        self.view.show_nodes(node_ids[-1:])

    def add_network(self) -> None:
        """Adds an empty network and opens it."""
        names = self.bridge.session.design.networks
        number = next(n for n in range(2, len(names) + 3) if f"network_{n}" not in names)
        if self.bridge.edit(lambda design: edits.add_network(design, f"network_{number}"), "add network"):
            self.open_scope(f"network_{number}")

    def edit_param(self, name: str = "") -> None:
        """Opens the field for a parameter of the one selected node, the first on its card if none is named."""
        if len(self.scene.selection) != 1:
            self.editor.say("info", "Select one node to edit its parameters on the canvas.")
            return
        node_id = self.scene.selection[0]
        self.view.show_nodes([node_id])
        if not self.value_box.open_over(node_id, name):
            self.editor.say("info", f"‘{node_id}’ has no parameters.")

    def step_back(self) -> None:
        """Ends a gesture, else gives up the selection, else leaves the block."""
        if self.view.cancel_gesture():
            return
        if self.scene.has_selection:
            self.scene.select(())
            return
        self.leave_block()

    # ------------------------------------------------------------------------------------------------------ events

    def _on_selection(self) -> None:
        chosen = self.scene.selection
        self._tell_selection()
        self.selection_changed.emit(self.scope, chosen)

    def _on_double_click(self, pointer: Pointer, found: Hit) -> None:
        if found.node is not None:
            self.scene.select([found.node.card.name])
            spots = found.node.param_spots() if self.view.zoom >= MIDDLE else {}
            name = next((name for name, spot in spots.items() if spot.contains(pointer.scene)), "")
            if self.block_selected():
                self.open_selected()
            elif name:
                self.edit_param(name)
            else:
                self.rename_selected()
        elif (dot := self.scene.dots.at(pointer.scene, self.view.zoom)) is not None:
            self.editor.delete((), dots=[dot])
        elif found.wire is not None:
            self.add_dot(found.wire.edge, pointer.point)
        elif found.mark is not None:
            self.ordering.edit_text(found.mark.mark_id)
        else:
            self.open_search(SearchRequest(pointer.view, pointer.point))

    def _on_menu(self, pointer: Pointer, found: Hit) -> None:
        from netdesigner.ui.canvas.menu import canvas_menu

        if found.node is not None and found.node.card.name not in self.scene.selection:
            self.scene.select([found.node.card.name])
        elif found.wire is not None:
            self.scene.select((), [found.wire.key])
        elif found.mark is not None and found.mark.mark_id not in self.scene.selected_marks:
            self.scene.select((), (), [found.mark.mark_id])
        canvas_menu(self, pointer, found).popup(self.view.viewport().mapToGlobal(pointer.view))

    def open_menu_here(self) -> None:
        """Opens the menu at what is selected, or in the middle of the view."""
        scene = self.scene
        if scene.selection:
            at = scene.nodes[scene.selection[-1]].body().center()
        elif scene.selected_marks:
            at = scene.marks.items[scene.selected_marks[-1]].text_area().center()
        else:
            at = self.view.pointer_on_canvas()
        self._on_menu(Pointer(at, self.view.mapFromScene(at)), hit(scene, at, self.view.zoom))

    def event(self, event: QEvent) -> bool:
        """The canvas's keys work while the view has the keyboard; a field that lies on it keeps them for itself."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            pressed = QKeySequence(event.keyCombination())
            if not self.view.hasFocus() and any(pressed in action.shortcuts() for action in self.actions()):
                event.accept()
                return True
        return super().event(event)

    # -------------------------------------------------------------------------------------------------- appearance

    def set_health(self, health: Mapping[str, str]) -> None:
        """Shows how nodes of the open scope fare in training, one line each."""
        self.scene.set_health(health)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        for part in (self.view, self.header, self.hint, self.zoom_bar, self.empty):
            part.set_theme(theme)
        if "block_bar" in vars(self):
            self.block_bar.set_theme(theme)
        self.set_theme_of_late_parts(theme)
