"""Opens files of strangers in a process of its own, which sees everything that Python does meanwhile.

A `Watcher` starts the process and hands it the files; `python -m tests.faults.watch` is that process. An opener of
`tests.faults.openers` warms up first, so that all that is imported late is there. Then the watch is armed: whatever
runs code, starts a program, opens a connection or opens a file that was not given is noted, as is how long each file
took and how much memory. A process that dies takes one file's blame, and another goes on with the next.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import faulthandler
import gc
import json
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
LONGEST_S = 4.0
"""Of computing, twice what is promised: on a machine that others use too, the same work takes longer."""
LARGEST_MB = 200.0
STUCK_S = 20

OPENED = "opened"
_READY = "ready"

_CODE = (
    "code.__new__",
    "compile",
    "ctypes.",
    "exec",
    "import",
    "marshal.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.system",
    "pickle.",
    "pty.",
    "socket.",
    "subprocess.",
    "urllib.",
    "webbrowser.",
    "winreg.",
)
"""How events begin that no opened file may cause."""

_PLACES = (
    "open",
    "os.listdir",
    "os.scandir",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.link",
    "os.symlink",
    "os.chmod",
)
"""Events that name a file or folder first."""

_ENCODINGS = (
    "ascii",
    "cp1252",
    "cp437",
    "idna",
    "latin-1",
    "unicode_escape",
    "utf-16",
    "utf-32",
    "utf-8-sig",
    "utf-16-be",
    "utf-16-le",
    "utf-32-be",
    "utf-32-le",
)
"""Python imports each when it first meets it."""

_OF_THE_MACHINE = ("/proc/meminfo", "/sys/fs/cgroup")
"""How much memory there is, which a forecast is held against."""

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


@dataclass(frozen=True)
class Seen:
    """What opening one file did.

    Attributes:
        file: its path.
        outcome: "opened", "refused: Type" with one of the program's own errors, or "raised Type: message".
        message: what the program said where it refused.
        seconds, megabytes: how long this process computed for it, and how much memory it took on top.
        events: what was noted that may not be.
    """

    file: str
    outcome: str
    message: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    events: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        """What is wrong with it, in words."""
        found = list(self.events)
        if not self.outcome.startswith((OPENED, "refused: ")):
            found.append(self.outcome)
        if self.outcome.startswith("refused") and not self.message.strip():
            found.append("refused without a word")
        if self.seconds > LONGEST_S:
            found.append(f"took {self.seconds:.1f} s")
        if self.megabytes > LARGEST_MB:
            found.append(f"took {self.megabytes:.0f} MB")
        return found


# ------------------------------------------------------------------------------------------------- the watched side


class Bait:
    """Files that nobody may touch; told by the system, so that it sees what C++ opens as well. On Linux only."""

    _OPEN, _ACCESS = 0x20, 0x1

    def __init__(self) -> None:
        self._told = -1

    def lay(self, paths: Sequence[str]) -> None:
        """These, and no longer those from before."""
        if self._told >= 0:
            os.close(self._told)
            self._told = -1
        if paths and sys.platform == "linux":
            system = ctypes.CDLL(None)
            self._told = system.inotify_init1(os.O_NONBLOCK)
            for path in paths:
                system.inotify_add_watch(self._told, os.fsencode(path), self._OPEN | self._ACCESS)

    def taken(self) -> bool:
        """Whether one was opened since this was last asked."""
        try:
            return self._told >= 0 and bool(os.read(self._told, 65_536))
        except BlockingIOError:
            return False


class Watch:
    """Notes events while it is armed.

    Attributes:
        events: what was noted since it was last armed.
        own: a folder in which anything may be read and written.
    """

    def __init__(self) -> None:
        self.events: list[str] = []
        self.own = Path()
        self._armed = False
        installed = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        places = (*installed, ROOT / "netdesigner", ROOT / "resources", *_OF_THE_MACHINE)
        self._program = [os.path.realpath(place) for place in places]
        self._given: tuple[str, ...] = ()
        sys.addaudithook(self._hear)

    @contextlib.contextmanager
    def on(self, *given: Path) -> Iterator[None]:
        """Watches; what is given may be read, a folder with all that is in it, and not written."""
        self.events = []
        self._given = tuple(os.path.realpath(path) for path in given)
        self._armed = True
        try:
            yield
        finally:
            self._armed = False

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._armed:
            return
        if event.startswith(_CODE):
            self._note(f"{event} {args[0] if args else ''!r}")
        elif event in _PLACES:
            self._look_at(event, args)

    def _look_at(self, event: str, args: tuple[Any, ...]) -> None:
        place = args[0]
        if isinstance(place, int):  # a descriptor that was opened before
            return
        path = os.path.realpath(os.fsdecode(place if place is not None else "."))
        writes = event not in ("open", "os.listdir", "os.scandir") or bool(
            event == "open" and isinstance(args[2], int) and args[2] & _WRITES
        )
        if _inside(path, [os.path.realpath(self.own)]) or (
            not writes and _inside(path, (*self._given, *self._program))
        ):
            return
        self._note(f"{event}{' for writing' if writes else ''} {path}")

    def _note(self, text: str) -> None:
        self._armed = False  # what is noted is not heard
        self.events.append(text[:200])
        self._armed = True


def _inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder + os.sep) for folder in folders)


def _resident(key: str) -> float:
    """This process's memory in MB: `VmRSS` now, `VmHWM` the most since it was last asked."""
    with Path("/proc/self/status").open(encoding="ascii") as file:
        return next((int(line.split()[1]) / 1024 for line in file if line.startswith(key)), 0.0)


def _forget_most() -> None:
    with contextlib.suppress(OSError), Path("/proc/self/clear_refs").open("w", encoding="ascii") as file:
        file.write("5")


def _limit_memory(megabytes: int) -> None:
    """What takes far more than it may fails here rather than take the machine down."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, hard))


def _open(opener: Callable[[Path], None], watch: Watch, path: Path) -> Seen:
    from netdesigner.errors import NetDesignerError

    gc.collect(0)
    _forget_most()
    before, start = _resident("VmRSS"), time.process_time()
    outcome, message = OPENED, ""
    faulthandler.dump_traceback_later(STUCK_S, exit=True)
    try:
        with watch.on(path):
            opener(path)
    except NetDesignerError as error:
        outcome, message = f"refused: {type(error).__name__}", str(error)
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        outcome = f"raised {type(error).__name__}: {error}"[:400]
        traceback.print_exc()
    seconds = time.process_time() - start
    faulthandler.cancel_dump_traceback_later()
    return Seen(str(path), outcome, message[:400], seconds, _resident("VmHWM") - before, watch.events)


def main() -> None:
    """Opens the files of each line that comes, and says what each did, line by line."""
    from tests.faults import openers

    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is not an answer
    for encoding in _ENCODINGS:
        codecs.lookup(encoding)
    watch, bait, warm = Watch(), Bait(), dict[str, openers.Opener]()
    for line in sys.stdin:
        asked = json.loads(line)
        name, watch.own = asked["opener"], Path(asked["own"])
        if name not in warm:
            warm[name] = openers.OPENERS[name](watch.own)
            warm[name].warm_up()
        _limit_memory(6_000)
        bait.lay(asked["bait"])
        out.write(f"{_READY}\n")
        out.flush()
        for file in asked["files"]:
            seen = _open(warm[name].open, watch, Path(file))
            if bait.taken():
                seen.events.append("the bait was opened")
            out.write(json.dumps(asdict(seen)) + "\n")
            out.flush()


# ------------------------------------------------------------------------------------------------- the watching side


class Watcher:
    """Has files opened by a process that lasts, since loading what opens them takes longer than they do."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="watched-")
        self._process: subprocess.Popen[str] | None = None
        self._troubles = (Path(self._place.name) / "troubles.txt").open("w", encoding="utf-8")
        self._heard = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._end()
        self._troubles.close()
        self._place.cleanup()

    def open(self, name: str, files: Sequence[Path], own: Path, *bait: Path) -> list[Seen]:
        """What opening each file did.

        Args:
            name: of an opener.
            files: are opened in their order.
            own: the folder where the opener may write.
            bait: files that nobody may touch, by whatever means.
        """
        waiting, found = [str(file) for file in files], []
        while waiting:
            process = self._process = self._process or self._start()
            asked = {"opener": name, "own": str(own), "bait": [*map(str, bait)], "files": waiting}
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            if process.stdout.readline().strip() != _READY:
                raise AssertionError(f"the opener did not warm up: {self._end()}")
            seen = [Seen(**json.loads(line)) for line in islice(process.stdout, len(waiting))]
            found += seen
            waiting = waiting[len(seen) :]
            if waiting:
                found.append(Seen(waiting.pop(0), f"died: {self._end()}"))
        sys.stderr.write(self._said())
        return found

    def _start(self) -> subprocess.Popen[str]:
        variables = {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.watch"],
            cwd=self._place.name,
            env=os.environ | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._troubles,
            text=True,
        )

    def _end(self) -> str:
        """Lets the process end; how it did."""
        assert self._process is not None
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()
        self._process = None
        return f"code {process.returncode}: {self._said()[-4_000:]}"

    def _said(self) -> str:
        """What the process complained of since this was last asked."""
        with Path(self._troubles.name).open(encoding="utf-8", errors="replace") as file:
            file.seek(self._heard)
            said = file.read()
            self._heard = file.tell()
        return said


def verdict(seen: Sequence[Seen]) -> str:
    """What many files did, in a line."""
    refused = sum(each.outcome.startswith("refused") for each in seen)
    slowest = max((each.seconds for each in seen), default=0.0)
    largest = max((each.megabytes for each in seen), default=0.0)
    return (
        f"{sum(each.outcome == OPENED for each in seen)} opened, {refused} refused, slowest {slowest:.2f} s, "
        f"most {largest:.0f} MB"
    )


def faulty(seen: Sequence[Seen]) -> list[str]:
    """The files that did what they may not, each with what."""
    return [f"{Path(each.file).name}: {'; '.join(each.faults)}" for each in seen if each.faults]


if __name__ == "__main__":
    main()
