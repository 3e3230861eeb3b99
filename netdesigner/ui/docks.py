"""The places around the canvas: tabs to the left, to the right and below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QPalette, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QToolButton, QVBoxLayout, QWidget

from netdesigner.ui.theme import Theme

__all__ = ["Docks", "Place", "TabbedDock"]

W = TypeVar("W", bound=QWidget)

_SIDES = Qt.DockWidgetArea
_NARROWEST = QSize(176, 176)
_LOWER_HEIGHT_PX = 272
_CANVAS_LEFT_PX = 120
"""How much of the canvas is seen above a lower dock that was grown."""


class _Tabs(QTabWidget):
    """Tabs that a dock may make narrower than the widest panel would like, so that docks never overlap."""

    def minimumSizeHint(self) -> QSize:
        return super().minimumSizeHint().boundedTo(_NARROWEST)


class Place(QWidget, Generic[W]):
    """Where a panel lies that is made when it is first seen or asked for, so that a start need not wait for it.

    Args:
        make: makes the panel, in the state and the colours of that moment.
    """

    def __init__(self, make: Callable[[], W]) -> None:
        super().__init__()
        self._make = make
        self._panel: W | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)

    def panel(self) -> W:
        """The panel."""
        if self._panel is None:
            self._panel = self._make()
            self.layout().addWidget(self._panel)
            self.setFocusProxy(self._panel)
        return self._panel

    def set_theme(self, theme: Theme) -> None:
        """Gives the panel other colours, if there is one yet."""
        if self._panel is not None:
            self._panel.set_theme(theme)  # type: ignore[attr-defined]  # every panel can

    def showEvent(self, event: QShowEvent) -> None:
        self.panel()
        super().showEvent(event)


class TabbedDock(QDockWidget):
    """A dock whose panels are tabs; it has a title only while it floats.

    Args:
        name: its name in the remembered layout.
        title: for people.
        parent: the window.
    """

    def __init__(self, name: str, title: str, parent: QMainWindow) -> None:
        super().__init__(title, parent)
        self.setObjectName(name)
        self.tabs = _Tabs()
        self.tabs.setObjectName(f"{name}_tabs")
        self.tabs.setDocumentMode(True)
        self.tabs.setAutoFillBackground(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.setWidget(self.tabs)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        self._no_title = QWidget(self)
        self.setTitleBarWidget(self._no_title)
        self.topLevelChanged.connect(self._on_floating)

    def fill(self, panels: Mapping[str, QWidget]) -> None:
        """Takes the panels, in the order of their tabs."""
        for title, panel in panels.items():
            self.tabs.addTab(panel, title)
        self.tabs.tabBar().setVisible(len(panels) > 1)

    def bring(self, panel: QWidget) -> None:
        """Brings one of the panels to the front."""
        self.show()
        self.tabs.setCurrentWidget(panel)

    def set_title(self, panel: QWidget, title: str) -> None:
        """Names the tab of a panel."""
        self.tabs.setTabText(self.tabs.indexOf(panel), title)

    def set_corner(self, action: QAction) -> None:
        """Shows an action to the right of the tabs."""
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(16, 16))
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.tabs.setCornerWidget(button)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours: panels lie on the surface, not on the window."""
        palette = self.tabs.palette()
        palette.setColor(QPalette.ColorRole.Window, QColor(theme.surface))
        self.tabs.setPalette(palette)

    def _on_floating(self, floating: bool) -> None:
        self.setTitleBarWidget(None if floating else self._no_title)  # type: ignore[arg-type]
        self._no_title.setVisible(not floating)


class Docks:
    """The three docks of a window.

    Args:
        window: that they belong to.
        left, side, below: panels by their titles.
        theme: its colours at first.
    """

    def __init__(
        self,
        window: QMainWindow,
        left: Mapping[str, QWidget],
        side: Mapping[str, QWidget],
        below: Mapping[str, QWidget],
        theme: Theme,
    ) -> None:
        self._window = window
        self.left = TabbedDock("palette_dock", "Palette", window)
        self.right = TabbedDock("side_dock", "Side panel", window)
        self.lower = TabbedDock("lower_dock", "Lower panel", window)
        window.setCorner(Qt.Corner.BottomLeftCorner, _SIDES.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, _SIDES.RightDockWidgetArea)
        window.addDockWidget(_SIDES.LeftDockWidgetArea, self.left)
        window.addDockWidget(_SIDES.RightDockWidgetArea, self.right)
        window.addDockWidget(_SIDES.BottomDockWidgetArea, self.lower)
        self.left.setMinimumWidth(176)
        self.right.setMinimumWidth(288)
        self.lower.setMinimumHeight(176)
        for dock, panels in zip(self.all(), (left, side, below), strict=True):
            dock.set_theme(theme)
            dock.fill(panels)
        self._hidden_by_start: tuple[TabbedDock, ...] = ()
        self._usual_height_px = _LOWER_HEIGHT_PX
        self.reset()

    def by_title(self) -> dict[str, QDockWidget]:
        """The docks by their title."""
        return {dock.windowTitle(): dock for dock in self.all()}

    def all(self) -> tuple[TabbedDock, ...]:
        """All docks."""
        return self.left, self.right, self.lower

    def reset(self) -> None:
        """Gives all docks the sizes that suit a first start."""
        for dock in self.all():
            dock.setFloating(False)
        self._window.resizeDocks([self.left, self.right], [216, 320], Qt.Orientation.Horizontal)
        self._set_height(_LOWER_HEIGHT_PX)

    def grow(self) -> bool:
        """Gives the lower dock most of the height, or what it had before where it has that; says which of both."""
        room_px = self._window.centralWidget().height() - _CANVAS_LEFT_PX
        if room_px > 0:
            self._usual_height_px = self.lower.height()
        self.lower.show()
        self._set_height(self.lower.height() + room_px if room_px > 0 else self._usual_height_px)
        return room_px > 0

    def _set_height(self, height_px: int) -> None:
        self._window.resizeDocks([self.lower], [height_px], Qt.Orientation.Vertical)

    def step_aside(self, aside: bool) -> None:
        """Hides the docks while the start page is seen, and shows those again that were there."""
        if aside and not self._hidden_by_start:
            self._hidden_by_start = tuple(dock for dock in self.all() if not dock.isHidden())
            for dock in self._hidden_by_start:
                dock.hide()
        elif not aside:
            for dock in self._hidden_by_start:
                dock.show()
            self._hidden_by_start = ()
