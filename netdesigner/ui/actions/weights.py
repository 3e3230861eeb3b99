"""Weights in PyTorch's own format, turned into safetensors."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from netdesigner.parts import Progress
from netdesigner.session import Job
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.dialogs import tell
from netdesigner.ui.settings import Settings

__all__ = ["WeightActions"]

_SOURCES = "PyTorch weights (*.pt *.pth *.ckpt *.bin)"
_SUFFIX = ".safetensors"


class WeightActions(QObject):
    """Asks for a file of weights and where they go, and converts them beside the window's own work.

    Args:
        actions: where its action is added.
        bridge: where the work is shown.
        settings: the last folder.
        window: the parent of dialogs.
    """

    def __init__(self, actions: ActionList, bridge: Bridge, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._bridge = bridge
        self._settings = settings
        self._window = window
        tip = "Turn weights in PyTorch's own format, which can hold code, into safetensors"
        actions.add("file.convert", "Con&vert Weights…", self.ask, (), "", tip)

    def ask(self) -> None:
        """Asks for both files and converts."""
        folder = self._settings.value.folder
        name, _ = QFileDialog.getOpenFileName(self._window, "Weights to convert", folder, _SOURCES)
        if not name:
            return
        source = Path(name)
        proposal = str(source.with_suffix(_SUFFIX))
        kinds = f"Weights (*{_SUFFIX})"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save the weights", proposal, kinds)
        if name:
            output = Path(name)
            self.convert(source, output if output.suffix == _SUFFIX else Path(f"{name}{_SUFFIX}"))

    def convert(self, source: Path, output: Path) -> None:
        """Converts in the background; says what was written or why it was not."""

        def work(_progress: Progress) -> int:
            from netdesigner.training.weight_files import convert

            return convert(source, output)

        self._bridge.start(
            Job("Converting the weights", work),
            lambda count: self._bridge.said.emit("info", f"{output.name}: {count:,} tensors"),
            lambda message: tell(self._window, "The weights were not converted.", message),
        )
