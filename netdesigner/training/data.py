"""From raw samples to what a network is trained on: split, scaled, and cut into batches.

The split is random with a seed of its own and keeps the share of each class where every class has enough samples. Of
samples that follow one another each part is a stretch of whole groups, and the seed chooses where it begins, or the
test is the last. The numbers for scaling come from the training part alone, so nothing of the held-out parts leaks into
training. Targets that go on where the inputs end are scaled as these are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from netdesigner.errors import TrainingError
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import Dataset, DataSpec, Samples
from netdesigner.training.device import free_bytes

__all__ = ["Batches", "Pair", "Prepared", "chances", "prepare", "scale", "split", "unscale"]

PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Samples ready for training, on the processor.

    Attributes:
        train, validation, test: the parts; the last two may be empty.
        spec: what samples look like, with the unit of targets that are scaled.
        scaling: "shift" and "scale" lists and the "axis" they run along: input = (raw - shift) / scale; empty where
            the raw inputs are used.
        indices: for each part, the rows of the source it is made of.
        source: the fingerprint of the data set as the samples were read.
        digest: a text that tells the samples from any others, wherever they lie.
    """

    train: Pair
    validation: Pair
    test: Pair
    spec: DataSpec
    scaling: Mapping[str, Any] = field(default_factory=dict)
    indices: Mapping[str, np.ndarray] = field(default_factory=dict)
    source: Mapping[str, str | int] = field(default_factory=dict)
    digest: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many samples each part has."""
        return {name: len(getattr(self, name).target) for name in PARTS}


def prepare(dataset: Dataset, samples: Samples) -> Prepared:
    """Splits and scales samples as their data set says.

    Raises:
        ParameterError: nothing would be left to train on.
        TrainingError: a number among the samples is not finite.
    """
    indices = split(samples, dataset)
    _refuse_not_finite(samples)
    scaling: dict[str, Any] = {}
    inputs = samples.input
    if dataset.normalize != "none" and np.issubdtype(inputs.dtype, np.floating):
        scaling = _scaling_of(inputs[indices["train"]], dataset.normalize, _axis_of(samples.spec, dataset))
    spec = samples.spec.scaled_by(scaling)
    alike = {**scaling, **spec.unit._asdict()} if spec.unit is not None else {}
    pairs = {}
    for name, rows in indices.items():
        source, target = scale(inputs[rows], scaling), scale(samples.target[rows], alike)
        pairs[name] = Pair(torch.from_numpy(source), torch.from_numpy(target))
    in_order = pairs["train"], pairs["validation"], pairs["test"]
    return Prepared(*in_order, spec, scaling, indices, samples.source, _digest_of(samples))


def _digest_of(samples: Samples) -> str:
    found = hashlib.sha256()
    for values in (samples.input, samples.target):
        found.update(f"{values.dtype} {values.shape}".encode())
        found.update(np.ascontiguousarray(values).data)
    found.update("\n".join(samples.spec.classes).encode())
    return found.hexdigest()


# ---------------------------------------------------------------------------------------------------------- splitting


def split(samples: Samples, dataset: Dataset) -> dict[str, np.ndarray]:
    """The rows of each part, in ascending order.

    Args:
        samples: what is split.
        dataset: says how large the parts are, and the seed of the random choice.

    Raises:
        ParameterError: nothing would be left to train on.
    """
    count = len(samples.target)
    sizes = dataset.shares(count)
    if dataset.continuous:
        return _stretches(sizes, count, dataset)
    classes = (
        samples.target
        if samples.target.ndim == 1 and np.issubdtype(samples.target.dtype, np.integer)
        else None
    )
    rows, found = np.arange(count), {}
    for number, name in enumerate(("test", "validation")):
        rows, found[name] = _carve(rows, sizes[name], classes, dataset.split_seed + number)
    return {"train": rows, "validation": found["validation"], "test": found["test"]}


def _stretches(sizes: Mapping[str, int], count: int, dataset: Dataset) -> dict[str, np.ndarray]:
    """The rows of each part as one stretch of a ring: the end of the samples goes on at their beginning.

    Args:
        sizes: how many rows each part has.
        count: how many there are.
        dataset: says where the stretches begin, the first row of a group, and how far apart they are.
    """
    ring = np.roll(np.arange(count), 0 if dataset.ordered else dataset.turn(count))
    found, start = {}, 0
    for name in PARTS:
        found[name] = np.sort(ring[start : start + sizes[name]])
        start += sizes[name] + (dataset.apart if sizes[name] else 0)
    return found


def _carve(
    rows: np.ndarray, size: int, classes: np.ndarray | None, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """What is left of the rows, and as many of them as wanted."""
    from sklearn.model_selection import train_test_split

    if size == 0:
        return rows, rows[:0]
    labels = None if classes is None else classes[rows]
    if labels is not None:
        each = np.unique(labels, return_counts=True)[1]
        if each.min() < 2 or min(size, len(rows) - size) < len(each):
            labels = None
    rest, taken = train_test_split(rows, test_size=size, random_state=seed, stratify=labels)
    return np.sort(rest), np.sort(taken)


def _refuse_not_finite(samples: Samples) -> None:
    for what, values, names in (
        ("input", samples.input, samples.spec.features),
        ("target", samples.target, samples.spec.targets),
    ):
        if not np.issubdtype(values.dtype, np.floating) or np.isfinite(values).all():
            continue
        place = np.argwhere(~np.isfinite(values))[0]
        column = (
            f" in column '{names[place[1]]}'" if values.ndim == 2 and len(names) == values.shape[1] else ""
        )
        raise TrainingError(
            f"sample {place[0] + 1} has no usable number{column}: its {what} holds {values[tuple(place)]}",
            advice=("Fill in or remove what is missing in the data.",),
        )


# ------------------------------------------------------------------------------------------------------------ scaling


def _axis_of(spec: DataSpec, dataset: Dataset) -> int | None:
    """The axis of channels or columns; None where all numbers are scaled alike."""
    rank = spec.input.rank
    if rank == 3 and not dataset.signals:
        return None if dataset.images else 2
    return 1 if rank > 1 else None


def _scaling_of(values: np.ndarray, how: str, axis: int | None) -> dict[str, Any]:
    """Shift and scale of each channel or column, rounded to what a float32 holds; what is constant keeps its scale."""
    others = tuple(a for a in range(values.ndim) if a != axis)
    if how == "minmax":
        shift = values.min(axis=others).astype(np.float64)
        width = values.max(axis=others) - shift
    else:
        shift = values.mean(axis=others, dtype=np.float64)
        width = values.std(axis=others, dtype=np.float64)
    tiny = np.finfo(np.float32).eps * np.maximum(np.abs(shift), 1e-30)
    width = np.where(width > tiny, width, 1.0)
    return {
        "shift": [float(v) for v in np.atleast_1d(shift).astype(np.float32)],
        "scale": [float(v) for v in np.atleast_1d(width).astype(np.float32)],
        "axis": 1 if axis is None else axis,
    }


def scale(values: np.ndarray, scaling: Mapping[str, Any]) -> np.ndarray:
    """Raw numbers as the network gets them: (raw - shift) / scale.

    Args:
        values: raw inputs or targets, first axis the samples.
        scaling: as `Prepared.scaling`.
    """
    if not scaling:
        return np.ascontiguousarray(values)
    shift, width = _along(scaling, values.ndim)
    return np.ascontiguousarray((values - shift) / width, dtype=np.float32)


def unscale(values: np.ndarray, scaling: Mapping[str, Any]) -> np.ndarray:
    """Raw inputs of those that the network gets: what `scale` undoes; arguments as there."""
    if not scaling:
        return values
    shift, width = _along(scaling, values.ndim)
    found: np.ndarray = values * width + shift
    return found


def _along(scaling: Mapping[str, Any], rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Shift and scale with so many axes, along the one that they belong to."""
    shape = [1] * rank
    if len(scaling["shift"]) > 1:
        shape[scaling["axis"]] = len(scaling["shift"])
    shift, width = (np.asarray(scaling[name], np.float32).reshape(shape) for name in ("shift", "scale"))
    return shift, width


# ----------------------------------------------------------------------------------------------------------- batching

_MOST_DRAWN = 2**24
"""From so many samples at most torch can draw with replacement."""


def chances(target: Tensor, spec: DataSpec) -> Tensor:
    """How likely each sample is to be drawn so that every class comes equally often, [N], up to a factor.

    Args:
        target: [N] class numbers.
        spec: what samples look like.

    Raises:
        TrainingError: samples have not one class each, or there are too many.
    """
    if not spec.one_class_each or len(target) > _MOST_DRAWN:
        why = "there are more" if spec.one_class_each else "the targets are no classes"
        raise TrainingError(
            f"balanced sampling takes at most {_MOST_DRAWN:,} samples with one class each, and {why}",
            advice=("Set sampling to shuffled.",),
        )
    return (1.0 / torch.bincount(target).double())[target]


class Batches:
    """A part cut into batches by slicing its tensors, which for data in memory is much faster than a DataLoader.

    The part is kept on the device where it takes at most a quarter of the free memory there; else each batch travels.

    Args:
        pair: the samples.
        size: samples in a batch; the last one may be smaller.
        device: where batches are wanted.
        chances: [N], how likely each sample is to be drawn; None: each comes once in an epoch.
    """

    def __init__(self, pair: Pair, size: int, device: torch.device, chances: Tensor | None = None) -> None:
        self.size = size
        self._chances = chances
        self.device = device
        taken = sum(tensor.numel() * tensor.element_size() for tensor in (pair.input, pair.target))
        stays = device.type == "cuda" and taken > free_bytes(device) // 4
        self.pair = pair if stays else Pair(pair.input.to(device), pair.target.to(device))
        self.samples = len(pair.target)

    def __len__(self) -> int:
        """Batches in a shuffled epoch; a single sample left over sits one out, for norms cannot learn from it."""
        full, rest = divmod(self.samples, self.size)
        return full + (rest > 1 or (rest == 1 and full == 0))

    def __iter__(self) -> Iterator[Pair]:
        """All samples in order, the last batch being what is left."""
        for start in range(0, self.samples, self.size):
            rows = slice(start, start + self.size)
            yield self._to_device(Pair(self.pair.input[rows], self.pair.target[rows]))

    def shuffled(self, generator: torch.Generator, start: int = 0) -> Iterator[Pair]:
        """The batches of an epoch in random order, or of as many samples drawn with replacement.

        Args:
            generator: decides the order; used once.
            start: how many batches to leave out at the beginning.
        """
        order = self._order(generator).to(self.pair.target.device)
        source, target = self.pair.input, self.pair.target
        for rows in torch.split(order, self.size)[start : len(self)]:
            yield self._to_device(Pair(source.index_select(0, rows), target.index_select(0, rows)))

    def _order(self, generator: torch.Generator) -> Tensor:
        if self._chances is None:
            return torch.randperm(self.samples, generator=generator)
        return torch.multinomial(self._chances, self.samples, replacement=True, generator=generator)

    def size_of(self, batch: int) -> int:
        """How many samples a batch of a shuffled epoch has."""
        return min(self.size, self.samples - batch * self.size)

    def _to_device(self, pair: Pair) -> Pair:
        if pair.target.device.type == self.device.type:
            return pair
        return Pair(
            pair.input.to(self.device, non_blocking=True), pair.target.to(self.device, non_blocking=True)
        )
