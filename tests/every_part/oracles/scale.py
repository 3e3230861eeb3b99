"""Layers that change the size of features."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor


def _scaled(params: dict[str, Any], x: Tensor) -> Tensor:
    return (x.movedim(params["dim"], -1) * torch.tensor(params["init_value"])).movedim(-1, params["dim"])


OWN: Mapping[str, Callable[..., Any]] = {"LayerScale": _scaled}
