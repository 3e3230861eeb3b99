"""The field in which the words of a frame or note are changed, over the place where they stand."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from netdesigner.ui.theme import font

__all__ = ["MarkBox"]

_LEAST_PX = 11
_LONGEST = 10_000


class MarkBox(QPlainTextEdit):
    """One field for all frames and notes.

    A title is taken with Enter, the words of a note with Ctrl+Enter, both with a click elsewhere; Escape leaves them as
    they were.

    Signals:
        changed: (id, words) were taken and differ from those before.
        cancelled: (id) its words were given up with Escape.

    Args:
        view: what it lies on.
    """

    changed = Signal(str, str)
    cancelled = Signal(str)

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.setObjectName("mark_box")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._mark_id = ""
        self._before = ""
        self._one_line = False
        self.hide()

    def open_over(self, mark_id: str, text: str, area: QRect, size_px: int, one_line: bool) -> None:
        """Opens over words, all of them selected.

        Args:
            mark_id: of the frame or note.
            text: what it says now.
            area: where in the view.
            size_px: of the letters.
            one_line: whether it is a title.
        """
        self._mark_id, self._before, self._one_line = mark_id, text, one_line
        self.setAccessibleName("Title of the frame" if one_line else "Text of the note")
        hint = "Enter to take it" if one_line else "Ctrl+Enter to take it"
        self.setPlaceholderText(hint)
        self.setLineWrapMode(
            QPlainTextEdit.LineWrapMode.NoWrap if one_line else QPlainTextEdit.LineWrapMode.WidgetWidth
        )
        bars = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOff if one_line else bars.ScrollBarAsNeeded)
        self.setFont(font(max(_LEAST_PX, size_px)))
        self.setPlainText(text)
        self.selectAll()
        least = self.fontMetrics().height() + 14
        self.setGeometry(area.x(), area.y(), max(144, area.width()), max(least, area.height()))
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Closes it and leaves the words as they were."""
        self._end(take=False)

    def _end(self, take: bool) -> None:
        if not self.isVisible():
            return
        words = self.toPlainText()[:_LONGEST].strip()
        words = " ".join(words.split()) if self._one_line else words
        if take and words != self._before:
            # before the focus goes: a text field that it passes on its way would end the step these words belong to
            self._before = words
            self.changed.emit(self._mark_id, words)
        had_focus = self.hasFocus()
        self.hide()
        if had_focus:
            self.parentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        with_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            self.cancelled.emit(self._mark_id)
        elif enter and (self._one_line or with_control):
            self._end(take=True)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self._end(take=True)
