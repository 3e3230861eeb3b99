"""The menu bar, written as a table of action names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QMenu, QMenuBar

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.labels import plain_tip
from netdesigner.ui.settings import Settings

__all__ = ["fill_menu_bar"]

_LINE = "|"


def fill_menu_bar(
    bar: QMenuBar,
    actions: ActionList,
    settings: Settings,
    open_recent: Callable[[Path], object],
    panels: Sequence[str],
    docks: Sequence[str],
) -> None:
    """Fills the menu bar.

    Args:
        bar: empty at first.
        actions: holds every action by name.
        settings: knows the recent files.
        open_recent: opens one of them.
        panels, docks: names of the actions that show panels and docks.
    """
    menus = {
        "&File": "file.new file.open recent view.start | file.save file.save_as file.picture "
        "file.picture_selected run.export file.convert | file.trash file.reopen | file.quit",
        "&Edit": "edit.undo edit.redo | edit.cut edit.copy edit.paste edit.duplicate | edit.delete "
        "edit.delete_reconnect | edit.rename canvas.edit wiring.replace wiring.bypass wiring.connect "
        "wiring.sequence | edit.select_all edit.add edit.find | plugins.use",
        "&Block": "block.group block.dissolve | canvas.open block.leave | block.unique block.rename block.keep "
        "| block.clean",
        "&View": "view.palette | view.zoom_in view.zoom_out view.zoom_reset view.fit canvas.fit_selection "
        f"| view.bars_parameters view.bars_macs view.grid view.minimap | panels {' '.join(docks)} view.grow view.reset "
        "| themes view.full",
        "&Order": "view.arrange order.arrange_selected order.arrange_new | order.frame order.note | "
        "order.left order.centre order.right | order.top order.middle order.bottom | order.across order.down",
        "&Run": "run.train run.pause run.step run.stop | run.detached | run.evaluate run.export",
        "&Help": "help.problems help.keys | help.log help.report | help.about",
    }
    for title, names in menus.items():
        menu = bar.addMenu(title)
        for name in names.split():
            if name == "recent":
                menu.addMenu(_recent_menu(menu, actions, settings, open_recent))
            elif name == "panels":
                menu.addMenu(_sub_menu(menu, "Pan&els", actions, panels))
            elif name == "themes":
                menu.addMenu(
                    _sub_menu(menu, "Co&lours", actions, ("theme.system", "theme.light", "theme.dark"))
                )
            elif name == _LINE:
                menu.addSeparator()
            else:
                menu.addAction(actions[name])


def _sub_menu(parent: QMenu, title: str, actions: ActionList, names: Sequence[str]) -> QMenu:
    menu = QMenu(title, parent)
    for name in names:
        menu.addAction(actions[name])
    return menu


def _recent_menu(
    parent: QMenu, actions: ActionList, settings: Settings, open_recent: Callable[[Path], object]
) -> QMenu:
    menu = QMenu("Open &Recent", parent)
    menu.setToolTipsVisible(True)

    def fill() -> None:
        menu.clear()
        for path in settings.recent():
            action = menu.addAction(path.stem.replace("&", "&&"))
            action.setToolTip(plain_tip(str(path)))
            action.triggered.connect(lambda _checked=False, path=path: open_recent(path))
        if menu.isEmpty():
            menu.addAction("No files yet").setEnabled(False)
        menu.addSeparator()
        menu.addAction(actions["file.clear_recent"])

    menu.aboutToShow.connect(fill)
    return menu
