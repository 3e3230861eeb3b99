"""One tensor as several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from netdesigner.parts.layer import Layer
from tests.every_part.oracles import Specs

OWN: Mapping[str, Callable[..., Any]] = {
    "Split": lambda params, x: torch.split(x, list(params["split_size_or_sections"]), dim=params["dim"]),
    "Chunk": lambda params, x: torch.chunk(x, params["chunks"], dim=params["dim"]),
}


def _fewer_pieces(layer: Layer, specs: Specs, refusal: str) -> bool:
    return "there would be only" in refusal  # torch gives fewer than it is asked for


ON_PURPOSE: Mapping[str, Callable[[Layer, Specs, str], bool]] = {"Chunk": _fewer_pieces}
