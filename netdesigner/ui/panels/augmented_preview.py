"""What the augmentations of a design make of samples of its data, worked out beside the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netdesigner.parts import Preview
from netdesigner.session import Job, State
from netdesigner.session.augmenting import augmentations_of, shown_augmented
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.preview import PreviewView
from netdesigner.ui.theme import Theme

__all__ = ["AugmentedPreview"]

_QUIET_MS = 150
"""So long after the last edit it is worked out."""
_NO_SAMPLES = "Load the data to see what becomes of its samples."
_WRONG = (
    "There is something wrong with an augmentation; what becomes of samples is shown once that is mended."
)
_TRAINING = "What becomes of samples is shown again once the training is over."


class AugmentedPreview(QWidget):
    """Real samples beside what training would get of them; nothing where there are no augmentations.

    It is worked out only while it can be seen, and not while this program trains, which draws the same random numbers.
    """

    def __init__(self, bridge: Bridge, theme: Theme) -> None:
        super().__init__()
        self._bridge = bridge
        self._theme = theme
        self._shown: object = None
        self._job: Job[tuple[Preview, ...]] | None = None
        self.views: list[PreviewView] = []
        self._note = PlainLabel("", "muted", wrap=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_QUIET_MS)
        self._timer.timeout.connect(self._work_out)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 0)
        self._layout.addWidget(self._note)
        bridge.run_changed.connect(lambda _run: self.refresh(bridge.state))
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        for view in self.views:
            view.set_theme(theme)

    def refresh(self, state: State) -> None:
        """Shows what becomes of samples now, in a moment, where that is something else."""
        self.setVisible(bool(state.design.augmentations))
        if self.isVisible():
            self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def _work_out(self) -> None:
        session = self._bridge.session
        samples, data = session.samples(), self._bridge.state.data
        parts = augmentations_of(session.design, session.catalog, data) if data is not None else ()
        trains = self._bridge.run is not None and not self._bridge.detached
        wanted = (parts, id(samples))
        if self._job is not None or self._shown == wanted:
            return  # when a job has ended, this is asked again
        if samples is None or not parts or trains:
            self._say(_NO_SAMPLES if samples is None else _TRAINING if parts else _WRONG)
        else:
            self._begin(
                wanted, Job("Changing some samples", lambda _progress: shown_augmented(parts, samples))
            )

    def _begin(self, wanted: object, job: Job[tuple[Preview, ...]]) -> None:
        def take(previews: tuple[Preview, ...]) -> None:
            self._job, self._shown = None, wanted
            self._replace(previews)
            self._timer.start()

        def fail(message: str) -> None:
            self._job = None
            self._say(message)

        self._job = self._bridge.start(job, take, fail)

    def _say(self, text: str) -> None:
        """Shows a sentence in place of samples."""
        self._shown = None
        self._replace(())
        self._note.setText(text)
        self._note.setVisible(True)

    def _replace(self, previews: tuple[Preview, ...]) -> None:
        for view in self.views:
            self._layout.removeWidget(view)
            view.hide()
            view.deleteLater()
        self.views = [PreviewView(preview, self._theme) for preview in previews]
        for view in self.views:
            self._layout.addWidget(view)
        self._note.setVisible(False)
