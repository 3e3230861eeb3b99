"""What importing the window does to `import` itself."""

from __future__ import annotations

import subprocess
import sys


def test_qt_reads_no_source_of_modules_that_are_imported_after_it() -> None:
    program = (
        "import linecache, netdesigner.ui\n"
        "import netdesigner.ui.theme, fractions\n"
        "from PySide6.QtWidgets import QWidget\n"
        "print([name for name in linecache.cache if 'fractions' in name or 'theme' in name])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_the_window_is_there_before_torch_and_its_like_are_loaded() -> None:
    program = (
        "import sys, netdesigner.app, netdesigner.ui.main_window\n"
        "print([name for name in ('torch', 'numpy', 'scipy', 'sklearn', 'onnx', 'pyqtgraph') if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
