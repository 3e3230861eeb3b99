"""Networks that read step by step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["LSTM", "LSTMCell"]


class LSTM(nn.LSTM):
    """torch's LSTM with its two states side by side instead of in a tuple."""

    def forward(  # type: ignore[override]
        self,
        input: Tensor,
        h_0: Tensor | None = None,
        c_0: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The output of every step, and the last state and cell of every layer."""
        if self.proj_size and torch.compiler.is_exporting():
            return self._written_out(input, h_0, c_0)
        states = None if h_0 is None or c_0 is None else (h_0, c_0)
        output, (h_n, c_n) = super().forward(input, states)
        return output, h_n, c_n

    def _written_out(
        self, steps: Tensor, h_0: Tensor | None, c_0: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The same step by step: ONNX has no LSTM that projects its state, and torch's exporter forgets to."""
        time = 1 if self.batch_first else 0
        states: list[Tensor] = []
        cells: list[Tensor] = []
        for layer in range(self.num_layers):
            found = []
            for suffix in ("", "_reverse")[: 1 + self.bidirectional]:
                at, batch = len(states), steps.shape[1 - time]
                state = (
                    h_0[at]
                    if h_0 is not None
                    else steps.new_zeros(batch, self.proj_size)
                )
                cell = (
                    c_0[at]
                    if c_0 is not None
                    else steps.new_zeros(batch, self.hidden_size)
                )
                weights = {
                    name: getattr(self, f"{name}_l{layer}{suffix}", None)
                    for name in _LSTM_WEIGHTS
                }
                outputs = []
                for step in (
                    reversed(steps.unbind(time)) if suffix else steps.unbind(time)
                ):
                    state, cell = _lstm_step(step, state, cell, weights)
                    outputs.append(state)
                found.append(
                    torch.stack(outputs[::-1] if suffix else outputs, dim=time)
                )
                states.append(state)
                cells.append(cell)
            steps = torch.cat(found, dim=-1)
        return steps, torch.stack(states), torch.stack(cells)


_LSTM_WEIGHTS = ("weight_ih", "bias_ih", "weight_hh", "bias_hh", "weight_hr")


def _lstm_step(
    step: Tensor, state: Tensor, cell: Tensor, weights: dict[str, Any]
) -> tuple[Tensor, Tensor]:
    """The next state and cell of an LSTM that projects its state."""
    gates = F.linear(step, weights["weight_ih"], weights["bias_ih"])
    gates = gates + F.linear(state, weights["weight_hh"], weights["bias_hh"])
    enter, forget, candidate, leave = gates.chunk(4, dim=-1)
    cell = forget.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
    return F.linear(leave.sigmoid() * cell.tanh(), weights["weight_hr"]), cell


class LSTMCell(nn.LSTMCell):
    """torch's cell with its two states side by side instead of in a tuple."""

    def forward(  # type: ignore[override]
        self, input: Tensor, h_0: Tensor | None = None, c_0: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The state and the cell after the step."""
        return super().forward(
            input, None if h_0 is None or c_0 is None else (h_0, c_0)
        )
