from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from netdesigner.ui.settings import Remembered, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "window.json"


def test_what_was_changed_is_there_at_the_next_start(path: Path) -> None:
    chosen = Remembered(
        theme="dark", smoothing=0.9, folder="/some/where", plugins=True, grid=False, minimap=False
    )
    Settings(path).change(**dataclasses.asdict(chosen))
    assert Settings(path).value == chosen


@pytest.mark.parametrize(
    "damage",
    [
        b"{",
        b"[]",
        b"\xff\xfe\x00",
        b'{"recent": "x"}',
        b'{"smoothing": "much"}',
        b'{"theme": 3}',
        b"[" * 50_000,
        b'{"layout": "' + b"x" * 2_000_000 + b'"}',
    ],
)
def test_a_damaged_file_gives_defaults_and_is_put_aside(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    settings = Settings(path)
    assert settings.value == Remembered()
    assert path.with_name("window.json.damaged").read_bytes() == damage
    settings.change(theme="light")
    assert Settings(path).value.theme == "light"


def test_values_of_another_version_are_passed_over(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"theme": "sepia", "smoothing": 7, "plugins": "yes", "unknown": [1]}))
    assert Settings(path).value == Remembered(smoothing=0.999)


def test_a_file_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    settings = Settings(blocked / "window.json")
    settings.change(theme="dark")
    assert settings.value.theme == "dark"


def test_recent_files_are_the_latest_first_each_once_and_only_those_that_are_there(
    path: Path, tmp_path: Path
) -> None:
    settings = Settings(path)
    names = [tmp_path / f"{number}.netdesign" for number in range(12)]
    for name in names:
        name.touch()
        settings.add_recent(name)
    settings.add_recent(names[5])
    names[11].unlink()
    recent = settings.recent()
    assert recent[:2] == (names[5], names[10])
    assert len(recent) == 9
    assert settings.value.folder == str(tmp_path)


def test_recent_files_can_be_forgotten(path: Path, tmp_path: Path) -> None:
    settings = Settings(path)
    first, second = tmp_path / "a", tmp_path / "b"
    settings.add_recent(first)
    settings.add_recent(second)
    settings.forget_recent(str(first))
    assert settings.value.recent == (str(second),)
    settings.forget_recent()
    assert settings.value.recent == ()
