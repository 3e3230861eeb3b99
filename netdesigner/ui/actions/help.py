"""Help: what the problems mean, the keys, the log, and about the program."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QWidget

from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.actions.key_map import KeyMap
from netdesigner.ui.bridge import Bridge

__all__ = ["HelpActions"]

_KEYS = "See and change the keys of all commands"


class HelpActions(QObject):
    """The Help menu.

    Args:
        actions: where its actions are added, and whose keys the sheet lists.
        key_map: changes keys.
        bridge: says what was done.
        window: the parent of dialogs.
    """

    def __init__(self, actions: ActionList, key_map: KeyMap, bridge: Bridge, window: QWidget) -> None:
        super().__init__(window)
        self._actions = actions
        self._key_map = key_map
        self._bridge = bridge
        self._window = window
        keys = QKeySequence.StandardKey.HelpContents
        actions.add("help.problems", "&Problem Codes", self.problems, keys, "help", "What each problem means")
        actions.add("help.keys", "&Keyboard Shortcuts…", self.keys, "Ctrl+/", "help", _KEYS)
        actions.add("help.log", "Show &Log", self.show_log, (), "folder", "Open the folder of the log file")
        tip = "Copy versions and the end of the log, without your name, to paste into a message"
        actions.add("help.report", "&Copy Report", self.copy_report, (), "", tip)
        actions.add("help.about", "&About netdesigner", self.about, (), "about", "Versions and licences")

    def problems(self, code: str = "") -> None:
        """Explains the codes of problems."""
        from netdesigner.ui.reference import ProblemsDialog

        ProblemsDialog(code, self._window).open()

    def keys(self) -> None:
        """Lists the keyboard shortcuts, which can be changed there."""
        from netdesigner.ui.keys_dialog import KeysDialog

        KeysDialog(self._actions, self._key_map, self._window).open()

    def show_log(self) -> None:
        """Opens the folder of the log."""
        from PySide6.QtCore import QUrl

        from netdesigner.ui.faults import log_path

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_path().parent)))

    def copy_report(self, what: str = "") -> None:
        """Puts a report on what the program did last into the clipboard."""
        from netdesigner.ui.fault_report import fault_report
        from netdesigner.ui.faults import log_path

        QGuiApplication.clipboard().setText(fault_report(what, log_path()))
        self._bridge.said.emit("info", "The report is in the clipboard; read it before you send it")

    def about(self) -> None:
        """Says what the program is and what it is made of."""
        from netdesigner.ui.about import AboutDialog

        AboutDialog(self._window).open()
