"""Elementary functions of each element."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.elements import as_real, numbers
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Absolute",
    "Cos",
    "Exp",
    "Floor",
    "Log",
    "Negative",
    "Reciprocal",
    "Round",
    "Sign",
    "Sin",
    "Sqrt",
    "Square",
]


class _Elementary(Layer):
    """What all have in common.

    Attributes:
        function: torch's name of it.
        real: its results have fractions, so that whole numbers give real ones.
        truths: it takes true and false too, and gives such.
    """

    category: ClassVar[str] = "Arithmetic"
    function: ClassVar[str] = ""
    real: ClassVar[bool] = False
    truths: ClassVar[bool] = False
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 5, 5)),)),
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", 3), "int64"),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came, in the element type of the results."""
        spec = self.wired(specs[0])
        if self.real:
            return spec.with_dtype(as_real(spec.dtype))
        return spec if self.truths else numbers(self, spec)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that applies the function."""
        from netdesigner.compiler.operations.elementwise import Function as Module

        return Module(self.function)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.{self.function}({arguments[0]})"


class Negative(_Elementary):
    """Turns the sign of each element.

    Shape:
        - Input: any; numbers.
        - Output: the same.

    Source: torch.neg.
    """

    kind: ClassVar[str] = "Negative"
    function: ClassVar[str] = "neg"


class Absolute(_Elementary):
    """Drops the sign of each element: |x|.

    Shape:
        - Input: any; numbers.
        - Output: the same.

    Source: torch.abs.
    """

    kind: ClassVar[str] = "Absolute"
    function: ClassVar[str] = "abs"


class Sign(_Elementary):
    """Gives 1 for what is positive, −1 for what is negative, and 0 for zero; nothing is learned through it.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.sign.
    """

    kind: ClassVar[str] = "Sign"
    function: ClassVar[str] = "sign"
    truths: ClassVar[bool] = True


class Square(_Elementary):
    """Multiplies each element by itself.

    Shape:
        - Input: any; numbers.
        - Output: the same.

    Source: torch.square.
    """

    kind: ClassVar[str] = "Square"
    function: ClassVar[str] = "square"


class Sqrt(_Elementary):
    """The square root of each element; of a negative one it is not a number.

    Shape:
        - Input: any.
        - Output: the same, in real numbers.

    Source: torch.sqrt.
    """

    kind: ClassVar[str] = "Sqrt"
    function: ClassVar[str] = "sqrt"
    real: ClassVar[bool] = True


class Reciprocal(_Elementary):
    """One divided by each element; of zero it is infinite.

    Shape:
        - Input: any.
        - Output: the same, in real numbers.

    Source: torch.reciprocal.
    """

    kind: ClassVar[str] = "Reciprocal"
    function: ClassVar[str] = "reciprocal"
    real: ClassVar[bool] = True


class Exp(_Elementary):
    """The exponential function of each element: eˣ.

    Shape:
        - Input: any.
        - Output: the same, in real numbers.

    Source: torch.exp.
    """

    kind: ClassVar[str] = "Exp"
    function: ClassVar[str] = "exp"
    real: ClassVar[bool] = True


class Log(_Elementary):
    """The natural logarithm of each element; of zero it is −∞, so Clamp what may become zero.

    Shape:
        - Input: any.
        - Output: the same, in real numbers.

    Source: torch.log.
    """

    kind: ClassVar[str] = "Log"
    function: ClassVar[str] = "log"
    real: ClassVar[bool] = True


class Sin(_Elementary):
    """The sine of each element, an angle in radians.

    Shape:
        - Input: any.
        - Output: the same, in real numbers.

    Source: torch.sin; Sitzmann et al., "Implicit neural representations with periodic activation functions" (2020),
    for its use.
    """

    kind: ClassVar[str] = "Sin"
    function: ClassVar[str] = "sin"
    real: ClassVar[bool] = True


class Cos(_Elementary):
    """The cosine of each element, an angle in radians.

    Shape:
        - Input: any.
        - Output: the same, in real numbers.

    Source: torch.cos.
    """

    kind: ClassVar[str] = "Cos"
    function: ClassVar[str] = "cos"
    real: ClassVar[bool] = True


class _Whole(_Elementary):
    """What the two have in common that give whole numbers."""

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that rounds, unless the numbers are whole already, which ONNX rounds none of."""
        from torch import nn

        return super().build(*specs) if self.wired(specs[0]).is_float else nn.Identity()


class Round(_Whole):
    """Rounds each element to the nearest whole number, a half to the even one; nothing is learned through it.

    Shape:
        - Input: any; numbers.
        - Output: the same.

    Source: torch.round.
    """

    kind: ClassVar[str] = "Round"
    function: ClassVar[str] = "round"


class Floor(_Whole):
    """Rounds each element down to a whole number; nothing is learned through it.

    Shape:
        - Input: any; numbers.
        - Output: the same.

    Source: torch.floor.
    """

    kind: ClassVar[str] = "Floor"
    function: ClassVar[str] = "floor"
