from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netdesigner.datasets.arrays import Arrays
from netdesigner.errors import CancelledError, DataError
from netdesigner.parts.rows import Rows

X = np.arange(24, dtype=np.float64).reshape(6, 4)
Y = np.array([0, 1, 2, 0, 1, 2])


def archive(folder: Path, *, compressed: bool = False, **arrays: Any) -> Path:
    path = folder / "a.npz"
    (np.savez_compressed if compressed else np.savez)(path, **arrays)
    return path


@pytest.mark.parametrize("compressed", [False, True])
def test_archive_gives_inputs_and_classes(compressed: bool, tmp_path: Path) -> None:
    samples = Arrays(path=str(archive(tmp_path, compressed=compressed, x=X, y=Y))).load()
    np.testing.assert_array_equal(samples.input, X.astype(np.float32))
    assert samples.input.dtype == np.float32
    assert samples.target.tolist() == Y.tolist()
    assert samples.target.dtype == np.int64
    assert samples.spec.classes == ("0", "1", "2")
    assert samples.spec.input.shape == ("N", 4)


def test_two_files_give_the_same(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    samples = Arrays(path=str(tmp_path / "x.npy"), targets_path=str(tmp_path / "y.npy")).load()
    np.testing.assert_array_equal(samples.input, X)
    assert samples.spec.classes == ("0", "1", "2")


def test_describe_is_what_load_gives(tmp_path: Path) -> None:
    data = Arrays(path=str(archive(tmp_path, x=X, y=Y.astype(float) / 2)))
    assert data.describe() == data.load().spec
    assert str(data.describe().target) == "[N, 1]"


@pytest.mark.parametrize(
    ("target", "kind", "classes", "first"),
    [
        (Y, "auto", ("0", "1", "2"), 0),
        (Y.reshape(6, 1), "auto", ("0", "1", "2"), 0),
        (Y.astype(bool), "auto", ("False", "True"), 0),
        (np.array(["b", "a", "b", "a", "b", "a"]), "auto", ("a", "b"), 1),
        (np.array([b"b", b"a", b"b", b"a", b"b", b"a"]), "auto", ("a", "b"), 1),
        (Y.astype(np.float32), "auto", (), [0.0]),
        (np.arange(6) * 100, "auto", (), [0.0]),
        (Y, "number", (), [0.0]),
        (Y.astype(np.float32), "class", ("0", "1", "2"), 0),
        (np.arange(12).reshape(6, 2), "auto", (), [0.0, 1.0]),
    ],
)
def test_targets_are_classes_or_values(
    target: np.ndarray, kind: str, classes: tuple[str, ...], first: object, tmp_path: Path
) -> None:
    samples = Arrays(path=str(archive(tmp_path, x=X, y=target)), target_type=kind).load()
    assert samples.spec.classes == classes
    assert samples.target[0].tolist() == first
    assert samples.target.dtype == (np.int64 if classes else np.float32)


def test_names_can_be_said(tmp_path: Path) -> None:
    path = archive(tmp_path, first=X, second=Y)
    assert Arrays(path=str(path), inputs="first", targets="second").load().spec.rows == 6
    with pytest.raises(
        DataError, match="set 'inputs' to the name of the array that holds them; the file holds first"
    ):
        Arrays(path=str(path)).load()
    with pytest.raises(
        DataError, match="there is no array 'third' for the targets; the file holds first, second"
    ):
        Arrays(path=str(path), inputs="first", targets="third").load()


@pytest.mark.parametrize(
    ("layout", "stored", "shape"),
    [
        ("N,H,W", (6, 5, 4), (6, 1, 5, 4)),
        ("N,H,W,C", (6, 5, 4, 3), (6, 3, 5, 4)),
        ("as stored", (6, 5), (6, 5)),
    ],
)
def test_layouts_become_channels_first(
    layout: str, stored: tuple[int, ...], shape: tuple[int, ...], tmp_path: Path
) -> None:
    values = np.random.default_rng(0).integers(0, 256, stored, dtype=np.uint8)
    data = Arrays(path=str(archive(tmp_path, x=values, y=Y)), layout=layout)
    samples = data.load()
    assert samples.input.shape == shape
    assert data.describe().input.shape[1:] == shape[1:]
    if layout == "N,H,W,C":
        np.testing.assert_array_equal(samples.input[2, 1], values[2, :, :, 1] / np.float32(255))
    assert (samples.input.max() <= 1) == (layout != "as stored")


def test_whole_numbers_stay_where_asked(tmp_path: Path) -> None:
    tokens = np.arange(30, dtype=np.int32).reshape(6, 5)
    samples = Arrays(path=str(archive(tmp_path, x=tokens, y=Y)), integers=True).load()
    assert samples.input.dtype == np.int64
    assert samples.spec.input.dtype == "int64"
    with pytest.raises(DataError, match="inputs are whole numbers, as 'integers' is set, these are numbers"):
        Arrays(path=str(archive(tmp_path, x=X, y=Y)), integers=True).load()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f2", ">i4", "u1", "?"])
def test_any_order_and_width_of_numbers_is_read(order: Any, dtype: str, tmp_path: Path) -> None:
    values = np.asarray(X % 2, dtype=dtype, order=order)
    found = Arrays(path=str(archive(tmp_path, x=values, y=Y))).load().input
    np.testing.assert_array_equal(found, X % 2)
    assert found.flags.c_contiguous
    assert found.flags.writeable


BAD = {
    "lengths": ({"x": X, "y": Y[:5]}, {}, "there are 6 inputs and 5 targets"),
    "objects": ({"x": X, "y": np.array([{}, 1, 2, 3, 4, 5], dtype=object)}, {}, "it holds Python objects"),
    "object inputs": ({"x": np.array([[None]] * 6), "y": Y}, {}, "array 'x': it holds Python objects"),
    "texts as inputs": ({"x": np.array([["a"]] * 6), "y": Y}, {}, "inputs are numbers, these are texts"),
    "complex inputs": ({"x": X * 1j, "y": Y}, {}, "these are complex numbers"),
    "dates as targets": ({"x": X, "y": np.arange(6).astype("M8[s]")}, {}, "targets are numbers or texts"),
    "flat inputs": ({"x": Y, "y": Y}, {}, "inputs have samples on the first axis and one more"),
    "no samples": ({"x": X[:0], "y": Y[:0]}, {}, "targets are"),
    "scalar": ({"x": X, "y": np.float32(1)}, {}, r"targets are \[N\] or \[N, k\], these are \[\]"),
    "cube of targets": ({"x": X, "y": np.zeros((6, 2, 2))}, {}, r"these are \[6, 2, 2\]"),
    "table of classes": ({"x": X, "y": np.zeros((6, 2))}, {"target_type": "class"}, r"classes are \[N\]"),
    "texts as values": ({"x": X, "y": Y.astype(str)}, {"target_type": "number"}, "these are texts"),
    "nan": ({"x": np.where(X == 9, np.nan, X), "y": Y}, {}, r"array 'x': sample 2 holds a value that is missing"),
    "infinite": ({"x": np.where(X == 9, np.inf, X), "y": Y}, {}, "sample 2 holds"),
    "too large": ({"x": np.where(X == 9, 1e39, X), "y": Y}, {}, "too large for a 32-bit number"),
    "nan target": ({"x": X, "y": np.where(Y == 1, np.nan, Y)}, {}, "array 'y': sample 1 holds"),
    "wrong layout": ({"x": X, "y": Y}, {"layout": "N,H,W"}, r"layout N,H,W has 3 axes, the array has \[6, 4\]"),
    "one class": ({"x": X, "y": Y * 0}, {"target_type": "class"}, "the one value '0'"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_arrays_that_do_not_fit_are_refused(name: str, tmp_path: Path) -> None:
    arrays, params, reason = BAD[name]
    with pytest.raises(DataError, match=reason) as caught:
        Arrays(path=str(archive(tmp_path, **arrays)), **params).load()
    assert "a.npz" in str(caught.value)


def test_nothing_is_unpickled(tmp_path: Path) -> None:
    fired = tmp_path / "fired"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (fired,)

    traps = np.array([Trap()] * 6, dtype=object)
    path = archive(tmp_path, x=X, y=traps)
    np.load(path, allow_pickle=True)["y"]
    assert fired.exists(), "the trap is no trap"
    fired.unlink()
    with pytest.raises(DataError, match="which can run code"):
        Arrays(path=str(path)).load()
    assert not fired.exists()


def test_an_archive_that_would_become_hundreds_of_times_as_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netdesigner.datasets._source._PACKED_BYTES", 100_000)
    path = tmp_path / "zeros.npz"
    np.savez_compressed(path, x=np.zeros((300_000, 1), np.uint8), y=np.arange(300_000) % 2)
    with pytest.raises(
        DataError, match=r"the array 'x' would become 300,128 bytes of \d+, more than 200 times"
    ):
        Arrays(path=str(path)).load()


def declaring(shape: str, descr: str = "'<f4'", content: bytes = b"") -> bytes:
    """An .npy stream whose head declares what a test likes."""
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + content


def with_inputs(folder: Path, stream: bytes) -> Path:
    path = folder / "a.npz"
    targets = io.BytesIO()
    np.save(targets, Y)
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("x.npy", stream)
        made.writestr("y.npy", targets.getvalue())
    return path


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (declaring("(6, 1000000000000)"), "its head declares 24,000,000,000,000 bytes, the file holds 0"),
        (declaring("(6, 4)", content=b"\0" * 95), "its head declares 96 bytes, the file holds 95"),
        (declaring("(6, 4)", content=b"\0" * 97), "its head declares 96 bytes, the file holds 97"),
        (declaring("(6, -4)"), "its head declares no possible size"),
        (declaring("(6, 4)", "'<U0'"), "its head declares no possible size"),
        (declaring("(6, 4)", "'|O'", b"\0" * 192), "it holds Python objects"),
        (declaring("(6, 4)", "[('a', '<f4')]", b"\0" * 96), "these are records of several fields"),
        (declaring("(6, 4)", "__import__('os')"), "this is not an array as NumPy writes it"),
        (declaring("(6, " + "9" * 9000 + ")"), "this is not an array as NumPy writes it|would take"),
        (declaring("(" * 5000), "this is not an array as NumPy writes it"),
        (b"\x93NUMPY\x09\x00", "this is not an array as NumPy writes it"),
        (b"", "this is not an array as NumPy writes it"),
        (b"no array", "this is not an array as NumPy writes it"),
    ],
)
def test_head_that_lies_is_refused(stream: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=reason):
        Arrays(path=str(with_inputs(tmp_path, stream))).load()


def test_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path, compressed=True, x=np.zeros((6, 1_000_000)), y=Y)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 10_000_000)
    with pytest.raises(DataError, match="the array 'x' would take"):
        Arrays(path=str(path)).load()


def test_archive_with_one_name_twice_is_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, x=X, y=Y)
    with zipfile.ZipFile(path, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("x.npy", b"other")
    with pytest.raises(DataError, match="the archive holds 'x' twice"):
        Arrays(path=str(path)).load()


def test_changed_byte_is_noticed(tmp_path: Path) -> None:
    path = archive(tmp_path, x=X, y=Y)
    content = bytearray(path.read_bytes())
    content[content.index(b"x.npy") + 200] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="the file is damaged"):
        Arrays(path=str(path)).load()


@given(
    cut=st.integers(0, 700), flips=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 255)), max_size=4)
)
def test_damaged_archive_is_read_or_refused(
    cut: int, flips: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    stream = io.BytesIO()
    np.savez(stream, x=X.astype(np.float32), y=Y)
    content = bytearray(stream.getvalue()[: len(stream.getvalue()) - cut // 7])
    for place, mask in flips:
        content[place % len(content)] ^= mask
    path = tmp_path_factory.mktemp("npz") / "a.npz"
    path.write_bytes(content)
    try:
        samples = Arrays(path=str(path)).load()
    except DataError:
        return
    assert len(samples.input) == len(samples.target) == samples.spec.rows


def test_an_archive_that_was_cut_short_is_not_taken_for_something_else(tmp_path: Path) -> None:
    path = archive(tmp_path, x=X, y=Y)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(DataError, match=r"the file is damaged \(File is not a zip file\)"):
        Arrays(path=str(path)).load()


def test_a_file_that_is_no_array_is_said_so_before_another_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.npy"
    path.write_text("no array")
    with pytest.raises(DataError, match="this is not an array as NumPy writes it"):
        Arrays(path=str(path)).load()


def test_missing_second_file_is_asked_for(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(DataError, match="no file is chosen; set 'targets_path'"):
        Arrays(path=str(tmp_path / "x.npy")).load()


def test_cancelling_stops_reading(tmp_path: Path) -> None:
    path = archive(tmp_path, x=np.zeros((6, 4_000_000), dtype=np.float32), y=Y)
    seen: list[float] = []

    def cancel(fraction: float, text: str) -> None:
        seen.append(fraction)
        if fraction > 0.2:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        Arrays(path=str(path)).load(cancel)
    assert seen[-1] < 0.5


# -- read while training --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "params"),
    [
        (X, {}),
        (np.asfortranarray(X), {}),
        (np.arange(6 * 2 * 3 * 3, dtype=np.uint8).reshape(6, 2, 3, 3), {"layout": "N,H,W,C"}),
        (X.astype(np.int16), {"integers": True}),
    ],
)
def test_samples_that_are_read_when_needed_are_the_same(
    values: np.ndarray, params: dict[str, Any], tmp_path: Path
) -> None:
    np.save(tmp_path / "x.npy", values)
    np.save(tmp_path / "y.npy", Y)
    files = {"path": str(tmp_path / "x.npy"), "targets_path": str(tmp_path / "y.npy")}
    for chosen in (files, {"path": str(archive(tmp_path, x=values, y=Y))}):
        whole, streamed = (Arrays(**chosen, **params, stream=how).load() for how in ("never", "always"))
        assert isinstance(streamed.input, Rows)
        assert streamed.spec == whole.spec
        assert (streamed.input.shape, streamed.input.dtype) == (whole.input.shape, whole.input.dtype)
        for rows in (np.array([4, 0, 4]), slice(1, 5), slice(None)):
            taken = streamed.input[rows]
            np.testing.assert_array_equal(taken, whole.input[rows])
            assert (taken.dtype, taken.flags.c_contiguous) == (whole.input.dtype, True)


def test_what_does_not_fit_into_memory_is_read_when_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, packed = archive(tmp_path, x=X, y=Y), tmp_path / "packed.npz"
    np.savez_compressed(packed, x=X, y=Y)
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 100)
    assert isinstance(Arrays(path=str(path)).load().input, Rows)
    with pytest.raises(DataError, match=r"would take .* are allowed; set stream to auto"):
        Arrays(path=str(path), stream="never").load()
    for verb in (Arrays(path=str(packed)).load, Arrays(path=str(packed)).describe):
        with pytest.raises(DataError, match=r"would take .*; it is compressed; save it with numpy\.save"):
            verb()


def test_a_compressed_array_cannot_be_read_when_needed(tmp_path: Path) -> None:
    path = archive(tmp_path, compressed=True, x=X, y=Y)
    with pytest.raises(DataError, match=r"'x' cannot be read while training: it is compressed"):
        Arrays(path=str(path), stream="always").load()


def test_a_file_that_changes_behind_samples_is_named(tmp_path: Path) -> None:
    path = archive(tmp_path, x=X, y=Y)
    samples = Arrays(path=str(path), stream="always").load()
    path.write_bytes(b"")  # were it read on, the system would end the program
    with pytest.raises(DataError, match=r"a\.npz: changed or gone while samples were read from it"):
        samples.input[np.array([1])]


def test_previews_of_what_is_read_when_needed_look_at_some(tmp_path: Path) -> None:
    rows = np.arange(3000, dtype=np.float32).reshape(1500, 2)
    path = archive(tmp_path, x=rows, y=np.arange(1500) % 2)
    few, whole = (Arrays(path=str(path), stream=how) for how in ("always", "never"))
    (shown, bars, some), (also, same, all_of) = (data.preview(data.load()) for data in (few, whole))
    assert (shown, bars) == (also, same)
    assert (some.title, all_of.title) == ("Statistics of 1,000 samples", "Statistics")
