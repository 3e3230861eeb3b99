"""Imports the large libraries on a thread once the window is seen, and finds out what can compute."""

from __future__ import annotations

from netdesigner.parts import Progress
from netdesigner.session import Job

__all__ = ["warm_up"]


def warm_up() -> Job[tuple[str, ...]]:
    """A job, not yet started, whose value is the devices of this machine, the best first."""
    return Job("Loading PyTorch", _devices)


def _devices(_progress: Progress) -> tuple[str, ...]:
    import torch

    found = []
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return (*found, "cpu")
