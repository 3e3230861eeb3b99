"""Products and sums of tensors, written as an equation of letters."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import count
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Einsum"]

_LONGEST = 200
"""Characters of an equation."""
_BLANKS = re.compile(r"(?<!\.) +| +(?!\.)")
"""Blanks that mean nothing; those inside `...` are an error."""
_TERM = re.compile(r"([A-Za-z]*)(\.\.\.)?([A-Za-z]*)\Z")

Axes = tuple[str, ...]
"""A name for each axis of a tensor: a letter, or a number for those that `...` stands for, counted from the last."""


class Einsum(Layer):
    """Multiplies its inputs along axes that bear the same letter, and sums over those that the result does not name.

    `nij,njk->nik` multiplies matrices, `nij->nji` swaps two axes, `nii->ni` takes the diagonal; `...` stands for
    any axes. One letter must mean the batch everywhere, and the result must keep it.

    Shape:
        - Operands: an axis for each letter of their term; equal letters have equal lengths, an axis of 1 is stretched.
        - Output: an axis for each letter behind the arrow.

    Source: torch.einsum.
    """

    kind: ClassVar[str] = "Einsum"
    category: ClassVar[str] = "Combine"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("operands", variadic=True, help="what is multiplied, in the order of the equation's terms"),
    )
    main: ClassVar[tuple[str, ...]] = ("equation",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4)), TensorSpec(("N", 4, 5)))),
        Example((TensorSpec(("N", "T", 8)), TensorSpec(("N", "S", 8))), {"equation": "nqd,nkd->nqk"}),
        Example((TensorSpec(("N", 3, "H", "W")),), {"equation": "n c h w -> n h w c"}),
        Example((TensorSpec(("N", 4, 4)), TensorSpec(("N", 4))), {"equation": "nii,ni->n"}),
        Example((TensorSpec(("N", 2, 3, 4)), TensorSpec(("N", 1, 4, 5))), {"equation": "...ij,...jk->...ik"}),
        Example(
            (TensorSpec(("N", 3)), TensorSpec(("N", 4)), TensorSpec(("N", 3, 4, 2))),
            {"equation": "ni,nj,nijk->nk"},
        ),
    )

    equation: str = param(
        "nij,njk->nik",
        help="a term of letters for each input, -> and the letters of the result; n is the batch here",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """An axis for each letter behind the arrow."""
        given = [self.need(spec, port="operands") for spec in specs]
        if len({spec.dtype for spec in given}) > 1:
            kinds = ", ".join(map(str, given))
            raise ShapeError(f"Einsum takes inputs of one element type, but gets {kinds}", port="operands")
        try:
            read = _read(self.equation, given)
            return TensorSpec(tuple(read.lengths[axis] for axis in read.result), given[0].dtype)
        except _MisfitError as misfit:
            raise ShapeError(f"Einsum: {misfit}", port="operands", changes=_proposed(given)) from None

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that computes the equation."""
        from netdesigner.compiler.operations.product import Einsum as Module

        return Module(self.equation)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch. An equation that was accepted holds letters, dots, commas, blanks and the arrow."""
        return f'torch.einsum("{self.equation}", {", ".join(arguments)})'

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The products of matrices that the inputs are multiplied by, from the first to the last."""
        given = [self.wired(spec) for spec in specs]
        return Cost(macs=_products(_read(self.equation, given), given))


class _MisfitError(Exception):
    """Why an equation does not suit the inputs."""


class _Read(NamedTuple):
    """An equation with the lengths of its axes.

    Attributes:
        terms: the axes of each input.
        result: those behind the arrow.
        lengths: how long each is.
    """

    terms: tuple[Axes, ...]
    result: Axes
    lengths: Mapping[str, Dim]


def _read(equation: str, specs: Sequence[TensorSpec]) -> _Read:
    """Holds an equation against its inputs.

    Raises:
        _MisfitError: it is no equation, or not one for these inputs.
    """
    text = _BLANKS.sub("", equation)
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(equation) > _LONGEST:
        raise _MisfitError(f"an equation has at most {_LONGEST} characters, this one has {len(equation)}")
    wrong = next((term for term in (*terms, right) if not _TERM.match(term)), None)
    if not arrow or wrong is not None:
        what = f"'{wrong}' is no term" if arrow else "the arrow is missing"
        raise _MisfitError(
            f"the equation must be like nij,njk->nik, with a term of letters for each input, but {what}"
        )
    if len(terms) != len(specs):
        raise _MisfitError(
            f"the equation has {len(terms)} terms before the arrow, but there are {len(specs)} inputs"
        )
    named = tuple(_axes(term, spec) for term, spec in zip(terms, specs, strict=True))
    lengths = _lengths(named, specs)
    hidden = sorted((axis for axis in lengths if axis.isdigit()), key=int, reverse=True)
    result = _replaced(right, hidden)
    _check_result(result, lengths)
    return _Read(named, result, lengths)


def _axes(term: str, spec: TensorSpec) -> Axes:
    """The axes that a term names; `...` stands for as many as are left."""
    letters = len(term.replace("...", ""))
    left = spec.rank - letters
    if left < 0 or (left > 0 and "..." not in term):
        raise _MisfitError(f"'{term}' names {letters} axes, but its input is {spec}")
    return _replaced(term, [str(axis) for axis in reversed(range(left))])


def _replaced(term: str, hidden: Sequence[str]) -> Axes:
    before, dots, after = term.partition("...")
    return (*before, *(hidden if dots else ()), *after)


def _lengths(named: Sequence[Axes], specs: Sequence[TensorSpec]) -> dict[str, Dim]:
    """The length of each axis over all inputs."""
    found: dict[str, Dim] = {}
    for axes, spec in zip(named, specs, strict=True):
        own: dict[str, Dim] = {}
        for axis, dim in zip(axes, spec.shape, strict=True):
            if own.setdefault(axis, dim) != dim:
                raise _MisfitError(f"'{axis}' stands for {own[axis]} and for {dim} in {spec}")
        for axis, dim in own.items():
            known = found.get(axis, 1)
            if known != dim and 1 not in (known, dim):
                what = "an axis that '...' stands for" if axis.isdigit() else f"'{axis}'"
                raise _MisfitError(f"{what} is {known} long in one input and {dim} in {spec}")
            found[axis] = dim if known == 1 else known
    return found


def _check_result(result: Axes, lengths: Mapping[str, Dim]) -> None:
    for axis, times in Counter(result).items():
        if axis not in lengths:
            raise _MisfitError(f"'{axis}' behind the arrow is in no term before it")
        if times > 1:
            raise _MisfitError(f"'{axis}' stands {times} times behind the arrow")
    batch = [axis for axis, dim in lengths.items() if dim == BATCH]
    if any(axis not in result for axis in batch):
        raise _MisfitError("the batch must stay behind the arrow, or samples would be mixed up")
    if len(batch) > 1:
        raise _MisfitError("the batch must have the same letter in all terms, or samples would be mixed up")


def _products(read: _Read, specs: Sequence[TensorSpec]) -> int:
    """The multiply-adds of one sample.

    As torch does it: two inputs at a time, after sums over what only one of them has. Where nothing is left to sum
    over they are multiplied element by element, which counts nothing.
    """
    left = dict(zip(read.terms[0], specs[0].shape, strict=True))
    macs = 0
    for at in range(1, len(specs)):
        right = dict(zip(read.terms[at], specs[at].shape, strict=True))
        wanted = {*read.result, *(axis for later in read.terms[at + 1 :] for axis in later)}
        shared = {axis for axis in left.keys() & right.keys() if left[axis] != 1 != right[axis]}
        summed = shared - wanted
        kept = {axis: read.lengths[axis] for axis in (left.keys() | right.keys()) & wanted}
        if summed:
            macs += math.prod(count((read.lengths[axis],)) for axis in (*kept, *summed))
        left = {axis: _joined(left.get(axis, 1), right.get(axis, 1)) for axis in kept}
    return macs


def _joined(first: Dim, second: Dim) -> Dim:
    return second if first == 1 else first


def _proposed(specs: Sequence[TensorSpec]) -> tuple[Mapping[str, object], ...]:
    """An equation for some inputs: axes of equal length that lie in different inputs are summed over."""
    letters = iter(string.ascii_lowercase.replace("n", ""))
    known: dict[tuple[Dim, int], str] = {}
    terms = []
    for spec in specs:
        seen = Counter[Dim]()
        term = "n"
        for dim in spec.shape[1:]:
            key = (dim, seen[dim])
            seen[dim] += 1
            if key not in known:
                known[key] = next(letters, "")
            term += known[key]
        terms.append(term)
    often = Counter(letter for term in terms for letter in term)
    result = "n" + "".join(letter for letter in known.values() if often[letter] == 1)
    found = f"{','.join(terms)}->{result}"
    try:
        _read(found, specs)
    except _MisfitError:
        return ()
    return ({"equation": found},)
