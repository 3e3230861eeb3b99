"""The strip above the canvas: a tab for each network, the way into the block that is open, and a few verbs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QTabBar, QToolButton, QWidget

from netdesigner.document import BLOCK_PREFIX, Design, Scope
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.theme import Theme

__all__ = ["Header"]


class _Tabs(QTabBar):
    """Tabs that take no more room than they need."""

    def minimumSizeHint(self) -> QSize:
        return QSize(48, super().minimumSizeHint().height())


class Header(QFrame):
    """Shows which scope is open and leads to others.

    Signals:
        network_picked: the name of a network.
        crumb_picked: how far back to go, as the index of a scope on the way.
        network_wanted: one more network.
        arrange_wanted: all nodes, please.

    Args:
        theme: its colours.
    """

    network_picked = Signal(str)
    crumb_picked = Signal(int)
    network_wanted = Signal()
    arrange_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("canvas_header")
        self.tabs = _Tabs()
        self.tabs.setObjectName("network_tabs")
        self.tabs.setAccessibleName("Networks")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setElideMode(Qt.TextElideMode.ElideRight)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.tabs.currentChanged.connect(self._on_tab)
        self._add = self._button("add_network", "Add a network to the design")
        self._add.clicked.connect(self.network_wanted)
        self._crumbs = QWidget()
        self._crumb_row = QHBoxLayout(self._crumbs)
        self._crumb_row.setContentsMargins(0, 0, 0, 0)
        self._crumb_row.setSpacing(0)
        self._arrange = self._button("arrange", "Arrange all nodes from left to right")
        self._arrange.setText("Arrange")
        self._arrange.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._arrange.clicked.connect(self.arrange_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(8)
        for widget in (self.tabs, self._add, self._crumbs):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self._arrange)
        self.set_theme(theme)

    @staticmethod
    def _button(name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(16, 16))
        button.setAutoRaise(True)
        return button

    def show_way(self, design: Design, way: Sequence[Scope]) -> None:
        """Shows the networks and the way from one of them into the block that is open.

        Args:
            design: the present design.
            way: the scopes from a network to the open one.
        """
        self._show_tabs(tuple(design.networks), way[0])
        while self._crumb_row.count():
            widget = self._crumb_row.takeAt(0).widget()
            widget.hide()
            widget.deleteLater()
        self._crumbs.setVisible(len(way) > 1)
        for index, scope in enumerate(way if len(way) > 1 else ()):
            if index:
                self._crumb_row.addWidget(PlainLabel("›", "muted"))
            self._crumb_row.addWidget(self._crumb(index, scope, index == len(way) - 1))

    def _show_tabs(self, names: tuple[str, ...], current: str) -> None:
        self.tabs.blockSignals(True)
        if tuple(self.tabs.tabText(index) for index in range(self.tabs.count())) != names:
            while self.tabs.count():
                self.tabs.removeTab(0)
            for name in names:
                self.tabs.addTab(name)
        if current in names:
            self.tabs.setCurrentIndex(names.index(current))
        self.tabs.blockSignals(False)

    def _crumb(self, index: int, scope: Scope, last: bool) -> QToolButton:
        button = self._button(f"crumb_{index}", f"Open {scope.removeprefix(BLOCK_PREFIX)}")
        button.setText(scope.removeprefix(BLOCK_PREFIX))
        if last:
            strong = button.font()
            strong.setBold(True)
            button.setFont(strong)
        button.clicked.connect(lambda _checked=False, at=index: self.crumb_picked.emit(at))
        return button

    def _on_tab(self, index: int) -> None:
        if index >= 0:
            self.network_picked.emit(self.tabs.tabText(index))

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._add.setIcon(icon("add", theme, "muted"))
        self._arrange.setIcon(icon("arrange", theme, "muted"))
        self.setStyleSheet(
            f"#canvas_header {{ background: {theme.surface}; border: 0; border-bottom: 1px solid {theme.border}; }}"
        )
