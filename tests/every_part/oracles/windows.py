"""Pools, recurrent cells, bags of embeddings and stacks of transformers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs

Shapes = list[tuple[Any, ...]]


def _fractional(params: dict[str, Any], x: Tensor) -> Any:
    pool = nn.FractionalMaxPool2d if x.dim() == 4 else nn.FractionalMaxPool3d
    return pool(**params, return_indices=True)(x)


OWN: Mapping[str, Callable[..., Any]] = {
    "FractionalMaxPool2d": _fractional,
    "FractionalMaxPool3d": _fractional,
}


def _unpool(module: nn.Module, params: dict[str, Any], x: Tensor, at: Tensor, like: Tensor | None) -> Tensor:
    return module(x, at, None if like is None else like.shape)


CALLS: Mapping[str, Callable[..., Any]] = {
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

ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {}
