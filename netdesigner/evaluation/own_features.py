"""How good samples are that were made up, by a small network that is trained here on the user's own samples.

The Inception Score and the Fréchet distance are usually taken over a network that was trained on millions of photos.
Here nothing is downloaded: a small network learns the classes of the training part, or, where there are none, the
groups that k-means finds in it. What it says compares models of the same data only, and with no figure from a paper.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from netdesigner.parts.dataset import DataSpec, Progress
from netdesigner.parts.figures import MADE_UP, measured, title_of
from netdesigner.parts.preview import Preview, Table, Text

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

    Pair = tuple[Tensor, Tensor]

__all__ = ["Drawn", "draw", "frechet_distance", "inception_score", "judge_drawn"]

_WANTED = 1000
"""So many samples are made up."""
_MOST_OPERATIONS = {"cpu": 1e12}
_MOST_ON_A_GPU = 1e14
"""With more floating-point operations than these no more are, so that a large model does not keep a person waiting for
hours. They are counted, and no time is taken, so that as many are made up each time."""
_LEAST = 50
_MOST_REAL = 5000
_STEPS, _BATCH, _RATE = 300, 128, 2e-3
_SIDE_PX = 32
"""Larger pictures are made this small for the features."""
_FEATURES = 64
_GROUPS = 10
_SURE = 0.9
_TOGETHER = 500
_TITLE = "Scores by features that were learned here"


class Drawn(NamedTuple):
    """Samples that were made up, and the classes they were to be of, where they were made for some."""

    samples: Tensor
    classes: Tensor | None


def draw(made: Iterable[tuple[Tensor, Tensor | None]], progress: Progress) -> Drawn | None:
    """As many samples as wanted, or as few as a large model allows, the same number each time; None without any.

    Args:
        made: samples in batches of the same size, as they are scaled for training, and the classes they were to be of.
        progress: called once a batch.

    Raises:
        CancelledError: raised by `progress`.
    """
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    progress(0.0, f"0 of {_WANTED:,} samples made up")
    batches = iter(made)
    with FlopCounterMode(display=False) as counter:
        first = next(batches, None)
    if first is None:
        return None
    most = _MOST_OPERATIONS.get(first[0].device.type, _MOST_ON_A_GPU)
    affordable = max(1, int(most / max(1, counter.get_total_flops())))
    wanted = min(_WANTED, affordable * len(first[0]))
    samples: list[Tensor] = []
    classes: list[Tensor] = []
    for batch, of in itertools.chain([first], batches):
        samples.append(batch.float().cpu())
        classes += [] if of is None else [of.cpu()]
        count = sum(map(len, samples))
        progress(min(1.0, count / wanted), f"{count:,} of {wanted:,} samples made up")
        if count >= wanted:
            break
    return Drawn(torch.cat(samples), torch.cat(classes) if classes else None)


def judge_drawn(
    drawn: Drawn, learned: Pair, held_out: Pair, data: DataSpec, progress: Progress
) -> tuple[dict[str, float], tuple[Preview, ...]]:
    """Scores of samples that were made up, beside those of real samples that were held out.

    Random numbers are taken from torch's generator, so that a seed decides all.

    Args:
        drawn: the samples.
        learned: inputs and targets of the training part, whose features the others are held against.
        held_out: inputs and targets that training did not see.
        data: the names of the classes.
        progress: called while the features are learned.

    Raises:
        CancelledError: raised by `progress`.
    """
    usable = drawn.samples.flatten(1).isfinite().all(1)
    if int(usable.sum()) < _LEAST:
        few = f"{int(usable.sum()):,} of {len(usable):,} samples that were made up hold usable numbers"
        return {}, (Text(_TITLE, f"{few}, which are too few to judge."),)
    if min(len(learned[0]), len(held_out[0])) < 2:
        return {}, (Text(_TITLE, "There are too few real samples to hold those against that were made up."),)
    known, unseen, names = _with_classes(learned, held_out, data)
    with _one_thread():
        network = _trained(known, len(names), progress)
    said, real, seen = (
        _said(network, samples) for samples in (drawn.samples[usable], unseen.samples, known.samples)
    )
    measures = {"samples_made_up": float(len(said.chances)), **_measures(said, seen)}
    if drawn.classes is not None:
        kept = said.chances.argmax(axis=1) == drawn.classes[usable].numpy()
        measures["class_kept"] = float(kept.mean())
    right = float((real.chances.argmax(axis=1) == unseen.labels.numpy()).mean())
    return measures, (
        Text(_TITLE, _words(len(said.chances), len(usable), right, names is data.classes)),
        _beside(_measures(said, seen), _measures(real, seen)),
        _by_class(said, real, names),
    )


def inception_score(chances: np.ndarray) -> float:
    """The exponential of the mean divergence of each sample's chances from those of all: 1 to the number of classes.

    It is large where each sample is clearly of a class and all classes occur. All samples are taken together.

    Args:
        chances: [n, K].

    Source:
        T. Salimans et al., Improved techniques for training GANs, NeurIPS 2016, section 4.
    """
    import numpy as np

    logs = np.log(np.maximum(chances, np.finfo(np.float64).tiny))
    mean = np.log(np.maximum(chances.mean(axis=0), np.finfo(np.float64).tiny))
    return float(np.exp((chances * (logs - mean)).sum(axis=1).mean()))


def frechet_distance(one: np.ndarray, other: np.ndarray) -> float:
    """The Fréchet distance of two sets of features taken for normally distributed: 0 where they are spread alike.

    |m - m'|² + tr(C + C' - 2 (C C')^½) of their means and covariances; few samples make it larger.

    Args:
        one, other: [n, F], two samples at least.

    Source:
        M. Heusel et al., GANs trained by a two time-scale update rule converge to a local Nash equilibrium, NeurIPS
        2017.
    """
    import numpy as np

    gap = one.mean(axis=0) - other.mean(axis=0)
    first, second = (np.cov(features, rowvar=False).reshape(len(gap), -1) for features in (one, other))
    values, vectors = np.linalg.eigh(first)
    root = vectors * np.sqrt(values.clip(0)) @ vectors.T
    shared = np.sqrt(np.linalg.eigvalsh(root @ second @ root).clip(0)).sum()
    return max(0.0, float(gap @ gap + np.trace(first) + np.trace(second) - 2 * shared))


# ------------------------------------------------------------------------------------------------------- the features


class _Real(NamedTuple):
    """Samples of the data, and the number of the class of each."""

    samples: Tensor
    labels: Tensor


class _Said(NamedTuple):
    """What the small network says of samples: features [n, 64] and the chance of each class [n, K]."""

    features: np.ndarray
    chances: np.ndarray


class _Network(NamedTuple):
    """A small network: features of samples, which it brings to mean 0 and deviation 1 first, and scores of these."""

    mean: Tensor
    deviation: Tensor
    features: nn.Module
    scores: nn.Module

    def __call__(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        features: Tensor = self.features((samples - self.mean) / self.deviation)
        return features, self.scores(features)


def _with_classes(learned: Pair, held_out: Pair, data: DataSpec) -> tuple[_Real, _Real, tuple[str, ...]]:
    """Some samples of both parts with their classes, or the groups that k-means finds; and what these are called."""
    import torch

    parts = [
        [values[:: -(-len(values) // _MOST_REAL)].cpu() for values in part] for part in (learned, held_out)
    ]
    if data.classes and learned[1].ndim == 1:
        known, unseen = (_Real(input.float(), target) for input, target in parts)
        return known, unseen, data.classes
    from sklearn.cluster import KMeans

    flat = [input.float().flatten(1).numpy() for input, _ in parts]
    count = max(2, min(_GROUPS, len(flat[0]) // _GROUPS))
    groups = KMeans(count, n_init=1, random_state=0).fit(flat[0])
    known, unseen = (
        _Real(input.float(), torch.from_numpy(groups.predict(rows)).long())
        for (input, _), rows in zip(parts, flat, strict=True)
    )
    return known, unseen, tuple(f"group {number + 1}" for number in range(count))


def _new_network(samples: Tensor, classes: int) -> _Network:
    from torch import nn

    shape = samples.shape[1:]
    if len(shape) == 3 and shape[0] <= 4:
        body = nn.Sequential(
            nn.AdaptiveAvgPool2d(_SIDE_PX) if max(shape[1:]) > _SIDE_PX else nn.Identity(),
            nn.Conv2d(shape[0], 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1, stride=2),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(4),
            nn.Flatten(),
            nn.Linear(64 * 16, _FEATURES),
            nn.ReLU(),
        )
    else:
        first = nn.Linear(samples[0].numel(), 128)
        body = nn.Sequential(nn.Flatten(), first, nn.ReLU(), nn.Linear(128, _FEATURES), nn.ReLU())
    return _Network(samples.mean(), samples.std().clamp(min=1e-6), body, nn.Linear(_FEATURES, classes))


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Computes on one processor: so small a network's threads wait for each other longer than they compute."""
    import torch

    count = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(count)


def _trained(known: _Real, classes: int, progress: Progress) -> _Network:
    """A small network that has learned the classes of samples."""
    import torch

    network = _new_network(known.samples, classes)
    parameters = [*network.features.parameters(), *network.scores.parameters()]
    optimizer = torch.optim.Adam(parameters, _RATE)
    for step in range(_STEPS):
        if step % 20 == 0:
            progress(step / _STEPS, "learning features to judge by")
        rows = torch.randint(len(known.samples), (_BATCH,))
        _, scores = network(known.samples[rows])
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(scores, known.labels[rows]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return network


def _said(network: _Network, samples: Tensor) -> _Said:
    import torch

    with torch.inference_mode():
        parts = [network(part) for part in torch.split(samples, _TOGETHER)]
    features, scores = (torch.cat([*values]).double() for values in zip(*parts, strict=True))
    return _Said(features.numpy(), scores.softmax(1).numpy())


# -------------------------------------------------------------------------------------------------- what they say


def _measures(said: _Said, seen: _Said) -> dict[str, float]:
    return {
        "inception_score": inception_score(said.chances),
        "frechet_distance": frechet_distance(said.features, seen.features),
        "sure": float(_are_sure(said).mean()),
        "rarest_class": float(_shares(said).min()),
    }


def _are_sure(said: _Said) -> np.ndarray:
    found: np.ndarray = said.chances.max(axis=1) >= _SURE
    return found


def _shares(said: _Said) -> np.ndarray:
    """The share of samples that are taken for each class, [K]."""
    import numpy as np

    found: np.ndarray = np.bincount(said.chances.argmax(axis=1), minlength=said.chances.shape[1]) / len(
        said.chances
    )
    return found


def _words(judged: int, drawn: int, right: float, of_data: bool) -> str:
    by = "the classes" if of_data else "ten groups or fewer that k-means finds, for want of classes,"
    lost = f" {drawn - judged:,} more hold no usable numbers and count nowhere." if judged < drawn else ""
    few = f" {_WANTED:,} would take this network too long." if drawn < _WANTED else ""
    return (
        f"{judged:,} samples were made up, out of the same noise each time.{few}{lost} A small network judges them by "
        f"its {_FEATURES} features. It learned {by} of the training part, here and from nothing else, and is right for "
        f"{100 * right:.1f} % of the real samples that were held out. Its scores compare models of the same data only. "
        "They are no Inception Score and no FID as papers state them, whose features come from millions of photos. A "
        f"sample is sure where one class has a chance of {_SURE:g} or more."
    )


def _beside(made: dict[str, float], real: dict[str, float]) -> Table:
    rows = tuple(
        (title_of(name).removesuffix(MADE_UP), measured(name, made[name]), measured(name, real[name]))
        for name in made
    )
    return Table("Made up, beside real samples that were held out", ("", "made up", "real"), rows)


def _by_class(said: _Said, real: _Said, names: tuple[str, ...]) -> Table:
    """The share of each class, and how many of the samples taken for it are surely of it."""
    import numpy as np

    classes, sure = said.chances.argmax(axis=1), _are_sure(said)
    each = zip(names, _shares(said), _shares(real), strict=True)
    rows = tuple(
        (
            name,
            round(float(share), 4),
            round(float(other), 4),
            round(float(sure[classes == number].mean()), 4) if np.any(classes == number) else "",
        )
        for number, (name, share, other) in enumerate(each)
    )
    return Table("Classes of what was made up", ("taken for", "share", "share of real", "sure"), rows)
