"""Axes made one, and one made several."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import axis_of, divide
from netdesigner.parts.tensor import BATCH, TensorSpec, product

__all__ = ["Flatten", "Unflatten"]


class Flatten(Layer):
    """Makes one axis of several, as before the first Linear behind an image.

    Shape:
        - Input: (N, a, b, ...).
        - Output: (N, a·b·...) with the default axes.

    Source: torch.nn.Flatten.
    """

    kind: ClassVar[str] = "Flatten"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "Flatten"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 5)),)),
        Example((TensorSpec(("N", "T", 2, 5)),), {"start_dim": 2}),
        Example((TensorSpec(("N", "T", 5), "int64"),), {"start_dim": -2}),
        Example((TensorSpec(("N", 3, 4, 5)),), {"end_dim": 2}),
    )

    start_dim: int = param(1, help="the first axis that is merged; 0 is the batch")
    end_dim: int = param(-1, help="the last axis that is merged; −1 is the last there is")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The axes from start_dim to end_dim as one."""
        spec = self.wired(specs[0])
        start = (
            axis_of(self, spec, self.start_dim, "start_dim") if spec.rank > 1 or self.start_dim != 1 else 0
        )
        end = axis_of(self, spec, self.end_dim, "end_dim")
        if start > end:
            message = f"Flatten would begin at axis {start} and end before it at axis {end} of {spec}"
            raise ShapeError(message, port="input", changes=({"start_dim": 1, "end_dim": -1},))
        merged = spec.shape[start : end + 1]
        if BATCH in merged and len(merged) > 1:
            message = (
                f"Flatten would merge the batch with other axes of {spec}, and samples would be mixed up"
            )
            raise ShapeError(message, port="input", changes=({"start_dim": 1},))
        return spec.with_shape(*spec.shape[:start], product(merged), *spec.shape[end + 1 :])


class Unflatten(Layer):
    """Makes several axes of one, such as an image of a row of features.

    Shape:
        - Input: (N, ..., a·b, ...).
        - Output: (N, ..., a, b, ...).

    Source: torch.nn.Unflatten.
    """

    kind: ClassVar[str] = "Unflatten"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "Unflatten"
    main: ClassVar[tuple[str, ...]] = ("dim", "unflattened_size")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 12)),), {"unflattened_size": (3, 2, 2)}),
        Example((TensorSpec(("N", 12, "T")),), {"unflattened_size": (4, -1)}),
        Example((TensorSpec(("N", "T", 6), "int64"),), {"dim": -1, "unflattened_size": (2, 3)}),
    )

    dim: int = param(1, help="the axis that is split")
    unflattened_size: Ints = param(
        (1, -1), min=-1, help="lengths of the new axes; one may be −1 and is worked out"
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The axis exchanged for several."""
        spec = self.wired(specs[0])
        at = axis_of(self, spec, self.dim)
        if not self.unflattened_size:
            raise ShapeError(
                "Unflatten needs the lengths of the new axes", changes=({"unflattened_size": (1, -1)},)
            )
        lengths = divide(self, spec, spec.shape[at : at + 1], self.unflattened_size, "unflattened_size")
        return spec.with_shape(*spec.shape[:at], *lengths, *spec.shape[at + 1 :])
