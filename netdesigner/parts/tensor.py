"""Shapes with named axes.

A dimension is a number or a symbol: `N` is the batch, `T` a time axis, and an `Input` may declare others. Arithmetic
on a symbol gives a formula as text (`T//2`, `T+2`), in a fixed spelling, so that two paths that compute the same
length the same way agree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netdesigner.document.expression import evaluate

__all__ = [
    "BATCH",
    "Dim",
    "TensorSpec",
    "add",
    "bind",
    "floor_divide",
    "multiply",
    "product",
    "shortest",
    "symbols",
    "total",
]

Dim = int | str
BATCH = "N"

_SYMBOL = re.compile(r"[A-Za-z_]\w*\Z")
_NAME = re.compile(r"[A-Za-z_]\w*")
_SHIFTED = re.compile(r"(.*[\w)])([+-]\d+)\Z")
_DIVIDED = re.compile(r"(\w+|\([^()]*\))//(\d+)\Z")


def _atom(dim: str) -> str:
    return dim if _SYMBOL.match(dim) else f"({dim})"


def add(dim: Dim, offset: int) -> Dim:
    """A dimension made longer by a number; offsets fold, so adding and taking away gives the symbol back."""
    if isinstance(dim, int):
        return dim + offset
    dim, shift = _shifted(dim)
    return dim if shift + offset == 0 else f"{dim}{shift + offset:+d}"


def _shifted(dim: str) -> tuple[str, int]:
    """A dimension without the number at its end, and that number: `T+2` as T and 2."""
    found = _SHIFTED.match(dim)
    if found and found[1].count("(") == found[1].count(")"):
        return found[1], int(found[2])
    return dim, 0


def _factors(dim: Dim) -> tuple[int, list[str]]:
    """A dimension as a number times other factors: `2*T` as 2 and T; what is no product is one factor."""
    if isinstance(dim, int):
        return dim, []
    parts, depth, start = [], 0, 0
    for at, sign in enumerate(dim):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 and sign in "+-/%":
            return 1, [f"({dim})"]
        if depth == 0 and sign == "*":
            parts.append(dim[start:at])
            start = at + 1
    parts.append(dim[start:])
    number = int(parts.pop(0)) if parts[0].isdigit() else 1
    return number, parts


def product(dims: Iterable[Dim]) -> Dim:
    """The product of dimensions; 1 of none. Numbers come first and are one, symbols follow in alphabetical order."""
    number, names = 1, []
    for dim in dims:
        factor, others = _factors(dim)
        number *= factor
        names += others
    if not names or number == 0:
        return number
    if number == 1 and len(names) == 1:
        return _bare(names[0])
    return "*".join(([str(number)] if number != 1 else []) + sorted(names))


def _bare(factor: str) -> str:
    """A factor on its own, without the brackets that a product puts around it."""
    return factor[1:-1] if factor.startswith("(") else factor


def multiply(dim: Dim, factor: Dim) -> Dim:
    """A dimension times another."""
    return product((dim, factor))


def floor_divide(dim: Dim, divisor: int) -> Dim:
    """A dimension divided by a number, rounded down; common factors are cancelled and divisions in a row are one."""
    number, names = _factors(dim)
    if not names:
        return number // divisor
    common = math.gcd(number, divisor)
    rest, divisor = product((number // common, *names)), divisor // common
    if divisor == 1:
        return rest
    assert isinstance(rest, str)
    if divided := _DIVIDED.match(rest):
        rest, divisor = _bare(divided[1]), divisor * int(divided[2])
    return f"{_atom(rest)}//{divisor}"


def total(dims: Iterable[Dim]) -> Dim:
    """The sum of dimensions; equal symbols are counted and numbers come last: T, 3 and T give `2*T+3`."""
    offset, counts = 0, dict[str, int]()
    for dim in dims:
        if isinstance(dim, int):
            offset += dim
            continue
        rest, shift = _shifted(dim)
        number, names = _factors(rest)
        term = "*".join(sorted(names))
        offset, counts[term] = offset + shift, counts.get(term, 0) + number
    terms = [str(product((number, term))) for term, number in sorted(counts.items())]
    return add("+".join(terms), offset) if terms else offset


def symbols(dim: Dim) -> frozenset[str]:
    """The symbols in a dimension."""
    return frozenset() if isinstance(dim, int) else frozenset(_NAME.findall(dim))


def bind(dim: Dim, values: Mapping[str, int]) -> Dim:
    """A dimension with its symbols replaced by numbers, where all of them are given; else unchanged."""
    if isinstance(dim, int) or not symbols(dim) <= values.keys():
        return dim
    return int(evaluate(dim, values))


def shortest(dim: Dim) -> int:
    """The smallest length that a dimension can have: a free one is at least 1, and so is each symbol in it."""
    return dim if isinstance(dim, int) else max(1, int(bind(dim, dict.fromkeys(symbols(dim), 1))))


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """What flows through a wire.

    Attributes:
        shape: all axes with the batch first, as numbers or symbols.
        dtype: torch's name of the element type: "float32", "int64", "bool".
    """

    shape: tuple[Dim, ...]
    dtype: str = "float32"

    @property
    def rank(self) -> int:
        """How many axes there are, the batch included."""
        return len(self.shape)

    @property
    def is_float(self) -> bool:
        """Whether the elements are floating-point numbers."""
        return self.dtype.startswith(("float", "bfloat"))

    def with_shape(self, *shape: Dim) -> TensorSpec:
        """The same element type in another shape."""
        return TensorSpec(shape, self.dtype)

    def with_dtype(self, dtype: str) -> TensorSpec:
        """The same shape with another element type."""
        return TensorSpec(self.shape, dtype)

    def bind(self, **values: int) -> TensorSpec:
        """The same spec with symbols replaced by numbers: `spec.bind(N=2, T=10)`."""
        return TensorSpec(tuple(bind(dim, values) for dim in self.shape), self.dtype)

    def symbols(self) -> frozenset[str]:
        """All symbols in the shape."""
        return frozenset().union(*(symbols(dim) for dim in self.shape))

    def elements(self) -> Dim:
        """The number of elements."""
        return product(self.shape)

    def __str__(self) -> str:
        text = "[" + ", ".join(str(dim) for dim in self.shape) + "]"
        return text if self.dtype == "float32" else f"{text} {self.dtype}"
