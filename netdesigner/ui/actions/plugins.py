"""Whether parts of other installed packages are used."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from netdesigner.parts import plugins
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.dialogs import confirm
from netdesigner.ui.settings import Settings

__all__ = ["PluginActions"]

_QUESTION = "Use the parts of other installed packages?"
_RISK = (
    "They are code, which runs with all your rights each time netdesigner starts. "
    "Turn plugins on only if you would run these packages anyway."
)


class PluginActions(QObject):
    """The switch for plugins, which asks before it turns them on."""

    def __init__(self, actions: ActionList, bridge: Bridge, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._settings = settings
        self._window = window
        tip = "Use layers and other parts of installed packages, from the next start on"
        self._use = actions.add("plugins.use", "Use Plu&gins", self._on_use, (), "", tip, checkable=True)
        self._use.setChecked(settings.value.plugins)

    def say_faults(self) -> None:
        """Says what of the installed packages is left out."""
        faults = [fault for plugin in self._bridge.session.catalog.plugins for fault in plugin.faults]
        if faults:
            self._bridge.said.emit("error", "; ".join(faults))

    def _on_use(self, on: bool) -> None:
        if on == self._settings.value.plugins:
            return
        if on and not self._agreed():
            self._use.setChecked(False)
            return
        self._settings.change(plugins=on)
        self._bridge.said.emit("info", f"Plugins will {'' if on else 'not '}be used from the next start on")

    def _agreed(self) -> bool:
        found = ", ".join(dict.fromkeys(plugin.package for plugin in plugins.installed()))
        return confirm(self._window, _QUESTION, f"{_RISK}\n\nInstalled now: {found or 'none'}", "Use Plugins")
