"""Where a network begins and ends."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, ClassVar

from netdesigner.document.design import is_identifier
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import Ints, Names, param
from netdesigner.parts.tensor import BATCH, Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["Input", "Output"]


class Input(Layer):
    """Where samples enter the network.

    A length of 0 makes an axis free: it may differ from batch to batch, and travels through the network under the
    name that `axes` gives it. Inside a block the parameters are not used: what is wired to the block comes in.

    Shape:
        - Output: (N, *shape), N being the batch.

    Source: the design's own; the batch stands first, as in torch.nn.
    """

    kind: ClassVar[str] = "Input"
    category: ClassVar[str] = "Input and output"
    inputs: ClassVar[tuple[Port, ...]] = ()
    main: ClassVar[tuple[str, ...]] = ("shape", "dtype")
    examples: ClassVar[tuple[Example, ...]] = (
        Example((), {"shape": (1, 8, 8)}),
        Example((), {"shape": (0, 16), "axes": ("T", "features")}),
        Example((), {"shape": (0,), "axes": ("T",), "dtype": "int64"}),
        Example((), {"shape": ()}),
    )

    lengths: Ints = param(
        (1, 8, 8), name="shape", min=0, help="one sample's axes, without the batch; 0 leaves one free"
    )
    axes: Names = param((), help="names of these axes; one that is free needs a name, such as T")
    dtype: str = param(
        "float32",
        choices=("float32", "int64", "bool"),
        help="float32 values, int64 numbers of classes or words, bool masks",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The declared axes behind the batch."""
        if len(self.axes) > len(self.lengths):
            message = f"Input names {len(self.axes)} axes, but its shape has {len(self.lengths)}"
            raise ShapeError(message, changes=({"axes": self._legal_axes()},))
        return TensorSpec((BATCH, *(self._dim(at) for at in range(len(self.lengths)))), self.dtype)

    def _dim(self, at: int) -> Dim:
        name = self.axes[at] if at < len(self.axes) else ""
        if self.lengths[at]:
            return self.lengths[at]
        if _may_name(name):
            return name
        axes = self._legal_axes()
        wrong = f", and '{name}' cannot be one" if name else ""
        message = (
            f"Input leaves axis {at} of its shape free, which needs a name in axes, such as {axes[at]}{wrong}"
        )
        raise ShapeError(message, changes=({"axes": axes},))

    def _legal_axes(self) -> tuple[str, ...]:
        """The names, one an axis, with new ones where a free axis has none."""
        names = list(self.axes[: len(self.lengths)])
        names += [""] * (len(self.lengths) - len(names))
        for at, length in enumerate(self.lengths):
            if length == 0 and not _may_name(names[at]):
                names[at] = next(
                    new
                    for new in itertools.chain(("T", "S"), map("T{}".format, itertools.count(2)))
                    if new not in names
                )
        return tuple(names)


def _may_name(name: str) -> bool:
    """Whether a free axis may be called that."""
    return is_identifier(name) and name != BATCH


class Output(Layer):
    """Where a network's or block's result leaves.

    Shape:
        - Input: any.
        - Output: the same.

    Source: the design's own.
    """

    kind: ClassVar[str] = "Output"
    category: ClassVar[str] = "Input and output"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 10)),)),
        Example((TensorSpec(("N", "T"), "int64"),)),
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        return self.wired(specs[0])

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that hands on."""
        from torch import nn

        return nn.Identity()

    def call(self, module: str, *arguments: str) -> str:
        """The argument itself."""
        return arguments[0]
