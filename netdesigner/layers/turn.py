"""Axes taken away, exchanged, moved and read backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axes, sample_axis
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import axis_of
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Flip", "Roll", "Squeeze", "Transpose"]


class _OnAxes(Layer):
    """What the layers here have in common."""

    category: ClassVar[str] = "Shape"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import axes

        module: nn.Module = getattr(axes, self.kind)(**self.arguments(*specs))
        return module


class Squeeze(_OnAxes):
    """Takes away axes of length 1; longer ones stay.

    Shape:
        - Input: any.
        - Output: without the axes in dim that have length 1.

    Source: torch.squeeze.
    """

    kind: ClassVar[str] = "Squeeze"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 1, 4)),)),
        Example((TensorSpec(("N", "T", 1), "int64"),), {"dim": (-1,)}),
        Example((TensorSpec(("N", 3, 1, 1)),), {"dim": (2, 3)}),
        Example((TensorSpec(("N", 3, 1, 4)),), {"dim": (1, 2)}),
    )

    dim: Ints = param((1,), help="the axes that are taken away; (2, 3) are the positions of an image")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What is left of the axes."""
        spec = self.wired(specs[0])
        axes = sample_axes(self, spec, self.dim)
        free = [axis for axis in axes if isinstance(spec.shape[axis], str)]
        if free:
            message = f"Squeeze cannot tell whether the free length {spec.shape[free[0]]} of {spec} is 1"
            fixed = [axis for axis, length in enumerate(spec.shape) if length == 1]
            changes = tuple({"dim": (axis,)} for axis in fixed)
            raise ShapeError(message, port="input", changes=changes)
        left = (length for axis, length in enumerate(spec.shape) if axis not in axes or length != 1)
        return spec.with_shape(*left)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        axes = self.dim[0] if len(self.dim) == 1 else self.dim
        return f"{arguments[0]}.squeeze({axes})"


class Transpose(_OnAxes):
    """Exchanges two axes, such as steps and features.

    Shape:
        - Input: any.
        - Output: the same with dim0 and dim1 in each other's place.

    Source: torch.transpose.
    """

    kind: ClassVar[str] = "Transpose"
    main: ClassVar[tuple[str, ...]] = ("dim0", "dim1")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, "T")),)),
        Example((TensorSpec(("N", "T", 2, 3), "int64"),), {"dim0": -1, "dim1": -2}),
        Example((TensorSpec(("N", "T", 4)),), {"dim0": 0, "dim1": 1}),
    )

    dim0: int = param(1, help="one axis; 0 is the batch, −1 the last")
    dim1: int = param(2, help="the axis it changes places with")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths exchanged."""
        spec = self.wired(specs[0])
        first, second = (axis_of(self, spec, getattr(self, name), name) for name in ("dim0", "dim1"))
        lengths = [*spec.shape]
        lengths[first], lengths[second] = lengths[second], lengths[first]
        return spec.with_shape(*lengths)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.transpose({self.dim0}, {self.dim1})"


class Roll(_OnAxes):
    """Moves all positions along axes; what leaves at one end comes in at the other.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.roll; Liu et al., "Swin transformer" (2021), for its use before shifted windows.
    """

    kind: ClassVar[str] = "Roll"
    main: ClassVar[tuple[str, ...]] = ("shifts", "dims")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 4)),)),
        Example((TensorSpec(("N", 7, 8, 3)),), {"shifts": (-3, -3), "dims": (1, 2)}),
        Example((TensorSpec(("N", 3, "H", "W"), "int64"),), {"shifts": (2, 1), "dims": (-1, 2)}),
    )

    shifts: Ints = param((1,), help="how far each of the axes is moved; negative: towards the start")
    dims: Ints = param((1,), help="the axes that are moved")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.wired(specs[0])
        count = len(self.dims)
        if count and len(self.shifts) == count:
            for dim in self.dims:
                self._check(spec, dim)
            return spec
        has = f"{list(self.shifts)} and {list(self.dims)}"
        message = f"Roll needs as many shifts as dims, and at least one, but has {has}"
        shifts = (self.shifts + (1,) * count)[:count]
        changes: tuple[dict[str, object], ...] = ({"shifts": shifts},) if count else ()
        raise ShapeError(message, changes=(*changes, {"shifts": (self.shifts or (1,))[:1], "dims": (-1,)}))

    def _check(self, spec: TensorSpec, dim: int) -> None:
        try:
            sample_axis(self, spec, dim, "dims", of_list=True)
        except ShapeError as error:
            changes = tuple({**change, "shifts": self.shifts[:1]} for change in error.changes)
            raise ShapeError(str(error), port=error.port, changes=changes) from None

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.roll({arguments[0]}, {self.shifts}, {self.dims})"


class Flip(_OnAxes):
    """Reads axes backwards, such as the steps for the second direction of a recurrent layer.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.flip.
    """

    kind: ClassVar[str] = "Flip"
    main: ClassVar[tuple[str, ...]] = ("dims",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 4)),)),
        Example((TensorSpec(("N", 3, 4, 5)),), {"dims": (-1, 2)}),
        Example((TensorSpec(("N", "T"), "int64"),), {"dims": (-1,)}),
    )

    dims: Ints = param((1,), help="the axes that are read backwards")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = self.wired(specs[0])
        sample_axes(self, spec, self.dims, "dims")
        return spec

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.flip({arguments[0]}, {self.dims})"
