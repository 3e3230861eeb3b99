"""Toy layers, data and tasks, small enough to see through, and a short way to write designs.

The checks know the contracts of parts only, so most of their tests need no real part.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, ClassVar

from netdesigner.checks import Problem, Report, check
from netdesigner.document import Block, Design, Edge, Graph, Network, Node
from netdesigner.errors import ParameterError, ShapeError
from netdesigner.parts import (
    Catalog,
    Cost,
    Dataset,
    DataSpec,
    Given,
    Layer,
    Misfit,
    Port,
    Task,
    TensorSpec,
    Turn,
)
from netdesigner.parts.layer import VaryingLayer
from netdesigner.parts.part import Ints, Names, param
from netdesigner.parts.tensor import Dim, add, product

INPUTS = (Port("inputs", variadic=True, least=2),)


class Input(Layer):
    """Where data enters."""

    kind: ClassVar[str] = "Input"
    inputs: ClassVar[tuple[Port, ...]] = ()

    lengths: Ints = param((1, 8, 8), name="shape", min=0)
    axes: Names = param(())
    dtype: str = param("float32", choices=("float32", "int64"))

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        if len(self.axes) > len(self.lengths):
            raise ShapeError("more names than axes", changes=({"axes": ()},))
        dims: list[Dim] = [n or self.axes[at] for at, n in enumerate(self.lengths)]
        return TensorSpec(("N", *dims), self.dtype)


class Output(Layer):
    """Where results leave."""

    kind: ClassVar[str] = "Output"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return self.wired(specs[0])


class ReLU(Layer):
    """Gives what it takes."""

    kind: ClassVar[str] = "ReLU"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return self.need(specs[0])


class Softmax(ReLU):
    """Gives what it takes."""

    kind: ClassVar[str] = "Softmax"


class Linear(Layer):
    """Takes rows of features only, unlike torch's."""

    kind: ClassVar[str] = "Linear"

    out_features: int = param(4, min=1, max=4096)
    bias: bool = param(True)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.need(specs[0], 2, what="N, features")
        return spec.with_shape(spec.shape[0], self.out_features)

    def cost(self, *specs: TensorSpec | None) -> Cost:
        features = self.wired(specs[0]).shape[1]
        assert isinstance(features, int)
        return Cost(
            features * self.out_features + self.bias * self.out_features, features * self.out_features
        )


class Conv2d(Layer):
    """A convolution over pictures."""

    kind: ClassVar[str] = "Conv2d"

    out_channels: int = param(4, min=1)
    kernel_size: int = param(3, min=1)
    stride: int = param(1, min=1)
    padding: int = param(1, min=0)
    padding_mode: str = param("zeros", choices=("zeros", "reflect"))
    dropout: float = param(0.0, min=0, max=1)

    def check_together(self) -> None:
        if self.padding_mode == "reflect" and self.padding == 0:
            raise ParameterError("padding_mode", "'reflect' needs padding")

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.need(specs[0], 4, what="N, C, H, W")
        dims = [self._places(dim) for dim in spec.shape[2:]]
        return spec.with_shape(spec.shape[0], self.out_channels, *dims)

    def _places(self, dim: Dim) -> Dim:
        if isinstance(dim, str):
            return add(dim, 2 * self.padding - self.kernel_size + 1)
        if dim + 2 * self.padding < self.kernel_size:
            message = f"a window of {self.kernel_size} is larger than {dim}"
            raise ShapeError(message, port="input", changes=({"kernel_size": dim},))
        return (dim + 2 * self.padding - self.kernel_size) // self.stride + 1

    def cost(self, *specs: TensorSpec | None) -> Cost:
        return Cost(self.out_channels, self.out_channels)


class MaxPool2d(Layer):
    """Halves a picture; unlike torch's, it lets one vanish."""

    kind: ClassVar[str] = "MaxPool2d"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.need(specs[0], 4)
        return spec.with_shape(
            *spec.shape[:2], *(dim if isinstance(dim, str) else dim // 2 for dim in spec.shape[2:])
        )


class Flatten(Layer):
    """Rows of features."""

    kind: ClassVar[str] = "Flatten"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.wired(specs[0])
        return spec.with_shape(spec.shape[0], product(spec.shape[1:]))


class Permute(Layer):
    """Axes in another order."""

    kind: ClassVar[str] = "Permute"

    dims: Ints = param((0, 2, 1))

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.wired(specs[0])
        if sorted(self.dims) != list(range(spec.rank)):
            raise ShapeError(f"dims do not name the {spec.rank} axes")
        return spec.with_shape(*(spec.shape[dim] for dim in self.dims))


class Embedding(Layer):
    """Vectors for whole numbers."""

    kind: ClassVar[str] = "Embedding"

    embedding_dim: int = param(4, min=1)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.wired(specs[0])
        if spec.is_float:
            raise ShapeError(f"Embedding takes whole numbers, but gets {spec}", port="input")
        return TensorSpec((*spec.shape, self.embedding_dim))


class Add(Layer):
    """Adds tensors of equal shape."""

    kind: ClassVar[str] = "Add"
    inputs: ClassVar[tuple[Port, ...]] = INPUTS

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        found = [self.wired(spec) for spec in specs]
        for spec in found[1:]:
            if spec != found[0]:
                raise ShapeError(f"Add takes equal shapes, but gets {found[0]} and {spec}", port="inputs")
        return found[0]


class Concat(Layer):
    """Joins along an axis."""

    kind: ClassVar[str] = "Concat"
    inputs: ClassVar[tuple[Port, ...]] = INPUTS

    dim: int = param(1)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        found = [self.wired(spec) for spec in specs]
        rests = [(*s.shape[: self.dim], *s.shape[self.dim + 1 :]) for s in found]
        if self.dim >= found[0].rank or any(rest != rests[0] for rest in rests):
            raise ShapeError("Concat cannot join these", port="inputs", changes=({"dim": 2}, {"dim": 3}))
        length = sum(dim for spec in found if isinstance(dim := spec.shape[self.dim], int))
        return found[0].with_shape(*found[0].shape[: self.dim], length, *found[0].shape[self.dim + 1 :])


class Split(Layer):
    """Two outputs; an optional second input of the same shape."""

    kind: ClassVar[str] = "Split"
    inputs: ClassVar[tuple[Port, ...]] = (Port("input"), Port("state", optional=True))
    outputs: ClassVar[tuple[Port, ...]] = (Port("output"), Port("rest"))

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        spec = self.wired(specs[0])
        if specs[1] is not None and specs[1] != spec:
            raise ShapeError(f"the state is {specs[1]}, the input {spec}", port="state")
        return spec, spec.with_shape(*spec.shape, 2)


class Cut(VaryingLayer):
    """As many outputs as it is told."""

    kind: ClassVar[str] = "Cut"
    outputs: ClassVar[tuple[Port, ...]] = (Port("part_1"), Port("part_2"))

    cuts: int = param(2, min=1, max=4)

    @classmethod
    def ports(cls, params: Mapping[str, Any]) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
        return cls.inputs, tuple(Port(f"part_{number}") for number in range(1, params["cuts"] + 1))

    def gaining(self, port: str, *specs: TensorSpec | None) -> tuple[Mapping[str, object], ...]:
        return ({"cuts": int(port[-1])},) if port in ("part_3", "part_4") else ()

    def shape(self, *specs: TensorSpec | None) -> tuple[TensorSpec, ...]:
        return (self.wired(specs[0]),) * self.cuts


class Brought(Layer):
    """Numbers that the network brings itself, for as many samples as another tensor has."""

    kind: ClassVar[str] = "Brought"
    inputs: ClassVar[tuple[Port, ...]] = (Port("like", optional=True),)

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        return TensorSpec(("N", 1, 8, 8))


class Grow(Layer):
    """Each use makes the last axis longer by one."""

    kind: ClassVar[str] = "Grow"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        spec = self.wired(specs[0])
        return spec.with_shape(*spec.shape[:-1], add(spec.shape[-1], 1))


class Total(Layer):
    """One number for all samples together, without a batch axis."""

    kind: ClassVar[str] = "Total"

    dtype: str = param("float32", choices=("float32", "int64"))

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        self.wired(specs[0])
        return TensorSpec((), self.dtype)


class Buggy(Layer):
    """A layer whose rule is wrong."""

    kind: ClassVar[str] = "Buggy"

    def shape(self, *specs: TensorSpec | None) -> TensorSpec:
        raise KeyError("oops")


class Toy(Dataset):
    """Ten digits."""

    kind: ClassVar[str] = "toy"

    size: int = param(8, min=1, max=100)

    def describe(self) -> DataSpec:
        return DIGITS


class Classes(Task):
    """Learns classes."""

    kind: ClassVar[str] = "classes"
    title: ClassVar[str] = "Classes"
    learns: ClassVar[str] = "classes"
    usual_loss: ClassVar[str] = "CrossEntropyLoss"

    smoothing: float = param(0.0, min=0, max=1)

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> tuple[Misfit, ...]:
        wanted = len(data.classes)
        if not wanted:
            return (Misfit("ND421", "there are no classes"),)
        found = []
        if output.shape[1:] != (wanted,):
            found.append(
                Misfit("ND420", f"there are {wanted} classes, but the output is {output}", features=wanted)
            )
        if last_kind == "Softmax":
            found.append(Misfit("ND422", "the loss applies it itself", drop_last=True, severity="warning"))
        return tuple(found)


class Values(Task):
    """Learns values."""

    kind: ClassVar[str] = "values"
    title: ClassVar[str] = "Values"
    learns: ClassVar[str] = "values"
    usual_loss: ClassVar[str] = "MSELoss"

    def find_misfits(self, output: TensorSpec, data: DataSpec, last_kind: str) -> tuple[Misfit, ...]:
        return (Misfit("ND421", "there are classes"),) if data.classes else ()


class Timed(Classes):
    """Learns classes of what is given with a time and, where the network wants it, the class."""

    kind: ClassVar[str] = "timed"
    title: ClassVar[str] = "Timed"

    def given(self, data: DataSpec | None) -> tuple[Given, ...]:
        number = TensorSpec(("N",), "int64")
        sample = Given("a sample", data.input if data is not None else None)
        return sample, Given("the time", number), Given("the class", number, optional=True)


class Both(Classes):
    """Learns the same classes from two outputs."""

    kind: ClassVar[str] = "both"
    title: ClassVar[str] = "Both"

    @property
    def compares(self) -> int:
        return 2


class Adversaries(Task):
    """Two networks against each other."""

    kind: ClassVar[str] = "adversaries"
    title: ClassVar[str] = "Adversaries"
    roles: ClassVar[tuple[str, ...]] = ("generator", "discriminator")

    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn((role,), role) for role in self.roles)

    def given_to(self, role: str, data: DataSpec | None) -> tuple[Given, ...]:
        return (Given("noise", None, noise=True),) if role == "generator" else self.given(data)

    def role_misfits(
        self, role: str, outputs: Mapping[str, TensorSpec], data: DataSpec, last_kind: str
    ) -> tuple[Misfit, ...]:
        wanted = {"generator": data.input.shape, "discriminator": ("N", 1)}[role]
        if outputs[role].shape == wanted:
            return ()
        return (Misfit("ND420", f"the output is {outputs[role]}", features=1),)


class Companions(Classes):
    """Two networks that learn together."""

    kind: ClassVar[str] = "companions"
    title: ClassVar[str] = "Companions"
    roles: ClassVar[tuple[str, ...]] = ("one", "other")


LAYERS: tuple[type[Layer], ...] = (
    Input, Output, ReLU, Softmax, Linear, Conv2d, MaxPool2d,
    Flatten, Permute, Embedding, Add, Concat, Split, Cut, Brought, Grow, Total, Buggy,
)  # fmt: skip

REAL = Catalog.discover()
CATALOG = Catalog(
    layers={layer.kind: layer for layer in LAYERS},
    datasets={"toy": Toy},
    augmentations=REAL.augmentations,
    tasks={task.kind: task for task in (Classes, Values, Timed, Both, Adversaries, Companions)},
    losses=REAL.losses,
    optimizers=REAL.optimizers,
    schedules=REAL.schedules,
    exporters={},
)

DIGITS = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), tuple("0123456789"), 100)
PRICES = DataSpec(TensorSpec(("N", 6)), TensorSpec(("N", 1)), rows=50)


def graph(nodes: Mapping[str, Any], wires: str = "") -> Graph:
    """A graph in short.

    Args:
        nodes: kinds, or (kind, params), or nodes, by id.
        wires: `a > b > c, a > d.port`; a port left out is the node's only or usual one.
    """
    made = {node_id: _node(what) for node_id, what in nodes.items()}
    edges = []
    for chain in wires.split(","):
        ends = [end.strip() for end in chain.split(">")]
        edges += [_edge(made, *pair) for pair in pairwise(ends)]
    return Graph(made, tuple(edges))


def _node(what: Any) -> Node:
    if isinstance(what, Node):
        return what
    return Node(what) if isinstance(what, str) else Node(*what)


def _edge(nodes: Mapping[str, Node], source: str, target: str) -> Edge:
    a, _, output = source.partition(".")
    b, _, port = target.partition(".")
    joins = b in nodes and nodes[b].kind in ("Add", "Concat")
    return Edge(a, output or "output", b, port or ("inputs" if joins else "input"))


def network(nodes: Mapping[str, Any], wires: str = "") -> Network:
    """A network in short, its nodes side by side."""
    return Network(graph(nodes, wires), {node_id: (200.0 * at, 0.0) for at, node_id in enumerate(nodes)})


def design(nodes: Mapping[str, Any], wires: str = "", **rest: Any) -> Design:
    """A design with one network, `main`; blocks may be given as (nodes, wires) or (nodes, wires, params)."""
    blocks = {
        name: what if isinstance(what, Block) else block(*what)
        for name, what in rest.pop("blocks", {}).items()
    }
    return Design({"main": network(nodes, wires)}, blocks, **rest)


def block(nodes: Mapping[str, Any], wires: str = "", params: Mapping[str, float] | None = None) -> Block:
    """A block in short."""
    made = network(nodes, wires)
    return Block(made.graph, made.layout, params or {})


PLAIN = {
    "input": "Input",
    "flat": "Flatten",
    "linear": ("Linear", {"out_features": 10}),
    "output": "Output",
}
PLAIN_WIRES = "input > flat > linear > output"


def plain(**rest: Any) -> Design:
    """A sound design: a picture, flattened, ten numbers."""
    return design(PLAIN, PLAIN_WIRES, **rest)


def chain(length: int, kind: str = "Linear", params: Mapping[str, Any] | None = None) -> Design:
    """A design with so many nodes of a kind in a row, `node_0` first."""
    inner = {f"node_{at}": (kind, dict(params or {})) for at in range(length)}
    nodes = {"input": ("Input", {"shape": (4,)}), **inner, "output": "Output"}
    return design(nodes, " > ".join(nodes))


def residual(blocks: int, channels: int = 4) -> Design:
    """A design of residual blocks one after the other: two convolutions each, and what came in added."""
    nodes: dict[str, Any] = {"input": ("Input", {"shape": (channels, 8, 8)})}
    wires, last = [], "input"
    for at in range(blocks):
        nodes |= {f"conv_a_{at}": ("Conv2d", {"out_channels": channels}), f"relu_{at}": "ReLU"}
        nodes |= {f"conv_b_{at}": ("Conv2d", {"out_channels": channels}), f"add_{at}": "Add"}
        wires += [f"{last} > conv_a_{at} > relu_{at} > conv_b_{at} > add_{at}", f"{last} > add_{at}"]
        last = f"add_{at}"
    nodes["output"] = "Output"
    return design(nodes, ", ".join([*wires, f"{last} > output"]))


def found(what: Design | Report, data: DataSpec | None = None) -> list[Problem]:
    """Problems, but for those about data and task that were not chosen."""
    report = what if isinstance(what, Report) else check(what, CATALOG, data)
    return [problem for problem in report.problems if problem.code not in ("ND401", "ND402")]


def only(what: Design, data: DataSpec | None = None) -> Problem:
    """The single problem of a design."""
    problems = found(what, data)
    assert len(problems) == 1, [(p.code, p.message) for p in problems]
    return problems[0]


def codes(what: Design, data: DataSpec | None = None) -> list[str]:
    """The codes of a design's problems, but for those about what was not chosen."""
    return [problem.code for problem in found(what, data)]
