"""Processes that work on a run, at a small part of the price of one that has to load torch first.

`scripted` starts one that makes up its steps: what is tested is who follows it. `Nursery` starts the program's own
worker, which trains, in copies of a process that has loaded everything already.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def start(words: Sequence[str], output: Path, **given: Any) -> subprocess.Popen[bytes]:
    """Start one of the processes below, apart from this one, as the program does."""
    with output.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-P", __file__, *words],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stderr=file,
            start_new_session=True,
            **{"stdin": subprocess.DEVNULL, "stdout": file, **given},
        )


def scripted(
    run: Path, command: Sequence[str] = (), variables: Mapping[str, str] | None = None, *, how: str = "train"
) -> subprocess.Popen[bytes]:
    """Start a process that makes up a run, as `start_process` starts the one that trains.

    Args:
        run: the run's folder, whose desk is laid.
        command: of the process it stands for.
        variables: of the same.
        how: "train" until it is told to stop, or a way to end badly.
    """
    return start([how, str(run), *(["resume"] if "--resume" in command else [])], run / "process/output.txt")


class Nursery:
    """Starts the program's own worker without the time that loading torch takes."""

    def __init__(self, folder: Path) -> None:
        self._mother = start(
            ["nursery"], folder / "nursery.txt", stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._ask({"ready": True}) == "ready"

    def start_process(
        self, run: Path, command: Sequence[str], variables: Mapping[str, str] | None = None
    ) -> Child:
        """Start the worker of a command line as a copy of the process that is there."""
        words = command[command.index("netdesigner.session.worker") + 1 :]
        return Child(self, self._ask({"words": list(words), "output": str(run / "process/output.txt")}))

    def code_of(self, pid: int) -> int | None:
        return self._ask({"code_of": pid})

    def close(self) -> None:
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.close()
        self._mother.wait()
        self._mother.stdout.close()

    def _ask(self, what: Mapping[str, Any]) -> Any:
        assert self._mother.stdin is not None
        assert self._mother.stdout is not None
        self._mother.stdin.write(json.dumps(what).encode() + b"\n")
        self._mother.stdin.flush()
        return json.loads(self._mother.stdout.readline())


class Child:
    """A copy, which answers as `Popen` does to who asks whether it lives."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self.pid = pid
        self._nursery = nursery
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            self._code = self._nursery.code_of(self.pid)
        return self._code


# -- What the processes do --------------------------------------------------------------------------------------


def mother() -> None:
    """Load everything; then fork a worker for each line, or say how one ended."""
    import sklearn.datasets
    import sklearn.metrics
    import torch._dynamo  # the first optimizer does, for longer than all the rest

    import netdesigner.compiler
    from netdesigner.session import worker
    from netdesigner.training import loop

    del sklearn, netdesigner, loop
    torch.set_num_threads(1)
    for line in sys.stdin:
        asked = json.loads(line)
        answer: Any = "ready"
        if "code_of" in asked:
            pid, status = os.waitpid(asked["code_of"], os.WNOHANG)
            answer = os.waitstatus_to_exitcode(status) if pid else None
        elif "words" in asked:
            answer = os.fork()
            if not answer:
                os.setsid()
                output = os.open(asked["output"], os.O_WRONLY | os.O_CREAT)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                os.dup2(output, 1)
                os.dup2(output, 2)
                os._exit(worker.main(asked["words"]))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def make_up(how: str, run: Path, resume: bool) -> None:
    """Work on a run without training anything."""
    from netdesigner.training.control import Control
    from netdesigner.training.desk import working
    from netdesigner.training.events import Failed, Finished, Paused, Preparing, Resumed, Started, Steps
    from netdesigner.training.log import Log

    control = Control()
    with working(run, control, detached=True) as before:
        before.write(Preparing("Making up data"))
        if how == "refuse":
            before.write(Failed("the data are gone", advice=("Bring them back.",)))
            return
        step = 40 if resume else 0
        (run / "checkpoint-last").mkdir(exist_ok=True)
        (run / "checkpoint-last" / "state.json").write_text("{}")
        log = Log(run)
        log.write(
            Started(str(run), "cpu", 1000, 10, 3, {"train": 10}, resumed_step=step, task="classification")
        )
        held = False
        while not control.stopping or how == "deaf":
            if control.holds:
                held = True
                log.write(Paused(step))
            if control.asked and how != "deaf":
                control.wait()
            if held and not control.paused:
                held = False
                log.write(Resumed(step))
            step += 1
            log.write(Steps(step, 1 + step // 10, {"loss": (1 / step,)}, (0.1,), seconds=step / 100))
            time.sleep(0.002)
            if how not in {"train", "deaf"} and step == 50:
                end_badly(how)
        log.write(Finished("stopped", step // 10, step, 0, 0.0, step / 100, str(run)))
        log.close()


def end_badly(how: str) -> None:
    """End as a process does that has no time to say so."""
    if how == "segfault":
        import faulthandler

        faulthandler.enable()
        os.kill(os.getpid(), 11)
    if how == "memory":
        sys.stderr.write("Traceback (most recent call last):\nMemoryError: no room for 3 GB\n")
        sys.stderr.flush()
        os._exit(3)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1] == "nursery":
        mother()
    else:
        make_up(sys.argv[1], Path(sys.argv[2]), "resume" in sys.argv)
