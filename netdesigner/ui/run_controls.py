"""The main button, and what takes its place while a run goes on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from netdesigner.ui import formats
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import ElidedLabel
from netdesigner.ui.run_progress import RunProgress
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.theme import Theme

__all__ = ["RunControls"]

_WORDS_PX = 200
"""Room for "Epoch 10 of 100 · 10 min 30 s left"."""


class RunControls(QWidget):
    """Train; while a run goes on: Pause or Resume, one step, Stop, and how far it is.

    Args:
        actions: holds the actions of the buttons.
        bridge: knows whether there is a run.
        watch: where the run stands.
        theme: its colours.
    """

    def __init__(self, actions: ActionList, bridge: Bridge, watch: RunWatch, theme: Theme) -> None:
        super().__init__()
        self._bridge = bridge
        self._train = actions["run.train"]
        self.train = QPushButton("Train")
        self.train.setObjectName("train")
        self.train.setProperty("main", True)
        self.train.setIconSize(QSize(16, 16))
        self.train.setToolTip(self._train.toolTip())
        self.train.clicked.connect(self._train.trigger)
        self._buttons = [_button(actions[name]) for name in ("run.pause", "run.step", "run.stop")]
        self._text = ElidedLabel("", "muted")
        self._text.setObjectName("run_text")
        self._bar = QProgressBar()
        self._bar.setObjectName("run_bar")
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedHeight(4)
        self._progress = QWidget()
        self._build()
        self.set_theme(theme)
        bridge.run_changed.connect(lambda _run: self._show(watch.progress))
        watch.changed.connect(self._show)
        self._show(watch.progress)

    def _build(self) -> None:
        how_far = QVBoxLayout(self._progress)
        how_far.setContentsMargins(8, 0, 0, 0)
        how_far.setSpacing(3)
        how_far.addWidget(self._text)
        how_far.addWidget(self._bar)
        self._progress.setMaximumWidth(280)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.train)
        for button in self._buttons:
            layout.addWidget(button)
        layout.addWidget(self._progress)

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self.train.setIcon(icon("play", theme, "on_accent"))

    def set_narrow(self, narrow: bool) -> None:
        """Leaves the words of the buttons away where there is little room."""
        style = (
            Qt.ToolButtonStyle.ToolButtonIconOnly if narrow else Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        )
        for button in self._buttons:
            button.setToolButtonStyle(style)
        self._progress.setMinimumWidth(120 if narrow else _WORDS_PX)

    def _show(self, progress: RunProgress) -> None:
        running = self._bridge.run is not None
        self.train.setVisible(not running)
        self._progress.setVisible(running)
        for button in self._buttons:
            button.setVisible(running)
        self._bar.setValue(round(1000 * progress.done))
        self._text.setText(_words(progress))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setObjectName(action.objectName().replace(".", "_"))
    button.setDefaultAction(action)
    button.setIconSize(QSize(18, 18))
    return button


def _words(progress: RunProgress) -> str:
    if progress.phase == "preparing":
        return progress.message or "Preparing"
    words = [f"Epoch {progress.epoch} of {progress.epochs}"]
    if progress.phase == "paused":
        words.append("paused")
    elif progress.seconds_left:
        words.append(f"{formats.duration(progress.seconds_left)} left")
    return " · ".join(words)
