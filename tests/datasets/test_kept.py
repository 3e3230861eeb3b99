from __future__ import annotations

import gc
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdesigner.datasets import _kept
from netdesigner.datasets._kept import kept
from netdesigner.parts.dataset import NO_CLASS
from netdesigner.parts.rows import Rows

BYTES = np.random.default_rng(0).integers(0, 256, (20, 3, 4, 4)).astype(np.float32) / np.float32(255)


class Source:
    """Rows that remember which of them were read."""

    def __init__(self, values: np.ndarray = BYTES) -> None:
        self.values, self.read = values, list[int]()

    def rows(self) -> Rows:
        return Rows(self.values.shape, "float32", self.take)

    def take(self, numbers: np.ndarray) -> np.ndarray:
        self.read += numbers.tolist()
        return self.values[numbers]


def taken(rows: Rows, *numbers: int) -> np.ndarray:
    return rows[np.array(numbers)]


def test_each_row_is_read_once_and_stays_the_same() -> None:
    source = Source()
    rows = kept(source.rows())
    for numbers in ((3, 1), (1, 2, 3), (19, 0, 3, 3), (0, 19)):
        np.testing.assert_array_equal(taken(rows, *numbers), BYTES[list(numbers)])
    assert source.read == [3, 1, 2, 19, 0]
    np.testing.assert_array_equal(rows[:], BYTES)
    np.testing.assert_array_equal(rows[:], BYTES)
    assert sorted(source.read) == list(range(20))


def test_what_is_more_than_bytes_is_read_each_time() -> None:
    values = BYTES.copy()
    values[4, 0, 0, 0], values[5, 0, 0, 0], values[6, 0, 0, 0] = 0.12345, -1 / 255, 256 / 255
    source = Source(values)
    rows = kept(source.rows())
    for _ in range(2):
        np.testing.assert_array_equal(taken(rows, 3, 4, 5, 6), values[3:7])
    assert source.read == [3, 4, 5, 6, 4, 5, 6]


def test_classes_of_pixels_are_kept_too() -> None:
    values = np.arange(20 * 16).reshape(20, 4, 4) % 300 - 30
    values[values < 0] = NO_CLASS
    source = Source(values)
    rows = kept(Rows(values.shape, "int64", source.take))
    for _ in range(2):
        found = rows[:]
        np.testing.assert_array_equal(found, values)
        assert found.dtype == np.int64
    more = {row for row in range(20) if (values[row] > 254).any()}  # than a byte can tell
    assert 0 < len(more) < 20
    assert sorted(source.read) == sorted([*range(20), *more])


class Full:
    """A file on a disk that has become full."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> int:
        raise OSError(28, "No space left on device")


def test_a_disk_that_becomes_full_ends_the_keeping(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source()
    rows = kept(source.rows())
    taken(rows, 0, 1)
    holder = rows._take.__self__  # type: ignore[attr-defined]
    monkeypatch.setattr(holder, "_file", Full(holder._file))
    for _ in range(2):
        np.testing.assert_array_equal(taken(rows, 0, 1, 2), BYTES[:3])
    assert source.read == [0, 1, 2, 2]


def test_without_room_or_a_folder_rows_are_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Source().rows()
    usage = shutil.disk_usage(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=_kept._LEFT_FREE))
        assert kept(rows) is rows
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *given, **more: tmp_path / "file" / "x")
    assert kept(rows) is rows


def test_the_file_goes_with_the_rows() -> None:
    rows = kept(Source().rows())
    file = rows._take.__self__._file  # type: ignore[attr-defined]
    assert not file.closed
    del rows
    gc.collect()
    assert file.closed
