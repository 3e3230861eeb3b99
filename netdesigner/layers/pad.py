"""A border around sequences, images and volumes."""

from __future__ import annotations

from typing import Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import AXES, sizes
from netdesigner.parts.tensor import Dim, TensorSpec, add

__all__ = [
    "CircularPad1d",
    "CircularPad2d",
    "CircularPad3d",
    "ConstantPad1d",
    "ConstantPad2d",
    "ConstantPad3d",
    "ReflectionPad1d",
    "ReflectionPad2d",
    "ReflectionPad3d",
    "ReplicationPad1d",
    "ReplicationPad2d",
    "ReplicationPad3d",
    "ZeroPad1d",
    "ZeroPad2d",
    "ZeroPad3d",
]

_SIDES = "one number for all sides, or one for each: left, right, then top, bottom, then front, back"

_SPECS = {
    1: (TensorSpec(("N", 3, 8)), TensorSpec(("N", 3, "T")), TensorSpec(("N", 6))),
    2: (TensorSpec(("N", 3, 5, 4)), TensorSpec(("N", 3, "H", "W")), TensorSpec(("N", 6, 6))),
    3: (TensorSpec(("N", 2, 4, 3, 5)), TensorSpec(("N", 2, "T", "H", "W")), TensorSpec(("N", 4, 4, 4))),
}


def _filled_examples(axes: int, **params: Any) -> tuple[Example, ...]:
    whole, free, without_channels = _SPECS[axes]
    return (
        Example((whole,), {"padding": 1, **params}),
        Example((free,), {"padding": (1, 2, 0, 1, 2, 1)[: 2 * axes], **params}),
        Example((without_channels,), {"padding": 2, **params}),
        Example((whole,), {"padding": (-1, 2, 1, -1, 0, -2)[: 2 * axes], **params}),
        Example((whole.with_dtype("int64"),), {"padding": 2}),
    )


def _continued_examples(axes: int) -> tuple[Example, ...]:
    whole, _, without_channels = _SPECS[axes]
    free = TensorSpec(("N", "T", *whole.shape[-axes:]))
    return (
        Example((whole,), {"padding": 1}),
        Example((free,), {"padding": (1, 2, 0, 1, 2, 1)[: 2 * axes]}),
        Example((without_channels,), {"padding": 2}),
    )


class _Pad(Layer):
    """What all have in common. `size_axes` counts the sides, two for each axis."""

    category: ClassVar[str] = "Padding"
    main: ClassVar[tuple[str, ...]] = ("padding",)

    padding: Size

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The padded axes made longer."""
        spec = self._taken(specs[0])
        found = list(spec.shape)
        sides = sizes(self.padding, self.size_axes)
        for at, name in enumerate(reversed(AXES[self.size_axes // 2])):
            before, after = sides[2 * at : 2 * at + 2]
            self._check(spec, name, found[-1 - at], before, after)
            found[-1 - at] = add(found[-1 - at], before + after)
        return spec.with_shape(*found)

    def _taken(self, spec: TensorSpec | None) -> TensorSpec:
        """The spec, if what is padded stands behind the batch or behind the channels."""
        spec, axes = self.wired(spec), self.size_axes // 2
        if spec.rank not in (axes + 1, axes + 2):
            names = ", ".join(AXES[axes])
            message = f"{self.label()} takes {axes + 1} or {axes + 2} axes (N, {names} or N, C, {names})"
            raise ShapeError(f"{message}, but gets {spec}", port="input")
        return spec

    def _check(self, spec: TensorSpec, name: str, length: Dim, before: int, after: int) -> None:
        """Holds the padding of an axis against its length."""
        raise NotImplementedError


class _Filled(_Pad):
    """What those have in common that put the same number everywhere. A negative padding cuts off instead."""

    padding: Size = param(1, help=f"{_SIDES}; a negative one cuts off")

    def _check(self, spec: TensorSpec, name: str, length: Dim, before: int, after: int) -> None:
        kept = length + min(before, 0) + min(after, 0) if isinstance(length, int) else 1
        if kept < 0 or kept + max(before, 0) + max(after, 0) < 1:
            message = f"{self.label()} would cut off all of the length {length} in {spec} with padding {self.padding}"
            raise ShapeError(message, port="input", changes=({"padding": 0},))


class _Constant(_Filled):
    """What those have in common that ask which number."""

    main: ClassVar[tuple[str, ...]] = ("padding", "value")

    value: float = param(0.0, help="what the border is filled with")

    def _taken(self, spec: TensorSpec | None) -> TensorSpec:
        spec = super()._taken(spec)
        allowed = (0, 1) if spec.dtype == "bool" else (int(self.value),)
        if not spec.is_float and self.value not in allowed:
            held = "0 and 1" if spec.dtype == "bool" else "whole numbers"
            message = f"{self.label()} cannot put {self.value:g} around {spec}, which holds {held} only"
            raise ShapeError(message, port="input", changes=({"value": 0.0},))
        return spec


class _Continued(_Pad):
    """What those have in common that fill the border from what is inside.

    A negative padding is refused: torch does not say what it means here, and leaves parts of what it gives unset.
    """

    padding: Size = param(1, min=0, help=_SIDES)
    short_of: ClassVar[int | None] = None
    """By how much the border must be shorter than the axis; None where it may be longer."""

    def _check(self, spec: TensorSpec, name: str, length: Dim, before: int, after: int) -> None:
        most = self._most(length)
        if most is None or max(before, after) <= most:
            return
        message = f"{self.label()} can put up to {most} on each side along {name} of {spec}"
        bounds = [self._most(spec.shape[-1 - at // 2]) for at in range(self.size_axes)]
        sides = zip(sizes(self.padding, self.size_axes), bounds, strict=True)
        fitting = tuple(side if bound is None else min(side, bound) for side, bound in sides)
        raise ShapeError(
            f"{message}, but has a padding of {self.padding}", port="input", changes=({"padding": fitting},)
        )

    def _most(self, length: Dim) -> int | None:
        """What an axis can be continued by; None where nothing holds it."""
        return length - self.short_of if isinstance(length, int) and self.short_of is not None else None


class _Real(_Continued):
    """What those have in common that torch computes for real numbers only."""

    def _taken(self, spec: TensorSpec | None) -> TensorSpec:
        return self.need(super()._taken(spec))


class ZeroPad1d(_Filled):
    """Puts zeros around a sequence; a negative number cuts off instead.

    Shape:
        - Input: (N, C, L) or (N, L).
        - Output: (N, C, L + left + right).

    Source: torch.nn.ZeroPad1d.
    """

    kind: ClassVar[str] = "ZeroPad1d"
    torch_class: ClassVar[str] = "ZeroPad1d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = _filled_examples(1)


class ZeroPad2d(_Filled):
    """Puts zeros around an image; a negative number cuts off instead.

    Shape:
        - Input: (N, C, H, W) or (N, H, W).
        - Output: (N, C, H + top + bottom, W + left + right).

    Source: torch.nn.ZeroPad2d.
    """

    kind: ClassVar[str] = "ZeroPad2d"
    torch_class: ClassVar[str] = "ZeroPad2d"
    size_axes: ClassVar[int] = 4
    examples: ClassVar[tuple[Example, ...]] = _filled_examples(2)


class ZeroPad3d(_Filled):
    """Puts zeros around a volume; a negative number cuts off instead.

    Shape:
        - Input: (N, C, D, H, W) or (N, D, H, W).
        - Output: (N, C, D + front + back, H + top + bottom, W + left + right).

    Source: torch.nn.ZeroPad3d.
    """

    kind: ClassVar[str] = "ZeroPad3d"
    torch_class: ClassVar[str] = "ZeroPad3d"
    size_axes: ClassVar[int] = 6
    examples: ClassVar[tuple[Example, ...]] = _filled_examples(3)


class ConstantPad1d(_Constant):
    """Puts the same number around a sequence; a negative padding cuts off instead.

    Shape:
        - Input: (N, C, L) or (N, L).
        - Output: (N, C, L + left + right).

    Source: torch.nn.ConstantPad1d.
    """

    kind: ClassVar[str] = "ConstantPad1d"
    torch_class: ClassVar[str] = "ConstantPad1d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = _filled_examples(1, value=2.5)


class ConstantPad2d(_Constant):
    """Puts the same number around an image; a negative padding cuts off instead.

    Shape:
        - Input: (N, C, H, W) or (N, H, W).
        - Output: (N, C, H + top + bottom, W + left + right).

    Source: torch.nn.ConstantPad2d.
    """

    kind: ClassVar[str] = "ConstantPad2d"
    torch_class: ClassVar[str] = "ConstantPad2d"
    size_axes: ClassVar[int] = 4
    examples: ClassVar[tuple[Example, ...]] = _filled_examples(2, value=2.5)


class ConstantPad3d(_Constant):
    """Puts the same number around a volume; a negative padding cuts off instead.

    Shape:
        - Input: (N, C, D, H, W) or (N, D, H, W).
        - Output: (N, C, D + front + back, H + top + bottom, W + left + right).

    Source: torch.nn.ConstantPad3d.
    """

    kind: ClassVar[str] = "ConstantPad3d"
    torch_class: ClassVar[str] = "ConstantPad3d"
    size_axes: ClassVar[int] = 6
    examples: ClassVar[tuple[Example, ...]] = _filled_examples(3, value=2.5)


class ReflectionPad1d(_Real):
    """Continues a sequence over its border by what a mirror at the last element would show.

    Shape:
        - Input: (N, C, L) or (N, L).
        - Output: (N, C, L + left + right).

    Source: torch.nn.ReflectionPad1d.
    """

    kind: ClassVar[str] = "ReflectionPad1d"
    torch_class: ClassVar[str] = "ReflectionPad1d"
    size_axes: ClassVar[int] = 2
    short_of: ClassVar[int | None] = 1
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(1)


class ReflectionPad2d(_Real):
    """Continues an image over its border by what a mirror at the last element would show.

    Shape:
        - Input: (N, C, H, W) or (N, H, W).
        - Output: (N, C, H + top + bottom, W + left + right).

    Source: torch.nn.ReflectionPad2d.
    """

    kind: ClassVar[str] = "ReflectionPad2d"
    torch_class: ClassVar[str] = "ReflectionPad2d"
    size_axes: ClassVar[int] = 4
    short_of: ClassVar[int | None] = 1
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(2)


class ReflectionPad3d(_Real):
    """Continues a volume over its border by what a mirror at the last element would show.

    Shape:
        - Input: (N, C, D, H, W) or (N, D, H, W).
        - Output: (N, C, D + front + back, H + top + bottom, W + left + right).

    Source: torch.nn.ReflectionPad3d.
    """

    kind: ClassVar[str] = "ReflectionPad3d"
    torch_class: ClassVar[str] = "ReflectionPad3d"
    size_axes: ClassVar[int] = 6
    short_of: ClassVar[int | None] = 1
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(3)


class ReplicationPad1d(_Real):
    """Continues a sequence over its border by repeating the last element.

    Shape:
        - Input: (N, C, L) or (N, L).
        - Output: (N, C, L + left + right).

    Source: torch.nn.ReplicationPad1d.
    """

    kind: ClassVar[str] = "ReplicationPad1d"
    torch_class: ClassVar[str] = "ReplicationPad1d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(1)


class ReplicationPad2d(_Real):
    """Continues an image over its border by repeating the last element.

    Shape:
        - Input: (N, C, H, W) or (N, H, W).
        - Output: (N, C, H + top + bottom, W + left + right).

    Source: torch.nn.ReplicationPad2d.
    """

    kind: ClassVar[str] = "ReplicationPad2d"
    torch_class: ClassVar[str] = "ReplicationPad2d"
    size_axes: ClassVar[int] = 4
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(2)


class ReplicationPad3d(_Real):
    """Continues a volume over its border by repeating the last element.

    Shape:
        - Input: (N, C, D, H, W) or (N, D, H, W).
        - Output: (N, C, D + front + back, H + top + bottom, W + left + right).

    Source: torch.nn.ReplicationPad3d.
    """

    kind: ClassVar[str] = "ReplicationPad3d"
    torch_class: ClassVar[str] = "ReplicationPad3d"
    size_axes: ClassVar[int] = 6
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(3)


class CircularPad1d(_Continued):
    """Continues a sequence over its border by the other end, as if it went round.

    Shape:
        - Input: (N, C, L) or (N, L).
        - Output: (N, C, L + left + right).

    Source: torch.nn.CircularPad1d; Schubert et al., "Circular convolutional neural networks for panoramic images and
    laser data" (2019), for its use.
    """

    kind: ClassVar[str] = "CircularPad1d"
    torch_class: ClassVar[str] = "CircularPad1d"
    size_axes: ClassVar[int] = 2
    short_of: ClassVar[int | None] = 0
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(1)


class CircularPad2d(_Continued):
    """Continues an image over its border by the other end, as if it went round.

    Shape:
        - Input: (N, C, H, W) or (N, H, W).
        - Output: (N, C, H + top + bottom, W + left + right).

    Source: torch.nn.CircularPad2d; Schubert et al., "Circular convolutional neural networks for panoramic images and
    laser data" (2019), for its use.
    """

    kind: ClassVar[str] = "CircularPad2d"
    torch_class: ClassVar[str] = "CircularPad2d"
    size_axes: ClassVar[int] = 4
    short_of: ClassVar[int | None] = 0
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(2)


class CircularPad3d(_Continued):
    """Continues a volume over its border by the other end, as if it went round.

    Shape:
        - Input: (N, C, D, H, W) or (N, D, H, W).
        - Output: (N, C, D + front + back, H + top + bottom, W + left + right).

    Source: torch.nn.CircularPad3d; Schubert et al., "Circular convolutional neural networks for panoramic images and
    laser data" (2019), for its use.
    """

    kind: ClassVar[str] = "CircularPad3d"
    torch_class: ClassVar[str] = "CircularPad3d"
    size_axes: ClassVar[int] = 6
    short_of: ClassVar[int | None] = 0
    examples: ClassVar[tuple[Example, ...]] = _continued_examples(3)
