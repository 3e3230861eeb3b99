"""What an augmentation is: a change of training samples, by chance, that leaves true what is to be learned of them.

It acts on a whole batch at once, where the batch is, after it was taken out of the training part; what is held out is
never changed. All chance comes from torch's global generators, which are a run's own while it computes, so a resumed
run goes on with the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netdesigner.parts.dataset import DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import Param, Part, param

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["GROUPS", "SORTS", "Augmentation", "Augmented", "Ground", "Mix", "Pair", "sort_of"]

SORTS = {
    "images": "pictures [N, C, H, W]",
    "series": "series [N, T, C]",
    "waves": "waves by channel [N, C, T]",
    "rows": "rows of numbers [N, F]",
    "tokens": "texts of tokens [N, T]",
}
"""The sorts of samples, and what they are called."""
GROUPS = ("Geometry", "Colour and noise", "Mixing of samples", "Series and tables", "Text")
"""Under which augmentations are listed, in this order."""
_SORT_OF_RANK = {4: "images", 3: "series", 2: "rows"}


def sort_of(data: DataSpec) -> str:
    """Which of the `SORTS` samples are, by their shape and type; "" for none of them."""
    if not data.input.is_float:
        return "tokens" if data.input.rank == 2 else ""
    if data.waves:
        return "waves"
    if data.input.rank == 3 and data.input.shape[1] == 1:
        return "rows"  # a series of one step is no more than a row
    return _SORT_OF_RANK.get(data.input.rank, "")


class Mix(NamedTuple):
    """That each sample of a batch was made out of two of them.

    Attributes:
        target: of the other samples, as `Pair.target`.
        share: how much of the loss the first target has, 0 to 1; the other has the rest.
    """

    target: Tensor
    share: float


class Pair(NamedTuple):
    """Inputs and targets of the same samples, first axis the samples.

    Attributes:
        input: as the network gets it.
        target: as `DataSpec.target`.
        mix: what else the samples were made of; None where each is one.
    """

    input: Tensor
    target: Tensor
    mix: Mix | None = None

    @property
    def weightier(self) -> Tensor:
        """The target that has more of the loss, where each sample was made out of two; else the only one."""
        return self.target if self.mix is None or self.mix.share >= 0.5 else self.mix.target

    def moved(self, input: Tensor, follow: Callable[[Tensor], Tensor]) -> Pair:
        """Other inputs, whose targets follow, those of both samples where samples are mixed."""
        mix = self.mix._replace(target=follow(self.mix.target)) if self.mix is not None else None
        return Pair(input, follow(self.target), mix)


class Ground(NamedTuple):
    """What an augmentation knows of the data; each tensor has the axes of a batch, all of length 1 but the channels'.

    Attributes:
        data: what samples look like.
        low, high: the least and the largest number of any channel, which are black and white, as the network gets it
            in each of them.
        deviation: the standard deviation of each channel.
    """

    data: DataSpec
    low: Tensor
    high: Tensor
    deviation: Tensor


class Augmentation(Part):
    """One change of samples, by chance.

    A part writes `change`, which does it to all samples of a batch; those that are spared are put back.

    Attributes:
        takes: the `SORTS` of samples that it is for.
        group: under which of the `GROUPS` it is listed.
        mixes: it makes one sample out of two.
        mirrors: samples become mirror images.
    """

    takes: ClassVar[tuple[str, ...]] = ()
    group: ClassVar[str] = ""
    mixes: ClassVar[bool] = False
    mirrors: ClassVar[bool] = False

    p: float = param(1.0, min=0, max=1, label="Chance", help="how often a sample is changed")

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """The parameters in the order of the form: its own, then those of every augmentation."""
        return tuple(sorted(super().params(), key=lambda declared: declared.field in Augmentation.declared))

    def misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """Why it cannot be done to the samples, or not while this is learned; none where it can.

        Args:
            data: what samples look like.
            task: what is learned; None while none is chosen.
        """
        if sort_of(data) not in self.takes:
            *others, last = (SORTS[sort] for sort in self.takes)
            wanted = f"{', '.join(others)} or {last}" if others else last
            yield Misfit("ND443", f"{self.label()} is for {wanted}, and samples are {data.input}")
            return
        yield from self.further_misfits(data, task)

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """What `misfits` says of samples of the right sort; none where a part does not say."""
        yield from ()

    def apply(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with each of its samples changed, as often as its chance is; the batch itself is left alone."""
        changed = self.change(batch, ground)
        if self.p == 1:
            return changed
        chosen = batch.input.new_empty(len(batch.input)).float().uniform_() < self.p
        mix = changed.mix
        if mix is not None and batch.mix is not None:
            mix = mix._replace(target=_chosen(chosen, mix.target, batch.mix.target))
        input, target = (_chosen(chosen, *both) for both in zip(changed[:2], batch[:2], strict=True))
        return Pair(input, target, mix)

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with every sample changed; the tensors that are given stay as they are.

        Args:
            batch: inputs and targets, whose targets follow where that has a meaning.
            ground: what is known of the data, on the device of the batch.
        """
        raise NotImplementedError


def _chosen(chosen: Tensor, changed: Tensor, before: Tensor) -> Tensor:
    """Each sample as it was changed where it was chosen, else as it was."""
    if changed is before:
        return before
    return changed.where(chosen.view(-1, *(1,) * (changed.ndim - 1)), before)


class Augmented:
    """What is done to the samples of each batch: augmentations, one after the other.

    Attributes:
        parts: in this order.
        ground: what they know of the data, on the device of the batches.
    """

    def __init__(self, parts: Sequence[Augmentation], ground: Ground) -> None:
        self.parts = tuple(parts)
        self.ground = ground

    def __call__(self, batch: Pair) -> Pair:
        """A batch changed by chance, each time otherwise; what was given is left as it is."""
        for part in self.parts:
            batch = part.apply(batch, self.ground)
        return batch
