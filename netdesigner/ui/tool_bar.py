"""The main flow from left to right: the file, the data, the check, training, and taking the result away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from netdesigner.document import edit as edits
from netdesigner.session import State
from netdesigner.ui import formats
from netdesigner.ui.actions.action_list import ActionList
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.combo import Combo
from netdesigner.ui.icons import icon
from netdesigner.ui.labels import plain_tip
from netdesigner.ui.run_controls import RunControls
from netdesigner.ui.run_watch import RunWatch
from netdesigner.ui.theme import Theme

__all__ = ["ToolBar"]

_WIDE_PX = 1260
_DEVICES = {"auto": "Automatic", "cpu": "CPU", "cuda": "NVIDIA GPU", "mps": "Apple GPU"}


class ToolBar(QToolBar):
    """Buttons of the main actions, and two chips that say how data and design are.

    Signals:
        data_pressed, check_pressed: a chip was pressed.
    """

    data_pressed = Signal()
    check_pressed = Signal()

    def __init__(self, actions: ActionList, bridge: Bridge, watch: RunWatch, theme: Theme) -> None:
        super().__init__("Tools")
        self.setObjectName("tool_bar")
        self.setMovable(False)
        self.setFloatable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setIconSize(QSize(20, 20))
        self._bridge = bridge
        self._theme = theme
        self._available: tuple[str, ...] = tuple(_DEVICES)
        self.data_chip = self._chip("data_chip", self.data_pressed)
        self.check_chip = self._chip("check_chip", self.check_pressed)
        self.run = RunControls(actions, bridge, watch, theme)
        self.device = Combo()
        self._build(actions)
        self._show(bridge.state)
        bridge.changed.connect(self._on_changed)
        bridge.run_changed.connect(lambda run: self._device_place.setVisible(run is None))

    def _build(self, actions: ActionList) -> None:
        for name in ("file.new", "file.open", "file.save"):
            self.addAction(actions[name])
        self.addSeparator()
        for name in ("edit.undo", "edit.redo"):
            self.addAction(actions[name])
        self.addSeparator()
        self.addWidget(self.data_chip)
        self.addWidget(_gap(8))
        self.addWidget(self.check_chip)
        self.addSeparator()
        self.addWidget(self.run)
        self.device.setObjectName("device")
        self.device.setAccessibleName("Device")
        self.device.setToolTip("What computes while training")
        self.device.activated.connect(self._choose_device)
        place = QWidget()
        row = QHBoxLayout(place)
        row.setContentsMargins(8, 0, 0, 0)
        row.addWidget(self.device)
        self._device_place = self.addWidget(place)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        export = QToolButton()
        export.setObjectName("export")
        export.setDefaultAction(actions["run.export"])
        export.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.addWidget(export)

    def _chip(self, name: str, signal: object) -> QToolButton:
        chip = QToolButton()
        chip.setObjectName(name)
        chip.setProperty("chip", True)
        chip.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        chip.setIconSize(QSize(16, 16))
        chip.clicked.connect(signal)
        return chip

    def set_theme(self, theme: Theme) -> None:
        """Takes other colours."""
        self._theme = theme
        self.run.set_theme(theme)
        self._show(self._bridge.state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.run.set_narrow(self.width() < _WIDE_PX)

    def set_devices(self, available: Sequence[str]) -> None:
        """What can compute on this machine, once that is known."""
        self._available = ("auto", *(name for name in available if name != "auto"))
        self._show_device(self._bridge.state)

    # ------------------------------------------------------------------------------------------------ showing

    def _on_changed(self, before: State, after: State) -> None:
        same = before.design.data is after.design.data and before.design.training is after.design.training
        if not same or before.report is not after.report or before.data != after.data:
            self._show(after)

    def _show(self, state: State) -> None:
        self._show_data(state)
        self._show_check(state)
        self._show_device(state)

    def _show_data(self, state: State) -> None:
        chosen = state.design.data
        part = self._bridge.session.catalog.datasets.get(chosen.kind) if chosen else None
        if chosen is None:
            text, tip = "No data", "No data are chosen yet"
        else:
            name = part.label() if part else chosen.kind
            rows = f" · {formats.short_count(state.data.rows)}" if state.data and state.data.rows else ""
            text = (name if len(name) <= 26 else name[:25] + "…") + rows
            tip = f"{name}: input {state.data.input}" if state.data else f"{name}: not loaded yet"
        self.data_chip.setText(text)
        self.data_chip.setIcon(icon("data", self._theme, "text" if chosen else "muted"))
        self.data_chip.setToolTip(plain_tip(tip))

    def _show_check(self, state: State) -> None:
        errors = len(state.report.errors)
        warnings = len(state.report.problems) - errors
        if not any(network.graph.nodes for network in state.design.networks.values()):
            text, glyph, color = "Empty network", "problems", "muted"
        elif errors:
            text, glyph, color = formats.plural(errors, "error"), "error", "error"
        elif warnings:
            text, glyph, color = formats.plural(warnings, "warning"), "warning", "warning"
        else:
            text, glyph, color = "No problems", "check", "success"
        self.check_chip.setText(text)
        self.check_chip.setIcon(icon(glyph, self._theme, color))
        first = state.report.problems[0].message if state.report.problems else "The design can be trained"
        self.check_chip.setToolTip(plain_tip(first))

    def _show_device(self, state: State) -> None:
        wanted = str(state.design.training.values.get("device", "auto"))
        with QSignalBlocker(self.device):
            self.device.clear()
            for name in self._available:
                self.device.addItem(_DEVICES.get(name, name), name)
            if wanted not in self._available:
                self.device.addItem(f"{_DEVICES.get(wanted, wanted)} (not here)", wanted)
            self.device.setCurrentIndex(self.device.findData(wanted))

    def _choose_device(self, index: int) -> None:
        name = self.device.itemData(index)
        training = self._bridge.session.design.training
        if name != training.values.get("device", "auto"):
            changed = training.with_values({"device": name})
            self._bridge.edit(lambda design: edits.set_training(design, changed), "choose the device")


def _gap(width_px: int) -> QWidget:
    gap = QWidget()
    gap.setFixedWidth(width_px)
    return gap
