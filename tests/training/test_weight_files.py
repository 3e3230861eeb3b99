"""Weights that training starts from: what fits is taken, the rest is told, and nothing that could run is opened."""

from __future__ import annotations

import math
import os
import pickle
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from netdesigner.document import Design
from netdesigner.errors import TrainingError, WeightFileError
from netdesigner.parts import Catalog
from netdesigner.session.gallery import open_template
from netdesigner.session.training import train
from netdesigner.training.events import Started, Warned
from netdesigner.training.weight_files import convert, open_weights, start_from


def network(out: int = 4) -> nn.Module:
    made = nn.Sequential()
    made.add_module("hidden", nn.Linear(3, out))
    made.add_module("norm", nn.BatchNorm1d(out))
    return made


def saved(module: nn.Module, path: Path, prefix: str = "") -> Path:
    save_file({prefix + name: tensor for name, tensor in module.state_dict().items()}, path)
    return path


# ------------------------------------------------------------------------------------------------------- starting


@pytest.mark.parametrize("prefix", ["", "module.", "model."])
def test_all_weights_of_the_same_network_are_taken(tmp_path: Path, prefix: str) -> None:
    before, after = network(), network()
    told = start_from({"network": after}, saved(before, tmp_path / "w.safetensors", prefix))
    assert told == "w.safetensors: 7 of 7 weights start with the values of the file"
    assert all(torch.equal(after.state_dict()[name], tensor) for name, tensor in before.state_dict().items())


def test_what_does_not_fit_is_told_with_both_shapes(tmp_path: Path) -> None:
    before, after = network(4), network(5)
    fresh = after.state_dict()["hidden.weight"].clone()
    save_file({**before.state_dict(), "head.weight": torch.zeros(2)}, tmp_path / "w.safetensors")
    told = start_from({"network": after}, tmp_path / "w.safetensors")
    assert told.startswith(
        "w.safetensors: 1 of 7 weights start with the values of the file: norm; 6 of another shape:"
    )
    assert "hidden.weight (4×3 there, 5×3 here)" in told
    assert told.endswith("1 in the file only: head.weight")
    assert torch.equal(after.state_dict()["hidden.weight"], fresh)


def test_numbers_of_another_precision_are_taken(tmp_path: Path) -> None:
    before, after = nn.Linear(2, 2), nn.Linear(2, 2)
    save_file(
        {name: tensor.half() for name, tensor in before.state_dict().items()}, tmp_path / "w.safetensors"
    )
    start_from({"network": after}, tmp_path / "w.safetensors")
    assert after.weight.dtype == torch.float32
    assert torch.allclose(after.weight, before.weight, atol=1e-3)


def test_a_file_that_fits_nowhere_is_an_error_that_names_both_sides(tmp_path: Path) -> None:
    path = saved(network(), tmp_path / "w.safetensors")
    with pytest.raises(
        TrainingError, match=r"has the name of one of the network; there: .*; here: weight 1×1, bias 1"
    ):
        start_from({"network": nn.Linear(1, 1)}, path)
    odd = nn.Sequential()
    odd.add_module("hidden", nn.Linear(9, 9))
    with pytest.raises(
        TrainingError, match=r"no weight of the file fits: hidden.weight \(4×3 there, 9×9 here\)"
    ):
        start_from({"network": odd}, path)


def test_of_several_networks_each_has_its_own(tmp_path: Path) -> None:
    before = {"encoder": nn.Linear(2, 2), "decoder": nn.Linear(2, 3)}
    tensors = {
        f"{role}.{name}": t for role, module in before.items() for name, t in module.state_dict().items()
    }
    save_file(tensors, tmp_path / "w.safetensors")
    after = {"encoder": nn.Linear(2, 2), "decoder": nn.Linear(2, 3)}
    assert "4 of 4" in start_from(after, tmp_path / "w.safetensors")
    assert torch.equal(after["decoder"].weight, before["decoder"].weight)


def test_one_of_several_networks_takes_the_weights_of_a_single_one(tmp_path: Path) -> None:
    before, path = network(), tmp_path / "w.safetensors"
    saved(before, path)
    after = {"student": network(2), "teacher": network()}
    fresh = after["student"].hidden.weight.detach().clone()
    told = start_from(after, path)
    assert told == "w.safetensors: 7 of 7 weights of 'teacher' start with the values of the file"
    assert torch.equal(after["teacher"].hidden.weight, before.hidden.weight)
    assert torch.equal(after["student"].hidden.weight, fresh)


def test_a_single_network_takes_what_fits_of_a_run_of_several(tmp_path: Path) -> None:
    before = {"encoder": network(), "decoder": nn.Linear(2, 3)}
    tensors = {
        f"{role}.{name}": t for role, module in before.items() for name, t in module.state_dict().items()
    }
    save_file(tensors, tmp_path / "w.safetensors")
    after = network()
    told = start_from({"network": after}, tmp_path / "w.safetensors")
    assert told.startswith(
        "w.safetensors: 7 of 7 weights start with the values of the file; 2 in the file only"
    )
    assert torch.equal(after.hidden.weight, before["encoder"].hidden.weight)


def test_where_nothing_may_be_missing_the_first_that_is_stops_the_run(tmp_path: Path) -> None:
    path = saved(network(), tmp_path / "w.safetensors")
    assert "7 of 7" in start_from({"network": network()}, path, whole=True)
    more = network()
    more.add_module("head", nn.Linear(4, 2))
    with pytest.raises(
        TrainingError, match=r"some weights cannot .* 2 not in the file: head.weight, head.bias"
    ):
        start_from({"network": more}, path, whole=True)


def test_the_initializers_of_an_onnx_file_are_read(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, save

    kinds = {
        "f": helper.make_tensor("f", TensorProto.FLOAT, [2], [1.5, -2.0]),
        "raw": helper.make_tensor("raw", TensorProto.INT64, [2], b"\1" + bytes(15), raw=True),
        "i": helper.make_tensor("i", TensorProto.INT64, [2], [-3, 2**40]),
        "h": helper.make_tensor("h", TensorProto.FLOAT16, [2], [1.5, -2.0]),
        "b": helper.make_tensor("b", TensorProto.BOOL, [2], [True, False]),
        "e": helper.make_tensor("e", TensorProto.FLOAT, [0], []),
    }
    outside = helper.make_tensor("outside", TensorProto.FLOAT, [2], bytes(8), raw=True)
    outside.ClearField("raw_data")
    outside.data_location = TensorProto.EXTERNAL
    for key, value in {"location": "w.bin", "offset": "4", "length": "8"}.items():
        outside.external_data.add(key=key, value=value)
    (tmp_path / "w.bin").write_bytes(torch.tensor([9.0, 1.0, 2.0]).numpy().tobytes())
    graph = helper.make_graph([], "g", [], [], [*kinds.values(), outside])
    save(helper.make_model(graph), tmp_path / "m.onnx")
    with open_weights(tmp_path / "m.onnx") as file:
        read = {name: file.read(name).tolist() for name in file.shapes}
    assert read == {
        "f": [1.5, -2.0],
        "raw": [1, 0],
        "i": [-3, 2**40],
        "h": [1.5, -2.0],
        "b": [True, False],
        "e": [],
        "outside": [1.0, 2.0],
    }


def test_weights_into_which_a_norm_was_folded_are_left_out(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, save

    shapes = {"hidden.weight": [4, 3], "hidden.weight_bias": [4], "head.weight": [2, 4], "head.bias": [2]}
    tensors = [
        helper.make_tensor(name, TensorProto.FLOAT, shape, bytes(4 * math.prod(shape)), raw=True)
        for name, shape in shapes.items()
    ]
    save(helper.make_model(helper.make_graph([], "g", [], [], tensors)), tmp_path / "m.onnx")
    after = nn.Sequential()
    after.add_module("hidden", nn.Linear(3, 4, bias=False))
    after.add_module("norm", nn.BatchNorm1d(4))
    after.add_module("head", nn.Linear(4, 2))
    told = start_from({"network": after}, tmp_path / "m.onnx")
    assert told.startswith(
        "m.onnx: 2 of 7 weights start with the values of the file: head; 4 not in the file: norm."
    )
    assert (
        "; 1 left out, since a norm was folded into them when the file was made: hidden.weight; norms "
        in told
    )
    assert told.endswith("; 1 in the file only: hidden.weight_bias")
    assert after.hidden.weight.abs().sum() > 0
    assert after.head.weight.abs().sum() == 0


# ------------------------------------------------------------------------------------------------------- refusals


def _zip(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pt", b"\x80\x02", "convert it first: netdesigner convert a.pt --output a.safetensors"),
        ("a.pth", ("archive/data.pkl",), "convert it first"),
        ("a.pt", ("archive/data.pkl", "archive/code/x.py"), "it is TorchScript"),
        ("a.pt2", ("archive_format",), "it is an exported program"),
        ("a.keras", ("config.json", "model.weights.h5"), "Keras files can hold code"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "Keras files can hold code"),
        ("a.safetensors", b"\x89HDF\r\n\x1a\n", "Keras files can hold code"),
        ("a.pkl", b"\x80\x04", "it is a pickle"),
        ("a.joblib", b"\x80\x04", "it is a pickle"),
        ("a.npy", b"\x93NUMPY\x01\x00", "an array of NumPy has no names"),
        ("a.txt", b"hello", "it holds no weights that can be read"),
        ("a.safetensors", b"", "the file is empty"),
    ],
)
def test_what_may_hold_code_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes | tuple[str, ...], reason: str
) -> None:
    path = tmp_path / name
    if isinstance(content, tuple):
        _zip(path, *content)
    else:
        path.write_bytes(content)
    with pytest.raises(WeightFileError, match=reason), open_weights(path):
        pass


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightFileError, match="not the folder of a run"), open_weights(tmp_path):
        pass


# ------------------------------------------------------------------------------------------------------ converting


def test_tensors_are_converted_without_what_stands_around_them(tmp_path: Path) -> None:
    before = network()
    wrapped = {"epoch": 3, "state_dict": before.state_dict(), "optimizer": {"state": {}}}
    torch.save(wrapped, tmp_path / "w.pt")
    assert convert(tmp_path / "w.pt", tmp_path / "w.safetensors") == 7
    after = load_file(tmp_path / "w.safetensors")
    assert after.keys() == before.state_dict().keys()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.state_dict().items())


class Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {os.environ['OWNED']}",)


def test_a_pickle_that_would_run_code_is_refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNED", str(tmp_path / "owned"))
    (tmp_path / "w.pt").write_bytes(pickle.dumps({"weight": Runs()}))
    with pytest.raises(WeightFileError, match="holds more than tensors, which could run code") as caught:
        convert(tmp_path / "w.pt", tmp_path / "w.safetensors")
    assert "weights_only" not in str(caught.value)  # torch itself advises to open it unsafely
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w.pt"]


def test_an_archive_that_is_larger_unpacked_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "w.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"x")
        archive.writestr("archive/data/0", bytes(20_000_000))
    with pytest.raises(WeightFileError, match="would become 20,000,001 bytes"):
        convert(tmp_path / "w.pt", tmp_path / "w.safetensors")


@pytest.mark.parametrize(
    ("source", "output", "reason"),
    [
        ("w.pkl", "w.safetensors", "it is a pickle"),
        ("w.safetensors", "x.safetensors", "it is safetensors already"),
        ("w.pt", "w.bin", "the output is a .safetensors file"),
        ("gone.pt", "w.safetensors", "cannot be read"),
    ],
)
def test_what_is_not_converted_says_why(tmp_path: Path, source: str, output: str, reason: str) -> None:
    for name in ("w.pkl", "w.pt", "w.safetensors"):
        (tmp_path / name).write_bytes(b"x" * 100)
    with pytest.raises(WeightFileError, match=reason):
        convert(tmp_path / source, tmp_path / output)


# --------------------------------------------------------------------------------------------------------- training


def _design(**values: object) -> Design:
    design = open_template("logistic-iris")
    settings = {"epochs": 1, "device": "cpu", **values}
    return replace(design, training=design.training.with_values(settings))


def test_a_run_begins_with_the_weights_of_another_and_says_so(tmp_path: Path) -> None:
    catalog = Catalog.discover()
    assert [*train(_design(learning_rate=0.1, epochs=5), catalog, tmp_path / "first")]
    design = replace(_design(start_from="first", learning_rate=1e-9), folder=tmp_path)
    events = [*train(design, catalog, tmp_path / "second")]
    assert isinstance(events[2], Started)
    assert events[3] == Warned("first: 2 of 2 weights start with the values of the file", trouble=False)
    first, second = (
        load_file(tmp_path / run / "checkpoint-best" / "model.safetensors") for run in ("first", "second")
    )
    assert all(torch.allclose(first[name], second[name], atol=1e-4) for name in first)


def test_a_run_whose_weights_are_not_there_leaves_no_folder(tmp_path: Path) -> None:
    design = replace(_design(start_from="gone.safetensors"), folder=tmp_path)
    with pytest.raises(WeightFileError, match=r"gone\.safetensors: cannot be read"):
        list(train(design, Catalog.discover(), tmp_path / "run"))
    assert not (tmp_path / "run").exists()
