from __future__ import annotations

import getpass
import io
import json
import logging
import threading
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from netdesigner.compiler.agreement import results_of
from netdesigner.compiler.scaling import Scaling
from netdesigner.document import Choice
from netdesigner.errors import CancelledError, ExportError
from netdesigner.exporters.onnx import Onnx
from netdesigner.exporters.onnx.quiet import quiet
from netdesigner.parts import DataSpec, Model, Proof, TensorSpec
from netdesigner.training.weight_files import start_from
from tests.compiler.designs import CATALOG, DESIGNS, Sketch, model_of

SCALING = {"shift": [0.3], "scale": [0.25], "axis": 1}
DATA = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), ("zero", 'o"ne', "zw\u00f6lf"))


EXPORTED = ("mlp", "residual", "lstm", "two_inputs", "two_outputs", "passed_by")


@dataclass(frozen=True)
class Exported:
    """A file with all there is to know about it.

    Attributes:
        said: what was printed or logged meanwhile.
    """

    model: Model
    proof: Proof
    data: bytes
    files: tuple[str, ...]
    said: str

    @property
    def proto(self) -> onnx.ModelProto:
        return onnx.load_from_string(self.data)


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Exported]:
    """Exports a design once, on a thread of its own; the images are scaled inside the graph."""

    @cache
    def exported(name: str) -> Exported:
        folder = tmp_path_factory.mktemp(name)
        fields: dict[str, Any] = {"scaling": SCALING, "data": DATA} if name == "residual" else {}
        model = model_of(DESIGNS[name], **fields)
        said = io.StringIO()
        listening = logging.StreamHandler(said)
        logging.getLogger("torch.onnx").addHandler(listening)
        proofs: list[Proof] = []
        thread = threading.Thread(target=lambda: proofs.append(Onnx().write(model, folder / "net.onnx")))
        try:
            with redirect_stdout(said), redirect_stderr(said):
                thread.start()
                thread.join()
        finally:
            logging.getLogger("torch.onnx").removeHandler(listening)
        files = tuple(sorted(file.name for file in folder.iterdir()))
        return Exported(model, proofs[0], (folder / "net.onnx").read_bytes(), files, said.getvalue())

    return exported


def dims(value: onnx.ValueInfoProto) -> list[str | int]:
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


@pytest.mark.parametrize("name", EXPORTED)
def test_onnxruntime_gives_the_same_numbers_for_any_batch(
    name: str, export: Callable[[str], Exported]
) -> None:
    found = export(name)
    assert found.proof.verified
    assert found.proof.max_abs_error < 1e-5
    assert {shape[0] for shape in found.proof.inputs_tried} == {1, 3, 8}
    assert found.files == ("net.onnx", "net_onnx.py")
    assert found.said == ""
    graph = found.proto.graph
    assert [value.name for value in graph.input] == [entry for entry, _ in found.model.inputs]
    assert [value.name for value in graph.output] == [entry for entry, _ in found.model.outputs]
    assert all(dims(value)[0] == "batch" for value in [*graph.input, *graph.output])


@pytest.mark.parametrize("name", EXPORTED)
def test_the_file_does_not_tell_where_it_was_made(name: str, export: Callable[[str], Exported]) -> None:
    found = export(name)
    secrets = (
        str(Path.home()),
        str(Path.cwd()),
        str(Path(torch.__file__).parent),
        "site-packages",
        ".py",
        'File "',
    )
    for secret in secrets:
        assert secret.encode() not in found.data
    if len(getpass.getuser()) > 4:
        assert getpass.getuser().encode() not in found.data
    assert b"pkg.torch" not in found.data


def test_raw_inputs_are_scaled_inside_the_graph(export: Callable[[str], Exported]) -> None:
    found = export("residual")
    raw = torch.rand(5, 1, 8, 8)
    session = onnxruntime.InferenceSession(found.data, providers=["CPUExecutionProvider"])
    (scores,) = session.run(["scores"], {"image": raw.numpy()})
    (expected,) = results_of(found.model.module, (Scaling.of(SCALING, 4)(raw),))
    np.testing.assert_allclose(scores, expected.numpy(), atol=1e-5)


def test_the_metadata_say_what_the_network_is_for(export: Callable[[str], Exported]) -> None:
    about = {entry.key: entry.value for entry in export("residual").proto.metadata_props}
    assert json.loads(about["netdesigner.classes"]) == list(DATA.classes)
    assert json.loads(about["netdesigner.scaling"]) == SCALING
    assert about["netdesigner.normalization"] == "graph"


def test_nodes_and_weights_bear_the_names_of_their_layers(export: Callable[[str], Exported]) -> None:
    graph = export("residual").proto.graph
    names = [node.name for node in graph.node]
    assert {"scale_inputs/Sub", "stem/Conv", "stage1.1.relu1/Relu", "head/Gemm"} <= set(names)
    assert len(names) == len(set(names))
    assert {"stem.weight", "stage1.0.conv1.weight", "head.bias"} <= {
        tensor.name for tensor in graph.initializer
    }


@pytest.mark.parametrize("name", EXPORTED)
def test_weights_stand_in_the_file_as_they_were_learned(name: str, export: Callable[[str], Exported]) -> None:
    found = export(name)
    held = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in found.proto.graph.initializer}
    learned = found.model.module.state_dict()
    weights = {weight for weight in learned if not weight.endswith("num_batches_tracked")}
    assert weights <= held.keys()
    for weight in weights:
        np.testing.assert_array_equal(held[weight], learned[weight].numpy())


def test_a_network_with_norms_begins_with_the_weights_of_its_file(
    export: Callable[[str], Exported], tmp_path: Path
) -> None:
    found = export("residual")
    (tmp_path / "net.onnx").write_bytes(found.data)
    fresh = model_of(DESIGNS["residual"]).module
    told = start_from({"network": fresh}, tmp_path / "net.onnx", whole=True)
    learned = {name for name in fresh.state_dict() if not name.endswith("num_batches_tracked")}
    assert told.startswith(f"net.onnx: {len(learned)} of {len(learned)} weights start with the values")


@pytest.mark.parametrize("name", ["code", "graph", "meta", "shape_env", "add_submodule"])
def test_a_node_may_have_a_name_that_torch_uses_for_its_own_record(name: str, tmp_path: Path) -> None:
    net = Sketch()
    given = net("Input", name="input", shape=(4,))
    net("Output", net("Linear", given, name=name, out_features=3))
    model = model_of(net.design())
    assert Onnx().write(model, tmp_path / "named.onnx").verified
    graph = onnx.load(tmp_path / "named.onnx").graph
    assert f"network.{name}.weight" in [tensor.name for tensor in graph.initializer]


def test_axes_without_a_length_keep_their_names(export: Callable[[str], Exported]) -> None:
    found = export("lstm")
    assert dims(found.proto.graph.input[0]) == ["batch", "T"]
    assert {shape[1] for shape in found.proof.inputs_tried} == {16, 32, 48}


def test_a_network_may_begin_with_the_state_in_which_another_ended(tmp_path: Path) -> None:
    net = Sketch()
    x = net("Input", name="signal", shape=(2, 3))
    read = net("GRU", x, name="reader", hidden_size=4, batch_first=True)
    wrote = net("GRU", x, "reader.h_n", name="writer", hidden_size=4, batch_first=True)
    net("Output", net("Add", read, wrote, name="both"), name="y")
    assert Onnx().write(model_of(net.design()), tmp_path / "net.onnx").verified


def test_scaling_may_be_left_to_the_reader(tmp_path: Path) -> None:
    exporter = CATALOG.exporter(Choice("onnx", {"normalization": "metadata", "opset": 18}))
    scaling = {"shift": [1.0] * 6, "scale": [2.0] * 6, "axis": 1}
    exporter.write(model_of(DESIGNS["two_outputs"], scaling=scaling), tmp_path / "net.onnx")
    proto = onnx.load(tmp_path / "net.onnx")
    about = {entry.key: entry.value for entry in proto.metadata_props}
    assert json.loads(about["netdesigner.scaling"]) == scaling
    assert about["netdesigner.normalization"] == "metadata"
    assert not any(node.op_type in ("Sub", "Div") for node in proto.graph.node)
    assert [entry.version for entry in proto.opset_import if entry.domain == ""] == [18]


def test_what_gives_other_numbers_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: Callable[[str], Exported]
) -> None:
    path = tmp_path / "net.onnx"
    path.write_bytes(b"old")
    proto = export("mlp").proto
    weight = next(tensor for tensor in proto.graph.initializer if tensor.name == "head.weight")
    changed = onnx.numpy_helper.to_array(weight) + np.float32(0.01)
    weight.CopyFrom(onnx.numpy_helper.from_array(changed, "head.weight"))
    monkeypatch.setattr(Onnx, "_export", lambda *_: proto)
    with pytest.raises(ExportError, match="not written: ONNX Runtime gives other numbers, by up to"):
        Onnx().write(model_of(DESIGNS["mlp"]), path)
    assert path.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["net.onnx"]


def test_what_breaks_a_rule_of_onnx_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, export: Callable[[str], Exported]
) -> None:
    proto = export("mlp").proto
    proto.graph.node[0].input[0] = "nowhere"
    monkeypatch.setattr(Onnx, "_export", lambda *_: proto)
    with pytest.raises(ExportError, match="breaks a rule of ONNX"):
        Onnx().write(model_of(DESIGNS["mlp"]), tmp_path / "net.onnx")
    assert list(tmp_path.iterdir()) == []


def test_axes_are_fixed_where_a_layer_cannot_do_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[str, ...]] = []
    real = Onnx._export

    def export_once_free_fails(self: Onnx, *arguments: Any) -> Any:
        tried.append(arguments[-1])
        if "T" in arguments[-1]:
            raise ExportError("the steps are counted")
        return real(self, *arguments)

    monkeypatch.setattr(Onnx, "_export", export_once_free_fails)
    net = Sketch()
    x = net("Input", name="signal", shape=(0, 4), axes=("T", "features"))
    net("Output", net("Linear", x, name="head", out_features=2), name="y")
    proof = Onnx().write(model_of(net.design()), tmp_path / "net.onnx")
    assert tried == [("N", "T"), ("N",)]
    assert "the axis T has the same length in every batch" in proof.notes
    assert {shape[1] for shape in proof.inputs_tried} == {16}


def test_a_network_that_cannot_be_translated_says_so_in_one_line(tmp_path: Path) -> None:
    class Unsteady(torch.nn.Module):
        def forward(self, value: torch.Tensor) -> torch.Tensor:
            return value if value.sum() > 0 else -value

    model = model_of(DESIGNS["mlp"])
    model.module.relu = Unsteady()
    with pytest.raises(ExportError, match="cannot be translated to ONNX") as caught:
        Onnx().write(model, tmp_path / "net.onnx")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    def progress(fraction: float, text: str) -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        Onnx().write(model_of(DESIGNS["mlp"]), tmp_path / "net.onnx", progress)
    assert list(tmp_path.iterdir()) == []


def test_only_the_exporting_threads_warnings_are_dropped() -> None:
    filters, level = list(warnings.filters), logging.getLogger("torch.onnx").level
    heard: list[str] = []

    def warn_elsewhere() -> None:
        try:
            warnings.warn("from elsewhere", UserWarning, stacklevel=1)
        except UserWarning as warning:
            heard.append(str(warning))

    with quiet():
        warnings.warn("from here", FutureWarning, stacklevel=1)
        thread = threading.Thread(target=warn_elsewhere)
        thread.start()
        thread.join()
    assert heard == ["from elsewhere"]
    assert warnings.filters == filters
    assert logging.getLogger("torch.onnx").level == level


def test_a_filter_that_another_thread_keeps_does_nothing_any_more() -> None:
    with quiet():
        kept = list(warnings.filters)
    with warnings.catch_warnings():
        warnings.filters[:] = kept  # type: ignore[index]
        with pytest.warns(UserWarning, match="heard"):
            warnings.warn("heard", UserWarning, stacklevel=1)
