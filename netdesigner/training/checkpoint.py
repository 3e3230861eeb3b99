"""Checkpoints on the disk: tensors as safetensors, the rest as JSON, never a pickle.

A checkpoint is a folder with `model.safetensors` (weights under their names in the network), `state.json`, and, where
training can go on from it, `optimizer.safetensors` (state of the optimizer and of the random generators). It is
written beside its place and moved there when it is whole, so a crash or a full disk leaves the one before.
"""

from __future__ import annotations

import errno
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from netdesigner.document.atomic import lacks_space, make_atomically, sync_folder, write_atomically
from netdesigner.errors import FileError, TrainingError

__all__ = [
    "MODEL_FILE",
    "Saved",
    "fill",
    "find",
    "optimizer_state",
    "read",
    "renumbered",
    "restore_optimizer",
    "tensors_of",
    "trained_names",
    "weights_of",
    "write",
]

MODEL_FILE = "model.safetensors"
_REST_FILE = "optimizer.safetensors"
_STATE_FILE = "state.json"
_LARGEST_JSON = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Saved:
    """What a checkpoint holds.

    Attributes:
        weights: parameters and buffers by name, on the processor.
        state: where training stood, as JSON values.
        tensors: what else is made of tensors; empty where training cannot go on from it.
    """

    weights: Mapping[str, Tensor]
    state: Mapping[str, Any]
    tensors: Mapping[str, Tensor] = field(default_factory=dict)


def folder_of(run: Path, which: str) -> Path:
    """Where a run keeps its "best" or "last" checkpoint."""
    return run / f"checkpoint-{which}"


def find(run: Path, which: str) -> Path | None:
    """The folder of a run's checkpoint, or None. One that was being replaced when the program died is found too."""
    folder = folder_of(run, which)
    return next(
        (found for found in (folder, _beside(folder, "old")) if (found / _STATE_FILE).is_file()), None
    )


def _beside(folder: Path, what: str) -> Path:
    return folder.with_name(f".{folder.name}.{what}")


# ------------------------------------------------------------------------------------------------------------ writing


def write(folder: Path, saved: Saved) -> None:
    """Writes a checkpoint in the place of the one before.

    Raises:
        FileError: it could not be written; the one before is unchanged.
    """
    new = _beside(folder, "new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        _refuse_full_disk(new, saved)
        _write_files(new, saved)
        _replace(folder, new)
    except (OSError, SafetensorError, FileError) as error:
        shutil.rmtree(new, ignore_errors=True)
        raise FileError(
            folder, f"the checkpoint was not saved ({_why(error)}); the one before is kept"
        ) from None


def _why(error: Exception) -> str:
    if isinstance(error, FileError):  # of one of its files; what to do about a checkpoint is something else
        return error.reason.removeprefix("not saved: ").partition(";")[0]
    return str(getattr(error, "strerror", None) or error)


def _refuse_full_disk(folder: Path, saved: Saved) -> None:
    if lacks_space(folder, _bytes_of(saved.weights) + _bytes_of(saved.tensors)):
        raise OSError(errno.ENOSPC, "the disk is full")


def _bytes_of(tensors: Mapping[str, Tensor]) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def _write_files(folder: Path, saved: Saved) -> None:
    _write_tensors(folder / MODEL_FILE, saved.weights)
    if saved.tensors:
        _write_tensors(folder / _REST_FILE, saved.tensors)
    text = json.dumps(saved.state, allow_nan=False)
    write_atomically(folder / _STATE_FILE, (text + "\n").encode("utf-8"))


def _write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes tensors without a second copy of them in memory, and reads each of them back."""
    wanted = _own_storage(tensors)

    def check(written: Path) -> None:
        with safe_open(written, "pt") as found:
            for name, tensor in wanted.items():
                if not torch.equal(_bits(found.get_tensor(name)), _bits(tensor)):
                    raise OSError(errno.EIO, "the disk did not keep what was written")

    make_atomically(path, lambda new: save_file(wanted, new), check, _bytes_of(wanted))


def _bits(tensor: Tensor) -> Tensor:
    """The bytes of a tensor, so that NaN equals itself."""
    return tensor.reshape(-1).view(torch.uint8)


def _own_storage(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Tensors as the format wants them: on the processor, contiguous, none sharing memory with another."""
    found: dict[str, Tensor] = {}
    seen: set[int] = set()
    for name, tensor in tensors.items():
        plain = tensor.detach().cpu().contiguous()
        place = plain.untyped_storage().data_ptr()
        if place in seen or plain.untyped_storage().nbytes() != plain.numel() * plain.element_size():
            plain = plain.clone()
        seen.add(place)
        found[name] = plain
    return found


def _replace(folder: Path, new: Path) -> None:
    old = _beside(folder, "old")
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
    new.rename(folder)
    sync_folder(folder.parent)
    shutil.rmtree(old, ignore_errors=True)


# ------------------------------------------------------------------------------------------------------------ reading


def read(folder: Path, weights_only: bool = False) -> Saved:
    """Reads a checkpoint.

    Args:
        folder: the checkpoint's.
        weights_only: leave out what only training needs.

    Raises:
        FileError: it is missing or damaged.
    """
    try:
        if (folder / _STATE_FILE).stat().st_size > _LARGEST_JSON:
            raise ValueError("its state is too large")
        state = json.loads((folder / _STATE_FILE).read_text(encoding="utf-8"))
        if not isinstance(state, dict):
            raise ValueError("its state is no object")
        weights = load_file(folder / MODEL_FILE)
        rest = folder / _REST_FILE
        return Saved(weights, state, load_file(rest) if rest.exists() and not weights_only else {})
    except OSError as error:
        raise FileError(folder, f"the checkpoint cannot be read: {error.strerror or error}") from None
    except (SafetensorError, ValueError, RecursionError) as error:
        raise FileError(folder, f"the checkpoint is damaged: {error}") from None


# ------------------------------------------------------------------------------------------------------------- weights


def weights_of(networks: Mapping[str, nn.Module]) -> dict[str, Tensor]:
    """Parameters and buffers by name; where there are several networks, `ROLE.` comes first."""
    return {name: tensor.detach() for name, tensor in tensors_of(networks, networks).items()}


def tensors_of(networks: Mapping[str, nn.Module], roles: Iterable[str]) -> dict[str, Tensor]:
    """Parameters and buffers of some of the networks, named as in `weights_of`, as they stand in them."""
    prefixes = {role: f"{role}." if len(networks) > 1 else "" for role in networks}
    return {
        prefixes[role] + name: t
        for role in roles
        for name, t in networks[role].state_dict(keep_vars=True).items()
    }


def fill(networks: Mapping[str, nn.Module], weights: Mapping[str, Tensor]) -> None:
    """Copies weights into networks.

    Raises:
        TrainingError: they are those of other networks; names the first that differs. Nothing was copied.
    """
    wanted = weights_of(networks)
    for name, tensor in wanted.items():
        given = weights.get(name)
        if given is None:
            raise TrainingError(
                f"the checkpoint has no '{name}': the network was changed since", node=_owner(name)
            )
        if given.shape != tensor.shape or given.dtype != tensor.dtype:
            now, then = list(tensor.shape), list(given.shape)
            raise TrainingError(
                f"'{name}' is {now} {tensor.dtype} now and {then} {given.dtype} in the checkpoint: the network was "
                "changed since",
                node=_owner(name),
            )
    extra = next((name for name in weights if name not in wanted), None)
    if extra is not None:
        raise TrainingError(
            f"the checkpoint has '{extra}', which the network no longer has", node=_owner(extra)
        )
    with torch.no_grad():
        for name, tensor in wanted.items():
            tensor.copy_(weights[name])


def _owner(name: str) -> str:
    return name.rpartition(".")[0]


# ----------------------------------------------------------------------------------------------------------- optimizer


def trained_names(networks: Mapping[str, nn.Module], parameters: Sequence[Tensor]) -> list[str]:
    """The names of the weights that an optimizer changes, in its order."""
    prefixes = {role: f"{role}." if len(networks) > 1 else "" for role in networks}
    names = {
        id(tensor): prefixes[role] + name
        for role, module in networks.items()
        for name, tensor in module.named_parameters()
    }
    return [names[id(parameter)] for parameter in parameters]


def renumbered(saved: Saved, trained: Sequence[str]) -> Saved:
    """A checkpoint whose optimizer remembers weights by the numbers that they have now.

    Args:
        saved: it numbers those that were trained when it was taken, and has their names as `trained`.
        trained: the names of those that are trained now.
    """
    before = saved.state.get("trained", trained)
    if before == trained:
        return saved
    now = {name: str(number) for number, name in enumerate(trained)}
    numbers = {str(number): now[name] for number, name in enumerate(before) if name in now}
    tensors: dict[str, Tensor] = {}
    for key, tensor in saved.tensors.items():
        head, number, *rest = key.split(".", 2)
        if head not in ("optimizer", "gradient"):
            tensors[key] = tensor
        elif number in numbers:
            tensors[".".join([head, numbers[number], *rest])] = tensor
    remembered = {numbers[n]: values for n, values in saved.state["remembered"].items() if n in numbers}
    return Saved(saved.weights, {**saved.state, "remembered": remembered}, tensors)


def optimizer_state(
    optimizers: Sequence[torch.optim.Optimizer],
) -> tuple[dict[str, Tensor], dict[str, dict[str, Any]]]:
    """What optimizers remember: tensors by `optimizer.INDEX.NAME`, and the plain values by index and name.

    The weights are counted through, from the first optimizer to the last.
    """
    tensors: dict[str, Tensor] = {}
    plain: dict[str, dict[str, Any]] = {}
    for start, optimizer in _counted_through(optimizers):
        for index, values in optimizer.state_dict()["state"].items():
            kept = plain.setdefault(str(start + index), {})
            for name, value in values.items():
                if isinstance(value, Tensor):
                    tensors[f"optimizer.{start + index}.{name}"] = value
                else:
                    kept[name] = value
    return tensors, plain


def _counted_through(
    optimizers: Sequence[torch.optim.Optimizer],
) -> Iterator[tuple[int, torch.optim.Optimizer]]:
    """Optimizers with the number of the first weight of each."""
    start = 0
    for optimizer in optimizers:
        yield start, optimizer
        start += _weights_in(optimizer)


def _weights_in(optimizer: torch.optim.Optimizer) -> int:
    return sum(len(group["params"]) for group in optimizer.param_groups)


def restore_optimizer(
    optimizers: Sequence[torch.optim.Optimizer],
    tensors: Mapping[str, Tensor],
    plain: Mapping[str, Mapping[str, Any]],
) -> None:
    """Gives optimizers back what they remembered; their own settings, such as the learning rate, are left alone.

    Raises:
        TrainingError: it is the memory of others.
    """
    state: dict[int, dict[str, Any]] = {int(index): dict(values) for index, values in plain.items()}
    for key, tensor in tensors.items():
        head, index, name = key.split(".", 2) if key.count(".") >= 2 else ("", "", "")
        if head == "optimizer" and index.isdigit():
            state.setdefault(int(index), {})[name] = tensor
    if any(index >= sum(map(_weights_in, optimizers)) for index in state):
        raise TrainingError("the checkpoint's optimizer belongs to a network with more parameters")
    for start, optimizer in _counted_through(optimizers):
        numbers = range(start, start + _weights_in(optimizer))
        own = {index - start: values for index, values in state.items() if index in numbers}
        optimizer.load_state_dict({**optimizer.state_dict(), "state": own})
