"""The random numbers of one run.

The order of the samples comes from a generator of the run's own. Dropout and its like draw from torch's global
generator, which torch shares between all threads: a run keeps its place in it, takes it while it computes and puts
back what was there before it hands control on. So what a listener draws between two events changes nothing. Two runs
that compute at the same moment in one process still draw from the same generator and are then not repeatable; run
them in processes of their own where that matters.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

__all__ = ["Randomness"]


class Randomness:
    """A run's generators.

    Args:
        seed: where they start.
        device: whose generator is kept beside the processor's.

    Attributes:
        order: decides the order of the samples.
    """

    def __init__(self, seed: int, device: torch.device) -> None:
        self.order = torch.Generator().manual_seed(seed)
        self._device = device
        self._inside = False
        self._outer = self._read()
        torch.default_generator.manual_seed(seed)
        if device.type == "cuda":
            torch.cuda.manual_seed(seed)
        elif device.type == "mps":
            torch.mps.manual_seed(seed)
        self._own = self._read()
        self._write(self._outer)

    def enter(self) -> None:
        """Takes the global generators for the run."""
        if not self._inside:
            self._outer = self._read()
            self._write(self._own)
            self._inside = True

    def leave(self) -> None:
        """Gives the global generators back as they were."""
        if self._inside:
            self._own = self._read()
            self._write(self._outer)
            self._inside = False

    def tensors(self) -> dict[str, Tensor]:
        """The states of the global generators as the run sees them, by `random.NAME`."""
        states = self._read() if self._inside else self._own
        return {f"random.{name}": state for name, state in states.items()}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Takes up states that `tensors` gave; those of a device that is not used now are left out."""
        states = self._read() if self._inside else self._own
        kept = {name: tensors.get(f"random.{name}", state) for name, state in states.items()}
        if self._inside:
            self._write(kept)
        else:
            self._own = kept

    def _read(self) -> dict[str, Tensor]:
        states = {"cpu": torch.get_rng_state()}
        if self._device.type == "cuda":
            states["cuda"] = torch.cuda.get_rng_state(self._device)
        elif self._device.type == "mps":
            states["mps"] = torch.mps.get_rng_state()
        return states

    def _write(self, states: Mapping[str, Tensor]) -> None:
        torch.set_rng_state(states["cpu"])
        if self._device.type == "cuda":
            torch.cuda.set_rng_state(states["cuda"], self._device)
        elif self._device.type == "mps":
            torch.mps.set_rng_state(states["mps"])
