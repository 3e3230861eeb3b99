"""Images and sequences made larger without weights."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import scaled, sizes
from netdesigner.parts.tensor import Dim, TensorSpec

__all__ = ["Upsample"]

_RANKS = {"nearest": (3, 4, 5), "linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,)}


class Upsample(Layer):
    """Makes an image larger (or smaller) by repeating or interpolating what is there.

    Shape:
        - Input: (N, C, L), (N, C, H, W) or (N, C, D, H, W), as the mode allows.
        - Output: the same with each length behind C set to size, or ⌊length·scale_factor⌋.

    Source: torch.nn.Upsample; Keys, "Cubic convolution interpolation for digital image processing" (1981).
    """

    kind: ClassVar[str] = "Upsample"
    category: ClassVar[str] = "Shape"
    torch_class: ClassVar[str] = "Upsample"
    main: ClassVar[tuple[str, ...]] = ("size", "scale_factor", "mode")
    initial: ClassVar[dict[str, Value]] = {"scale_factor": 2.0}
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 5, 5)),), {"scale_factor": 2.0}),
        Example((TensorSpec(("N", 3, "T")),), {"scale_factor": 0.5}),
        Example((TensorSpec(("N", 3, 5, 4)),), {"size": (8, 6), "mode": "bilinear", "align_corners": True}),
        Example((TensorSpec(("N", 2, 5, 4)),), {"scale_factor": 1.5, "mode": "bicubic"}),
        Example((TensorSpec(("N", 2, 2, 3, 4)),), {"size": 6, "mode": "trilinear"}),
    )

    size: Size | None = param(None, min=1, axes=2, help="the new lengths; either these or scale_factor")
    scale_factor: float | None = param(None, above=0, help="how many times as long each axis becomes")
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
        self._check(spec)
        lengths = spec.shape[2:]
        found = (
            sizes(self.size, len(lengths)) if self.size else tuple(self._scaled(spec, dim) for dim in lengths)
        )
        return spec.with_shape(*spec.shape[:2], *found)

    def _check(self, spec: TensorSpec) -> None:
        if spec.rank not in _RANKS[self.mode]:
            wanted = _RANKS[self.mode][0]
            message = f"Upsample in mode '{self.mode}' takes {wanted} axes (with N and C), but gets {spec}"
            modes = [mode for mode, ranks in _RANKS.items() if spec.rank in ranks]
            changes = tuple({"mode": mode, "align_corners": None} for mode in modes)
            raise ShapeError(message, port="input", changes=changes)
        if self.size is None and self.scale_factor is None:
            raise ShapeError("Upsample needs a size or a scale_factor", changes=({"scale_factor": 2.0},))
        if self.size is not None and self.scale_factor is not None:
            message = "Upsample takes a size or a scale_factor, not both"
            raise ShapeError(message, changes=({"scale_factor": None}, {"size": None}))
        if isinstance(self.size, tuple) and len(self.size) != spec.rank - 2:
            message = f"Upsample has {len(self.size)} sizes for the {spec.rank - 2} axes behind the channels of {spec}"
            raise ShapeError(message, port="input", changes=({"size": self.size[0]},))
        if self.align_corners is not None and self.mode == "nearest":
            raise ShapeError(
                "Upsample aligns corners where it interpolates, not in mode 'nearest'",
                changes=({"align_corners": None},),
            )
        if self.recompute_scale_factor and self.size is not None:
            message = "Upsample has a size, so there is no scale factor to recompute"
            raise ShapeError(message, changes=({"recompute_scale_factor": None},))

    def _scaled(self, spec: TensorSpec, length: Dim) -> Dim:
        assert self.scale_factor is not None
        found = scaled(length, self.scale_factor)
        if found is None:
            message = (
                f"Upsample cannot scale the free length {length} of {spec} by {self.scale_factor:g} exactly"
            )
            raise ShapeError(message, port="input", changes=({"scale_factor": 2.0},))
        if isinstance(found, int) and found < 1:
            message = f"Upsample by {self.scale_factor:g} leaves nothing of the length {length} in {spec}"
            raise ShapeError(message, port="input", changes=({"scale_factor": 1 / int(length)},))
        return found
