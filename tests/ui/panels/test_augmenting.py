from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from netdesigner.document import Choice
from netdesigner.document import edit as edits
from netdesigner.parts.preview import ImageGrid
from netdesigner.ui.bridge import Bridge
from netdesigner.ui.labels import PlainLabel
from netdesigner.ui.panels.data import Data
from netdesigner.ui.theme import DARK, LIGHT

Wait = Callable[[Callable[[], object]], None]


@pytest.fixture
def data(bridge: Bridge, shown: Callable[[Data], Data]) -> Data:
    return shown(Data(bridge, LIGHT))


def chosen(data: Data) -> list[Choice]:
    return [*data._bridge.session.design.augmentations]


def choose(data: Data, *choices: Choice) -> None:
    data._bridge.edit(lambda design: edits.set_augmentations(design, choices), "choose")


def listed(data: Data) -> dict[str, Any]:
    """What can be added, by its name."""
    data.augmenting.menu.aboutToShow.emit()
    return {action.text(): action for action in data.augmenting.menu.actions()}


def errors(data: Data, number: int) -> str:
    form = data.augmenting.entry(number).form
    labels = [label for label in form.findChildren(PlainLabel) if label.isVisible()]
    return "\n".join(label.text() for label in labels if label.property("role") == "error")


def test_only_what_suits_the_samples_is_offered_by_group(data: Data) -> None:
    names = listed(data)
    assert {"Flip", "Crop", "MixUp"} <= names.keys()
    assert not {"Jitter", "Mask tokens"} & names.keys()
    assert not names["Geometry"].isEnabled()
    assert names["Colour"].isEnabled()
    assert not names["Greyscale"].isEnabled()
    assert "is for pictures of three channels" in names["Greyscale"].toolTip()
    assert [*names].index("Geometry") < [*names].index("Flip") < [*names].index("Mixing of samples")
    data._bridge.edit(lambda design: edits.set_data(design, Choice("iris")), "choose data")
    assert {"Jitter", "MixUp"} <= listed(data).keys()
    assert "Flip" not in listed(data)
    data._bridge.edit(lambda design: edits.set_data(design, Choice("made_sounds")), "choose data")
    assert {"Jitter", "Shift in time", "Hide a stretch"} <= listed(data).keys()
    assert "Flip" not in listed(data)


def test_it_is_added_open_and_each_step_can_be_undone(qtbot: QtBot, data: Data) -> None:
    listed(data)["Flip"].trigger()
    listed(data)["Crop"].trigger()
    assert chosen(data) == [Choice("flip"), Choice("crop")]
    assert data.augmenting.entry(2).fold.is_open
    field = data.augmenting.entry(2).form.form
    assert field is not None
    data.augmenting.entry(2).form.edited.emit("padding", 3)
    data.augmenting.entry(2).form.edited.emit("padding", 4)
    assert chosen(data)[1] == Choice("crop", {"padding": 4})
    assert data.augmenting.entry(2).fold.heading.text() == "Crop:  padding 4"
    for expected in ([Choice("flip"), Choice("crop")], [Choice("flip")], []):
        data._bridge.session.undo()
        assert chosen(data) == expected


def test_entries_are_moved_and_removed_and_stay_open_as_they_were(
    qtbot: QtBot, data: Data, wait: Wait
) -> None:
    choose(data, Choice("flip"), Choice("crop"), Choice("erase"))
    entries = [data.augmenting.entry(number) for number in (1, 2, 3)]
    entries[2].fold.set_open(True)
    assert [entry.up.isEnabled() for entry in entries] == [False, True, True]
    assert [entry.down.isEnabled() for entry in entries] == [True, True, False]
    qtbot.mouseClick(entries[2].up, Qt.MouseButton.LeftButton)
    assert [choice.kind for choice in chosen(data)] == ["flip", "erase", "crop"]
    assert data.augmenting.entry(2) is entries[2]
    assert entries[2].fold.is_open
    wait(lambda: 0 <= entries[0].y() < entries[2].y() < entries[1].y())
    qtbot.mouseClick(entries[0].remove, Qt.MouseButton.LeftButton)
    assert [choice.kind for choice in chosen(data)] == ["erase", "crop"]
    assert not entries[2].up.isEnabled()


def test_what_is_wrong_is_said_at_its_field(data: Data, wait: Wait) -> None:
    choose(data, Choice("flip", {"p": 0.4}), Choice("crop", {"padding": 20}), Choice("flop"))
    for number in (1, 2, 3):
        data.augmenting.entry(number).fold.set_open(True)
    wait(lambda: errors(data, 3))
    assert errors(data, 1) == ""
    assert errors(data, 2).startswith("Expected less than the 8 pixels")
    assert "No augmentation is called 'flop'" in errors(data, 3)
    assert data.augmenting.entry(2).fold.heading.text().endswith("⚠")
    data.augmenting.entry(2).fold.set_open(False)
    data.show_field("augmentations.2", "padding")
    assert data.augmenting.entry(2).fold.is_open
    assert data.augmenting.reveal(2, "padding") is not data.augmenting.entry(2).fold.heading
    assert data.augmenting.reveal(3, "") is data.augmenting.entry(3).fold.heading


def test_real_samples_are_shown_beside_what_becomes_of_them(data: Data, wait: Wait) -> None:
    preview = data.augmenting.preview
    assert not preview.isVisible()
    choose(data, Choice("flip"))
    wait(lambda: "Load the data" in preview._note.text())
    data.load()
    wait(lambda: preview.views)
    before = preview.views[0].preview
    assert isinstance(before, ImageGrid)
    choose(data, Choice("flip"), Choice("noise", {"std": 0.3}))
    wait(lambda: preview.views and preview.views[0].preview != before)
    data.set_theme(DARK)
    choose(data, Choice("flip", {"p": 3}))
    wait(lambda: not preview.views)
    assert "wrong" in preview._note.text()
    choose(data)
    assert not preview.isVisible()


def test_samples_wait_while_this_program_trains(
    data: Data, wait: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    preview = data.augmenting.preview
    data.load()
    wait(lambda: data._previews)
    monkeypatch.setattr(Bridge, "run", object())
    monkeypatch.setattr(Bridge, "detached", False)
    choose(data, Choice("flip"))
    wait(lambda: "once the training is over" in preview._note.text())
    assert not preview.views
    monkeypatch.setattr(Bridge, "run", None)
    data._bridge.run_changed.emit(None)
    wait(lambda: preview.views)


def test_without_data_there_is_nothing_to_augment(data: Data) -> None:
    data._bridge.edit(lambda design: edits.set_data(design, None), "choose no data")
    assert not data.augmenting.isVisible()
    choose(data, Choice("flip"))
    assert data.augmenting.isVisible(), "or it could not be removed"
