"""Steps by the sign of the gradient alone."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.errors import ParameterError
from netdesigner.parts.optimizer import Optimizer
from netdesigner.parts.part import Floats, param

__all__ = ["Rprop"]


class Rprop(Optimizer):
    """Steps by the sign of the gradient, each weight with a step size of its own; for full batches.

    Source: Riedmiller and Braun, "A direct adaptive method for faster backpropagation learning", 1993.
    """

    kind: ClassVar[str] = "Rprop"
    decays: ClassVar[bool] = False

    etas: Floats = param(
        (0.5, 1.2), above=0, length=2, help="factors of a step when the sign changes and when it stays"
    )
    step_sizes: Floats = param((1e-6, 50.0), above=0, length=2, help="the shortest and the longest step")

    def check_together(self) -> None:
        """Refuses what torch refuses."""
        if not self.etas[0] < 1.0 < self.etas[1]:
            raise ParameterError("etas", f"expected a number below 1 and one above 1, got {list(self.etas)}")
