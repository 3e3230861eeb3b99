"""The user's own pictures and masks go the whole way: check, train, judge, export."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import netdesigner as nd
from netdesigner.document import Choice, Design
from netdesigner.errors import TrainingError
from netdesigner.parts import ImageGrid


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Light squares on dark ground, 7 on 0; a border without a class, and pictures wider than they are high."""
    random = np.random.default_rng(0)
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    for number in range(30):
        mask = np.zeros((12, 20), np.uint8)
        top, left = random.integers(1, 6), random.integers(1, 12)
        mask[top : top + 5, left : left + 6] = 7
        image = np.where(mask == 7, 200, 60) + random.integers(-20, 20, mask.shape)
        mask[0] = 255
        Image.fromarray(image.astype(np.uint8)).save(tmp_path / "images" / f"{number}.jpg")
        Image.fromarray(mask).save(tmp_path / "masks" / f"{number}.png")
    return tmp_path


def design(project: Path, loss: str = "CrossEntropyLoss") -> Design:
    net = nd.Builder()
    image = net.Input(shape=(1, 16, 16))
    net.Output(net.Conv2d(image, out_channels=2, kernel_size=3, padding=1))
    folders = {name: str(project / folder) for name, folder in (("path", "images"), ("masks", "masks"))}
    size = {"height": 16, "width": 16, "color": "gray", "resize": "pad"}
    data = Choice("mask_folder", {**folders, **size, "unlabelled": 255, "classes": ("ground", "square")})
    chosen = {"data": data, "task": "segmentation", "loss": loss}
    return net.design(**chosen, epochs=25, batch_size=8, learning_rate=0.05, device="cpu")


def test_masks_with_a_border_that_counts_nowhere_are_learned(project: Path) -> None:
    nd.save(design(project), project / "d.netdesign")
    made = nd.load(project / "d.netdesign")
    assert made.data is not None
    assert (made.data.params["path"], made.data.params["masks"]) == ("images", "masks")
    assert nd.check(made).problems == ()
    list(nd.train(made, project / "run", seed=1))
    found = nd.evaluate(project / "run")
    assert found.measures["mean_iou"] > 0.9
    (table, _, colours) = found.previews
    assert sum(row[-1] for row in table.rows) < 4 * 16 * 16 * 0.6  # neither the border nor the padding
    assert isinstance(colours, ImageGrid)
    assert isinstance(found.worst, ImageGrid)
    assert nd.export(project / "run", project / "model.onnx").verified


def test_a_loss_that_needs_a_class_everywhere_says_so_before_training(project: Path) -> None:
    with pytest.raises(TrainingError, match="MultiMarginLoss needs a class everywhere, and the targets lack"):
        list(nd.train(design(project, "MultiMarginLoss"), project / "run"))
