"""Light or dark: like the system, or as the user says."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication

from netdesigner.ui.settings import Settings
from netdesigner.ui.theme import DARK, LIGHT, Theme

__all__ = ["Appearance"]

_SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}


class Appearance(QObject):
    """Chooses the theme and remembers the choice.

    Signals:
        chosen: (Theme) the one to show from now on.

    Args:
        settings: where the choice is remembered.
    """

    chosen = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._on_system)

    def choose(self, name: str) -> None:
        """Takes "light", "dark", or what the system says ("system")."""
        self._settings.change(theme=name)
        QGuiApplication.styleHints().setColorScheme(_SCHEMES[name])
        if name == "system":
            self._on_system(QGuiApplication.styleHints().colorScheme())
        else:
            self.chosen.emit(DARK if name == "dark" else LIGHT)

    def _on_system(self, scheme: Qt.ColorScheme) -> None:
        if self._settings.value.theme == "system":
            theme: Theme = DARK if scheme == Qt.ColorScheme.Dark else LIGHT
            self.chosen.emit(theme)
