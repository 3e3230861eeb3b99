"""Another element type, and an end to gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Cast", "Detach"]


class Cast(Layer):
    """Gives the elements another type, such as real numbers for true and false.

    Shape:
        - Input: any.
        - Output: the same of type dtype; fractions are cut off, and all but 0 becomes true.

    Source: torch.Tensor.to.
    """

    kind: ClassVar[str] = "Cast"
    category: ClassVar[str] = "Shape"
    main: ClassVar[tuple[str, ...]] = ("dtype",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T"), "bool"),)),
        Example((TensorSpec(("N", 3, 4), "int64"),)),
        Example((TensorSpec(("N", 5)),), {"dtype": "int64"}),
        Example((TensorSpec(("N", 5)),), {"dtype": "bool"}),
        Example((TensorSpec(("N", 5)),), {"dtype": "float64"}),
    )

    dtype: str = param(
        "float32",
        choices=("float32", "float64", "float16", "bfloat16", "int64", "int32", "bool"),
        help="torch's name of the type; float32 is what layers compute with",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came, of another type."""
        return self.wired(specs[0]).with_dtype(self.dtype)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that converts."""
        from netdesigner.compiler.operations.conversion import Cast as Module

        return Module(self.dtype)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.to(torch.{self.dtype})"


class Detach(Layer):
    """Gives what it takes and lets no gradient back: what lies before it does not learn from what comes after.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.Tensor.detach; Grill et al., "Bootstrap your own latent" (2020), for its use.
    """

    kind: ClassVar[str] = "Detach"
    category: ClassVar[str] = "Shape"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 8, 8)),)),
        Example((TensorSpec(("N", "T"), "int64"),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return self.wired(specs[0])

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that lets no gradient back."""
        from netdesigner.compiler.operations.conversion import Detach as Module

        return Module()

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.detach()"
