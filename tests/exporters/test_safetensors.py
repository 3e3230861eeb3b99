from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

from netdesigner.compiler import compile_design
from netdesigner.errors import ExportError, FileError
from netdesigner.exporters import safetensors as safetensors_exporter
from netdesigner.exporters.safetensors import Safetensors
from tests.compiler.designs import CATALOG, DESIGNS, model_of


@pytest.mark.parametrize("name", DESIGNS)
def test_weights_are_written_to_the_bit(name: str, tmp_path: Path) -> None:
    model = model_of(DESIGNS[name])
    path = tmp_path / "net.safetensors"
    proof = Safetensors().write(model, path)
    assert proof.verified
    assert proof.max_abs_error == 0
    fresh = compile_design(DESIGNS[name], CATALOG).module
    fresh.load_state_dict(load_file(path))
    assert all(
        torch.equal(value, model.module.state_dict()[key]) for key, value in fresh.state_dict().items()
    )
    assert [file.name for file in tmp_path.iterdir()] == ["net.safetensors"]


def test_numbers_that_are_not_finite_survive(tmp_path: Path) -> None:
    model = model_of(DESIGNS["mlp"])
    with torch.no_grad():
        model.module.get_parameter("head.bias")[:2] = torch.tensor([float("nan"), -0.0])
    Safetensors().write(model, tmp_path / "net.safetensors")
    bias = load_file(tmp_path / "net.safetensors")["head.bias"]
    assert bias[0].isnan()
    assert torch.signbit(bias[1])


def test_the_header_says_what_the_weights_are_for(tmp_path: Path) -> None:
    path = tmp_path / "net.safetensors"
    Safetensors().write(model_of(DESIGNS["mlp"], trained=True), path)
    with safe_open(path, "pt") as file:
        about = file.metadata()
    assert about["netdesigner.trained"] == "true"
    assert about["netdesigner.network"] == "main"


def test_weights_that_were_read_back_otherwise_are_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "net.safetensors"
    path.write_bytes(b"old")
    read = safetensors_exporter.read_weights

    def misread(data: bytes) -> dict[str, torch.Tensor]:
        found = read(data)
        found["head.bias"] = found["head.bias"] + 1e-6
        return found

    monkeypatch.setattr(safetensors_exporter, "read_weights", misread)
    with pytest.raises(ExportError, match=r"head\.bias was read back with other numbers"):
        Safetensors().write(model_of(DESIGNS["mlp"]), path)
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="nowhere"):
        Safetensors().write(model_of(DESIGNS["mlp"]), tmp_path / "nowhere" / "net.safetensors")
