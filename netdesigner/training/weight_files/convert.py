"""Weights in PyTorch's own format as safetensors, read by a process that may do nothing else.

That format is a pickle, which can name code. The one reader that takes tensors only, torch's with `weights_only`, runs
in a process of its own with limits on memory, on what it writes and on time; where it refuses, nothing else is tried.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from netdesigner.document.atomic import write_atomically
from netdesigner.errors import WeightFileError
from netdesigner.training.weight_files.opened import TORCH, kind_of, open_weights, reason_against, regular

__all__ = ["convert"]

_START_S, _BYTES_PER_S = 120, 20_000_000
_ROOM_BYTES = 16 * 2**20
_CHILD = "netdesigner.training.weight_files.unpickle"
_ENDED = {None: "it took too long", -9: "it took too much memory", -11: "the reader crashed"}


def convert(source: Path, output: Path) -> int:
    """Writes the tensors of a `.pt`, `.pth`, `.ckpt` or `.bin` file to a `.safetensors` file.

    Returns:
        How many tensors were written.

    Raises:
        WeightFileError: the file holds something else than tensors, is damaged or too large; nothing was written.
    """
    if output.suffix.lower() != ".safetensors":
        raise WeightFileError(output, "the output is a .safetensors file; end its name so")
    size = regular(source)
    kind = kind_of(source)
    if kind != TORCH:
        raise WeightFileError(
            source, reason_against(kind, source) if kind else "it is safetensors already; use it as it is"
        )
    _refuse_packed(source, size)
    with tempfile.TemporaryDirectory(prefix="netdesigner-convert-") as folder:
        made = Path(folder) / "weights.safetensors"
        _run_child(source, made, size)
        with open_weights(made) as file:
            count = len(file.shapes)
        write_atomically(output, made.read_bytes())
    return count


def _refuse_packed(source: Path, size: int) -> None:
    """Refuses an archive that is larger unpacked than it is: torch writes its tensors as they are."""
    if not zipfile.is_zipfile(source):
        return
    try:
        with zipfile.ZipFile(source) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise WeightFileError(source, f"the archive is damaged ({error})") from None
    if unpacked > size + _ROOM_BYTES:
        raise WeightFileError(source, f"it would become {unpacked:,} bytes of {size:,} when it is unpacked")


def _run_child(source: Path, made: Path, size: int) -> None:
    program = Path(__file__).parents[3]
    paths = os.pathsep.join(filter(None, (str(program), os.environ.get("PYTHONPATH", ""))))
    command = [sys.executable, "-m", _CHILD, str(source.absolute()), str(made)]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            cwd=made.parent,
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_START_S + size / _BYTES_PER_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WeightFileError(source, f"not converted: {_ENDED[None]}") from None
    if done.returncode != 0 or not made.is_file():
        last = done.stdout.strip().splitlines()[-1:] or [
            _ENDED.get(done.returncode, "the reader ended without a word")
        ]
        raise WeightFileError(source, f"not converted: {last[0][:300]}")
