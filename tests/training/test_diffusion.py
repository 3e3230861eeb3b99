"""Diffusion through the loop: what is drawn at random is the run's own, and what is watched stays comparable."""

from __future__ import annotations

import json
from pathlib import Path

import onnx
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file

import netdesigner as nd
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog
from netdesigner.parts.preview import ImageGrid
from netdesigner.session.training import train
from netdesigner.training.control import Control
from netdesigner.training.events import EpochEnd, Event, Finished, Steps

pytestmark = pytest.mark.usefixtures("few_made_up")

CATALOG = Catalog.discover()


def denoiser(classes: bool = False, **training: float) -> Design:
    """A few layers that are told the time step and, if wanted, the digit."""
    net = nd.Builder()
    picture, step = (
        net.Input(shape=(1, 8, 8), name="picture"),
        net.Input(shape=(), dtype="int64", name="step"),
    )
    told = net.Linear(net.TimestepEmbedding(step, embedding_dim=8), out_features=16)
    if classes:
        digit = net.Input(shape=(), dtype="int64", name="digit")
        told = net.Add(told, net.Embedding(digit, num_embeddings=10, embedding_dim=16))
    x = net.Dropout(net.SiLU(net.Add(net.Linear(net.Flatten(picture), out_features=16), told)), p=0.1)
    net.Output(net.Reshape(net.Linear(x, out_features=64), shape=(1, 8, 8)), name="noise")
    task = Choice("diffusion", {"sampling_steps": 5})
    return net.design(data="digits", task=task, batch_size=128, **{"epochs": 2, **training})


def stopped(design: Design, folder: Path, after: int) -> None:
    """Trains until some steps lie behind."""
    control = Control()
    events: list[Event] = []
    for event in train(design, CATALOG, folder, control=control, device="cpu"):
        events.append(event)
        if isinstance(event, Steps) and event.last >= after:
            control.stop()
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stopped"


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoint-last" / "model.safetensors")


def test_a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not(tmp_path: Path) -> None:
    design = denoiser(epochs=12)
    for _ in train(design, CATALOG, tmp_path / "straight", device="cpu"):
        pass
    stopped(design, tmp_path / "cut", after=15)
    for _ in train(design, CATALOG, tmp_path / "cut", device="cpu", resume=tmp_path / "cut"):
        pass
    straight, cut = weights(tmp_path / "straight"), weights(tmp_path / "cut")
    assert all(torch.equal(straight[name], cut[name]) for name in straight)


def test_the_validation_of_a_network_that_does_not_change_does_not_change(tmp_path: Path) -> None:
    events = train(denoiser(epochs=3, learning_rate=1e-30), CATALOG, tmp_path / "run", device="cpu")
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert len({end.validation["loss"] for end in ends}) == 1
    assert len({end.train["loss"] for end in ends}) == 3


@pytest.mark.parametrize("classes", [False, True])
def test_a_run_is_judged_and_leaves_with_what_drawing_needs(
    source_runs_here: None, classes: bool, tmp_path: Path
) -> None:
    *_, last = train(denoiser(classes), CATALOG, tmp_path / "run", device="cpu")
    assert isinstance(last, Finished)
    assert last.reason == "done"
    evaluation = nd.evaluate(tmp_path / "run")
    assert evaluation == nd.evaluate(tmp_path / "run")
    assert evaluation.measures["noise_mse"] > 0
    grid, *_ = evaluation.previews
    assert isinstance(grid, ImageGrid)
    assert [picture.caption for picture in grid.pictures[::4]] == [*("0123456789" if classes else [""] * 10)]
    proof = nd.export(tmp_path / "run", tmp_path / "net.onnx")
    assert proof.verified
    assert len(proof.inputs_tried) == (9 if classes else 6)
    about = {entry.key: entry.value for entry in onnx.load(tmp_path / "net.onnx").metadata_props}
    assert about["netdesigner.normalization"] == "metadata"  # a noisy picture is scaled already
    assert "says ε" in about["netdesigner.usage"]
    nd.export(tmp_path / "run", tmp_path / "net.py", format="python")
    source = (tmp_path / "net.py").read_text(encoding="utf-8")
    assert "def restore(scaled: Tensor) -> Tensor:" in source
    assert "def prepare" not in source
    assert "says ε" in source
    with safe_open(tmp_path / "net.safetensors", "pt") as file:
        task = json.loads(file.metadata()["netdesigner.task"])
    assert (task["kind"], task["time_steps"], task["schedule"]) == ("diffusion", 1000, "linear")
    assert task == json.loads(about["netdesigner.task"])
