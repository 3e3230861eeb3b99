"""What is seen: zoom, panels, colours, full screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup, QKeySequence
from PySide6.QtWidgets import QDockWidget, QMainWindow

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.canvas.canvas import Canvas
from netdesigner.ui.settings import THEMES

__all__ = ["ViewActions"]

_THEME_TEXTS = {"system": "Like the &System", "light": "&Light", "dark": "&Dark"}
_keys = QKeySequence.StandardKey


class ViewActions(QObject):
    """The View menu.

    Signals:
        theme_chosen: "system", "light" or "dark".

    Args:
        actions: where its actions are added.
        canvas: what is zoomed.
        window: whose docks are shown and hidden.
        docks: the docks by their title.
        panels: brings a panel to the front, by its title and keys.
        theme: the choice of colours at first.
    """

    theme_chosen = Signal(str)

    def __init__(
        self,
        actions: ActionList,
        canvas: Canvas,
        window: QMainWindow,
        docks: Mapping[str, QDockWidget],
        panels: Mapping[str, Callable[[], object]],
        theme: str,
    ) -> None:
        super().__init__(window)
        self._window = window
        self.dock_names: list[str] = []
        self.panel_names: list[str] = []
        actions.add("view.zoom_in", "Zoom &In", canvas.zoom_in, (_keys.ZoomIn, "Ctrl+=", "+"), "zoom in")
        actions.add("view.zoom_out", "Zoom &Out", canvas.zoom_out, (_keys.ZoomOut, "-"), "zoom out")
        actions.add(
            "view.zoom_reset", "&Actual Size", canvas.zoom_reset, "Ctrl+0", "zoom in", "Zoom to 100 %"
        )
        actions.add("view.fit", "S&how All", canvas.fit, ("Ctrl+1", "Home"), "fit", "Show the whole network")
        names = ("view.zoom_out", "view.zoom_reset", "view.zoom_in", "view.fit")

        def show_keys() -> None:
            canvas.zoom_bar.set_tips(*(actions[name].toolTip() for name in names))

        show_keys()
        actions.keys_changed.connect(show_keys)
        tip = "Arrange the nodes from left to right"
        actions.add("view.arrange", "&Arrange", canvas.arrange, "Ctrl+Shift+A", "arrange", tip)
        for index, (title, show) in enumerate(panels.items()):
            name = f"panel.{title.lower()}"
            self.panel_names.append(name)
            tip = f"Bring {title} to the front"
            actions.add(name, f"Show &{title}", show, f"Alt+{index + 1}" if index < 9 else (), "panel", tip)
        for title, dock in docks.items():
            name = f"view.dock_{title.split()[0].lower()}"
            self.dock_names.append(name)
            action = actions.add(
                name, title, dock.setVisible, (), "panel", f"Show or hide {title}", checkable=True
            )
            action.setChecked(True)
            dock.visibilityChanged.connect(lambda _visible, a=action, d=dock: a.setChecked(not d.isHidden()))
        full = actions.add("view.full", "F&ull Screen", self._set_full, ("F11",), "fit", checkable=True)
        full.setChecked(window.isFullScreen())
        self._add_themes(actions, theme)

    def _add_themes(self, actions: ActionList, chosen: str) -> None:
        group = QActionGroup(self)
        for name in THEMES:

            def choose(checked: bool, name: str = name) -> None:
                if checked:
                    self.theme_chosen.emit(name)

            words = _THEME_TEXTS[name]
            tip = f"Colours: {words.replace('&', '').lower()}"
            action = actions.add(f"theme.{name}", words, choose, (), "theme", tip, True)
            group.addAction(action)
            action.setChecked(name == chosen)

    def _set_full(self, full: bool) -> None:
        (self._window.showFullScreen if full else self._window.showNormal)()
