"""The process that reads PyTorch's own format: `python -m netdesigner.training.weight_files.unpickle IN OUT`.

It takes tensors only, within limits, and ends. Its last line says why it could not. Nothing else may import it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["main"]

_ROOM_BYTES = 4 * 2**30
_TABLES = ("state_dict", "model_state_dict", "model", "weights")
"""Under what others keep the weights beside other things."""
_DEEPEST = 8


def main(source: Path, output: Path) -> int:
    """Converts a file; returns the exit code."""
    import torch
    from safetensors.torch import save_file

    size = source.stat().st_size
    _limit(4 * size + _ROOM_BYTES, 2 * size + 2**20)
    try:
        held = torch.load(source, map_location="cpu", weights_only=True)
        tensors = dict(_tensors(_table(held)))
        if not tensors:
            return _refused("it holds no tensors")
        for name, tensor in tensors.items():
            if tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes():
                return _refused(f"'{name[:60]}' declares more numbers than the file has")
        save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}, output)
    except MemoryError:
        return _refused("it takes too much memory")
    except Exception as error:  # noqa: BLE001 - torch raises nearly anything for what is no such file
        if type(error).__name__ == "UnpicklingError":  # whose own words advise to open the file unsafely
            return _refused("it holds more than tensors, which could run code, or is damaged")
        first = next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
        return _refused(f"it is damaged or no file of weights ({first[:200]})")
    return 0


def _refused(reason: str) -> int:
    sys.stdout.write(reason + "\n")
    return 1


def _limit(memory: int, written: int) -> None:
    """Holds this process to so many bytes of memory on top and of files, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, limit in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_FSIZE, written)):
        hard = resource.getrlimit(what)[1]
        least = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (least, hard))


def _table(held: Any) -> Any:
    """The weights among what a file holds."""
    if isinstance(held, Mapping):
        for name in _TABLES:
            if isinstance(held.get(name), Mapping):
                return held[name]
    return held


def _tensors(held: Any, before: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every tensor with its name; of tables within tables the names are joined by dots."""
    from torch import Tensor

    if isinstance(held, Tensor) and before and not held.is_sparse and not held.is_quantized:
        yield before, held
    elif isinstance(held, Mapping) and depth < _DEEPEST:
        for key, value in held.items():
            name = str(key)
            yield from _tensors(value, f"{before}.{name}" if before else name, depth + 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
