"""The values a design is made of.

`Scope` names the place a graph lives in: a network's name, or `block:NAME` for a block. A number field may hold a
text, which is then an expression over the design's variables and the block's parameters.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from netdesigner.errors import EditError

__all__ = [
    "AUGMENTATIONS",
    "BLOCK_PREFIX",
    "GRID_PX",
    "SECTIONS",
    "Annotations",
    "Block",
    "Choice",
    "Design",
    "Edge",
    "Frame",
    "Graph",
    "Network",
    "Node",
    "Note",
    "Phase",
    "Point",
    "Scope",
    "Settings",
    "Value",
    "is_identifier",
]

Value = bool | int | float | str | None | tuple["Value", ...]
"""A parameter's value: what JSON can say, lists as tuples."""

GRID_PX = 8
"""The grid that nodes lie on."""

Point = tuple[float, float]
"""A place on the canvas in pixels at 100 %: x to the right, y down; a node's upper left corner."""

Scope = str
BLOCK_PREFIX = "block:"

SECTIONS = ("data", "task", "loss", "training", "optimizer", "schedule")
"""What is chosen in a design beside its networks."""
AUGMENTATIONS = "augmentations"
"""What is chosen several times; one of them is the section `augmentations.2`, counted from 1."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")
_RESERVED = frozenset(
    # What `torch.nn.Module` calls its own attributes, listed since this floor works without torch.
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
    extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules
    mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule
    share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905 - sixty quoted names are harder to read
) | {"self", "super", "torch", "nn"}


def is_identifier(text: str) -> bool:
    """Whether the text may name a node, network, block or variable."""
    return not name_fault(text)


def name_fault(text: str) -> str:
    """Why the text cannot name a node, network, block or variable; "" where it can.

    Such a name becomes an attribute of a module and a name in exported source, so Python's keywords and the
    names that `nn.Module` uses itself are excluded.
    """
    if not _IDENTIFIER.match(text):
        return "use a letter, then letters, digits and _, 64 at most"
    if keyword.iskeyword(text):
        return "Python keeps this word to itself; use another"
    return "PyTorch keeps this word to itself; use another" if text in _RESERVED else ""


def number_in(section: str) -> int:
    """Which augmentation a section names, from 1."""
    return int(section.partition(".")[2])


@dataclass(frozen=True, slots=True)
class Choice:
    """A part that was chosen, by its kind, with the parameters that differ from its defaults."""

    kind: str
    params: Mapping[str, Value] = field(default_factory=dict)

    def with_params(self, changes: Mapping[str, Value]) -> Choice:
        """The same choice with some parameters set."""
        return replace(self, params={**self.params, **changes})


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the training in which some weights learn and the others wait.

    Attributes:
        epochs: how long it lasts.
        trains: whose weights learn: networks by their name, nodes as `NETWORK.NODE`, those of a block behind its
            instance; all where nothing is named.
        rate: what the learning rate is multiplied with.
    """

    epochs: int = 1
    trains: tuple[str, ...] = ()
    rate: float = 1.0


@dataclass(frozen=True, slots=True)
class Settings:
    """How the design is trained, as plain values; parts declare their types, limits and defaults.

    Attributes:
        phases: one after the other; where there are none, all that may learn does so from beginning to end.
    """

    optimizer: Choice = field(default_factory=lambda: Choice("AdamW"))
    schedule: Choice = field(default_factory=lambda: Choice("constant"))
    values: Mapping[str, Value] = field(default_factory=dict)
    phases: tuple[Phase, ...] = ()

    def with_values(self, changes: Mapping[str, Value]) -> Settings:
        """The same settings with some values set."""
        return replace(self, values={**self.values, **changes})


@dataclass(frozen=True, slots=True)
class Node:
    """One use of a layer or block.

    Attributes:
        kind: a layer's kind, or `block:NAME`.
        params: the parameters that were set; the rest have their defaults.
        repeat: how many times the node is applied in a row, each with weights of its own; a number or expression.
        note: the user's words, shown as plain text.
        frozen: training does not change its weights, and it computes as in evaluation; of a block all that is inside.
        tied: the id of another node of the same graph whose weights it uses instead of its own, or "".
        bypassed: what comes in goes out unchanged, and the network is computed as if the node were not there.
        rate: what the learning rate of its weights is multiplied with; of a block that of all that is inside.
    """

    kind: str
    params: Mapping[str, Value] = field(default_factory=dict)
    repeat: int | str = 1
    note: str = ""
    frozen: bool = False
    tied: str = ""
    bypassed: bool = False
    rate: float = 1.0

    @property
    def block(self) -> str:
        """The name of the block this node is an instance of, or ""."""
        return self.kind[len(BLOCK_PREFIX) :] if self.kind.startswith(BLOCK_PREFIX) else ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire from an output port to an input port.

    The order of the edges of a graph is kept: it is the order in which a variadic port receives them.
    """

    source: str
    source_port: str
    target: str
    target_port: str


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes by their id, and wires in order."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()

    def ids_of(self, kind: str) -> tuple[str, ...]:
        """The ids of all nodes of a kind, in the order of the document."""
        return tuple(node_id for node_id, node in self.nodes.items() if node.kind == kind)


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled area behind nodes, which moves with what lies in it.

    Attributes:
        title: the user's words, shown as plain text.
        color: one of the names that the window knows, as "blue"; another one is drawn neutral.
        at: its upper left corner.
        size: its width and height in pixels at 100 %.
    """

    title: str
    color: str = ""
    at: Point = (0.0, 0.0)
    size: Point = (320.0, 200.0)


@dataclass(frozen=True, slots=True)
class Note:
    """The user's words on the canvas, shown as plain text; `at` and `size` as of a frame."""

    text: str
    at: Point = (0.0, 0.0)
    size: Point = (240.0, 96.0)


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is drawn around a graph and changes nothing of what it computes.

    Attributes:
        frames, notes: by their id, the first at the back.
        routes: the points that wires are led through, from source to target; other wires find their own way.
    """

    frames: Mapping[str, Frame] = field(default_factory=dict)
    notes: Mapping[str, Note] = field(default_factory=dict)
    routes: Mapping[Edge, tuple[Point, ...]] = field(default_factory=dict)

    @property
    def marks(self) -> dict[str, Frame | Note]:
        """Frames and notes by their id, frames first."""
        return {**self.frames, **self.notes}


@dataclass(frozen=True, slots=True)
class Network:
    """A graph, where its nodes lie, and what is drawn around them; one tab on the canvas."""

    graph: Graph = field(default_factory=Graph)
    layout: Mapping[str, Point] = field(default_factory=dict)
    annotations: Annotations = field(default_factory=Annotations)


@dataclass(frozen=True, slots=True)
class Block:
    """A reusable sub-graph.

    Its `Input` and `Output` nodes are its ports, named by their ids, in the order of the document.

    Attributes:
        params: declared parameters with their defaults, which expressions inside may use.
        doc: what the block is for, in one or more sentences.
        origin: the place that its nodes were grouped from, as it was, so that dissolving it where nothing has changed
            brings back the order of nodes and wires too. It is not written down, and does not make blocks differ.
    """

    graph: Graph = field(default_factory=Graph)
    layout: Mapping[str, Point] = field(default_factory=dict)
    params: Mapping[str, int | float] = field(default_factory=dict)
    doc: str = ""
    annotations: Annotations = field(default_factory=Annotations)
    origin: Network | Block | None = field(default=None, compare=False, repr=False)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the input ports."""
        return self.graph.ids_of("Input")

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names of the output ports."""
        return self.graph.ids_of("Output")


@dataclass(frozen=True, slots=True)
class Design:
    """All that a design file holds, and where it lies.

    Attributes:
        augmentations: what is done to the samples of a batch before the network learns from them, in this order.
        loss: how wrong an answer is; None for what is usual for the task.
        folder: where relative paths in the design start: the folder of its file; None for the working directory, where
            it has no file. It is not written down, so designs that differ in it alone are equal.
    """

    networks: Mapping[str, Network] = field(default_factory=lambda: {"main": Network()})
    blocks: Mapping[str, Block] = field(default_factory=dict)
    data: Choice | None = None
    augmentations: tuple[Choice, ...] = ()
    task: Choice | None = None
    loss: Choice | None = None
    training: Settings = field(default_factory=Settings)
    variables: Mapping[str, int | float] = field(default_factory=dict)
    title: str = ""
    description: str = ""
    folder: Path | None = field(default=None, compare=False)

    def choice(self, section: str) -> Choice | None:
        """What was chosen in one of the `SECTIONS`; the settings of the training count as a choice of their own.

        Of several augmentations it is the one that the section names.
        """
        training = self.training
        if section.startswith(AUGMENTATIONS):
            return self.augmentations[number_in(section) - 1]
        found = {
            "data": self.data,
            "task": self.task,
            "loss": self.loss,
            "training": Choice("training", training.values),
            "optimizer": training.optimizer,
            "schedule": training.schedule,
        }
        return found[section]

    def scopes(self) -> Iterator[Scope]:
        """Every place that holds a graph: networks first, then blocks."""
        yield from self.networks
        for name in self.blocks:
            yield BLOCK_PREFIX + name

    def place(self, scope: Scope) -> Network | Block:
        """The network or block that a scope names.

        Raises:
            EditError: there is none.
        """
        if scope.startswith(BLOCK_PREFIX):
            found: Network | Block | None = self.blocks.get(scope[len(BLOCK_PREFIX) :])
        else:
            found = self.networks.get(scope)
        if found is None:
            raise EditError(f"the design has no '{scope}'; it has {', '.join(self.scopes())}")
        return found

    def graph(self, scope: Scope) -> Graph:
        """The graph in a scope."""
        return self.place(scope).graph

    def with_place(self, scope: Scope, place: Network | Block) -> Design:
        """The same design with one network or block replaced or added."""
        if isinstance(place, Block):
            return replace(self, blocks={**self.blocks, scope.removeprefix(BLOCK_PREFIX): place})
        return replace(self, networks={**self.networks, scope: place})
