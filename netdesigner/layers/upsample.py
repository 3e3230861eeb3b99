"""Images and sequences made larger without weights."""

from __future__ import annotations

import math
from typing import ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Scale, Size, param
from netdesigner.parts.rules import channelled, scaled, sizes
from netdesigner.parts.tensor import Dim, TensorSpec

__all__ = ["Upsample", "UpsamplingBilinear2d", "UpsamplingNearest2d"]

_RANKS = {"nearest": (3, 4, 5), "linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}


class _Resized(Layer):
    """What the three have in common."""

    category: ClassVar[str] = "Shape"
    main: ClassVar[tuple[str, ...]] = ("size", "scale_factor")
    initial: ClassVar[dict[str, Value]] = {"scale_factor": 2.0}

    size: Size | None = param(None, min=1, help="the new lengths; either these or scale_factor")
    scale_factor: Scale | None = param(None, above=0, help="how many times as long each axis becomes")

    def _resized(self, spec: TensorSpec) -> TensorSpec:
        """The spec with the lengths behind the channels set or scaled."""
        self._check(spec)
        lengths = spec.shape[2:]
        if self.size is not None:
            return spec.with_shape(*spec.shape[:2], *sizes(self.size, len(lengths)))
        factors = self.scale_factor
        if not isinstance(factors, tuple):
            assert factors is not None
            factors = (factors,) * len(lengths)
        found = (self._scaled(spec, dim, factor) for dim, factor in zip(lengths, factors, strict=True))
        return spec.with_shape(*spec.shape[:2], *found)

    def _check(self, spec: TensorSpec) -> None:
        """Sees that it is said how long the axes become, once, and of no other number of axes."""
        if self.size is None and self.scale_factor is None:
            message = f"{self.label()} needs a size or a scale_factor"
            raise ShapeError(message, changes=({"scale_factor": 2.0},))
        if self.size is not None and self.scale_factor is not None:
            message = f"{self.label()} takes a size or a scale_factor, not both"
            raise ShapeError(message, changes=({"scale_factor": None}, {"size": None}))
        for name, value in (("size", self.size), ("scale_factor", self.scale_factor)):
            if isinstance(value, tuple) and len(value) != spec.rank - 2:
                behind = f"the {spec.rank - 2} axes behind the channels of {spec}"
                message = f"{self.label()} has the {name} {list(value)} for {behind}"
                fitting = (value[0],) if name == "size" else dict.fromkeys((value[0], 2.0))
                raise ShapeError(message, port="input", changes=tuple({name: one} for one in fitting))

    def _scaled(self, spec: TensorSpec, length: Dim, factor: float) -> Dim:
        found = scaled(length, factor)
        if found is None:
            message = f"{self.label()} cannot scale the free length {length} of {spec} by {factor:g} exactly"
            raise ShapeError(message, port="input", changes=({"scale_factor": 2.0},))
        if isinstance(found, int) and found < 1:
            message = f"{self.label()} by {factor:g} leaves nothing of the length {length} in {spec}"
            shortest = min(length for length in spec.shape[2:] if isinstance(length, int))
            least = math.ceil(10_000 / shortest) / 10_000
            raise ShapeError(message, port="input", changes=({"scale_factor": least},))
        return found


class Upsample(_Resized):
    """Makes an image larger (or smaller) by repeating or interpolating what is there.

    Shape:
        - Input: (N, C, L), (N, C, H, W) or (N, C, D, H, W), as the mode allows.
        - Output: the same with each length behind C set to size, or ⌊length·scale_factor⌋.

    Source: torch.nn.Upsample; Keys, "Cubic convolution interpolation for digital image processing" (1981).
    """

    kind: ClassVar[str] = "Upsample"
    torch_class: ClassVar[str] = "Upsample"
    main: ClassVar[tuple[str, ...]] = ("size", "scale_factor", "mode")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 5, 5)),), {"scale_factor": 2.0}),
        Example((TensorSpec(("N", 3, "T")),), {"scale_factor": 0.5}),
        Example((TensorSpec(("N", 3, 4)),), {"size": (6,), "mode": "linear"}),
        Example((TensorSpec(("N", 3, 5, 4)),), {"size": (8, 6), "mode": "bilinear", "align_corners": True}),
        Example((TensorSpec(("N", 2, 5, 4)),), {"scale_factor": 1.5, "mode": "bicubic"}),
        Example((TensorSpec(("N", 2, 2, 3, 4)),), {"size": 6, "mode": "trilinear"}),
        Example((TensorSpec(("N", 2, "T", 3, 4)),), {"scale_factor": (2.0, 1.0, 1.5)}),
    )

    mode: str = param("nearest", choices=tuple(_RANKS), help="nearest repeats; the others interpolate")
    align_corners: bool | None = param(
        None, help="corners stay where they are; for the interpolating modes only", advanced=True
    )
    recompute_scale_factor: bool | None = param(
        None, help="interpolate by the factor that the rounded lengths have", advanced=True
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths behind the channels, set or scaled."""
        spec = self.need(specs[0], 3, 4, 5, what="N, C and up to three more")
        if spec.rank not in _RANKS[self.mode]:
            wanted = _RANKS[self.mode][0]
            message = f"Upsample in mode '{self.mode}' takes {wanted} axes (with N and C), but gets {spec}"
            modes = [mode for mode, ranks in _RANKS.items() if spec.rank in ranks]
            changes = tuple({"mode": mode, "align_corners": None} for mode in modes)
            raise ShapeError(message, port="input", changes=changes)
        return self._resized(spec)

    def _check(self, spec: TensorSpec) -> None:
        super()._check(spec)
        if self.align_corners is not None and self.mode == "nearest":
            raise ShapeError(
                "Upsample aligns corners where it interpolates, not in mode 'nearest'",
                changes=({"align_corners": None},),
            )
        if self.recompute_scale_factor and self.size is not None:
            message = "Upsample has a size, so there is no scale factor to recompute"
            raise ShapeError(message, changes=({"recompute_scale_factor": None},))


class UpsamplingNearest2d(_Resized):
    """Makes an image larger by repeating each element; what Upsample does in mode 'nearest'.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, *size), or (N, C, ⌊H·scale_factor⌋, ⌊W·scale_factor⌋).

    Source: torch.nn.UpsamplingNearest2d.
    """

    kind: ClassVar[str] = "UpsamplingNearest2d"
    torch_class: ClassVar[str] = "UpsamplingNearest2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 5, 5)),), {"scale_factor": 2.0}),
        Example((TensorSpec(("N", 3, "H", "W")),), {"scale_factor": (2.0, 3.0)}),
        Example((TensorSpec(("N", 3, 5, 4)),), {"size": (8, 6)}),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Height and width set or scaled."""
        return self._resized(channelled(self, specs[0], 2))


class UpsamplingBilinear2d(_Resized):
    """Makes an image larger by straight lines between its elements; what Upsample does with aligned corners.

    Shape:
        - Input: (N, C, H, W).
        - Output: (N, C, *size), or (N, C, ⌊H·scale_factor⌋, ⌊W·scale_factor⌋).

    Source: torch.nn.UpsamplingBilinear2d.
    """

    kind: ClassVar[str] = "UpsamplingBilinear2d"
    torch_class: ClassVar[str] = "UpsamplingBilinear2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 5, 5)),), {"scale_factor": 2.0}),
        Example((TensorSpec(("N", 3, "H", "W")),), {"scale_factor": (2.0, 1.5)}),
        Example((TensorSpec(("N", 3, 5, 4)),), {"size": (8, 6)}),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Height and width set or scaled."""
        return self._resized(channelled(self, specs[0], 2))
