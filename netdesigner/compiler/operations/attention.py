"""Attention and what is built of it, with masks as tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = ["MultiheadAttention", "TransformerEncoderLayer"]


def _pair_mask(
    asking: Tensor,
    attended: Tensor,
    mask: Tensor | None,
    *,
    is_causal: bool,
    heads: int,
    batch_first: bool,
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
        need_weights: give the weights too; without them nothing of the size of all pairs of steps is kept.
        arguments: those of torch's class.
    """

    def __init__(
        self, *, is_causal: bool = False, need_weights: bool = True, **arguments: Any
    ) -> None:
        super().__init__(**arguments)
        self.is_causal = is_causal
        self.need_weights = need_weights

    def forward(  # type: ignore[override]
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        attn_mask: Tensor | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """What each step of the query gathers, and the weights, as a mean over the heads."""
        attn_mask = _pair_mask(
            query,
            key,
            attn_mask,
            is_causal=self.is_causal,
            heads=self.num_heads,
            batch_first=self.batch_first,
        )
        plain = (
            self.bias_k is None and not self.add_zero_attn
        )  # a step that is added is seen by all
        output, weights = super().forward(
            query,
            key,
            value,
            key_padding_mask=key_padding_mask,
            need_weights=self.need_weights,
            attn_mask=attn_mask,
            is_causal=self.is_causal and plain and not self.need_weights,
        )
        return output if weights is None else (output, weights)


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
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """Attends, then transforms each step by itself, adding the input each time."""
        heads, batch_first = self.self_attn.num_heads, self.self_attn.batch_first
        mask = _pair_mask(
            src,
            src,
            src_mask,
            is_causal=self.is_causal,
            heads=heads,
            batch_first=batch_first,
        )
        return super().forward(
            src, mask, src_key_padding_mask, is_causal=self.is_causal
        )
