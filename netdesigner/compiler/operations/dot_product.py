"""Attention without weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["ScaledDotProductAttention"]


class ScaledDotProductAttention(nn.Module):
    """torch's function of that name with masks of samples, where true means hidden.

    Args:
        dropout_p: chance of a weight to be zeroed while training.
        is_causal: no step looks at a later one.
        scale: what the scores are multiplied by; None for 1 / sqrt(features).
        enable_gqa: heads of keys and values serve several of the query's.
    """

    def __init__(
        self,
        dropout_p: float = 0.0,
        is_causal: bool = False,
        scale: float | None = None,
        enable_gqa: bool = False,
    ) -> None:
        super().__init__()
        self.dropout_p = dropout_p
        self.is_causal = is_causal
        self.scale = scale
        self.enable_gqa = enable_gqa

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        attn_mask: Tensor | None = None,
    ) -> Tensor:
        """What each step of the query gathers.

        Everything is brought to four axes first, for which torch has its fast kernels
        and which alone ONNX knows.
        """
        mask = self._mask(query, key, key_padding_mask, attn_mask)
        if query.dim() == 3:
            mask = None if mask is None else mask.unsqueeze(1)
            query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
            return self._attend(query, key, value, mask).squeeze(1)
        if query.dim() == 4:
            return self._attend(query, key, value, mask)
        before = (query[..., 0, 0, 0] + key[..., 0, 0, 0] + value[..., 0, 0, 0]).shape
        mask = None if mask is None else _merged(mask, before)
        query, key, value = (_merged(x, before) for x in (query, key, value))
        result = self._attend(query, key, value, mask)
        return result.reshape(*before, *result.shape[1:])

    def _attend(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        mask: Tensor | None,
    ) -> Tensor:
        return F.scaled_dot_product_attention(
            query,
            key,
            value,
            mask,
            self.dropout_p if self.training else 0.0,
            self.is_causal and mask is None,
            scale=self.scale,
            enable_gqa=self.enable_gqa,
        )

    def _mask(
        self,
        query: Tensor,
        key: Tensor,
        padding: Tensor | None,
        mask: Tensor | None,
    ) -> Tensor | None:
        """Both masks in one, as torch takes it: true where a step is looked at."""
        if mask is not None and mask.dim() < query.dim():
            heads = (1,) * (query.dim() - 3)
            mask = mask.reshape(mask.shape[0], *heads, *mask.shape[1:])
        if padding is not None:
            padding = padding.reshape(padding.shape[0], *(1,) * (query.dim() - 2), -1)
            if self.is_causal:
                steps = (query.shape[-2], key.shape[-2])
                mask = torch.ones(steps, dtype=torch.bool, device=query.device).triu(1)
            mask = padding if mask is None else _both(mask, padding)
        return ~mask if mask is not None and mask.dtype == torch.bool else mask

    def extra_repr(self) -> str:
        """What `print` shows."""
        return (
            f"dropout_p={self.dropout_p}, is_causal={self.is_causal}, "
            f"scale={self.scale}, enable_gqa={self.enable_gqa}"
        )


def _merged(tensor: Tensor, before: torch.Size) -> Tensor:
    """The axes before heads, steps and features as one."""
    return tensor.expand(*before, *tensor.shape[-3:]).flatten(0, -4)


def _both(mask: Tensor, other: Tensor) -> Tensor:
    """What either of two masks hides."""
    return mask | other if mask.dtype == torch.bool else mask + other
