"""Operations of tensors: arithmetic, logic, reductions, products, values, attention without weights, noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import torch
from torch import Tensor

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs

Params = dict[str, Any]


def as_typed(number: float) -> float:
    """A whole number without its fraction, as a person types it."""
    return int(number) if number == int(number) else number


def _or(tensor: Tensor | None, number: float) -> Any:
    return as_typed(number) if tensor is None else tensor


def _compared(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda params, x, other: function(x, _or(other, params["other"]))


def _clamp(params: Params, x: Tensor) -> Tensor:
    low, high = (None if params[name] is None else as_typed(params[name]) for name in ("min", "max"))
    if low is None:
        return x.clamp(max=high)
    return x.clamp(min=low) if high is None else x.clamp(low, high)


def _over(function: Callable[..., Tensor], *more: str) -> Callable[..., Tensor]:
    def reduced(params: Params, x: Tensor) -> Tensor:
        options = {name: params[name] for name in more}
        return function(x, dim=params["dim"], keepdim=params["keepdim"], **options)

    return reduced


def _product(params: Params, x: Tensor) -> Tensor:
    """By exchange of the axes, so that those to be multiplied lie together at the end."""
    axes = [dim % x.dim() if -x.dim() <= dim < x.dim() else _no_axis() for dim in params["dim"]]
    if len(set(axes)) < len(axes) or not axes:
        raise ValueError("axes twice, or none")
    kept = [axis for axis in range(x.dim()) if axis not in axes]
    lengths = [1 if axis in axes else x.shape[axis] for axis in range(x.dim())]
    result = x.permute(*kept, *axes).flatten(len(kept)).prod(-1)
    return result.reshape(lengths) if params["keepdim"] else result


def _no_axis() -> int:
    raise IndexError("no such axis")


def _constant(params: Params, like: Tensor | None) -> Tensor:
    value, shape = params["value"], params["shape"]
    dtype = {"float32": torch.float32, "int64": torch.int64, "bool": torch.bool}[params["dtype"]]
    samples = 1 if like is None else len(like)
    if dtype == torch.int64 and any(number != round(number) for number in value):
        raise ValueError("not whole")
    if len(value) == 1:
        return torch.full((samples, *shape), value[0]).to(dtype)
    return torch.tensor([value] * samples).reshape(samples, *shape).to(dtype)


def _parameter(params: Params, like: Tensor | None) -> Tensor:
    return torch.zeros(1 if like is None else len(like), *params["shape"])


def _positions(params: Params, x: Tensor) -> Tensor:
    return torch.tensor([range(x.shape[params["dim"]])])


def _causal_mask(params: Params, query: Tensor, key: Tensor | None) -> Tensor:
    dim = params["dim"]
    steps = torch.arange(query.shape[dim])
    others = steps if key is None else torch.arange(key.shape[dim])
    hidden = others[None, :] > steps[:, None]
    samples = query.shape[1] if dim in (0, -query.dim()) else query.shape[0]
    mask = hidden if params["dtype"] == "bool" else torch.where(hidden, -math.inf, 0.0)
    return torch.stack([mask] * samples)


def attention(
    params: Params,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    padding: Tensor | None,
    mask: Tensor | None,
) -> Tensor:
    """The formula itself, without torch's function."""
    if params["enable_gqa"] and query.dim() > 3:
        key, value = (x.repeat_interleave(_times(query, x), dim=-3) for x in (key, value))
    if key.shape[-2] != value.shape[-2] or len({x.dim() for x in (query, key, value)}) > 1:
        raise ValueError("keys and values differ")
    scale = query.shape[-1] ** -0.5 if params["scale"] is None else params["scale"]
    scores = scale * query @ key.transpose(-1, -2)
    if mask is not None:
        if mask.dim() < query.dim():
            mask = mask.view(len(query), *[1] * (query.dim() - 3), query.shape[-2], key.shape[-2])
        scores = _hidden(scores, mask)
    if padding is not None:
        scores = _hidden(scores, padding.view(len(query), *[1] * (query.dim() - 2), key.shape[-2]))
    if params["is_causal"]:
        if mask is not None:
            raise ValueError("two masks")
        steps, others = torch.arange(query.shape[-2]), torch.arange(key.shape[-2])
        scores = _hidden(scores, others[None, :] > steps[:, None])
    for one, other in ((padding, mask), (padding, padding if params["is_causal"] else None)):
        if one is not None and other is not None and torch.bool in {one.dtype, other.dtype}:
            assert one.dtype == other.dtype == torch.bool
    return scores.softmax(-1).nan_to_num(0) @ value  # a step that sees nothing gathers nothing


def _times(query: Tensor, shared: Tensor) -> int:
    if query.shape[-3] % shared.shape[-3]:
        raise ValueError("heads cannot be shared")
    return query.shape[-3] // shared.shape[-3]


def _hidden(scores: Tensor, mask: Tensor) -> Tensor:
    if mask.dtype not in (torch.bool, scores.dtype):
        raise TypeError("a mask of whole numbers")
    masked = scores.masked_fill(mask, -math.inf) if mask.dtype == torch.bool else scores + mask
    if masked.shape != scores.shape:
        raise ValueError("a mask larger than the scores")
    return masked


def _sampled(params: Params, mean: Tensor, log_variance: Tensor) -> Tensor:
    if (
        mean.shape != log_variance.shape
        or not mean.is_floating_point()
        or not log_variance.is_floating_point()
    ):
        raise ValueError("they differ")
    return mean


def _numbers(x: Tensor) -> Tensor:
    if x.dtype == torch.bool:
        raise TypeError("true and false have no order, to torch.argmax and torch.topk")
    return x


def _top(params: Params, x: Tensor) -> tuple[Tensor, Tensor]:
    if params["k"] > x.shape[params["dim"]]:
        raise ValueError("too few")
    ordered = _numbers(x).sort(dim=params["dim"], descending=params["largest"])
    first = [slice(None)] * x.dim()
    first[params["dim"]] = slice(params["k"])
    return ordered.values[tuple(first)], ordered.indices[tuple(first)]


OWN: Mapping[str, Callable[..., Any]] = {
    "Subtract": lambda params, a, b: torch.subtract(a, b),
    "Divide": lambda params, a, b: torch.divide(a, b, rounding_mode=params["rounding_mode"]),
    "Power": lambda params, a, b: a ** _or(b, params["exponent"]),
    "Remainder": lambda params, a, b: a % _or(b, params["other"]),
    "Maximum": lambda params, *xs: reduce(torch.max, xs),
    "Minimum": lambda params, *xs: reduce(torch.min, xs),
    "Scale": lambda params, x: as_typed(params["offset"]) + as_typed(params["scale"]) * x,
    "Clamp": _clamp,
    "Negative": lambda params, x: -x,
    "Absolute": lambda params, x: abs(x),
    "Sign": lambda params, x: x.sgn(),
    "Square": lambda params, x: x.pow(2),
    "Sqrt": lambda params, x: x.sqrt(),
    "Reciprocal": lambda params, x: 1 / x,
    "Exp": lambda params, x: x.exp(),
    "Log": lambda params, x: x.log(),
    "Sin": lambda params, x: x.sin(),
    "Cos": lambda params, x: x.cos(),
    "Round": lambda params, x: x.round(),
    "Floor": lambda params, x: x.floor(),
    "Equal": _compared(lambda a, b: a == b),
    "NotEqual": _compared(lambda a, b: a != b),
    "Greater": _compared(lambda a, b: a > b),
    "GreaterEqual": _compared(lambda a, b: a >= b),
    "Less": _compared(lambda a, b: a < b),
    "LessEqual": _compared(lambda a, b: a <= b),
    "And": lambda params, *xs: reduce(lambda a, b: a.bool() & b.bool(), xs),
    "Or": lambda params, *xs: reduce(lambda a, b: a.bool() | b.bool(), xs),
    "Not": lambda params, x: x == 0,
    "Where": lambda params, c, a, b: torch.where(c, a, _or(b, params["other"])),
    "BatchMean": lambda params, x: torch.mean(x),
    "Sum": _over(torch.sum),
    "Max": _over(torch.amax),
    "Min": _over(torch.amin),
    "Std": _over(torch.std, "correction"),
    "Variance": _over(torch.var, "correction"),
    "LogSumExp": _over(torch.logsumexp),
    "Norm": lambda params, x: torch.linalg.vector_norm(
        x, ord=params["p"], dim=params["dim"], keepdim=params["keepdim"]
    ),
    "Product": _product,
    "Any": _over(torch.any),
    "All": _over(torch.all),
    "ArgMax": lambda params, x: _numbers(x).max(dim=params["dim"], keepdim=params["keepdim"]).indices,
    "ArgMin": lambda params, x: _numbers(x).min(dim=params["dim"], keepdim=params["keepdim"]).indices,
    "CumulativeSum": lambda params, x: torch.cumsum(x, params["dim"]),
    "TopK": _top,
    "Einsum": lambda params, *xs: torch.einsum(params["equation"], *xs),
    "Constant": _constant,
    "Parameter": _parameter,
    "Positions": _positions,
    "CausalMask": _causal_mask,
    "ScaledDotProductAttention": attention,
    "Cast": lambda params, x: x.type(getattr(torch, params["dtype"])),
    "Detach": lambda params, x: x,
    "OneHot": lambda params, x: torch.eye(params["num_classes"], dtype=torch.int64)[x],
    "GaussianNoise": lambda params, x: x,
    "DropPath": lambda params, x: x,
    "ReparameterizedSample": _sampled,
}


def _positive(x: Tensor) -> Tensor:
    return torch.ones_like(x) if x.dtype == torch.bool else x.abs() + 1


DOMAIN: Mapping[str, Callable[[Tensor], Tensor]] = dict.fromkeys(
    ("Divide", "Remainder", "Power", "Log", "Sqrt", "Reciprocal"), _positive
)

UNTAUGHT: Mapping[str, tuple[str, ...]] = {
    "Constant": ("like",),
    "Parameter": ("like",),
    "CausalMask": ("query", "key"),
    "Detach": ("input",),
}

VALUES: Mapping[tuple[str, str], tuple[Any, ...]] = {
    ("Einsum", "equation"): (
        "nij,njk->nik",
        "nij,nkj->nik",
        "nqd,nkd->nqk",
        "nij->nji",
        "nii->ni",
        "nij->n",
        "nii,ni->n",
        "n...,n...->n...",
        "...ij,...jk->...ik",
        "ni...->n...i",
        "nij,nij->nij",
        "nij,njk",
        "nij,njk->",
        "nij->nn",
        "nij->nz",
        "n...->n",
        "n,n->n",
        "nij,nij,nij->n",
        "n i j , n j k -> n i k",
        ". . .->...",
        "i..j->ij",
        "nij,njk->nik->nki",
        "",
    ),
    ("Power", "exponent"): (2.0, 3.0, 0.5, -1.0, -0.5, 0.0),
    ("Remainder", "other"): (2.0, 3.0, 0.5, -1.0),
    ("Scale", "scale"): (1.0, 2.0, 0.5, -3.0, 0.0),
    ("Scale", "offset"): (0.0, 1.0, -0.25, -2.0),
    ("Clamp", "min"): (None, 0.0, -1.0, 0.5),
    ("Clamp", "max"): (None, 1.0, 0.25, -2.0),
    ("Where", "other"): (0.0, 0.5, 2.0),
    ("Constant", "value"): ((0.0,), (1.0,), (0.5,), (1.0, 2.0, 3.0), (0.5, 1.0), ()),
    ("Constant", "shape"): ((), (1,), (3,), (3, 1, 1), (1, 3), (2, 4)),
}


def _whole_batch(layer: Layer, specs: Specs, refusal: str) -> bool:
    return layer.values()["dim"] == ()  # of everything, to torch


ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {
    **dict.fromkeys(
        ("Sum", "Max", "Min", "Std", "Variance", "LogSumExp", "Norm", "Any", "All"), _whole_batch
    ),
    # torch raises and divides true and false as if they were 1 and 0, and ONNX does not
    **dict.fromkeys(
        ("Power", "Remainder", "Square"),
        lambda layer, specs, refusal: "computes with numbers" in refusal,
    ),
    "Clamp": lambda layer, specs, refusal: " above the max " in refusal,  # torch gives the max everywhere
    "Einsum": lambda layer, specs, refusal: "the arrow is missing" in refusal,  # torch makes up the result
    "ScaledDotProductAttention": lambda layer, specs, refusal: "of as many axes" in refusal,
}
