"""What is refused before anything is read, built or written, and what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netdesigner.document import Choice, Design, Settings
from netdesigner.errors import TrainingError
from netdesigner.parts import Catalog
from netdesigner.session.builder import Builder
from netdesigner.session.training import export_model, train


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


@pytest.fixture(scope="module")
def design(catalog: Catalog) -> Design:
    net = Builder(catalog=catalog)
    net.Output(net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), out_features=10))
    return net.design(data="digits", task="classification", epochs=1)


def test_training_is_refused_with_what_the_check_says_and_leaves_nothing(
    catalog: Catalog, design: Design, tmp_path: Path
) -> None:
    bad = replace(design, training=Settings(Choice("SGD", {"momentum": 2}), values={"epochs": "many"}))
    with pytest.raises(TrainingError, match=r"^training: epochs: 'many'.* \(1 more\)$"):
        train(bad, catalog, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_settings_of_the_training_do_not_keep_a_model_from_being_exported(
    catalog: Catalog, design: Design, tmp_path: Path
) -> None:
    bad = replace(design, training=Settings(values={"epochs": "many"}), task=Choice("clasification"))
    proof = export_model(bad, catalog, Choice("safetensors"), tmp_path / "model.safetensors")
    assert proof.verified
