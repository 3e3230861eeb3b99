"""Layers that cut, pick, stretch and turn axes; windows and patches of images; positions in sequences."""

from __future__ import annotations

import math
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


def _two(size: int | tuple[int, int]) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def _grid(params: Params, size: tuple[int, int], pieces: int) -> tuple[int, int]:
    """Height and width of an image made of pieces."""
    if params["output_size"] is None:
        side = round(pieces**0.5)
        whole = side * size[0], side * size[1]
    else:
        whole = _two(params["output_size"])
    if whole[0] % size[0] or whole[1] % size[1] or whole[0] // size[0] * (whole[1] // size[1]) != pieces:
        raise ValueError("the pieces do not fill the image")
    return whole


def _patchify(params: Params, x: Tensor) -> Tensor:
    size = _two(params["patch_size"])
    if x.dim() != 4 or x.shape[2] % size[0] or x.shape[3] % size[1]:
        raise ValueError("a rest would be left")
    return F.unfold(x.float(), size, stride=size).transpose(1, 2).to(x.dtype)


def _unpatchify(params: Params, x: Tensor) -> Tensor:
    size = _two(params["patch_size"])
    whole = _grid(params, size, x.shape[1])
    return F.fold(x.float().transpose(1, 2), whole, size, stride=size).to(x.dtype)


def _corners(height: int, width: int, size: tuple[int, int]) -> list[tuple[int, int]]:
    return [(top, left) for top in range(0, height, size[0]) for left in range(0, width, size[1])]


def _windows(params: Params, x: Tensor) -> Tensor:
    high, wide = _two(params["window_size"])
    if x.dim() != 4 or x.shape[1] % high or x.shape[2] % wide:
        raise ValueError("a rest would be left")
    corners = _corners(x.shape[1], x.shape[2], (high, wide))
    cut = [x[:, top : top + high, left : left + wide].flatten(1, 2) for top, left in corners]
    return torch.stack(cut, dim=1)


def _merged(params: Params, x: Tensor) -> Tensor:
    high, wide = _two(params["window_size"])
    height, width = _grid(params, (high, wide), x.shape[1])
    whole = x.new_zeros(len(x), height, width, x.shape[3])
    for number, (top, left) in enumerate(_corners(height, width, (high, wide))):
        whole[:, top : top + high, left : left + wide] = x[:, number].unflatten(1, (high, wide))
    return whole


def _shifted_mask(params: Params, x: Tensor) -> Tensor:
    """Two positions of a window are apart if rolling took one of them, and not the other, round an edge."""
    (high, wide), (down, right) = _two(params["window_size"]), _two(params["shift_size"])
    if x.dim() != 4 or x.shape[1] % high or x.shape[2] % wide or down >= high or right >= wide:
        raise ValueError("the windows do not fit")
    height, width = x.shape[1:3]
    squares = []
    for top, left in _corners(height, width, (high, wide)):
        places = [(top + row, left + column) for row in range(high) for column in range(wide)]
        round_edges = [(row + down >= height, column + right >= width) for row, column in places]
        squares.append([[0.0 if a == b else -100.0 for b in round_edges] for a in round_edges])
    return torch.tensor(squares)[:, None]


def _table_of_heads(params: Params, x: Tensor, key: Tensor | None) -> Tensor:
    """The shape of a bias; what a head learned is not known here."""
    steps = len(x[0]), len((x if key is None else key)[0])
    if params["max_distance"] <= params["num_buckets"] // (4 if params["bidirectional"] else 2):
        raise ValueError("no distance would be far")
    return torch.zeros(params["num_heads"], *steps)


def _alibi(params: Params, x: Tensor, key: Tensor | None) -> Tensor:
    heads = params["num_heads"]
    power = 1
    while power * 2 <= heads:
        power *= 2
    slopes = [2 ** (-8 / power * at) for at in range(1, power + 1)]
    slopes += [2 ** (-8 / (2 * power) * at) for at in range(1, 2 * power + 1, 2)]
    asking, attended = len(x[0]), len((x if key is None else key)[0])
    return torch.tensor(
        [
            [
                [
                    -torch.inf if params["is_causal"] and s > t else -slope * abs(t - s)
                    for s in range(attended)
                ]
                for t in range(asking)
            ]
            for slope in slopes[:heads]
        ]
    )


def _sinusoidal(params: Params, x: Tensor) -> Tensor:
    steps, features = x.shape[-2:]
    table = torch.zeros(steps, features)
    for step in range(steps):
        for feature in range(features):
            angle = step / params["base"] ** ((feature - feature % 2) / features)
            table[step, feature] = math.cos(angle) if feature % 2 else math.sin(angle)
    return x + table if params["add"] else table


def _rotary(params: Params, x: Tensor) -> Tensor:
    """Each pair as a complex number, multiplied by one of length 1."""
    turned = params["rotary_dim"] or x.shape[-1]
    if turned % 2 or turned > x.shape[-1] or params["dim"] % x.dim() == x.dim() - 1:
        raise ValueError("there are no pairs")
    moved = x.movedim(params["dim"], -2)
    pairs = moved[..., :turned]
    pairs = pairs.unflatten(-1, (-1, 2)) if params["interleaved"] else pairs.unflatten(-1, (2, -1)).mT
    rates = params["base"] ** (-torch.arange(0, turned, 2) / turned)
    angles = torch.outer(torch.arange(moved.shape[-2]).float(), rates)
    done = torch.view_as_real(
        torch.view_as_complex(pairs.contiguous()) * torch.polar(torch.ones_like(angles), angles)
    )
    done = done.flatten(-2) if params["interleaved"] else done.mT.flatten(-2)
    return torch.cat((done, moved[..., turned:]), dim=-1).movedim(-2, params["dim"])


def _timestep(params: Params, steps: Tensor) -> Tensor:
    half = params["embedding_dim"] // 2
    if params["downscale_freq_shift"] >= half or steps.dtype == torch.bool:
        raise ValueError("there are no rates")
    columns = []
    for first in (params["flip_sin_to_cos"], not params["flip_sin_to_cos"]):
        for at in range(half):
            angle = steps / params["max_period"] ** (at / (half - params["downscale_freq_shift"]))
            columns.append(angle.cos() if first else angle.sin())
    columns += [torch.zeros_like(columns[0])] * (params["embedding_dim"] % 2)
    return torch.stack(columns, dim=-1)


def _learned(params: Params, x: Tensor) -> Tensor:
    table = torch.zeros(params["max_length"] or x.shape[-2], x.shape[-1])
    if x.shape[-2] > len(table):
        raise ValueError("there are not as many positions")
    return x + table[: x.shape[-2]]


def _window_bias(params: Params) -> Tensor:
    positions = math.prod(_two(params["window_size"]))
    return torch.zeros(params["num_heads"], positions, positions)


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
    "Patchify": _patchify,
    "Unpatchify": _unpatchify,
    "WindowPartition": _windows,
    "WindowMerge": _merged,
    "ShiftedWindowMask": _shifted_mask,
    "RelativePositionBias": _window_bias,
    "T5RelativePositionBias": _table_of_heads,
    "AlibiBias": _alibi,
    "SinusoidalPositions": _sinusoidal,
    "LearnedPositions": _learned,
    "RotaryEmbedding": _rotary,
    "TimestepEmbedding": _timestep,
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
    ("ShiftedWindowMask", "input"): "its height and width are read",
    ("T5RelativePositionBias", "query"): "its length is read",
    ("T5RelativePositionBias", "key"): "its length is read",
    ("AlibiBias", "query"): "its length is read",
    ("AlibiBias", "key"): "its length is read",
}
