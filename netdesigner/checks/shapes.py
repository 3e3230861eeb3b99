"""What flows through every wire: parameters resolved, layers made, shapes worked out, blocks entered, costs summed.

The walk goes through each graph once in the order of the flow. What is unknown because of a problem stays unknown
without another word, so one clash neither hides the others nor causes a row of them. A block is entered once for each
distinct set of parameters and inputs. A node whose own words and inputs are what they were is taken from the walk
before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from netdesigner.checks.codes import found as problem_of
from netdesigner.checks.nesting import DEEPEST, Nesting
from netdesigner.checks.parameters import (
    Fault,
    block_params,
    finite,
    part_faults,
    rate_faults,
    repeat_of,
    uses_names,
)
from netdesigner.checks.ports import Ports
from netdesigner.checks.report import Problem, Trace, TracedNode
from netdesigner.checks.ties import ties
from netdesigner.checks.walk import Found, Given, Key, Walk, all_walks, spec_at
from netdesigner.checks.wiring import Slot, Wiring
from netdesigner.document.design import BLOCK_PREFIX, Design, Node, Scope
from netdesigner.errors import ExpressionError, ParameterError, ShapeError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.layer import Cost, Layer, VaryingLayer
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    from netdesigner.checks.clash import Scene

__all__ = ["MOST_LAYERS", "Tracer"]

MOST_LAYERS = 20_000
"""How many layers a design may have, with all repetitions and blocks written out; each use of a block counts too."""

_ENTRY = 20
"""How many layers' worth of work it is to enter a block with other inputs than the round before."""

_RULE_BUGS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ExpressionError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a layer's rule raises only where the rule itself is wrong; one wrong rule must not take the canvas down."""

_OWN = frozenset({"ND201", "ND202", "ND203", "ND204", "ND205"})
"""The codes of what is wrong with a node whatever stands around it."""

Specs = tuple[TensorSpec | None, ...]
Result = tuple[tuple[TensorSpec, ...], Cost]


class Tracer:
    """Walks the graphs of one design.

    Args:
        design: what is walked.
        catalog: where layers are found.
        nesting: which blocks stand inside which.
        wirings: by scope, the graphs, read.
        before: by key, the walks through the design before the edit.
        stale: blocks that are not what they were in those walks, or contain such.
        same_names: whether the design's variables are what they were.
    """

    def __init__(
        self,
        design: Design,
        catalog: Catalog,
        nesting: Nesting,
        wirings: Mapping[Scope, Wiring],
        *,
        before: Mapping[Key, Walk],
        stale: frozenset[str],
        same_names: bool,
    ) -> None:
        self._design = design
        self._catalog = catalog
        self._nesting = nesting
        self._wirings = wirings
        self._before = before
        self._stale = stale
        self._same_names = same_names
        self._variables = finite(design.variables)
        self._blocks: dict[Key, Walk] = {}
        self.entrance = self.layer(Node("Input"), {})[0] if "Input" in catalog.layers else None
        self.results: dict[tuple[Layer, Specs], Result] = {}
        self._room = MOST_LAYERS

    def network(self, name: str) -> Walk:
        """Walks through a network."""
        walk = self._walk((name, (), None), self._variables, self._room)
        self._room = max(0, self._room - walk.size)
        return walk

    def unused(self, name: str) -> Walk:
        """Walks through a block that no network uses: its parameters have their defaults, nothing comes in."""
        block = self._design.blocks[name]
        return self._block(name, finite(block.params), (None,) * len(block.inputs))

    def _block(self, name: str, params: Mapping[str, int | float], given: Specs) -> Walk:
        key = (BLOCK_PREFIX + name, tuple(sorted(params.items())), given)
        walk = self._blocks.get(key)
        if walk is None:
            walk = self._blocks[key] = self._walk(key, {**self._variables, **params}, MOST_LAYERS)
        return walk

    # ------------------------------------------------------------------------------------------------ one graph

    def _walk(self, key: Key, names: Mapping[str, int | float], room: int) -> Walk:
        wiring, old = self._wirings[key[0]], self._before.get(key)
        if old is not None and (old.size > room or old.size > MOST_LAYERS):
            old = None
        if old is not None and old.wiring.graph is wiring.graph and self._still_holds(key[0], old):
            return old if old.wiring is wiring else old._replace(wiring=wiring)
        found: dict[str, Found] = {}
        visit = _Visit(self, key[0], wiring, names, found)
        total = 0
        for node_id in wiring.order:
            before = self._before_at(old, wiring, node_id)
            item = self._kept(before, wiring, node_id, found) or visit.look(
                node_id, key[2], before, total <= room
            )
            if total <= room < total + item.size and all(inner.size <= MOST_LAYERS for inner in item.inner):
                item = visit.too_many(node_id, item)
            total += item.size
            found[node_id] = item
        problems = [problem for item in found.values() if item.problems for problem in item.problems]
        traced = {n: item.traced for n, item in found.items()}
        if any([node.tied for node in wiring.graph.nodes.values()]):  # noqa: C419 - a list is faster here
            more, tied = ties(key[0], wiring.graph.nodes, traced)
            problems += more
            traced |= tied
        trace = Trace(wiring.order, traced, wiring.inputs, wiring.outputs)
        instances = tuple(node_id for node_id, item in found.items() if item.inner)
        return Walk(key, wiring, found, trace, tuple(problems), instances, total, trace.cost)

    def _still_holds(self, scope: Scope, old: Walk) -> bool:
        """Whether nothing but the graph, which is the same, could have changed what was found."""
        if not self._same_names:
            return False
        if scope.startswith(BLOCK_PREFIX):
            return scope[len(BLOCK_PREFIX) :] not in self._stale
        kinds = {node.kind for node in old.wiring.graph.nodes.values()}
        return not any(
            kind.startswith(BLOCK_PREFIX) and not self._fresh(kind[len(BLOCK_PREFIX) :]) for kind in kinds
        )

    def _fresh(self, block: str) -> bool:
        return block in self._design.blocks and block not in self._stale

    def _before_at(self, old: Walk | None, wiring: Wiring, node_id: str) -> Found | None:
        """What was found before at a node whose own words are what they were."""
        item = old.found.get(node_id) if old is not None else None
        if item is None or old is None:
            return None
        node = wiring.graph.nodes[node_id]
        if old.wiring.graph.nodes[node_id] is not node or (node.kind == "Input" and old.key[2] is not None):
            return None
        if old.wiring.ports[node_id] is not wiring.ports[node_id]:
            return None
        if not self._same_names and (node.block or uses_names(node.params, node.repeat)):
            return None
        return item if not node.block or self._fresh(node.block) else None

    def _kept(
        self, item: Found | None, wiring: Wiring, node_id: str, found: Mapping[str, Found]
    ) -> Found | None:
        """What was found before at a node, if what it reads has not changed either.

        What names other nodes is not kept: those may have changed without the shapes that arrive.
        """
        if item is None or item.traced.sources != wiring.ends[node_id].slots:
            return None
        if any(problem.code not in _OWN for problem in item.problems):
            return None
        for slot, spec in zip(item.traced.sources, item.traced.inputs, strict=True):
            if slot is not None:
                now = spec_at(found, slot)
                if now is not spec and now != spec:
                    return None
        return item

    # ----------------------------------------------------------------------------------------------- for visits

    def layer(self, node: Node, names: Mapping[str, int | float]) -> tuple[Layer | None, list[Fault]]:
        """A node's layer, or what keeps it from being made."""
        try:
            return self._catalog.layer(node.kind, node.params, names), []
        except ParameterError:
            return None, part_faults(self._catalog.layers[node.kind], node.params, names)
        except _RULE_BUGS as error:
            return None, [Fault("ND201", "", f"its parameters cannot be read: {error}")]

    def enter(
        self, node: Node, names: Mapping[str, int | float]
    ) -> tuple[dict[str, int | float] | None, list[Fault], str]:
        """What a block instance hands into its block, its faults, and why the block cannot be entered at all."""
        name = node.block
        if name in self._nesting.recursive:
            return None, [], ""
        depth = self._nesting.depth[name]
        if depth > DEEPEST:
            return None, [], f"blocks stand {depth} deep inside `{name}`; at most {DEEPEST} are possible"
        params, faults = block_params(name, self._design.blocks[name], node.params, names)
        return (None if faults else params), faults, ""

    def inside(self, node: Node, params: Mapping[str, int | float], given: Specs) -> Walk:
        """The walk through a block instance's block."""
        return self._block(node.block, params, given)


class _Visit:
    """Looks at the nodes of one graph, one after the other."""

    def __init__(
        self,
        tracer: Tracer,
        scope: Scope,
        wiring: Wiring,
        names: Mapping[str, int | float],
        found: Mapping[str, Found],
    ) -> None:
        self._tracer = tracer
        self._scope = scope
        self._wiring = wiring
        self._names = names
        self._found = found
        self._input_at = {node_id: index for index, node_id in enumerate(wiring.inputs)}

    @cached_property
    def _scene(self) -> Scene:
        """What tells where a clash began."""
        from netdesigner.checks.clash import Scene

        return Scene(self._scope, self._wiring, self._found)

    def look(self, node_id: str, given: Given, before: Found | None, room: bool) -> Found:
        """What there is to say about a node once all it reads has been looked at.

        Args:
            node_id: the node.
            given: what comes into a block.
            before: what was found there when its own words were the same, to take the layer from.
            room: whether there is room for more layers; if not, blocks and repetitions stay unknown.
        """
        wiring, node = self._wiring, self._wiring.graph.nodes[node_id]
        slots = wiring.ends[node_id].slots
        inputs, ready = self._inputs(slots)
        if node_id in wiring.passed:
            return _passing(inputs, slots, wiring.ports[node_id])
        if wiring.ports[node_id] is None:
            return Found(TracedNode(None, inputs, slots, None))
        if node.kind == "Input" and given is not None:
            spec = given[self._input_at[node_id]]
            return Found(
                TracedNode(self._tracer.entrance, (), (), None if spec is None else (spec,), 1, ((),)), size=0
            )
        repeat, faults = self._repeat(node)
        if node.rate != 1:
            faults += rate_faults(node.rate)
        ready = ready and not wiring.ends[node_id].lacking
        if node.kind.startswith(BLOCK_PREFIX):
            rounds = (inputs,) * repeat
            blank = TracedNode(None, inputs, slots, None, repeat, rounds, frozen=node.frozen)
            return self._instance(node_id, blank, faults, ready, room)
        layer = before.traced.layer if before is not None else None
        if layer is None:
            layer, more = self._tracer.layer(node, self._names)
            faults = [*more, *faults]
            if isinstance(layer, VaryingLayer):
                faults += self._other_ports(node_id, layer)
        if layer is None or faults or not ready or (repeat > 1 and not room):
            blank = TracedNode(layer, inputs, slots, None, repeat, (inputs,) * repeat)
            return Found(blank, self._told(node_id, faults) if faults else (), size=_size(node))
        return self._applied(node_id, layer, inputs, repeat)

    def _inputs(self, slots: tuple[Slot, ...]) -> tuple[Specs, bool]:
        """What arrives, and whether all of it is known."""
        inputs: list[TensorSpec | None] = []
        known = True
        for slot in slots:
            spec = spec_at(self._found, slot)
            inputs.append(spec)
            known = known and (spec is not None or slot is None)
        return tuple(inputs), known

    def _repeat(self, node: Node) -> tuple[int, list[Fault]]:
        if node.repeat == 1:
            return 1, []
        repeat, fault = repeat_of(node.repeat, self._names)
        if fault is None and repeat > 1 and node.kind in ("Input", "Output"):
            repeat, fault = 1, Fault("ND205", "repeat", f"repeat: {node.kind} is not repeated, got {repeat}")
        return repeat, [fault] if fault else []

    def _other_ports(self, node_id: str, layer: Layer) -> list[Fault]:
        """Whether a layer has other ports in this use of a block than the wires of all uses begin and end at."""
        ports = self._wiring.ports[node_id]
        if ports is None or (ports.inputs, ports.outputs) == (layer.inputs, layer.outputs):
            return []
        numbers = f"{len(layer.inputs)} inputs and {len(layer.outputs)} outputs"
        text = f"has {numbers} here, and {len(ports.inputs)} and {len(ports.outputs)} by the defaults of the block's "
        return [Fault("ND208", "", f"{text}parameters; wires need the same ports in all uses of the block")]

    def _told(self, node_id: str, faults: Sequence[Fault]) -> tuple[Problem, ...]:
        return tuple(
            problem_of(fault.code, f"`{node_id}`: {fault.message}", self._scope, node_id, param=fault.param)
            for fault in faults
        )

    def too_many(self, node_id: str, item: Found) -> Found:
        """The node at which a design becomes too large; what it gives is not followed further."""
        text = (
            f"with `{node_id}` the design has more than {MOST_LAYERS:,} layers, all repetitions written out"
        )
        problem = problem_of("ND206", text, self._scope, node_id)
        traced = item.traced._replace(
            outputs=None, rounds=item.traced.rounds[:1], inner=item.traced.inner[:1], cost=Cost()
        )
        return Found(traced, (*item.problems, problem), item.inner[:1], item.size)

    # --------------------------------------------------------------------------------------------------- layers

    def _applied(self, node_id: str, layer: Layer, inputs: Specs, repeat: int) -> Found:
        """A layer applied as often as its node says."""
        slots = self._wiring.ends[node_id].slots
        specs = inputs
        rounds: list[Specs] = [inputs]
        costs: list[Cost] = []
        while True:
            result = self._result(node_id, layer, specs, repeat if len(rounds) > 1 else 1)
            if isinstance(result, Problem):
                return Found(TracedNode(layer, inputs, slots, None, repeat, (inputs,) * repeat), (result,))
            outputs, cost = result
            costs.append(cost)
            if len(rounds) == repeat:
                break
            again = (outputs[0], *specs[1:]) if specs else specs
            if again == specs:
                left = repeat - len(rounds)
                rounds += [specs] * left
                costs += [cost] * left
                break
            rounds.append(again)
            specs = again
        node = self._wiring.graph.nodes[node_id]
        whole = _of_node(node, costs)
        traced = TracedNode(layer, inputs, slots, outputs, repeat, tuple(rounds), (), whole, node.frozen)
        return Found(traced, size=_size(node) * repeat)

    def _result(self, node_id: str, layer: Layer, specs: Specs, repeat: int) -> Result | Problem:
        """What a layer gives and costs on some inputs, or why it does not; equal questions are answered once.

        Args:
            node_id: the node, for the message.
            layer: its layer.
            specs: what arrives.
            repeat: how often the node is applied, if this is not the first time.
        """
        known = self._tracer.results.get((layer, specs))
        if known is not None:
            return known
        try:
            outputs, cost = layer.outputs_of(specs), layer.cost(*specs)
        except ShapeError as error:
            return self._clash(node_id, layer, specs, repeat, error)
        except _RULE_BUGS as error:
            text = f"the rule of {layer.label()} failed at `{node_id}`: {type(error).__name__}: {error}"
            return problem_of("ND309", text, self._scope, node_id)
        if any(isinstance(dim, int) and dim < 1 for spec in outputs for dim in spec.shape):
            from netdesigner.checks.clash import came

            text = f"`{node_id}` turns {_listed(specs)} into {_listed(outputs)}: nothing is left of an axis"
            return problem_of("ND305", text, self._scope, node_id, blame=came(self._scene, node_id, specs))
        self._tracer.results[layer, specs] = outputs, cost
        return outputs, cost

    def _clash(self, node_id: str, layer: Layer, specs: Specs, repeat: int, error: ShapeError) -> Problem:
        if repeat == 1:
            from netdesigner.checks.clash import clash

            return clash(self._scene, node_id, layer, specs, error)
        text = f"`{node_id}` is applied {repeat} times, but gives {specs[0]}, which it cannot take again: {error}"
        return problem_of("ND304", text, self._scope, node_id, param="repeat")

    # --------------------------------------------------------------------------------------------------- blocks

    def _instance(
        self, node_id: str, blank: TracedNode, faults: list[Fault], ready: bool, room: bool
    ) -> Found:
        """A block instance applied as often as its node says."""
        node = self._wiring.graph.nodes[node_id]
        params, more, reason = self._tracer.enter(node, self._names)
        problems = self._told(node_id, [*more, *faults])
        if reason:
            problems = (*problems, problem_of("ND505", f"`{node_id}`: {reason}", self._scope, node_id))
        if params is None or not room:
            return Found(blank, problems)
        if faults or not ready:
            walk = self._tracer.inside(node, params, blank.inputs)
            return Found(blank._replace(inner=(walk.trace,)), problems, (walk,), walk.size + _ENTRY)
        return self._rounds(node_id, node, params, blank, problems)

    def _rounds(
        self,
        node_id: str,
        node: Node,
        params: Mapping[str, int | float],
        blank: TracedNode,
        problems: tuple[Problem, ...],
    ) -> Found:
        given, size = blank.inputs, 0
        rounds: list[Specs] = []
        walks: list[Walk] = []
        outputs: tuple[TensorSpec, ...] | None = None
        for index in range(blank.repeat):
            if rounds and given == rounds[-1]:
                rounds += [given] * (blank.repeat - index)
                walks += [walks[-1]] * (blank.repeat - index)
                size += walks[-1].size * (blank.repeat - index)
                break
            walk = self._tracer.inside(node, params, given)
            outputs = walk.results()
            if outputs is None and walks:
                problems = (*problems, self._not_again(node_id, walk, given, blank.repeat))
                break
            rounds.append(given)
            walks.append(walk)
            size += walk.size + _ENTRY
            if outputs is None or size > MOST_LAYERS:
                break
            given = (outputs[0], *given[1:]) if given else given
        complete = outputs is not None and len(rounds) == blank.repeat
        traced = blank._replace(
            outputs=outputs if complete else None,
            rounds=tuple(rounds) if complete else blank.rounds,
            inner=tuple(walk.trace for walk in walks),
            cost=_of_node(node, [walk.cost for walk in walks]) if complete else Cost(),
        )
        distinct = tuple({id(walk): walk for walk in walks}.values())
        return Found(traced, problems, distinct, size)

    def _not_again(self, node_id: str, walk: Walk, given: Specs, repeat: int) -> Problem:
        reason = next((p.message for _, inner in all_walks({node_id: walk}) for p in inner.problems), "")
        text = f"`{node_id}` is applied {repeat} times, but gives {given[0]}, which it cannot take again: {reason}"
        return problem_of("ND304", text, self._scope, node_id, param="repeat")


def _passing(inputs: Specs, slots: tuple[Slot, ...], ports: Ports | None) -> Found:
    """A bypassed node: every output gives what came in."""
    spec = inputs[0] if inputs else None
    outputs = None if spec is None or ports is None else (spec,) * len(ports.outputs)
    return Found(TracedNode(None, inputs, slots, outputs, 1, (inputs,), bypassed=True), size=0)


def _size(node: Node) -> int:
    return 0 if node.kind in ("Input", "Output") else 1


def _of_node(node: Node, costs: Sequence[Cost]) -> Cost:
    """What all repetitions of a node cost together."""
    whole = costs[0] if len(costs) == 1 else Cost.total(costs)
    return replace(whole, frozen=whole.parameters) if node.frozen else whole


def _listed(specs: Specs) -> str:
    return " and ".join(str(spec) for spec in specs if spec is not None)
