"""Opens a file of weights: names and shapes first, each tensor only when it is wanted.

A run's folder, `.safetensors` and `.onnx` are read. What can hold code or Python objects is refused by what its first
bytes say, whatever its name ends in, and no second reader is tried.
"""

from __future__ import annotations

import contextlib
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.errors import WeightFileError
from netdesigner.training.weight_files.onnx_file import open_onnx
from netdesigner.training.weight_files.weight_file import WeightFile

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["TORCH", "WeightFile", "kind_of", "open_weights", "reason_against", "regular"]

TORCH = "torch"
"""The kind of file that can be converted."""
_MODEL = "model.safetensors"
_LONGEST_HEADER = 16 * 2**20
_CONVERT = "netdesigner convert {name} --output {stem}.safetensors"

_ZIP, _HDF5, _PICKLE, _NUMPY, _GZIP = b"PK", b"\x89HDF", b"\x80", b"\x93NUMPY", b"\x1f\x8b"
_REASONS = {
    "torch": "PyTorch's own format can hold code, so it is not opened here; convert it first: {convert}",
    "script": "it is TorchScript, a program rather than weights; save its state_dict as safetensors",
    "program": "it is an exported program (.pt2) rather than weights; save its state_dict as safetensors",
    "keras": "Keras files can hold code, and name weights in a way of their own; save the weights as safetensors",
    "pickle": "it is a pickle, which runs code when it is opened; save the tensors as safetensors",
    "numpy": "an array of NumPy has no names, and may hold Python objects; save the tensors as safetensors",
    "unknown": "it holds no weights that can be read; .safetensors, .onnx and the folder of a run can",
}
_SUFFIXES = {
    "torch": (".pt", ".pth", ".ckpt", ".bin"),
    "program": (".pt2",),
    "keras": (".h5", ".hdf5", ".keras"),
    "pickle": (".pkl", ".pickle", ".joblib"),
    "numpy": (".npy", ".npz"),
}


@contextlib.contextmanager
def open_weights(path: Path) -> Iterator[WeightFile]:
    """The weights in a file, or the best ones in a run's folder.

    Raises:
        WeightFileError: it cannot be read, is damaged, or of a kind that is not opened; says why.
    """
    file = _of_run(path) if path.is_dir() else path
    size = regular(file)
    if file.suffix.lower() == ".onnx":
        with open_onnx(file) as opened:
            yield opened
        return
    if kind := kind_of(file):
        raise WeightFileError(file, reason_against(kind, file))
    with _safetensors(file, size) as opened:
        yield opened


def regular(path: Path) -> int:
    """The size in bytes of a file that has something in it.

    Raises:
        WeightFileError: it is not there, no file, or empty.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise WeightFileError(path, f"cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not stat.S_ISREG(status.st_mode):
        raise WeightFileError(path, "this is a folder, a device or a pipe; a file is needed")
    if status.st_size == 0:
        raise WeightFileError(path, "the file is empty")
    return status.st_size


def _first_bytes(path: Path, count: int = 8) -> bytes:
    """How a file begins."""
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError as error:
        raise WeightFileError(path, f"cannot be read ({error.strerror or error})") from None


def reason_against(kind: str, path: Path) -> str:
    """Why a file of a kind is not opened as safetensors, and what to do instead."""
    return _REASONS[kind].format(convert=_CONVERT.format(name=path.name, stem=path.stem))


def kind_of(path: Path) -> str:
    """What a file is instead of safetensors, by how it begins and then by its name; "" where it may be that."""
    begin, suffix = _first_bytes(path), path.suffix.lower()
    if begin.startswith(_ZIP):
        return _kind_of_archive(path, suffix)
    named = next((kind for kind, suffixes in _SUFFIXES.items() if suffix in suffixes), "")
    for kind, mark in (("keras", _HDF5), ("numpy", _NUMPY), ("pickle", _GZIP)):
        if begin.startswith(mark):
            return kind
    if begin.startswith(_PICKLE) and begin[1:2] <= b"\x05" and suffix != ".safetensors":
        return named or "pickle"
    return named or ("" if suffix == ".safetensors" else "unknown")


def _kind_of_archive(path: Path, suffix: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:10_000]
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return "torch" if suffix in _SUFFIXES["torch"] else "unknown"
    parts = {part for name in names for part in name.split("/")[:3]}
    if suffix == ".pt2" or "archive_format" in parts:
        return "program"
    if {"code", "constants.pkl"} & parts:
        return "script"
    if "data.pkl" in parts:
        return "torch"
    if "config.json" in parts or suffix == ".keras":
        return "keras"
    return "numpy" if any(name.endswith(".npy") for name in names) else "unknown"


def _of_run(folder: Path) -> Path:
    for which in ("best", "last"):
        file = folder / f"checkpoint-{which}" / _MODEL
        if file.is_file():
            return file
    raise WeightFileError(folder, "this is not the folder of a run that kept weights")


@contextlib.contextmanager
def _safetensors(path: Path, size: int) -> Iterator[WeightFile]:
    from safetensors import SafetensorError, safe_open

    header = int.from_bytes(_first_bytes(path), "little")
    if header > min(size, _LONGEST_HEADER):
        raise WeightFileError(
            path, "it is damaged or no safetensors file: its header would be longer than it is"
        )
    try:
        with safe_open(path, framework="pt") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118

            def read(name: str) -> Tensor:
                tensor: Tensor = file.get_tensor(name)
                return tensor

            yield WeightFile(path, shapes, read)
    except (SafetensorError, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise WeightFileError(path, f"it is damaged or no safetensors file ({reason})") from None
