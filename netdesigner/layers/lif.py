"""Spiking neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, count, fixed
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["LIF"]


class LIF(Layer):
    """Adds up what comes in, leaks, and fires a spike when a threshold is passed: a leaky integrate-and-fire neuron.

    v(t) = beta v(t-1) + x(t), and a spike of 1 where v is above the threshold, after which v is reset. A spike has no
    useful gradient, so that of a smooth step stands in for it. What should not run in time, such as a picture, is
    first repeated along a time axis.

    Shape:
        - Input: (N, T, ...), the time behind the batch.
        - Spikes, potential: as the input.

    Source: Lapicque 1907, after Gerstner and Kistler, "Spiking neuron models" (2002); Neftci, Mostafa and Zenke,
    "Surrogate gradient learning in spiking neural networks" (2019), arXiv 1901.09948; arctan after Fang et al. (2021).
    """

    kind: ClassVar[str] = "LIF"
    title: ClassVar[str] = "Spiking neuron (LIF)"
    category: ClassVar[str] = "Recurrent"
    main: ClassVar[tuple[str, ...]] = ("beta", "threshold")
    outputs: ClassVar[tuple[Port, ...]] = (
        Port("spikes", help="1 where a neuron fires, else 0"),
        Port("potential", help="the membrane potential before the spike"),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 6, 8)),)),
        Example((TensorSpec(("N", 5, 3, 4)),), {"learn_beta": True, "reset": "zero", "surrogate": "sigmoid"}),
        Example((TensorSpec(("N", 4, 6)),), {"reset": "none", "surrogate": "fast_sigmoid", "slope": 10.0}),
    )

    beta: float = param(0.9, min=0, max=1, help="how much of the potential is left after a step")
    threshold: float = param(1.0, above=0, help="the potential at which a spike is fired")
    learn_beta: bool = param(False, help="learn the leak, one for each neuron")
    reset: str = param(
        "subtract",
        choices=("subtract", "zero", "none"),
        help="after a spike: subtract the threshold, start from zero, or go on",
        advanced=True,
    )
    surrogate: str = param(
        "arctan",
        choices=("arctan", "sigmoid", "fast_sigmoid"),
        help="the smooth step whose gradient stands in for that of a spike",
        advanced=True,
    )
    slope: float = param(2.0, above=0, max=1000, help="how steep that step is", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """Spikes and potentials, as the input."""
        spec = at_least(self, specs[0], 2, "N, T")
        if spec.shape[0] != "N" and "N" in spec.shape[1:]:
            raise ShapeError(f"LIF takes the batch first and the time second, but gets {spec}", port="input")
        if self.learn_beta:
            for axis in range(2, spec.rank):
                fixed(self, spec, axis, "neurons")
        return spec, spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters and the axes of the neurons."""
        return {"features": self.wired(specs[0]).shape[2:] if self.learn_beta else (), **self.values()}

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that fires."""
        from netdesigner.compiler.operations.spiking import LIF as Neuron  # noqa: N811 (an abbreviation, no constant)

        return Neuron(**self.arguments(*specs))

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """One leak a neuron where it is learned, else one for all, which is kept beside the weights."""
        leaks = count(self.wired(specs[0]).shape[2:])
        return Cost(leaks) if self.learn_beta else Cost(buffers=1)
