from __future__ import annotations

import errno
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


class FullFile:
    """Takes a few bytes, then none until there is space again."""

    def __init__(self, path: Path) -> None:
        self.path, self.space = path, 5

    def write(self, data: bytes) -> int:
        if not self.space:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = bytes(data[: self.space])
        self.path.write_bytes(self.path.read_bytes() + taken)
        self.space -= len(taken)
        return len(taken)

    def close(self) -> None:
        pass


def test_what_a_full_disk_does_not_take_is_written_once_there_is_space(tmp_path: Path) -> None:
    log = Log(tmp_path)
    log._file.close()
    log._file = full = FullFile(tmp_path / FILE)
    events = [Checkpoint(number, "x", "last") for number in range(4)]
    for event in events[:3]:
        log.write(event)
        assert log.trouble == "No space left on device"
    full.space = 10**6
    log.write(events[3])
    log.close()
    assert log.trouble == ""
    assert list(read_events(tmp_path)) == events


def test_without_a_folder_nothing_is_written() -> None:
    log = Log(None)
    log.write(Paused(1))
    assert log.trouble == ""
