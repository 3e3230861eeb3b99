"""What layers have in common that combine tensors element by element; none is declared here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.elements import Wire, combined
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.rules import promoted
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["MANY_EXAMPLES", "PAIR_EXAMPLES", "Elementwise", "Joined", "WithNumber"]

MANY_EXAMPLES = (
    Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 3, 4, 4)))),
    Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 3, 1, 1)), TensorSpec(("N", 1, 4, 4)))),
    Example((TensorSpec(("N", "T", 8)), TensorSpec(("N", "T", 1)))),
    Example((TensorSpec(("N", 2), "int64"), TensorSpec(("N", 2)))),
)
PAIR_EXAMPLES = (
    Example((TensorSpec(("N", 3, 4, 4)), TensorSpec(("N", 3, 1, 1)))),
    Example((TensorSpec(("N", "T", 8)), TensorSpec(("N", "T", 8)))),
    Example((TensorSpec(("N", 2), "int64"), TensorSpec(("N", 2), "int64"))),
    Example((TensorSpec(("N", 2), "int64"), TensorSpec(("N", 1)))),
)


class Elementwise(Layer):
    """Two tensors combined element by element by a function of torch.

    Attributes:
        function: torch's name of it.
        sign: the operator that does the same in Python, or "".
    """

    category: ClassVar[str] = "Arithmetic"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"), Port("other"))
    examples: ClassVar[tuple[Example, ...]] = PAIR_EXAMPLES
    function: ClassVar[str] = ""
    sign: ClassVar[str] = ""

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The common shape, an axis of 1 stretched to the others."""
        wires = self.wires(specs)
        return TensorSpec(combined(self, wires), self.element_type(wires))

    def wires(self, specs: Sequence[TensorSpec | None]) -> list[Wire]:
        """The ports that something is wired to, with what they get; those that may stay empty are left out."""
        ports = zip(self.inputs, specs, strict=True)
        return [
            (port.name, self.wired(spec, port.name))
            for port, spec in ports
            if spec is not None or not port.optional
        ]

    def element_type(self, wires: Sequence[Wire]) -> str:
        """The type of the results.

        Raises:
            ShapeError: the function is not defined for the types that come.
        """
        return promoted(spec for _, spec in wires)

    def number(self) -> float | None:
        """What stands in for the input of an empty port."""
        return None

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that combines."""
        from netdesigner.compiler.operations.elementwise import Elementwise as Module

        return Module(self.function, self.number())

    def call(self, module: str, *arguments: str) -> str:
        """The operator between all arguments, or the function of torch."""
        terms = [repr(self.number()) if text == "None" else text for text in arguments]
        if self.sign:
            return f" {self.sign} ".join(terms)
        return reduce(lambda left, right: f"torch.{self.function}({left}, {right})", terms)


class Joined(Elementwise):
    """Any number of tensors combined from the first to the last."""

    inputs: ClassVar[tuple[Port, ...]] = (Port("inputs", variadic=True, least=2, help="what is combined"),)
    examples: ClassVar[tuple[Example, ...]] = MANY_EXAMPLES

    def wires(self, specs: Sequence[TensorSpec | None]) -> list[Wire]:
        """All wires, which end at one port."""
        return [("inputs", self.wired(spec, "inputs")) for spec in specs]


class WithNumber(Elementwise):
    """A tensor combined with another one, or with a number where nothing is wired to the second port."""

    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input"),
        Port("other", optional=True, help="takes the place of the number"),
    )
