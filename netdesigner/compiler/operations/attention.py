"""Attention and what is built of it, with masks as tensors."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

__all__ = [
    "MultiheadAttention",
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
]


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


class TransformerDecoderLayer(nn.TransformerDecoderLayer):
    """torch's decoder layer, which makes its own masks where it is causal.

    Args:
        tgt_is_causal: no step looks at a later one of its own sequence.
        memory_is_causal: nor at a later one of the memory.
        arguments: those of torch's class.
    """

    def __init__(
        self,
        *,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
        **arguments: Any,
    ) -> None:
        super().__init__(**arguments)
        self.tgt_is_causal = tgt_is_causal
        self.memory_is_causal = memory_is_causal

    def forward(  # type: ignore[override]
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """Attends to both sequences, then transforms each step by itself, adding the input each time."""
        heads, batch_first = self.self_attn.num_heads, self.self_attn.batch_first
        own, other = self.tgt_is_causal, self.memory_is_causal
        return super().forward(
            tgt,
            memory,
            _pair_mask(
                tgt, tgt, tgt_mask, is_causal=own, heads=heads, batch_first=batch_first
            ),
            _pair_mask(
                tgt,
                memory,
                memory_mask,
                is_causal=other,
                heads=heads,
                batch_first=batch_first,
            ),
            tgt_key_padding_mask,
            memory_key_padding_mask,
            tgt_is_causal=own,
            memory_is_causal=other,
        )


def _last_norm(
    *, d_model: int, layer_norm_eps: float, bias: bool, **_: Any
) -> nn.LayerNorm:
    """The norm behind a stack, from the arguments of its layers."""
    return nn.LayerNorm(d_model, eps=layer_norm_eps, bias=bias)


class TransformerEncoder(nn.Module):
    """Encoder layers on top of each other, each with initial weights of its own.

    torch's class leaves out padded steps in evaluation, so that it gives other numbers there than in training; this one
    does not.

    Args:
        num_layers: how many.
        norm: normalise what the last one gives.
        is_causal: no step looks at a later one.
        arguments: those of torch's encoder layer.
    """

    def __init__(
        self, *, num_layers: int, norm: bool, is_causal: bool, **arguments: Any
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(**arguments) for _ in range(num_layers)
        )
        self.norm = _last_norm(**arguments) if norm else nn.Identity()
        self.is_causal = is_causal
        self.nhead = arguments["nhead"]
        self.batch_first = arguments["batch_first"]

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """Applies the layers in order."""
        mask = _pair_mask(
            src,
            src,
            mask,
            is_causal=self.is_causal,
            heads=self.nhead,
            batch_first=self.batch_first,
        )
        for layer in self.layers:
            src = layer(src, mask, src_key_padding_mask, is_causal=self.is_causal)
        found: Tensor = self.norm(src)
        return found


class TransformerDecoder(nn.Module):
    """Decoder layers on top of each other, each with initial weights of its own.

    Args:
        num_layers: how many.
        norm: normalise what the last one gives.
        tgt_is_causal: no step looks at a later one of its own sequence.
        memory_is_causal: nor at a later one of the memory.
        arguments: those of torch's decoder layer.
    """

    def __init__(
        self,
        *,
        num_layers: int,
        norm: bool,
        tgt_is_causal: bool,
        memory_is_causal: bool,
        **arguments: Any,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.TransformerDecoderLayer(**arguments) for _ in range(num_layers)
        )
        self.norm = _last_norm(**arguments) if norm else nn.Identity()
        self.tgt_is_causal = tgt_is_causal
        self.memory_is_causal = memory_is_causal
        self.nhead = arguments["nhead"]
        self.batch_first = arguments["batch_first"]

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """Applies the layers in order; all look at the same memory."""
        own, other = self.tgt_is_causal, self.memory_is_causal
        shared: dict[str, Any] = {"heads": self.nhead, "batch_first": self.batch_first}
        tgt_mask = _pair_mask(tgt, tgt, tgt_mask, is_causal=own, **shared)
        memory_mask = _pair_mask(tgt, memory, memory_mask, is_causal=other, **shared)
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask,
                memory_mask,
                tgt_key_padding_mask,
                memory_key_padding_mask,
                tgt_is_causal=own,
                memory_is_causal=other,
            )
        found: Tensor = self.norm(tgt)
        return found


class Transformer(nn.Module):
    """An encoder, and a decoder that looks at what it gives, both with a norm at their end.

    Args:
        num_encoder_layers, num_decoder_layers: how many.
        src_is_causal, tgt_is_causal, memory_is_causal: no step looks at a later one, of which sequence.
        arguments: those of torch's encoder layer.
    """

    def __init__(
        self,
        *,
        num_encoder_layers: int,
        num_decoder_layers: int,
        src_is_causal: bool,
        tgt_is_causal: bool,
        memory_is_causal: bool,
        **arguments: Any,
    ) -> None:
        super().__init__()
        self.encoder = TransformerEncoder(
            num_layers=num_encoder_layers,
            norm=True,
            is_causal=src_is_causal,
            **arguments,
        )
        self.decoder = TransformerDecoder(
            num_layers=num_decoder_layers,
            norm=True,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
            **arguments,
        )
        for weight in self.parameters():
            if weight.dim() > 1:
                nn.init.xavier_uniform_(weight)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        """Reads the source, then writes the target."""
        memory = self.encoder(src, src_mask, src_key_padding_mask)
        found: Tensor = self.decoder(
            tgt,
            memory,
            tgt_mask,
            memory_mask,
            tgt_key_padding_mask,
            memory_key_padding_mask,
        )
        return found
