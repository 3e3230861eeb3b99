"""Unsaved work outlives a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from netdesigner.document import Design, save
from netdesigner.session.recovery import Recovery


def _dead_pid() -> str:
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    return child.stdout.strip()


def _crashed(folder: Path, design: Design, path: Path | None) -> None:
    """Leaves behind what a killed program would."""
    recovery = Recovery(folder)
    recovery.note(design, path)
    recovery.flush()
    dead = _dead_pid()
    for suffix in (".netdesign", ".json"):
        recovery.file.with_suffix(suffix).rename(folder / f"{dead}{suffix}")


def test_work_of_a_killed_program_is_found_with_its_file(tmp_path: Path) -> None:
    _crashed(tmp_path, Design(title="lost"), Path("/somewhere/a.netdesign"))
    (found,) = Recovery(tmp_path).found()
    assert found.design == Design(title="lost")
    assert found.path == Path("/somewhere/a.netdesign")
    assert found.design.folder == Path("/somewhere")


def test_work_stays_on_offer_until_it_is_discarded(tmp_path: Path) -> None:
    _crashed(tmp_path, Design(title="lost"), None)
    recovery = Recovery(tmp_path)
    assert recovery.found() == recovery.found()
    recovery.discard(recovery.found()[0])
    assert recovery.found() == ()


def test_saved_work_is_not_kept(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    recovery.note(Design(title="a"), None)
    recovery.flush()
    assert recovery.file.exists()
    recovery.note(None, None)
    recovery.flush()
    assert list(tmp_path.iterdir()) == []


def test_the_newest_work_is_what_is_written(tmp_path: Path) -> None:
    recovery = Recovery(tmp_path)
    for number in range(20):
        recovery.note(Design(title=str(number)), None)
    recovery.flush()
    assert '"19"' in recovery.file.read_text("utf-8")
    recovery.close()


def test_work_of_a_running_program_and_damaged_files_are_left_alone(tmp_path: Path) -> None:
    save(Design(title="mine"), tmp_path / "1.netdesign")
    broken = tmp_path / f"{_dead_pid()}.netdesign"
    broken.write_text("{", "utf-8")
    assert Recovery(tmp_path).found() == ()
    assert broken.exists()
