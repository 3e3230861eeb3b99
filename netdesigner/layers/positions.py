"""Where in a sequence something stands, added to what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer
from netdesigner.parts.part import param
from netdesigner.parts.rules import at_least, fixed
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["LearnedPositions", "SinusoidalPositions"]


class _Positions(Layer):
    """What the two have in common."""

    category: ClassVar[str] = "Embedding"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = at_least(self, specs[0], 3, "N, ..., steps, features")
        if spec.shape[-2] == BATCH:
            message = (
                f"{self.label()} reads the steps before the features (N, steps, features), but gets {spec}"
            )
            raise ShapeError(message, port="input")
        fixed(self, spec, -1, "features")
        return spec

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The module of the same name."""
        from netdesigner.compiler.operations import positions

        module: nn.Module = getattr(positions, self.kind)(**self.arguments(*specs))
        return module


class SinusoidalPositions(_Positions):
    """Tells each step where it stands by sines and cosines of its position, which is not learned.

    Shape:
        - Input: (N, ..., T, E).
        - Output: the same, or (T, E) where the encoding is not added.

    Source: Vaswani et al., "Attention is all you need" (2017).
    """

    kind: ClassVar[str] = "SinusoidalPositions"
    title: ClassVar[str] = "Sinusoidal positions"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", "T", 8)),)),
        Example((TensorSpec(("N", 2, "T", 5)),), {"base": 100.0}),
        Example((TensorSpec(("N", 6, 4)),), {"base": 20.0}),
    )

    base: float = param(
        10000.0, above=0, help="the slowest wave is about 2π times as many steps long", advanced=True
    )
    add: bool = param(True, help="add the encoding to the input; off: give it alone")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came, or its last two axes."""
        spec = super().shape(*specs)
        return spec if self.add else spec.with_shape(*spec.shape[-2:])


class LearnedPositions(_Positions):
    """Tells each step where it stands by a learned vector for each position.

    Shape:
        - Input: (N, ..., T, E), T at most max_length.
        - Output: the same.

    Source: Gehring et al., "Convolutional sequence to sequence learning" (2017); Devlin et al., "BERT" (2018).
    """

    kind: ClassVar[str] = "LearnedPositions"
    title: ClassVar[str] = "Learned positions"
    main: ClassVar[tuple[str, ...]] = ("max_length",)
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 5, 8)),)),
        Example((TensorSpec(("N", "T", 8)),), {"max_length": 16}),
        Example((TensorSpec(("N", 2, 6, 3)),), {"max_length": 6, "std": 0.5}),
    )

    max_length: int | None = param(
        None, min=1, help="how many positions are learned; empty: as many as there are steps"
    )
    std: float = param(
        0.02,
        min=0,
        help="how far from zero their numbers lie before training: the standard deviation; where it is little beside "
        "what comes in, it takes long until steps are told apart",
    )

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        """What came."""
        spec = super().shape(*specs)
        steps = spec.shape[-2]
        if self.max_length is None and isinstance(steps, str):
            message = f"{self.label()} needs a max_length where the number of steps is free, as in {spec}"
            raise ShapeError(message, port="input", changes=({"max_length": 512},))
        if self.max_length is not None and isinstance(steps, int) and steps > self.max_length:
            message = f"{self.label()} learns {self.max_length} positions, but {spec} has {steps} steps"
            raise ShapeError(message, port="input", changes=({"max_length": steps}, {"max_length": None}))
        return spec

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The lengths of the table."""
        spec = self.wired(specs[0])
        length = self.max_length or fixed(self, spec, -2, "steps")
        return {"max_length": length, "features": spec.shape[-1], "std": self.std}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """A vector for each position."""
        arguments = self.arguments(*specs)
        return Cost(arguments["max_length"] * arguments["features"])
