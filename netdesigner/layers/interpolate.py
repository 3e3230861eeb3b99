"""Images brought to the size of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Interpolate"]

_RANKS = {
    "nearest": (3, 4, 5),
    "nearest-exact": (3, 4, 5),
    "area": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "bicubic": (4,),
    "trilinear": (5,),
}
_ALIGNING = ("linear", "bilinear", "bicubic", "trilinear")
_SMOOTHING = ("bilinear", "bicubic")


class Interpolate(Layer):
    """Brings an image to the height and width of another one, as where two scales of a pyramid are joined.

    Where the new lengths are known as numbers or factors, Upsample does the same without a second wire.

    Shape:
        - Input: (N, C, L), (N, C, H, W) or (N, C, D, H, W), as the mode allows.
        - Like: as many axes, read for the lengths behind its channels only.
        - Output: samples and channels of input, the lengths behind them of like.

    Source: torch.nn.functional.interpolate; Lin et al., "Feature pyramid networks" (2016), for its use.
    """

    kind: ClassVar[str] = "Interpolate"
    category: ClassVar[str] = "Shape"
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input"),
        Port("like", help="whose lengths behind the channels are taken on"),
    )
    main: ClassVar[tuple[str, ...]] = ("mode",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4, 5)), TensorSpec(("N", 8, 7, 9)))),
        Example((TensorSpec(("N", 2, 6, 4)), TensorSpec(("N", 1, "H", "W"))), {"mode": "bilinear"}),
        Example(
            (TensorSpec(("N", 2, 6)), TensorSpec(("N", 5, 9))), {"mode": "linear", "align_corners": True}
        ),
        Example(
            (TensorSpec(("N", 2, 8, 8)), TensorSpec(("N", 3, 3, 5))), {"mode": "bicubic", "antialias": True}
        ),
        Example((TensorSpec(("N", 2, 6, 8)), TensorSpec(("N", 2, 3, 2))), {"mode": "area"}),
        Example((TensorSpec(("N", 2, 3, 4, 5)), TensorSpec(("N", 2, 6, 6, 6))), {"mode": "trilinear"}),
    )

    mode: str = param(
        "nearest", choices=tuple(_RANKS), help="nearest repeats, area takes means, the others interpolate"
    )
    align_corners: bool | None = param(
        None,
        help="corners stay where they are; for linear, bilinear, bicubic and trilinear only",
        advanced=True,
    )
    antialias: bool = param(
        False, help="smooth what is made smaller; for bilinear and bicubic only", advanced=True
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths of the other one behind the channels."""
        spec = self.need(specs[0], 3, 4, 5, what="N, C and up to three more")
        like = self.wired(specs[1], "like")
        if like.rank != spec.rank:
            message = f"Interpolate takes as many axes in 'like' as in 'input', but gets {spec} and {like}"
            raise ShapeError(message, port="like")
        self._check(spec)
        return spec.with_shape(*spec.shape[:2], *like.shape[2:])

    def _check(self, spec: TensorSpec) -> None:
        if spec.rank not in _RANKS[self.mode]:
            wanted = _RANKS[self.mode][0]
            message = f"Interpolate in mode '{self.mode}' takes {wanted} axes (with N and C), but gets {spec}"
            changes = tuple(self._in_mode(mode) for mode, ranks in _RANKS.items() if spec.rank in ranks)
            raise ShapeError(message, port="input", changes=changes)
        if self.align_corners is not None and self.mode not in _ALIGNING:
            message = f"Interpolate aligns corners in modes {', '.join(_ALIGNING)}, not in mode '{self.mode}'"
            raise ShapeError(message, changes=({"align_corners": None},))
        if self.antialias and self.mode not in _SMOOTHING:
            message = f"Interpolate smooths in modes {' and '.join(_SMOOTHING)}, not in mode '{self.mode}'"
            raise ShapeError(message, changes=({"antialias": False},))

    def _in_mode(self, mode: str) -> dict[str, object]:
        """Another mode, without what it does not know."""
        change: dict[str, object] = {"mode": mode}
        if mode not in _ALIGNING:
            change["align_corners"] = None
        if mode not in _SMOOTHING:
            change["antialias"] = False
        return change

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that interpolates."""
        from netdesigner.compiler.operations.resize import Interpolate as Module

        return Module(self.mode, self.align_corners, self.antialias)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        told = "".join(f", {name}={value!r}" for name, value in self.changed().items())
        return f"F.interpolate({arguments[0]}, {arguments[1]}.shape[2:]{told})"
