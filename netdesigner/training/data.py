"""From raw samples to what a network is trained on: split, scaled, and cut into batches.

The split is random with a seed of its own and keeps the share of each class where every class has enough samples. Of
samples that follow one another each part is a stretch of whole groups, and the seed chooses where it begins, or the
test is the last. The numbers for scaling come from the training part alone, so nothing of the held-out parts leaks into
training. Targets that go on where the inputs end are scaled as these are.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from netdesigner.errors import TrainingError
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.rows import Rows, read_ahead
from netdesigner.training.device import free_bytes
from netdesigner.training.look import Moments, blocks_of, stretches_of

__all__ = ["Batches", "Pair", "Portion", "Prepared", "chances", "prepare", "scale", "split", "unscale"]

PARTS = ("train", "validation", "test")


class Portion(NamedTuple):
    """A part of the samples: inputs and targets on the processor, or such as are read when they are needed.

    Where targets are read so, inputs are too.
    """

    input: Tensor | Rows
    target: Tensor | Rows

    def take(self, rows: slice | Tensor) -> Pair:
        """Some samples."""
        return Pair(_rows_of(self.input, rows), _rows_of(self.target, rows))

    def targets(self) -> np.ndarray:
        """The targets of all samples."""
        return self.target[:] if isinstance(self.target, Rows) else self.target.numpy()

    def pairs(self) -> Iterator[Pair]:
        """All samples in order: at once where they are in memory, else some at a time."""
        if isinstance(self.input, Tensor):
            yield self.take(slice(None))
            return
        with closing(read_ahead(self.take, stretches_of(self.input))) as found:
            yield from found

    def some(self, most: int) -> Pair:
        """All samples where they are in memory, else so many at most from all over."""
        count = len(self.target)
        if isinstance(self.input, Tensor) or count <= most:
            return self.take(slice(None))
        return self.take(torch.linspace(0, count - 1, most).long())


def _rows_of(values: Tensor | Rows, rows: slice | Tensor) -> Tensor:
    if isinstance(values, Rows):
        return torch.from_numpy(values[rows.numpy() if isinstance(rows, Tensor) else rows])
    return values[rows] if isinstance(rows, slice) else values.index_select(0, rows)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Samples ready for training.

    Attributes:
        train, validation, test: the parts; the last two may be empty.
        spec: what samples look like, with the unit of targets that are scaled.
        scaling: "shift" and "scale" lists and the "axis" they run along: input = (raw - shift) / scale; empty where
            the raw inputs are used.
        indices: for each part, the rows of the source it is made of.
        source: the fingerprint of the data set as the samples were read.
        digest: a text that tells the samples from any others, wherever they lie.
    """

    train: Portion
    validation: Portion
    test: Portion
    spec: DataSpec
    scaling: Mapping[str, Any] = field(default_factory=dict)
    indices: Mapping[str, np.ndarray] = field(default_factory=dict)
    source: Mapping[str, str | int] = field(default_factory=dict)
    digest: str = ""

    @property
    def streams(self) -> bool:
        """Whether inputs are read when they are needed."""
        return isinstance(self.train.input, Rows)

    @property
    def counts(self) -> dict[str, int]:
        """How many samples each part has."""
        return {name: len(getattr(self, name).target) for name in PARTS}


def prepare(dataset: Dataset, samples: Samples, progress: Progress = no_progress) -> Prepared:
    """Splits and scales samples as their data set says.

    The samples are gone through once, some at a time, so that little memory is needed beside them and what is made of
    them; those that are read when they are needed are read once for it.

    Args:
        dataset: says how.
        samples: as it gave them.
        progress: called where samples are read.

    Raises:
        ParameterError: nothing would be left to train on.
        TrainingError: a number among the samples is not finite.
        DataError: samples that are read now cannot be.
        CancelledError: raised by `progress`.
    """
    indices = split(samples, dataset)
    _refuse_not_finite("target", samples.target, samples.spec.targets)
    axis = _axis_of(samples.spec, dataset)
    scales = dataset.normalize != "none" and np.issubdtype(samples.input.dtype, np.floating)
    moments = Moments(axis) if scales else None
    targets = (block for _, block in blocks_of(samples.target, progress))
    digest = _digest_of(samples, _looked_at(samples, moments, indices["train"], progress), targets)
    scaling = _scaling_by(moments, dataset.normalize, axis) if moments is not None else {}
    spec = samples.spec.scaled_by(scaling)
    alike = {**scaling, **spec.unit._asdict()} if spec.unit is not None else {}
    train, validation, test = (_portion(samples, indices[name], scaling, alike) for name in PARTS)
    return Prepared(train, validation, test, spec, scaling, indices, samples.source, digest)


def _portion(
    samples: Samples, rows: np.ndarray, scaling: Mapping[str, Any], alike: Mapping[str, Any]
) -> Portion:
    """The samples of some rows, scaled; the targets too where they are scaled alike."""
    return Portion(_only(samples.input, rows, scaling), _only(samples.target, rows, alike))


def _only(values: np.ndarray | Rows, rows: np.ndarray, scaling: Mapping[str, Any]) -> Tensor | Rows:
    """Some rows, scaled."""
    if isinstance(values, Rows):
        return values.only(rows, lambda found: _scaled(found, scaling))
    return torch.from_numpy(_scaled(values[rows], scaling))


def _looked_at(
    samples: Samples, moments: Moments | None, train: np.ndarray, progress: Progress
) -> Iterator[np.ndarray]:
    """All inputs in blocks, each of which is checked, and of which those to train on are added to the moments."""
    learned = np.zeros(len(samples.input), bool)
    learned[train] = True
    for start, block in blocks_of(samples.input, progress):
        _refuse_not_finite("input", block, samples.spec.features, start)
        if moments is not None:
            moments.add(block[learned[start : start + len(block)]])
        yield block


def _digest_of(samples: Samples, inputs: Iterable[np.ndarray], targets: Iterable[np.ndarray]) -> str:
    """A text that tells samples from any others; it does not depend on how these are cut into blocks."""
    found = hashlib.sha256()
    for values, parts in ((samples.input, inputs), (samples.target, targets)):
        found.update(f"{values.dtype} {values.shape}".encode())
        for part in parts:
            found.update(np.ascontiguousarray(part).data)
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
    if dataset.continuous:
        return _stretches(samples.spec.stretches or (count,), dataset)
    sizes = dataset.shares(count)
    target, classes = samples.target, None
    if isinstance(target, np.ndarray) and target.ndim == 1 and np.issubdtype(target.dtype, np.integer):
        classes = target
    rows = np.arange(count - dataset.own_test)
    found = {"test": np.arange(len(rows), count)}
    for number, name in enumerate(("test", "validation")):
        if name != "test" or not dataset.own_test:
            rows, found[name] = _carve(rows, sizes[name], classes, dataset.split_seed + number)
    return {"train": rows, "validation": found["validation"], "test": found["test"]}


def _stretches(lengths: Sequence[int], dataset: Dataset) -> dict[str, np.ndarray]:
    """The rows of each part, of each series one stretch of a ring: the end of its samples goes on at their beginning.

    Args:
        lengths: how many rows each series has.
        dataset: says how large the stretches are, where they begin, the first row of a group, and how far apart they
            are.
    """
    found: dict[str, list[np.ndarray]] = {name: [] for name in PARTS}
    first = 0
    for length, sizes in zip(lengths, dataset.cuts(sum(lengths), lengths), strict=True):
        ring = first + np.roll(np.arange(length), 0 if dataset.ordered else dataset.turn(length))
        first, start = first + length, 0
        for name in PARTS:
            found[name].append(ring[start : start + sizes[name]])
            start += sizes[name] + (dataset.apart if sizes[name] else 0)
    return {name: np.sort(np.concatenate(rows)) for name, rows in found.items()}


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


def _refuse_not_finite(what: str, values: np.ndarray | Rows, names: Sequence[str], start: int = 0) -> None:
    """Refuses numbers that cannot be learned from.

    Args:
        what: they are of, "input" or "target".
        values: first axis the samples; such as are read when they are needed are whole.
        names: of the columns of a table.
        start: the number of the first of these samples, from 0.
    """
    if isinstance(values, Rows) or not np.issubdtype(values.dtype, np.floating):
        return
    if np.isfinite(values).all():
        return
    place = np.argwhere(~np.isfinite(values))[0]
    named = values.ndim == 2 and len(names) == values.shape[1]
    column = f" in column '{names[place[1]]}'" if named else ""
    raise TrainingError(
        f"sample {start + place[0] + 1} has no usable number{column}: its {what} holds {values[tuple(place)]}",
        advice=("Fill in or remove what is missing in the data.",),
    )


# ------------------------------------------------------------------------------------------------------------ scaling


def _axis_of(spec: DataSpec, dataset: Dataset) -> int | None:
    """The axis of channels or columns; None where all numbers are scaled alike."""
    rank = spec.input.rank
    if rank == 3 and not dataset.signals:
        return None if dataset.images else 2
    return 1 if rank > 1 else None


def _scaling_by(moments: Moments, how: str, axis: int | None) -> dict[str, Any]:
    """Shift and scale of each channel or column, rounded to what a float32 holds; what is constant keeps its scale."""
    if how == "minmax":
        shift = moments.least.astype(np.float64)
        return _rounded(shift, moments.largest - shift, axis)
    return _rounded(moments.mean, moments.deviation, axis)


def _rounded(shift: np.ndarray, width: np.ndarray, axis: int | None) -> dict[str, Any]:
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
    return _scaled(values.astype(np.float32), scaling) if scaling else np.ascontiguousarray(values)


def _scaled(values: np.ndarray, scaling: Mapping[str, Any]) -> np.ndarray:
    """As `scale`, of float32 numbers that may be overwritten, and in their place."""
    if scaling:
        shift, width = _along(scaling, values.ndim)
        values -= shift
        values /= width
    return np.ascontiguousarray(values)


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

_READERS = 2
_FEEDING = min(4, os.cpu_count() or 1)
"""So many threads read ahead where the processor computes as well, and where it only feeds a GPU."""
_MOST_DRAWN = 2**24
"""From so many samples at most torch can draw with replacement."""


def chances(target: Tensor | Rows, spec: DataSpec) -> Tensor:
    """How likely each sample is to be drawn so that every class comes equally often, [N], up to a factor.

    Args:
        target: [N] class numbers.
        spec: what samples look like.

    Raises:
        TrainingError: samples have not one class each, or there are too many.
    """
    if not spec.one_class_each or isinstance(target, Rows) or len(target) > _MOST_DRAWN:
        why = "there are more" if spec.one_class_each else "the targets are no classes"
        raise TrainingError(
            f"balanced sampling takes at most {_MOST_DRAWN:,} samples with one class each, and {why}",
            advice=("Set sampling to shuffled.",),
        )
    return (1.0 / torch.bincount(target).double())[target]


class Batches:
    """A part cut into batches by slicing its tensors, which for data in memory is much faster than a DataLoader.

    The part is kept on the device where it takes at most a quarter of the free memory there. Else batches travel, as do
    those of samples that are read when they are needed; a few are made ready ahead by threads.

    Args:
        portion: the samples.
        size: samples in a batch; the last one may be smaller.
        device: where batches are wanted.
        chances: [N], how likely each sample is to be drawn; None: each comes once in an epoch.
    """

    def __init__(
        self, portion: Portion, size: int, device: torch.device, chances: Tensor | None = None
    ) -> None:
        self.size = size
        self._chances = chances
        self.device = device
        self.samples = len(portion.target)
        self.portion = portion
        input, target = portion
        if isinstance(input, Tensor) and isinstance(target, Tensor):
            taken = sum(tensor.numel() * tensor.element_size() for tensor in (input, target))
            if device.type != "cuda" or taken <= free_bytes(device) // 4:
                self.portion = Portion(input.to(device), target.to(device))

    def __len__(self) -> int:
        """Batches in a shuffled epoch; a single sample left over sits one out, for norms cannot learn from it."""
        full, rest = divmod(self.samples, self.size)
        return full + (rest > 1 or (rest == 1 and full == 0))

    def __iter__(self) -> Iterator[Pair]:
        """All samples in order, the last batch being what is left."""
        starts = range(0, self.samples, self.size)
        yield from self._taken([slice(start, start + self.size) for start in starts])

    def shuffled(self, generator: torch.Generator, start: int = 0) -> Iterator[Pair]:
        """The batches of an epoch in random order, or of as many samples drawn with replacement.

        Args:
            generator: decides the order; used once.
            start: how many batches to leave out at the beginning.
        """
        order, input = self._order(generator), self.portion.input
        order = order.to(input.device) if isinstance(input, Tensor) else order
        yield from self._taken(torch.split(order, self.size)[start : len(self)])

    def _taken(self, batches: Sequence[slice | Tensor]) -> Iterator[Pair]:
        """The batches of these rows, on the device."""
        input = self.portion.input
        is_there = isinstance(input, Tensor) and input.device.type == self.device.type
        readers = _READERS if self.device.type == "cpu" else _FEEDING
        with closing(read_ahead(self._read, batches, 0 if is_there else readers)) as found:
            yield from map(self._to_device, found)

    def _read(self, rows: slice | Tensor) -> Pair:
        """A batch, in memory from which a GPU takes it at once."""
        pair = self.portion.take(rows)
        if self.device.type != "cuda" or pair.target.is_cuda:
            return pair
        return Pair(pair.input.pin_memory(), pair.target.pin_memory())

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
