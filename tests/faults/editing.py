"""Sessions that edit at random, each in a process of its own, to be killed.

Run as a program it is a warm process without torch and Qt, which forks a session for each line that it reads: what to
do, the folder of the recovery, a file for the diary and a seed. It answers with the number of the process, and reads
on; `wait NUMBER` is answered once that process is gone.

A diary has a line for each edit: when it was done, in seconds of the monotonic clock, how much later than wanted the
process was woken for it, and the digest of the design; `clean` where nothing is unsaved.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import sys
import time
from pathlib import Path

from netdesigner.document import Design, dumps
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session.recovery import Recovery
from tests.flow.walker import Walker, start

CLEAN = "clean"
LONGEST_PAUSE_S = 0.12


def digest(design: Design) -> str:
    return hashlib.sha256(dumps(design).encode()).hexdigest()


def edit_for_ever(catalog: Catalog, folder: Path, diary: int, seed: int) -> None:
    """A session in which somebody works, with pauses, until it is killed."""
    chance = random.Random(seed)
    session = Session(catalog, Recovery(folder))
    session.new(start())
    walker = Walker(session, seed)
    late_s = 0.0
    while True:
        walker.step()
        done_s = time.monotonic()
        state = session.state
        line = f"{done_s!r} {late_s!r} {digest(state.design) if state.dirty else CLEAN}\n"
        os.write(diary, line.encode())
        pause_s = chance.random() * LONGEST_PAUSE_S
        begun = time.monotonic()
        time.sleep(pause_s)
        late_s = time.monotonic() - begun - pause_s


def restore_for_ever(catalog: Catalog, folder: Path, diary: int, seed: int) -> None:
    """A session that takes up what is offered and works on, until it is killed."""
    session = Session(catalog, Recovery(folder))
    recovery = session.recovery
    assert recovery is not None
    (work,) = recovery.found()
    os.write(diary, b"found\n")
    session.restore(work)
    walker = Walker(session, seed)
    while True:
        walker.step()
        if not session.state.dirty:  # work that was taken up is never clean: there is nothing to undo to
            os.write(diary, b"clean\n")
        recovery.flush()


def _say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


JOBS = {"edit": edit_for_ever, "restore": restore_for_ever}


def main() -> None:
    catalog = Catalog.discover()
    warm = Session(catalog)
    warm.new(start())
    for _ in range(50):  # what is imported late is imported once, here
        Walker(warm, 0).step()
    _say("warm")
    for line in sys.stdin:
        task = json.loads(line)
        if task["do"] == "wait":
            os.waitpid(task["pid"], 0)
            _say("gone")
            continue
        pid = os.fork()
        if pid == 0:
            diary = os.open(task["diary"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            JOBS[task["do"]](catalog, Path(task["folder"]), diary, task["seed"])
        _say(str(pid))


if __name__ == "__main__":
    main()
