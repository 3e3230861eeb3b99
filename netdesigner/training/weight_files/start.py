"""Networks that begin with weights from a file: what fits by name and shape is taken, and the rest is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.errors import TrainingError
from netdesigner.training.checkpoint import weights_of
from netdesigner.training.weight_files.opened import open_weights
from netdesigner.training.weight_files.weight_file import WeightFile

if TYPE_CHECKING:
    from torch import Tensor, nn

__all__ = ["start_from"]

_NAMED, _MOST_KEPT = 3, 12


class _Match(NamedTuple):
    """Which weights here may go with which in the file.

    Attributes:
        role: of the only network that takes part; "" where all do.
        wanted: the weights here that take part, by name.
        there: the names in the file by those that they may go by here.
    """

    role: str
    wanted: Mapping[str, Tensor]
    there: Mapping[str, str]


def start_from(networks: Mapping[str, nn.Module], path: Path, *, whole: bool = False) -> str:
    """Copies the weights of a file that fit into networks.

    A word before all names in the file, such as that of the network in a run of several, may be missing here; and where
    the file has the weights of a single network, one of several takes them. What fits most is taken.

    Args:
        networks: by role, as training made them.
        path: a file of weights or the folder of a run.
        whole: whether nothing may be missing.

    Returns:
        What was taken, what was not and why, in a line.

    Raises:
        WeightFileError: the file cannot be used.
        TrainingError: nothing in it fits, or not all where nothing may be missing.
    """
    import torch

    with open_weights(path) as file, torch.no_grad():
        role, wanted, there = _best_match(networks, file)
        wanted = {name: tensor for name, tensor in wanted.items() if name in there or not _counts(name)}
        names = {name: there[name] for name in wanted if name in there}
        scaled = [name for name, held in names.items() if held in file.scaled]
        names = {name: held for name, held in names.items() if held not in file.scaled}
        taken, others = [], []
        for name, held in names.items():
            tensor, shape = wanted[name], file.shapes[held]
            found = file.read(held) if shape == tuple(tensor.shape) else None
            if found is None or found.is_floating_point() != tensor.is_floating_point():
                others.append(f"{name} ({_shape(shape)} there, {_shape(tensor.shape)} here)")
            else:
                tensor.copy_(found)
                taken.append(name)
        if not taken:
            raise TrainingError(_why_nothing_fits(wanted, file, others))
        fresh = [name for name in wanted if name not in there]
        used = set(names.values())
        unused = [name for name in file.shapes if name not in used and name not in file.scaled]
    lacking = [
        *_listed(others, "of another shape"),
        *_listed(fresh, "not in the file"),
        *_listed(scaled, "left out, since a norm was folded into them when the file was made"),
    ]
    if path.suffix.lower() == ".onnx" and any(name.endswith(".running_var") for name in fresh):
        lacking.append("norms that an ONNX file lacks may have been folded into the layers before them")
    if whole and lacking:
        raise TrainingError("; ".join([f"{path}: some weights cannot start with its values", *lacking]))
    of = f" of '{role}'" if role else ""
    told = f"{path.name}: {len(taken):,} of {len(wanted):,} weights{of} start with the values of the file"
    if len(taken) < len(wanted):
        told += f": {_few([*dict.fromkeys(map(_module, taken))], _MOST_KEPT)}"
    return "; ".join([told, *lacking, *_listed(unused, "in the file only")])


def _best_match(networks: Mapping[str, nn.Module], file: WeightFile) -> _Match:
    """The match in which most weights have the same shape; the plainest of several that are as good."""

    def fitting(match: _Match) -> tuple[int, int]:
        common = match.wanted.keys() & match.there.keys()
        same = (file.shapes[match.there[name]] == tuple(match.wanted[name].shape) for name in common)
        return sum(same), len(common)

    return max(_matches(networks, file), key=fitting)


def _matches(networks: Mapping[str, nn.Module], file: WeightFile) -> Iterator[_Match]:
    """Names as they are, and without the word of a network or of what it was wrapped in, there or here."""
    there: dict[str, dict[str, str]] = {"": {name: name for name in file.shapes}}
    for name in file.shapes:
        word, _, rest = name.partition(".")
        there.setdefault(word, {})[rest] = name
    # Behind the word of a network stand a node and its weight; behind that of a node only the weight.
    all_have_one = len(there) == 2
    known = [n for word, n in there.items() if not word or all_have_one or any("." in rest for rest in n)]
    here = {"": weights_of(networks)}
    if len(networks) > 1:
        here |= {role: weights_of({role: module}) for role, module in networks.items()}
    return (_Match(role, wanted, names) for role, wanted in here.items() for names in known)


def _counts(name: str) -> bool:
    """Whether it is how many batches a norm has seen, which is no weight and for which ONNX has no place."""
    return name.rpartition(".")[2] == "num_batches_tracked"


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


def _few(names: Sequence[str], most: int = _NAMED) -> str:
    more = len(names) - most
    return ", ".join(_short(name) for name in names[:most]) + (f" and {more:,} more" if more > 0 else "")


def _module(name: str) -> str:
    """What a weight belongs to."""
    return name.rpartition(".")[0] or name


def _short(name: str) -> str:
    return name if len(name) <= 80 else f"{name[:77]}..."


def _shape(shape: Sequence[int]) -> str:
    return "×".join(map(str, shape)) or "one number"
