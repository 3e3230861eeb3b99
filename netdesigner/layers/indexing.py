"""Parts of an axis, by numbers that the design names."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.tensor import Dim, TensorSpec, add, floor_divide, shortest

if TYPE_CHECKING:
    from torch import nn

__all__ = ["IndexSelect", "Select", "Slice"]


def _at(tensor: str, dim: int, index: str) -> str:
    """Python source of an index along one axis."""
    if dim >= 0:
        return f"{tensor}[{', '.join([':'] * dim + [index])}]"
    return f"{tensor}[{', '.join(['...', index] + [':'] * (-1 - dim))}]"


class _OnAxes(Layer):
    """What the layers here have in common."""

    category: ClassVar[str] = "Shape"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import axes

        module: nn.Module = getattr(axes, self.kind)(**self.arguments(*specs))
        return module


class Slice(_OnAxes):
    """Cuts a part out of an axis, from start up to but without end.

    Shape:
        - Input: any.
        - Output: the same with the length of the part along dim. What lies beyond the axis is left out, as in Python;
          of an axis of free length only parts are cut whose length is certain, such as all but the last step.

    Source: torch.slice_copy; Python's `x[start:end:step]`.
    """

    kind: ClassVar[str] = "Slice"
    main: ClassVar[tuple[str, ...]] = ("dim", "start", "end")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 8, 3)),), {"start": 2, "end": 6}),
        Example((TensorSpec(("N", "T", 4)),), {"end": -1}),
        Example((TensorSpec(("N", "T", 4), "int64"),), {"start": 1, "step": 2}),
        Example((TensorSpec(("N", 3, 8, 8)),), {"dim": -2, "start": -6, "end": 7, "step": 2}),
        Example((TensorSpec(("N", 3, 8)),), {"dim": -1, "start": -5}),
    )

    dim: int = param(1, help="the axis that is cut; 1 is the first behind the batch, −1 the last")
    start: int = param(0, help="the first position of the part; negative ones count from the end")
    end: int | None = param(
        None, help="the position behind the part; negative ones count from the end; empty: up to the end"
    )
    step: int = param(1, min=1, help="take every so many-th position")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The axis cut."""
        spec = self.wired(specs[0])
        axis = sample_axis(self, spec, self.dim)
        length = self._cut(spec, spec.shape[axis])
        return spec.with_shape(*spec.shape[:axis], length, *spec.shape[axis + 1 :])

    def _cut(self, spec: TensorSpec, length: Dim) -> Dim:
        if isinstance(length, str):
            return self._cut_free(spec, length)
        found = len(range(*slice(self.start, self.end, self.step).indices(length)))
        if not found:
            raise self._refusal(f"leaves nothing of the length {length} in {spec}")
        return found

    def _cut_free(self, spec: TensorSpec, length: str) -> Dim:
        """The length of the part, where it is the same or grows alike for every length that the axis may have."""
        least, start, end = shortest(length), self.start, self.end
        if 0 < -start <= least and (end is None or start < end < 0):
            part: Dim = (end or 0) - start
        elif start >= 0 and (end is None or end < 0):
            part = add(length, (end or 0) - start)
        elif end is not None and 0 <= start < end <= least:
            part = end - start
        else:
            raise self._refusal(f"has no certain length where {spec} has the free length {length}")
        return floor_divide(add(part, self.step - 1), self.step)

    def _refusal(self, reason: str) -> ShapeError:
        changes: list[dict[str, object]] = [{"end": None}] if self.end is not None else []
        if self.start:
            changes += [{"start": 0}, {"start": 0, "end": None}]
        end = "the end" if self.end is None else self.end
        message = f"Slice from {self.start} to {end} {reason}"
        return ShapeError(message, port="input", changes=tuple(changes))

    def call(self, module: str, *arguments: str) -> str:
        """An index."""
        first, last = self.start or "", "" if self.end is None else self.end
        step = f":{self.step}" if self.step > 1 else ""
        return _at(arguments[0], self.dim, f"{first}:{last}{step}")


class Select(_OnAxes):
    """Takes one position of an axis, such as the class token or the last step; the axis is gone then.

    Shape:
        - Input: any.
        - Output: without the axis dim.

    Source: torch.select.
    """

    kind: ClassVar[str] = "Select"
    main: ClassVar[tuple[str, ...]] = ("dim", "index")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", "T", 8)),), {"index": -1}),
        Example((TensorSpec(("N", 3, 4, 5), "int64"),), {"dim": -2, "index": 2}),
    )

    dim: int = param(1, help="the axis that is taken from; 1 is the first behind the batch, −1 the last")
    index: int = param(0, help="which position; 0 is the first, −1 the last")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What is left of the axes."""
        spec = self.wired(specs[0])
        axis = sample_axis(self, spec, self.dim)
        length = spec.shape[axis]
        if isinstance(length, int) and not -length <= self.index < length:
            message = f"Select has index {self.index}, but axis {axis} of {spec} has the positions 0 to {length - 1}"
            raise ShapeError(message, port="input", changes=({"index": length - 1}, {"index": 0}))
        return spec.with_shape(*spec.shape[:axis], *spec.shape[axis + 1 :])

    def call(self, module: str, *arguments: str) -> str:
        """An index."""
        return _at(arguments[0], self.dim, str(self.index))


class IndexSelect(_OnAxes):
    """Takes some positions of an axis in the order in which they are named, such as a few channels.

    Shape:
        - Input: any.
        - Output: the same with as many positions along dim as index names.

    Source: torch.index_select.
    """

    kind: ClassVar[str] = "IndexSelect"
    main: ClassVar[tuple[str, ...]] = ("dim", "index")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 3, 4)),), {"index": (2, 1, 0)}),
        Example((TensorSpec(("N", "T", 4)),), {"index": (0, 0)}),
        Example((TensorSpec(("N", 3, 6), "int64"),), {"dim": -1, "index": (5, 1)}),
    )

    dim: int = param(1, help="the axis that is taken from; 1 is the first behind the batch, −1 the last")
    index: Ints = param((0,), min=0, help="the positions in the order they shall have; one may come twice")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """As many positions as are named."""
        spec = self.wired(specs[0])
        axis = sample_axis(self, spec, self.dim)
        length = spec.shape[axis]
        if not self.index:
            raise ShapeError("IndexSelect needs at least one position in index", changes=({"index": (0,)},))
        if isinstance(length, int) and max(self.index) >= length:
            message = (
                f"IndexSelect takes position {max(self.index)}, but axis {axis} of {spec} has the positions 0 to "
                f"{length - 1}"
            )
            fitting = tuple(min(at, length - 1) for at in self.index)
            raise ShapeError(message, port="input", changes=({"index": fitting},))
        return spec.with_shape(*spec.shape[:axis], len(self.index), *spec.shape[axis + 1 :])

    def call(self, module: str, *arguments: str) -> str:
        """An index of several numbers."""
        return _at(arguments[0], self.dim, str(list(self.index)))
