"""What a max pool left over, put back where it stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Example, Layer, Port
from netdesigner.parts.part import Size, param
from netdesigner.parts.rules import AXES, channelled, sizes
from netdesigner.parts.tensor import Dim, TensorSpec, add, bind, multiply, symbols

if TYPE_CHECKING:
    from torch import nn

__all__ = ["MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"]

_LENGTHS = (*range(1, 17), *(2**power + offset for power in range(5, 21) for offset in (-1, 0, 1)))
"""Lengths that stand for all those a free axis may have."""


class _MaxUnpool(Layer):
    """What the three have in common; parameters in torch's order."""

    category: ClassVar[str] = "Pooling"
    main: ClassVar[tuple[str, ...]] = ("kernel_size", "stride")
    inputs: ClassVar[tuple[Port, ...]] = (
        Port("input", help="what is put back; as large as what the pool gave"),
        Port("indices", help="the indices of the pool that is undone"),
        Port(
            "output_size",
            optional=True,
            help="a tensor as large as the output is to be, such as what the pool took; "
            "needed where its windows left a rest at the end",
        ),
    )

    kernel_size: Size = param(2, min=1, help="length of the window along each axis, as in the pool")
    stride: Size | None = param(
        None, min=1, help="step from one window to the next, as in the pool; empty: kernel_size"
    )
    padding: Size = param(0, min=0, help="how far the pool's windows reached over each side")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The lengths of what a pool with the same parameters took."""
        spec = channelled(self, specs[0], self.size_axes)
        self._check_indices(spec, self.wired(specs[1], "indices"))
        lengths = tuple(self._length(at, length) for at, length in enumerate(spec.shape[2:]))
        if specs[2] is not None:
            lengths = self._wanted(spec, lengths, specs[2])
        for name, length in zip(AXES[self.size_axes], lengths, strict=True):
            if isinstance(length, int) and length < 1:
                message = f"{self.label()} with padding {self.padding} leaves nothing of {spec} along {name}"
                raise ShapeError(message, port="input", changes=({"padding": 0},))
        return spec.with_shape(*spec.shape[:2], *lengths)

    def _check_indices(self, spec: TensorSpec, indices: TensorSpec) -> None:
        if indices != spec.with_dtype("int64"):
            message = (
                f"{self.label()} needs an index for each element of {spec}, "
                f"from the port 'indices' of the pool it undoes, but gets {indices}"
            )
            raise ShapeError(message, port="indices")

    def _stride(self) -> tuple[int, ...]:
        return sizes(self.kernel_size if self.stride is None else self.stride, self.size_axes)

    def _length(self, at: int, length: Dim) -> Dim:
        stride = self._stride()[at]
        kernel, padding = (sizes(value, self.size_axes)[at] for value in (self.kernel_size, self.padding))
        return add(multiply(length, stride), kernel - stride - 2 * padding)

    def _wanted(self, spec: TensorSpec, lengths: tuple[Dim, ...], like: TensorSpec) -> tuple[Dim, ...]:
        """The lengths of another tensor, if a pool could have made the input of them."""
        if like.rank != self.size_axes + 2:
            message = f"'output_size' of {self.label()} takes {self.size_axes + 2} axes, but gets {like}"
            raise ShapeError(message, port="output_size")
        if not self.reaches(spec, like):
            message = (
                f"{self.label()} makes {spec.with_shape(*spec.shape[:2], *lengths)} of {spec}, or lengths that differ "
                f"by less than its stride, but 'output_size' gets {like}"
            )
            raise ShapeError(message, port="output_size", changes=self._suited(spec, like))
        return like.shape[2:]

    def reaches(self, spec: TensorSpec, like: TensorSpec) -> bool:
        """Whether each length differs by less than a stride from what is wanted."""
        lengths = [self._length(at, length) for at, length in enumerate(spec.shape[2:])]
        return all(map(_near, lengths, like.shape[2:], self._stride()))

    def _suited(self, spec: TensorSpec, like: TensorSpec) -> tuple[Mapping[str, object], ...]:
        """Changes after which the lengths are those of another tensor."""
        kernel = tuple(
            max(1, wanted // length) if isinstance(length, int) and isinstance(wanted, int) else 2
            for length, wanted in zip(spec.shape[2:], like.shape[2:], strict=True)
        )
        tried: tuple[dict[str, Any], ...] = (
            {"padding": 0},
            {"stride": None},
            {"kernel_size": kernel},
            {"kernel_size": kernel, "stride": None, "padding": 0},
        )
        values = self.values()
        return tuple(change for change in tried if type(self)(**{**values, **change}).reaches(spec, like))

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The layer of torch with its output's size as a tensor."""
        from netdesigner.compiler.operations import pooling

        module: nn.Module = getattr(pooling, self.kind)(**self.arguments(*specs))
        return module

    def call(self, module: str, *arguments: str) -> str:
        """One use; torch takes the size as numbers."""
        size = "" if len(arguments) < 3 or arguments[2] == "None" else f", output_size={arguments[2]}.shape"
        return f"{module}({arguments[0]}, {arguments[1]}{size})"


def _near(length: Dim, wanted: Dim, stride: int) -> bool:
    """Whether two lengths differ by less than a stride, however long a free axis is."""
    if isinstance(length, int) and isinstance(wanted, int):
        return abs(length - wanted) < stride
    names = symbols(length) | symbols(wanted)
    if length == wanted or len(names) != 1:
        return length == wanted
    (name,) = names
    pairs = ((bind(length, {name: number}), bind(wanted, {name: number})) for number in _LENGTHS)
    return all(abs(int(a) - int(b)) < stride for a, b in pairs if int(a) > 0 and int(b) > 0)


class MaxUnpool1d(_MaxUnpool):
    """Puts the elements that a MaxPool1d kept back where they stood, with zeros in between.

    Shape:
        - Input, indices: (N, C, L); indices int64.
        - Output_size: (N, C, L'), any type.
        - Output: (N, C, (L − 1)·stride − 2·padding + kernel_size), or (N, C, L').

    Source: torch.nn.MaxUnpool1d; Zeiler and Fergus, "Visualizing and understanding convolutional networks" (2013).
    """

    kind: ClassVar[str] = "MaxUnpool1d"
    torch_class: ClassVar[str] = "MaxUnpool1d"
    size_axes: ClassVar[int] = 1
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 5)), TensorSpec(("N", 4, 5), "int64"), None)),
        Example(
            (
                TensorSpec(("N", 4, "T")),
                TensorSpec(("N", 4, "T"), "int64"),
                TensorSpec(("N", 1, "2*T+1"), "int64"),
            )
        ),
        Example(
            (TensorSpec(("N", 2, 6)), TensorSpec(("N", 2, 6), "int64"), None),
            {"kernel_size": 3, "stride": 2, "padding": 1},
        ),
    )


class MaxUnpool2d(_MaxUnpool):
    """Puts the elements that a MaxPool2d kept back where they stood, with zeros in between.

    Shape:
        - Input, indices: (N, C, H, W); indices int64.
        - Output_size: (N, C, H', W'), any type.
        - Output: (N, C, H', W'), without output_size H' = (H − 1)·stride − 2·padding + kernel_size.

    Source: torch.nn.MaxUnpool2d; Badrinarayanan et al., "SegNet: a deep convolutional encoder-decoder architecture
    for image segmentation" (2015).
    """

    kind: ClassVar[str] = "MaxUnpool2d"
    torch_class: ClassVar[str] = "MaxUnpool2d"
    size_axes: ClassVar[int] = 2
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 4, 4, 4)), TensorSpec(("N", 4, 4, 4), "int64"), None)),
        Example(
            (
                TensorSpec(("N", 2, 3, 4)),
                TensorSpec(("N", 2, 3, 4), "int64"),
                TensorSpec(("N", 3, 7, 8), "bool"),
            ),
        ),
        Example(
            (TensorSpec(("N", 2, 3, "W")), TensorSpec(("N", 2, 3, "W"), "int64"), None),
            {"kernel_size": (3, 2), "stride": 2, "padding": (1, 0)},
        ),
    )


class MaxUnpool3d(_MaxUnpool):
    """Puts the elements that a MaxPool3d kept back where they stood, with zeros in between.

    Shape:
        - Input, indices: (N, C, D, H, W); indices int64.
        - Output_size: (N, C, D', H', W'), any type.
        - Output: (N, C, D', H', W'), without output_size D' = (D − 1)·stride − 2·padding + kernel_size.

    Source: torch.nn.MaxUnpool3d; Badrinarayanan et al., "SegNet: a deep convolutional encoder-decoder architecture
    for image segmentation" (2015), for images.
    """

    kind: ClassVar[str] = "MaxUnpool3d"
    torch_class: ClassVar[str] = "MaxUnpool3d"
    size_axes: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 2, 2, 3, 3)), TensorSpec(("N", 2, 2, 3, 3), "int64"), None)),
        Example(
            (
                TensorSpec(("N", 1, 2, 3, 2)),
                TensorSpec(("N", 1, 2, 3, 2), "int64"),
                TensorSpec(("N", 1, 5, 7, 4), "int64"),
            )
        ),
    )
