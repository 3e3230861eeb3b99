from __future__ import annotations

import torch
from torch import nn

from netdesigner.checks import check
from netdesigner.compiler.checked import checked_trace
from netdesigner.compiler.compile import compile_design
from netdesigner.compiler.lean import lean
from netdesigner.document import Block, Design
from tests.compiler.designs import CATALOG, DESIGNS, Sketch


def pooled(read: bool) -> Design:
    """A pool that is undone again, with or without its indices."""
    net = Sketch()
    x = net("Input", name="x", shape=(2, 8, 8))
    pool = net("MaxPool2d", x, name="pool")
    y = net("MaxUnpool2d", pool, f"{pool}.indices", name="back") if read else net("ReLU", pool, name="back")
    net("Output", y, name="y")
    return net.design()


def test_an_optional_output_that_nobody_reads_is_not_worked_out() -> None:
    _, trace = checked_trace(pooled(read=False), CATALOG)
    node = trace.nodes["pool"]
    assert node.layer is not None
    assert node.layer.arguments(*node.inputs)["return_indices"] is False
    assert len(node.outputs or ()) == 1
    module = compile_design(pooled(read=False), CATALOG).module
    assert isinstance(module(torch.randn(1, 2, 8, 8)), torch.Tensor)
    pool = module.get_submodule("pool")
    assert isinstance(pool, nn.MaxPool2d)
    assert not pool.return_indices


def test_an_optional_output_that_is_read_arrives() -> None:
    module = compile_design(pooled(read=True), CATALOG).module
    given = torch.rand(3, 2, 8, 8) + 1
    back = module(given)
    assert torch.equal(back[back > 0], given[back > 0])
    assert int((back > 0).sum()) == 3 * 2 * 16


def test_the_checks_know_an_output_that_nobody_reads() -> None:
    trace = check(pooled(read=False), CATALOG).traces["main"]
    assert len(trace.nodes["pool"].outputs or ()) == 2
    assert len(lean(trace).nodes["pool"].outputs or ()) == 1


def test_a_trace_with_nothing_to_leave_out_stays_the_same() -> None:
    for name in ("mlp", "gru", "residual"):
        trace = check(DESIGNS[name], CATALOG).traces["main"]
        assert lean(trace) is trace, name


def with_blocks(repeat: int) -> Design:
    inner = Sketch()
    x = inner("Input", name="x")
    inner("Output", inner("MaxPool2d", x, name="pool", kernel_size=1), name="y")
    block = Block(inner.graph())
    net = Sketch({"Stage": block})
    x = net("Input", name="x", shape=(2, 8, 8))
    x = net("block:Stage", x, name="stage", repeat=repeat)
    net("Output", x, name="y")
    return net.design()


def test_blocks_walked_through_once_are_one_trace_afterwards() -> None:
    inner = lean(check(with_blocks(3), CATALOG).traces["main"]).nodes["stage"].inner
    assert len(inner) == 3
    assert len({id(trace) for trace in inner}) == 1
    assert len(inner[0].nodes["pool"].outputs or ()) == 1


def test_indices_that_leave_a_block_are_read() -> None:
    inner = Sketch()
    x = inner("Input", name="x")
    pool = inner("MaxPool2d", x, name="pool")
    inner("Output", pool, name="y")
    inner("Output", f"{pool}.indices", name="at")
    net = Sketch({"Stage": Block(inner.graph())})
    stage = net("block:Stage", net("Input", name="x", shape=(2, 8, 8)), name="stage")
    net("Output", net("MaxUnpool2d", f"{stage}.y", f"{stage}.at", name="back"), name="out")
    assert compile_design(net.design(), CATALOG).module(torch.randn(1, 2, 8, 8)).shape == (1, 2, 8, 8)
