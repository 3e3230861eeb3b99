"""Opening a stranger's design runs nothing, opens nothing else, and ends with a design or one error."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pytest

from tests.faults.conftest import Found
from tests.faults.hostile_designs import bases, designs, with_names
from tests.faults.watch import Watcher, faulty, verdict

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _written(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[Path]:
    folder.mkdir()
    paths = []
    for name, content in files:
        paths.append(folder / f"{name}.netdesign")
        paths[-1].write_bytes(content)
    return paths


@pytest.mark.fault("malformed designs under the audit hook", tests=1_000, soak=10_000)
def test_a_malformed_design_opens_or_is_refused(
    tries: int, found: Found, watcher: Watcher, tmp_path: Path
) -> None:
    seen = watcher.open("designs", _written(tmp_path / "files", designs(tries)), tmp_path)
    found(verdict(seen))
    assert len(seen) == tries
    assert not faulty(seen)


@pytest.mark.fault("malformed designs in the window", tests=50, soak=500)
def test_a_malformed_design_is_shown_as_plain_text(tries: int, found: Found, tmp_path: Path) -> None:
    some = islice(designs(20 * tries), 7, None, 20)
    files = _written(tmp_path / "files", some)
    canary = tmp_path / "canary.png"
    canary.write_bytes(PIXEL)
    named = [
        (f"names-{number}", with_names(text, canary).encode())
        for number, text in enumerate(islice(bases(), 4))
    ]
    files += _written(tmp_path / "names", named)
    with Watcher() as watcher:  # of its own: what a window does in between would be blamed on others
        seen = watcher.open("window", files, tmp_path, canary)
    found(verdict(seen))
    assert not faulty(seen)
    assert sum(each.outcome == "opened" for each in seen) > len(named)
