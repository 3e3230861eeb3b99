"""How shapes, numbers and parameters are written on the canvas and beside it. No Qt."""

from __future__ import annotations

import re
from collections.abc import Mapping

from netdesigner.document import Value
from netdesigner.parts import Layer, TensorSpec
from netdesigner.parts.part import Param

__all__ = [
    "BETWEEN",
    "Parts",
    "more_params_text",
    "params_parts",
    "plain_message",
    "shape_text",
    "value_text",
    "wire_text",
]

Parts = tuple[tuple[str, str], ...]
"""Names of parameters, each with what is said of it."""
BETWEEN = " · "
"""What stands between two parameters in one line."""

_QUOTED = re.compile(r"`([^`]*)`")

_PHRASES: Mapping[str, str] = {
    "out_channels": "{} filters",
    "out_features": "{} units",
    "hidden_size": "{} units",
    "num_embeddings": "{} words",
    "embedding_dim": "{} long",
    "num_heads": "{} heads",
    "nhead": "{} heads",
    "num_layers": "{} layers",
    "num_encoder_layers": "{} encoders",
    "num_decoder_layers": "{} decoders",
    "dim_feedforward": "{} hidden",
    "num_groups": "{} groups",
    "kernel_size": "{}",
    "output_size": "to {}",
    "output_ratio": "to {} of it",
    "norm_type": "p {}",
    "split_size_or_sections": "{}",
    "chunks": "{} chunks",
    "shape": "{}",
    "dtype": "{}",
    "normalized_shape": "{}",
    "padding": "pad {}",
    "stride": "stride {}",
    "scale_factor": "scale {}",
    "upscale_factor": "scale {}",
    "downscale_factor": "scale 1/{}",
    "groups": "{} groups",
    "num_parameters": "{} slopes",
    "negative_slope": "slope {}",
}
"""Parameters whose value says more than their name."""

_CROSSED = frozenset({"kernel_size", "output_size", "shape", "normalized_shape"})
"""Parameters that are lengths of axes, written 3×3."""

_ALWAYS = 2
"""How many of a layer's main parameters are shown even where they have their default."""


def shape_text(spec: TensorSpec | None) -> str:
    """A shape as a card shows it: `N × 32 × 8 × 8`, with the element type where it is not float32."""
    if spec is None:
        return "–"
    text = " × ".join(str(dim) for dim in spec.shape)
    return text if spec.dtype == "float32" else f"{text}  {spec.dtype}"


def wire_text(spec: TensorSpec | None) -> str:
    """A shape in little room, as a wire carries it."""
    return "" if spec is None else "×".join(str(dim) for dim in spec.shape)


def plain_message(text: str) -> str:
    """A message of the checks with names in quotation marks instead of backticks."""
    return _QUOTED.sub("‘\\1’", text)


def value_text(value: Value) -> str:
    """A parameter's value as a person writes it."""
    if isinstance(value, tuple):
        return ", ".join(value_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return f"{value:g}" if isinstance(value, float) else str(value)


def params_parts(layer: type[Layer], params: Mapping[str, Value]) -> Parts:
    """The parameters that matter, in words that make one line: `32 filters · 3×3 · pad 1`.

    Args:
        layer: the node's kind.
        params: the node's parameters; those missing have their defaults, expressions are shown as they stand.
    """
    declared = {param.name: param for param in layer.params()}
    parts = []
    for index, name in enumerate(layer.main):
        param = declared.get(name)
        if param is None:
            continue
        value = params.get(name, param.default)
        if (index < _ALWAYS or value != param.default) and value not in (None, ()):
            parts.append((name, _phrase(param, value)))
    return tuple(parts)


def more_params_text(layer: type[Layer], params: Mapping[str, Value]) -> str:
    """The parameters that are not among the main ones, in one line, those at their defaults last."""
    others = [param for param in layer.params() if param.name not in layer.main]
    set_here = [_phrase(param, params[param.name]) for param in others if param.name in params]
    rest = [phrase for name, phrase in _default_phrases(layer) if name not in params]
    return BETWEEN.join((*set_here, *rest))


def _default_phrases(layer: type[Layer]) -> tuple[tuple[str, str], ...]:
    """The parameters of a layer that are not among its main ones, at their defaults; the same for all its nodes."""
    if layer not in _DEFAULTS:
        others = (param for param in layer.params() if param.name not in layer.main)
        _DEFAULTS[layer] = tuple((param.name, _phrase(param, param.default)) for param in others)
    return _DEFAULTS[layer]


_DEFAULTS: dict[type[Layer], tuple[tuple[str, str], ...]] = {}


def _phrase(param: Param, value: Value) -> str:
    if param.type == "bool":
        return param.name if value else f"no {param.name}"
    text = _crossed(param, value) if param.name in _CROSSED else value_text(value)
    phrase = _PHRASES.get(param.name, f"{param.name} {{}}")
    return phrase.removesuffix("s").format(text) if text == "1" else phrase.format(text)


def _crossed(param: Param, value: Value) -> str:
    if isinstance(value, tuple):
        return "×".join(value_text(item) for item in value)
    return "×".join([value_text(value)] * max(1, param.axes))
