"""Tensors that the network brings itself: fixed, learned, and counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import Floats, Ints, param
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Constant", "Parameter", "Positions"]

_LIKE = Port("like", optional=True, help="a tensor with as many samples as are wanted, as Concat needs them")


class _Brought(Layer):
    """What the two have in common that need no input."""

    category: ClassVar[str] = "Values"
    inputs: ClassVar[tuple[Port, ...]] = (_LIKE,)
    main: ClassVar[tuple[str, ...]] = ("shape",)

    def _batch(self, like: TensorSpec | None) -> Dim:
        """One sample for all, or as many as another tensor has."""
        if like is None:
            return 1
        if BATCH in like.shape[1:]:
            message = f"'like' of {self.label()} must have the batch as its first axis, but gets {like}"
            raise ShapeError(message, port="like")
        return like.shape[0]


class Constant(_Brought):
    """Gives fixed numbers, the same for all samples: nothing is learned.

    Shape:
        - Like: any, only its number of samples counts.
        - Output: (1, *shape), which Add and its like stretch over the batch; (N, *shape) if 'like' is wired.

    Source: torch.full, torch.tensor.
    """

    kind: ClassVar[str] = "Constant"
    main: ClassVar[tuple[str, ...]] = ("value", "shape")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((None,)),
        Example((None,), {"value": (0.485, 0.456, 0.406), "shape": (3, 1, 1)}),
        Example((TensorSpec(("N", "T", 8)),), {"value": (2,), "shape": (1, 4), "dtype": "int64"}),
        Example((TensorSpec(("N", 5), "int64"),), {"value": (1, 0, 1), "shape": (3,), "dtype": "bool"}),
    )

    value: Floats = param((0.0,), help="one number for all elements, or one for each, the last axis first")
    lengths: Ints = param((1,), name="shape", min=1, help="one sample's axes, without the batch")
    dtype: str = param(
        "float32",
        choices=("float32", "int64", "bool"),
        help="float32 real numbers, int64 whole ones, bool true where the number is not 0",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The declared axes."""
        elements = math.prod(self.lengths)
        if len(self.value) not in (1, elements):
            shape = f"the {elements} elements of its shape {list(self.lengths)}"
            message = f"Constant has {len(self.value)} numbers for {shape}"
            one = {"value": self._held()[:1] or (0.0,)}
            raise ShapeError(message, changes=({"shape": (len(self.value),)}, one) if self.value else (one,))
        fractions = [number for number in self.value if not number.is_integer()]
        if self.dtype == "int64" and fractions:
            message = f"Constant holds whole numbers (int64), and {fractions[0]:g} is none"
            raise ShapeError(message, changes=({"dtype": "float32"}, {"value": self._held()}))
        return TensorSpec((self._batch(specs[0]), *self.lengths), self.dtype)

    def _held(self) -> tuple[float, ...]:
        """The numbers as the element type can hold them."""
        return tuple(float(round(number)) for number in self.value) if self.dtype == "int64" else self.value

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that holds the numbers."""
        from netdesigner.compiler.operations.values import Constant as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The numbers that are held."""
        return Cost(buffers=len(self.value))


class Parameter(_Brought):
    """A tensor of learned numbers, the same for all samples: a class token, positions, queries, a temperature.

    Shape:
        - Like: any, only its number of samples counts.
        - Output: (1, *shape), which Add and its like stretch over the batch; (N, *shape) if 'like' is wired.

    Source: torch.nn.Parameter; Dosovitskiy et al., "An image is worth 16x16 words" (2020), for its use.
    """

    kind: ClassVar[str] = "Parameter"
    main: ClassVar[tuple[str, ...]] = ("shape", "init")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((None,), {"shape": (5, 8)}),
        Example((TensorSpec(("N", "T", 8)),), {"shape": (1, 8), "init": "trunc_normal"}),
        Example((TensorSpec(("N",), "int64"),), {"shape": (), "init": "ones"}),
        Example((None,), {"shape": (3, 1, 1), "init": "uniform", "std": 0.5}),
    )

    lengths: Ints = param((1, 64), name="shape", min=1, help="one sample's axes, without the batch")
    init: str = param(
        "normal",
        choices=("normal", "trunc_normal", "uniform", "zeros", "ones"),
        help="the numbers before training: 'trunc_normal' is normal without what lies more than two std away",
    )
    std: float = param(0.02, min=0, help="how far from zero they lie: the standard deviation before training")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The declared axes."""
        return TensorSpec((self._batch(specs[0]), *self.lengths))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module with one weight."""
        from netdesigner.compiler.operations.values import Parameter as Module

        return Module(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The numbers that are learned."""
        return Cost(math.prod(self.lengths))


class Positions(Layer):
    """Counts along an axis: 0, 1, 2 and so on, as many as the axis is long.

    Shape:
        - Input: any.
        - Output: (1, L) int64, L being the length of the axis dim.

    Source: torch.arange; Vaswani et al., "Attention is all you need" (2017), for its use.
    """

    kind: ClassVar[str] = "Positions"
    category: ClassVar[str] = "Values"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input", help="what is counted; its elements do not matter"),)
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T"), "int64"),)),
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", 3, 4, 5)),), {"dim": -1}),
    )

    dim: int = param(1, help="the axis that is counted along; 1 are the steps of a sequence")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A number for each place."""
        spec = self.wired(specs[0])
        return TensorSpec((1, spec.shape[sample_axis(self, spec, self.dim)]), "int64")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that counts."""
        from netdesigner.compiler.operations.values import Positions as Module

        return Module(**self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        x = arguments[0]
        return f"torch.arange({x}.shape[{self.dim}], device={x}.device).unsqueeze(0)"
