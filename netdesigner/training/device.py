"""What computes: the processor or a GPU, its name and its memory."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import torch

from netdesigner.errors import TrainingError

__all__ = [
    "choose_device",
    "describe",
    "forget",
    "free_bytes",
    "is_out_of_memory",
    "memory_in_use",
    "release_memory",
]

_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def choose_device(name: str) -> torch.device:
    """The device of a name.

    Args:
        name: "cpu", "cuda", "mps" or "auto", which takes a GPU where there is one.

    Raises:
        TrainingError: the machine has no such device, or torch cannot use it.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise TrainingError(f"device cuda: {_why_no_cuda()}", advice=("Choose the device cpu or auto.",))
    if name == "mps" and not torch.backends.mps.is_available():
        raise TrainingError(
            "device mps: only Macs with Apple silicon have it", advice=("Choose the device auto.",)
        )
    if name not in ("cpu", "cuda", "mps"):
        raise TrainingError(f"no device is called '{name}'; choose auto, cpu, cuda or mps")
    return torch.device(name)


def _why_no_cuda() -> str:
    if torch.version.cuda is None:
        return (
            f"this build of torch ({torch.__version__}) cannot use an NVIDIA GPU; install one made for CUDA"
        )
    return "no NVIDIA GPU or no working driver was found on this machine"


def describe(device: torch.device) -> str:
    """The device for people: its kind, and in brackets its name where torch knows it."""
    return f"cuda ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else device.type


def memory_in_use(device: torch.device) -> int:
    """Bytes in use on a GPU by this program; on the processor those of the whole program."""
    if device.type == "cuda":
        return torch.cuda.memory_allocated(device)
    if device.type == "mps":
        return torch.mps.current_allocated_memory()
    return _program_bytes()


def _program_bytes() -> int:
    """What the program holds in main memory now; where the system tells only the most it ever held, that; else 0."""
    try:
        with Path("/proc/self/statm").open("rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        pass
    if sys.platform == "win32":
        return 0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def free_bytes(device: torch.device) -> int:
    """Bytes that could still be taken on a GPU; 0 where that is not known."""
    return torch.cuda.mem_get_info(device)[0] if device.type == "cuda" else 0


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception says that memory ran out, of a GPU or of the machine."""
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _NO_MEMORY)


def forget(error: BaseException) -> None:
    """Lets go of the tensors that the frames of an exception hold, and of those behind it.

    The collector would find them as well, but it may not run on the thread of a run while there are widgets.
    """
    seen: set[int] = set()
    behind: list[BaseException | None] = [error]
    while behind:
        found = behind.pop()
        if found is not None and id(found) not in seen:
            seen.add(id(found))
            traceback.clear_frames(found.__traceback__)
            found.__traceback__ = None
            behind += [found.__cause__, found.__context__]


def release_memory(device: torch.device) -> None:
    """Gives back what torch keeps in reserve on a GPU."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
