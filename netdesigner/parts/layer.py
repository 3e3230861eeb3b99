"""What a layer is.

A layer's file is a page: parameters, what it takes, what it gives, what it costs, how torch builds it. The shape
rule is written, not found out by running the layer: it takes microseconds, needs no torch and can speak in the
user's words. One test holds every rule against torch.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from netdesigner.document.design import Value
from netdesigner.errors import ShapeError
from netdesigner.parts.part import Part, resolve
from netdesigner.parts.tensor import Dim, TensorSpec

if TYPE_CHECKING:
    from torch import nn

__all__ = ["CATEGORIES", "Cost", "Example", "Layer", "Port", "VaryingLayer"]

CATEGORIES = (
    "Input and output",
    "Linear",
    "Convolution",
    "Pooling",
    "Padding",
    "Normalisation",
    "Activation",
    "Dropout",
    "Recurrent",
    "Attention",
    "Embedding",
    "Shape",
    "Combine",
    "Arithmetic",
    "Logic",
    "Reduction",
    "Values",
    "Random",
)
"""The groups of the palette, in its order."""


_ALONE = "alone"
"""What tells a layer whose optional outputs nobody reads from one that gives all."""


class Port(NamedTuple):
    """A place where wires end or begin.

    Attributes:
        name: unique among the layer's ports of the same side; torch's name of the argument.
        optional: of an input, it may stay empty; the layer then receives None. Of an output, it is worked out only
            where somebody reads it (see `Layer.alone`); such outputs come last.
        variadic: it takes any number of wires, in the order of the document's edges. Only the last input may be.
        least: how many wires a variadic port needs.
        help: one sentence.
    """

    name: str
    optional: bool = False
    variadic: bool = False
    least: int = 1
    help: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one use of a layer costs.

    Attributes:
        parameters: numbers that training can change.
        macs: multiply-adds of one forward pass of one sample. A symbol other than the batch counts as one.
        buffers: numbers kept beside the parameters, such as running means.
        frozen: how many of the parameters training does not change, because the node says so; for checks to fill in.
    """

    parameters: int = 0
    macs: int = 0
    buffers: int = 0
    frozen: int = 0

    @property
    def trainable(self) -> int:
        """The parameters that training does change."""
        return self.parameters - self.frozen

    @classmethod
    def total(cls, costs: Iterable[Cost]) -> Cost:
        """What several cost together."""
        rows = [(cost.parameters, cost.macs, cost.buffers, cost.frozen) for cost in costs]
        return cls(*map(sum, zip(*rows, strict=True))) if rows else cls()


class Example(NamedTuple):
    """One legal use of a layer, which the tests try and the help shows.

    Attributes:
        inputs: one spec a port in order, None for an empty optional port; of a variadic port one for each wire.
        params: the parameters that are set.
    """

    inputs: tuple[TensorSpec | None, ...]
    params: Mapping[str, Value] = MappingProxyType({})


class Layer(Part):
    """A node's kind.

    Attributes:
        category: one of `CATEGORIES`.
        inputs, outputs: the ports. `shape`, `build`, `cost` get one spec a port in their order, None for an empty
            optional port, and for a variadic port one for each of its wires.
        torch_class: the class of torch.nn that computes the layer, or "" where `build` is written. Then either `call`
            is written too, or exported source holds the class of the module itself and calls it with `arguments`.
        main: the parameters that are shown on the node, in order.
        examples: legal uses.
        stochastic: its output in training is random (dropout), so two runs differ.
        mixes_samples: in training, what it makes of a sample depends on the others of the batch.
        not_in_onnx: why ONNX cannot hold it, in the user's words; "" where it can.
    """

    category: ClassVar[str] = ""
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("output"),)
    torch_class: ClassVar[str] = ""
    main: ClassVar[tuple[str, ...]] = ()
    examples: ClassVar[tuple[Example, ...]] = ()
    stochastic: ClassVar[bool] = False
    mixes_samples: ClassVar[bool] = False
    not_in_onnx: ClassVar[str] = ""

    def shape(self, *specs: TensorSpec | None) -> TensorSpec | tuple[TensorSpec, ...]:
        """What the layer gives, one spec an output port (a single one need not be wrapped).

        Raises:
            ShapeError: it cannot take what the wires carry.
        """
        raise NotImplementedError

    def cost(self, *specs: TensorSpec | None) -> Cost:
        """What the layer costs on these inputs; called only where `shape` accepts them."""
        return Cost()

    def index_limits(self, *specs: TensorSpec | None) -> tuple[Dim | None, ...]:
        """For the first inputs, below which length their whole numbers must stay, as rows of a table; None for any."""
        return ()

    def weights(self, *specs: TensorSpec | None) -> Mapping[str, tuple[int, ...]]:
        """The shapes of those weights that layers of other kinds may share, by torch's names; mostly none."""
        return {}

    def arguments(self, *specs: TensorSpec | None) -> dict[str, Any]:
        """The arguments of the module's class: the parameters and what comes from the wires (`in_features`)."""
        return self.values()

    def build(self, *specs: TensorSpec | None) -> nn.Module:
        """A module that takes one tensor a port in order and returns a tensor or a tuple in the order of outputs."""
        from torch import nn

        module: nn.Module = getattr(nn, self.torch_class)(**self.arguments(*specs))
        return module

    def call(self, module: str, *arguments: str) -> str:
        """Python source of one use, for people: an expression whose value is what `build`'s module returns.

        Args:
            module: the source of the submodule, such as `self.conv`.
            arguments: the source of each input in order; "None" for an empty port.
        """
        while arguments and arguments[-1] == "None":
            arguments = arguments[:-1]
        return f"{module}({', '.join(arguments)})"

    def targets(self, *names: str) -> str:
        """Python source of the left side of an assignment that takes the value of `call` apart.

        Args:
            names: a variable for each output port, in order; "_" for one that nobody reads.
        """
        return ", ".join(names)

    def alone(self) -> Self:
        """The same layer where nobody reads its optional outputs.

        Its module gives the others only: a tensor where that is one. `arguments`, `build`, `call` and `targets` of a
        layer with optional outputs look at `is_alone`.
        """
        other = copy.copy(self)
        other.__dict__[_ALONE] = True
        return other

    @property
    def is_alone(self) -> bool:
        """Whether nobody reads the optional outputs."""
        return _ALONE in self.__dict__

    @property
    def given(self) -> tuple[Port, ...]:
        """The outputs that its module gives, in order."""
        return tuple(port for port in self.outputs if not (port.optional and self.is_alone))

    @classmethod
    def may_learn(cls) -> bool:
        """Whether a layer of this kind may have parameters, as its examples tell."""
        return _may_learn(cls)  # type: ignore[arg-type]  # a class is hashed by what it is

    def outputs_of(self, specs: tuple[TensorSpec | None, ...]) -> tuple[TensorSpec, ...]:
        """`shape` with a single spec wrapped.

        Raises:
            ShapeError: it cannot take what the wires carry.
        """
        found = self.shape(*specs)
        return (found,) if isinstance(found, TensorSpec) else found

    def need(self, spec: TensorSpec | None, *ranks: int, what: str = "", port: str = "input") -> TensorSpec:
        """The spec, if it is a float tensor with one of the numbers of axes (batch included).

        Raises:
            ShapeError: in the user's words, saying what was expected and what came.
        """
        spec = self.wired(spec, port)
        if ranks and spec.rank not in ranks:
            wanted = " or ".join(str(rank) for rank in ranks)
            what = f" ({what})" if what else ""
            raise ShapeError(f"{self.label()} takes {wanted} axes{what}, but gets {spec}", port=port)
        if not spec.is_float:
            raise ShapeError(f"{self.label()} computes with real numbers, but gets {spec}", port=port)
        return spec

    def wired(self, spec: TensorSpec | None, port: str = "input") -> TensorSpec:
        """The spec of a port that must not be empty."""
        if spec is None:
            raise ShapeError(f"nothing is wired to '{port}'", port=port)
        return spec


@functools.cache
def _may_learn(kind: type[Layer]) -> bool:
    made = ((kind(**resolve(kind, example.params, {})), example.inputs) for example in kind.examples)
    return any(layer.cost(*inputs).parameters for layer, inputs in made)


class VaryingLayer(Layer):
    """A node's kind whose ports depend on its parameters; those of a layer that has been made are what they say."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.__dict__["inputs"], self.__dict__["outputs"] = self.ports(self.values())

    @classmethod
    def ports(cls, params: Mapping[str, Any]) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
        """The inputs and outputs of a layer with these parameters.

        Args:
            params: all parameters; while one is not allowed, its default, or a list as long as the one that was set.
        """
        raise NotImplementedError

    def gaining(self, port: str, *specs: TensorSpec | None) -> tuple[Mapping[str, object], ...]:
        """Parameter changes with which the layer would have a port that it has not; the best first."""
        return ()
