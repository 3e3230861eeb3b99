"""Short questions and messages, always in plain text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from netdesigner.session.recovery import TRASH_DAYS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

_REPORT_PX = QSize(640, 280)

__all__ = ["ask_to_save", "choose", "confirm", "tell", "tell_fault"]


def _box(parent: QWidget | None, icon: str, text: str, more: str = "") -> QMessageBox:
    """A message with one of Qt's icons by its name; the class is learned of when the first message is due."""
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(parent)
    box.setObjectName("message")
    box.setWindowTitle("netdesigner")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(QMessageBox.Icon[icon])
    box.setText(text)
    box.setInformativeText(more)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return box


def ask_to_save(parent: QWidget, name: str) -> str:
    """What to do with unsaved work: "save", "discard" or "cancel"."""
    box = _box(
        parent,
        "Question",
        f"Save the changes to {name}?",
        f"If you do not save, File > Discarded Work keeps the changes for {TRASH_DAYS} days.",
    )
    buttons = box.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    box.setEscapeButton(buttons.Cancel)
    answer = box.exec()
    return {int(buttons.Save): "save", int(buttons.Discard): "discard"}.get(int(answer), "cancel")


def confirm(parent: QWidget, text: str, more: str, action: str) -> bool:
    """Whether the user wants what cannot be taken back.

    Args:
        parent: the window it belongs to.
        text: the question.
        more: what follows from it.
        action: the button that does it.
    """
    box = _box(parent, "Warning", text, more)
    do = box.addButton(action, box.ButtonRole.DestructiveRole)
    cancel = box.addButton(box.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    box.setEscapeButton(cancel)
    agreed: list[bool] = []
    do.clicked.connect(lambda: agreed.append(True))  # the box is gone when `exec` returns
    box.exec()
    return bool(agreed)


def choose(parent: QWidget, text: str, more: str, options: Mapping[str, str]) -> str:
    """Which way to go on after something was not done, or "" for none.

    Args:
        parent: the window it belongs to.
        text: what was not done.
        more: why, and what follows from the ways to go on.
        options: the button of each way by its name; the first is the safe one.
    """
    box = _box(parent, "Warning", text, more)
    chosen: list[str] = []
    for name, label in options.items():
        button = box.addButton(label, box.ButtonRole.AcceptRole)
        button.clicked.connect(lambda _checked=False, name=name: chosen.append(name))
        if name == next(iter(options)):
            box.setDefaultButton(button)
    box.setEscapeButton(box.addButton(box.StandardButton.Cancel))
    box.exec()
    return chosen[0] if chosen else ""


def tell(parent: QWidget | None, text: str, more: str = "", severity: str = "error") -> None:
    """Says something that must not be missed, and waits until it was read."""
    icon = {"error": "Critical", "warning": "Warning"}.get(severity, "Information")
    _box(parent, icon, text, more).exec()


def tell_fault(line: str, not_kept: str, report: str) -> None:
    """Says that the program itself is at fault, once.

    Args:
        line: what happened.
        not_kept: why unsaved work is not kept against a crash; mostly "".
        report: what can be read and copied.
    """
    from PySide6.QtWidgets import QTextEdit

    more = "Your unsaved work has been kept, and the program goes on. Saving now is a good idea."
    if not_kept:
        more = f"The program goes on, but your unsaved work is not kept ({not_kept}). Save it now."
    box = _box(
        QApplication.activeWindow(), "Critical", "Something went wrong in the program.", f"{line}\n\n{more}"
    )
    box.setDetailedText(report)
    for shown in box.findChildren(QTextEdit):
        shown.setFixedSize(_REPORT_PX)  # Qt's own size shows three lines of a trace, all of them broken
        shown.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
    copy = box.addButton("Copy Report", box.ButtonRole.HelpRole)  # a role that closes nothing
    copy.setToolTip(
        "The details, without your name and the place of your home folder, to paste into a message"
    )
    copy.clicked.disconnect()  # Qt would close the message, with which the details go
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(report))
    box.setDefaultButton(box.addButton(box.StandardButton.Close))
    box.exec()
