"""Modules for layers that torch.nn has no class for, or whose class takes its inputs in another form.

Each takes one tensor a port, None for an empty one, and gives a tensor or a flat tuple. They hold plain numbers and
submodules only, so they can be copied, pickled and exported; the batch may have any length. No layer is known here.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = [
    "LSTM",
    "Add",
    "Concat",
    "MatMul",
    "Mean",
    "MultiheadAttention",
    "Multiply",
    "Permute",
    "Reshape",
    "TransformerEncoderLayer",
]


class Add(nn.Module):
    """The sum of all inputs."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """Adds from left to right."""
        for other in others:
            first = first + other
        return first


class Multiply(nn.Module):
    """The product of all inputs, element by element."""

    def forward(self, first: Tensor, *others: Tensor) -> Tensor:
        """Multiplies from left to right."""
        for other in others:
            first = first * other
        return first


class MatMul(nn.Module):
    """The matrix product of the last two axes."""

    def forward(self, input: Tensor, other: Tensor) -> Tensor:
        """Multiplies; axes before the last two are stretched where one has length 1."""
        return torch.matmul(input, other)


class Concat(nn.Module):
    """Inputs one after another along an axis."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *inputs: Tensor) -> Tensor:
        """Joins."""
        return torch.cat(inputs, dim=self.dim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}"


class Mean(nn.Module):
    """The mean over some axes."""

    def __init__(self, dim: tuple[int, ...], keepdim: bool) -> None:
        super().__init__()
        self.dim = dim
        self.keepdim = keepdim

    def forward(self, input: Tensor) -> Tensor:
        """Averages."""
        return input.mean(dim=self.dim, keepdim=self.keepdim)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dim={self.dim}, keepdim={self.keepdim}"


class Permute(nn.Module):
    """Axes in another order."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, input: Tensor) -> Tensor:
        """Reorders; nothing is copied."""
        return input.permute(self.dims)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"dims={self.dims}"


class Reshape(nn.Module):
    """Each sample's elements in another shape."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.shape = shape

    def forward(self, input: Tensor) -> Tensor:
        """Keeps the first axis and the order of the elements."""
        return input.reshape(input.shape[0], *self.shape)

    def extra_repr(self) -> str:
        """What `print` shows."""
        return f"shape={self.shape}"


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
                state = h_0[at] if h_0 is not None else steps.new_zeros(batch, self.proj_size)
                cell = c_0[at] if c_0 is not None else steps.new_zeros(batch, self.hidden_size)
                weights = {name: getattr(self, f"{name}_l{layer}{suffix}", None) for name in _LSTM_WEIGHTS}
                outputs = []
                for step in reversed(steps.unbind(time)) if suffix else steps.unbind(time):
                    state, cell = _lstm_step(step, state, cell, weights)
                    outputs.append(state)
                found.append(torch.stack(outputs[::-1] if suffix else outputs, dim=time))
                states.append(state)
                cells.append(cell)
            steps = torch.cat(found, dim=-1)
        return steps, torch.stack(states), torch.stack(cells)


_LSTM_WEIGHTS = ("weight_ih", "bias_ih", "weight_hh", "bias_hh", "weight_hr")


def _lstm_step(step: Tensor, state: Tensor, cell: Tensor, weights: dict[str, Any]) -> tuple[Tensor, Tensor]:
    """The next state and cell of an LSTM that projects its state."""
    gates = F.linear(step, weights["weight_ih"], weights["bias_ih"])
    gates = gates + F.linear(state, weights["weight_hh"], weights["bias_hh"])
    enter, forget, candidate, leave = gates.chunk(4, dim=-1)
    cell = forget.sigmoid() * cell + enter.sigmoid() * candidate.tanh()
    return F.linear(leave.sigmoid() * cell.tanh(), weights["weight_hr"]), cell


def _pair_mask(
    asking: Tensor, attended: Tensor, mask: Tensor | None, *, is_causal: bool, heads: int, batch_first: bool
) -> Tensor | None:
    """The mask over pairs of steps as torch takes it.

    Args:
        asking: (N, L, E), or (L, N, E) without `batch_first`.
        attended: (N, S, E) or (S, N, E).
        mask: (N, L, S) or None.
        is_causal: make a mask that is True where a step would look at a later one.
        heads: so many heads share the mask of each sample.
        batch_first: whether the batch stands before the steps.

    Returns:
        (L, S) for all samples, (N * heads, L, S), or None.
    """
    if is_causal:
        shape = (asking.shape[int(batch_first)], attended.shape[int(batch_first)])
        return torch.ones(shape, dtype=torch.bool, device=asking.device).triu(1)
    if mask is None or heads == 1:
        return mask
    return mask.unsqueeze(1).expand(-1, heads, -1, -1).flatten(0, 1)


class MultiheadAttention(nn.MultiheadAttention):
    """torch's attention with the masks as its last inputs.

    Args:
        is_causal: no step looks at a later one.
        arguments: those of torch's class.
    """

    def __init__(self, *, is_causal: bool = False, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        attn_mask: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """What each step of the query gathers, and the weights, as a mean over the heads."""
        attn_mask = _pair_mask(
            query,
            key,
            attn_mask,
            is_causal=self.is_causal,
            heads=self.num_heads,
            batch_first=self.batch_first,
        )
        output, weights = super().forward(
            query, key, value, key_padding_mask=key_padding_mask, attn_mask=attn_mask
        )
        assert weights is not None
        return output, weights


class TransformerEncoderLayer(nn.TransformerEncoderLayer):
    """torch's encoder layer, which makes its own mask where it is causal.

    Args:
        is_causal: no step looks at a later one.
        arguments: those of torch's class.
    """

    def __init__(self, *, is_causal: bool = False, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.is_causal = is_causal

    def forward(  # type: ignore[override]
        self, src: Tensor, src_mask: Tensor | None = None, src_key_padding_mask: Tensor | None = None
    ) -> Tensor:
        """Attends, then transforms each step by itself, adding the input each time."""
        heads, batch_first = self.self_attn.num_heads, self.self_attn.batch_first
        mask = _pair_mask(src, src, src_mask, is_causal=self.is_causal, heads=heads, batch_first=batch_first)
        return super().forward(src, mask, src_key_padding_mask, is_causal=self.is_causal)
