"""A border around images."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import sizes
from netdesigner.parts.tensor import Dim, TensorSpec, add

__all__ = ["ZeroPad2d"]


class ZeroPad2d(Layer):
    """Puts zeros around an image; a negative number cuts off instead.

    Shape:
        - Input: (N, C, H, W) or (N, H, W).
        - Output: (N, C, H + top + bottom, W + left + right).

    Source: torch.nn.ZeroPad2d.
    """

    kind: ClassVar[str] = "ZeroPad2d"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "ZeroPad2d"
    main: ClassVar[tuple[str, ...]] = ("padding",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 5, 5)),), {"padding": 1}),
        Example((TensorSpec(("N", 3, "H", "W")),), {"padding": (1, 0, 2, 0)}),
        Example((TensorSpec(("N", 3, 6, 6)),), {"padding": (-1, 0, 0, -2)}),
        Example((TensorSpec(("N", 4, 4), "int64"),), {"padding": 2}),
    )

    padding: Size = param(1, axes=4, help="one number for all sides, or left, right, top, bottom")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Height and width made longer."""
        spec = self.wired(specs[0])
        if spec.rank not in (3, 4):
            raise ShapeError(
                f"ZeroPad2d takes 3 or 4 axes (N, H, W or N, C, H, W), but gets {spec}", port="input"
            )
        left, right, top, bottom = sizes(self.padding, 4)
        height, width = spec.shape[-2:]
        sides = self._padded(spec, height, top, bottom), self._padded(spec, width, left, right)
        return spec.with_shape(*spec.shape[:-2], *sides)

    def _padded(self, spec: TensorSpec, length: Dim, before: int, after: int) -> Dim:
        kept = length + min(before, 0) + min(after, 0) if isinstance(length, int) else 1
        if kept < 0 or kept + max(before, 0) + max(after, 0) < 1:
            message = (
                f"ZeroPad2d would cut off all of the length {length} in {spec} with padding {self.padding}"
            )
            raise ShapeError(message, port="input", changes=({"padding": 0},))
        return add(length, before + after)
