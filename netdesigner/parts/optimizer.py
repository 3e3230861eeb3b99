"""What an optimizer is: a class of torch.optim, with torch's own parameter names and defaults.

The learning rate and the weight decay belong to the training settings. Left out of every optimizer are `foreach`,
`fused`, `capturable` and `differentiable`, which change how it is computed and not what, and `maximize`, because a
loss is always made small. Weight decay means what it means in torch, and applies to all parameters that the settings do
not exempt.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ParameterError
from netdesigner.parts.part import Part

if TYPE_CHECKING:
    import torch
    from torch import nn

__all__ = ["Optimizer"]


class Optimizer(Part):
    """Changes the weights a little at each step so that the loss falls.

    Attributes:
        fused: torch has one kernel for the whole step; it is used because it is faster, on the CPU too.
        decays: it takes a weight decay.
    """

    fused: ClassVar[bool] = False
    decays: ClassVar[bool] = True

    @property
    def slots(self) -> int:
        """How many numbers it keeps for each weight, for a forecast of the memory needed."""
        return 2

    @classmethod
    def check_decay(cls, weight_decay: Value) -> None:
        """Holds a weight decay against the optimizer.

        Raises:
            ParameterError: one is set and the optimizer takes none.
        """
        if weight_decay is not None and not cls.decays:
            raise ParameterError("weight_decay", f"{cls.label()} has none; leave the field empty")

    def build(
        self,
        parameters: Iterable[nn.Parameter] | Iterable[dict[str, Any]],
        learning_rate: float,
        weight_decay: float | None = None,
    ) -> torch.optim.Optimizer:
        """Torch's optimizer.

        Args:
            parameters: what it changes, or groups of it as torch takes them, with what is set for each beside "params".
            learning_rate: torch's `lr`.
            weight_decay: torch's own default where None.

        Raises:
            ParameterError: the optimizer takes no weight decay.
        """
        import torch

        self.check_decay(weight_decay)
        arguments: dict[str, Any] = {"lr": learning_rate, **self.values()}
        if weight_decay is not None:
            arguments["weight_decay"] = weight_decay
        groups: list[Any] = list(parameters)
        changed = [p for group in groups for p in (group["params"] if isinstance(group, dict) else [group])]
        if self.fused and all(p.is_floating_point() and p.device.type in ("cpu", "cuda") for p in changed):
            arguments["fused"] = True
        built: torch.optim.Optimizer = getattr(torch.optim, self.kind)(groups, **arguments)
        return built
