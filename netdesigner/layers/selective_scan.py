"""The recurrence of Mamba."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.rules import fixed
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["SelectiveScan"]


class SelectiveScan(Layer):
    """Runs a state along a sequence whose decay and feeding each step chooses itself, as Mamba does.

    With d = softplus(delta): h(t) = exp(d A) h(t-1) + d B x and y = C h + D x; A and D are learned. No step sees a
    later one. Delta, B and C are usually linear layers of the input.

    Shape:
        - Input, delta: (N, T, features).
        - B, C: (N, T, d_state); the length of the state comes from the wire.
        - Output: (N, T, features).

    Source: Gu and Dao, "Mamba: linear-time sequence modeling with selective state spaces" (2023), arXiv 2312.00752;
    the doubling of W. D. Hillis and G. L. Steele, "Data parallel algorithms", CACM 29 (1986).
    """

    kind: ClassVar[str] = "SelectiveScan"
    category: ClassVar[str] = "Recurrent"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="the sequence"),
        Port("delta", help="how far each step moves the state, before softplus"),
        Port("B", help="how each step feeds the state"),
        Port("C", help="how each step reads the state"),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            (
                TensorSpec(("N", 6, 8)),
                TensorSpec(("N", 6, 8)),
                TensorSpec(("N", 6, 4)),
                TensorSpec(("N", 6, 4)),
            )
        ),
        Example(
            (
                TensorSpec(("N", "T", 3)),
                TensorSpec(("N", "T", 3)),
                TensorSpec(("N", "T", 2)),
                TensorSpec(("N", "T", 2)),
            )
        ),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As the input."""
        spec = self.need(specs[0], 3, what="N, T, features")
        fixed(self, spec, 2, "features")
        delta = self.need(specs[1], 3, what="N, T, features", port="delta")
        if delta != spec:
            raise ShapeError(
                f"'delta' of SelectiveScan is as the input, {spec}, but gets {delta}", port="delta"
            )
        feeds, reads = (
            self.need(given, 3, what="N, T, state", port=port)
            for given, port in zip(specs[2:], ("B", "C"), strict=True)
        )
        fixed(self, feeds, 2, "numbers in the state", "B")
        wanted = spec.with_shape(*spec.shape[:2], feeds.shape[2])
        if feeds != wanted:
            raise ShapeError(
                f"'B' of SelectiveScan takes {wanted} for an input of {spec}, but gets {feeds}", port="B"
            )
        if reads != wanted:
            raise ShapeError(f"'C' of SelectiveScan is as 'B', {wanted}, but gets {reads}", port="C")
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """Both lengths come from the wires."""
        return {"features": self.wired(specs[0]).shape[2], "d_state": self.wired(specs[2]).shape[2]}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that scans."""
        from netdesigner.compiler.operations.state_space import SelectiveScan as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The weights; all work is element by element."""
        lengths = self.arguments(*specs)
        return Cost(lengths["features"] * (lengths["d_state"] + 1))
