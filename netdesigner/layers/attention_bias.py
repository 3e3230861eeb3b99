"""What is added to the scores of an attention before they become weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import at_least, nearest_divisor, quotient, sizes
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec, product

if TYPE_CHECKING:
    from torch import nn

__all__ = ["AlibiBias", "RelativePositionBias", "ShiftedWindowMask", "T5RelativePositionBias"]

_HEADS = "how many attentions run side by side"


class _Bias(Layer):
    """What all have in common."""

    category: ClassVar[str] = "Attention"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import bias

        module: nn.Module = getattr(bias, self.kind)(**self.arguments(*specs))
        return module


class ShiftedWindowMask(_Bias):
    """Keeps positions apart that share a window only because the image was rolled before it was cut.

    Add it to the scores (N, windows, heads, positions, positions): 0 for pairs that may look at each other, −100 for
    the others. With a shift of 0 it is 0 everywhere.

    Shape:
        - Input: the rolled image (N, H, W, C), read for its lengths only.
        - Output: (windows, 1, h·w, h·w).

    Source: Liu et al., "Swin transformer" (2021).
    """

    kind: ClassVar[str] = "ShiftedWindowMask"
    title: ClassVar[str] = "Shifted window mask"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input", help="the image that is cut into windows"),)
    main: ClassVar[tuple[str, ...]] = ("window_size", "shift_size")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 14, 7, 3)),)),
        Example((TensorSpec(("N", 8, 6, 3)),), {"window_size": (4, 3), "shift_size": (2, 0)}),
        Example((TensorSpec(("N", "4*H", "4*W", 3)),), {"window_size": 4, "shift_size": 2}),
    )

    window_size: Size = param(7, min=1, axes=2, help="height and width of a window")
    shift_size: Size = param(3, min=0, axes=2, help="how far the image was rolled up and to the left")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A square for each window."""
        spec = self.wired(specs[0])
        if spec.rank != 4:
            message = f"{self.label()} takes 4 axes (N, H, W, C), but gets {spec}"
            raise ShapeError(message, port="input")
        window, shift = sizes(self.window_size, 2), sizes(self.shift_size, 2)
        if any(far >= side for far, side in zip(shift, window, strict=True)):
            message = (
                f"{self.label()} can be shifted by less than its window of {window[0]} x {window[1]}, not by"
            )
            less = tuple(min(far, side - 1) for far, side in zip(shift, window, strict=True))
            changes = {"shift_size": less}, self._mended(spec)
            raise ShapeError(f"{message} {shift[0]} x {shift[1]}", changes=changes)
        counts = [quotient((length,), side) for length, side in zip(spec.shape[1:3], window, strict=True)]
        if None in counts:
            message = (
                f"{self.label()} cannot cut {spec} into windows of {window[0]} x {window[1]} without a rest"
            )
            raise ShapeError(message, port="input", changes=(self._mended(spec),))
        positions = math.prod(window)
        windows = product(count for count in counts if count is not None)
        return TensorSpec((windows, 1, positions, positions))

    def _mended(self, spec: TensorSpec) -> dict[str, object]:
        pairs = zip(spec.shape[1:3], sizes(self.window_size, 2), strict=True)
        window = tuple(nearest_divisor(n, side) if isinstance(n, int) else 1 for n, side in pairs)
        shift = zip(sizes(self.shift_size, 2), window, strict=True)
        return {"window_size": window, "shift_size": tuple(min(far, side - 1) for far, side in shift)}

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """Both sizes along both axes."""
        return {"window_size": sizes(self.window_size, 2), "shift_size": sizes(self.shift_size, 2)}


class RelativePositionBias(_Bias):
    """Learns for each head a number for each way from one position of a window to another.

    Add it to the scores (..., heads, positions, positions). It takes no wire.

    Shape:
        - Output: (num_heads, h·w, h·w).

    Source: Liu et al., "Swin transformer" (2021).
    """

    kind: ClassVar[str] = "RelativePositionBias"
    title: ClassVar[str] = "Relative position bias"
    inputs: ClassVar[tuple[Port, ...]] = ()
    main: ClassVar[tuple[str, ...]] = ("window_size", "num_heads")
    examples: ClassVar[tuple[Example, ...]] = (
        Example(()),
        Example((), {"window_size": (3, 2), "num_heads": 4}),
    )

    window_size: Size = param(7, min=1, axes=2, help="height and width of a window")
    num_heads: int = param(3, min=1, help=_HEADS)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A square for each head."""
        positions = math.prod(sizes(self.window_size, 2))
        return TensorSpec((self.num_heads, positions, positions))

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The window's size along both axes."""
        return {"window_size": sizes(self.window_size, 2), "num_heads": self.num_heads}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A number for each head and way; which way lies between each pair is kept beside them."""
        height, width = sizes(self.window_size, 2)
        ways = (2 * height - 1) * (2 * width - 1)
        return Cost(self.num_heads * ways, buffers=(height * width) ** 2)


class _Distances(_Bias):
    """What depends on the lengths of two sequences."""

    inputs: ClassVar[tuple[Port, ...]] = (
        Port("query", help="the steps that ask"),
        Port("key", optional=True, help="the steps they look at; empty: the same"),
    )

    num_heads: int = param(8, min=1, help=_HEADS)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A number for each head and pair of steps."""
        asking = self._steps(specs[0], "query")
        attended = asking if specs[1] is None else self._steps(specs[1], "key")
        return TensorSpec((self.num_heads, asking, attended))

    def _steps(self, spec: TensorSpec | None, port: str) -> Dim:
        spec = at_least(self, spec, 2, "N, steps, ...", port, floats=False)
        if spec.shape[1] == BATCH:
            message = f"{self.label()} reads the steps behind the batch (N, steps, ...), but gets {spec}"
            raise ShapeError(message, port=port)
        return spec.shape[1]


class T5RelativePositionBias(_Distances):
    """Learns for each head a number for each distance between steps; far distances share one.

    Add it to the scores (N, heads, L, S). In T5 one such bias serves all layers of a stack.

    Shape:
        - Query: (N, L, ...), read for its length only.
        - Key: (N, S, ...), likewise.
        - Output: (num_heads, L, S).

    Source: Raffel et al., "Exploring the limits of transfer learning with a unified text-to-text transformer" (2019).
    """

    kind: ClassVar[str] = "T5RelativePositionBias"
    title: ClassVar[str] = "Relative position bias (T5)"
    main: ClassVar[tuple[str, ...]] = ("num_heads", "bidirectional")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)), None), {"num_heads": 2}),
        Example((TensorSpec(("N", 9), "int64"), None), {"num_heads": 3, "num_buckets": 6, "max_distance": 7}),
        Example(
            (TensorSpec(("N", "T", 8)), TensorSpec(("N", "S", 4))),
            {"num_heads": 2, "num_buckets": 4, "max_distance": 5, "bidirectional": False},
        ),
    )

    num_buckets: int = param(32, min=4, help="how many numbers each head learns")
    max_distance: int = param(128, min=2, help="distances from this one on share a number")
    bidirectional: bool = param(
        True,
        help="steps before and after have numbers of their own; off: all later steps share that of distance 0",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A number for each head and pair of steps."""
        near = self.num_buckets // 4 if self.bidirectional else self.num_buckets // 2
        if self.max_distance <= near:
            message = f"{self.label()} has a number for each distance up to {near}, so max_distance must be"
            changes = (
                {"max_distance": near + 1},
                {"num_buckets": 4},
                {"num_buckets": 4, "bidirectional": True},
            )
            values = self.values()
            telling = tuple(c for c in changes if any(values[name] != value for name, value in c.items()))
            raise ShapeError(f"{message} more than that, not {self.max_distance}", changes=telling)
        return super().shape(*specs)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The table; looking up multiplies nothing."""
        return Cost(self.num_heads * self.num_buckets)


class AlibiBias(_Distances):
    """Lowers scores with the distance between steps, in each head at another rate; nothing is learned.

    Add it to the scores (N, heads, L, S).

    Shape:
        - Query: (N, L, ...), read for its length only.
        - Key: (N, S, ...), likewise.
        - Output: (num_heads, L, S).

    Source: Press, Smith and Lewis, "Train short, test long: attention with linear biases" (2021).
    """

    kind: ClassVar[str] = "AlibiBias"
    title: ClassVar[str] = "Distance bias (ALiBi)"
    main: ClassVar[tuple[str, ...]] = ("num_heads", "is_causal")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)), None), {"num_heads": 4}),
        Example((TensorSpec(("N", 5), "int64"), TensorSpec(("N", "S", 2))), {"num_heads": 3}),
        Example((TensorSpec(("N", "T", 8)), None), {"num_heads": 2, "is_causal": True}),
    )

    is_causal: bool = param(False, help="no step looks at a later one")
