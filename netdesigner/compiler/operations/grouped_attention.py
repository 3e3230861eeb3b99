"""Self-attention whose heads share keys and values."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["GroupedQueryAttention"]


class GroupedQueryAttention(nn.Module):
    """Self-attention with fewer keys and values than queries, turned by their place, and gated, where asked."""

    def __init__(
        self, embed_dim: int, num_heads: int, num_kv_heads: int, is_causal: bool, rotary: bool, base: float,
        gated: bool, bias: bool, dropout: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_heads = num_heads
        self.num_kv_heads = num_kv_heads
        self.is_causal = is_causal
        self.rotary = rotary
        self.base = base
        self.dropout = dropout
        width = embed_dim // num_heads * num_kv_heads
        self.q_proj = nn.Linear(embed_dim, embed_dim, bias)
        self.k_proj = nn.Linear(embed_dim, width, bias)
        self.v_proj = nn.Linear(embed_dim, width, bias)
        self.out_proj = nn.Linear(embed_dim, embed_dim, bias)
        self.gate = nn.Linear(embed_dim, embed_dim, bias) if gated else None

    def forward(self, input: Tensor) -> Tensor:
        """Takes and gives (N, T, embed_dim)."""
        query = self._heads(self.q_proj(input), self.num_heads)
        key = self._heads(self.k_proj(input), self.num_kv_heads)
        value = self._heads(self.v_proj(input), self.num_kv_heads)
        if self.rotary:
            query, key = self._turned(query), self._turned(key)
        group = self.num_heads // self.num_kv_heads
        key, value = key.repeat_interleave(group, 1), value.repeat_interleave(group, 1)
        dropout = self.dropout if self.training else 0.0
        found = F.scaled_dot_product_attention(
            query, key, value, dropout_p=dropout, is_causal=self.is_causal
        )
        found = found.transpose(1, 2).flatten(2)
        if self.gate is not None:
            found = found * torch.sigmoid(self.gate(input))
        output: Tensor = self.out_proj(found)
        return output

    def _heads(self, features: Tensor, heads: int) -> Tensor:
        return features.reshape(*features.shape[:2], heads, -1).transpose(1, 2)

    def _turned(self, heads: Tensor) -> Tensor:
        """Pairs of features, one from each half, turned by an angle that grows with the place."""
        half = heads.shape[-1] // 2
        speed = self.base ** (
            -torch.arange(half, dtype=torch.float32, device=heads.device) / half
        )
        place = torch.arange(heads.shape[2], dtype=torch.float32, device=heads.device)
        angle = place.unsqueeze(1) * speed
        cos, sin = angle.cos().to(heads.dtype), angle.sin().to(heads.dtype)
        first, second = heads[..., :half], heads[..., half:]
        return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)
