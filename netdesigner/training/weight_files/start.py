"""Networks that begin with weights from a file: what fits by name and shape is taken, and the rest is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.errors import TrainingError
from netdesigner.training.checkpoint import weights_of
from netdesigner.training.weight_files.opened import WeightFile, open_weights

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["start_from"]

_WRAPPERS = ("module.", "_orig_mod.", "model.")
"""What others put before every name, where a network was wrapped in another when it was saved."""
_NAMED = 3


def start_from(networks: Mapping[str, nn.Module], path: Path) -> str:
    """Copies the weights of a file that fit into networks.

    Args:
        networks: by role, as training made them.
        path: a file of weights or the folder of a run.

    Returns:
        What was taken, what was not and why, in a line.

    Raises:
        WeightFileError: the file cannot be used.
        TrainingError: nothing in it fits; nothing was changed.
    """
    import torch

    wanted = weights_of(networks)
    with open_weights(path) as file, torch.no_grad():
        names = _named_alike(wanted, file)
        taken: list[str] = []
        others: list[str] = []
        for name, tensor in wanted.items():
            held = names.get(name)
            if held is None:
                continue
            found = file.read(held) if file.shapes[held] == tuple(tensor.shape) else None
            if found is None or found.is_floating_point() != tensor.is_floating_point():
                others.append(f"{name} ({_shape(file.shapes[held])} there, {_shape(tensor.shape)} here)")
            else:
                tensor.copy_(found)
                taken.append(name)
        if not taken:
            raise TrainingError(_why_nothing_fits(wanted, file, others))
        fresh = [name for name in wanted if name not in names]
        used = set(names.values())
        unused = [name for name in file.shapes if name not in used]
    told = [f"{path.name}: {len(taken):,} of {len(wanted):,} weights start with the values of the file"]
    told += _listed(others, "of another shape")
    told += _listed(fresh, "not in the file")
    told += _listed(unused, "in the file only")
    return "; ".join(told)


def _named_alike(wanted: Mapping[str, Tensor], file: WeightFile) -> dict[str, str]:
    """By the name here, the name in the file; a word before all of its names is left out where none fits with it."""
    plain = {name: name for name in file.shapes}
    wrapped = ({name.removeprefix(word): name for name in file.shapes} for word in _WRAPPERS)
    for names in (plain, *wrapped):
        found = {name: names[name] for name in wanted if name in names}
        if found:
            return found
    return {}


def _why_nothing_fits(wanted: Mapping[str, Tensor], file: WeightFile, others: Sequence[str]) -> str:
    if others:
        return f"{file.path}: no weight of the file fits: {_few(others)}"
    here = [f"{name} {_shape(tensor.shape)}" for name, tensor in wanted.items()]
    there = [f"{name} {_shape(shape)}" for name, shape in file.shapes.items()]
    return (
        f"{file.path}: no weight of the file has the name of one of the network; "
        f"there: {_few(there) or 'none'}; here: {_few(here) or 'none'}"
    )


def _listed(names: Sequence[str], why: str) -> list[str]:
    return [f"{len(names):,} {why}: {_few(names)}"] if names else []


def _few(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(_short(name) for name in names[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:77]}..."


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "one number"
