"""A place in the network that changes nothing."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.tensor import TensorSpec

__all__ = ["Identity"]


class Identity(Layer):
    """Gives what it takes, such as the short way round a residual branch.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Identity.
    """

    kind: ClassVar[str] = "Identity"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "Identity"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 8, 8)),)),
        Example((TensorSpec(("N", "T"), "int64"),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return self.wired(specs[0])
