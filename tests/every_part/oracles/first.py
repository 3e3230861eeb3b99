"""The first layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs

Shapes = list[tuple[Any, ...]]


def _second_axis(name: str) -> Callable[[Shapes, dict[str, Any]], dict[str, Any]]:
    return lambda shapes, params: {name: shapes[0][1]}


def _last_axis(name: str) -> Callable[[Shapes, dict[str, Any]], dict[str, Any]]:
    return lambda shapes, params: {name: shapes[0][-1]}


def _normalized(shapes: Shapes, params: dict[str, Any]) -> dict[str, Any]:
    return {"normalized_shape": params["normalized_shape"] or shapes[0][-1:]}


FROM_THE_WIRES: Mapping[str, Callable[[Shapes, dict[str, Any]], dict[str, Any]]] = {
    "Linear": _last_axis("in_features"),
    "Bilinear": lambda shapes, params: {"in1_features": shapes[0][-1], "in2_features": shapes[1][-1]},
    "Conv1d": _second_axis("in_channels"),
    "Conv2d": _second_axis("in_channels"),
    "Conv3d": _second_axis("in_channels"),
    "ConvTranspose1d": _second_axis("in_channels"),
    "ConvTranspose2d": _second_axis("in_channels"),
    "BatchNorm1d": _second_axis("num_features"),
    "BatchNorm2d": _second_axis("num_features"),
    "GroupNorm": _second_axis("num_channels"),
    "RNN": _last_axis("input_size"),
    "LSTM": _last_axis("input_size"),
    "GRU": _last_axis("input_size"),
    "MultiheadAttention": lambda shapes, params: {
        "embed_dim": shapes[0][-1],
        "kdim": shapes[1][-1],
        "vdim": shapes[2][-1],
    },
    "TransformerEncoderLayer": _last_axis("d_model"),
}

FILLED_IN = {"LayerNorm": _normalized, "RMSNorm": _normalized}
"""Parameters that are asked for and may be left to the wires."""

LEFT_OUT_OF = {
    ("ConvTranspose1d", "padding_mode"): "torch knows zeros only",
    ("ConvTranspose2d", "padding_mode"): "torch knows zeros only",
}

OTHER_DEFAULTS = {
    ("Softmax", "dim"): "torch's choice where none is given is deprecated",
    ("LogSoftmax", "dim"): "torch's choice where none is given is deprecated",
}


def _product(params: dict[str, Any], x: Tensor, *others: Tensor) -> Tensor:
    return x * _product(params, *others) if others else x


OWN: Mapping[str, Callable[..., Any]] = {
    "Output": lambda params, x: x,
    "Reshape": lambda params, x: x.reshape(x.shape[0], *params["shape"]),
    "Permute": lambda params, x: x.permute(params["dims"]),
    "Concat": lambda params, *xs: torch.cat(xs, dim=params["dim"]),
    "Add": lambda params, *xs: sum(xs[1:], start=xs[0]),
    "Multiply": _product,
    "MatMul": lambda params, a, b: torch.matmul(a, b),
    "Mean": lambda params, x: x.mean(dim=params["dim"], keepdim=params["keepdim"]),
}


def for_each_head(mask: Tensor | None, heads: int) -> Tensor | None:
    """Wires carry a mask a sample, torch takes one for each of its heads."""
    if mask is None:
        return None
    if mask.dim() != 3:
        raise ValueError("a mask without a batch cannot come from a wire")
    return mask.repeat_interleave(heads, dim=0)


def _lstm(module: nn.Module, params: dict[str, Any], x: Tensor, *states: Tensor | None) -> Any:
    return module(x, states) if states[0] is not None else module(x)


def _attention(module: nn.Module, params: dict[str, Any], *inputs: Tensor | None) -> Any:
    mask = for_each_head(inputs[4], params["num_heads"])
    return module(*inputs[:3], key_padding_mask=inputs[3], attn_mask=mask)


def _encoder(module: nn.Module, params: dict[str, Any], *inputs: Tensor | None) -> Any:
    return module(inputs[0], for_each_head(inputs[1], params["nhead"]), inputs[2])


CALLS: Mapping[str, Callable[..., Any]] = {
    "LSTM": _lstm,
    "MultiheadAttention": _attention,
    "TransformerEncoderLayer": _encoder,
}


def hint_only(layer: Layer, specs: Specs, refusal: str) -> bool:
    """Where a causal layer refuses a mask; torch takes is_causal as a hint only."""
    return "is_causal" in refusal


ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {
    "Mean": lambda layer, specs, refusal: layer.values()["dim"] == (),  # of everything, to torch
    "MultiheadAttention": hint_only,
    "TransformerEncoderLayer": hint_only,
}

UNCOUNTED = {"Bilinear": "its operation is not among those it knows"}
