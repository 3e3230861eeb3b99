from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from netdesigner.datasets.idx import Idx
from netdesigner.errors import CancelledError, DataError

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 5, 4), dtype=np.uint8)
LABELS = np.array([7, 3, 7, 3, 7, 3], dtype=np.uint8)


def content_of(values: np.ndarray, code: int = 0x08) -> bytes:
    head = struct.pack(f">HBB{values.ndim}I", 0, code, values.ndim, *values.shape)
    return head + values.astype(values.dtype.newbyteorder(">")).tobytes()


def dataset(folder: Path, images: bytes, labels: bytes, *, gzipped: bool = False) -> Idx:
    paths = folder / "images-idx3-ubyte", folder / "labels-idx1-ubyte"
    for path, content in zip(paths, (images, labels), strict=True):
        path.write_bytes(gzip.compress(content) if gzipped else content)
    return Idx(path=str(paths[0]), labels=str(paths[1]))


@pytest.mark.parametrize("gzipped", [False, True])
def test_pictures_and_labels_are_read(gzipped: bool, tmp_path: Path) -> None:
    data = dataset(tmp_path, content_of(IMAGES), content_of(LABELS), gzipped=gzipped)
    samples = data.load()
    np.testing.assert_array_equal(samples.input, IMAGES[:, None] / np.float32(255))
    assert samples.input.dtype == np.float32
    assert samples.spec.classes == ("3", "7")
    assert samples.target.tolist() == [1, 0, 1, 0, 1, 0]
    assert data.describe() == samples.spec


@pytest.mark.parametrize(
    ("code", "dtype"), [(0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")]
)
def test_other_numbers_keep_their_value(code: int, dtype: str, tmp_path: Path) -> None:
    values = (IMAGES.astype(np.int16) - 128).astype(dtype)
    samples = dataset(tmp_path, content_of(values, code), content_of(LABELS)).load()
    np.testing.assert_array_equal(samples.input[:, 0], values.astype(np.float32))


GOOD_IMAGES, GOOD_LABELS = content_of(IMAGES), content_of(LABELS)
BAD = {
    "swapped": (GOOD_LABELS, GOOD_IMAGES, r"labels are whole numbers \[N\], this file holds \[6, 5, 4\]"),
    "labels as images": (
        GOOD_LABELS,
        GOOD_LABELS,
        r"images are \[N, H, W\], this file holds \[6\]; the labels go",
    ),
    "no idx": (b"\x89PNG and so on", GOOD_LABELS, "this is not an IDX file"),
    "unknown type": (b"\0\0\x07\x03" + GOOD_IMAGES[4:], GOOD_LABELS, "this is not an IDX file"),
    "no axes": (b"\0\0\x08\x00", GOOD_LABELS, "this is not an IDX file"),
    "cut head": (GOOD_IMAGES[:10], GOOD_LABELS, "the file ends within its head"),
    "cut": (GOOD_IMAGES[:-1], GOOD_LABELS, "its head declares 120 bytes, it holds 119"),
    "longer": (GOOD_IMAGES + b"x", GOOD_LABELS, "its head declares 120 bytes, it holds more"),
    "cut labels": (GOOD_IMAGES, GOOD_LABELS[:-1], "its head declares 6 bytes, it holds 5"),
    "lengths": (GOOD_IMAGES, content_of(LABELS[:5]), "it holds 6 images, and there are 5 labels"),
    "one class": (GOOD_IMAGES, content_of(LABELS * 0), "'labels' holds the one value '0'"),
    "no images": (content_of(IMAGES[:0]), content_of(LABELS[:0]), "this file holds"),
    "huge": (struct.pack(">HBB3I", 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1), GOOD_LABELS, "would take"),
    "nan": (content_of(np.full((6, 5, 4), np.nan, np.float32), 0x0D), GOOD_LABELS, "missing"),
}


@pytest.mark.parametrize("gzipped", [False, True])
@pytest.mark.parametrize("name", BAD)
def test_files_that_do_not_fit_are_refused(name: str, gzipped: bool, tmp_path: Path) -> None:
    images, labels, reason = BAD[name]
    with pytest.raises(DataError, match=reason):
        dataset(tmp_path, images, labels, gzipped=gzipped).load()


def test_damaged_gzip_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(GOOD_IMAGES)
    for content in (
        packed[:-20],
        packed[:40] + b"\xff" * 20 + packed[60:],
        packed[:-6] + b"\0\0" + packed[-4:],
    ):
        with pytest.raises(DataError, match="the file is damaged"):
            dataset(tmp_path, content, GOOD_LABELS).load()


def test_bomb_stops_at_what_its_head_declares(tmp_path: Path) -> None:
    bomb = gzip.compress(GOOD_IMAGES[:16] + b"\0" * 20_000_000)
    with pytest.raises(DataError, match="its head declares 120 bytes, it holds more"):
        dataset(tmp_path, bomb, GOOD_LABELS).load()


def test_images_beyond_memory_are_refused_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = dataset(tmp_path, GOOD_IMAGES, GOOD_LABELS)
    monkeypatch.setattr(
        "netdesigner.datasets._source.memory_limit", lambda: 400
    )  # of 120 bytes 480 as floats
    with pytest.raises(DataError, match="the images would take"):
        data.load()


def test_labels_must_be_chosen(tmp_path: Path) -> None:
    data = dataset(tmp_path, GOOD_IMAGES, GOOD_LABELS)
    with pytest.raises(DataError, match="no file is chosen; set 'labels'"):
        Idx(path=data.path).describe()


def test_cancelling_stops_reading(tmp_path: Path) -> None:
    images = np.zeros((6, 2000, 2000), dtype=np.uint8)

    def cancel(fraction: float, text: str) -> None:
        if fraction > 0.3:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        dataset(tmp_path, content_of(images), GOOD_LABELS).load(cancel)
