"""Renaming a node where it stands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

__all__ = ["RenameBox"]


class RenameBox(QLineEdit):
    """One field over a card; Enter takes the name, Escape or a click elsewhere leaves it as it was.

    Signals:
        renamed: (old, new) name.
        refused: why the name cannot be taken, or "" once it can.

    Args:
        view: what it lies on.
        why_not: why a new name cannot be taken, given old and new; "" where it can.
    """

    renamed = Signal(str, str)
    refused = Signal(str)

    def __init__(self, view: QWidget, why_not: Callable[[str, str], str]) -> None:
        super().__init__(view)
        self.setObjectName("rename_box")
        self.setAccessibleName("New name")
        self.setMaxLength(64)
        self._why_not = why_not
        self._old = ""
        self.textEdited.connect(self._check)
        self.installEventFilter(self)
        self.hide()

    def open_over(self, name: str, corner: QPoint, width: int, height: int, proposal: str = "") -> None:
        """Opens over a name, all of it selected.

        Args:
            name: what is renamed; "" for something new, which is called as proposed if nothing is typed.
            corner, width, height: where.
            proposal: the name for something new.
        """
        self._old = name
        self.setText(proposal or name)
        self.setGeometry(corner.x(), corner.y(), max(144, width), max(28, height))
        self._mark("")
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _check(self, text: str) -> None:
        self._mark("" if text == self._old else self._why_not(self._old, text))

    def _mark(self, reason: str) -> None:
        self.setProperty("invalid", "true" if reason else "false")
        self.style().unpolish(self)
        self.style().polish(self)
        self.refused.emit(reason)

    def _close(self) -> None:
        if self.isVisible():
            self._mark("")
            self.hide()
            self.parentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    def _accept(self) -> None:
        new = self.text().strip()
        if new != self._old and self._why_not(self._old, new):
            return
        old = self._old
        self._close()
        if new != old:
            self.renamed.emit(old, new)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._accept()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close()
                return True
        if watched is self and event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.hide()
            self.refused.emit("")
        return False
