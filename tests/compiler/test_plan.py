from __future__ import annotations

import torch

from netdesigner.checks import check
from netdesigner.checks.report import Trace
from netdesigner.compiler.build import build_module
from netdesigner.compiler.plan import Plan, needed_nodes, plan_of
from netdesigner.document import Design
from tests.compiler.designs import CATALOG, DESIGNS, Sketch


def trace_of(design: Design) -> Trace:
    return check(design, CATALOG).traces["main"]


def test_a_chain_is_one_step_in_one_slot() -> None:
    assert plan_of(trace_of(DESIGNS["mlp"])) == Plan(
        1, 0, ((("hidden", "relu", "dropout", "head"), 0, 0, (0,)),), (0,), ("scores",)
    )


def test_a_slot_is_used_again_after_the_last_reader() -> None:
    plan = plan_of(trace_of(DESIGNS["two_inputs"]))
    assert plan.inputs == 2
    assert plan.spare == 0


def test_an_empty_port_and_an_unread_output_are_none() -> None:
    plan = plan_of(trace_of(DESIGNS["gru"]))
    assert plan.steps[0] == (("reader",), (0, None), (None, 0), (0,))


def test_a_node_that_takes_several_tensors_stands_alone() -> None:
    rows = [row for row, *_ in plan_of(trace_of(DESIGNS["two_inputs"])).steps]
    assert rows == [("conv", "flat"), ("columns",), ("both",), ("head",)]


def test_a_node_whose_only_port_is_empty_stands_alone_and_what_follows_is_computed() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    scale = net("Parameter", name="learned", shape=(1,), init="ones")
    scale = net("Scale", scale, name="twice", scale=2.0)
    scale = net("Scale", scale, name="four_times", scale=2.0)
    net("Output", net("Multiply", x, scale, name="product"), name="y")
    trace = trace_of(net.design())
    assert [row for row, *_ in plan_of(trace).steps] == [("learned",), ("twice", "four_times"), ("product",)]
    assert build_module(trace)(torch.ones(2, 4)).tolist() == [[4.0] * 4] * 2


def test_a_node_that_no_output_needs_is_left_out() -> None:
    trace = trace_of(DESIGNS["two_outputs"])
    assert "unread" in trace.nodes
    assert "unread" not in needed_nodes(trace)


def test_an_output_in_the_middle_hands_on_what_it_gets() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    x = net("Linear", x, name="first", out_features=3)
    x = net("Output", x, name="middle")
    x = net("Linear", x, name="second", out_features=2)
    net("Output", x, name="end")
    plan = plan_of(trace_of(net.design()))
    assert [row for row, *_ in plan.steps] == [("first",), ("second",)]
    assert plan.outputs == (0, 1)


def test_an_input_that_is_an_output_stays_in_its_slot() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    net("Output", x, name="same")
    assert plan_of(trace_of(net.design())) == Plan(1, 0, (), (0,), ("same",))


def test_what_is_read_twice_keeps_its_slot_until_the_second_reader() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    x = net("Linear", x, name="a", out_features=4)
    y = net("ReLU", x, name="b")
    y = net("Add", x, y, x, name="sum")
    net("Output", y, name="y")
    plan = plan_of(trace_of(net.design()))
    assert plan.steps == ((("a",), 0, 0, (0,)), (("b",), 0, 1, ()), (("sum",), (0, 1, 0), 1, (0, 1)))
