"""The edit that declares the design's variables, whose names the expressions of the whole design use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from netdesigner.document.design import AUGMENTATIONS, SECTIONS, Choice, Design, Node, Scope
from netdesigner.document.edit import choose, set_variables
from netdesigner.document.names import Computes, any_text, names_of, one_renamed, with_values
from netdesigner.errors import EditError

__all__ = ["ChoiceComputes", "declare_variables", "no_text"]

ChoiceComputes = Callable[[str, str, str, str], bool]
"""Whether a text in a parameter of a choice is an expression: (section, kind, name of the parameter, text)."""


def no_text(section: str, kind: str, param: str, text: str) -> bool:  # noqa: ARG001
    """Takes no text for an expression, for want of a catalog: choices name files and columns too."""
    return False


def declare_variables(
    design: Design,
    variables: Mapping[str, int | float],
    computes: Computes = any_text,
    chosen: ChoiceComputes = no_text,
) -> Design:
    """Declares the design's variables anew.

    One name in place of another renames that variable: the expressions of nodes and of what was chosen follow, but not
    those in a block with a parameter of the old name, which mean that one.

    Args:
        design: the design.
        variables: all variables with their values.
        computes: which texts of nodes are expressions.
        chosen: which texts of choices are.

    Raises:
        EditError: a name is no identifier, or the new name of one means something else where the old one is used.
    """
    after = set_variables(design, variables)
    renamed = one_renamed(design.variables, variables)
    if renamed is None:
        return after
    for scope in design.scopes():
        after = _renamed_in(after, scope, *renamed, computes)
    sections = (*SECTIONS, *(f"{AUGMENTATIONS}.{n}" for n in range(1, len(design.augmentations) + 1)))
    for section in sections:
        after = _renamed_in_choice(after, section, *renamed, chosen)
    return after


def _renamed_in(design: Design, scope: Scope, old: str, new: str, computes: Computes) -> Design:
    place = design.place(scope)
    params = getattr(place, "params", {})
    inside = place.graph.nodes
    if old in params or old not in names_of(inside.values(), computes):
        return design
    if new in params:
        raise EditError(f"'{new}' is a parameter of '{scope}', which uses '{old}' too; take another name")
    nodes = {key: with_values(node, {old: new}, computes) for key, node in inside.items()}
    return design.with_place(scope, replace(place, graph=replace(place.graph, nodes=nodes)))


def _renamed_in_choice(design: Design, section: str, old: str, new: str, chosen: ChoiceComputes) -> Design:
    choice = design.choice(section)
    if choice is None:
        return design
    before = Node(choice.kind, choice.params)  # whose parameters are written in the same way
    after = with_values(before, {old: new}, lambda node, param, text: chosen(section, node.kind, param, text))
    return design if after is before else choose(design, section, Choice(choice.kind, after.params))
