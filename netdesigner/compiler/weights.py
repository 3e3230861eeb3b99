"""A network's weights as the bytes of a safetensors file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from netdesigner.errors import ExportError

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["read_weights", "weights_of"]


def weights_of(module: nn.Module, about: Mapping[str, str] | None = None) -> bytes:
    """Every parameter and buffer under its name, such as `encoder.0.attention.in_proj_weight`.

    Weights that several nodes use stand there under each of their names, so that any reader finds them.

    Args:
        module: the network, on any device.
        about: texts for the file's header.
    """
    from safetensors.torch import save

    tensors: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in module.state_dict().items():
        plain = tensor.detach().cpu().contiguous()
        tensors[name] = plain.clone() if plain.data_ptr() in seen else plain
        seen.add(plain.data_ptr())
    return bytes(save(tensors, dict(about) if about else None))


def read_weights(data: bytes) -> dict[str, Tensor]:
    """The tensors of a safetensors file.

    Raises:
        ExportError: the bytes are no such file.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        return load(data)
    except SafetensorError as error:
        raise ExportError(f"the weights cannot be read back: {error}") from None
