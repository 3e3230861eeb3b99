"""Diffusion: to tell the noise in a sample, so that new samples can be drawn out of nothing but noise."""

from __future__ import annotations

import itertools
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import TrainingError
from netdesigner.evaluation.pictures import is_image, picture, side_by_side
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.figures import number
from netdesigner.parts.given import Given
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param
from netdesigner.parts.preview import ImageGrid, Preview, Table
from netdesigner.parts.span import ANY, Span
from netdesigner.parts.task import Numbers, answer_of
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.tasks._own_noise import own_generators
from netdesigner.tasks._values import LikeSamples, lengths_of, most_wrong

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["Diffusion"]

_NUMBER = TensorSpec((BATCH,), "int64")
_LEVELS = 4
"""Of how much noise samples are freed to judge a network."""
_DRAWN = 40
_STATES = 8
"""How many samples are drawn for evaluation, and of how many moments on the way of one is shown."""
_TOGETHER = 100
"""How many are drawn at once to be judged by features."""
_COLUMNS = 12
_LOST = (1e-4, 0.02)
"""What share of the variance the first and the last of 1,000 time steps take away; as a whole fewer take as much."""
_OFFSET = 0.008
"""Keeps the cosine from adding next to nothing at first."""
_MOST = 0.999
"""What a time step takes away at most."""


class Diffusion(LikeSamples):
    """Learns to tell the noise in a sample from the sample, and draws new samples by taking noise away bit by bit.

    At time step t of T, from 0 on, a sample x has become √a·x + √(1 - a)·ε with noise ε of mean 0 and deviation 1; a
    falls from nearly 1 to nearly 0. The network gets that and t, and says ε, or the velocity √a·ε - √(1 - a)·x. Where
    it has a third Input it gets the class too, and samples can be drawn for each class. Time step and noise are drawn
    anew whenever a sample is learned from; for validation and evaluation each sample has its own, always the same.

    To draw a sample, the network is asked at some of the time steps from the last to the first, each time what the
    sample would be, of which the next, smaller share is kept beside the noise (DDIM). By `eta` a part of that noise is
    new, which makes up for errors on the way. Augmented samples are what is learned, so what is drawn looks like them.

    Shape:
        input [N, ...], the time step [N] int64 and, where asked for, the class [N] int64; output as the input; with a
        loss of means and variances [N, 2C, ...], the means first.

    Source:
        J. Ho, A. Jain, P. Abbeel, Denoising diffusion probabilistic models, NeurIPS 2020; J. Song, C. Meng, S. Ermon,
        Denoising diffusion implicit models, ICLR 2021; A. Nichol, P. Dhariwal, Improved denoising diffusion
        probabilistic models, ICML 2021, for the cosine; T. Salimans, J. Ho, Progressive distillation for fast sampling
        of diffusion models, ICLR 2022, for the velocity.
    """

    kind: ClassVar[str] = "diffusion"
    title: ClassVar[str] = "Diffusion"
    does: ClassVar[tuple[str, str]] = ("learns", "asks for the noise in")
    draws: ClassVar[str] = "what it was, what is made of it under more and more noise"

    time_steps: int = param(1000, min=2, max=100_000, help="in how many steps a sample becomes noise")
    schedule: str = param(
        "linear",
        choices=("linear", "cosine"),
        help="how noise comes in: linear: the steps add more and more; cosine: more slowly at both ends",
    )
    predicts: str = param(
        "noise",
        choices=("noise", "velocity"),
        help="what the network says: noise, as it was added; velocity, a mixture of noise and sample",
    )
    sampling_steps: int = param(
        50, min=2, max=1000, help="at how many of the time steps the network is asked to draw a sample"
    )
    eta: float = param(
        0.0, min=0, max=1, help="how much new noise each step of drawing brings: 0 as DDIM, 1 as DDPM"
    )

    # --------------------------------------------------------------------------------------------------- what fits

    def given(self, data: DataSpec | None) -> tuple[Given, ...]:
        """The noisy sample, the time step and, where samples have one and the network asks for it, the class."""
        sample = Given("the noisy sample", data.input if data is not None else None)
        needed = (sample, Given("the time step", _NUMBER))
        classless = data is not None and (not data.classes or data.target != _NUMBER)
        return needed if classless else (*needed, Given("the class", _NUMBER, optional=True))

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Draws samples out of noise."""
        from netdesigner.evaluation.usage import diffusion

        del role, data
        return diffusion.main

    def usage(self) -> str:
        """How a share follows from the time step, and what the network is asked."""
        shares = self.shares()
        ends = f"{shares[0]:.6g} at time step 0 to {shares[-1]:.4g} at {self.time_steps - 1}"
        how = {"linear": "linear in 1 - a(t)/a(t - 1)", "cosine": "by the cosine of Nichol and Dhariwal"}
        asked = {"noise": "ε", "velocity": "√a·ε - √(1 - a)·x"}[self.predicts]
        return (
            f"It is asked about samples x, scaled as for training, that have become √a·x + √(1 - a)·ε with noise ε of "
            f"mean 0 and deviation 1, and says {asked}. The share a falls from {ends}, {how[self.schedule]}."
        )

    def learned(self, data: DataSpec) -> Span | None:
        """Noise may be any number."""
        return ANY

    def out_of_reach(self) -> Misfit:
        """That noise is any number."""
        takes = f"{self.chosen_loss.label()} learns values {self.chosen_loss.targets.text}"
        return Misfit(
            "ND425", f"{takes}, and noise is any number; choose a loss for any values", loss="MSELoss"
        )

    def check_networks(self, networks: Mapping[str, nn.Module], input: Tensor) -> None:
        """Tries whether a network knows the last time step.

        Args:
            networks: the module under "network".
            input: a few samples.

        Raises:
            TrainingError: it looks time steps up in a table that is too short.
        """
        import torch

        network = networks["network"]
        last = torch.full((len(input),), self.time_steps - 1)
        network.eval()
        try:
            with torch.no_grad():
                network(*_inputs(network, input, last, torch.zeros_like(last)))
        except IndexError:
            raise TrainingError(
                f"the network does not know the time step {self.time_steps - 1}: a table of it is too short",
                advice=("Give the table as many rows as time_steps, or lower time_steps.",),
            ) from None
        finally:
            network.train()

    # ------------------------------------------------------------------------------------------------- what is learned

    def wanted(self, input: Numbers, target: Numbers) -> Numbers:
        """What is to come out of a sample once its noise is taken away: the sample, as one row of numbers."""
        del target
        return input.reshape(len(input), -1)

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """How well the network tells the noise in a batch, at a time step for each sample; as of every task."""
        import torch

        network, input = networks["network"], batch.input
        if network.training:
            noise, times = torch.randn_like(input), torch.randint(self.time_steps, (len(input),))
        else:
            noise, times = _fixed(input, self.time_steps)
        share = _beside(self.shares()[times].to(input), input)
        noisy = share.sqrt() * input + (1 - share).sqrt() * noise
        wanted = noise
        if self.predicts == "velocity":
            wanted = share.sqrt() * noise - (1 - share).sqrt() * input
        given, *further = _inputs(network, noisy, times.to(input.device), batch.target)
        return self.one_pass(network, criterion, Pair(given, wanted.flatten(1)), *further, measure=measure)

    def shares(self) -> Tensor:
        """The share a of a sample's variance that is left at each time step, [T] float32 on the processor."""
        return _shares(self.time_steps, self.schedule)

    # --------------------------------------------------------------------------------------------- samples out of noise

    def samples_from(
        self, network: nn.Module, noise: Tensor, classes: Tensor | None = None
    ) -> Iterator[tuple[int, Tensor]]:
        """Draws samples: after each step the time step that was taken, and the samples as they are then.

        Args:
            network: in evaluation mode.
            noise: where it begins, [n, ...], which decides what is drawn where no noise is new.
            classes: [n] int64, where the network takes them.
        """
        import torch

        shares = self.shares().to(noise)
        count = min(self.sampling_steps, self.time_steps)
        times = [number * self.time_steps // count for number in range(count)]
        now = noise
        for at, time in reversed([*enumerate(times)]):
            given = torch.full((len(noise),), time, device=noise.device)
            sample, left = self._parted(network, now, given, classes, shares[time])
            before = shares[times[at - 1]] if at else torch.ones_like(shares[0])
            new = self.eta**2 * (1 - before) * (1 - shares[time] / before) / (1 - shares[time])
            now = before.sqrt() * sample + (1 - before - new).clamp(min=0).sqrt() * left
            now = now + new.sqrt() * torch.randn_like(now) if new > 0 else now
            yield time, now

    def _parted(
        self, network: nn.Module, noisy: Tensor, times: Tensor, classes: Tensor | None, share: Tensor
    ) -> tuple[Tensor, Tensor]:
        """What a network makes of noisy samples: the samples, and the noise.

        Args:
            network: is asked about them.
            noisy: [n, ...].
            times: [n] int64.
            classes: [n] int64, where the network takes them.
            share: of the samples' variance that is left, one number.
        """
        output = answer_of(network(*_inputs(network, noisy, times, classes))).float()
        said = self.chosen_loss.said(output.flatten(1)).reshape(noisy.shape)
        if self.predicts == "velocity":
            sample = share.sqrt() * noisy - (1 - share).sqrt() * said
            return sample, (1 - share).sqrt() * noisy + share.sqrt() * said
        return (noisy - (1 - share).sqrt() * said) / share.sqrt(), said

    def made(self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec) -> tuple[Preview, ...]:
        """Samples out of noise that is always the same, class by class where the network takes them, and how one grows.

        Args:
            networks: the module under "network".
            input: some held-out samples, whose largest and smallest number are white and black.
            data: the names of classes and columns.
        """
        import torch

        network = networks["network"]
        classes, names = None, ("",) * _DRAWN
        if _takes_class(network):
            each = max(1, _DRAWN // len(data.classes))
            names = tuple(name for name in data.classes for _ in range(each))[:_DRAWN]
            classes = torch.arange(len(data.classes)).repeat_interleave(each)[:_DRAWN].to(input.device)
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn(len(names), *input.shape[1:], generator=generator).to(input)
        states = [(self.time_steps, noise), *self.samples_from(network, noise, classes)]
        samples = states[-1][1].float().cpu().numpy()
        if not is_image(samples):
            return (_table(samples, names, data),)
        return _grids(states, names, float(input.min()), float(input.max()))

    def made_up(
        self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec
    ) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Samples out of noise, of all classes in turn where the network takes them."""
        return _in_turn(self, networks["network"], input, len(data.classes))

    # ----------------------------------------------------------------------------------------------- how it is judged

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """What the network makes of samples with more and more noise: [N, K, F], each a row of numbers as `wanted`.

        Args:
            networks: the module under "network".
            input: samples.
            target: their classes, where the network takes them.
        """
        import torch

        noise, _ = _fixed(input, self.time_steps)
        shares, found = self.shares().to(input), []
        for time in self._levels():
            times = torch.full((len(input),), time, device=input.device)
            noisy = shares[time].sqrt() * input + (1 - shares[time]).sqrt() * noise
            found.append(self._parted(networks["network"], noisy, times, target, shares[time])[0].flatten(1))
        return torch.stack(found, 1)

    def _levels(self) -> list[int]:
        """The time steps that a network is judged at, each in the middle of an equal part of them."""
        return [(2 * number + 1) * self.time_steps // (2 * _LEVELS) for number in range(_LEVELS)]

    def _noise_to_sample(self) -> np.ndarray:
        """At each level, by how much an error in the noise is larger in the sample, as a variance, [K]."""
        shares = self.shares()[self._levels()]
        found: np.ndarray = ((1 - shares) / shares).numpy()
        return found

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The mean squared error of the noise; at each level beside that of what the sample is taken for.

        Args:
            output: [N, K, F], as of `answers`.
            target: the samples, [N, F].
            data: is not looked at.
        """
        import numpy as np

        of_sample = np.square(output - target[:, np.newaxis]).mean(axis=(0, 2), dtype=np.float64)
        of_noise = of_sample / self._noise_to_sample()
        rows = tuple(
            (time, *(float(f"{value:.4g}") for value in values))
            for time, *values in zip(
                self._levels(), self.shares()[self._levels()].tolist(), of_noise, of_sample, strict=True
            )
        )
        columns = ("time step", "share of the sample", "MSE of the noise", "MSE of the sample")
        return {"noise_mse": float(of_noise.mean())}, (Table("With more and more noise", columns, rows),)

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The mean squared error of the noise in each sample, [N]; arguments as of `judge`."""
        import numpy as np

        of_sample = np.square(output - target[:, np.newaxis]).mean(axis=2, dtype=np.float64)
        found: np.ndarray = (of_sample / self._noise_to_sample()).mean(axis=1)
        return found

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """Of one sample [F] the few numbers that are most wrong under the least noise, and what they were taken for."""
        return most_wrong(output[0], target, data)

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """The mean squared error of the noise in one sample, [K, F] and [F]."""
        import numpy as np

        return f"error {number(self.errors(output[np.newaxis], target[np.newaxis])[0])}"

    def drawn(self, images: np.ndarray, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """The sample and what is made of it at each level, brightened and darkened alike so that it fills 0 to 1."""
        import numpy as np

        views = np.concatenate([target[np.newaxis], output.swapaxes(0, 1)])
        unit = _unit(views, float(target.min()), float(target.max()))
        return side_by_side(unit.reshape(len(views), *images.shape))


def _shares(time_steps: int, schedule: str) -> Tensor:
    import torch

    steps = torch.arange(time_steps + 1, dtype=torch.float64) / time_steps
    if schedule == "cosine":
        left = ((steps + _OFFSET) / (1 + _OFFSET) * math.pi / 2).cos() ** 2
        lost = 1 - left[1:] / left[:-1]
    else:
        first, last = _LOST[0] * 1000 / time_steps, _LOST[1] * 1000 / time_steps
        lost = torch.linspace(first, last, time_steps, dtype=torch.float64)
    return (1 - lost.clamp(max=_MOST)).cumprod(0).float()


def _takes_class(network: nn.Module) -> bool:
    """Whether a network has an Input for the class behind those that every one has."""
    counted: Any = network
    return bool(counted.input_count > 2)


def _inputs(network: nn.Module, noisy: Tensor, times: Tensor, classes: Tensor | None) -> tuple[Tensor, ...]:
    """What a network is given."""
    if not _takes_class(network):
        return noisy, times
    assert classes is not None, "a network that takes classes is asked about some"
    return noisy, times, classes


def _in_turn(
    task: Diffusion, network: nn.Module, input: Tensor, count: int
) -> Iterator[tuple[Tensor, Tensor | None]]:
    """Batches of samples without end, of so many classes in turn where a network takes them."""
    import torch

    for first in itertools.count(0, _TOGETHER):
        classes = None
        if _takes_class(network):
            classes = (torch.arange(first, first + _TOGETHER) % count).to(input.device)
        noise = torch.randn(_TOGETHER, *input.shape[1:]).to(input)
        ((_, samples),) = deque(task.samples_from(network, noise, classes), maxlen=1)
        yield samples, classes


def _beside(numbers: Tensor, samples: Tensor) -> Tensor:
    """One number a sample, such that it counts for all numbers of the sample."""
    return numbers.reshape(-1, *(1,) * (samples.ndim - 1))


def _fixed(input: Tensor, time_steps: int) -> tuple[Tensor, Tensor]:
    """Noise and, on the processor, a time step for each sample; they follow from it, whatever it stands among."""
    import torch

    noise, times = torch.empty(input.shape), torch.empty(len(input), dtype=torch.int64)
    for row, generator in enumerate(own_generators(input)):
        times[row] = torch.randint(time_steps, (), generator=generator)
        noise[row] = torch.randn(input.shape[1:], generator=generator)
    return noise.to(input), times


def _unit(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values in 0 to 1, where `low` becomes 0 and `high` 1; what lies beyond is cut off."""
    import numpy as np

    if high <= low:
        return np.zeros_like(values)
    found: np.ndarray = ((values - low) / (high - low)).clip(0, 1)
    return found


def _grid(title: str, images: np.ndarray, captions: tuple[str, ...]) -> ImageGrid:
    return ImageGrid(title, tuple(picture(*pair) for pair in zip(images, captions, strict=True)))


def _grids(
    states: list[tuple[int, Tensor]], names: tuple[str, ...], low: float, high: float
) -> tuple[ImageGrid, ImageGrid]:
    """The last of the states that samples went through, by their names, and how the first sample comes about."""
    import torch

    samples = states[-1][1].float().cpu().numpy()
    some = [states[number * (len(states) - 1) // (_STATES - 1)] for number in range(_STATES)]
    way = torch.stack([state[0] for _, state in some]).float().cpu().numpy()
    labels = tuple(f"time step {time}" for time, _ in some)
    return (
        _grid("Drawn out of noise", _unit(samples, low, high), names),
        _grid("How the first of them comes about", _unit(way, low, high), labels),
    )


def _table(samples: np.ndarray, names: tuple[str, ...], data: DataSpec) -> Table:
    """Samples that are no pictures, as rows of their first numbers."""
    flat = samples.reshape(len(samples), -1)[:, :_COLUMNS]
    known = len(data.features) == math.prod(lengths_of(data))
    columns = data.features if known else tuple(f"number {index + 1}" for index in range(flat.shape[1]))
    of_class = any(names)
    rows = tuple(
        (*((name,) if of_class else ()), *(float(f"{value:.4g}") for value in values))
        for name, values in zip(names, flat, strict=True)
    )
    return Table("Drawn out of noise", (*(("class",) if of_class else ()), *columns[: flat.shape[1]]), rows)
