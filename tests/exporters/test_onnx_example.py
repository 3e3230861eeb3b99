"""The example of use beside an ONNX file: what it is made of, and that nobody's changes to it are lost."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdesigner.document import Choice
from netdesigner.exporters.onnx import Onnx
from netdesigner.exporters.onnx.example import example_of, example_path
from netdesigner.parts import DataSpec, TensorSpec
from tests.compiler.designs import CATALOG, DESIGNS, Sketch, model_of

PICTURES = DataSpec(TensorSpec(("N", 1, 8, 8)), TensorSpec(("N",), "int64"), ("a", "b"))
TEXTS = replace(PICTURES, input=TensorSpec(("N", 8), "int64"), tokens=("fill", "x"))
LIBRARIES = {"numpy", "onnxruntime", *sys.stdlib_module_names}
APART = """
import sys
for name in ("torch", "netdesigner", "PIL", "scipy"):
    sys.modules[name] = None  # as if it were not installed
import runpy
del sys.argv[0]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def each() -> Iterator[Any]:
    """What is run for each role of each task."""
    for kind, task in CATALOG.tasks.items():
        loss = CATALOG.losses[task.usual_loss]() if task.usual_loss else None
        for role in task.roles:
            for data in (PICTURES, TEXTS):
                yield pytest.param(task(loss=loss).example(role, data), id=f"{kind} {role} {data.input}")


@pytest.mark.parametrize("run", list(each()))
def test_an_example_stands_by_itself(run: Callable[[list[str]], None] | None, tmp_path: Path) -> None:
    model = replace(model_of(DESIGNS["mlp"]), example=run)
    example = example_of(model, tmp_path / "net.onnx")
    ((file, source),) = example.file.items()
    assert file == tmp_path / "net_onnx.py"
    tree = ast.parse(source)
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - LIBRARIES <= {"PIL"}, "of pictures only, where one is named"
    assert not any(isinstance(node, ast.ImportFrom) and node.module == "PIL" for node in tree.body)
    assert b"netdesigner." not in source.replace(b"`netdesigner.`", b"").replace(b'"netdesigner."', b"")
    compile(source, "example", "exec")


def test_it_runs_where_nothing_else_is_installed(tmp_path: Path) -> None:
    data = replace(PICTURES, classes=('o"ne', "zw\u00f6lf"))
    net = Sketch()
    x = net("Linear", net("Flatten", net("Input", shape=(1, 8, 8))), out_features=2)
    net("Output", x)
    model = replace(
        model_of(
            net.design(task=Choice("classification")),
            data=data,
            scaling={"shift": [3.0], "scale": [2.0], "axis": 1},
        ),
        example=CATALOG.tasks["classification"](loss=CATALOG.losses["CrossEntropyLoss"]()).example("", data),
    )
    path = tmp_path / "it's \u2028 \u00fc.onnx"
    proof = Onnx().write(model, path)
    assert "an example of its use: python" in proof.notes[-1]
    np.save(tmp_path / "given.npy", np.zeros((2, 1, 8, 8)))
    command = [sys.executable, "-P", "-X", "utf8", "-c", APART]
    said = subprocess.run(
        [*command, str(example_path(path)), str(tmp_path / "given.npy")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.count("given.npy, ") == 2
    assert "zw\u00f6lf (0." in said.stdout


def test_what_somebody_changed_is_left_alone(tmp_path: Path) -> None:
    path, model = tmp_path / "net.onnx", model_of(DESIGNS["mlp"])
    ((file, source),) = example_of(model, path).file.items()
    file.write_bytes(source)
    assert Onnx().files(path) == (path, file)
    assert example_of(model, path).file == {file: source}
    for changed in (source.replace(b"def main(", b"def mine("), b"", source + b"more = 1\n"):
        file.write_bytes(changed)
        assert Onnx().files(path) == (path,)
        example = example_of(model, path)
        assert example.file == {}
        assert example.note == "net_onnx.py was changed by hand or is something else; it is left as it is"


def test_an_example_can_be_done_without(tmp_path: Path) -> None:
    assert Onnx(example=False).files(tmp_path / "net.onnx") == (tmp_path / "net.onnx",)


def test_a_copy_of_the_program_without_its_source_writes_the_network_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_source(module: object) -> str:
        raise OSError("could not get source code")

    model = model_of(DESIGNS["mlp"])
    monkeypatch.setattr("netdesigner.compiler.copied.inspect.getsource", no_source)
    example = example_of(model, tmp_path / "net.onnx")
    assert not example.file
    assert "has no source to show" in example.note
