"""The switch for plugins: it asks first, tells when it takes effect, and what is faulty is said at the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from netdesigner.app import make_session
from netdesigner.parts import Catalog
from netdesigner.parts.plugins import Plugin
from netdesigner.ui.actions import plugins as plugin_actions
from netdesigner.ui.settings import Settings
from tests.parts.packages import GAIN, install

if TYPE_CHECKING:
    from netdesigner.ui.main_window import MainWindow

FAULT = "plugin gain (gain 1.2): 'gain' is left out (RuntimeError: no licence)"


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """All parts, and a package that could not be imported."""
    return replace(Catalog.discover(), plugins=(Plugin("gain", "gain 1.2", faults=(FAULT,)),))


@pytest.mark.parametrize("agreed", [True, False])
def test_turning_them_on_is_asked_and_names_the_packages(
    make_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, agreed: bool
) -> None:
    install(tmp_path, "garden", GAIN)
    monkeypatch.syspath_prepend(tmp_path)
    asked: list[str] = []
    monkeypatch.setattr(plugin_actions, "confirm", lambda *words: asked.append(words[2]) or agreed)
    window = make_window()
    use = window.actions_by_name["plugins.use"]
    assert not use.isChecked()
    use.trigger()
    assert (use.isChecked(), window.settings.value.plugins) == (agreed, agreed)
    (risk,) = asked
    assert "with all your rights" in risk
    assert risk.endswith("garden 1.2")
    assert ("from the next start on" in window.status.message.text()) is agreed


def test_they_are_turned_off_without_a_question(
    make_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugin_actions, "confirm", lambda *_: pytest.fail("asked"))
    Settings(tmp_path / "window.json").change(plugins=True)
    window = make_window()
    use = window.actions_by_name["plugins.use"]
    assert use.isChecked()
    use.trigger()
    assert not window.settings.value.plugins


def test_what_is_left_out_is_said_at_the_start(make_window: Callable[..., MainWindow]) -> None:
    assert make_window().status.message.text() == f"P{FAULT[1:]}"


def test_the_next_start_does_as_the_switch_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(tmp_path, "garden", GAIN)
    monkeypatch.syspath_prepend(tmp_path)
    assert "Gain" not in make_session().catalog.layers
    Settings().change(plugins=True)
    assert "Gain" in make_session().catalog.layers
