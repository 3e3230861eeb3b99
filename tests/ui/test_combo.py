"""A list to choose from in a panel."""

from __future__ import annotations

from PySide6.QtWidgets import QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from netdesigner.ui.combo import Combo


def test_an_entry_that_has_no_room_is_shortened(qtbot: QtBot) -> None:
    combo = Combo()
    qtbot.addWidget(combo)
    combo.addItem("Made-up sounds (spectrograms)  (built in)")
    combo.resize(600, 28)
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    assert option.currentText == combo.currentText()
    combo.resize(160, 28)
    combo.initStyleOption(option)
    assert option.currentText.startswith("Made-up")
    assert option.currentText.endswith("…")
