"""Functions that bend or squeeze each element; without such a layer between them, others would be one linear map."""

from __future__ import annotations

from typing import ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.axes import sample_axis
from netdesigner.parts.layer import Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same, quotient
from netdesigner.parts.tensor import BATCH, TensorSpec

__all__ = [
    "GELU",
    "GLU",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LogSigmoid",
    "Mish",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "Tanh",
]

_EXAMPLES = (
    Example((TensorSpec(("N", 4, 5, 5)),)),
    Example((TensorSpec(("N", "T", 8)),)),
    Example((TensorSpec(("N",)),)),
)


class _Activation(Same):
    """What all have in common. They never work in place: another wire may read what comes in."""

    category: ClassVar[str] = "Activation"
    examples: ClassVar[tuple[Example, ...]] = _EXAMPLES


class GELU(_Activation):
    """Weighs each element by the normal distribution: x·Φ(x).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.GELU; Hendrycks and Gimpel, "Gaussian error linear units" (2016).
    """

    kind: ClassVar[str] = "GELU"
    torch_class: ClassVar[str] = "GELU"
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"approximate": "tanh"}),
    )

    approximate: str = param(
        "none", choices=("none", "tanh"), help="'tanh' computes it faster and nearly the same"
    )


class SiLU(_Activation):
    """Weighs each element by its own sigmoid: x·σ(x); also called swish.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.SiLU; Ramachandran et al., "Searching for activation functions" (2017).
    """

    kind: ClassVar[str] = "SiLU"
    torch_class: ClassVar[str] = "SiLU"


class Mish(_Activation):
    """Weighs each element by the tanh of its softplus, much as SiLU by its sigmoid: x·tanh(ln(1 + exp(x))).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Mish; Misra, "Mish: a self regularized non-monotonic activation function" (2019).
    """

    kind: ClassVar[str] = "Mish"
    torch_class: ClassVar[str] = "Mish"


class Sigmoid(_Activation):
    """Squeezes each element into 0 to 1: 1 / (1 + exp(−x)).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Sigmoid; Rumelhart et al., "Learning representations by back-propagating errors" (1986).
    """

    kind: ClassVar[str] = "Sigmoid"
    torch_class: ClassVar[str] = "Sigmoid"


class LogSigmoid(_Activation):
    """The logarithm of the sigmoid, computed without loss of precision.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.LogSigmoid.
    """

    kind: ClassVar[str] = "LogSigmoid"
    torch_class: ClassVar[str] = "LogSigmoid"


class Hardsigmoid(_Activation):
    """A cheap Sigmoid made of straight pieces: min(max(x / 6 + 1/2, 0), 1).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Hardsigmoid; Courbariaux et al., "BinaryConnect" (2015); Howard et al., "Searching for
    MobileNetV3" (2019), for its slope.
    """

    kind: ClassVar[str] = "Hardsigmoid"
    torch_class: ClassVar[str] = "Hardsigmoid"


class Tanh(_Activation):
    """Squeezes each element into −1 to 1 by the hyperbolic tangent.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Tanh; LeCun et al., "Efficient backprop" (1998).
    """

    kind: ClassVar[str] = "Tanh"
    torch_class: ClassVar[str] = "Tanh"


class Hardtanh(_Activation):
    """Cuts each element off at two limits: min(max(x, min_val), max_val).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Hardtanh; Collobert, "Large scale machine learning" (2004).
    """

    kind: ClassVar[str] = "Hardtanh"
    torch_class: ClassVar[str] = "Hardtanh"
    main: ClassVar[tuple[str, ...]] = ("min_val", "max_val")
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"min_val": -0.5, "max_val": 2.0}),
    )

    min_val: float = param(-1.0, help="nothing that comes out is smaller")
    max_val: float = param(1.0, help="nothing that comes out is larger")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The spec that came."""
        if self.min_val >= self.max_val:
            message = (
                f"Hardtanh needs a min_val below its max_val, but has {self.min_val:g} and {self.max_val:g}"
            )
            change = {"min_val": self.max_val, "max_val": self.min_val}
            raise ShapeError(message, changes=({"max_val": self.min_val + 1}, change))
        return super().shape(*specs)


class Softsign(_Activation):
    """Squeezes each element into −1 to 1, slower than the hyperbolic tangent: x / (1 + |x|).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Softsign; Bergstra et al., "Quadratic polynomials learn better image features" (2009).
    """

    kind: ClassVar[str] = "Softsign"
    torch_class: ClassVar[str] = "Softsign"


class Softplus(_Activation):
    """A smooth ReLU, which is never quite zero: ln(1 + exp(beta·x)) / beta.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Softplus; Dugas et al., "Incorporating second-order functional knowledge for better option
    pricing" (2000).
    """

    kind: ClassVar[str] = "Softplus"
    torch_class: ClassVar[str] = "Softplus"
    main: ClassVar[tuple[str, ...]] = ("beta",)
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"beta": 2.0, "threshold": 1.0}),
    )

    beta: float = param(1.0, above=0, help="the larger, the nearer to a ReLU")
    threshold: float = param(
        20.0,
        help="where beta·x is above it, x itself comes out, so that exp does not overflow",
        advanced=True,
    )


class Hardswish(_Activation):
    """A cheap SiLU made of straight pieces: x·min(max(x + 3, 0), 6) / 6.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Hardswish; Howard et al., "Searching for MobileNetV3" (2019).
    """

    kind: ClassVar[str] = "Hardswish"
    torch_class: ClassVar[str] = "Hardswish"


class GLU(Layer):
    """Halves an axis: the first half comes out, weighed by the sigmoid of the second half, a gate: a·σ(b).

    Shape:
        - Input: (N, ..., 2·C, ...), with 2·C along dim.
        - Output: (N, ..., C, ...).

    Source: torch.nn.GLU; Dauphin et al., "Language modeling with gated convolutional networks" (2016).
    """

    kind: ClassVar[str] = "GLU"
    category: ClassVar[str] = "Activation"
    torch_class: ClassVar[str] = "GLU"
    main: ClassVar[tuple[str, ...]] = ("dim",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 10)),)),
        Example((TensorSpec(("N", 6, "T")),), {"dim": 1}),
        Example((TensorSpec(("N", 2, 3, 4)),), {"dim": -3}),
    )

    dim: int = param(-1, help="the axis that is halved; −1 is the last")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """Half of the axis."""
        spec = self.need(specs[0])
        halves = [None if length == BATCH else quotient((length,), 2) for length in spec.shape]
        even = [at for at, half in enumerate(halves) if half is not None]
        axis = sample_axis(self, spec, self.dim, fitting=even)
        half = halves[axis]
        if half is None:
            message = f"GLU cannot halve axis {axis} of {spec}, which has the length {spec.shape[axis]}"
            raise ShapeError(message, port="input", changes=tuple({"dim": at} for at in reversed(even)))
        return spec.with_shape(*spec.shape[:axis], half, *spec.shape[axis + 1 :])
