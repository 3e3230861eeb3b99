from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from netdesigner.checks import CODES
from netdesigner.ui.about import AboutDialog
from netdesigner.ui.main_window import MainWindow
from netdesigner.ui.reference import ProblemsDialog


def test_it_names_the_licence_of_qt_and_the_versions(qtbot: QtBot) -> None:
    dialog = AboutDialog()
    qtbot.addWidget(dialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "GNU Lesser General Public License, version 3" in words
    assert "PyTorch" in words
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Copy").click()
    assert "PySide6 and Qt (LGPL-3.0-only): 6." in QGuiApplication.clipboard().text()


def test_every_problem_code_is_explained_and_found(qtbot: QtBot, window: MainWindow) -> None:
    dialog = ProblemsDialog("", window)
    qtbot.addWidget(dialog)
    assert dialog.list.topLevelItemCount() == len(CODES)
    qtbot.keyClicks(dialog.search, "ND101")
    shown = [item for item in map(dialog.list.topLevelItem, range(len(CODES))) if not item.isHidden()]
    assert [item.text(0) for item in shown] == ["ND101"]
