"""Layers of the newer families, written out by plain functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs


def _scan(params: dict[str, Any], x: Tensor, delta: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Shapes only; the numbers have a test of their own, since the weights are the module's."""
    features, state = x.shape[2], b.shape[2]
    decay = torch.exp(torch.nn.functional.softplus(delta)[..., None] * -torch.ones(features, state))
    h = torch.zeros(x.shape[0], features, state)
    outputs = []
    for t in range(x.shape[1]):
        h = decay[:, t] * h + (delta[:, t] * x[:, t])[..., None] * b[:, t, None, :]
        outputs.append((h * c[:, t, None, :]).sum(-1))
    return torch.stack(outputs, 1).reshape(delta.shape)


def _spikes(params: dict[str, Any], x: Tensor) -> tuple[Tensor, Tensor]:
    if not x.is_floating_point():
        raise TypeError("real numbers")
    v, spikes, potentials = torch.zeros_like(x[:, 0]), [], []
    for t in range(x.shape[1]):
        v = params["beta"] * v + x[:, t]
        s = (v > params["threshold"]).float()
        spikes.append(s)
        potentials.append(v)
        v = {"subtract": v - s * params["threshold"], "zero": v * (1 - s), "none": v}[params["reset"]]
    return torch.stack(spikes, 1), torch.stack(potentials, 1)


def _same(params: dict[str, Any], x: Tensor) -> Tensor:
    if not x.is_floating_point() or x.dim() < 2:
        raise TypeError("real numbers with features")
    return x.clone()


def _experts(params: dict[str, Any], x: Tensor) -> tuple[Tensor, Tensor]:
    return _same(params, x), torch.ones(params["num_experts"]).topk(params["top_k"]).values.sum()


def _attention(params: dict[str, Any], x: Tensor) -> Tensor:
    heads, shared = params["num_heads"], params["num_kv_heads"]
    if x.dim() != 3 or x.shape[2] % heads or heads % shared:
        raise ValueError("heads do not divide")
    if params["rotary"] and x.shape[2] // heads % 2:
        raise ValueError("no pairs")
    return _same(params, x)


def _sequence(params: dict[str, Any], x: Tensor) -> Tensor:
    if x.dim() != 3:
        raise ValueError("no sequence")
    return _same(params, x)


OWN: Mapping[str, Callable[..., Any]] = {
    "SelectiveScan": _scan,
    "LIF": _spikes,
    "SwiGLU": _same,
    "MixtureOfExperts": _experts,
    "GroupedQueryAttention": _attention,
    "RWKVTimeMix": _sequence,
}


def _stretched(layer: Layer, specs: Specs, refusal: str) -> bool:
    return " is as " in refusal or " takes " in refusal  # plain arithmetic stretches an axis of 1


ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {"SelectiveScan": _stretched}
