"""Files are written by `document.atomic` and by nothing else, so that no crash leaves a piece of one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.test_sizes import PROGRAM, full_name, imported_names, name_of

WRITERS = {
    "io.FileIO",
    "numpy.save",
    "numpy.savetxt",
    "numpy.savez",
    "numpy.savez_compressed",
    "onnx.save",
    "onnx.save_model",
    "os.fdopen",
    "os.open",
    "os.rename",
    "os.replace",
    "os.truncate",
    "os.write",
    "safetensors.serialize_file",
    "safetensors.torch.save_file",
    "safetensors.torch.save_model",
    "shutil.copy",
    "shutil.copy2",
    "shutil.copyfile",
    "shutil.copytree",
    "shutil.move",
    "tempfile.NamedTemporaryFile",
    "tempfile.TemporaryDirectory",
    "tempfile.TemporaryFile",
    "tempfile.mkdtemp",
    "tempfile.mkstemp",
}
METHODS = {"write_text", "write_bytes", "touch", "hardlink_to", "symlink_to"}
QT = {"QFile", "QSaveFile", "QSettings", "QTemporaryFile"}

MAY_WRITE = re.compile(
    r"\bopen\(|write_|\bsave|tempfile|shutil|\bos\b|touch|link_to|FileIO|serialize|ZipFile|QFile|QS|QTemp"
)
"""What stands in every source that writes; most need not be parsed."""

ALLOWED = {
    # The writer, and what locks are held with; a lock holds no bytes but for its note.
    ("netdesigner/document/atomic.py", "os.open"),
    ("netdesigner/document/atomic.py", "os.write"),
    ("netdesigner/document/held.py", "os.open"),
    # The last words of a program that dies are written by the interpreter itself, into a file that is open by then.
    ("netdesigner/ui/watchdog.py", "os.open"),
    ("netdesigner/ui/watchdog.py", "os.truncate"),
    # A download grows beside its name, which it gets once it is whole and right.
    ("netdesigner/datasets/_download.py", "open('ab+')"),
    # Exported examples, which run where this program is not; here they are only read.
    ("netdesigner/evaluation/usage/made.py", "numpy.save"),
    ("netdesigner/evaluation/usage/network.py", "write_bytes"),
    ("netdesigner/evaluation/usage/vectors.py", "numpy.save"),
    # A log grows line by line; `training.log` says why.
    ("netdesigner/training/log.py", "open('ab')"),
    # Between processes: a note in a lock, a command behind the others, and what a process says that has no terminal.
    ("netdesigner/training/desk.py", "open('ab')"),
    ("netdesigner/training/lock.py", "os.open"),
    ("netdesigner/training/lock.py", "os.write"),
    ("netdesigner/training/process.py", "open('wb')"),
    # It writes where `document.atomic` tells it to.
    ("netdesigner/training/checkpoint.py", "safetensors.torch.save_file"),
    # A run that lies on another disk is copied whole before the first one goes.
    ("netdesigner/session/training.py", "shutil.copytree"),
    # Scratch files of an interpreter that tries a generated source, in a folder that goes with it.
    ("netdesigner/exporters/python/__init__.py", "tempfile.TemporaryDirectory"),
    ("netdesigner/exporters/python/run.py", "safetensors.torch.save_file"),
    ("netdesigner/exporters/python/trial_run.py", "open('wb')"),
    ("netdesigner/exporters/python/trial_run.py", "write_bytes"),
    ("netdesigner/exporters/python/trial_run.py", "write_text"),
    # Weights as a process of its own made them of a foreign file, in a folder that goes with it.
    ("netdesigner/training/weight_files/convert.py", "tempfile.TemporaryDirectory"),
    ("netdesigner/training/weight_files/unpickle.py", "safetensors.torch.save_file"),
    # It reads, without following a link.
    ("netdesigner/training/weight_files/onnx_file.py", "os.fdopen"),
    ("netdesigner/training/weight_files/onnx_file.py", "os.open"),
    # Points of curves that no file of the user's is made of: a file without a name, which goes with the program.
    ("netdesigner/ui/series.py", "tempfile.TemporaryFile"),
    # Pictures that were decoded, in a file without a name, which goes with the program.
    ("netdesigner/datasets/_kept.py", "tempfile.TemporaryFile"),
    # Pictures of the demo, which nobody would miss.
    ("netdesigner/ui/demo.py", "grab().save"),
}


def writers(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of everything in a source that writes a file."""
    if not MAY_WRITE.search(source):
        return
    tree = ast.parse(source)
    aliases = imported_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute) and full_name(node, aliases) in WRITERS:
            yield node.lineno, full_name(node, aliases)
        elif isinstance(node, ast.Name) and node.id in QT and node.id in aliases:
            yield node.lineno, node.id
        elif isinstance(node, ast.Call):
            yield from ((node.lineno, name) for name in writing_call(node))


def writing_call(call: ast.Call) -> Iterator[str]:
    """Yield the name of a call that writes: `open` and its like in a mode that does, and methods of paths."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ast.unparse(call.func)
    if isinstance(call.func, ast.Attribute) and name in METHODS:
        yield name
    if name in ("open", "ZipFile"):
        own = (
            isinstance(call.func, ast.Attribute) and name == "open"
        )  # a path's method has no path among its arguments
        given = [*call.args[0 if own else 1 :], *(one.value for one in call.keywords if one.arg == "mode")]
        modes = [one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        yield from (
            f"{name}({mode!r})" for mode in modes if set(mode) & set("wax+") and set(mode) <= set("wax+rbt")
        )
    if ast.unparse(call.func).endswith("grab().save"):
        yield "grab().save"


def test_only_the_one_writer_writes_files() -> None:
    found = {
        (name_of(path), name): line
        for path in PROGRAM
        for line, name in writers(path.read_text(encoding="utf-8"))
    }
    others = [f"{file}:{line} {name}" for (file, name), line in found.items() if (file, name) not in ALLOWED]
    assert not others, "document.atomic writes files"
    assert found.keys() >= ALLOWED, "something is allowed that is not there"


@pytest.mark.parametrize(
    "source",
    [
        "open('x', 'w')",
        "open('x', mode='ab')",
        "path.open('r+b')",
        "path.write_text('x')",
        "import os\nos.replace('a', 'b')",
        "from os import open as o\no('x', 2)",
        "import shutil\nshutil.copyfile('a', 'b')",
        "from safetensors.torch import save_file\nsave_file({}, 'x')",
        "import numpy as np\nnp.savez('x')",
        "from PySide6.QtCore import QSaveFile\nQSaveFile('x')",
        "import zipfile\nzipfile.ZipFile('x', 'w')",
        "ZipFile('x', mode='a')",
        "widget.grab().save('x.png')",
    ],
)
def test_what_writes_a_file_is_seen(source: str) -> None:
    assert list(writers(source))


@pytest.mark.parametrize(
    "source",
    [
        "open('x')",
        "zipfile.ZipFile('x')",
        "path.open('rb')",
        "path.open(encoding='utf-8')",
        "from dataclasses import replace\nreplace(x)",
        "painter.save()",
        "session.open(path)",
        "text.replace('a', 'w')",
    ],
)
def test_what_writes_no_file_is_left_alone(source: str) -> None:
    assert not list(writers(source))
