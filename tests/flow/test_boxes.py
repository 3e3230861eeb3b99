"""The user's own pictures and boxes go the whole way: check, train, stop, resume, judge, export."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

import netdesigner as nd
from netdesigner.checks import check, with_fixes
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog, ImageGrid
from netdesigner.training.events import EpochEnd, Finished

CATALOG = Catalog.discover()
KINDS = {"square": (6, 6), "bar": (4, 10)}
"""What is in the pictures, with heights and widths."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A light square and a bar on dark ground, one or both of them in each picture of 32 by 16."""
    random = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    images, annotations = [], []
    for number in range(40):
        picture = random.integers(40, 80, (16, 32))
        for label, (height, width) in enumerate(KINDS.values()):
            if label != number % 3:
                top, left = (
                    int(random.integers(0, 16 - height)),
                    16 * label + int(random.integers(0, 16 - width)),
                )
                picture[top : top + height, left : left + width] += 140
                box = {"image_id": number, "category_id": 5 + label, "bbox": [left, top, width, height]}
                annotations.append(box)
        name = f"{number}.png"
        Image.fromarray(picture.astype(np.uint8)).save(tmp_path / "images" / name)
        images.append({"id": number, "file_name": name, "width": 32, "height": 16})
    categories = [{"id": 5 + label, "name": name} for label, name in enumerate(KINDS)]
    held = {"images": images, "annotations": annotations, "categories": categories}
    (tmp_path / "boxes.json").write_text(json.dumps(held))
    return tmp_path


def design(project: Path, scores: int = 7) -> Design:
    net = nd.Builder()
    x = net.Input(shape=(1, 16, 32))
    for width in (16, 32):
        x = net.ReLU(net.BatchNorm2d(net.Conv2d(x, out_channels=width, kernel_size=3, stride=2, padding=1)))
    x = net.ReLU(net.BatchNorm2d(net.Conv2d(x, out_channels=32, kernel_size=3, padding=1)))
    net.Output(net.Conv2d(x, out_channels=scores, kernel_size=1, name="head"), name="grid")
    files = {"path": str(project / "images"), "annotations": str(project / "boxes.json")}
    data = Choice("coco_boxes", {**files, "height": 16, "width": 32, "color": "gray"})
    task = Choice("detection", {"anchors": (0.25, 0.35), "per_cell": 1})
    return net.design(data=data, task=task, epochs=30, batch_size=8, learning_rate=0.01, device="cpu")


def test_boxes_are_learned_and_the_file_tells_how_to_read_them(project: Path) -> None:
    nd.save(design(project), project / "d.netdesign")
    made = nd.load(project / "d.netdesign")
    assert made.data is not None
    assert (made.data.params["path"], made.data.params["annotations"]) == ("images", "boxes.json")
    assert nd.check(made).problems == ()
    list(nd.train(made, project / "run", seed=1))
    found = nd.evaluate(project / "run")
    assert found.measures["map_50"] > 0.7
    assert isinstance(found.worst, ImageGrid)
    assert found.worst.title == "Most wrong: what is true, what was said"
    assert nd.export(project / "run", project / "model.onnx").verified
    told = {entry.key: entry.value for entry in onnx.load(project / "model.onnx").metadata_props}
    assert json.loads(told["netdesigner.classes"]) == list(KINDS)
    assert json.loads(told["netdesigner.task"])["anchors"] == [0.25, 0.35]
    assert "to the coarsest: 0.25 × 0.35. " in told["netdesigner.usage"]


def test_a_run_that_was_stopped_ends_with_the_very_weights_of_one_that_was_not(project: Path) -> None:
    made = design(project)
    assert isinstance([*nd.train(made, project / "whole", seed=2, epochs=3)][-1], Finished)
    events = iter(nd.train(made, project / "cut", seed=2, epochs=3))
    assert any(isinstance(event, EpochEnd) for event in events)  # and the rest is left
    del events
    assert isinstance([*nd.train(made, project / "cut", seed=2, epochs=3, resume=True)][-1], Finished)
    whole, cut = (project / name / "checkpoint-last" / "model.safetensors" for name in ("whole", "cut"))
    assert whole.read_bytes() == cut.read_bytes()


def test_a_grid_of_other_classes_is_told_and_mended(project: Path) -> None:
    made = design(project, scores=8)
    assert made.data is not None
    data = CATALOG.dataset(made.data).describe()
    (problem,) = with_fixes(made, check(made, CATALOG, data), CATALOG, data).problems
    assert (problem.code, problem.node) == ("ND420", "grid")
    assert "5 numbers and 2 scores for each of 1 anchors, 7 in all" in problem.message
    (fix, *_) = problem.fixes
    assert nd.check(fix.design).problems == ()
    assert fix.design.networks["main"].graph.nodes["head"].params["out_channels"] == 7


def test_a_grid_too_few_is_told(project: Path) -> None:
    made = design(project)
    assert made.task is not None
    two = replace(made, task=made.task.with_params({"anchors": (0.2, 0.3, 0.3, 0.4)}))
    (problem,) = nd.check(two).problems
    assert (problem.code, problem.node) == ("ND417", "grid")
    assert "Detection compares 2 outputs with the target, and network `main` has 1 Output" in problem.message
