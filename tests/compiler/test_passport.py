from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import netdesigner
from netdesigner.compiler.passport import passport_of, program
from netdesigner.document import Choice
from netdesigner.parts import DataSpec, Model, TensorSpec
from netdesigner.parts.dataset import Unit
from tests.compiler.designs import DESIGNS, model_of


def test_it_says_what_a_reader_needs() -> None:
    data = DataSpec(TensorSpec(("N", 64)), TensorSpec(("N",), "int64"), ("no", 'yes, "so"'))
    scaling = {"shift": [0.5], "scale": [2.0], "axis": 1}
    found = passport_of(model_of(DESIGNS["mlp"], data=data, scaling=scaling, trained=True))
    assert json.loads(found["netdesigner.classes"]) == ["no", 'yes, "so"']
    assert json.loads(found["netdesigner.scaling"]) == scaling
    assert json.loads(found["netdesigner.inputs"]) == [
        {"name": "pixels", "shape": ["N", 64], "dtype": "float32"}
    ]
    assert found["netdesigner.trained"] == "true"
    assert found["netdesigner.title"] == "Digits"
    assert found["netdesigner.program"] == program() == f"netdesigner {netdesigner.__version__}"


def test_it_says_what_was_learned_with_all_settings() -> None:
    design = replace(DESIGNS["mlp"], task=Choice("classification"))
    data = DataSpec(TensorSpec(("N", 64)), TensorSpec(("N",), "int64"), ("no", "yes"))
    found = passport_of(replace(model_of(DESIGNS["mlp"], data=data), design=design))
    assert json.loads(found["netdesigner.task"]) == {"kind": "classification"}
    assert "netdesigner.task" not in passport_of(model_of(design))


def test_it_says_how_what_was_learned_of_scaled_targets_becomes_raw() -> None:
    shapes = TensorSpec(("N", 64)), TensorSpec(("N", 3, 2))
    data = DataSpec(*shapes, targets=("u", "v"), ahead=True, unit=Unit((1.0, 2.0), (3.0, 4.0)))
    found = passport_of(model_of(DESIGNS["mlp"], data=data))
    assert json.loads(found["netdesigner.target_scaling"]) == {"shift": [1.0, 2.0], "scale": [3.0, 4.0]}


def test_it_says_nothing_of_where_the_data_lay() -> None:
    design = replace(DESIGNS["mlp"], data=Choice("csv", {"path": str(Path.home() / "secret.csv")}))
    model: Model = model_of(DESIGNS["mlp"])
    assert "secret" not in "".join(passport_of(replace(model, design=design)).values())


def test_it_says_nothing_of_where_weights_lay() -> None:
    task = Choice("distillation", {"teacher": str(Path.home() / "secret.safetensors"), "weight": 0.5})
    data = DataSpec(TensorSpec(("N", 64)), TensorSpec(("N",), "int64"), ("no", "yes"))
    design = replace(DESIGNS["mlp"], task=task)
    found = passport_of(replace(model_of(DESIGNS["mlp"], data=data), design=design))
    assert json.loads(found["netdesigner.task"])["weight"] == 0.5
    assert "secret" not in "".join(found.values())


def test_another_design_has_another_hash() -> None:
    first, second = (
        passport_of(model_of(DESIGNS[name]))["netdesigner.design"] for name in ("mlp", "residual")
    )
    assert first != second
