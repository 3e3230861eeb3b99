from __future__ import annotations

import copy
import pickle
import weakref
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from netdesigner.compiler import compile_design, trial_inputs
from netdesigner.compiler.agreement import largest_difference, results_of
from netdesigner.compiler.network import CompiledNetwork, Repeated
from netdesigner.document import Design, edit
from netdesigner.errors import failing_node
from tests.compiler.designs import CATALOG, DESIGNS, Sketch


def compiled(name: str) -> tuple[CompiledNetwork, tuple[Tensor, ...]]:
    found = compile_design(DESIGNS[name], CATALOG, seed=0)
    return found.module.eval(), trial_inputs(found.trace, 3)


@st.composite
def graphs(draw: st.DrawFn) -> Design:
    """A random graph of elementwise layers, of which some read several others."""
    net = Sketch()
    ids = [net("Input", name=f"in{number}", shape=(4,)) for number in range(draw(st.integers(1, 3)))]
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["Tanh", "Linear", "Add", "Multiply", "Output"]))
        count = draw(st.integers(2, 4)) if kind in ("Add", "Multiply") else 1
        params = {"out_features": 4} if kind == "Linear" else {}
        ids.append(net(kind, *(draw(st.sampled_from(ids)) for _ in range(count)), **params))
    for number in range(draw(st.integers(1, 3))):
        net("Output", draw(st.sampled_from(ids)), name=f"out{number}")
    return net.design()


def walked(design: Design, module: CompiledNetwork, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What a graph computes, found by asking each output for what it needs."""
    graph = design.networks["main"].graph
    given_tensors = dict(zip(graph.ids_of("Input"), inputs, strict=True))

    def value(node_id: str) -> Tensor:
        if node_id in given_tensors:
            return given_tensors[node_id]
        before = [value(edge.source) for edge in graph.edges if edge.target == node_id]
        return before[0] if graph.nodes[node_id].kind == "Output" else module.get_submodule(node_id)(*before)

    return tuple(value(node_id) for node_id in graph.ids_of("Output"))


@given(graphs())
@settings(max_examples=60)
def test_any_graph_computes_what_its_wires_say(design: Design) -> None:
    found = compile_design(design, CATALOG, seed=0)
    inputs = trial_inputs(found.trace, 2)
    torch.testing.assert_close(
        results_of(found.module, inputs), walked(design, found.module, inputs), rtol=0, atol=0
    )


@pytest.mark.parametrize("name", DESIGNS)
def test_a_network_gives_what_its_specs_promise(name: str) -> None:
    found = compile_design(DESIGNS[name], CATALOG)
    lengths = {"T": 7}
    results = results_of(found.module, trial_inputs(found.trace, 5, lengths=lengths))
    wanted = [spec.bind(N=5, **lengths) for _, spec in found.outputs]
    assert [(tuple(t.shape), str(t.dtype)) for t in results] == [
        (s.shape, f"torch.{s.dtype}") for s in wanted
    ]


@pytest.mark.parametrize("name", DESIGNS)
def test_a_copy_has_weights_of_its_own(name: str) -> None:
    module, inputs = compiled(name)
    before = results_of(module, inputs)
    other = copy.deepcopy(module)
    assert largest_difference(before, results_of(other, inputs)) == 0
    with torch.no_grad():
        for parameter in other.parameters():
            parameter.add_(1)
    assert largest_difference(before, results_of(other, inputs)) > 0
    assert largest_difference(before, results_of(module, inputs)) == 0


@pytest.mark.parametrize("name", DESIGNS)
def test_a_pickled_network_is_the_same_network(name: str) -> None:
    module, inputs = compiled(name)
    other = pickle.loads(pickle.dumps(module))
    assert largest_difference(results_of(module, inputs), results_of(other, inputs)) == 0


def test_a_network_takes_another_element_type() -> None:
    module, (image,) = compiled("residual")
    assert module.to(torch.float64)(image.double()).dtype == torch.float64


def test_a_replaced_submodule_is_used() -> None:
    module, (pixels,) = compiled("mlp")
    module.head = nn.Linear(32, 2)
    assert module(pixels).shape == (3, 2)


def test_weights_are_called_as_a_person_would_call_them() -> None:
    names = set(compile_design(DESIGNS["attention"], CATALOG).module.state_dict())
    assert {"encoder.0.attention.heads.in_proj_weight", "encoder.1.up.bias", "head.weight"} <= names


def test_each_repetition_has_weights_of_its_own() -> None:
    module, _ = compiled("attention")
    first, second = module.get_parameter("encoder.0.up.weight"), module.get_parameter("encoder.1.up.weight")
    assert first.data_ptr() != second.data_ptr()
    assert not torch.equal(first, second)


def test_a_repeated_module_passes_on_its_first_result_and_the_same_further_inputs() -> None:
    class Half(nn.Module):
        def forward(self, value: Tensor, factor: Tensor) -> tuple[Tensor, Tensor]:
            return value * factor, value

    found = Repeated([Half(), Half(), Half()])(torch.tensor(8.0), torch.tensor(0.5))
    assert found == (torch.tensor(1.0), torch.tensor(2.0))


def test_the_wrong_number_of_inputs_is_refused() -> None:
    module, inputs = compiled("two_inputs")
    with pytest.raises(TypeError, match="expected 2 tensors, got 1"):
        module(inputs[0])


class Watch(nn.Module):
    """Counts the results of its like that are still alive when it is called."""

    alive: list[weakref.ref[Tensor]]
    seen: list[int]

    def __init__(self, alive: list[weakref.ref[Tensor]], seen: list[int]) -> None:
        super().__init__()
        self.alive, self.seen = alive, seen

    def forward(self, *inputs: Tensor) -> Tensor:
        self.seen.append(sum(reference() is not None for reference in self.alive))
        result = torch.stack(inputs).sum(0)
        self.alive.append(weakref.ref(result))
        return result


def watched(net: Sketch) -> list[int]:
    """How many earlier results are alive at each call, in order."""
    module = compile_design(net.design(), CATALOG).module
    alive: list[weakref.ref[Tensor]] = []
    seen: list[int] = []
    for name in dict(module.named_children()):
        setattr(module, name, Watch(alive, seen))
    with torch.no_grad():
        module(torch.ones(2, 4))
    return seen


def test_in_a_chain_only_the_last_result_is_alive() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    for _ in range(6):
        x = net("ReLU", x)
    net("Output", x)
    assert watched(net) == [0, 1, 1, 1, 1, 1]


def test_a_result_is_freed_after_its_last_reader() -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    a = net("ReLU", x, name="a")
    b = net("ReLU", a, name="b")
    c = net("Add", a, b, name="c")
    d = net("ReLU", c, name="d")
    e = net("ReLU", d, name="e")
    net("Output", e)
    assert watched(net) == [0, 1, 2, 1, 1]


class Fails(nn.Module):
    def forward(self, *inputs: Any) -> Any:
        raise RuntimeError("no luck")


def test_an_error_names_the_node_with_the_blocks_around_it() -> None:
    module, inputs = compiled("attention")
    module.get_submodule("encoder.1.attention").heads = Fails()
    with pytest.raises(RuntimeError, match="no luck") as caught:
        module(*inputs)
    assert failing_node(caught.value) == "encoder.1.attention.heads"


def test_an_error_in_a_chain_names_the_node() -> None:
    module, inputs = compiled("mlp")
    module.dropout = Fails()
    with pytest.raises(RuntimeError) as caught:
        module(*inputs)
    assert failing_node(caught.value) == "dropout"


def test_an_error_from_elsewhere_names_no_node() -> None:
    assert failing_node(ValueError("something")) == ""


@pytest.mark.parametrize("name", ["residual", "attention", "two_outputs"])
def test_torch_compile_sees_one_graph(name: str) -> None:
    module, inputs = compiled(name)
    fast = torch.compile(module, backend="eager", fullgraph=True)
    assert largest_difference(results_of(module, inputs), results_of(fast, inputs)) < 1e-6


@pytest.mark.parametrize("name", ["residual", "two_inputs"])
def test_torch_export_takes_any_batch(name: str) -> None:
    module, inputs = compiled(name)
    batch = torch.export.Dim("batch")
    program = torch.export.export(module, inputs, dynamic_shapes=(tuple({0: batch} for _ in inputs),))
    larger = tuple(torch.cat([tensor, tensor]) for tensor in inputs)
    assert largest_difference(results_of(module, larger), (program.module()(*larger),)) < 1e-6


def test_a_module_may_be_put_before_the_first_input() -> None:
    module, inputs = compiled("two_inputs")
    before = module.preceded_by("nothing", nn.Threshold(1e9, 0.0))
    zeros = (torch.zeros_like(inputs[0]), inputs[1])
    assert largest_difference(results_of(module, zeros), results_of(before, inputs)) == 0
    assert before.conv is module.conv
    assert "nothing" not in dict(module.named_children())


def test_a_bypassed_node_has_no_module_and_no_weights() -> None:
    module, inputs = compiled("passed_by")
    design = DESIGNS["passed_by"]
    gone = [node_id for node_id, node in design.networks["main"].graph.nodes.items() if node.bypassed]
    assert not {name.partition(".")[0] for name, _ in module.named_modules()} & {*gone}
    assert not [name for name in module.state_dict() if ".gone." in name]
    with_them = compile_design(edit.set_bypassed(design, "main", ["drop"], bypassed=False), CATALOG, seed=0)
    assert with_them.module.state_dict().keys() == module.state_dict().keys()
    body = module.get_submodule("first.kept")
    torch.testing.assert_close(module(*inputs), module.get_submodule("head")(torch.tanh(body(*inputs))))
