"""What the tests of saving do in a process of their own, which forks: killed savers, failing calls, racing windows.

    python -m tests.faults.saving kill FOLDER TRIES
    python -m tests.faults.saving calls FOLDER
    python -m tests.faults.saving race FOLDER TRIES

Each prints what it found as one line of JSON. A fork costs a few milliseconds where a start costs a few hundred, so
this process has no threads and loads no more than it needs.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from netdesigner.document import Design, dumps, load, save
from netdesigner.errors import FileError

SAVED, SAVED_UNCONFIRMED, REFUSED, BROKEN = 0, 1, 2, 3
"""How a saver ends that was not killed."""

CALLS = {
    "access", "close", "faccessat", "faccessat2", "fchmod", "fdatasync", "flock", "fstat", "fstatfs", "fsync",
    "getdents64", "getrandom", "ioctl", "link", "linkat", "lseek", "lstat", "newfstatat", "open", "openat", "read",
    "readlink", "rename", "renameat", "renameat2", "stat", "statfs", "unlink", "unlinkat", "write",
}  # fmt: skip


# -- Designs that know whether they are whole -------------------------------------------------------------------------


def numbered(number: int) -> Design:
    """Return a design with a number, some bulk, and the digest of both."""
    bulk = random.Random(number).randbytes(9_000).hex()
    return Design(title=f"{number} {digest(number, bulk)}", description=bulk)


def digest(number: int, bulk: str) -> str:
    return hashlib.sha256(f"{number} {bulk}".encode()).hexdigest()


def number_of(path: Path) -> int:
    """Return the number of the design in a file; -1 where it is not whole."""
    try:
        design = load(path)
        number, _, written = design.title.partition(" ")
        return int(number) if written == digest(int(number), design.description) else -1
    except (FileError, ValueError):
        return -1


def kept(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def left_beside(path: Path) -> list[str]:
    """Return the names in a file's folder that should not be there after a save."""
    return sorted(one.name for one in path.parent.iterdir() if one not in (path, kept(path)))


# -- Children ---------------------------------------------------------------------------------------------------------


def fork(work: Callable[[], int]) -> int:
    """Start a child that does something and ends with what that returns; return its process id."""
    child = os.fork()
    if child:
        return child
    status = BROKEN
    try:
        status = work()
    except Exception:  # noqa: BLE001 whatever it is, it is said, and counts as broken
        traceback.print_exc()
    finally:  # it must not go on as if it were the parent
        os._exit(status)


def end_of(child: int) -> int:
    """Wait for a child; return its status, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


# -- Killed at random -------------------------------------------------------------------------------------------------


def kill(folder: Path, tries: int) -> dict[str, Any]:
    """Kill a process that saves one numbered design after the other, again and again."""
    path = folder / "a.netdesign"
    begin, now = time.perf_counter(), 5
    for number in range(now + 1):
        save(numbered(number), path, backup=True)
    longest_s = time.perf_counter() - begin  # so that most are killed within a save, after none or a few
    wait = random.Random(0)
    found: Counter[str] = Counter()
    for _ in range(tries):
        receive, send = os.pipe()
        child = fork(lambda first=now + 1, send=send: save_on(path, first, send))
        os.close(send)
        time.sleep(wait.uniform(0, longest_s))
        os.kill(child, signal.SIGKILL)
        end_of(child)
        with os.fdopen(receive, "rb") as pipe:
            told = pipe.read().split()
        acknowledged = int(told[-1]) if told else now
        found["saved"] += len(told)
        found["within a save"] += bool(left_beside(path))
        now = number_of(path)
        found["lost"] += now not in (acknowledged, acknowledged + 1)
        found["copies lost"] += kept(path).exists() and number_of(kept(path)) not in (now - 1, now)
        if now < 0:
            break
    save(numbered(now + 1), path, backup=True)
    return {**found, "left": left_beside(path)}


def save_on(path: Path, number: int, send: int) -> int:
    while True:
        save(numbered(number), path, backup=True)
        os.write(send, f"{number} ".encode())
        number += 1


# -- Every call -------------------------------------------------------------------------------------------------------


def calls(folder: Path) -> dict[str, Any]:
    """Let each system call of a save fail once, and kill the process at each once."""
    log = folder / "log"
    _, status = traced(
        folder / "counted", ["-o", str(log), "-e", f"trace={','.join(f'?{c}' for c in sorted(CALLS))}"]
    )
    counts = Counter(re.findall(r"^(\w+)\(", log.read_text(), flags=re.MULTILINE))
    wrong = [] if status == SAVED else [f"an undisturbed save ended with {status}"]
    found: Counter[str] = Counter()
    for call, count in sorted(counts.items()):
        for turn in range(1, count + 1):
            for fault in (f"error={'ENOSPC' if call == 'write' else 'EIO'}", "signal=KILL"):
                case = f"{call}-{turn}-{fault.partition('=')[0]}"
                place = folder / case
                path, status = traced(place, ["-o", "/dev/null", "-e", f"inject={call}:{fault}:when={turn}"])
                fails = judge_error if fault != "signal=KILL" else judge_kill
                wrong += [f"{case}: {what}" for what in fails(path, status)]
                found["killed" if status < 0 else ("saved", "unconfirmed", "refused", "broken")[status]] += 1
    return {**found, "calls": sum(counts.values()), "names": sorted(counts), "wrong": wrong}


def traced(folder: Path, options: list[str]) -> tuple[Path, int]:
    """Save the second design over the first, through a link, under strace; return its file and how the saver ended."""
    folder.mkdir()
    path, link = folder / "designs" / "a.netdesign", folder / "link.netdesign"
    path.parent.mkdir()
    for number, file in ((0, kept(path)), (1, path)):
        file.write_text(dumps(numbered(number)), encoding="utf-8")
    link.symlink_to(path)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    design = numbered(2)

    def work() -> int:
        signal.sigwait({signal.SIGUSR1})
        try:
            return SAVED if save(design, link, backup=True, replaces=before).durable else SAVED_UNCONFIRMED
        except FileError:
            return REFUSED

    child = fork(work)
    with subprocess.Popen(
        ["strace", "-p", str(child), *options], stderr=subprocess.PIPE, text=True
    ) as strace:
        assert strace.stderr is not None
        said = strace.stderr.readline()
        os.kill(child, signal.SIGUSR1 if "attached" in said else signal.SIGKILL)
        status = end_of(child)
    assert "attached" in said, said
    return path, status


def judge_error(path: Path, status: int) -> list[str]:
    """Return what is wrong after a call failed: it was told and the file is the old one, or it was saved."""
    wanted = {SAVED: 2, SAVED_UNCONFIRMED: 2, REFUSED: 1}.get(status)
    if wanted is None:
        return [f"ended with {status}"]
    wrong = [] if number_of(path) == wanted else [f"ended with {status} and holds {number_of(path)}"]
    return wrong + judge_rest(path)


def judge_kill(path: Path, status: int) -> list[str]:
    """Return what is wrong after a kill: the file is the old or the new one, and the next save tidies up."""
    wrong = [] if status == -signal.SIGKILL else [f"ended with {status}"]
    if number_of(path) not in (1, 2):
        wrong.append(f"holds {number_of(path)}")
    save(numbered(2), path)
    return wrong + judge_rest(path)


def judge_rest(path: Path) -> list[str]:
    wrong = [f"left {left_beside(path)}"] if left_beside(path) else []
    if number_of(kept(path)) not in (0, 1):
        wrong.append(f"keeps {number_of(kept(path))}")
    if not (path.parent.parent / "link.netdesign").is_symlink():
        wrong.append("the link is none any more")
    return wrong


# -- Two windows ------------------------------------------------------------------------------------------------------


def race(folder: Path, tries: int) -> dict[str, Any]:
    """Let two windows open one design at one moment, kill the one that may write it, and let the other take over."""
    from netdesigner.parts import Catalog
    from netdesigner.session import Session
    from netdesigner.session.lock import Locks

    catalog, path = Catalog.discover(), folder / "a.netdesign"
    save(numbered(0), path)
    found: Counter[str] = Counter()

    def window(said: int, start: int, go: int) -> int:
        os.close(go)
        session = Session(catalog, locks=Locks(folder / "locks"))
        os.read(start, 1)
        session.open(path)
        os.write(said, b"r" if session.state.read_only else b"w")
        signal.sigwait({signal.SIGUSR1})
        session.take_over()
        session.save()
        return SAVED

    for _ in range(tries):
        start, go = os.pipe()
        pipes = [os.pipe() for _ in range(2)]
        children = [fork(functools.partial(window, said, start, go)) for _, said in pipes]
        os.close(go)  # both were waiting for this
        modes = [os.read(receive, 1) for receive, _ in pipes]
        writers = [child for child, mode in zip(children, modes, strict=True) if mode == b"w"]
        found["one writer"] += len(writers) == 1
        for child in writers:
            os.kill(child, signal.SIGKILL)
            end_of(child)
        for child in set(children) - set(writers):
            os.kill(child, signal.SIGUSR1)
            found["taken over"] += end_of(child) == SAVED
        for descriptor in (start, *(end for pipe in pipes for end in pipe)):
            os.close(descriptor)
    return {**found, "whole": number_of(path) == 0}


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})  # children wait for it and must not die of it
    verb, place, *numbers = sys.argv[1:]
    result = {"kill": kill, "calls": calls, "race": race}[verb](Path(place), *map(int, numbers))
    sys.stdout.write(json.dumps(result))
