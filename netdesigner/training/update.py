"""One batch: forward, backward and, where its group is complete, the optimizer's step.

This is the path that every batch takes, so it does nothing that is not needed. On the processor the loss and the
gradients are looked at before the weights change. On a GPU that would wait for it at each step: there the check stays
on the device, holds back every later step of a fused optimizer, and is read together with the curves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor, nn

from netdesigner.parts.training_settings import TrainingSettings
from netdesigner.training.data import Pair
from netdesigner.training.groups import FACTOR

__all__ = ["GRAD_NORM", "Guard", "NotFiniteError", "Update", "autocast_of"]

GRAD_NORM = "grad_norm"
_SMALLEST_SCALE = 1e-6
"""Of float16 gradients; it is halved whenever they overflow, so below this they always do."""
_PRECISIONS = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class NotFiniteError(ArithmeticError):
    """The loss or a gradient is NaN or infinite.

    Args:
        what: "loss", "gradients" or "weights".
        pairs: the batches among which the first is that gave it.
        step: the step that was to be made.
    """

    def __init__(self, what: str, pairs: tuple[Pair, ...] = (), step: int = 0) -> None:
        super().__init__(f"the {what} became NaN or infinite")
        self.what = what
        self.pairs = pairs
        self.step = step


def autocast_of(settings: TrainingSettings, device: torch.device) -> Any:
    """A context in which the network computes with the precision that was set."""
    if settings.precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=_PRECISIONS[settings.precision])


class Guard:
    """What keeps gradients that are not finite away from the weights.

    Args:
        settings: the precision.
        device: what computes.

    Attributes:
        scaler: of float16 gradients; off where it is not needed.
        found: 1 on the device once there was such a gradient, else 0.
    """

    def __init__(self, settings: TrainingSettings, device: torch.device) -> None:
        self.scaler = torch.amp.GradScaler(device.type, enabled=settings.precision == "float16")
        self.found = torch.zeros((), device=device)


class Update:
    """Makes the steps of a run.

    Args:
        step: computes a batch: the task's curves, of which the loss has the gradient.
        optimizer: changes the weights.
        settings: precision and clipping.
        device: what computes.
        loss: the name of the curve that has the gradient.
        alone: whether the run has no other turn, so that the optimizer has all parameters that the step depends on;
            else the others get no gradient, and the scale of float16 gradients is left to be changed behind all turns.
        guard: what it shares with the updates of other turns of the same run.

    Attributes:
        stepping: whether the optimizer is at work, so that the weights are neither old nor new.
        idle: whether none of its weights learns at present, so that it is not to be called.
        guard: against gradients that are not finite.
        losses: the curves that are made small.
    """

    def __init__(
        self,
        step: Callable[[Pair], Mapping[str, Tensor]],
        optimizer: torch.optim.Optimizer,
        settings: TrainingSettings,
        device: torch.device,
        *,
        loss: str = "loss",
        alone: bool = True,
        guard: Guard | None = None,
    ) -> None:
        self.optimizer = optimizer
        self.stepping = False
        self.losses = (loss,)
        self.guard = guard or Guard(settings, device)
        self._scaler = self.guard.scaler
        self.parameters = [p for group in optimizer.param_groups for p in group["params"]]
        self._rate = float(optimizer.defaults["lr"])
        self._step = step
        self._loss = loss
        self._alone = alone
        self.look_who_learns()
        self._clip_norm = settings.clip_norm
        self._scales = settings.precision == "float16"
        self._precision = _PRECISIONS.get(settings.precision)
        self._device_type = device.type
        self._reads = device.type == "cpu"
        self._found = self.guard.found
        self._one = torch.ones((), device=device)
        if not self._reads and not self._scales and optimizer.defaults.get("fused"):
            optimizer.found_inf = self._found  # type: ignore[attr-defined]

    @property
    def learning_rate(self) -> float:
        """Of the next step; groups of weights with a factor of their own learn at that times this."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        self._rate = rate
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group.get(FACTOR, 1.0)

    def look_who_learns(self) -> None:
        """Takes note of which of its weights learn; called where that has changed."""
        learning = [parameter for parameter in self.parameters if parameter.requires_grad]
        self.idle = not learning
        self._only = None if self._alone else learning

    def __call__(
        self, pair: Pair, share: float = 1.0, first: bool = True, complete: bool = True
    ) -> dict[str, Any]:
        """Makes one batch.

        Args:
            pair: the batch.
            share: of its samples in those of its group; 1 where a batch is a group.
            first: whether it is the first of its group.
            complete: whether it is the last of its group, so that the weights change.

        Returns:
            The task's curves and, where gradients are clipped, their norm before: numbers on the processor, tensors
            that were not waited for on a GPU.

        Raises:
            NotFiniteError: the loss or a gradient is not finite; the weights are as before. On a GPU the curves and
                `gradients_bad` tell, later.
        """
        if first:
            for parameter in self.parameters:
                parameter.grad = None
        if self._precision is None:
            tensors = self._step(pair)
        else:
            with torch.autocast(self._device_type, dtype=self._precision):
                tensors = self._step(pair)
        loss = tensors[self._loss]
        values: dict[str, Any]
        if self._reads:
            values = {name: tensor.item() for name, tensor in tensors.items()}
            if not math.isfinite(values[self._loss]):
                raise NotFiniteError("loss", (pair,))
        else:
            values = {name: tensor.detach() for name, tensor in tensors.items()}
        if share != 1.0:
            loss = loss * share
        if self._scales:
            loss = self._scaler.scale(loss)
        loss.backward(inputs=self._only)  # type: ignore[no-untyped-call]
        if complete:
            self._change_weights(pair, values)
        return values

    def gradients_bad(self) -> bool:
        """Waits for a GPU and tells whether a gradient was not finite since the run began."""
        if self._scales:
            return self._scaler.get_scale() < _SMALLEST_SCALE
        return bool(self._found.item())

    def _change_weights(self, pair: Pair, values: dict[str, Any]) -> None:
        if self._scales:
            self._scaler.unscale_(self.optimizer)
        gradients = [p.grad for p in self.parameters if p.grad is not None]
        if self._clip_norm is not None:
            norm = nn.utils.get_total_norm(gradients)
            nn.utils.clip_grads_with_norm_(self.parameters, self._clip_norm, norm)
            values[GRAD_NORM] = norm.item() if self._reads else norm
        if not self._scales:
            self._look_at(gradients)
        if self._reads and self.gradients_bad():
            raise NotFiniteError("gradients", (pair,))
        self.stepping = True
        if self._scales:
            self._scaler.step(self.optimizer)
            if self._alone:
                self._scaler.update()
        else:
            self.optimizer.step()
        self.stepping = False

    def _look_at(self, gradients: list[Tensor]) -> None:
        """Notes on the device whether a gradient is not finite: one call for all, which multiplies them by one."""
        if gradients:
            torch._amp_foreach_non_finite_check_and_unscale_(gradients, self._found, self._one)
