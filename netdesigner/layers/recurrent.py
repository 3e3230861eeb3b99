"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.layer import Cost, Example, Layer, Port
from netdesigner.parts.part import param
from netdesigner.parts.rules import count, sequence
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["GRU", "LSTM", "RNN"]

_INPUT = Port("input", help="a sequence of features")
_H_0 = Port(
    "h_0",
    optional=True,
    help="the state of every layer to begin with, (layers, N, features), such as another one's h_n; zeros if empty",
)
_OUTPUT = Port("output", help="the state of the last layer after every step")
_H_N = Port(
    "h_n",
    help="the state of every layer after the last step, (layers, N, features); a Permute brings N to the front",
)

_STEPS = TensorSpec(("N", "T", 8))


class _Recurrent(Layer):
    """What the three have in common; parameters in torch's order.

    Attributes:
        gates: how many vectors a cell computes in a step.
    """

    category: ClassVar[str] = "Recurrent"
    inputs: ClassVar[tuple[Port, ...]] = (_INPUT, _H_0)
    outputs: ClassVar[tuple[Port, ...]] = (_OUTPUT, _H_N)
    main: ClassVar[tuple[str, ...]] = ("hidden_size", "num_layers", "bidirectional")
    initial: ClassVar[dict[str, Value]] = {"batch_first": True}
    stochastic: ClassVar[bool] = True
    gates: ClassVar[int] = 1

    hidden_size: int = param(64, min=1, help="length of the state")
    num_layers: int = param(1, min=1, help="layers on top of each other, each reading the one below")
    bias: bool = param(True, help="add a learned number to each feature of the state", advanced=True)
    batch_first: bool = param(
        False,
        help="on: input and output are (N, L, features), as behind an Input; off: (L, N, features). "
        "States have their layers in front either way",
    )
    dropout: float = param(
        0.0,
        min=0,
        max=1,
        help="chance of an element between two layers to be zeroed while training; nothing where num_layers is 1",
    )
    bidirectional: bool = param(
        False, help="read backwards too; the output has both states side by side, h_n one after the other"
    )

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """The states over all steps and the last one of each layer."""
        spec, batch, steps, _ = sequence(self, specs[0], self.batch_first)
        self._check(specs[1:])
        states = tuple(spec.with_shape(*shape) for shape in self._states(batch))
        for port, wanted, came in zip(self.inputs[1:], states, specs[1:], strict=True):
            if came is not None and self.need(came, port=port.name) != wanted:
                message = (
                    f"'{port.name}' of {self.label()} takes (layers, N, features) {wanted}, but gets {came}"
                )
                raise ShapeError(message, port=port.name, changes=self._suited(specs[1:]))
        features = self._given() * self._directions()
        output = (batch, steps, features) if self.batch_first else (steps, batch, features)
        return spec.with_shape(*output), *states

    def _check(self, states: tuple[TensorSpec | None, ...]) -> None:
        """Holds the parameters against each other."""

    def _suited(self, states: tuple[TensorSpec | None, ...]) -> tuple[Mapping[str, object], ...]:
        """Changes that suit the parameters to the states that are wired."""
        shapes = [spec.shape for spec in states if spec is not None and spec.rank == 3]
        if not shapes:
            return ()
        (layers, _, given), (_, _, hidden) = shapes[0], shapes[-1]
        changes = []
        for both in (self.bidirectional, not self.bidirectional):
            if isinstance(layers, int) and layers % (1 + both) == 0:
                wanted = {"hidden_size": hidden, "num_layers": layers // (1 + both), "bidirectional": both}
                wanted |= {"proj_size": 0 if given == hidden else given} if len(states) == 2 else {}
                changes.append(
                    {name: value for name, value in wanted.items() if value != getattr(self, name)}
                )
        return tuple(change for change in changes if change)

    def _directions(self) -> int:
        return 2 if self.bidirectional else 1

    def _given(self) -> int:
        """The length of what a layer hands on."""
        return self.hidden_size

    def _states(self, batch: Dim) -> tuple[tuple[Dim, ...], ...]:
        """The shapes of the states, in the order of the ports."""
        return ((self.num_layers * self._directions(), batch, self._given()),)

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The parameters with input_size from the wire; dropout needs a second layer, and torch warns without."""
        values = self.values()
        if self.num_layers == 1:
            values["dropout"] = 0.0
        return {"input_size": sequence(self, specs[0], self.batch_first)[3], **values}

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """The weights, each used once a step."""
        _, _, steps, features = sequence(self, specs[0], self.batch_first)
        weights = sum(
            self._weights(features if layer == 0 else self._given() * self._directions())
            for layer in range(self.num_layers)
        )
        biases = 2 * self.gates * self.hidden_size * self.num_layers if self.bias else 0
        return Cost((weights + biases) * self._directions(), weights * self._directions() * count((steps,)))

    def _weights(self, features: int) -> int:
        """The weights of one layer in one direction."""
        return self.gates * self.hidden_size * (features + self._given())


class RNN(_Recurrent):
    """Reads a sequence, each state made from the step and the state before: h = tanh(W x + U h + b).

    Shape:
        - Input: (L, N, features), or (N, L, features) with batch_first; the number of features comes from the wire.
        - H_0: (layers·directions, N, hidden_size).
        - Output: (L, N, hidden_size·directions), or with batch_first (N, L, hidden_size·directions).
        - H_n: as h_0.

    Source: torch.nn.RNN; Elman, "Finding structure in time", Cognitive Science 14 (1990).
    """

    kind: ClassVar[str] = "RNN"
    torch_class: ClassVar[str] = "RNN"
    examples: ClassVar[tuple[Example, ...]] = (
        Example((TensorSpec(("N", 5, 8)), None), {"hidden_size": 6, "batch_first": True}),
        Example(
            (TensorSpec(("T", "N", 8)), None), {"hidden_size": 4, "num_layers": 2, "nonlinearity": "relu"}
        ),
        Example(
            (TensorSpec(("N", 4, 3)), TensorSpec((2, "N", 5))),
            {"hidden_size": 5, "batch_first": True, "bidirectional": True, "bias": False},
        ),
    )

    nonlinearity: str = param("tanh", choices=("tanh", "relu"), help="the function that makes the new state")


class LSTM(_Recurrent):
    """Reads a sequence with gates that decide what to remember, to forget and to give.

    Shape:
        - Input: (L, N, features), or (N, L, features) with batch_first; the number of features comes from the wire.
        - H_0: (layers·directions, N, proj_size or hidden_size).
        - C_0: (layers·directions, N, hidden_size).
        - Output: (L, N, (proj_size or hidden_size)·directions), or with batch_first (N, L, ...).
        - H_n, c_n: as h_0 and c_0.

    Source: torch.nn.LSTM; Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9 (1997).
    """

    kind: ClassVar[str] = "LSTM"
    torch_class: ClassVar[str] = "LSTM"
    gates: ClassVar[int] = 4
    inputs: ClassVar[tuple[Port, ...]] = (
        _INPUT,
        _H_0,
        Port(
            "c_0",
            optional=True,
            help="the cell of every layer to begin with, such as another one's c_n; wired together with h_0",
        ),
    )
    outputs: ClassVar[tuple[Port, ...]] = (
        _OUTPUT,
        _H_N,
        Port("c_n", help="the cell of every layer after the last step: what is remembered"),
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEPS, None, None), {"hidden_size": 6, "batch_first": True}),
        Example(
            (TensorSpec(("T", "N", 8)), None, None),
            {"hidden_size": 4, "num_layers": 2, "bidirectional": True},
        ),
        Example(
            (TensorSpec(("N", 4, 3)), TensorSpec((2, "N", 2)), TensorSpec((2, "N", 5))),
            {"hidden_size": 5, "num_layers": 2, "batch_first": True, "proj_size": 2, "dropout": 0.1},
        ),
    )

    proj_size: int = param(
        0, min=0, help="shorten what is handed on to this length; 0 leaves it", advanced=True
    )

    def _check(self, states: tuple[TensorSpec | None, ...]) -> None:
        if self.proj_size >= self.hidden_size:
            message = f"LSTM can only shorten its state of {self.hidden_size}, but has a proj_size of {self.proj_size}"
            changes = {"proj_size": 0}, {"hidden_size": self.proj_size + 1}
            raise ShapeError(message, changes=(*self._suited(states), *changes))

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        """The states over all steps, and the last state and cell of each layer."""
        if (specs[1] is None) != (specs[2] is None):
            wired, missing = ("h_0", "c_0") if specs[2] is None else ("c_0", "h_0")
            raise ShapeError(
                f"LSTM begins with both h_0 and c_0 or with neither; '{wired}' is wired alone", port=missing
            )
        return super().shape(*specs)

    def _given(self) -> int:
        return self.proj_size or self.hidden_size

    def _states(self, batch: Dim) -> tuple[tuple[Dim, ...], ...]:
        layers = self.num_layers * self._directions()
        return (layers, batch, self._given()), (layers, batch, self.hidden_size)

    def _weights(self, features: int) -> int:
        return super()._weights(features) + self.proj_size * self.hidden_size

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """The LSTM of torch with one input a port."""
        from netdesigner.compiler.operations import recurrent

        return recurrent.LSTM(**self.arguments(*specs))

    def call(self, module: str, *arguments: str) -> str:
        """One use; torch takes both states in a tuple."""
        states = "" if "None" in arguments[1:] or len(arguments) < 3 else f", ({', '.join(arguments[1:])})"
        return f"{module}({arguments[0]}{states})"

    def targets(self, *names: str) -> str:
        """The left side; torch gives both states in a tuple."""
        return f"{names[0]}, ({', '.join(names[1:])})"


class GRU(_Recurrent):
    """Reads a sequence with gates that decide what to keep and what to renew.

    Shape:
        - Input: (L, N, features), or (N, L, features) with batch_first; the number of features comes from the wire.
        - H_0: (layers·directions, N, hidden_size).
        - Output: (L, N, hidden_size·directions), or with batch_first (N, L, hidden_size·directions).
        - H_n: as h_0.

    Source: torch.nn.GRU; Cho et al., "Learning phrase representations using RNN encoder-decoder" (2014).
    """

    kind: ClassVar[str] = "GRU"
    torch_class: ClassVar[str] = "GRU"
    gates: ClassVar[int] = 3
    examples: ClassVar[tuple[Example, ...]] = (
        Example((_STEPS, None), {"hidden_size": 6, "batch_first": True}),
        Example(
            (TensorSpec(("T", "N", 8)), None), {"hidden_size": 4, "num_layers": 2, "bidirectional": True}
        ),
        Example((TensorSpec(("N", 4, 3)), TensorSpec((1, "N", 5))), {"hidden_size": 5, "batch_first": True}),
    )
