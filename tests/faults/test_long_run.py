"""A day of events goes through the window: it holds every point, and no more memory, files or threads than before."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Found = Callable[[str], None]
ROOT = Path(__file__).parents[2]
MB = 1e6
ALLOCATOR_MB = 1
"""What Python and Qt may take and keep at any time."""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read as Linux tells it")
@pytest.mark.fault("events of a day through the window", tests=86_400, soak=864_000)
def test_a_day_of_events_leaves_memory_files_and_threads_as_they_were(
    tmp_path: Path, tries: int, found: Found
) -> None:
    """In a process of its own, for what other tests leave free would hide what is taken here."""
    words = [sys.executable, str(Path(__file__).with_name("long_run.py")), str(tmp_path), str(tries)]
    env = os.environ | {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    facts = json.loads(subprocess.check_output(words, env=env, text=True, timeout=3000))
    assert facts["points"] == facts["steps"] == tries
    assert facts["shown"] == f"epoch {tries // 100}/1000000"
    slope = facts["grown"] / MB / (facts["measured"] / 100_000)
    found(
        f"{slope:+.2f} MB per 100,000, {facts['grown'] / MB:+.1f} MB in all; {facts['per_s']:,.0f} events a second"
    )
    assert facts["grown"] < min(50, 1 * facts["measured"] / 100_000 + ALLOCATOR_MB) * MB
    assert facts["files"] <= facts["curves"]
    assert facts["threads"] <= 0
