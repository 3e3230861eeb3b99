"""Layers that cut, pick, stretch and turn axes; windows and patches of images; positions in sequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

Params = dict[str, Any]


def _slice(params: Params, x: Tensor) -> Tensor:
    return torch.slice_copy(x, params["dim"], params["start"], params["end"], params["step"])


def _expand(params: Params, x: Tensor, like: Tensor | None) -> Tensor:
    if len(params["shape"]) != x.dim() - 1:
        raise ValueError("each axis of a sample is told its length")
    if any(length == 0 for length in params["shape"]):
        raise ValueError("nothing would be left")
    return x.expand(len(x if like is None else like), *params["shape"])


def _resized(params: Params, x: Tensor, like: Tensor) -> Tensor:
    if like.dim() != x.dim():
        raise ValueError("the axes cannot be told apart")
    size = [*like.shape[2:]]
    told = {name: params[name] for name in ("mode", "align_corners", "antialias")}
    return F.interpolate(x, size=size, **told)


OWN: Mapping[str, Callable[..., Any]] = {
    "Slice": _slice,
    "Select": lambda params, x: torch.select(x, params["dim"], params["index"]),
    "IndexSelect": lambda params, x: torch.index_select(x, params["dim"], torch.tensor(params["index"])),
    "Gather": lambda params, x, index: torch.gather(x, params["dim"], index),
    "TakeAlongDim": lambda params, x, indices: torch.take_along_dim(x, indices, params["dim"]),
    "Stack": lambda params, *xs: torch.stack(xs, params["dim"]),
    "Unsqueeze": lambda params, x: torch.unsqueeze(x, params["dim"]),
    "Squeeze": lambda params, x: torch.squeeze(x, params["dim"]),
    "Transpose": lambda params, x: torch.transpose(x, params["dim0"], params["dim1"]),
    "Roll": lambda params, x: torch.roll(x, params["shifts"], params["dims"]),
    "Flip": lambda params, x: torch.flip(x, params["dims"]),
    "Expand": _expand,
    "ExpandAs": lambda params, x, other: x.expand_as(other),
    "Tile": lambda params, x: torch.tile(x, params["repeats"]),
    "RepeatInterleave": lambda params, x: torch.repeat_interleave(x, params["repeats"], params["dim"]),
    "Pad": lambda params, x: F.pad(x, params["pad"], params["mode"], params["value"]),
    "Interpolate": _resized,
}


def _of_nothing(*names: str) -> Callable[..., bool]:
    """Where a list is empty, torch takes all axes, or does nothing."""
    return lambda layer, specs, refusal: any(layer.values()[name] == () for name in names)


ON_PURPOSE: Mapping[str, Callable[..., bool]] = {
    "Squeeze": _of_nothing("dim"),
    "Flip": _of_nothing("dims"),
    "IndexSelect": _of_nothing("index"),
    "Roll": _of_nothing("dims"),
}

SHAPE_ONLY = {
    ("Expand", "like"): "its batch is read",
    ("ExpandAs", "other"): "its shape is taken on",
    ("Interpolate", "like"): "its lengths are taken on",
}
