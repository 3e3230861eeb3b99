"""A walker that edits a design at random, as a person without a plan would: seeded, and the same each time.

It works on a session behind a real canvas. Each step is written down as plain values, so that the walk can be made
again from its beginning without session or canvas.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from netdesigner.document import Block, Design, Edge, Graph, Node, Scope, annotate, dots, edit, rewire
from netdesigner.document.clipboard import copy, paste
from netdesigner.document.design import Frame, Note
from netdesigner.document.dissolve import dissolve
from netdesigner.document.group import group
from netdesigner.errors import NetDesignerError
from netdesigner.session import Session

Step = tuple[str, tuple[Any, ...]]
"""The name of an edit, "undo" or "redo", and its arguments behind the design."""

KINDS = (
    "Input",
    "Output",
    "Linear",
    "ReLU",
    "Add",
    "Flatten",
    "LSTM",
    "Conv2d",
    "Nobody knows",
    "block:Pair",
)
_MOST_NODES = 12
_PORTS = ("input", "output", "inputs", "h_0", "x", "y")


def start() -> Design:
    """A design with two places to work in: a network, and a block that it may use."""
    pair = Block(
        Graph(
            {"x": Node("Input"), "act": Node("ReLU"), "y": Node("Output")},
            (Edge("x", "output", "act", "input"), Edge("act", "output", "y", "input")),
        ),
        {"x": (0.0, 0.0), "act": (272.0, 0.0), "y": (544.0, 0.0)},
        {"width": 4},
    )
    return edit.set_variables(edit.set_block(Design(), "Pair", pair), {"n": 3})


def _pasted(design: Design, scope: Scope, node_ids: Sequence[str], at: tuple[float, float]) -> Design:
    return paste(design, scope, copy(design, scope, node_ids), at)[0]


def _added(design: Design, *arguments: Any) -> Design:
    return edit.add_node(design, *arguments)[0]


def _marked(design: Design, *arguments: Any) -> Design:
    return annotate.add_mark(design, *arguments)[0]


def _dot_moved(design: Design, scope: Scope, number: int, shift: tuple[float, float]) -> Design:
    there = [*dots.dots_of(design.place(scope).annotations.routes)]
    return dots.move_dots(design, scope, {}, there[number % len(there) :][:1] if there else [], shift)


def _grouped(design: Design, *arguments: Any) -> Design:
    return group(design, *arguments)[0]


def _dissolved(design: Design, *arguments: Any) -> Design:
    return dissolve(design, *arguments)[0]


EDITS: dict[str, Callable[..., Design]] = {
    "add": _added,
    "remove": edit.remove_nodes,
    "connect": edit.connect,
    "disconnect": edit.disconnect,
    "insert": edit.insert_on_edge,
    "move": edit.move_nodes,
    "rename": edit.rename_node,
    "set": edit.set_params,
    "unset": edit.unset_params,
    "repeat": edit.set_repeat,
    "freeze": edit.set_frozen,
    "bypass": edit.set_bypassed,
    "tie": edit.set_tied,
    "note": edit.set_note,
    "paste": _pasted,
    "group": _grouped,
    "dissolve": _dissolved,
    "mark": _marked,
    "change mark": annotate.set_marks,
    "unmark": annotate.remove_marks,
    "route": annotate.set_routes,
    "dot": dots.add_dot,
    "move dot": _dot_moved,
    "clear dots": dots.clear_dots,
    "gather": rewire.move_wires,
    "replace": rewire.replace_node,
    "variables": lambda design, _scope, values: edit.set_variables(design, values),
}


class Walker:
    """Takes steps.

    Attributes:
        steps: what was done, refused edits left out.
        refused: how many edits did not fit, after which the design must be the same object.
    """

    def __init__(self, session: Session, seed: int) -> None:
        self._session = session
        self._chance = random.Random(seed)
        self.steps: list[Step] = []
        self.refused = 0

    def step(self) -> None:
        """One edit, undo or redo."""
        luck = self._chance.random()
        if luck < 0.22:
            self._session.undo()
            self.steps.append(("undo", ()))
        elif luck < 0.32:
            self._session.redo()
            self.steps.append(("redo", ()))
        else:
            self._edit()

    def _edit(self) -> None:
        before = self._session.design
        scope = self._chance.choice(
            ["main", "main", "main", *(["block:Pair"] if "Pair" in before.blocks else [])]
        )
        name, arguments = self._proposal(before, scope)
        try:
            after = EDITS[name](before, scope, *arguments)
        except NetDesignerError:
            self.refused += 1
            assert self._session.design is before
            return
        key = f"{name}:{scope}" if name == "move" and self._chance.random() < 0.5 else ""
        self._session.edit(after, name, key)
        if after is not before:
            self.steps.append((name, (scope, *arguments, key)))

    def _point(self) -> tuple[float, float]:
        return (float(self._chance.randrange(-50, 50) * 16), float(self._chance.randrange(-50, 50) * 16))

    def _proposal(self, design: Design, scope: Scope) -> tuple[str, tuple[Any, ...]]:
        """An edit and its arguments, mostly ones that fit."""
        chance, graph = self._chance, design.graph(scope)
        marks = design.place(scope).annotations.marks
        nodes, edges = list(graph.nodes), graph.edges
        if not nodes or (len(nodes) < _MOST_NODES and chance.random() < 0.2):
            kind = chance.choice(KINDS if scope == "main" else KINDS[:-1])
            return "add", (kind, self._point(), {"out_features": "2*n"} if kind == "Linear" else None)
        if len(nodes) >= _MOST_NODES:
            return "remove", (tuple(chance.sample(nodes, 8)), chance.random() < 0.5)
        one, other = chance.choice(nodes), chance.choice(nodes)
        some = tuple(chance.sample(nodes, min(len(nodes), chance.randint(1, 3))))
        edge = chance.choice(edges) if edges else Edge(one, "output", other, "input")
        new_edge = Edge(one, chance.choice(_PORTS), other, chance.choice(_PORTS))
        simple: list[tuple[str, tuple[Any, ...]]] = [
            ("remove", (some, chance.random() < 0.5)),
            ("connect", (new_edge, chance.random() < 0.7)),
            ("connect", (Edge(one, "output", other, "input"), True)),
            ("disconnect", ((edge,),)),
            ("insert", (edge, one)),
            ("move", ({node_id: self._point() for node_id in some},)),
            ("rename", (one, chance.choice(["stem", "head", f"n_{chance.randrange(9)}", "no name"]))),
            ("set", (one, {"bias": chance.random() < 0.5, "out_features": chance.randrange(1, 9)})),
            ("unset", (one, ("bias",))),
            ("repeat", (one, chance.choice([1, 2, "n"]))),
            ("freeze", (some, chance.random() < 0.5)),
            ("bypass", (some, chance.random() < 0.5)),
            ("tie", (one, chance.choice(["", other]))),
            ("note", (one, chance.choice(["", "why"]))),
            ("paste", (some, self._point())),
            ("group", (some, f"Cell_{chance.randrange(4)}")),
            ("mark", (chance.choice([Frame("a", "blue", self._point()), Note("b", self._point())]),)),
            ("route", ({edge: chance.choice([(), (self._point(),), (self._point(), self._point())])},)),
            ("dot", (edge, self._point(), chance.randrange(2))),
            ("move dot", (chance.randrange(9), (16.0, -16.0))),
            ("clear dots", (some,)),
            ("gather", ((one, "output"), (other, "output"))),
            ("replace", (one, chance.choice(KINDS[:-1]), {}, {"input": "input"}, {"output": "output"})),
            ("variables", ({"n": chance.randrange(1, 5)},)),
        ]
        if instances := [node_id for node_id, node in graph.nodes.items() if node.block in design.blocks]:
            simple += [("dissolve", (chance.choice(instances),))] * 2
        if marks:
            mark_id = chance.choice(list(marks))
            moved = (
                Frame("c", "", self._point())
                if isinstance(marks[mark_id], Frame)
                else Note("d", self._point())
            )
            simple += [("change mark", ({mark_id: moved},)), ("unmark", ((mark_id,),))]
            if len(marks) > 6:
                return "unmark", (tuple(marks)[:4],)
        return chance.choice(simple)


def replayed(steps: Sequence[Step]) -> Design:
    """Where a walk leads, made again from its beginning by the edits alone."""
    past: list[tuple[Design, str]] = []
    undone: list[tuple[Design, str]] = []
    present, present_key = start(), ""
    for name, arguments in steps:
        if name == "undo":
            if past:
                undone.append((present, present_key))
                present, present_key = past.pop()
        elif name == "redo":
            if undone:
                past.append((present, present_key))
                present, present_key = undone.pop()
        else:
            scope, *rest, key = arguments
            after = EDITS[name](present, scope, *rest)
            merged = bool(key) and key == present_key and bool(past) and not undone
            if not merged:
                past.append((present, present_key))
            present, present_key, undone = after, key, []
    return present
