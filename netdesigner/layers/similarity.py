"""How near two tensors are to each other."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import broadcast, promoted
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class _Comparison(Layer):
    """What the two have in common."""

    category: ClassVar[str] = "Combine"
    inputs: ClassVar[tuple[Port, ...]] = (Port("x1"), Port("x2"))

    def _common(self, specs: tuple[TensorSpec | None, ...]) -> TensorSpec:
        """The shape of both, an axis of 1 stretched to that of the other."""
        first, second = self.need(specs[0], port="x1"), self.need(specs[1], port="x2")
        shape = broadcast(first.shape, second.shape)
        if shape is None:
            sides = f"{first} and {second}"
            message = (
                f"{self.label()} takes inputs of equal shape (an axis of 1 is stretched), but gets {sides}"
            )
            raise ShapeError(message, port="x2")
        return TensorSpec(shape, promoted((first, second)))


class CosineSimilarity(_Comparison):
    """The cosine of the angle between vectors: 1 where they point the same way, −1 where the opposite way.

    Shape:
        - X1, x2: of equal shape, except that an axis of 1 is stretched.
        - Output: the same without the axis dim.

    Source: torch.nn.CosineSimilarity; Salton et al., "A vector space model for automatic indexing" (1975).
    """

    kind: ClassVar[str] = "CosineSimilarity"
    torch_class: ClassVar[str] = "CosineSimilarity"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8)), TensorSpec(("N", 8)))),
        Example((TensorSpec(("N", "T", 4)), TensorSpec(("N", 1, 4))), {"dim": -1}),
        Example((TensorSpec(("N", 3, 4, 5)), TensorSpec(("N", 3, 4, 5))), {"dim": 2, "eps": 1e-3}),
    )

    dim: int = param(1, help="the axis along which the vectors lie; 1 are the channels of an image")
    eps: float = param(
        1e-8,
        above=0,
        help="the least length a vector counts as, so that nothing is divided by zero",
        advanced=True,
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The common shape without the axis."""
        spec = self._common(specs)
        axis = sample_axis(self, spec, self.dim, port="x1")
        return spec.with_shape(*spec.shape[:axis], *spec.shape[axis + 1 :])


class PairwiseDistance(_Comparison):
    """The distance between vectors along the last axis: (Σ |x1 − x2|ᵖ) to the power of 1/p.

    Shape:
        - X1, x2: (N, ..., features), of equal shape, except that an axis of 1 is stretched.
        - Output: (N, ...), or (N, ..., 1) if keepdim is on.

    Source: torch.nn.PairwiseDistance; Chopra et al., "Learning a similarity metric discriminatively, with application
    to face verification" (2005), for its use.
    """

    kind: ClassVar[str] = "PairwiseDistance"
    torch_class: ClassVar[str] = "PairwiseDistance"
    main: ClassVar[tuple[str, ...]] = ("p",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8)), TensorSpec(("N", 8)))),
        Example((TensorSpec(("N", "T", 4)), TensorSpec(("N", 1, 4))), {"p": 1.0, "keepdim": True}),
        Example((TensorSpec(("N", 3, 5)), TensorSpec(("N", 3, 5))), {"p": 3.0, "eps": 1e-3}),
    )

    p: float = param(
        2.0, min=0, help="2: the straight line; 1: the sum of the differences; larger: the largest counts"
    )
    eps: float = param(
        1e-6, min=0, help="added to each difference, which helps the gradient at 0", advanced=True
    )
    keepdim: bool = param(False, help="leave an axis of length 1 in the place of the last")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The common shape without its last axis, or with 1 in its place."""
        spec = self._common(specs)
        if spec.shape[-1] == BATCH:
            message = f"PairwiseDistance goes along the last axis, which in {spec} is the batch, and samples would be"
            raise ShapeError(f"{message} mixed up", port="x1")
        return spec.with_shape(*spec.shape[:-1], *((1,) if self.keepdim else ()))
