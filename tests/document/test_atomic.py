from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from netdesigner.document.atomic import refuse_if_unwritable, write_atomically
from netdesigner.errors import FileError


def test_a_file_that_can_be_written_is_not_refused_and_not_made(tmp_path: Path) -> None:
    refuse_if_unwritable(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_and_a_folder_in_the_way_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"there is no folder .*nowhere"):
        refuse_if_unwritable(tmp_path / "nowhere" / "new")
    with pytest.raises(FileError, match="this is a folder"):
        refuse_if_unwritable(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes have no place among files there")
def test_a_device_or_a_pipe_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(FileError, match="a device or a pipe"):
        refuse_if_unwritable(pipe)
    with pytest.raises(FileError, match="a device or a pipe"):
        write_atomically(pipe, b"text")
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]
