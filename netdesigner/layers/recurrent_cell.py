"""One step of a recurrent layer, for loops that are wired by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import count, fixed
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]

_INPUT = Port("input", help="the features of one step")
_H_0 = Port(
    "h_0", optional=True, help="the state before the step, such as the h_1 of another cell; zeros if empty"
)
_H_1 = Port("h_1", help="the state after the step")

_STEP = TensorSpec(("N", 8))


class _Cell(Layer):
    """What the three have in common; parameters in torch's order.

    Attributes:
        gates: how many vectors a cell computes.
    """

    category: ClassVar[str] = "Recurrent"
    inputs: ClassVar[tuple[Port, ...]] = (_INPUT, _H_0)
    outputs: ClassVar[tuple[Port, ...]] = (_H_1,)
    main: ClassVar[tuple[str, ...]] = ("hidden_size",)
    gates: ClassVar[int] = 1

    hidden_size: int = param(64, min=1, help="length of the state")
    bias: bool = param(True, help="add a learned number to each feature of the state", advanced=True)

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """A state for each sample."""
        spec = self.need(specs[0], 2, what="N, features")
        fixed(self, spec, 1, "features")
        state = spec.with_shape(spec.shape[0], self.hidden_size)
        for port, came in zip(self.inputs[1:], specs[1:], strict=True):
            if came is not None and self.need(came, port=port.name) != state:
                message = f"'{port.name}' of {self.label()} takes (N, hidden_size) {state}, but gets {came}"
                raise ShapeError(message, port=port.name, changes=self._suited(came))
        return (state,) * len(self.outputs)

    def _suited(self, state: TensorSpec) -> tuple[Mapping[str, object], ...]:
        """The change that suits the cell to a state that is wired."""
        length = state.shape[-1]
        fits = state.rank == 2 and isinstance(length, int) and length != self.hidden_size
        return ({"hidden_size": length},) if fits else ()

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with input_size from the wire."""
        return {"input_size": fixed(self, self.wired(specs[0]), 1, "features"), **self.values()}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The weights, each used once."""
        weights = self.gates * self.hidden_size * (count(self.wired(specs[0]).shape[1:]) + self.hidden_size)
        return Cost(weights + 2 * self.bias * self.gates * self.hidden_size, weights)


class RNNCell(_Cell):
    """One step of an RNN: the new state is made from the step and the state before, h = tanh(W x + U h + b).

    Shape:
        - Input: (N, features); the number of features comes from the wire.
        - H_0, h_1: (N, hidden_size).

    Source: torch.nn.RNNCell; Elman, "Finding structure in time", Cognitive Science 14 (1990).
    """

    kind: ClassVar[str] = "RNNCell"
    torch_class: ClassVar[str] = "RNNCell"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEP, None), {"hidden_size": 6}),
        Example(
            (TensorSpec(("N", 3)), TensorSpec(("N", 5))),
            {"hidden_size": 5, "bias": False, "nonlinearity": "relu"},
        ),
    )

    nonlinearity: str = param("tanh", choices=("tanh", "relu"), help="the function that makes the new state")


class LSTMCell(_Cell):
    """One step of an LSTM, with gates that decide what to remember, to forget and to give.

    Shape:
        - Input: (N, features); the number of features comes from the wire.
        - H_0, c_0, h_1, c_1: (N, hidden_size).

    Source: torch.nn.LSTMCell; Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997).
    """

    kind: ClassVar[str] = "LSTMCell"
    torch_class: ClassVar[str] = "LSTMCell"
    gates: ClassVar[int] = 4
    inputs: ClassVar[tuple[Port, ...]] = (
        _INPUT,
        _H_0,
        Port("c_0", optional=True, help="the cell before the step, such as c_1; wired together with h_0"),
    )
    outputs: ClassVar[tuple[Port, ...]] = (
        _H_1,
        Port("c_1", help="the cell after the step: what is remembered"),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEP, None, None), {"hidden_size": 6}),
        Example(
            (TensorSpec(("N", 3)), TensorSpec(("N", 5)), TensorSpec(("N", 5))),
            {"hidden_size": 5, "bias": False},
        ),
    )

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """A state and a cell for each sample."""
        if (specs[1] is None) != (specs[2] is None):
            wired, missing = ("h_0", "c_0") if specs[2] is None else ("c_0", "h_0")
            message = f"LSTMCell begins with both h_0 and c_0 or with neither; '{wired}' is wired alone"
            raise ShapeError(message, port=missing)
        return super().shape(*specs)

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The cell of torch with one input a port."""
        from netdesigner.compiler.operations import recurrent

        return recurrent.LSTMCell(**self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """One use; torch takes both states in a tuple."""
        states = "" if "None" in arguments[1:] or len(arguments) < 3 else f", ({', '.join(arguments[1:])})"
        return f"{module}({arguments[0]}{states})"


class GRUCell(_Cell):
    """One step of a GRU, with gates that decide what to keep and what to renew.

    Shape:
        - Input: (N, features); the number of features comes from the wire.
        - H_0, h_1: (N, hidden_size).

    Source: torch.nn.GRUCell; Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014).
    """

    kind: ClassVar[str] = "GRUCell"
    torch_class: ClassVar[str] = "GRUCell"
    gates: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEP, None), {"hidden_size": 6}),
        Example((TensorSpec(("N", 3)), TensorSpec(("N", 5))), {"hidden_size": 5, "bias": False}),
    )
