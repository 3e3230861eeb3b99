"""Tensors combined element by element, or with plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.layers._elementwise import PAIR_EXAMPLES, Elementwise, Joined, WithNumber
from netdesigner.parts.elements import Wire, as_real, numbers, plain, promoted_by
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import promoted
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "Add",
    "Clamp",
    "Divide",
    "Maximum",
    "Minimum",
    "Multiply",
    "Power",
    "Remainder",
    "Scale",
    "Subtract",
]


def _of_numbers(layer: Layer, wires: Sequence[Wire], *plain_numbers: float) -> str:
    """The element type of what is computed of numbers; plain ones stand in for a second wire.

    Raises:
        ShapeError: a wire brings true and false.
    """
    found = promoted([numbers(layer, spec, port) for port, spec in wires])
    return promoted_by(found, *plain_numbers) if len(wires) == 1 else found


class Add(Joined):
    """Adds its inputs element by element, as where a residual branch comes back.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same.

    Source: torch.add; He et al., "Deep residual learning for image recognition" (2015), for its use.
    """

    kind: ClassVar[str] = "Add"
    function: ClassVar[str] = "add"
    sign: ClassVar[str] = "+"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that adds; the sum of true and false is what any of them says, which ONNX adds none of."""
        from netdesigner.compiler.operations.elementwise import Elementwise as Module

        truths = self.element_type(self.wires(specs)) == "bool"
        return Module("logical_or" if truths else self.function)


class Subtract(Elementwise):
    """Takes the second input from the first, element by element.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched; numbers.
        - Output: the same.

    Source: torch.sub.
    """

    kind: ClassVar[str] = "Subtract"
    function: ClassVar[str] = "sub"
    sign: ClassVar[str] = "-"

    def element_type(self, wires: Sequence[Wire]) -> str:
        """The type that holds both."""
        return _of_numbers(self, wires)


class Multiply(Joined):
    """Multiplies its inputs element by element, as a gate does.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same.

    Source: torch.mul; Hu et al., "Squeeze-and-excitation networks" (2017), for its use.
    """

    kind: ClassVar[str] = "Multiply"
    function: ClassVar[str] = "mul"
    sign: ClassVar[str] = "*"


class Divide(Elementwise):
    """Divides the first input by the second, element by element; whole numbers give real ones.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched.
        - Output: the same; rounded, whole numbers stay whole.

    Source: torch.div.
    """

    kind: ClassVar[str] = "Divide"
    function: ClassVar[str] = "div"
    main: ClassVar[tuple[str, ...]] = ("rounding_mode",)
    examples: ClassVar[tuple[Example, ...]] = (
        *PAIR_EXAMPLES,
        Example((TensorSpec(("N", 4), "int64"), TensorSpec(("N", 4))), {"rounding_mode": "floor"}),
        Example((TensorSpec(("N", 4)), TensorSpec(("N", 1))), {"rounding_mode": "trunc"}),
    )

    rounding_mode: str | None = param(
        None,
        choices=("floor", "trunc"),
        help="'floor' rounds the quotient down, 'trunc' towards zero; empty: it is left as it is",
    )

    def element_type(self, wires: Sequence[Wire]) -> str:
        """A real type, unless the quotient is rounded."""
        found = promoted(spec for _, spec in wires)
        if self.rounding_mode is None:
            return as_real(found)
        if found == "bool":
            message = f"Divide rounds quotients of numbers, but gets {wires[0][1]} and {wires[1][1]}"
            raise ShapeError(message, port="other", changes=({"rounding_mode": None},))
        return found

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that divides."""
        from netdesigner.compiler.operations.elementwise import Divide as Module

        return Module(self.rounding_mode)

    def call(self, module: str, *arguments: str) -> str:
        """The operator, or the function of torch where it rounds."""
        if self.rounding_mode is None:
            return " / ".join(arguments)
        return f'torch.div({", ".join(arguments)}, rounding_mode="{self.rounding_mode}")'


class Power(WithNumber):
    """Raises each element to a power, a number or another tensor's element.

    Shape:
        - Input, exponent: of equal shape, except that an axis of 1 is stretched; numbers.
        - Output: the same; whole numbers stay whole where the exponent is whole.

    Source: torch.pow.
    """

    kind: ClassVar[str] = "Power"
    function: ClassVar[str] = "pow"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="what is raised"),
        Port("exponent", optional=True, help="takes the place of the number"),
    )
    main: ClassVar[tuple[str, ...]] = ("exponent",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 4)), None)),
        Example((TensorSpec(("N", "T", 8)), None), {"exponent": -0.5}),
        Example((TensorSpec(("N", 2), "int64"), None), {"exponent": 3}),
        Example((TensorSpec(("N", 2, 3)), TensorSpec(("N", 1, 3)))),
    )

    exponent: float = param(
        2.0, help="the power, where nothing is wired to 'exponent'; 0.5 is the square root"
    )

    def element_type(self, wires: Sequence[Wire]) -> str:
        """The type that holds both."""
        found = _of_numbers(self, wires, self.number())
        if len(wires) == 1 and self.exponent < 0 and not TensorSpec((), found).is_float:
            given = f"{wires[0][1]} and the exponent {self.number()}"
            message = f"Power raises whole numbers to whole powers from 0, but gets {given}"
            raise ShapeError(message, port="input", changes=({"exponent": -self.exponent},))
        return found

    def number(self) -> float:
        """The exponent."""
        return plain(self.exponent)


class Remainder(WithNumber):
    """What is left of each element after division, with the sign of the divisor.

    Shape:
        - Input, other: of equal shape, except that an axis of 1 is stretched; numbers.
        - Output: the same.

    Source: torch.remainder.
    """

    kind: ClassVar[str] = "Remainder"
    function: ClassVar[str] = "remainder"
    main: ClassVar[tuple[str, ...]] = ("other",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T"), "int64"), None)),
        Example((TensorSpec(("N", 5)), None), {"other": 0.75}),
        Example((TensorSpec(("N", 2, 3)), TensorSpec(("N", 1, 3)))),
    )

    other: float = param(2.0, help="the divisor, where nothing is wired to 'other'")

    def element_type(self, wires: Sequence[Wire]) -> str:
        """The type that holds both."""
        if len(wires) == 1 and self.other == 0:
            raise ShapeError("Remainder cannot divide by 0", changes=({"other": 1.0},))
        return _of_numbers(self, wires, self.number())

    def number(self) -> float:
        """The divisor."""
        return plain(self.other)


class Maximum(Joined):
    """Keeps the largest of its inputs at each place.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same.

    Source: torch.maximum; Goodfellow et al., "Maxout networks" (2013), for its use.
    """

    kind: ClassVar[str] = "Maximum"
    function: ClassVar[str] = "maximum"


class Minimum(Joined):
    """Keeps the smallest of its inputs at each place.

    Shape:
        - Inputs: of equal shape, except that an axis of 1 is stretched.
        - Output: the same.

    Source: torch.minimum.
    """

    kind: ClassVar[str] = "Minimum"
    function: ClassVar[str] = "minimum"


class Scale(Layer):
    """Multiplies each element by a number and adds a number: scale·x + offset.

    Shape:
        - Input: any.
        - Output: the same; whole numbers stay whole where both numbers are whole.

    Source: torch.mul, torch.add.
    """

    kind: ClassVar[str] = "Scale"
    category: ClassVar[str] = "Arithmetic"
    main: ClassVar[tuple[str, ...]] = ("scale", "offset")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 4)),), {"scale": 0.5, "offset": 1}),
        Example((TensorSpec(("N", "T", 8)),), {"scale": 0.125}),
        Example((TensorSpec(("N", "T"), "int64"),), {"scale": 2, "offset": -1}),
        Example((TensorSpec(("N", "T"), "int64"),), {"offset": 0.5}),
        Example((TensorSpec(("N", "T"), "bool"),)),
    )

    scale: float = param(1.0, help="what each element is multiplied by")
    offset: float = param(0.0, help="what is added afterwards")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.wired(specs[0])
        return spec.with_dtype(promoted_by(spec.dtype, plain(self.scale), plain(self.offset)))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that multiplies and adds."""
        from netdesigner.compiler.operations.elementwise import Scale as Module

        return Module(plain(self.scale), plain(self.offset))

    def call(self, module: str, *arguments: str) -> str:
        """The operators, without those that change nothing."""
        scale, offset = plain(self.scale), plain(self.offset)
        times = f" * {scale!r}" if scale != 1 or offset == 0 else ""
        plus = f" {'-' if offset < 0 else '+'} {abs(offset)!r}" if offset != 0 else ""
        return f"{arguments[0]}{times}{plus}"


class Clamp(Layer):
    """Keeps each element between two numbers: what lies outside becomes the nearer of them.

    Shape:
        - Input: any.
        - Output: the same; whole numbers stay whole where both numbers are whole.

    Source: torch.clamp.
    """

    kind: ClassVar[str] = "Clamp"
    category: ClassVar[str] = "Arithmetic"
    main: ClassVar[tuple[str, ...]] = ("min", "max")
    initial: ClassVar[dict[str, Value]] = {"min": 0.0, "max": 1.0}
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 4)),), {"min": 0, "max": 1}),
        Example((TensorSpec(("N", "T", 8)),), {"min": 1e-6}),
        Example((TensorSpec(("N", "T"), "int64"),), {"max": 0}),
        Example((TensorSpec(("N", "T"), "int64"),), {"min": 0.5}),
    )

    min: float | None = param(None, help="what is smaller becomes this; empty: no limit")
    max: float | None = param(None, help="what is larger becomes this; empty: no limit")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.wired(specs[0])
        if self.min is None and self.max is None:
            raise ShapeError("Clamp needs a min, a max, or both", changes=({"min": 0.0}, {"max": 1.0}))
        if self.min is not None and self.max is not None and self.min > self.max:
            message = f"Clamp has the min {self.min:g} above the max {self.max:g}"
            raise ShapeError(message, changes=({"min": self.max, "max": self.min},))
        return spec.with_dtype(promoted_by(spec.dtype, *self._limits().values()))

    def _limits(self) -> dict[str, float]:
        given = {"min": self.min, "max": self.max}
        return {name: plain(limit) for name, limit in given.items() if limit is not None}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that limits."""
        from netdesigner.compiler.operations.elementwise import Clamp as Module

        return Module(**self._limits())

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        limits = "".join(f", {name}={limit!r}" for name, limit in self._limits().items())
        return f"torch.clamp({arguments[0]}{limits})"
