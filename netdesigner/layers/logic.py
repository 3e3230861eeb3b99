"""Comparisons, what is true of several tensors at once, and choices between two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.layers._elementwise import Elementwise, Joined, WithNumber
from netdesigner.parts.elements import Wire, plain, promoted_by
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import promoted
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "And",
    "Equal",
    "Greater",
    "GreaterEqual",
    "Less",
    "LessEqual",
    "Not",
    "NotEqual",
    "Or",
    "Where",
]


class _Comparison(WithNumber):
    """What the six have in common."""

    category: ClassVar[str] = "Logic"
    main: ClassVar[tuple[str, ...]] = ("other",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 3, 1, 1)))),
        Example((TensorSpec(("N", "T", 8)), None)),
        Example((TensorSpec(("N", "T"), "int64"), None), {"other": 1}),
        Example((TensorSpec(("N", 2), "int64"), TensorSpec(("N", 2)))),
    )

    other: float = param(0.0, help="what each element is compared with, where nothing is wired to 'other'")

    def element_type(self, wires: Sequence[Wire]) -> str:
        """True and false."""
        return "bool"

    def number(self) -> float:
        """What is compared with."""
        return plain(self.other)


class Equal(_Comparison):
    """Says where the first input equals the second, or a number; such as where a sequence is filled up.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.eq.
    """

    kind: ClassVar[str] = "Equal"
    function: ClassVar[str] = "eq"


class NotEqual(_Comparison):
    """Says where the first input differs from the second, or from a number.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.ne.
    """

    kind: ClassVar[str] = "NotEqual"
    function: ClassVar[str] = "ne"


class Greater(_Comparison):
    """Says where the first input is greater than the second, or than a number.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.gt.
    """

    kind: ClassVar[str] = "Greater"
    function: ClassVar[str] = "gt"


class GreaterEqual(_Comparison):
    """Says where the first input is at least the second, or a number.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.ge.
    """

    kind: ClassVar[str] = "GreaterEqual"
    function: ClassVar[str] = "ge"


class Less(_Comparison):
    """Says where the first input is less than the second, or than a number.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.lt.
    """

    kind: ClassVar[str] = "Less"
    function: ClassVar[str] = "lt"


class LessEqual(_Comparison):
    """Says where the first input is at most the second, or a number.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.le.
    """

    kind: ClassVar[str] = "LessEqual"
    function: ClassVar[str] = "le"


class _Connective(Joined):
    """What the two have in common."""

    category: ClassVar[str] = "Logic"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 5), "bool"), TensorSpec(("N", 5), "bool"))),
        Example((TensorSpec(("N", "T", 1), "bool"), TensorSpec(("N", 1, "T"), "bool"))),
        Example((TensorSpec(("N", 3)), TensorSpec(("N", 3), "int64"), TensorSpec(("N", 1), "bool"))),
    )

    def element_type(self, wires: Sequence[Wire]) -> str:
        """True and false."""
        return "bool"


class And(_Connective):
    """Says where all of its inputs are true; a number is true where it is not zero.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.logical_and.
    """

    kind: ClassVar[str] = "And"
    function: ClassVar[str] = "logical_and"


class Or(_Connective):
    """Says where any of its inputs is true; a number is true where it is not zero.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same, bool.

    Source: torch.logical_or.
    """

    kind: ClassVar[str] = "Or"
    function: ClassVar[str] = "logical_or"


class Not(Layer):
    """Says where its input is false; a number is false where it is zero.

    Shape:
        - Input: any.
        - Output: the same, bool.

    Source: torch.logical_not.
    """

    kind: ClassVar[str] = "Not"
    category: ClassVar[str] = "Logic"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T"), "bool"),)),
        Example((TensorSpec(("N", 3, 4)),)),
        Example((TensorSpec(("N", 3), "int64"),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came, as true and false."""
        return self.wired(specs[0]).with_dtype("bool")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that negates."""
        from netdesigner.compiler.operations.elementwise import Function as Module

        return Module("logical_not")

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.logical_not({arguments[0]})"


class Where(Elementwise):
    """Takes an element of 'input' where the condition is true, and one of 'other', or a number, where it is false.

    Shape:
        - Condition: bool. Input, other: any. All of equal shape, except that an axis of 1 is stretched.
        - Output: the same, in the element type of input and other.

    Source: torch.where.
    """

    kind: ClassVar[str] = "Where"
    category: ClassVar[str] = "Logic"
    function: ClassVar[str] = "where"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("condition", help="true: the element of 'input'"),
        Port("input", help="then"),
        Port("other", optional=True, help="else; takes the place of the number"),
    )
    main: ClassVar[tuple[str, ...]] = ("other",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 1), "bool"), TensorSpec(("N", "T", 8)), TensorSpec(("N", 1, 8)))),
        Example((TensorSpec(("N", 1, 4), "bool"), TensorSpec(("N", 3, 4)), None), {"other": -1e9}),
        Example((TensorSpec(("N", 4), "bool"), TensorSpec(("N", 4), "int64"), None)),
        Example((TensorSpec(("N", 4), "bool"), TensorSpec(("N", 4), "int64"), TensorSpec(("N", 1)))),
    )

    other: float = param(0.0, help="the element where the condition is false and nothing is wired to 'other'")

    def element_type(self, wires: Sequence[Wire]) -> str:
        """The type that holds both choices."""
        condition, *choices = (spec for _, spec in wires)
        if condition.dtype != "bool":
            message = f"'condition' of Where takes bool, such as a comparison gives, but gets {condition}"
            raise ShapeError(message, port="condition")
        if len(choices) == 1:
            return promoted_by(choices[0].dtype, self.number())
        return promoted(choices)

    def number(self) -> float:
        """What is taken where the condition is false."""
        return plain(self.other)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that chooses."""
        from netdesigner.compiler.operations.elementwise import Where as Module

        return Module(self.number())

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        condition, then, other = arguments
        return f"torch.where({condition}, {then}, {repr(self.number()) if other == 'None' else other})"
