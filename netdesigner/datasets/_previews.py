"""What a person sees of samples before accepting them: pictures or rows, statistics, classes. Not a part."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from netdesigner.parts.dataset import NO_CLASS, DataSpec, Samples
from netdesigner.parts.preview import Bars, ImageGrid, Preview, Table, Text
from netdesigner.parts.rows import Rows

if TYPE_CHECKING:
    import numpy as np

__all__ = ["box_previews", "image_previews", "mask_previews", "row_previews", "some_of", "window_previews"]

_PICTURES = 24
_PAIRS = 12
_ROWS = 50
_COLUMNS = 64
_BINS = 12
_BLOCK = 4096
_ANCHORS = 6
_LOOKED_AT = 1000
_BOXES = 20_000
"""So many boxes are enough to find anchors for all."""


def image_previews(samples: Samples) -> tuple[Preview, ...]:
    """Some pictures of every class, or with the labels that are true, what the targets are, and statistics.

    Args:
        samples: inputs [N, C, H, W].
    """
    from netdesigner.evaluation.pictures import picture, to_unit

    chosen = _spread(samples)
    shown = to_unit(samples.input[chosen])
    said = _label_text if _are_labels(samples) else _target_text
    captions = [said(samples.target[index], samples.spec) for index in chosen]
    grid = ImageGrid("Samples", tuple(picture(*pair) for pair in zip(shown, captions, strict=True)))
    return grid, target_bars(samples), _by_channel(samples)


def mask_previews(samples: Samples) -> tuple[Preview, ...]:
    """Some pictures beside themselves with their classes drawn in, what the colours mean, pixels by class, statistics.

    Args:
        samples: inputs [N, C, H, W], targets [N, H, W].
    """
    import numpy as np

    from netdesigner.evaluation.masks import legend, overlaid
    from netdesigner.evaluation.pictures import picture, side_by_side, to_unit

    chosen = np.linspace(0, len(samples.input) - 1, min(_PAIRS, len(samples.input))).astype(int)
    shown, classes = to_unit(samples.input[chosen]), samples.target[chosen]
    pairs = side_by_side(overlaid(shown, drawn) for drawn in (np.zeros_like(classes), classes))
    captions = [f"sample {index}" for index in chosen]
    grid = ImageGrid("Samples, with the class of each pixel", tuple(map(picture, pairs, captions)))
    return grid, legend(samples.spec.classes), _pixel_bars(samples), _by_channel(samples)


def box_previews(samples: Samples) -> tuple[Preview, ...]:
    """Some pictures with their boxes, what the colours mean, boxes by class, anchors that suit them, statistics.

    Args:
        samples: inputs [N, C, H, W], targets [N, M, 5].
    """
    import numpy as np

    from netdesigner.evaluation.boxes import anchors_of
    from netdesigner.evaluation.masks import legend
    from netdesigner.evaluation.outlines import outlined, thinned
    from netdesigner.evaluation.pictures import picture, to_unit

    names = samples.spec.classes
    chosen = np.linspace(0, len(samples.input) - 1, min(_PAIRS, len(samples.input))).astype(int)
    shown = outlined(thinned(to_unit(samples.input[chosen])), samples.target[chosen])
    captions = [
        ", ".join(names[int(number)] for number in boxes[:, 0] if number >= 0) or "nothing"
        for boxes in samples.target[chosen]
    ]
    boxes = samples.target[:]
    there = boxes[boxes[..., 0] >= 0]
    counts = np.bincount(there[:, 0].astype(int), minlength=len(names))
    some = there[:: -(-len(there) // _BOXES), 3:]
    anchors = ", ".join(f"{length:.3g}" for length in anchors_of(some, _ANCHORS).ravel())
    return (
        ImageGrid("Samples, with their boxes", tuple(map(picture, shown, captions))),
        legend(names, ground=False),
        Bars("Boxes by class", names, tuple(float(count) for count in counts)),
        Text(f"{_ANCHORS} anchors for these boxes: width, height, width, … in shares", anchors),
        _by_channel(samples),
    )


def row_previews(samples: Samples) -> tuple[Preview, ...]:
    """The first rows, what the targets are, and statistics of each column.

    Args:
        samples: inputs of any shape; all axes but the first are laid out as columns.
    """
    some = some_of(samples.input)
    flat = some.reshape(len(some), -1)
    names = samples.spec.features or tuple(f"input {index}" for index in range(flat.shape[1]))
    first = samples.input[:_ROWS]
    rows = tuple(
        (*(_plain(value) for value in values[:_COLUMNS]), _target_text(target, samples.spec))
        for values, target in zip(first.reshape(len(first), -1), samples.target[:_ROWS], strict=True)
    )
    title = f"First {len(rows)} of {len(samples.target):,} rows"
    if len(names) > _COLUMNS:
        title += f", first {_COLUMNS} of {len(names):,} columns"
    table = Table(title, (*names[:_COLUMNS], ", ".join(samples.spec.targets) or "target"), rows)
    title = _statistics_of(samples)
    return table, target_bars(samples), _statistics(title, flat[:, :_COLUMNS], names[:_COLUMNS], "column")


def window_previews(samples: Samples) -> tuple[Preview, ...]:
    """What the targets are, and statistics of each column.

    Args:
        samples: inputs [N, T, F].
    """
    columns = some_of(samples.input).transpose(0, 2, 1)
    table = _statistics(_statistics_of(samples), columns, samples.spec.features, "column")
    return target_bars(samples), table


def target_bars(samples: Samples) -> Bars:
    """Samples by class or by label, or how the first target's values are spread."""
    import numpy as np

    target = samples.target[:]
    if samples.spec.classes:
        counts = np.bincount(target, minlength=len(samples.spec.classes))
        return Bars("Samples by class", samples.spec.classes, tuple(float(count) for count in counts))
    if _are_labels(samples):
        sums = target.sum(axis=0, dtype=np.float64)
        return Bars("Samples by label", samples.spec.targets, tuple(map(float, sums)))
    first = target.reshape(len(target), -1)[:, 0]
    counts, edges = np.histogram(first, bins=_BINS)
    labels = tuple(f"{low:.4g} to {high:.4g}" for low, high in itertools.pairwise(edges))
    name = samples.spec.targets[0] if samples.spec.targets else "target"
    return Bars(f"Distribution of {name}", labels, tuple(float(count) for count in counts))


def _pixel_bars(samples: Samples) -> Bars:
    """How much of all pixels each class has, and what has none."""
    import numpy as np

    masks = some_of(samples.target)
    counts = sum(np.bincount(mask[mask != NO_CLASS], minlength=len(samples.spec.classes)) for mask in masks)
    total = masks.size
    shares = [round(100 * float(count) / total, 2) for count in np.asarray(counts)]
    names, unknown = samples.spec.classes, total - int(np.sum(counts))
    if unknown:
        names, shares = (*names, "without a class"), [*shares, round(100 * unknown / total, 2)]
    return Bars("Pixels by class, in %", names, tuple(shares))


def _by_channel(samples: Samples) -> Table:
    names = tuple(f"channel {index}" for index in range(samples.input.shape[1]))
    return _statistics(_statistics_of(samples), some_of(samples.input), names, "channel")


def some_of(rows: np.ndarray | Rows) -> np.ndarray:
    """All rows; where they are read when they are needed, a thousand from all over."""
    import numpy as np

    if not isinstance(rows, Rows):
        return rows
    count = len(rows)
    return rows[np.linspace(0, count - 1, min(_LOOKED_AT, count)).astype(int)]


def _statistics_of(samples: Samples) -> str:
    """What a table of `_some` is called."""
    few = isinstance(samples.input, Rows) and len(samples.input) > _LOOKED_AT
    return f"Statistics of {_LOOKED_AT:,} samples" if few else "Statistics"


def _spread(samples: Samples) -> np.ndarray:
    """Indices of a few samples, of every class in turn where there are classes."""
    import numpy as np

    if not samples.spec.classes:
        return np.arange(min(_PICTURES, len(samples.input)))
    each = max(1, _PICTURES // len(samples.spec.classes))
    number_of = range(min(len(samples.spec.classes), _PICTURES))
    chosen = [np.flatnonzero(samples.target[:] == number)[:each] for number in number_of]
    return np.concatenate(chosen)


def _target_text(target: np.ndarray, spec: DataSpec) -> str:
    if spec.classes:
        return spec.classes[int(target)]
    return ", ".join(f"{value:.6g}" for value in target.reshape(-1))


def _are_labels(samples: Samples) -> bool:
    """Whether the targets are several that are each a yes or a no."""
    values = samples.target[:]
    several = (
        not samples.spec.classes and values.ndim == 2 and values.shape[1] == len(samples.spec.targets) > 1
    )
    return several and bool(((values == 0) | (values == 1)).all())


def _label_text(target: np.ndarray, spec: DataSpec) -> str:
    return ", ".join(name for name, true in zip(spec.targets, target, strict=True) if true) or "none"


def _plain(value: np.generic) -> float | int:
    number: float | int = value.item()
    return number if isinstance(number, int) else float(f"{number:.6g}")


def _statistics(title: str, values: np.ndarray, names: tuple[str, ...], what: str) -> Table:
    """Mean, deviation, least and largest of each entry of axis 1."""
    import numpy as np

    axes = tuple(axis for axis in range(values.ndim) if axis != 1)
    mean = values.mean(axes, dtype="float64")
    shape = tuple(1 if axis in axes else -1 for axis in range(values.ndim))
    squares = np.zeros_like(mean)
    for start in range(0, len(values), _BLOCK):  # in blocks: the differences are in double precision
        squares += np.square(values[start : start + _BLOCK] - mean.reshape(shape)).sum(axes)
    deviation = np.sqrt(squares * (mean.size / values.size))
    columns = (mean, deviation, values.min(axes), values.max(axes))
    rows = tuple((name, *(_plain(column[index]) for column in columns)) for index, name in enumerate(names))
    return Table(title, (what, "mean", "deviation", "least", "largest"), rows)
