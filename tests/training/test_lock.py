from __future__ import annotations

import os
from pathlib import Path

from netdesigner.training.lock import Lock, note_of_holder


def test_one_has_it_and_others_read_his_note(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first, second = Lock(path), Lock(path)
    assert note_of_holder(path) is None
    assert first.take("me")
    assert not second.take("you", patience_s=0.05)
    assert note_of_holder(path) == note_of_holder(path) == "me"
    first.release()
    first.release()
    assert note_of_holder(path) is None
    assert not path.exists()
    assert second.take("you")
    second.release()


def test_a_note_that_is_being_written_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = Lock(path)
    assert lock.take("")
    path.write_bytes(b'{"pid":1')
    assert note_of_holder(path) == ""
    lock.release()


def test_a_file_that_is_left_is_nobody_s(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f'{{"pid": {os.getpid()}}}\n')
    assert note_of_holder(tmp_path / "lock") is None
    lock = Lock(tmp_path / "lock")
    assert lock.take("x")
    lock.release()
