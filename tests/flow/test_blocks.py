"""Grouping and dissolving blocks of real networks: what is computed, and what it costs, stays the same."""

from __future__ import annotations

import pytest

import netdesigner as nd
from netdesigner.checks.parameters import computes
from netdesigner.document import BLOCK_PREFIX, Design
from netdesigner.document.dissolve import dissolve
from netdesigner.document.group import group
from netdesigner.errors import EditError
from netdesigner.parts import Catalog
from netdesigner.session.gallery import open_template

NAMES = ("unet", "resnet18", "gpt2-small", "mamba-130m", "lstm-digits", "t5-small", "efficientnet-b0", "clip")
KNOWN = computes(Catalog.discover())
ENDS = ("Input", "Output")


def facts(design: Design) -> dict[str, object]:
    """By network what it costs and gives."""
    report = nd.check(design)
    assert report.errors == ()
    return {
        name: (trace.cost, [trace.nodes[node_id].outputs for node_id in trace.outputs])
        for name, trace in report.traces.items()
        if not name.startswith(BLOCK_PREFIX)
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_few_neighbours_can_be_a_block_and_come_back(name: str) -> None:
    design = open_template(name)
    before, tried = facts(design), 0
    for scope in design.scopes():
        ids = [key for key, node in design.graph(scope).nodes.items() if node.kind not in ENDS]
        for start in range(0, len(ids), 5):
            try:
                grouped, instance = group(design, scope, ids[start : start + 4], "Grouped", computes=KNOWN)
            except EditError:  # something lies between them, or shares weights with others
                continue
            assert facts(grouped) == before
            assert dissolve(grouped, scope, instance, KNOWN)[0] == design
            tried += 1
    assert tried


@pytest.mark.parametrize("name", NAMES)
def test_every_block_can_be_dissolved(name: str) -> None:
    design = open_template(name)
    before = facts(design)
    for scope in design.networks:
        for node_id, node in design.graph(scope).nodes.items():
            if not node.block:
                continue
            try:
                opened, ids = dissolve(design, scope, node_id, KNOWN)
            except EditError as error:
                assert "weights" in str(error)  # noqa: PT017 - shared weights are the one thing that keeps a block
                continue
            assert facts(opened) == before
            design = opened
            assert set(ids) <= design.graph(scope).nodes.keys()
