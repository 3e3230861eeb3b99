"""What `make run` does without a screen: the main job through the real window, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import onnx
import pytest

from netdesigner.document import load


@pytest.mark.timeout(400)
def test_without_a_screen_the_main_job_is_played_and_leaves_what_it_promises(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    words = [sys.executable, "-m", "netdesigner", "--demo", str(folder)]
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=380)
    assert ended.returncode == 0, ended.stderr
    assert "no screen" in ended.stdout
    assert "verified" in ended.stdout
    assert "Traceback" not in ended.stderr
    for name in ("window-training.png", "canvas.png", "curves.png", "window-evaluation.png", "export.png"):
        assert (folder / name).stat().st_size > 5000, name
    onnx.checker.check_model(onnx.load(folder / "cnn-digits.onnx"), full_check=True)
    assert load(folder / "cnn-digits.netdesign").title
    assert str(tmp_path).encode() not in (folder / "cnn-digits.onnx").read_bytes()


def test_a_window_without_a_screen_is_refused_in_one_line(tmp_path: Path) -> None:
    hidden = {"DISPLAY", "WAYLAND_DISPLAY"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    words = [sys.executable, "-m", "netdesigner"]
    ended = subprocess.run(words, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    assert len(ended.stderr.splitlines()) == 1
    assert "no screen" in ended.stderr
