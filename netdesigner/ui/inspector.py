"""The panel on what is selected: one node, several, or the design."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from netdesigner.document import BLOCK_PREFIX, Scope
from netdesigner.session import State
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.canvas.diff import renamed
from netdesigner.ui.inspector_design import BlockPage, DesignPage
from netdesigner.ui.theme import Theme

if TYPE_CHECKING:
    from netdesigner.ui.inspector_node import NodePage
    from netdesigner.ui.inspector_nodes import NodesPage

    Page = NodePage | NodesPage | DesignPage | BlockPage

__all__ = ["Inspector"]

_NARROWEST_PX = 264


class Inspector(QWidget):
    """Shows and edits what is selected on the canvas.

    Args:
        bridge: to the session.
        theme: its colours.
    """

    def __init__(self, bridge: Bridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName("Inspector")
        self._bridge = bridge
        self._theme = theme
        self._scope: Scope = next(iter(bridge.session.design.networks))
        self._node_ids: tuple[str, ...] = ()
        self.page: Page | None = None
        self._node_page: NodePage | None = None
        self._area = QScrollArea()
        self._area.setAccessibleName("Inspector")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area)
        self.setMinimumWidth(_NARROWEST_PX)
        bridge.changed.connect(self._on_changed)
        self._build()

    def show(self, scope: Scope | None = None, node_ids: Sequence[str] = ()) -> None:
        """Shows nodes of a scope, or the design where there are none; without a scope it becomes visible, as usual."""
        if scope is None:
            super().show()
            return
        chosen = tuple(node_ids)
        if (scope, chosen) != (self._scope, self._node_ids):
            self._scope, self._node_ids = scope, chosen
            self._build()

    def focus_name(self) -> None:
        """Puts the cursor into the name of the one node that is shown."""
        if self._node_page is not None:
            self._node_page.name.setFocus(Qt.FocusReason.OtherFocusReason)
            self._node_page.name.selectAll()

    def _on_changed(self, before: State, after: State) -> None:
        if after.design is before.design and after.report is before.report and after.data is before.data:
            return
        if self._scope not in set(after.design.scopes()):
            self._scope, self._node_ids = next(iter(after.design.networks)), ()
            self._build()
            return
        self._follow_renames(before, after)
        nodes = after.design.graph(self._scope).nodes
        kept = tuple(node_id for node_id in self._node_ids if node_id in nodes)
        page = self._node_page
        if kept != self._node_ids:
            self._node_ids = kept
            self._build()
        elif page is not None and self._is_stale(page, before, after):
            self._build()
        elif self.page is not None:
            self.page.show_state(after)

    def _follow_renames(self, before: State, after: State) -> None:
        if self._scope not in set(before.design.scopes()):
            return
        old, new = before.design.graph(self._scope), after.design.graph(self._scope)
        self._node_ids = tuple(renamed(old, new, node_id) or node_id for node_id in self._node_ids)
        if self._node_page is not None and len(self._node_ids) == 1:
            self._node_page.follow(self._node_ids[0])

    def _is_stale(self, page: NodePage, before: State, after: State) -> bool:
        """Whether the node became another kind of node, or its block got other parameters."""
        node = after.design.graph(self._scope).nodes[page.node_id]
        if node.kind != page.kind:
            return True
        old, new = before.design.blocks.get(node.block), after.design.blocks.get(node.block)
        return old is not new and (
            old is None or new is None or old.params != new.params or old.doc != new.doc
        )

    def _build(self) -> None:
        old = self._area.takeWidget()
        if old is not None:
            old.hide()
            old.deleteLater()
        self.page = self._make_page()
        self._area.setWidget(self.page)

    def _make_page(self) -> Page:
        nodes = self._bridge.session.design.graph(self._scope).nodes
        chosen = tuple(node_id for node_id in self._node_ids if node_id in nodes)
        self._node_page = None
        if len(chosen) == 1:
            from netdesigner.ui.inspector_node import NodePage

            self._node_page = NodePage(self._bridge, self._theme, self._scope, chosen[0])
            return self._node_page
        if chosen:
            from netdesigner.ui.inspector_nodes import NodesPage

            return NodesPage(self._bridge, self._theme, self._scope, chosen)
        page = BlockPage if self._scope.startswith(BLOCK_PREFIX) else DesignPage
        return page(self._bridge, self._theme, self._scope)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self._build()
