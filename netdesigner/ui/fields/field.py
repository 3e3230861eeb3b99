"""What every editor of a parameter has in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from netdesigner.document import Value
from netdesigner.parts.part import Param
from netdesigner.ui.theme import Theme

__all__ = ["Field", "mark_invalid"]


class Field(QWidget):
    """Edits the value of one parameter.

    Signals:
        edited: a value the user gave it; also one that the parameter does not allow, so that nothing typed is lost.
        unclear: why what was typed is no value, or what is wrong with it; "" once all is well.
        shifted: a change of each number by itself (`Relative`), from a field that takes these.
        left: the user is done with it for now.

    Args:
        param: the parameter.
        names: the variables that expressions may use.
        theme: its colours.
    """

    edited = Signal(object)
    unclear = Signal(str)
    shifted = Signal(object)
    left = Signal()

    def __init__(self, param: Param, names: Mapping[str, int | float], theme: Theme) -> None:
        super().__init__()
        self.param = param
        self.names = names
        self.theme = theme

    def set_value(self, value: Value) -> None:
        """Shows a value; what the user is typing stays as it is where it means the same."""
        raise NotImplementedError

    def set_names(self, names: Mapping[str, int | float]) -> None:
        """Takes other variables for expressions."""
        self.names = names

    def set_choices(self, choices: Sequence[str]) -> None:
        """Offers texts to choose from, in a field that can."""

    def take_relative(self) -> None:
        """Reads `+8` or `*2` as a change of what is there, in a field for numbers."""

    def set_folder(self, folder: Path | None) -> None:
        """Says where relative paths start, to a field that takes paths."""

    def set_invalid(self, invalid: bool) -> None:
        """Draws it as one whose value is not allowed."""

    def set_mixed(self) -> None:
        """Shows that several nodes have different values."""

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.theme = theme


def mark_invalid(widget: QWidget, invalid: bool) -> None:
    """Gives a field the red outline of the style sheet or takes it away."""
    mark = "true" if invalid else "false"
    if widget.property("invalid") != mark:
        widget.setProperty("invalid", mark)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
