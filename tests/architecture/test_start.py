"""The heavy libraries wait until they are needed: torch for the first build, Qt for the window."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WALK_THE_SHELF = (
    "from netdesigner.parts.catalog import Catalog; found = Catalog.discover(); "
    "assert all(len(family) for family in vars(found).values() if family is not found.plugins)"
)


HEAVY = {"torch", "PySide6", "onnx", "pandas", "sklearn", "importlib.metadata"}


def loaded_after(statement: str, modules: set[str]) -> set[str]:
    """Return which of some modules a fresh Python has loaded after a statement."""
    code = f"import sys\n{statement}\nprint(*{modules} & sys.modules.keys())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def heavy_after(statement: str) -> set[str]:
    return loaded_after(statement, HEAVY)


@pytest.mark.parametrize(
    "statement",
    [
        "import netdesigner",
        "import netdesigner.errors, netdesigner.document, netdesigner.parts, netdesigner.checks",
        WALK_THE_SHELF,
        "import netdesigner.cli",
    ],
)
def test_designing_needs_neither_torch_nor_qt(statement: str) -> None:
    assert not heavy_after(statement)


@pytest.mark.skipif(sys.platform == "win32", reason="there torch must be imported before Qt")
@pytest.mark.parametrize(
    "statement", ["import netdesigner.session", "import netdesigner.ui", "import netdesigner.app"]
)
def test_the_window_opens_before_torch_is_loaded(statement: str) -> None:
    assert heavy_after(f"{WALK_THE_SHELF}; {statement}") <= {"PySide6"}


def test_the_session_needs_no_qt() -> None:
    assert "PySide6" not in heavy_after("import netdesigner.session")


def test_a_design_of_pictures_does_not_wait_for_what_reads_tables() -> None:
    sample = "from netdesigner.session.gallery import open_template; design = open_template('cnn-digits')"
    check = "import netdesigner; report = netdesigner.check(design); assert not report.problems"
    tables = {"netdesigner.datasets.tables"}
    assert not loaded_after(f"{sample}; {check}", tables)
    assert loaded_after(WALK_THE_SHELF, tables)


THE_WINDOW = """
from netdesigner.ui.application import make_application
application = make_application(offscreen=True)
from netdesigner.app import make_session, make_window
from netdesigner.session.gallery import SAMPLE, open_template
session = make_session()
session.new(open_template(SAMPLE))
window = make_window(session)
window.show()
application.processEvents()
"""
LATER = {
    "concurrent.futures",
    "datetime",
    "hashlib",
    "html",
    "netdesigner.checks.clash",
    "netdesigner.losses.margin",
    "netdesigner.session.ways_on",
    "netdesigner.training",
    "netdesigner.ui.canvas.menu",
    "netdesigner.ui.canvas.rename_box",
    "netdesigner.ui.fault_report",
    "netdesigner.ui.fields.form",
    "netdesigner.ui.gestures.drag_number",
    "netdesigner.ui.gestures.drop",
    "netdesigner.ui.gestures.move",
    "netdesigner.ui.gestures.resize",
    "netdesigner.ui.inspector_node",
    "netdesigner.ui.inspector_nodes",
    "secrets",
}


def test_the_sample_is_seen_before_anything_is_loaded_that_needs_a_hand_or_a_fault() -> None:

    assert not loaded_after(THE_WINDOW, LATER)
    assert all(find_spec(name) for name in LATER)
