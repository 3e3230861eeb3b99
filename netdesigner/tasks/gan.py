"""Generative adversarial networks: one network makes samples up, another tells them from real ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.evaluation.pictures import is_image, picture, to_unit
from netdesigner.parts.augmentation import Pair
from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.given import Given
from netdesigner.parts.loss import gives_of
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param
from netdesigner.parts.preview import ImageGrid, Preview, Table
from netdesigner.parts.span import ANY
from netdesigner.parts.task import Curve, Numbers, Task, Turn, answer_of, with_further
from netdesigner.parts.tensor import BATCH, TensorSpec
from netdesigner.tasks._values import is_like, lengths_of

if TYPE_CHECKING:
    import numpy as np
    from torch import Generator, Tensor, nn

__all__ = ["Gan"]

_MAKER, _JUDGE = "generator", "discriminator"
_SHOWN = 64
_TOGETHER = 100
_COMPARED = 2000
"""So many samples the energy distance is worked out from at most, where there are not more in a batch."""
_FOR_EACH = 8
"""So many made-up samples a held-out one is compared with: of fewer, chance would decide which weights are the best."""


class Gan(Task):
    """A generator learns to make samples up from noise, and a discriminator to tell them from real ones.

    With the discriminator's score s, larger for what it takes for real, these are made small in turn:

    - non_saturating: log(1 + exp(-s)) of real samples and log(1 + exp(s)) of made-up ones by the discriminator,
      log(1 + exp(-s)) of made-up ones by the generator.
    - least_squares: (s - 1)² of real and s² of made-up ones; (s - 1)² of made-up ones.
    - wasserstein: the mean of s over made-up ones less that over real ones, and gradient_penalty (|∂s/∂x| - 1)² where x
      lies between a real and a made-up one; the mean of -s over made-up ones.

    What one network loses the other wins, so neither loss tells how good the samples are. The energy distance between
    made-up and real samples does, 2 E|x - y| - E|x - x'| - E|y - y'|: it is 0 where both are spread alike, and decides
    which weights are the best. On what is held out many more samples are made up for it, always out of the same noise.

    Further Outputs of one number, without a batch axis, are added to the loss of their network. Samples that are
    augmented are real ones to the discriminator, so what is made up looks like them.

    Shape:
        generator: noise [N, ...] of the shape of its Input; output as a sample of the data, as it is scaled for
        training. discriminator: input a sample of the data; output one number a sample, [N], [N, 1] or [N, 1, 1, 1].

    Source:
        I. Goodfellow et al., Generative adversarial nets, NeurIPS 2014; X. Mao et al., Least squares generative
        adversarial networks, ICCV 2017; I. Gulrajani et al., Improved training of Wasserstein GANs, NeurIPS 2017; G. J.
        Székely, M. L. Rizzo, Energy statistics, Journal of statistical planning and inference 143, 2013.
    """

    kind: ClassVar[str] = "gan"
    title: ClassVar[str] = "Generative adversarial network"
    roles: ClassVar[tuple[str, ...]] = (_MAKER, _JUDGE)
    curves: ClassVar[tuple[Curve, ...]] = (
        Curve("loss", "Generator loss"),
        Curve("discriminator_loss", "Discriminator loss"),
        Curve("real_told", "Real told", better="higher", percent=True),
        Curve("made_up_told", "Made-up told", better="higher", percent=True),
        Curve("energy_distance", "Energy distance"),
    )
    monitor: ClassVar[str] = "energy_distance"

    adversarial_loss: str = param(
        "non_saturating",
        choices=("non_saturating", "least_squares", "wasserstein"),
        help="what the two networks make small; wasserstein needs a discriminator without batch norm",
    )
    gradient_penalty: float = param(10.0, min=0, help="how much the penalty of wasserstein counts")
    n_critic: int = param(
        1,
        min=1,
        max=100,
        label="Discriminator steps",
        help="steps of the discriminator for one of the generator; 5 is usual with wasserstein",
    )

    def turns(self) -> tuple[Turn, ...]:
        """The discriminator with every batch, and behind it the generator with every n_critic-th."""
        return Turn((_JUDGE,), "discriminator_loss"), Turn((_MAKER,), "loss", self.n_critic)

    # ---------------------------------------------------------------------------------------------------- checks

    def given_to(self, role: str, data: DataSpec | None) -> tuple[Given, ...]:
        """Noise, or a sample."""
        return (Given("noise", None, noise=True),) if role == _MAKER else self.given(data)

    def why_apart(self, role: str) -> str:
        """The gradient penalty asks how the score of one sample changes with that sample (Gulrajani et al. 2017)."""
        penalised = self.adversarial_loss == "wasserstein" and self.gradient_penalty > 0
        return (
            "the gradient penalty is taken of each sample by itself" if penalised and role == _JUDGE else ""
        )

    def role_misfits(
        self, role: str, outputs: Mapping[str, TensorSpec], data: DataSpec, last_kind: str
    ) -> Iterator[Misfit]:
        """Why a network cannot play its role; empty where it can."""
        found = self._of_generator if role == _MAKER else self._of_discriminator
        yield from found(outputs[role], data, last_kind)

    def _of_generator(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        sample = lengths_of(data)
        if not data.input.is_float or not sample or len(sample) < data.input.rank - 1:
            message = f"{self.title} makes up values of a fixed shape, but samples are {data.input}"
            yield Misfit("ND421", f"{message}; choose another task or other data")
            return
        if not output.is_float or not is_like(output, sample):
            message = f"The generator makes up samples like {data.input}, but its output is {output}"
            one = len(sample) == 1
            yield Misfit("ND420", message, features=sample[0] if one else None, shape=None if one else sample)
        gives = gives_of(last_kind)
        if gives is not None and data.span is not None and not gives.span.holds(data.span):
            wide = data.span == ANY
            scaled = "are scaled to mean 0 and deviation 1" if wide else f"lie {data.span.text}"
            advice = "; set normalize of the data to minmax" if wide else ""
            text = f"{last_kind} before the output gives {gives.words}, and the data {scaled}"
            yield Misfit("ND422", f"{text}{advice}", drop_last=True, severity="warning")

    def _of_discriminator(self, output: TensorSpec, data: DataSpec, last_kind: str) -> Iterator[Misfit]:
        del data
        if not output.is_float or output.shape[:1] != (BATCH,) or any(dim != 1 for dim in output.shape[1:]):
            message = f"The discriminator gives one number a sample, [{BATCH}, 1], but its output is {output}"
            yield Misfit("ND420", message, features=1)
        gives = gives_of(last_kind)
        if self.adversarial_loss != "least_squares" and gives is not None and gives.span != ANY:
            why = "applies the sigmoid itself" if self._tells_chances else "takes scores of any size"
            text = f"The loss {why}, and {last_kind} before the output gives {gives.words} only"
            yield Misfit("ND422", text, drop_last=True, severity="warning")

    def example(self, role: str, data: DataSpec) -> Callable[[list[str]], None] | None:
        """Makes samples, or judges them."""
        from netdesigner.evaluation.usage import made

        del data
        return made.main if role == _MAKER else None

    def usage(self) -> str:
        """What the two networks are to each other."""
        return (
            "The generator makes a sample out of noise, each number of which is drawn from the normal distribution of "
            "mean 0 and deviation 1. The discriminator gives a larger number for what it takes for a real sample."
        )

    # -------------------------------------------------------------------------------------------------- training

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        """Both turns, each with noise of its own; the loss is the generator's."""
        found: dict[str, Tensor] = {}
        for turn in self.turns() if measure else self.turns()[1:]:
            found |= self.take(turn, networks, criterion, batch)
        others = [curve.name for curve in self.curves if curve.name != "loss"] if measure else []
        return {"loss": found["loss"], **{name: found[name].detach() for name in others}}

    def take(
        self,
        turn: Turn,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
    ) -> dict[str, Tensor]:
        """One turn: the curves of the discriminator, or the loss of the generator and the energy distance."""
        import torch

        maker, judge, input = networks[_MAKER], networks[_JUDGE], batch.input
        if turn.roles == (_MAKER,):
            made, further = _run(maker, self._noise_for(maker, input))
            scores = _score(judge, made)[0]
            distance = energy_distance(input.flatten(1), made.detach().flatten(1))
            return {"loss": self._fooled(scores) + further, "energy_distance": distance}
        with torch.no_grad():
            made = _run(maker, _noise(maker, len(input), input.device))[0]
        real, further = _score(judge, input)
        false = _score(judge, made)[0]
        loss = self._told_apart(real, false) + further
        if self.adversarial_loss == "wasserstein":
            loss = loss + self.gradient_penalty * _penalty(judge, input, made)
        return {"discriminator_loss": loss, **self._shares(real.detach(), false.detach())}

    def _noise_for(self, maker: nn.Module, input: Tensor) -> Tensor:
        """Noise for a turn of the generator: for each sample some, for held-out ones more, which is always the same."""
        import torch

        if maker.training:
            return _noise(maker, len(input), input.device)
        count = max(len(input), min(_FOR_EACH * len(input), _COMPARED))
        return _noise(maker, count, "cpu", torch.Generator().manual_seed(0)).to(input.device)

    @property
    def _tells_chances(self) -> bool:
        """Whether the sigmoid of a score is how likely a sample is real."""
        return self.adversarial_loss == "non_saturating"

    def _told_apart(self, real: Tensor, made_up: Tensor) -> Tensor:
        """What the discriminator makes small, but for the penalty."""
        from torch.nn import functional as F

        if self.adversarial_loss == "wasserstein":
            return made_up.mean() - real.mean()
        if self.adversarial_loss == "least_squares":
            return (real - 1).square().mean() + made_up.square().mean()
        return F.softplus(-real).mean() + F.softplus(made_up).mean()

    def _fooled(self, made_up: Tensor) -> Tensor:
        """What the generator makes small."""
        from torch.nn import functional as F

        if self.adversarial_loss == "wasserstein":
            return -made_up.mean()
        if self.adversarial_loss == "least_squares":
            return (made_up - 1).square().mean()
        return F.softplus(-made_up).mean()

    def _shares(self, real: Tensor, made_up: Tensor) -> dict[str, Tensor]:
        """The shares of real and of made-up samples that are told for what they are.

        Scores of a Wasserstein critic have no zero: there the middle between the means of both parts them.
        """
        middle: Any = {"non_saturating": 0.0, "least_squares": 0.5}.get(self.adversarial_loss)
        if middle is None:
            middle = (real.mean() + made_up.mean()) / 2
        return {
            "real_told": (real > middle).float().mean(),
            "made_up_told": (made_up <= middle).float().mean(),
        }

    # --------------------------------------------------------------------------------------------------- judging

    def wanted(self, input: Numbers, target: Numbers) -> Numbers:
        """The real sample, as one row of numbers."""
        del target
        return input.reshape(len(input), -1)

    def answers(self, networks: Mapping[str, nn.Module], input: Tensor, target: Tensor) -> Tensor:
        """For each sample a made-up one, and the scores of both: [N, 2 + F], the scores of real and made-up first."""
        import torch

        maker, judge = networks[_MAKER], networks[_JUDGE]
        made = _run(maker, _noise(maker, len(input), input.device))[0]
        scores = torch.stack([_score(judge, input)[0], _score(judge, made)[0]], dim=1)
        return torch.cat([scores, made.flatten(1)], dim=1)

    def made_up(
        self, networks: Mapping[str, nn.Module], input: Tensor, data: DataSpec
    ) -> Iterator[tuple[Tensor, None]]:
        """What the generator makes of noise."""
        while True:
            yield _run(networks[_MAKER], _noise(networks[_MAKER], _TOGETHER, input.device))[0], None

    def judge(
        self, output: np.ndarray, target: np.ndarray, data: DataSpec
    ) -> tuple[dict[str, float], tuple[Preview, ...]]:
        """The shares that the discriminator tells, the energy distance, and some of what was made up.

        Args:
            output: [N, 2 + F], as of `answers`.
            target: the real samples, [N, F].
            data: the shape of a sample and the names of its columns.
        """
        import torch

        scores, made = torch.from_numpy(output[:, :2]), output[:, 2:]
        measures = {name: float(share) for name, share in self._shares(*scores.T).items()}
        pair = (torch.from_numpy(values[:_COMPARED]) for values in (target, made))
        measures["energy_distance"] = float(energy_distance(*pair))
        pictures = made[:_SHOWN].reshape(-1, *lengths_of(data))
        if is_image(pictures):
            return measures, (ImageGrid("Made up from noise", tuple(map(picture, to_unit(pictures)))),)
        return measures, (_columns(target, made, data),)

    def errors(self, output: np.ndarray, target: np.ndarray) -> np.ndarray:
        """How little the discriminator takes each real sample for real, [N]: its score, the other way round."""
        return -output[:, 0]

    def words(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> tuple[str, str]:
        """That a sample is real, and what the discriminator says of it.

        Args:
            output: [2 + F] of one sample.
            target: its numbers, [F].
            data: not looked at.
        """
        score = float(output[0])
        if self._tells_chances:
            return "real", f"real with {1 / (1 + math.exp(-max(-500.0, min(500.0, score)))):.2f}"
        return "real", f"score {score:.3g}"

    def caption(self, output: np.ndarray, target: np.ndarray, data: DataSpec) -> str:
        """What the discriminator says of a sample, which is real; arguments as of `words`."""
        return self.words(output, target, data)[1]


def energy_distance(real: Tensor, made_up: Tensor) -> Tensor:
    """How far apart two sets of samples are spread, a 0-d tensor; its mean over draws is 0 where they are alike.

    Args:
        real, made_up: [N, F] and [M, F], each at least 2.
    """
    import torch

    real, made_up = real.float(), made_up.float()
    found = 2 * torch.cdist(real, made_up).mean()
    for values in (real, made_up):
        count = max(2, len(values))
        found = found - torch.cdist(values, values).sum() / (count * (count - 1))
    return found


def _noise(maker: Any, count: int, device: Any, chance: Generator | None = None) -> Tensor:
    """Noise of the shape that the generator's Input states."""
    import torch

    shape = (count, *maker.input_specs[0].shape[1:])
    found: Tensor = torch.randn(shape, generator=chance, device=device)
    return found


def _run(network: nn.Module, input: Tensor) -> tuple[Tensor, Tensor]:
    """What a network gives for samples, and the sum of its further Outputs of one number."""
    given = network(input)
    output = answer_of(given).float()
    return output, with_further(network, given, output.new_zeros(()))["loss"]


def _score(discriminator: nn.Module, samples: Tensor) -> tuple[Tensor, Tensor]:
    """As `_run`, one number a sample, [N]."""
    output, further = _run(discriminator, samples)
    return output.reshape(len(samples)), further


def _penalty(discriminator: nn.Module, real: Tensor, made_up: Tensor) -> Tensor:
    """How far the slope of the scores is from 1 between real and made-up samples."""
    import torch

    with torch.enable_grad(), torch.autocast(real.device.type, enabled=False):
        share = torch.rand(len(real), *(1,) * (real.ndim - 1), device=real.device)
        between = (share * real + (1 - share) * made_up).requires_grad_()
        scores = _score(discriminator, between)[0].sum()
        (slope,) = torch.autograd.grad(scores, between, create_graph=True)
        found: Tensor = (slope.flatten(1).norm(dim=1) - 1).square().mean()
        return found


def _columns(real: np.ndarray, made_up: np.ndarray, data: DataSpec) -> Table:
    """Mean and deviation of each column, real and made up."""
    import numpy as np

    known = len(data.features) == real.shape[1]
    rows: list[tuple[str | float, ...]] = []
    for index in range(min(_SHOWN, real.shape[1])):
        numbers = [f(part[:, index]) for part in (real, made_up) for f in (np.mean, np.std)]
        name = data.features[index] if known else f"number {index + 1}"
        rows.append((name, *(float(f"{number:.4g}") for number in numbers)))
    titles = ("column", "real mean", "real deviation", "made-up mean", "made-up deviation")
    return Table("Made up beside real, as scaled", titles, tuple(rows))
