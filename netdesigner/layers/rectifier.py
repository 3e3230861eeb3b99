"""Functions that let pass what is positive and hold back what is negative."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example
from netdesigner.parts.part import param
from netdesigner.parts.rules import Same
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CELU", "ELU", "SELU", "LeakyReLU", "PReLU", "RReLU", "ReLU", "ReLU6", "Threshold"]

_EXAMPLES = (
    Example((TensorSpec(("N", 4, 5, 5)),)),
    Example((TensorSpec(("N", "T", 8)),)),
    Example((TensorSpec(("N",)),)),
)


class _Rectifier(Same):
    """What all have in common. They never work in place: another wire may read what comes in."""

    category: ClassVar[str] = "Activation"
    examples: ClassVar[tuple[Example, ...]] = _EXAMPLES


class ReLU(_Rectifier):
    """Keeps what is positive and sets the rest to zero: max(0, x).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.ReLU; Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).
    """

    kind: ClassVar[str] = "ReLU"
    torch_class: ClassVar[str] = "ReLU"


class ReLU6(_Rectifier):
    """Keeps what lies between 0 and 6 and cuts off the rest: min(max(0, x), 6).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.ReLU6; Krizhevsky, "Convolutional deep belief networks on CIFAR-10" (2010).
    """

    kind: ClassVar[str] = "ReLU6"
    torch_class: ClassVar[str] = "ReLU6"


class Threshold(_Rectifier):
    """Keeps what is above a threshold and sets the rest to a value; with both at zero it is a ReLU.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.Threshold.
    """

    kind: ClassVar[str] = "Threshold"
    torch_class: ClassVar[str] = "Threshold"
    main: ClassVar[tuple[str, ...]] = ("threshold", "value")
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"threshold": 0.1, "value": -2.0}),
    )

    threshold: float = param(0.0, help="what is not above it is exchanged")
    value: float = param(0.0, help="what is put in its place")


class LeakyReLU(_Rectifier):
    """Keeps what is positive and scales the rest down: x or negative_slope·x.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.LeakyReLU; Maas et al., "Rectifier nonlinearities improve neural network acoustic models" (2013).
    """

    kind: ClassVar[str] = "LeakyReLU"
    torch_class: ClassVar[str] = "LeakyReLU"
    main: ClassVar[tuple[str, ...]] = ("negative_slope",)
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"negative_slope": 0.2}),
    )

    negative_slope: float = param(0.01, help="factor of what is negative")


class ELU(_Rectifier):
    """Keeps what is positive and bends the rest smoothly towards −alpha: alpha·(exp(x) − 1).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.ELU; Clevert et al., "Fast and accurate deep network learning by exponential linear units" (2015).
    """

    kind: ClassVar[str] = "ELU"
    torch_class: ClassVar[str] = "ELU"
    main: ClassVar[tuple[str, ...]] = ("alpha",)
    examples: ClassVar[tuple[Example, ...]] = (*_EXAMPLES, Example((TensorSpec(("N", 8)),), {"alpha": 0.5}))

    alpha: float = param(1.0, help="how far below zero the output goes at most")


class CELU(_Rectifier):
    """An ELU whose slope has no jump at zero, whatever alpha is: x or alpha·(exp(x / alpha) − 1).

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.CELU; Barron, "Continuously differentiable exponential linear units" (2017).
    """

    kind: ClassVar[str] = "CELU"
    torch_class: ClassVar[str] = "CELU"
    main: ClassVar[tuple[str, ...]] = ("alpha",)
    examples: ClassVar[tuple[Example, ...]] = (*_EXAMPLES, Example((TensorSpec(("N", 8)),), {"alpha": 0.5}))

    alpha: float = param(1.0, above=0, help="how far below zero the output goes at most")


class SELU(_Rectifier):
    """An ELU with constants that keep mean 0 and variance 1 through many layers.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.SELU; Klambauer et al., "Self-normalizing neural networks" (2017).
    """

    kind: ClassVar[str] = "SELU"
    torch_class: ClassVar[str] = "SELU"


class PReLU(_Rectifier):
    """Keeps what is positive and scales the rest by a learned slope, one for all channels or one for each.

    Shape:
        - Input: (N, C, ...).
        - Output: the same.

    Source: torch.nn.PReLU; He et al., "Delving deep into rectifiers" (2015).
    """

    kind: ClassVar[str] = "PReLU"
    torch_class: ClassVar[str] = "PReLU"
    main: ClassVar[tuple[str, ...]] = ("num_parameters",)
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 4, "H", "W")),), {"num_parameters": None}),
        Example((TensorSpec(("N", 3, 5)),), {"num_parameters": 3, "init": 0.1}),
    )

    num_parameters: int | None = param(
        1,
        min=1,
        help="how many slopes: 1 for all channels, or as many as channels; empty: one for each channel",
    )
    init: float = param(0.25, help="each slope before training", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The spec that came."""
        spec = super().shape(*specs)
        channels = self._channels(spec)
        if self.num_parameters is None and not isinstance(channels, int):
            message = (
                f"PReLU needs a fixed number of channels for a slope each, but in {spec} it is {channels}"
            )
            raise ShapeError(message, port="input", changes=({"num_parameters": 1},))
        if self.num_parameters not in (None, 1, channels):
            message = f"PReLU has {self.num_parameters} slopes for the {channels} channels of {spec}"
            raise ShapeError(message, port="input", changes=({"num_parameters": 1}, {"num_parameters": None}))
        return spec

    def _channels(self, spec: TensorSpec) -> Dim:
        return spec.shape[1] if spec.rank > 1 else 1

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with num_parameters from the wire where it is empty."""
        slopes = self.num_parameters or self._channels(self.wired(specs[0]))
        return {**self.values(), "num_parameters": slopes}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The slopes."""
        return Cost(self.arguments(*specs)["num_parameters"])


class RReLU(_Rectifier):
    """Keeps what is positive and scales the rest by chance while training, by the middle factor afterwards.

    Shape:
        - Input: any.
        - Output: the same.

    Source: torch.nn.RReLU; Xu et al., "Empirical evaluation of rectified activations in convolutional network" (2015).
    """

    kind: ClassVar[str] = "RReLU"
    torch_class: ClassVar[str] = "RReLU"
    main: ClassVar[tuple[str, ...]] = ("lower", "upper")
    stochastic: ClassVar[bool] = True
    examples: ClassVar[tuple[Example, ...]] = (
        *_EXAMPLES,
        Example((TensorSpec(("N", 8)),), {"lower": 0.1, "upper": 0.5}),
    )

    lower: float = param(1 / 8, help="the smallest factor of what is negative")
    upper: float = param(1 / 3, help="the largest factor of what is negative")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """The spec that came."""
        if self.lower > self.upper:
            message = (
                f"RReLU needs a lower factor up to its upper one, but has {self.lower:g} and {self.upper:g}"
            )
            changes = {"lower": self.upper, "upper": self.lower}, {"upper": self.lower}
            raise ShapeError(message, changes=changes)
        return super().shape(*specs)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The RReLU of torch, in a form that ONNX can hold."""
        from netdesigner.compiler.operations import activation

        return activation.RReLU(**self.arguments(*specs))
