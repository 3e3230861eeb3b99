"""One loop over every layer: what it says about itself is what torch does.

A new layer needs nothing here. What the tests must know from outside about a layer that is no class of torch.nn, or
differs from its class on purpose, stands in a module of `oracles`.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import random
import subprocess
import sys
import types
import typing
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import settings
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from netdesigner.document import Design, Graph, Network, Node, dumps, loads
from netdesigner.errors import ParameterError, ShapeError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.layer import CATEGORIES, Example, Layer
from netdesigner.parts.part import Param, resolve
from netdesigner.parts.tensor import Dim, TensorSpec
from tests.every_part.oracles import Oracles

LAYERS = Catalog.discover().layers
KINDS = sorted(LAYERS)
BUILDABLE = [kind for kind in KINDS if kind != "Input"]
BUILT = [(kind, number) for kind in BUILDABLE for number in range(len(LAYERS[kind].examples))]

OPTIONAL = [(kind, n) for kind, n in BUILT if any(port.optional for port in LAYERS[kind].outputs)]
"""Examples of layers with outputs that are worked out only where somebody reads them."""
ONNX_SHARES = 1 + len(BUILT) // 40
"""Into how many parts the examples are dealt, so that none takes longer than a test may."""
ONNX_EXAMPLES = 1
"""Of a layer, whose export is tried in the tests; under `make soak` all are."""
IN_OTHERS = {"Transformer", "TransformerDecoderLayer", "TransformerEncoderLayer"}
"""What stacks of layers of a Transformer consist of or make up; it takes long and is left to `make soak`."""

ORACLES = Oracles.join()

BINDINGS = ({"N": 2, "T": 6, "S": 5, "H": 7, "W": 8}, {"N": 3, "T": 9, "S": 8, "H": 10, "W": 5})
SMALL = {"N": 3, "T": 3, "S": 4, "H": 6, "W": 5}

LEFT_OUT = {
    "device": "the trainer's business",
    "dtype": "the trainer's business",
    "inplace": "another wire may read what a layer would overwrite",
    "return_indices": "asked for by a wire",
    "sparse": "gradients that most optimizers refuse",
    "_weight": "private",
    "_freeze": "private",
}
"""Arguments of torch's classes that no layer has, and why."""

ARGUMENTS_OF_FORWARD = {"is_causal", "tgt_is_causal", "memory_is_causal"}
"""Parameters that torch takes at each call."""

HARMLESS_WARNINGS = (
    "Using padding='same' with even kernel lengths",  # torch pads a copy first
    "LSTM with projections is not supported with oneDNN",  # torch takes another implementation
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        for message in HARMLESS_WARNINGS:
            warnings.filterwarnings("ignore", message=message)
        yield


# -- Making layers, tensors and torch's own modules -----------------------------------------------------------


def made(kind: str, params: dict[str, Any]) -> Layer:
    part = LAYERS[kind]
    return part(**resolve(part, params, {}))


def example_of(kind: str, number: int) -> tuple[Layer, Example]:
    example = LAYERS[kind].examples[number]
    return made(kind, dict(example.params)), example


def for_each_example(kinds: Iterable[str]) -> Callable[[Callable[[str, int], None]], Callable[[str], None]]:
    """One test for all examples of a layer: pytest would take longer for one of its own than most take."""

    def tests_of(attempt: Callable[[str, int], None]) -> Callable[[str], None]:
        @pytest.mark.parametrize("kind", kinds)
        def test(kind: str) -> None:
            skipped: list[BaseException] = []
            for number in range(len(LAYERS[kind].examples)):
                try:
                    attempt(kind, number)
                except pytest.skip.Exception as skip:
                    skipped.append(skip)
                except Exception as error:
                    error.add_note(f"That was example {number} of {kind}.")
                    raise
            if len(skipped) == len(LAYERS[kind].examples):
                raise skipped[0]

        return test

    return tests_of


def bound(specs: tuple[TensorSpec | None, ...], values: dict[str, int]) -> tuple[TensorSpec | None, ...]:
    return tuple(spec.bind(**values) if spec is not None else None for spec in specs)


def tensor(spec: TensorSpec | None, device: str = "cpu", highest: int = 1) -> Tensor | None:
    """Random values; whole numbers go up to `highest`, masks hide nothing."""
    if spec is None:
        return None
    if spec.dtype == "bool":
        return torch.zeros(spec.shape, dtype=torch.bool, device=device)
    if spec.is_float:
        return torch.randn(spec.shape, device=device)
    return torch.randint(0, highest + 1, spec.shape, device=device)


def tensors(
    specs: tuple[TensorSpec | None, ...], device: str = "cpu", highest: int = 1
) -> list[Tensor | None]:
    return [tensor(spec, device, highest) for spec in specs]


def inputs_of(
    layer: Layer, specs: tuple[TensorSpec | None, ...], device: str = "cpu", highest: int = 1
) -> list[Tensor | None]:
    """Random tensors such as the layer computes with; whole numbers from 0 to `highest`.

    With 0 they say no more than their shapes and types: what comes of them need not be defined.
    """
    suited = ORACLES.DOMAIN.get(layer.kind, lambda x: x)
    found = [x if x is None else suited(x) for x in tensors(specs, device, highest)]
    return ORACLES.DEFINED.get(layer.kind, list)(found) if device == "cpu" and highest else found


def flat(value: Any) -> tuple[Tensor, ...]:
    if isinstance(value, Tensor):
        return (value,)
    return tuple(leaf for item in value for leaf in flat(item))


def specs_of(value: Any) -> tuple[TensorSpec, ...]:
    return tuple(TensorSpec(tuple(t.shape), str(t.dtype).removeprefix("torch.")) for t in flat(value))


def ones_for_symbols(specs: tuple[TensorSpec | None, ...]) -> dict[str, int]:
    return dict.fromkeys(frozenset().union(*(spec.symbols() for spec in specs if spec)) | {"N"}, 1)


# -- The written rules against torch --------------------------------------------------------------------------


@for_each_example(BUILDABLE)
def test_shape_rule_parameters_and_buffers_are_those_of_torch(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    given = layer.outputs_of(example.inputs)
    module = layer.build(*example.inputs)
    cost = layer.cost(*example.inputs)
    assert len(given) == len(layer.outputs)
    for values in BINDINGS:
        came = module(*inputs_of(layer, bound(example.inputs, values)))
        assert specs_of(came) == bound(given, values)
        assert layer.outputs_of(bound(example.inputs, values)) == bound(given, values)
    assert cost.parameters == sum(p.numel() for p in module.parameters())
    assert cost.buffers == sum(b.numel() for b in module.buffers())


@for_each_example(BUILDABLE)
def test_multiply_adds_are_those_that_torch_counts(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    if kind in ORACLES.UNCOUNTED:
        pytest.skip(ORACLES.UNCOUNTED[kind])
    samples = 2
    inputs = bound(example.inputs, {**ones_for_symbols(example.inputs), "N": samples})
    module = layer.build(*example.inputs).eval().to("meta")
    with FlopCounterMode(display=False) as counter, nn.attention.sdpa_kernel(nn.attention.SDPBackend.MATH):
        module(*inputs_of(layer, inputs, "meta"))
    assert layer.cost(*example.inputs).macs * 2 * samples == counter.get_total_flops()


def test_bilinear_counts_a_multiply_add_for_each_weight_and_sample() -> None:
    layer = made("Bilinear", {"out_features": 4})
    assert layer.cost(TensorSpec(("N", 6)), TensorSpec(("N", 5))).macs == 4 * 6 * 5


@for_each_example([kind for kind in BUILDABLE if kind in ORACLES.OWN])
def test_the_numbers_are_those_of_plain_torch(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    module = layer.build(*example.inputs).eval()
    if list(module.parameters()) or layer.stochastic:
        pytest.skip("the oracle knows neither weights nor draws")
    for values in BINDINGS:
        inputs = inputs_of(layer, bound(example.inputs, values))
        expected = flat(ORACLES.OWN[kind](layer.values(), *inputs))
        for ours, theirs in zip(flat(module(*inputs)), expected, strict=True):
            torch.testing.assert_close(ours, theirs)


# -- Random parameters: the same shape, or both refuse ---------------------------------------------------------


def torch_itself(layer: Layer, specs: tuple[TensorSpec | None, ...]) -> Any:
    """What torch gives, by its own class and call; raises where torch does."""
    kind, params = layer.kind, layer.values()
    inputs = inputs_of(layer, specs, highest=0)
    if not layer.torch_class:
        return ORACLES.OWN[kind](params, *inputs)
    shapes = [spec.shape if spec is not None else () for spec in specs]
    told = {name: value for name, value in params.items() if name not in ARGUMENTS_OF_FORWARD}
    for table in (ORACLES.FROM_THE_WIRES, ORACLES.FILLED_IN):
        if kind in table:
            told |= table[kind](shapes, params)
    module = getattr(nn, layer.torch_class)(**told)
    if kind in ORACLES.CALLS:
        return ORACLES.CALLS[kind](module, params, *inputs)
    return module(*inputs)


def tries() -> int:
    """How many random layers of a kind are tried, twice as many where new counterexamples are looked for."""
    return min(200, settings.default.max_examples)


class Dice:
    """Random parameters and inputs near an example."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def value(self, kind: str, declared: Param) -> Any:
        if values := ORACLES.VALUES.get((kind, declared.name)):
            return self.random.choice(values)
        if declared.optional and self.chance(0.3):
            return None
        if declared.choices and (declared.type == "str" or self.chance(0.3)):
            return self.random.choice(declared.choices)
        match declared.type:
            case "bool":
                return self.chance(0.5)
            case "int":
                return self.number(declared)
            case "float":
                return self.real(declared)
            case "size" | "scale":
                draw = self.number if declared.type == "size" else self.real
                axes = declared.axes or self.random.randint(1, 3)
                return draw(declared) if self.chance(0.5) else tuple(draw(declared) for _ in range(axes))
            case "names":
                return tuple(
                    self.random.choice(("", "T", "S", "N", "channels"))
                    for _ in range(self.random.randint(0, 3))
                )
            case "ints":
                return tuple(self.number(declared) for _ in range(self.random.randint(0, 4)))
        raise AssertionError(declared.type)

    def number(self, declared: Param) -> int:
        lowest = -3 if declared.min is None else int(declared.min)
        return self.random.randint(lowest, lowest + 4)

    def real(self, declared: Param) -> float:
        lowest = declared.min if declared.min is not None else 0.1
        return self.random.uniform(lowest, declared.max or lowest + 2.5)

    def layer(self, kind: str, params: dict[str, Any]) -> Layer:
        changed = {
            p.name: self.value(kind, p)
            for p in LAYERS[kind].params()
            if p.name != "axes" and self.chance(0.35)
        }
        return made(kind, {**params, **changed})

    def inputs(self, specs: tuple[TensorSpec | None, ...]) -> tuple[TensorSpec | None, ...]:
        if not specs:
            return ()
        values = {"N": self.random.randint(2, 3)} | {name: self.random.randint(1, 7) for name in "TSHW"}
        found = bound(specs, values)
        if self.chance(0.3):  # one of them, anywhere
            at = self.random.randrange(len(found))
            found = tuple(self.changed(spec) if i == at else spec for i, spec in enumerate(found))
        if self.chance(0.4):  # all of them, along the same axis
            axis, length = self.random.randint(1, 4), self.random.randint(1, 9)
            found = tuple(self.with_length(spec, axis, length) for spec in found)
        if self.chance(0.1):
            at, dtype = self.random.randrange(len(found)), self.random.choice(("bool", "int64", "float32"))
            found = tuple(
                spec.with_dtype(dtype) if spec and i == at else spec for i, spec in enumerate(found)
            )
        return found

    def freed(self, spec: TensorSpec | None) -> TensorSpec | None:
        """The spec with one more axis left free."""
        if spec is None or self.chance(0.5):
            return spec
        axis = self.random.randrange(spec.rank)
        return spec if spec.shape[axis] == "N" else self.with_length(spec, axis, "X")

    def with_length(self, spec: TensorSpec | None, axis: int, length: Dim) -> TensorSpec | None:
        if spec is None or axis >= spec.rank:
            return spec
        return spec.with_shape(*spec.shape[:axis], length, *spec.shape[axis + 1 :])

    def changed(self, spec: TensorSpec | None) -> TensorSpec | None:
        if spec is None:
            return None
        if self.chance(0.2):
            return spec.with_shape(*spec.shape, self.random.randint(1, 5))
        if self.chance(0.2) and spec.rank > 1:
            return spec.with_shape(*spec.shape[:-1])
        axis = self.random.randrange(spec.rank)
        return self.with_length(spec, axis, self.random.randint(1 if axis else 2, 9))


def verdict(compute: Callable[[], tuple[TensorSpec, ...]]) -> tuple[TensorSpec, ...] | str:
    """What comes out, or why nothing does; an empty tensor is as good as none, and what torch deprecates is refused."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found = compute()
        except (ShapeError, RuntimeError, ValueError, IndexError, TypeError, AssertionError) as error:
            return str(error) or type(error).__name__
    if serious := [str(one.message) for one in told if not str(one.message).startswith(HARMLESS_WARNINGS)]:
        return serious[0]
    return "empty" if any(0 in spec.shape for spec in found) else found


def on_purpose(layer: Layer, specs: tuple[TensorSpec | None, ...], refusal: str) -> bool:
    """Whether torch would take what a layer refuses, and the layer is right to."""
    if " axes (" in refusal:
        return True  # torch takes samples without a batch too, and some layers any number of axes
    if "real numbers" in refusal:
        return True  # what some of torch's layers give for whole numbers cannot be trained
    judge = ORACLES.ON_PURPOSE.get(layer.kind)
    return judge is not None and judge(layer, specs, refusal)


@pytest.mark.parametrize("kind", BUILDABLE)
def test_random_parameters_give_the_shape_of_torch_or_both_refuse(kind: str) -> None:
    dice = Dice(kind)
    accepted = 0
    for _ in range(tries()):
        example = dice.random.choice(LAYERS[kind].examples)
        layer = dice.layer(kind, dict(example.params))
        specs = dice.inputs(example.inputs)
        ours = verdict(lambda layer=layer, specs=specs: layer.outputs_of(specs))
        if isinstance(ours, str):
            theirs = verdict(lambda layer=layer, specs=specs: specs_of(torch_itself(layer, specs)))
            agree = isinstance(theirs, str) or on_purpose(layer, specs, ours)
        else:
            theirs = verdict(
                lambda layer=layer, specs=specs: specs_of(
                    layer.build(*specs)(*inputs_of(layer, specs, highest=0))
                )
            )
            agree = ours == theirs
            accepted += 1
        assert agree, f"{layer} on {', '.join(map(str, specs))}: {ours}; torch: {theirs}"
    assert accepted >= tries() // 10


@pytest.mark.parametrize("kind", BUILDABLE)
def test_a_free_axis_gives_the_shape_that_its_length_gives(kind: str) -> None:
    dice = Dice(kind)
    for _ in range(tries()):
        example = dice.random.choice(LAYERS[kind].examples)
        layer = dice.layer(kind, dict(example.params))
        free = tuple(dice.freed(spec) for spec in example.inputs)
        given = verdict(lambda layer=layer, free=free: layer.outputs_of(free))
        if isinstance(given, str):
            continue
        for length in (4, 7, 12):
            values = {**dict.fromkeys(("T", "S", "H", "W"), length), "N": 3, "X": length + 1}
            came = verdict(
                lambda layer=layer, free=free, values=values: layer.outputs_of(bound(free, values))
            )
            assert isinstance(came, str) or came == bound(given, values), (
                f"{layer} on {', '.join(map(str, free))}"
            )


@pytest.mark.parametrize("kind", KINDS)
def test_proposed_changes_are_legal_parameters(kind: str) -> None:
    dice = Dice(kind)
    declared = {p.name: p for p in LAYERS[kind].params()}
    for _ in range(tries()):
        example = dice.random.choice(LAYERS[kind].examples)
        layer = dice.layer(kind, dict(example.params))
        error = refusal(layer, dice.inputs(example.inputs))
        if error is not None:
            assert error.port in {"", *(port.name for port in layer.inputs)}
            for change in error.changes:
                assert all(declared[name].check(value) == value for name, value in change.items())
                assert any(layer.values()[name] != value for name, value in change.items()), (
                    f"{layer}: {error}"
                )


@pytest.mark.parametrize("kind", KINDS)
def test_one_wrong_parameter_is_mended_by_a_proposed_change(kind: str) -> None:
    dice = Dice(kind)
    for _ in range(tries()):
        example = dice.random.choice(LAYERS[kind].examples)
        declared = dice.random.choice([*LAYERS[kind].params(), None])
        wrong = {declared.name: dice.value(kind, declared)} if declared else {}
        error = refusal(made(kind, {**example.params, **wrong}), example.inputs)
        if error is not None and declared is not None:
            mended = ({**example.params, **wrong, **change} for change in error.changes)
            assert any(refusal(made(kind, params), example.inputs) is None for params in mended), (
                f"{wrong}: {error}"
            )


def refusal(layer: Layer, specs: tuple[TensorSpec | None, ...]) -> ShapeError | None:
    try:
        layer.outputs_of(specs)
    except ShapeError as error:
        return error
    return None


# -- What a layer says about itself ---------------------------------------------------------------------------


def signature_of(kind: str) -> dict[str, inspect.Parameter]:
    constructor = getattr(nn, LAYERS[kind].torch_class).__init__
    overloads = typing.get_overloads(constructor)
    found = dict(inspect.signature(overloads[0] if overloads else constructor).parameters)
    return {
        name: p
        for name, p in found.items()
        if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and name != "self"
    }


def arguments_from_the_wires(kind: str) -> set[str]:
    """The names of the arguments that nobody is asked for, as the oracle works them out for an example."""
    if kind not in ORACLES.FROM_THE_WIRES:
        return set()
    layer, example = example_of(kind, 0)
    shapes = [spec.shape if spec is not None else () for spec in example.inputs]
    return set(ORACLES.FROM_THE_WIRES[kind](shapes, layer.values()))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if LAYERS[kind].torch_class])
def test_parameters_and_defaults_are_those_of_torch(kind: str) -> None:
    theirs = signature_of(kind)
    ours = {p.name: p.default for p in LAYERS[kind].params()}
    forward = inspect.signature(getattr(nn, LAYERS[kind].torch_class).forward).parameters
    at_call = ours.keys() & ARGUMENTS_OF_FORWARD
    left_out = {name for name in theirs if name in LEFT_OUT or (kind, name) in ORACLES.LEFT_OUT_OF}
    from_the_wires = theirs.keys() & arguments_from_the_wires(kind)
    assert at_call <= forward.keys()
    assert ours.keys() - at_call == theirs.keys() - from_the_wires - left_out
    for name in ours.keys() - at_call:
        default = theirs[name].default
        if default is not inspect.Parameter.empty and (kind, name) not in ORACLES.OTHER_DEFAULTS:
            assert ours[name] == (default.__name__ if callable(default) else default)


@for_each_example(KINDS)
def test_parameters_survive_the_file(kind: str, number: int) -> None:
    layer, _ = example_of(kind, number)
    design = Design(networks={"main": Network(Graph({"node": Node(kind, layer.values())}))})
    node = loads(dumps(design)).networks["main"].graph.nodes["node"]
    assert made(node.kind, dict(node.params)) == layer


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_describes_itself(kind: str) -> None:
    part = LAYERS[kind]
    doc = inspect.getdoc(part) or ""
    names = {p.name for p in part.params()}
    assert part.kind == kind
    assert part.category in CATEGORIES
    assert part.summary().endswith((".", ";"))
    assert "\nShape" in doc
    assert "\nSource: " in doc
    assert set(part.main) <= names
    assert set(part.initial) <= names
    assert all(p.help for p in part.params())
    assert len(part.examples) >= 2
    made(kind, dict(part.initial))


def test_titles_are_unique() -> None:
    titles = [part.label() for part in LAYERS.values()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("kind", KINDS)
def test_numbers_outside_the_limits_are_refused(kind: str) -> None:
    for declared in LAYERS[kind].params():
        if declared.min is not None and declared.numeric:
            value = (declared.min - 1,) if declared.type == "ints" else declared.min - 1
            with pytest.raises(ParameterError, match=declared.name):
                made(kind, {declared.name: value})


def test_finding_and_checking_layers_imports_no_torch() -> None:
    program = """
import pkgutil, importlib, sys
import netdesigner.layers as shelf
from netdesigner.parts.layer import Layer
for info in pkgutil.iter_modules(shelf.__path__):
    module = importlib.import_module(f"netdesigner.layers.{info.name}")
    for part in vars(module).values():
        if isinstance(part, type) and issubclass(part, Layer) and part.kind:
            for example in part.examples:
                part.params()
print(sorted({"torch", "numpy", "networkx"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- Modules in use -------------------------------------------------------------------------------------------


@for_each_example(BUILDABLE)
def test_a_training_step_reaches_every_parameter_and_input(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    module = layer.build(*example.inputs).train()
    inputs = inputs_of(layer, bound(example.inputs, BINDINGS[0]))
    ports = [*layer.inputs, *[*layer.inputs[-1:]] * (len(inputs) - len(layer.inputs))]
    untaught = {
        *ORACLES.UNTAUGHT.get(kind, ()),
        *(port for other, port in ORACLES.SHAPE_ONLY if other == kind),
    }
    leaves = [*module.parameters()]
    for port, given in zip(ports, inputs, strict=True):
        if given is not None and given.is_floating_point():
            given.requires_grad_()
            if port.name not in untaught:
                leaves.append(given)
    outputs = [out for out in flat(module(*inputs)) if out.is_floating_point()]
    if not leaves:
        assert not any(out.requires_grad for out in outputs)
        pytest.skip("nothing to train")
    if not outputs:
        pytest.skip("what comes out cannot be trained on")
    sum((out * torch.randn_like(out)).sum() for out in outputs).backward()
    for leaf in leaves:
        assert leaf.grad is not None
        assert leaf.grad.isfinite().all()
    assert all(
        given.grad is None
        for port, given in zip(ports, inputs, strict=True)
        if port.name in untaught and given is not None
    )


@for_each_example(BUILDABLE)
def test_copies_of_a_module_give_equal_outputs(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    module = layer.build(*example.inputs).eval()
    inputs = inputs_of(layer, bound(example.inputs, BINDINGS[0]))
    torch.manual_seed(0)
    expected = flat(module(*inputs))
    for other in (copy.deepcopy(module), pickle.loads(pickle.dumps(module))):
        torch.manual_seed(0)
        assert all(torch.equal(a, b) for a, b in zip(flat(other(*inputs)), expected, strict=True))


@pytest.mark.parametrize(("kind", "number"), OPTIONAL)
def test_outputs_that_nobody_reads_are_left_out(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    module, alone = layer.build(*example.inputs).eval(), layer.alone().build(*example.inputs).eval()
    alone.load_state_dict(module.state_dict())
    inputs = tensors(bound(example.inputs, BINDINGS[0]))
    found, expected = flat(alone(*inputs)), flat(module(*inputs))
    assert len(found) == len(layer.alone().given) < len(expected)
    for one, same in zip(found, expected, strict=False):
        torch.testing.assert_close(one, same)


@for_each_example(BUILDABLE)
def test_source_for_people_computes_the_same(kind: str, number: int) -> None:
    layer, example = example_of(kind, number)
    compare_source(layer, example)
    if (kind, number) in OPTIONAL:
        compare_source(layer.alone(), example)


def compare_source(layer: Layer, example: Example) -> None:
    module = layer.build(*example.inputs).eval()
    plain = module
    if layer.torch_class:
        plain = getattr(nn, layer.torch_class)(**layer.arguments(*example.inputs)).eval()
        plain.load_state_dict(module.state_dict())
    inputs = inputs_of(layer, bound(example.inputs, BINDINGS[0]))
    arguments = [f"x{i}" if given is not None else "None" for i, given in enumerate(inputs)]
    targets = [f"y{i}" for i in range(len(layer.given))]
    source = f"{layer.targets(*targets)} = {layer.call('self.node', *arguments)}"
    names = {"torch": torch, "F": nn.functional, "self": types.SimpleNamespace(node=plain)}
    names |= {f"x{i}": x for i, x in enumerate(inputs)}
    torch.manual_seed(0)
    exec(source, names)
    torch.manual_seed(0)
    for name, expected in zip(targets, flat(module(*inputs)), strict=True):
        torch.testing.assert_close(names[name], expected, atol=1e-5, rtol=1e-5)


class Branches(nn.Module):
    """Many layers side by side, so that one export shows all of them."""

    def __init__(self, examples: list[tuple[Layer, Example]]) -> None:
        super().__init__()
        self.nodes = nn.ModuleList(layer.build(*example.inputs) for layer, example in examples)
        self.wired = [[spec is not None for spec in example.inputs] for _, example in examples]

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Gives each layer its share of the inputs; returns all outputs one after another."""
        found: list[Tensor] = []
        at = 0
        for node, wired in zip(self.nodes, self.wired, strict=True):
            given: list[Tensor | None] = []
            for is_wired in wired:
                given.append(inputs[at] if is_wired else None)
                at += is_wired
            found += [out * 1 for out in flat(node(*given))]
        return tuple(found)


def inputs_of_all(examples: list[tuple[Layer, Example]], values: dict[str, int]) -> tuple[Tensor, ...]:
    """What `Branches` takes."""
    made = [inputs_of(layer, bound(example.inputs, values)) for layer, example in examples]
    return tuple(x for inputs in made for x in inputs if x is not None)


def onnx_errors(examples: list[tuple[Layer, Example]], folder: Path) -> list[str]:
    """Exports layers side by side with a free batch, and says where onnxruntime differs from torch."""
    import onnxruntime

    specs = [spec for _, example in examples for spec in example.inputs if spec is not None]
    module = Branches(examples).eval()
    free = tuple({axis: "batch" for axis, dim in enumerate(spec.shape) if dim == "N"} for spec in specs)
    inputs = inputs_of_all(examples, SMALL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the exporter says about itself
        program = torch.onnx.export(module, inputs, dynamo=True, dynamic_shapes=(free,), verbose=False)
    program.save(folder / "layers.onnx")
    session = onnxruntime.InferenceSession(folder / "layers.onnx", providers=["CPUExecutionProvider"])
    names = [f"{layer}" for layer, _ in examples for _ in layer.given]
    errors = []
    for samples in (3, 1, 5):
        inputs = inputs_of_all(examples, {**SMALL, "N": samples})
        came = session.run(
            None, {i.name: x.numpy() for i, x in zip(session.get_inputs(), inputs, strict=True)}
        )
        for name, ours, theirs in zip(names, came, module(*inputs), strict=True):
            if not torch.allclose(torch.from_numpy(ours), theirs, atol=1e-4, rtol=1e-4):
                errors.append(f"{name} with {samples} samples")
    return errors


@pytest.mark.parametrize("share", range(ONNX_SHARES))
@pytest.mark.parametrize("most", [ONNX_EXAMPLES, pytest.param(1_000, marks=pytest.mark.soak)])
def test_onnxruntime_gives_the_numbers_of_torch(share: int, most: int, tmp_path: Path) -> None:
    held = [(kind, number) for kind, number in BUILT if number < most and not LAYERS[kind].not_in_onnx]
    if most == ONNX_EXAMPLES:
        held = [(kind, number) for kind, number in held if kind not in IN_OTHERS]
    examples = [example_of(kind, number) for kind, number in held]
    unread = [example_of(kind, number) for kind, number in held if (kind, number) in OPTIONAL]
    examples += [(layer.alone(), example) for layer, example in unread]
    examples = examples[share::ONNX_SHARES]
    assert onnx_errors(examples, tmp_path) == []
