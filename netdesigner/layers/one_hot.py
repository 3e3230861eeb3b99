"""Classes as rows of zeros with a single one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["OneHot"]


class OneHot(Layer):
    """Makes of each whole number a row of zeros with a 1 at its place; Cast makes real numbers of them.

    Shape:
        - Input: (N, ...) int64, each from 0 to num_classes − 1.
        - Output: (N, ..., num_classes) int64.

    Source: torch.nn.functional.one_hot.
    """

    kind: ClassVar[str] = "OneHot"
    category: ClassVar[str] = "Embedding"
    main: ClassVar[tuple[str, ...]] = ("num_classes",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T"), "int64"),)),
        Example((TensorSpec(("N",), "int64"),), {"num_classes": 3}),
        Example((TensorSpec(("N", 4, 2), "int64"),), {"num_classes": 2}),
    )

    num_classes: int = param(10, min=1, help="how many different numbers there are")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A row for each number."""
        spec = self.wired(specs[0])
        if spec.dtype != "int64":
            shape = TensorSpec(spec.shape)
            raise ShapeError(
                f"OneHot takes whole numbers (int64), but gets {shape} of {spec.dtype}", port="input"
            )
        return spec.with_shape(*spec.shape, self.num_classes)

    def index_limits(self, *specs: TensorSpec | None) -> tuple[Dim | None, ...]:
        """A place for each number."""
        return (self.num_classes,)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that spreads numbers."""
        from netdesigner.compiler.operations.conversion import OneHot as Module

        return Module(self.num_classes)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"F.one_hot({arguments[0]}, {self.num_classes})"
