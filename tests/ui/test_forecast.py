"""The forecast of the memory that training takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from netdesigner.document import Choice, Design, Settings
from netdesigner.document import edit as edits
from netdesigner.parts import Catalog, no_progress
from netdesigner.session import Session
from netdesigner.ui import forecast
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.forecast import MemoryForecast, _work


@pytest.mark.parametrize(("momentum", "kept"), [(0.0, "optimizer 0 bytes"), (0.9, "optimizer 4.73 kB")])
def test_settings_that_are_expressions_count_with_their_numbers(
    catalog: Catalog, small_design: Design, momentum: float, kept: str
) -> None:
    settings = Settings(Choice("SGD", {"momentum": "m"}), values={"batch_size": "2*n"})
    session = Session(catalog)
    session.new(replace(small_design, training=settings, variables={"m": momentum, "n": 16}))
    assert not session.report.errors
    _, words = _work(session.state, catalog)(no_progress)
    assert words.startswith("Memory to train with batches of 32:")
    assert kept in words


def test_what_was_edited_in_mid_run_is_worked_out_after_it(
    bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    found = MemoryForecast(bridge, label)
    monkeypatch.setattr(forecast, "_work", lambda *_: lambda _progress: (2048, "all of it"))
    found._timer.setInterval(0)
    found.begin()
    qtbot.waitUntil(lambda: label.text() == "2.00 kB to train")
    monkeypatch.setattr(Bridge, "run", object())
    wider = edits.set_params(bridge.state.design, "main", "hidden", {"out_features": 32})
    bridge.session.edit(wider, "widen")
    qtbot.waitUntil(lambda: label.text() == "")
    monkeypatch.setattr(Bridge, "run", None)
    bridge.run_changed.emit(None)
    qtbot.waitUntil(lambda: label.text() == "2.00 kB to train")
