"""How much memory a device can still give, asked of the system and not of a library of its own."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["available_memory"]


def available_memory(device: str = "cpu") -> int:
    """How many bytes a device can still give.

    On the CPU that is what can be had without swapping, within the limit of the container the program runs in.

    Args:
        device: "cpu", "cuda", "cuda:1" or "mps".
    """
    kind = device.partition(":")[0]
    if kind == "cuda":
        import torch

        free, _ = torch.cuda.mem_get_info(device)
        return int(free) + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    if kind == "mps":
        import torch

        return int(torch.mps.recommended_max_memory()) - int(torch.mps.driver_allocated_memory())
    return min(_free_ram(), _free_in_container())


if sys.platform == "win32":
    import ctypes

    class _MemoryStatus(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("free", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 5),
        )

    def _free_ram() -> int:
        status = _MemoryStatus()
        status.length = ctypes.sizeof(status)
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.free)

else:
    import os

    def _free_ram() -> int:
        """What Linux estimates can be had; elsewhere, where nothing tells, all there is."""
        meminfo = Path("/proc/meminfo")
        if meminfo.exists():
            for line in meminfo.read_text(encoding="ascii").splitlines():
                if line.startswith("MemAvailable:"):
                    return int(line.split()[1]) * 1024
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


_CONTAINER_FILES = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
)
"""Limit and use as Linux tells them inside a container, in its newer and its older form."""


def _free_in_container(files: tuple[tuple[str, str], ...] = _CONTAINER_FILES) -> int:
    for limit, used in files:
        try:
            most, taken = (Path(name).read_text(encoding="ascii").strip() for name in (limit, used))
        except OSError:
            continue
        if most.isdecimal() and taken.isdecimal():
            return max(0, int(most) - int(taken))
    return sys.maxsize
