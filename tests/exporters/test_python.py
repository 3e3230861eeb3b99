from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor

from netdesigner.checks import check
from netdesigner.checks.report import Trace, TracedNode
from netdesigner.compiler import operations
from netdesigner.compiler.agreement import largest_difference, results_of, trials_of
from netdesigner.compiler.build import build_module
from netdesigner.compiler.checked import checked_trace
from netdesigner.compiler.copied import copied, declared
from netdesigner.compiler.operations import recurrent
from netdesigner.compiler.weights import weights_of
from netdesigner.document import Block, Design, Graph, Network, Node, atomic, edit
from netdesigner.errors import CancelledError, ExportError, FileError
from netdesigner.exporters.python import Python
from netdesigner.exporters.python import source as source_module
from netdesigner.exporters.python.allowed import refuse_unless_plain
from netdesigner.exporters.python.run import run
from netdesigner.exporters.python.source import source_of
from netdesigner.parts import DataSpec, Example, Layer, Model, TensorSpec
from netdesigner.parts.dataset import Unit
from netdesigner.session.builder import Builder
from tests.compiler.designs import CATALOG, DESIGNS, Sketch, model_of, with_words
from tests.every_part.oracles import Oracles

ORACLES = Oracles.join()
Suited = Callable[[tuple[Tensor, ...]], tuple[Tensor, ...]]


def source(design: Design, **fields: Any) -> str:
    return source_of(model_of(design, **fields), checked_trace(design, CATALOG)[1], "netdesigner test")


def statements(text: str) -> str:
    """The source without comments and docstrings, in one fixed form."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and ast.get_docstring(node) is not None
        ):
            node.body[0] = ast.Pass()
    return ast.unparse(tree)


def difference(design: Design, folder: Path) -> float:
    """How far the written source is from the network, found by running it here."""
    return difference_of(model_of(design), checked_trace(design, CATALOG)[1], folder)


def difference_of(model: Model, trace: Trace, folder: Path, suited: Suited = tuple) -> float:
    trials = [suited(inputs) for inputs in trials_of(trace)]
    (folder / "net.py").write_text(source_of(model, trace, "netdesigner test"), encoding="utf-8")
    (folder / "net.safetensors").write_bytes(weights_of(model.module))
    inputs = {f"{number}.{at}": tensor for number, x in enumerate(trials) for at, tensor in enumerate(x)}
    save_file(inputs, folder / "in")
    run(folder / "net.py", folder / "in", folder / "out")
    found = load_file(folder / "out")
    expected = {
        f"{number}.{at}": tensor
        for number, x in enumerate(trials)
        for at, tensor in enumerate(results_of(model.module, x))
    }
    return largest_difference(
        [expected[name] for name in sorted(expected)], [found[name] for name in sorted(found)]
    )


@pytest.mark.parametrize("name", DESIGNS)
def test_the_source_computes_what_the_network_computes(name: str, tmp_path: Path) -> None:
    assert difference(DESIGNS[name], tmp_path) < 1e-6


def lone(layer: type[Layer], example: Example) -> tuple[Model, Trace]:
    """A network of a single layer, on inputs that no Input node could give."""
    made = CATALOG.layer(layer.kind, example.params, {})
    outputs = made.outputs_of(example.inputs)
    inputs = {f"in{number}": spec for number, spec in enumerate(example.inputs) if spec is not None}
    inputs = inputs or {"in0": TensorSpec(("N",))}  # a network has one, also where the layer reads nothing
    sources = tuple((f"in{number}", 0) if spec else None for number, spec in enumerate(example.inputs))
    nodes = {name: TracedNode(None, (), (), (spec,), 1, ((),)) for name, spec in inputs.items()}
    nodes["it"] = TracedNode(made, example.inputs, sources, outputs, 1, (example.inputs,))
    nodes |= {f"out{n}": TracedNode(None, (spec,), (("it", n),), (spec,)) for n, spec in enumerate(outputs)}
    trace = Trace(tuple(nodes), nodes, tuple(inputs), tuple(f"out{n}" for n in range(len(outputs))))
    kinds = {name: "Input" if name in inputs else "Output" for name in nodes} | {"it": layer.kind}
    graph = Graph({name: Node(kind, example.params if name == "it" else {}) for name, kind in kinds.items()})
    given = tuple(inputs.items())
    module = build_module(trace).eval()
    return Model(module, Design({"main": Network(graph)}), "main", CATALOG, given, ()), trace


def defined(kind: str, example: Example) -> Suited:
    """What makes random inputs such that what a layer gives for them is defined."""

    def suited(given: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        waiting = iter(given)
        inputs = [None if spec is None else next(waiting) for spec in example.inputs]
        return tuple(x for x in ORACLES.DEFINED[kind](inputs) if x is not None)

    return suited if kind in ORACLES.DEFINED else tuple


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's, about padding and projections
@pytest.mark.parametrize("kind", sorted(CATALOG.layers.keys() - {"Input", "Output"}))
def test_every_layer_has_source_that_computes_the_same(kind: str, tmp_path: Path) -> None:
    for example in CATALOG.layers[kind].examples:
        model, trace = lone(CATALOG.layers[kind], example)
        assert difference_of(model, trace, tmp_path, defined(kind, example)) < 1e-6


def long_names() -> str:
    """The source of a network in which nothing fits on a line."""
    net = Sketch()
    first = net("Input", name="the_first_of_the_inputs", shape=(4,))
    second = net("Input", name="the_second_of_the_inputs", shape=(4,))
    parts = [net("Linear", first, name=f"a_rather_long_name_{number}", out_features=4) for number in range(5)]
    total = net("Add", *parts, name="total")
    joined = net("Concat", *parts, name="joined", dim=1)
    for number, value in enumerate((total, joined, *parts, second)):
        net("Output", value, name=f"the_output_of_number_{number}")
    names = tuple(f"class number {number}" for number in range(9))
    data = DataSpec(TensorSpec(("N", 4)), TensorSpec(("N",), "int64"), names)
    scaling = {"shift": [0.123456789] * 4, "scale": [1.23456789] * 4, "axis": 1}
    words = "what this is for, told at some length, " * 4
    return source(with_words(net.design(), words, words), data=data, scaling=scaling)


@pytest.mark.parametrize("name", [*DESIGNS, "long names"])
def test_the_source_is_formatted_and_without_faults(name: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(source(DESIGNS[name]) if name in DESIGNS else long_names(), encoding="utf-8")
    for command in (
        ["format", "--isolated", "--diff"],
        ["check", "--isolated", "--select=E,F,W,I,UP,B,C4,PL,RUF,SIM,RET,PERF,N"],
    ):
        said = subprocess.run(
            [sys.executable, "-m", "ruff", *command, path], capture_output=True, text=True, check=False
        )
        assert said.returncode == 0, said.stdout + said.stderr


def test_the_source_reads_as_a_person_would_write_it() -> None:
    text = source(DESIGNS["residual"])
    assert (
        '''
class Residual(nn.Module):
    """Two convolutions around which the input is led."""

    def __init__(self, in_channels: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_channels, channels, 3, stride=stride, padding=1, bias=False
        )
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)
        self.skip = nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False)
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(x)
        h = self.norm1(h)
        h = self.relu1(h)
        h = self.conv2(h)
        norm2 = self.norm2(h)
        skip = self.skip(x)
        h = norm2 + skip
        return self.relu2(h)
'''
        in text
    )
    assert '        # first look, "stem"\n        self.stem = nn.Conv2d(1, 8, 3, padding=1)\n' in text
    assert "self.stage2 = Residual(in_channels=8, channels=16, stride=2)" in text
    assert "*(Residual(in_channels=8, channels=8, stride=1) for _ in range(2))" in text


def test_expressions_over_a_blocks_parameters_stay_expressions() -> None:
    text = source(DESIGNS["attention"])
    assert "self.up = nn.Linear(width, 2 * width)" in text
    assert "self.attention = Attend(embed_dim=width, heads=4)" in text
    assert "self.encoder = nn.ModuleList(Encode(width=16) for _ in range(2))" in text


def test_uses_of_a_block_that_differ_in_more_than_numbers_become_classes_of_their_own(tmp_path: Path) -> None:
    inner = Sketch()
    x = inner("Input", name="x")
    x = inner("Linear", x, name="one", out_features=4, repeat="times")
    inner("Output", x, name="y")
    net = Sketch({"row": Block(inner.graph(), params={"times": 1})})
    x = net("Input", name="x", shape=(4,))
    x = net("block:row", x, name="a")
    x = net("block:row", x, name="b", times=3)
    x = net("block:row", x, name="c", times=5)
    net("Output", x, name="y")
    text = source(net.design())
    assert "self.one = nn.Linear(in_features, 4)" in text
    assert "self.one = nn.Sequential(*(nn.Linear(in_features, 4) for _ in range(times)))" in text
    assert "self.c = Row2(in_features=4, times=5)" in text
    assert difference(net.design(), tmp_path) < 1e-6


def test_a_block_may_be_given_several_real_numbers(tmp_path: Path) -> None:
    inner = Sketch()
    x = inner("Input", name="x")
    x = inner("UpsamplingNearest2d", x, name="grow", scale_factor=("by", 1.5))
    inner("Output", x, name="y")
    net = Sketch({"row": Block(inner.graph(), params={"by": 1})})
    x = net("Input", name="x", shape=(3, 4, 4))
    x = net("block:row", x, name="a", by=2)
    x = net("block:row", x, name="b", by=3)
    net("Output", x, name="y")
    text = source(net.design())
    assert "scale_factor: tuple[float, ...]" in text
    assert "self.b = Row(scale_factor=(3.0, 1.5))" in text
    assert difference(net.design(), tmp_path) < 1e-6


def test_a_layer_that_torch_has_no_class_for_brings_its_own(source_runs_here: None, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    proof = Python().write(model_of(DESIGNS["scaled"]), path)
    assert proof.max_abs_error < 1e-6
    text = path.read_text(encoding="utf-8")
    assert text.count("class LayerScale(nn.Module):") == 1
    assert "self.gamma = LayerScale(features, init_value=0.5, dim=1)" in text
    assert "self.last = nn.Sequential(*(LayerScale(6) for _ in range(2)))" in text
    assert "netdesigner." not in text


def test_a_block_is_not_called_as_a_class_that_stands_in_the_file() -> None:
    text = source(DESIGNS["scaled"])
    assert "class LayerScale2(nn.Module):" in text
    assert "self.body = LayerScale2(features=4)" in text


@pytest.mark.parametrize("name", ["none", "true", "width"])
def test_a_class_is_called_like_nothing_that_hides_it(name: str, tmp_path: Path) -> None:
    net = Builder(catalog=CATALOG)
    inner = net.block(name, k=4)
    inner.Output(inner.Linear(inner.Input(), out_features="k"))
    outer = net.block("outer", Width=4)
    outer.Output(getattr(outer, name)(outer.Input(), k="Width"))
    x = net.outer(net.Input(shape=(5,)), Width=3)
    net.Output(net.outer(x, Width=6))
    assert difference(net.design(), tmp_path) == 0


def test_what_a_copied_class_uses_comes_with_it() -> None:
    found = copied([recurrent.LSTM])
    assert [*found.texts] == ["LSTM", "_LSTM_WEIGHTS", "_lstm_step"]
    assert found.imports == {"Any": ("typing", "Any")}
    assert not any("type: ignore" in text for text in found.texts.values())


def test_a_class_without_its_source_cannot_be_exported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_source(module: object) -> str:
        raise OSError("could not get source code")

    monkeypatch.setattr("inspect.getsource", no_source)
    with pytest.raises(
        ExportError, match="LayerScale cannot be written as source: its source is not part of"
    ):
        Python().write(model_of(DESIGNS["scaled"]), tmp_path / "net.py")
    assert list(tmp_path.iterdir()) == []


def test_a_class_that_needs_more_than_torch_cannot_be_exported() -> None:
    with pytest.raises(ExportError, match="Sketch cannot be written as source: it uses netdesigner"):
        copied([Sketch])


def test_two_things_of_one_name_cannot_stand_in_one_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    for name, value in (("first_things", 1), ("second_things", 2)):
        lines = f"from torch import nn\n\n\nclass Thing(nn.Module):\n    size = {value}\n"
        (tmp_path / f"{name}.py").write_text(lines, encoding="utf-8")
    things = [importlib.import_module(name).Thing for name in ("first_things", "second_things")]
    with pytest.raises(ExportError, match="Thing cannot be written as source: another layer of the network"):
        copied(things)


def test_no_two_modules_of_operations_call_different_things_the_same() -> None:
    seen: dict[str, str] = {}
    for info in pkgutil.iter_modules(operations.__path__):
        source = Path(operations.__path__[0], f"{info.name}.py").read_text(encoding="utf-8")
        for node in ast.parse(source).body:
            for name in declared(node) if not isinstance(node, ast.Import | ast.ImportFrom) else ():
                if name != "__all__":
                    assert seen.setdefault(name, info.name) == info.name, f"{name} in {info.name}"


def test_pieces_are_named_after_the_ports_and_unread_ones_are_not_named() -> None:
    text = source(DESIGNS["pieces"])
    assert "x, _, cut_output_3 = torch.split(row, [4, 3, 5], dim=1)" in text
    assert "halves_output_1, halves_output_2 = torch.chunk(x, 2, dim=-1)" in text


def test_what_is_frozen_is_said_above_its_member() -> None:
    text = source(edit.set_frozen(DESIGNS["mlp"], "main", ["hidden"], frozen=True))
    told = "        # frozen: training left these weights as they were\n"
    assert f"{told}        self.hidden = nn.Linear(64, 32)\n" in text
    assert text.count(told) == 1


def test_shared_weights_are_assigned_and_a_submodule_without_anything_else_is_the_same() -> None:
    text = source(DESIGNS["shared"])
    assert "        self.right = self.left\n" in text
    assert "        self.again = self.first\n" in text
    assert "        self.head = nn.Linear(8, 20)\n" in text
    assert "        self.head.weight = self.table.weight\n" in text
    assert "        self.second_norm.norm.weight = self.first_norm.norm.weight\n" in text


def test_repetitions_that_differ_are_listed(tmp_path: Path) -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(4,))
    x = net("Linear", x, name="rows", out_features=6, repeat=4)
    net("Output", x, name="y")
    text = source(net.design())
    assert "self.rows = nn.Sequential(nn.Linear(4, 6), *(nn.Linear(6, 6) for _ in range(3)))" in text
    assert difference(net.design(), tmp_path) < 1e-6


def test_repeated_nodes_with_further_inputs_and_outputs_become_loops(tmp_path: Path) -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(5, 4))
    skip = net("Tanh", x, name="skip")
    y = net("LSTM", skip, name="lstm", hidden_size=4, batch_first=True, repeat=2)
    y = net("Add", y, skip, name="add", repeat=3)
    state = net("Permute", "lstm.h_n", name="turn", dims=(1, 0, 2))
    net("Output", y, name="y")
    net("Output", state, name="state")
    text = source(net.design())
    assert "for layer in self.lstm:\n            h, (lstm_h_n, _) = layer(h)" in text
    assert "for _ in range(3):\n            add = add + skip" in text
    assert difference(net.design(), tmp_path) < 1e-6


def test_a_pool_gives_indices_where_they_are_read(tmp_path: Path) -> None:
    inner = Sketch()
    x = inner("Conv2d", inner("Input", name="x"), name="conv", out_channels="width", padding=1)
    pool = inner("MaxPool2d", x, name="pool")
    x = inner("MaxUnpool2d", pool, f"{pool}.indices", name="back")
    inner("Output", inner("MaxPool2d", x, name="last"), name="y")
    net = Sketch({"Stage": Block(inner.graph(), params={"width": 1})})
    net("Output", net("block:Stage", net("Input", name="x", shape=(1, 8, 8)), name="stage"), name="y")
    text = statements(source(net.design()))
    assert "self.pool = nn.MaxPool2d(2, return_indices=True)" in text
    assert "h, pool_indices = self.pool(h)" in text
    assert "self.last = nn.MaxPool2d(2)" in text
    assert difference(net.design(), tmp_path) < 1e-6


def test_attention_whose_weights_nobody_reads_does_not_ask_for_them(tmp_path: Path) -> None:
    net = Sketch()
    x = net("Input", name="x", shape=(5, 8))
    net("Output", net("MultiheadAttention", x, x, x, name="look", batch_first=True), name="y")
    assert "_ = self.look(x, x, x, need_weights=False)" in statements(source(net.design()))
    assert difference(net.design(), tmp_path) < 1e-6


def test_results_may_be_inputs_and_may_be_given_twice(tmp_path: Path) -> None:
    net = Sketch()
    a = net("Input", name="a", shape=(4,))
    b = net("Input", name="b", shape=(4,))
    net("Input", name="unread", shape=(4,))
    c = net("Linear", a, name="c", out_features=4)
    for number, value in enumerate((c, c, b)):
        net("Output", value, name=f"out{number}")
    assert "return c, c, b" in source(net.design())
    assert difference(net.design(), tmp_path) < 1e-6


@pytest.mark.parametrize(
    "ids",
    [
        ("x", "h", "out", "running", "y"),
        ("range", "layer", "F", "Tensor", "Path"),
        ("print", "open", "exec", "load", "main"),
        ("Network", "WEIGHTS", "str", "tuple", "input"),
    ],
)
def test_any_id_that_a_node_may_have_is_fine(ids: tuple[str, ...], tmp_path: Path) -> None:
    first, second, third, fourth, last = ids
    net = Sketch()
    x = net("Input", name=first, shape=(4,))
    a = net("Linear", x, name=second, out_features=4)
    b = net("ReLU", a, name=third)
    c = net("Add", x, a, b, name=fourth, repeat=2)
    net("Output", c, name=last)
    refuse_unless_plain(source(net.design()))
    assert difference(net.design(), tmp_path) < 1e-6


MARKS = st.sampled_from(
    ["\\", "\n", "\r", "#", "'", '"', '"""', "\x0c", "\u2028", "\u202e", "{", "coding: cp037"]
)
WORDS = st.lists(st.one_of(st.text(max_size=5), MARKS), max_size=20).map("".join)


def worded_source(title: str, note: str) -> str:
    """The source of a design with a title and notes."""
    design = with_words(DESIGNS["residual"], title, note)
    return source_of(replace(MODEL, design=design), TRACE, "netdesigner test")


@cache
def plain_statements() -> str:
    """What stands in the source of a design without any words."""
    return statements(worded_source("", ""))


@given(WORDS, WORDS)
@settings(max_examples=60)
def test_no_words_of_the_user_can_become_code(title: str, note: str) -> None:
    worded = worded_source(title, note)
    refuse_unless_plain(worded)
    assert statements(worded) == plain_statements()
    assert all(character.isprintable() or character == "\n" for character in worded)
    assert not any(line.lstrip().startswith("#") for line in worded.split("\n")[:2])


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=1))
@settings(max_examples=60)
def test_names_of_classes_and_numbers_are_read_back_as_they_were(
    classes: list[str], shift: list[float]
) -> None:
    data = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), tuple(classes))
    scaling = {"shift": shift, "scale": [2.0], "axis": 1}
    text = source_of(replace(MODEL, data=data, scaling=scaling), TRACE, "netdesigner test")
    refuse_unless_plain(text)
    values = {
        node.targets[0].id: node.value
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert ast.literal_eval(values["CLASSES"]) == tuple(classes)
    assert f"torch.tensor([{shift[0]!r}]).reshape((1, 1, 1, 1))" in text


def test_the_source_is_run_with_its_weights_before_it_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "digits.py"
    proof = Python().write(model_of(DESIGNS["two_outputs"]), path)
    assert proof.verified
    assert proof.max_abs_error < 1e-6
    assert proof.inputs_tried == ((1, 6), (3, 6), (8, 6))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["digits.py", "digits.safetensors"]
    said = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert said.stdout.split("\n") == ["(2, 2)", "(2, 2)", ""]


def test_a_source_that_gives_other_numbers_is_not_kept(
    source_runs_here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.py"
    path.write_text("old", encoding="utf-8")
    wrong = source(DESIGNS["mlp"]).replace("x = self.relu(x)", "x = -x")
    monkeypatch.setattr(source_module, "source_of", lambda *_: wrong)
    with pytest.raises(ExportError, match="the source gives other numbers, by up to"):
        Python().write(model_of(DESIGNS["mlp"]), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["net.py"]


def test_a_source_that_does_not_run_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = source(DESIGNS["mlp"]).replace("nn.Linear(64, 32)", "nn.Linear(64, 33)")
    monkeypatch.setattr(source_module, "source_of", lambda *_: broken)
    with pytest.raises(ExportError, match=r"the source does not run: .*size mismatch"):
        Python().write(model_of(DESIGNS["mlp"]), tmp_path / "net.py")
    assert list(tmp_path.iterdir()) == []


def test_cancelling_stops_the_run(tmp_path: Path) -> None:
    def progress(fraction: float, text: str) -> None:
        if text == "running the source":
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        Python().write(model_of(DESIGNS["mlp"]), tmp_path / "net.py", progress)
    assert list(tmp_path.iterdir()) == []


def test_where_one_file_cannot_be_written_the_other_stays_as_it_was(
    source_runs_here: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "net.safetensors").write_bytes(b"old")
    write = atomic.write_atomically

    def write_all_but_source(path: Path, data: bytes) -> None:
        if path.suffix == ".py":
            raise FileError(path, "the disk is full")
        write(path, data)

    monkeypatch.setattr(atomic, "write_atomically", write_all_but_source)
    with pytest.raises(FileError, match="the disk is full"):
        Python().write(model_of(DESIGNS["mlp"]), tmp_path / "net.py")
    assert (tmp_path / "net.safetensors").read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["net.safetensors"]


def test_the_name_of_the_weights_is_not_taken_for_the_source(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="let the source's name end in"):
        Python().write(model_of(DESIGNS["mlp"]), tmp_path / "net.safetensors")


def test_the_catalog_finds_it_without_torch() -> None:
    code = (
        "import sys; from netdesigner.parts import Catalog; c = Catalog.discover();"
        "assert {'python', 'onnx', 'safetensors'} <= c.exporters.keys(); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import path",
        "eval('1')",
        "open('x')",
        "__import__('os')",
        "x = ().__class__",
        "torch.load('x')",
        "torch.hub.load('x')",
        "lambda: 1",
        "async def f(): pass",
        "def f():\n    global torch",
        "try:\n    x = 1\nexcept Exception: x = 2",
        "def f():\n    open = 1\ndef g():\n    return open('x')",
        "class A(nn.Module):\n    x = getattr(1, 'y')",
        "def f(",
    ],
)
def test_source_that_could_do_more_than_compute_is_refused(line: str) -> None:
    with pytest.raises(ExportError):
        refuse_unless_plain(f"import torch\nfrom torch import nn\n{line}\n")


MODEL: Model = model_of(DESIGNS["residual"])
TRACE = check(DESIGNS["residual"], CATALOG).traces["main"]


def test_a_bypassed_node_is_not_in_the_source() -> None:
    text = source(DESIGNS["passed_by"])
    assert "LSTM" not in text
    assert "Dropout" not in text
    assert "self.head(" in text


def test_what_was_learned_of_scaled_targets_comes_back_in_its_own_unit() -> None:
    shapes = TensorSpec(("N", 64)), TensorSpec(("N", 3, 2))
    data = DataSpec(*shapes, targets=("u", "v"), ahead=True, unit=Unit((1.0, 2.0), (3.0, 4.0)))
    text = source_of(replace(MODEL, data=data), TRACE, "netdesigner test")
    assert "def restore(given: Tensor) -> Tensor:" in text
    assert "return given * torch.tensor([3.0, 4.0]) + torch.tensor([1.0, 2.0])" in text
    assert "def restore" not in source_of(MODEL, TRACE, "netdesigner test")
    scaling = {"shift": [1.0], "scale": [2.0], "axis": 1}
    makes = replace(MODEL, data=data, scaling=scaling, takes_samples=False)
    made = source_of(makes, TRACE, "netdesigner test")
    assert made.count("def restore(") == made.count("def restore(scaled: Tensor)") == 1
