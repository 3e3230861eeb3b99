"""Texts with other, exchanged, missing or hidden tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.augmentation import Augmentation, Ground, Pair
from netdesigner.parts.dataset import CHANGED_BELOW, FILL, HIDDEN, HIDDEN_BELOW, MARKS, NO_CLASS, DataSpec
from netdesigner.parts.misfit import Misfit
from netdesigner.parts.part import param

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.parts.task import Task

__all__ = ["DeleteTokens", "HideTokens", "MaskTokens", "SwapTokens"]


class _OfTokens(Augmentation):
    """What they have in common: of pairs of texts only the one to read is changed, and marks are left alone."""

    takes: ClassVar[tuple[str, ...]] = ("tokens",)
    group: ClassVar[str] = "Text"


def _read(input: Tensor, data: DataSpec) -> Tensor:
    """The tokens that may be changed: a text, or of a pair the one to read."""
    return input[:, : input.shape[1] - _written(data)]


def _written(data: DataSpec) -> int:
    """How many tokens at the end of a sample are those to write; 0 where samples are no pairs."""
    length = data.target.shape[1] if data.pairs else 0
    assert isinstance(length, int), "pairs have a fixed length"
    return length


def _with_read(batch: Pair, read: Tensor) -> Pair:
    """The batch with another text to read, or another one as a whole."""
    import torch

    return batch._replace(input=torch.cat([read, batch.input[:, read.shape[1] :]], dim=1))


def _free(tokens: Tensor, data: DataSpec) -> Tensor:
    """Which tokens are none of the marks, nor what fills up a text that has a class."""
    if data.tokens:
        return tokens != FILL
    free = tokens >= (len(MARKS) if data.classes[: len(MARKS)] == MARKS else 0)
    return free & (tokens != data.classes.index(HIDDEN)) if HIDDEN in data.classes else free


def _any_of(tokens: Tensor, free: Tensor) -> Tensor:
    """At each place a free token from somewhere in the batch; nothing waits for a GPU to count them."""
    import torch

    counted = free.flatten().cumsum(0)
    wanted = (torch.rand(tokens.shape, device=tokens.device) * counted[-1]).long() + 1
    places = torch.searchsorted(counted, wanted.flatten()).clamp(max=len(counted) - 1)
    return tokens.flatten()[places].view(tokens.shape)


def _drawn(tokens: Tensor, share: float) -> Tensor:
    """Places that are chosen by chance, each with this probability."""
    import torch

    return torch.rand(tokens.shape, device=tokens.device) < share


class MaskTokens(_OfTokens):
    """Puts something else in the place of some tokens of a text; what is to be learned stays.

    Shape:
        input [N, T] int64; of pairs of texts only the one to read is changed.

    Source:
        Z. Xie et al., Data noising as smoothing in neural network language models, ICLR 2017.
    """

    kind: ClassVar[str] = "mask_tokens"
    title: ClassVar[str] = "Mask tokens"

    share: float = param(0.1, min=0, max=1, help="chance of each token to be replaced")
    by: str = param(
        "random",
        choices=("random", "mark"),
        help="by what: random: a token from somewhere in the batch, so that frequent ones are met more often; mark: "
        "the one that hides tokens, which data have where hidden is set",
    )

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That no token hides others."""
        if self.by == "mark" and HIDDEN not in data.classes:
            text = "the data have no mark that hides tokens; set random"
            yield Misfit("ND442", f"{self.label()}: by: {text}", param="by")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with other tokens."""
        read = _read(batch.input, ground.data)
        free = _free(read, ground.data)
        chosen = free & _drawn(read, self.share)
        if self.by == "mark":
            return _with_read(batch, read.masked_fill(chosen, ground.data.classes.index(HIDDEN)))
        return _with_read(batch, _any_of(read, free).where(chosen, read))


class SwapTokens(_OfTokens):
    """Lets neighbours in a text change places.

    Shape:
        input [N, T] int64; of pairs of texts only the one to read is changed.

    Source:
        M. Artetxe, G. Labaka, E. Agirre, K. Cho, Unsupervised neural machine translation, ICLR 2018, section 3.2.
    """

    kind: ClassVar[str] = "swap_tokens"
    title: ClassVar[str] = "Swap tokens"

    share: float = param(0.1, min=0, max=1, help="chance of each token to change places with the next one")

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That something is to be learned of each place."""
        if data.target.rank == 2 and not data.target.is_float and not data.pairs:
            text = "and something is to be learned at each of the places"
            yield Misfit(
                "ND444", f"{self.label()} lets tokens change places, {text}; use Mask tokens in its place"
            )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with other orders of tokens."""
        import torch
        from torch.nn import functional as F

        read = _read(batch.input, ground.data)
        drawn, free = _drawn(read[:, 1:], self.share), _free(read, ground.data)
        # Of two in a row only the first goes, or a token would move twice.
        first = drawn & ~F.pad(drawn, (1, 0))[:, :-1] & free[:, :-1] & free[:, 1:]
        places = torch.arange(read.shape[1], device=read.device) + F.pad(first, (0, 1)).long()
        return _with_read(batch, read.gather(1, places - F.pad(first, (1, 0)).long()))


class DeleteTokens(_OfTokens):
    """Leaves out some tokens of the text to read; those behind move up, and the end is filled.

    Shape:
        input [N, S + T] int64, pairs of texts, of which the one to read is changed.

    Source:
        M. Iyyer, V. Manjunatha, J. Boyd-Graber, H. Daumé III, Deep unordered composition rivals syntactic methods for
        text classification, ACL 2015.
    """

    kind: ClassVar[str] = "delete_tokens"
    title: ClassVar[str] = "Delete tokens"

    share: float = param(0.1, min=0, max=1, help="chance of each token to be left out")

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That nothing fills a text up."""
        if not data.pairs:
            yield Misfit(
                "ND444",
                f"{self.label()} is for pairs of texts, which can be filled up; use Mask tokens in its place",
            )

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with shorter texts."""
        read = _read(batch.input, ground.data)
        gone = _drawn(read, self.share) & _free(read, ground.data)
        left = read.masked_fill(gone, FILL).gather(1, gone.long().argsort(dim=1, stable=True))
        return _with_read(batch, left)


class HideTokens(_OfTokens):
    """Hides other tokens than those that the data have hidden, as many in each text, anew each time it is met.

    So a text of which a part is hidden gives something else to learn in every epoch.

    Shape:
        input [N, T] int64, texts with hidden tokens; target [N, T] int64, these tokens, and −100 elsewhere.

    Source:
        Y. Liu et al., RoBERTa: a robustly optimized BERT pretraining approach, 2019, section 4.1 (dynamic masking).
    """

    kind: ClassVar[str] = "hide_tokens"
    title: ClassVar[str] = "Hide other tokens"

    def further_misfits(self, data: DataSpec, task: Task | None) -> Iterator[Misfit]:
        """That nothing is hidden."""
        if HIDDEN not in data.classes:
            text = "nothing is hidden in the data; say how much in their hidden"
            yield Misfit("ND444", f"{self.label()} hides others than are hidden, and {text}")

    def change(self, batch: Pair, ground: Ground) -> Pair:
        """The batch with other hidden tokens."""
        import torch

        wanted, mark = batch.target != NO_CLASS, ground.data.classes.index(HIDDEN)
        text = batch.target.where(wanted, batch.input)
        order, lot = torch.rand((2, *text.shape), device=text.device)
        hidden = order.argsort(dim=1).argsort(dim=1) < wanted.sum(dim=1, keepdim=True)
        changed = torch.randint_like(text, mark).where(lot < CHANGED_BELOW, text)
        shown = changed.masked_fill(lot < HIDDEN_BELOW, mark)
        return batch._replace(input=shown.where(hidden, text), target=text.masked_fill(~hidden, NO_CLASS))
