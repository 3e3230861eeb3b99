"""A series goes the whole way: it is learned, judged in its own unit, and leaves with what brings that unit back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest

import netdesigner as nd
from netdesigner.document import Choice, Design
from netdesigner.parts import Catalog
from netdesigner.parts.preview import Curves
from netdesigner.training.events import EpochEnd


def table(folder: Path) -> Path:
    """Two waves, the second of which runs ahead of the first."""
    steps = np.arange(200)
    waves = 50 + 20 * np.sin(steps / 3), 1000 + 5 * np.sin(steps / 3 + 0.5)
    rows = (f"{step},{u:.4f},{v:.4f}" for step, u, v in zip(steps, *waves, strict=True))
    (folder / "s.csv").write_text("\n".join(("t,u,v", *rows)))
    return folder / "s.csv"


def design(data: Choice) -> Design:
    net = nd.Builder()
    row = net.Flatten(net.Input(shape=(12, 2)))
    net.Output(net.Unflatten(net.Linear(row, out_features=6), dim=1, unflattened_size=(3, 2)))
    return net.design(data, Choice("forecasting"), epochs=15, batch_size=16, learning_rate=0.01, device="cpu")


def test_two_columns_are_foretold_and_come_back_in_their_unit(tmp_path: Path) -> None:
    params = {"path": str(table(tmp_path)), "time": "t", "targets": ("v", "u"), "length": 12, "horizon": 3}
    events = list(nd.train(design(Choice("series", params)), tmp_path / "run", seed=1))
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert ends[-1].validation["mae"] < ends[0].validation["mae"] < 3  # in deviations, not in hundreds
    found = nd.evaluate(tmp_path / "run")
    assert found.measures["skill_over_last"] > 0.5
    drawn = [
        preview for preview in found.previews if isinstance(preview, Curves) and "ahead" in preview.title
    ]
    assert 990 < min(drawn[0].lines[0].y) < max(drawn[0].lines[0].y) < 1010

    assert nd.export(tmp_path / "run", tmp_path / "m.onnx").verified
    held = Catalog.discover().dataset(Choice("series", params)).load()
    about = {entry.key: entry.value for entry in onnx.load(tmp_path / "m.onnx").metadata_props}
    unit = json.loads(about["netdesigner.target_scaling"])
    assert "raw = given * scale + shift" in about["netdesigner.usage"]
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    said = session.run(None, {session.get_inputs()[0].name: held.input})[0] * unit["scale"] + unit["shift"]
    rows = range(len(held.target) - found.count, len(held.target))
    off = np.abs(said - held.target)[list(rows)].mean()
    assert off == pytest.approx(found.measures["mae"], rel=1e-4)
