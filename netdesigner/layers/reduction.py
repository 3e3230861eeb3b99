"""Whole axes brought to one number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.elements import as_real, numbers
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import Ints, param
from netdesigner.parts.rules import axis_of
from netdesigner.parts.tensor import BATCH, TensorSpec, product

if TYPE_CHECKING:
    from torch import nn

__all__ = [
    "All",
    "Any",
    "ArgMax",
    "ArgMin",
    "LogSumExp",
    "Max",
    "Mean",
    "Min",
    "Norm",
    "Product",
    "Std",
    "Sum",
    "Variance",
]

_REAL = (
    Example((TensorSpec(("N", "T", 8)),)),
    Example((TensorSpec(("N", 3, 4, 5)),), {"dim": (2, 3)}),
    Example((TensorSpec(("N", 3, "H", "W")),), {"dim": (-1, -2), "keepdim": True}),
)
_ANY = (*_REAL, Example((TensorSpec(("N", "T"), "int64"),), {"dim": (-1,), "keepdim": True}))


class _Reduction(Layer):
    """What all have in common that reduce several axes at once.

    Attributes:
        function: torch's name of it.
    """

    category: ClassVar[str] = "Reduction"
    function: ClassVar[str] = ""
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = _ANY

    dim: Ints = param((1,), help="the axes that become one number; (2, 3) are the positions of an image")
    keepdim: bool = param(False, help="leave an axis of length 1 in their place")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What is left of the axes."""
        spec = self.wired(specs[0])
        dtype = self.element_type(spec)
        return _reduced(spec, self._axes(spec), self.keepdim).with_dtype(dtype)

    def element_type(self, spec: TensorSpec) -> str:
        """The type of the results.

        Raises:
            ShapeError: the function is not defined for the type that comes.
        """
        return spec.dtype

    def _axes(self, spec: TensorSpec) -> set[int]:
        axes = {axis_of(self, spec, dim, last=(-1,)) for dim in self.dim}
        if not axes or len(axes) < len(self.dim):
            raise ShapeError(
                f"{self.label()} needs one or more different axes of {spec}, but has dim {list(self.dim)}",
                changes=({"dim": (-1,)},),
            )
        if any(spec.shape[axis] == BATCH for axis in axes):
            over = f"{self.label()} over {list(self.dim)} of {spec}"
            message = f"{over} includes the batch, and samples would be mixed up"
            raise ShapeError(message, port="input", changes=({"dim": (-1,)},))
        return axes

    def _options(self) -> Mapping[str, float]:
        """What torch's function is told besides the axes."""
        return {}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that reduces."""
        from netdesigner.compiler.operations.reduction import Reduction as Module

        return Module(self.function, self.dim, self.keepdim, self._options())

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.{self.function}({_told(self.dim, self.keepdim, self._options())})"


def _reduced(spec: TensorSpec, axes: set[int], keepdim: bool) -> TensorSpec:
    if keepdim:
        return spec.with_shape(*(1 if at in axes else dim for at, dim in enumerate(spec.shape)))
    return spec.with_shape(*(dim for at, dim in enumerate(spec.shape) if at not in axes))


def _told(dim: int | tuple[int, ...], keepdim: bool, options: Mapping[str, float]) -> str:
    """The arguments of a function that reduces, as source."""
    more = {**options, **({"keepdim": True} if keepdim else {})}
    return ", ".join([f"dim={dim!r}", *(f"{name}={value!r}" for name, value in more.items())])


class Sum(_Reduction):
    """Adds up all numbers along some axes; of true and false it counts what is true.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on; whole numbers as int64.

    Source: torch.sum.
    """

    kind: ClassVar[str] = "Sum"
    function: ClassVar[str] = "sum"

    def element_type(self, spec: TensorSpec) -> str:
        """Sums of whole numbers are long ones."""
        return spec.dtype if spec.is_float else "int64"


class Mean(_Reduction):
    """Takes the mean over some axes, such as all positions of an image or all steps of a sequence.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.mean; Lin et al., "Network in network" (2013), for its use.
    """

    kind: ClassVar[str] = "Mean"
    function: ClassVar[str] = "mean"
    examples: ClassVar[tuple[Example, ...]] = _REAL

    def element_type(self, spec: TensorSpec) -> str:
        """Real numbers, which alone have a mean of their own type."""
        return self.need(spec).dtype


class _Spread(_Reduction):
    """What the two have in common that tell how far numbers lie apart."""

    examples: ClassVar[tuple[Example, ...]] = (
        *_REAL,
        Example((TensorSpec(("N", 3, 4)),), {"correction": 0, "dim": (-1,)}),
    )

    correction: int = param(
        1,
        min=0,
        help="what is taken from the number of elements before it divides: 1 where they are a sample, 0 where all",
    )

    def element_type(self, spec: TensorSpec) -> str:
        """Real numbers."""
        return self.need(spec).dtype

    def _axes(self, spec: TensorSpec) -> set[int]:
        axes = super()._axes(spec)
        elements = product(spec.shape[axis] for axis in axes)
        if isinstance(elements, int) and elements <= self.correction:
            over = f"{list(self.dim)} of {spec} has {elements}"
            message = f"{self.label()} needs more than {self.correction} elements, but {over}"
            raise ShapeError(message, port="input", changes=({"correction": 0},))
        return axes

    def _options(self) -> Mapping[str, float]:
        return {"correction": self.correction}


class Std(_Spread):
    """Takes the standard deviation over some axes: how far the numbers lie from their mean.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.std.
    """

    kind: ClassVar[str] = "Std"
    function: ClassVar[str] = "std"


class Variance(_Spread):
    """Takes the variance over some axes: the square of the standard deviation.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.var.
    """

    kind: ClassVar[str] = "Variance"
    function: ClassVar[str] = "var"


class Max(_Reduction):
    """Keeps the largest number along some axes.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.amax.
    """

    kind: ClassVar[str] = "Max"
    function: ClassVar[str] = "amax"


class Min(_Reduction):
    """Keeps the smallest number along some axes.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.amin.
    """

    kind: ClassVar[str] = "Min"
    function: ClassVar[str] = "amin"


class LogSumExp(_Reduction):
    """The logarithm of the sum of exponentials over some axes: a smooth maximum, computed without overflow.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on; real numbers.

    Source: torch.logsumexp.
    """

    kind: ClassVar[str] = "LogSumExp"
    function: ClassVar[str] = "logsumexp"

    def element_type(self, spec: TensorSpec) -> str:
        """Real numbers."""
        return as_real(spec.dtype)


class Norm(_Reduction):
    """Takes the length of vectors that lie along some axes: the p-th root of the sum of |x|ᵖ.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on.

    Source: torch.linalg.vector_norm.
    """

    kind: ClassVar[str] = "Norm"
    main: ClassVar[tuple[str, ...]] = ("p", "dim")
    examples: ClassVar[tuple[Example, ...]] = (
        *_REAL,
        Example((TensorSpec(("N", 3, 4)),), {"p": 1}),
        Example((TensorSpec(("N", 3, 4)),), {"p": 3.5, "dim": (-1,)}),
    )

    p: float = param(2.0, min=0, help="2 is the usual length, 1 the sum of sizes, 0 counts what is not zero")

    def element_type(self, spec: TensorSpec) -> str:
        """Real numbers."""
        return self.need(spec).dtype

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that measures."""
        from netdesigner.compiler.operations.reduction import Norm as Module

        return Module(self.p, self.dim, self.keepdim)

    def call(self, module: str, *arguments: str) -> str:
        """The function of torch."""
        return f"torch.linalg.vector_norm({arguments[0]}, {self.p!r}, {_told(self.dim, self.keepdim, {})})"


class Product(_Reduction):
    """Multiplies all numbers along some axes.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on; whole numbers as int64.

    Source: torch.prod.
    """

    kind: ClassVar[str] = "Product"

    def element_type(self, spec: TensorSpec) -> str:
        """Products of whole numbers are long ones."""
        return spec.dtype if spec.is_float else "int64"

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that multiplies."""
        from netdesigner.compiler.operations.reduction import Product as Module

        return Module(self.dim, self.keepdim)

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor, which takes one axis at a time."""
        if len(self.dim) == 1:
            return f"{arguments[0]}.prod({_told(self.dim[0], self.keepdim, {})})"
        each = "".join(f".prod({_told(dim, True, {})})" for dim in self.dim)
        return f"{arguments[0]}{each}" + ("" if self.keepdim else f".squeeze({self.dim!r})")


class _Quantifier(_Reduction):
    """What the two have in common that reduce true and false."""

    category: ClassVar[str] = "Logic"
    examples: ClassVar[tuple[Example, ...]] = (
        *_ANY,
        Example((TensorSpec(("N", 3, "T"), "bool"),), {"dim": (1, 2)}),
    )

    def element_type(self, spec: TensorSpec) -> str:
        """True and false."""
        return "bool"


class Any(_Quantifier):
    """Says whether anything along some axes is true, or not zero.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on; bool.

    Source: torch.any.
    """

    kind: ClassVar[str] = "Any"
    function: ClassVar[str] = "any"


class All(_Quantifier):
    """Says whether everything along some axes is true, or not zero.

    Shape:
        - Input: any.
        - Output: without the axes in dim, or with 1 in their place if keepdim is on; bool.

    Source: torch.all.
    """

    kind: ClassVar[str] = "All"
    function: ClassVar[str] = "all"


class _Place(Layer):
    """What the two have in common that say where along an axis something is."""

    category: ClassVar[str] = "Reduction"
    function: ClassVar[str] = ""
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 10)),)),
        Example((TensorSpec(("N", "T", 8)),), {"dim": 1, "keepdim": True}),
        Example((TensorSpec(("N", 5, "H", "W")),), {"dim": 1}),
    )

    dim: int = param(-1, help="the axis that is looked along; −1 is the last")
    keepdim: bool = param(False, help="leave an axis of length 1 in its place")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """A place for each row along the axis."""
        spec = numbers(self, specs[0])
        return _reduced(spec, {sample_axis(self, spec, self.dim)}, self.keepdim).with_dtype("int64")

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that searches."""
        from netdesigner.compiler.operations.reduction import Reduction as Module

        return Module(self.function, self.dim, self.keepdim, {})

    def call(self, module: str, *arguments: str) -> str:
        """The method of the tensor."""
        return f"{arguments[0]}.{self.function}({_told(self.dim, self.keepdim, {})})"


class ArgMax(_Place):
    """Says where along an axis the largest number stands, such as which class is the likeliest.

    Shape:
        - Input: any; numbers.
        - Output: without the axis dim, or with 1 in its place if keepdim is on; int64.

    Source: torch.argmax.
    """

    kind: ClassVar[str] = "ArgMax"
    function: ClassVar[str] = "argmax"


class ArgMin(_Place):
    """Says where along an axis the smallest number stands, such as which neighbour is the nearest.

    Shape:
        - Input: any; numbers.
        - Output: without the axis dim, or with 1 in its place if keepdim is on; int64.

    Source: torch.argmin.
    """

    kind: ClassVar[str] = "ArgMin"
    function: ClassVar[str] = "argmin"
