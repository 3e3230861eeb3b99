from __future__ import annotations

import json
from pathlib import Path

import pytest

from netdesigner.training.events import Checkpoint, Paused, Steps, Warned
from netdesigner.training.log import FILE, Log, read_events

STEPS = Steps(1, 1, {"loss": (1.0, 0.5)}, (0.1, 0.1))


def test_events_are_read_back_in_order(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.write(STEPS)
    log.write(Paused(2))
    assert list(read_events(tmp_path)) == [STEPS, Paused(2)]
    log.close()
    log.close()
    assert list(read_events(tmp_path, steps=False)) == [Paused(2)]


def test_every_line_is_json_that_any_program_reads(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.write(Steps(1, 1, {"loss": (float("nan"), 1.0)}, (0.1, 0.1)))
    log.close()
    line = (tmp_path / FILE).read_text(encoding="utf-8")
    assert "NaN" not in line
    assert json.loads(line)["values"] == {"loss": [None, 1.0]}


def test_a_line_that_a_crash_tore_is_left_out_and_the_next_begins_anew(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log.write(Paused(1))
    log.close()
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write('{"event":"warned","mess')
    assert list(read_events(tmp_path)) == [Paused(1)]
    log = Log(tmp_path)
    log.write(Paused(2))
    log.close()
    assert list(read_events(tmp_path)) == [Paused(1), Paused(2)]


@pytest.mark.parametrize(
    "line", [b"\xff\xfe\n", b"[1, 2]\n", b'{"event":"paused","step":"x"}\n', b"[" * 5000 + b"\n"]
)
def test_what_is_no_event_is_left_out(tmp_path: Path, line: bytes) -> None:
    (tmp_path / FILE).write_bytes(
        b'{"event":"paused","step":1}\n' + line + b'{"event":"warned","message":"w"}\n'
    )
    assert list(read_events(tmp_path)) == [Paused(1), Warned("w")]


def test_a_folder_without_events_has_none(tmp_path: Path) -> None:
    assert list(read_events(tmp_path)) == []


def test_a_full_disk_is_noted_and_nothing_is_raised(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("only Linux has a device that is always full")
    (tmp_path / FILE).symlink_to(full)
    log = Log(tmp_path)
    log.write(Checkpoint(1, "x", "last"))
    assert log.trouble == "No space left on device"
    log.close()


def test_without_a_folder_nothing_is_written() -> None:
    log = Log(None)
    log.write(Paused(1))
    assert not log.open
    assert log.trouble == ""
