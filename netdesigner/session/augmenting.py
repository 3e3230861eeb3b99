"""What augmentations make of real samples, to be looked at before anything is trained.

Torch is imported inside the functions, on the thread that calls them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.document import Design
from netdesigner.errors import NetDesignerError
from netdesigner.parts import (
    Augmentation,
    Catalog,
    Curves,
    DataSpec,
    ImageGrid,
    Line,
    Preview,
    Samples,
    Table,
)
from netdesigner.parts.augmentation import sort_of
from netdesigner.parts.dataset import END, FILL, NO_CLASS
from netdesigner.parts.tokens import text_of

if TYPE_CHECKING:
    import numpy as np

    from netdesigner.parts import Pair

__all__ = ["augmentations_of", "shown_augmented"]

_VERSIONS = 3
_SAMPLES = 6
_KNOWN = 200
"""From so many samples, all over the data, black and white are told: few, for each may have to be read from a file."""
_COLUMNS = 12
_PLOTS = 4
_DRAWN = 1000


class _Version(NamedTuple):
    """Some samples as they are, or as they became, first axis the samples.

    Attributes:
        input: raw.
        target: as `DataSpec.target`.
        others: the targets of what else each was made of; None where each is one.
        share: how much of each is its own.
    """

    input: np.ndarray
    target: np.ndarray
    others: np.ndarray | None
    share: float


def augmentations_of(design: Design, catalog: Catalog, data: DataSpec) -> tuple[Augmentation, ...]:
    """The augmentations of a design; none where one of them cannot be done, which a problem says."""
    task = catalog.task_of(design)
    try:
        parts = [catalog.augmentation(choice, design.variables) for choice in design.augmentations]
    except NetDesignerError:
        return ()
    return () if any(misfit for part in parts for misfit in part.misfits(data, task)) else tuple(parts)


def shown_augmented(parts: Sequence[Augmentation], samples: Samples) -> tuple[Preview, ...]:
    """Some samples, each as it is and several times as training would get it, always by the same chance.

    What is drawn from torch's global generators is given back, so nothing may be trained on another thread meanwhile.

    Args:
        parts: what is done to them.
        samples: raw, as their data set gave them.
    """
    versions = [*_versions(parts, samples)]
    title = f"Samples as they are, and {_VERSIONS} times as training gets them"
    sort = sort_of(samples.spec)
    if sort == "images":
        return (_pictures(title, versions, samples.spec),)
    if sort in ("series", "waves"):
        rows = range(min(_PLOTS, len(versions[0].input)))
        return tuple(_curves(versions, row, samples.spec) for row in rows)
    texts = _texts if sort == "tokens" else _numbers
    return (texts(title, versions, samples.spec),)


def _versions(parts: Sequence[Augmentation], samples: Samples) -> Iterator[_Version]:
    """First the samples as they are."""
    import torch

    from netdesigner.parts import Augmented, Pair
    from netdesigner.training.augment import ground_of

    chosen = _spread(len(samples.target), _SAMPLES)
    pair = Pair(torch.from_numpy(samples.input[chosen]), torch.from_numpy(samples.target[chosen]))
    some = torch.from_numpy(samples.input[_spread(len(samples.target), _KNOWN)])
    augmented = Augmented(parts, ground_of(samples.spec, some, {}))
    yield _version(pair)
    for seed in range(_VERSIONS):
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            yield _version(augmented(pair))


def _spread(count: int, most: int) -> np.ndarray:
    """Some rows from the first to the last."""
    import numpy as np

    return np.unique(np.linspace(0, count - 1, min(most, count)).round().astype(int))


def _version(pair: Pair) -> _Version:
    mix = pair.mix
    others = mix.target.numpy() if mix is not None else None
    return _Version(pair.input.numpy(), pair.target.numpy(), others, mix.share if mix is not None else 1.0)


def _named(target: np.ndarray, data: DataSpec) -> str:
    """What is learned of a sample, where a few words say it; "" where they do not."""
    if target.ndim == 0 and data.classes:
        return data.classes[int(target)] if target != NO_CLASS else "no class"
    if target.ndim == 1 and not data.classes:
        return ", ".join(f"{value:.4g}" for value in target[:3]) + ("…" if len(target) > 3 else "")
    return ""


def _pictures(title: str, versions: Sequence[_Version], data: DataSpec) -> ImageGrid:
    """Each sample and its versions in a row."""
    import numpy as np

    from netdesigner.evaluation.pictures import picture, side_by_side, to_unit

    unit = to_unit(np.stack([version.input for version in versions]))
    rows = side_by_side(
        _drawn(images, version.target, data) for images, version in zip(unit, versions, strict=True)
    )
    captions = [_caption(versions, row, data) for row in range(len(rows))]
    return ImageGrid(title, tuple(map(picture, rows, captions)))


def _drawn(images: np.ndarray, target: np.ndarray, data: DataSpec) -> np.ndarray:
    """Pictures with the classes of their pixels or their boxes, where they have some."""
    from netdesigner.evaluation.masks import overlaid
    from netdesigner.evaluation.outlines import outlined

    if data.boxes:
        return outlined(images, target)
    masks = data.classes and target.shape[1:] == images.shape[2:]
    return overlaid(images, target) if masks else images


def _caption(versions: Sequence[_Version], row: int, data: DataSpec) -> str:
    """What is learned of a sample, and of each of its versions where samples are mixed into them."""
    own = _named(versions[0].target[row], data)
    if all(version.others is None for version in versions):
        return own
    return f"{own}: {' · '.join(_mixed(version, row, data) for version in versions[1:])}"


def _mixed(version: _Version, row: int, data: DataSpec) -> str:
    """What is learned of a version, with the share of the other sample in it."""
    own, other = _named(version.target[row], data), round(100 * (1 - version.share))
    if version.others is None or not other:
        return own
    return f"{other} % {_named(version.others[row], data)}" + (
        f", {100 - other} % {own}" if other < 100 else ""
    )


def _texts(title: str, versions: Sequence[_Version], data: DataSpec) -> Table:
    """Each text and its versions, one under the other."""
    return Table(
        title,
        ("sample", "text"),
        tuple(
            (f"{row + 1}" if version is versions[0] else "", _text(version.input[row], data))
            for row in range(len(versions[0].input))
            for version in versions
        ),
    )


def _text(tokens: np.ndarray, data: DataSpec) -> str:
    """A text, of a pair that to read up to its end; the numbers of tokens that have no names."""
    if data.pairs and END in tokens:
        tokens = tokens[: tokens.tolist().index(END)]
    if data.tokens:
        return text_of(data.tokens[token] for token in tokens if token != FILL)
    if data.target.rank == 1:
        return " ".join(map(str, tokens))
    return text_of(data.classes[token] for token in tokens)


def _curves(versions: Sequence[_Version], row: int, data: DataSpec) -> Curves:
    """The first channel of a series as it is, and over it that of its versions."""
    channel = f", {data.features[0]}" if data.features else ", the first channel"
    names = ("as it is", *(f"as training gets it, {number}" for number in range(1, len(versions))))
    series = [version.input[row].T if data.waves else version.input[row] for version in versions]
    every = -(-len(series[0]) // _DRAWN)
    steps = tuple(map(float, range(0, len(series[0]), every)))
    lines = tuple(
        Line(name, steps, tuple(values[::every, 0].tolist()))
        for name, values in zip(names, series, strict=True)
    )
    title = f"Sample {row + 1}{channel if series[0].shape[1] > 1 else ''}"
    return Curves(title, "step", "value", lines)


def _numbers(title: str, versions: Sequence[_Version], data: DataSpec) -> Table:
    """Each row and its versions, one under the other."""
    flat = [version.input.reshape(len(version.input), -1)[:, :_COLUMNS] for version in versions]
    known = len(data.features) >= flat[0].shape[1]
    names = data.features if known else tuple(f"input {index}" for index in range(flat[0].shape[1]))
    return Table(
        title,
        ("sample", *names[: flat[0].shape[1]]),
        tuple(
            (f"{row + 1}" if values is flat[0] else "", *(float(f"{value:.4g}") for value in values[row]))
            for row in range(len(flat[0]))
            for values in flat
        ),
    )
