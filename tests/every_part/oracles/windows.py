"""Pools, recurrent cells, bags of embeddings and stacks of transformers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs
from tests.every_part.oracles.first import for_each_head, hint_only

Shapes = list[tuple[Any, ...]]


def _fractional(params: dict[str, Any], x: Tensor) -> Any:
    pool = nn.FractionalMaxPool2d if x.dim() == 4 else nn.FractionalMaxPool3d
    return pool(**params, return_indices=True)(x)


FROM_THE_WIRES: Mapping[str, Callable[[Shapes, dict[str, Any]], dict[str, Any]]] = {
    "ConvTranspose3d": lambda shapes, params: {"in_channels": shapes[0][1]},
    "RNNCell": lambda shapes, params: {"input_size": shapes[0][-1]},
    "LSTMCell": lambda shapes, params: {"input_size": shapes[0][-1]},
    "GRUCell": lambda shapes, params: {"input_size": shapes[0][-1]},
    "TransformerDecoderLayer": lambda shapes, params: {"d_model": shapes[0][-1]},
}

LEFT_OUT_OF = {
    ("ConvTranspose3d", "padding_mode"): "torch knows zeros only",
    ("EmbeddingBag", "include_last_offset"): "of the form with offsets, which has no batch",
}


def _stack(params: dict[str, Any], width: int, layer: Any, stack: Any) -> nn.Module:
    """A stack of torch from the flat parameters of ours."""
    flat = {name: value for name, value in params.items() if not name.endswith("is_causal")}
    number, norm = flat.pop("num_layers"), flat.pop("norm")
    last = nn.LayerNorm(width, flat["layer_norm_eps"], bias=flat["bias"]) if norm else None
    return stack(layer(d_model=width, **flat), number, last)


def _encoder(params: dict[str, Any], src: Tensor, mask: Tensor | None, padding: Tensor | None) -> Tensor:
    stack = _stack(params, src.shape[-1], nn.TransformerEncoderLayer, nn.TransformerEncoder)
    return stack(src, for_each_head(mask, params["nhead"]), padding)


def _decoder_masks(params: dict[str, Any], masks: tuple[Tensor | None, ...]) -> list[Tensor | None]:
    return [for_each_head(mask, params["nhead"]) for mask in masks[:2]] + list(masks[2:])


def _decoder(params: dict[str, Any], tgt: Tensor, memory: Tensor, *masks: Tensor | None) -> Tensor:
    stack = _stack(params, tgt.shape[-1], nn.TransformerDecoderLayer, nn.TransformerDecoder)
    return stack(tgt, memory, *_decoder_masks(params, masks))


def _transformer(params: dict[str, Any], src: Tensor, tgt: Tensor, *masks: Tensor | None) -> Tensor:
    told = {name: value for name, value in params.items() if not name.endswith("is_causal")}
    module = nn.Transformer(d_model=src.shape[-1], **told)
    return module(src, tgt, *[for_each_head(mask, params["nhead"]) for mask in masks[:3]], *masks[3:])


OWN: Mapping[str, Callable[..., Any]] = {
    "TransformerEncoder": _encoder,
    "TransformerDecoder": _decoder,
    "Transformer": _transformer,
    "FractionalMaxPool2d": _fractional,
    "FractionalMaxPool3d": _fractional,
}


def _unpool(module: nn.Module, params: dict[str, Any], x: Tensor, at: Tensor, like: Tensor | None) -> Tensor:
    return module(x, at, None if like is None else like.shape)


def _lstm_cell(module: nn.Module, params: dict[str, Any], x: Tensor, *states: Tensor | None) -> Any:
    return module(x, states) if states[0] is not None else module(x)


def _decoder_layer(module: nn.Module, params: dict[str, Any], *inputs: Tensor | None) -> Tensor:
    return module(*inputs[:2], *_decoder_masks(params, inputs[2:]))


CALLS: Mapping[str, Callable[..., Any]] = {
    "TransformerDecoderLayer": _decoder_layer,
    "LSTMCell": _lstm_cell,
    "EmbeddingBag": lambda module, params, x, weights: module(x, per_sample_weights=weights),
    "MaxUnpool1d": _unpool,
    "MaxUnpool2d": _unpool,
    "MaxUnpool3d": _unpool,
}


def _all_different(inputs: list[Any]) -> list[Any]:
    """Indices of a pool without those that stand twice, of which torch takes any."""
    x, at, like = inputs
    places = torch.arange(x.shape[2:].numel()).reshape(x.shape[2:])
    return [x, places.expand_as(at).clone(), like]


DEFINED: Mapping[str, Callable[[list[Any]], list[Any]]] = {
    "MaxUnpool1d": _all_different,
    "MaxUnpool2d": _all_different,
    "MaxUnpool3d": _all_different,
}

ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {
    "TransformerEncoder": hint_only,
    "TransformerDecoderLayer": hint_only,
    "TransformerDecoder": hint_only,
    "Transformer": hint_only,
}
