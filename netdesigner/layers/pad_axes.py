"""Any axes made longer or shorter at their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec, add

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Pad"]

_RANKS = {1: (2, 3), 2: (3, 4), 3: (4, 5)}
"""By the number of axes that are padded, how many axes torch's kernels take where they do not fill in a number."""


class Pad(Layer):
    """Adds positions before and after the last axes, filled with a number or from what is there; negative ones cut off.

    Shape:
        - Input: any; in modes other than constant up to three axes behind N, C or N.
        - Output: the last axis longer by pad[0] + pad[1], the one before it by pad[2] + pad[3], and so on.

    Source: torch.nn.functional.pad.
    """

    kind: ClassVar[str] = "Pad"
    category: ClassVar[str] = "Shape"
    main: ClassVar[tuple[str, ...]] = ("pad", "mode")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 4)),), {"pad": (0, 0, 2, 0)}),
        Example((TensorSpec(("N", 3, "H", "W")),), {"pad": (1, 0, 0, 1), "value": 0.5}),
        Example((TensorSpec(("N", 4, 5, 2), "int64"),), {"pad": (-1, 1, 2, 2, 1, -1)}),
        Example((TensorSpec(("N", 3, 5)),), {"pad": (2, 1), "mode": "reflect"}),
        Example((TensorSpec(("N", 3, 5, "W")),), {"pad": (1, 1, 0, 2), "mode": "replicate"}),
        Example((TensorSpec(("N", 3, 5, 5)),), {"pad": (1, 1, 1, 1), "mode": "circular"}),
    )

    pad: Ints = param(
        (1, 1), help="before and after the last axis, then the same for the one before it, and so on"
    )
    mode: str = param(
        "constant",
        choices=("constant", "reflect", "replicate", "circular"),
        help="fill in value, or mirror, repeat the border, or go on at the other end",
    )
    value: float = param(0.0, help="what is filled in where the mode is constant")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The last axes made longer."""
        spec = self.wired(specs[0])
        self._check(spec)
        sides = [*zip(self.pad[::2], self.pad[1::2], strict=True)][::-1]
        first = spec.rank - len(sides)
        if any(side != (0, 0) and spec.shape[first + at] == BATCH for at, side in enumerate(sides)):
            message = f"Pad would add to the batch of {spec} or take from it, and there are no other samples"
            raise ShapeError(message, port="input", changes=self._legal(spec))
        lengths = (self._padded(spec, spec.shape[first + at], *side) for at, side in enumerate(sides))
        return spec.with_shape(*spec.shape[:first], *lengths)

    def _check(self, spec: TensorSpec) -> None:
        pairs = len(self.pad) // 2
        if len(self.pad) % 2:
            message = (
                f"Pad takes two numbers for each axis, before and after it, but has pad {list(self.pad)}"
            )
            raise ShapeError(message, changes=self._legal(spec))
        if pairs > spec.rank:
            message = f"Pad has {len(self.pad)} numbers for the {spec.rank} axes of {spec}"
            raise ShapeError(message, port="input", changes=self._legal(spec))
        if self.mode == "constant":
            return
        if spec.rank not in _RANKS.get(pairs, ()):
            message = f"Pad in mode '{self.mode}' takes 2, 4 or 6 numbers for the last axes of N, C and as many axes"
            raise ShapeError(f"{message}, but has {list(self.pad)} for {spec}", changes=self._legal(spec))
        if self.value:
            message = f"Pad fills in {self.value:g} in mode 'constant' only, but has mode '{self.mode}'"
            raise ShapeError(message, changes=({"value": 0.0}, {"mode": "constant"}))
        if spec.dtype == "bool" and self.mode != "circular":
            message = f"Pad in mode '{self.mode}' takes numbers, but gets {spec}"
            raise ShapeError(message, port="input", changes=({"mode": "constant"},))

    def _legal(self, spec: TensorSpec) -> tuple[dict[str, object], ...]:
        """Numbers that the mode can do with: those that are there, as far as they may stay, and none at all."""
        counts = [2 * pairs for pairs, ranks in _RANKS.items() if spec.rank in ranks]
        if self.mode == "constant":
            counts = [2]
        found = [(self.pad + (0,) * count)[:count] for count in counts] + [(0,) * count for count in counts]
        return tuple({"pad": pad} for pad in found if pad != self.pad) or ({"mode": "constant"},)

    def _padded(self, spec: TensorSpec, length: Dim, before: int, after: int) -> Dim:
        if isinstance(length, int):
            most = {"reflect": length - 1, "circular": length}.get(self.mode, max(before, after))
            kept = length + min(before, 0) + min(after, 0) if self.mode == "constant" else 0
            if max(before, after) > most:
                message = (
                    f"Pad in mode '{self.mode}' can add at most {most} to each end of the length {length} in {spec}, "
                    f"not {max(before, after)}"
                )
                raise ShapeError(message, port="input", changes=self._nothing())
            if kept < 0 or length + before + after < 1:
                message = f"Pad with {list(self.pad)} would cut off all of the length {length} in {spec}"
                raise ShapeError(message, port="input", changes=self._nothing())
        return add(length, before + after)

    def _nothing(self) -> tuple[dict[str, object], ...]:
        return ({"pad": (0,) * len(self.pad)},)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that pads."""
        from netdesigner.compiler.operations.resize import Pad as Module

        return Module(self.pad, self.mode, self.value)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        told = "".join(f", {name}={value!r}" for name, value in self.changed().items() if name != "pad")
        return f"F.pad({arguments[0]}, {self.pad}{told})"
