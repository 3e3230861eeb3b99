"""A program that is killed at any moment loses at most a second of edits, and what was rescued stays rescued."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from netdesigner.document import Design
from netdesigner.session.recovery import Recovery
from tests.faults.conftest import Found
from tests.faults.editing import CLEAN, digest
from tests.flow.walker import start
from tests.session.crash import crash

ROOT = Path(__file__).parents[2]
PROMISE_S = 1.0
AT_ONCE = 25
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="sessions are forked from one warm process")


class Sessions:
    """The warm process that forks sessions."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.editing"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._answer() == "warm"

    def _answer(self) -> str:
        assert self._server.stdout is not None
        return self._server.stdout.readline().strip()

    def _ask(self, **task: object) -> str:
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(task) + "\n")
        self._server.stdin.flush()
        return self._answer()

    def begin(self, do: str, folder: Path, diary: Path, seed: int) -> int:
        return int(self._ask(do=do, folder=str(folder), diary=str(diary), seed=seed))

    def kill(self, pid: int) -> float:
        """Ends a session without a word, and tells when."""
        killed_s = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        assert self._ask(do="wait", pid=pid) == "gone"
        return killed_s

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait(30)
        self._server.stdout.close()


@pytest.fixture(scope="module")
def sessions() -> Iterator[Sessions]:
    made = Sessions()
    yield made
    made.close()


def edits_of(diary: Path) -> list[tuple[float, float, str]]:
    """When each edit was done, how late its process was woken for it, and what the design was then."""
    lines = diary.read_text("utf-8").splitlines(keepends=True)
    words = [line.split() for line in lines if line.endswith("\n")]
    return [(float(done_s), float(late_s), design) for done_s, late_s, design in words]


def offered(folder: Path) -> list[Design]:
    recovery = Recovery(folder)
    designs = [recovery.design_of(work) for work in recovery.found()]
    assert not recovery.damaged
    recovery.close()
    return designs


def lost_after(folder: Path, diary: Path, killed_s: float) -> tuple[float, float]:
    """How old the oldest edit is that is lost, in seconds, and how long the busy machine kept its process waiting."""
    edits = edits_of(diary)
    works = offered(folder)
    assert len(works) <= 1
    kept = digest(works[0]) if works else CLEAN
    late_s = max((late for _, late, _ in edits), default=0.0)
    known = [number for number, (_, _, design) in enumerate(edits) if design == kept]
    if known:
        lost = edits[known[-1] + 1 :]
    elif kept == CLEAN or kept == digest(start()):
        lost = edits
    else:  # the last edit of all, which was killed before it stood in the diary
        lost = []
    return (killed_s - lost[0][0] if lost else 0.0), late_s


@pytest.mark.fault("kill -9 after random edits: edits older than 1 s lost", tests=50, soak=500)
def test_a_kill_loses_at_most_a_second_of_edits(
    sessions: Sessions, tries: int, found: Found, tmp_path: Path
) -> None:
    chance = random.Random(5)
    oldest, too_old, edits = 0.0, 0, 0
    for first in range(0, tries, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, tries))
        ends = sorted((chance.uniform(0.05, 2.2), number) for number in numbers)
        begun = time.monotonic()
        running = {
            number: sessions.begin("edit", tmp_path / f"{number}", tmp_path / f"{number}.diary", number)
            for number in numbers
        }
        for after_s, number in ends:
            time.sleep(max(0.0, begun + after_s - time.monotonic()))
            killed_s = sessions.kill(running[number])
            diary = tmp_path / f"{number}.diary"
            if not diary.exists():
                continue
            edits += len(edits_of(diary))
            age_s, late_s = lost_after(tmp_path / f"{number}", diary, killed_s)
            oldest = max(oldest, age_s)
            # Where nobody was woken in time, the writer was not either: a busy machine is not what is judged here.
            too_old += age_s > PROMISE_S + 2 * late_s
    found(
        f"{too_old} of {tries} lost older ones; of {edits:,} edits the oldest lost one was {oldest:.2f} s old"
    )
    assert edits > 5 * tries
    assert too_old == 0


@pytest.mark.fault("kill -9 while or after work is restored, again and again", tests=20, soak=500)
def test_restored_work_is_offered_after_each_further_crash(
    sessions: Sessions, tries: int, found: Found, tmp_path: Path
) -> None:
    chance = random.Random(6)
    folder, diary = tmp_path / "recovery", tmp_path / "diary"
    first = Recovery(folder)
    first.note(start(), None)
    first.flush()
    crash(first)
    again = 0
    for number in range(tries):
        before = diary.read_text().count("found") if diary.exists() else 0
        pid = sessions.begin("restore", folder, diary, number)
        while not diary.exists() or diary.read_text().count("found") == before:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.03)
        sessions.kill(pid)
        again += len(offered(folder)) == 1
    assert "clean" not in diary.read_text()
    found(f"{again} of {tries} offered again")
    assert again == tries
