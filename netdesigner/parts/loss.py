"""What a loss is: how wrong an answer is; as a rule a class of torch.nn, with its own parameter names and defaults.

Left out of every loss are `reduction`, because a step needs one number, which is a mean over its samples, and
`size_average` and `reduce`, which torch has given up for it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from netdesigner.errors import TrainingError
from netdesigner.parts.dataset import NO_CLASS
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import Part
from netdesigner.parts.span import ANY, Span

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor, nn

__all__ = ["CLASSES", "LABELS", "VALUES", "Gives", "Loss", "Span", "Takes", "gives_of"]

CLASSES = "classes"
"""Targets that are one class number a sample, [N] int64; where each pixel has one, a pixel is a sample to the loss."""
VALUES = "values"
"""Targets that are one value or several a sample, [N, k] float32."""
LABELS = "labels"
"""Targets that are a yes or a no for each of several labels, [N, K] float32 of 0 and 1."""


class Takes(NamedTuple):
    """What the numbers of an output should be.

    Attributes:
        words: in the user's words.
        span: between what they lie.
        needs: the kind of layer before the Output that gives such numbers; "" where any layer does.
    """

    words: str = "values of any size"
    span: Span = ANY
    needs: str = ""


class Gives(NamedTuple):
    """What a kind of layer can give, and how that is said."""

    span: Span
    words: str


_ANY = Gives(ANY, "values of any size")
_GIVES: Mapping[str, Gives] = {
    kind: gives
    for kinds, gives in (
        ("Softmax Softmax2d Softmin", Gives(Span(0, 1), "values between 0 and 1 that sum to 1")),
        ("Sigmoid Hardsigmoid", Gives(Span(0, 1), "values between 0 and 1")),
        ("Tanh Softsign", Gives(Span(-1, 1), "values between -1 and 1")),
        ("LogSoftmax LogSigmoid", Gives(Span(high=0), "values below 0")),
        ("ReLU Softplus", Gives(Span(low=0), "values of 0 and more")),
        ("Linear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d", _ANY),
        ("BatchNorm1d BatchNorm2d BatchNorm3d LayerNorm GroupNorm RMSNorm", _ANY),
        ("LeakyReLU PReLU ELU CELU SELU GELU SiLU Mish Hardswish", _ANY),
    )
    for kind in kinds.split()
}
"""What the last layer can give, as far as its kind alone tells; of other kinds nothing is said."""


def gives_of(kind: str) -> Gives | None:
    """What a kind of layer can give; None where its kind alone does not tell."""
    return _GIVES.get(kind)


class Loss(Part):
    """How wrong a network's answers are, as one number that training makes small.

    A task offers the losses that learn what it learns. The output holds F numbers a sample, which are what the loss
    takes; they come in float32, whatever the network computes with.

    Shape:
        output [N, F] float32; target [N] int64, or [N, k] or [N, K] float32; the loss has no axes.

    Attributes:
        learns: the sorts of target that it is for, of `CLASSES`, `VALUES` and `LABELS`.
        takes: what the numbers of the output should be.
        applies: kinds of layer that the loss applies itself: what a second one does, and the loss that takes the
            output with it, or "".
        raw: the loss of the same meaning that takes scores of any size, or "".
        targets: between what values lie that it can learn.
        lists: parameters that hold one number for each number of the output.
        own: parameters that torch's class has not.
        reduction: torch's word for a mean over the batch.
    """

    learns: ClassVar[tuple[str, ...]] = ()
    takes: ClassVar[Takes] = Takes()
    applies: ClassVar[Mapping[str, tuple[str, str]]] = {}
    raw: ClassVar[str] = ""
    targets: ClassVar[Span] = ANY
    lists: ClassVar[tuple[str, ...]] = ()
    own: ClassVar[tuple[str, ...]] = ()
    reduction: ClassVar[str] = "mean"

    @property
    def says(self) -> str:
        """What the numbers of an output are, in a word for those who use an exported network.

        "values" as they are, "scores" whose sigmoid is how likely a yes is, "chances" of a yes, "logarithms" of values,
        or "means" before as many variances. The softmax of values and scores of classes tells how likely each is.
        """
        return "values"

    def expected(self) -> Takes:
        """What the numbers of the output should be with these parameters."""
        return self.takes

    def features(self, count: int) -> tuple[int, ...]:
        """How many numbers a sample's output may have for so many classes or values, the usual first."""
        return (count,)

    def normalizer(self, worth: float, count: int) -> float | None:
        """By how much the log likelihood of a sample is below the loss times -`worth`; None where it is no likelihood.

        Args:
            worth: how many nats the loss is worth, of which it is a mean.
            count: how many values a sample has.
        """
        del worth, count
        return None

    def misfits(self, features: int, last_kind: str, values: Span | None = ANY) -> Iterator[Misfit]:
        """Why the loss cannot be taken of an output, or only badly.

        Args:
            features: how many numbers the output has.
            last_kind: the kind of the layer that feeds it.
            values: between what the values lie that are to be learned; None where nobody knows.
        """
        for name in self.lists:
            given = getattr(self, name)
            if given is not None and len(given) != features:
                wanted = f"expected {features} numbers, as many as the output has, got {len(given)}"
                yield Misfit("ND434", f"loss {self.label()}: {name}: {wanted}", param=name)
        if last_kind in self.applies:
            message, loss = self.applies[last_kind]
            yield Misfit("ND422", message, drop_last=True, loss=loss, severity="warning")
        elif last_kind in _GIVES:
            yield from self._of_last(last_kind, _GIVES[last_kind], values)

    def _of_last(self, last_kind: str, gives: Gives, values: Span | None) -> Iterator[Misfit]:
        takes = self.expected()
        text = f"{self.label()} takes {takes.words}, and {last_kind} before the output gives {gives.words}"
        if takes.span == ANY:
            if gives.span.high < math.inf and values is not None and not gives.span.holds(values):
                yield Misfit("ND422", f"{text} only", drop_last=True, severity="warning")
        elif not takes.span.holds(gives.span):
            free = gives is _ANY
            loss = self.raw if free else ""
            yield Misfit("ND423", text, drop_last=not free, add_last=takes.needs, loss=loss)

    @property
    def passes_over(self) -> bool:
        """Whether places without a class count for nothing; else it needs a class everywhere."""
        return getattr(self, "ignore_index", None) == NO_CLASS

    def check_targets(self, target: np.ndarray) -> None:
        """Holds the targets of all samples against what can be learned.

        Raises:
            TrainingError: there are others among them.
        """
        if target.dtype.kind != "f":
            self._refuse_no_class(int((target == NO_CLASS).sum()))
            return
        found = Span(float(target.min()), float(target.max()))
        if not self.targets.holds(found):
            have = f"the targets go from {found.low:g} to {found.high:g}"
            raise TrainingError(
                f"{self.label()} learns values {self.targets.text}, and {have}",
                advice=("Choose another loss, or bring the targets into that range.",),
            )

    def _refuse_no_class(self, count: int) -> None:
        """Class numbers can always be learned; that there is none is for some losses only."""
        if count and not self.passes_over:
            places = f"{count:,} {'place' if count == 1 else 'places'}"
            raise TrainingError(
                f"{self.label()} needs a class everywhere, and the targets lack it in {places}",
                advice=(f"Choose a loss with ignore_index and set it to {NO_CLASS}.",),
            )

    def fitted(self, target: np.ndarray, count: int) -> Self:
        """The loss with what it takes from the training part; itself where it takes nothing.

        Args:
            target: what is wanted of all samples of the training part.
            count: how many classes or labels there are; 0 for values.
        """
        del target, count
        return self

    def arguments(self) -> dict[str, Any]:
        """What the module is made with; lists of numbers are tensors."""
        import torch

        return {
            name: torch.tensor(value) if isinstance(value, tuple) else value
            for name, value in self.values().items()
            if name not in self.own
        }

    def build(self) -> nn.Module:
        """Torch's own module; lists of numbers are buffers of it, which move with it to a device."""
        from torch import nn

        built: nn.Module = getattr(nn, self.kind)(reduction=self.reduction, **self.arguments())
        return built

    def of(self, criterion: nn.Module, output: Tensor, target: Tensor) -> Tensor:
        """The loss of a batch; 0 where all of it is passed over, of which torch's mean is no number.

        Args:
            criterion: what `build` gave.
            output: [N, F] float32.
            target: [N] int64 or [N, k] float32.
        """
        found: Tensor = criterion(output, target)
        ignored = getattr(self, "ignore_index", None)
        return found if ignored is None else found.where((target != ignored).any(), 0.0)

    def counted(self, criterion: nn.Module, target: Tensor) -> Tensor | int:
        """How much a batch counts where the losses of several are brought to their mean; as a rule by its samples.

        Args:
            criterion: what `build` gave.
            target: of the batch, as `DataSpec.target`.
        """
        del criterion
        return len(target)

    def scores(self, output: Tensor) -> Tensor:
        """A score for each class, [N, K]: the largest is said, and their softmax is how sure that is."""
        return output

    def said(self, output: Tensor) -> Tensor:
        """What the output says of the values, [N, k] in their own unit."""
        return output
