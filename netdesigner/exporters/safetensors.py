"""The weights alone, in the format that no reader can be made to run code by."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from netdesigner.compiler.agreement import largest_difference, results_of, trials_of
from netdesigner.compiler.compile import compile_design
from netdesigner.compiler.passport import passport_of
from netdesigner.compiler.weights import read_weights, weights_of
from netdesigner.document.atomic import refuse_if_unwritable, write_atomically
from netdesigner.errors import ExportError
from netdesigner.parts.dataset import Progress, no_progress
from netdesigner.parts.exporter import Exporter, Model, Proof

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["Safetensors"]


class Safetensors(Exporter):
    """Weights under the names of their nodes, to be loaded into the design again or into any PyTorch module.

    The header says under `netdesigner.…` which design they belong to, what the network takes and gives, how inputs
    are scaled and what the classes are called.

    Source: the safetensors format, version 0.3 and later.
    """

    kind: ClassVar[str] = "safetensors"
    title: ClassVar[str] = "Weights (safetensors)"
    suffix: ClassVar[str] = ".safetensors"

    def write(self, model: Model, path: Path, progress: Progress = no_progress) -> Proof:
        """Writes the weights; they are equal to the bit, and a network made afresh gives the same numbers with them."""
        refuse_if_unwritable(path)
        progress(0.0, "collecting the weights")
        data = weights_of(model.module, passport_of(model))
        progress(0.3, "comparing")
        proof = _proof(model, read_weights(data))
        progress(0.8, "writing")
        write_atomically(path, data)
        progress(1.0, "done")
        return proof


def _proof(model: Model, found: dict[str, Tensor]) -> Proof:
    """Loads the weights into a network that is made afresh from the design."""
    _refuse_other_bits(model.module, found)
    fresh = compile_design(model.design, model.catalog, model.network)
    fresh.module.load_state_dict(found)
    trials = trials_of(fresh.trace)
    worst = max(largest_difference(results_of(model.module, x), results_of(fresh.module, x)) for x in trials)
    if worst > 0:
        raise ExportError(
            f"not written: a network with these weights gives other numbers, by up to {worst:.2g}"
        )
    shapes = tuple(tuple(tensor.shape) for inputs in trials for tensor in inputs)
    return Proof(True, worst, shapes, 0.0, (f"{len(found)} tensors are equal to the bit",))


def _refuse_other_bits(module: nn.Module, found: dict[str, Tensor]) -> None:
    import torch

    wanted = {name: tensor.detach().cpu() for name, tensor in module.state_dict().items()}
    if wanted.keys() != found.keys():
        raise ExportError("not written: the weights that were read back have other names")
    for name, tensor in wanted.items():
        same = tensor.dtype == found[name].dtype and tensor.shape == found[name].shape
        if not same or not torch.equal(_bits(tensor), _bits(found[name])):
            raise ExportError(f"not written: {name} was read back with other numbers")


def _bits(tensor: Tensor) -> Tensor:
    """The bytes of a tensor, so that NaN equals itself and 0 differs from -0."""
    import torch

    return tensor.contiguous().reshape(-1).view(torch.uint8)
