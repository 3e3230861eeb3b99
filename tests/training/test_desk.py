from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netdesigner.errors import TrainingError
from netdesigner.training.control import Control
from netdesigner.training.desk import Desk, Tail, Worker, working
from netdesigner.training.events import Preparing
from netdesigner.training.log import FILE


def until(true: Callable[[], object]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it did not come true")


def test_who_works_is_known_while_he_does_and_leaves_nothing(tmp_path: Path) -> None:
    run = tmp_path / "run"
    desk = Desk(run)
    assert desk.worker() is None
    with working(run, Control()):
        assert desk.worker() == Worker(os.getpid(), detached=False, offset=0)
    assert desk.worker() is None
    assert not run.exists()


def test_the_folder_of_a_run_that_began_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"event":"paused","step":1}\n')
    with working(tmp_path, Control(), detached=True) as before:
        before.write(Preparing("x"))
        worker = Desk(tmp_path).worker()
        assert worker == Worker(os.getpid(), detached=True, offset=28)
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_two_do_not_work_on_one_run(tmp_path: Path) -> None:
    with working(tmp_path, Control()):
        with pytest.raises(TrainingError, match="is being trained already"), working(tmp_path, Control()):
            raise AssertionError("both work")
        with pytest.raises(TrainingError, match="is being trained already"):
            Desk(tmp_path).lay()


def test_what_is_told_is_done_whatever_a_writer_left(tmp_path: Path) -> None:
    control, desk = Control(), Desk(tmp_path)
    with working(tmp_path, control):
        desk.tell("pause")
        until(lambda: control.paused)
        with desk.commands.open("ab") as file:
            file.write(b"\n\xff\nresu")
        desk.tell("dance")
        desk.tell("resume")
        until(lambda: not control.paused)
        desk.tell("step")
        until(lambda: control.paused and not control.holds)
        desk.tell("stop")
        until(lambda: control.stopping)


def test_what_an_earlier_process_was_told_is_not_done_by_the_next(tmp_path: Path) -> None:
    control, desk = Control(), Desk(tmp_path)
    desk.folder.mkdir()
    desk.tell("stop")  # and it was killed before it looked
    with working(tmp_path, control):
        desk.tell("pause")
        until(lambda: control.paused)
    assert not control.stopping


def test_a_process_is_told_from_the_moment_on_at_which_its_place_is_laid(tmp_path: Path) -> None:
    control, desk = Control(), Desk(tmp_path)
    desk.lay()
    desk.tell("stop")
    with working(tmp_path, control, detached=True):
        until(lambda: control.stopping)


def test_a_tail_gives_whole_lines_once(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "file")
    assert list(tail.lines()) == []
    with (tmp_path / "file").open("ab", buffering=0) as file:
        file.write(b"one\ntw")
        assert list(tail.lines()) == [b"one"]
        assert list(tail.lines()) == []
        file.write(b"o\nthree\n")
        assert list(tail.lines()) == [b"two", b"three"]
    assert list(Tail(tmp_path / "file", 4).lines()) == [b"two", b"three"]
