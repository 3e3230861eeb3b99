"""Runs of other processes at the command line: start one that needs no terminal, list them, stop one."""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from netdesigner.cli.text import counted
from netdesigner.document import Design
from netdesigner.errors import CancelledError, NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.training.events import Failed, Finished, Started
from netdesigner.training.process import ProcessHost
from netdesigner.training.runs import RunInfo, list_runs, running_run

__all__ = ["runs", "start_detached", "stop", "what_is_left"]

_NEWS = (Started, Finished, Failed)
_PATIENCE_S = 10.0
_PAUSE_S = 0.05
_STATES = {
    "done": "finished",
    "early": "finished early",
    "unfinished": "cut off",
}


def start_detached(
    design: Design, catalog: Catalog, run: Path, device: str, resume: Path | None, as_json: bool
) -> None:
    """Starts a run in a process of its own and leaves it once it goes, or still reads its data after some seconds.

    Its folder is printed.

    Raises:
        NetDesignerError: it cannot be started, or it refused to begin.
        CancelledError: it was stopped before it was left, by Ctrl-C or from elsewhere.
    """
    from netdesigner.cli.console import why
    from netdesigner.session.training import detach

    if resume is not None and resume.resolve() != run.resolve():
        raise NetDesignerError("with --detach a run is gone on with in its own folder; leave --run out")
    run.mkdir(parents=True, exist_ok=True)
    host = detach(design, catalog, run, device, go_on=resume is not None)
    until = time.monotonic() + _PATIENCE_S
    try:
        events = host.drain()
        while not any(isinstance(event, _NEWS) for event in events) and time.monotonic() < until:
            time.sleep(_PAUSE_S)
            events += host.drain()
    except KeyboardInterrupt:  # which its process does not hear
        host.stop()
        host.join()
        raise CancelledError(what_is_left(host.run)) from None
    end = next((event for event in events if isinstance(event, Finished | Failed)), None)
    if end is None:
        host.leave()
    host.join()
    if isinstance(end, Failed):
        raise NetDesignerError(why(end))
    if end is not None and end.reason == "stopped":
        raise CancelledError(what_is_left(host.run))
    print(json.dumps({"run": str(host.run)}) if as_json else host.run)


def what_is_left(run: Path) -> str:
    """What a run that was stopped leaves, and how to go on with it."""
    if not run.is_dir():
        return "training was stopped before its first step; nothing was kept"
    return f"training was stopped; go on with: netdesigner train --resume {shlex.quote(str(run))}"


def runs(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="a design file (.netdesign)")],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for machines")] = False,
) -> None:
    """List the runs of a design: how each ended, or that it is being trained."""
    for line in _lines(file, as_json):
        print(line)


def stop(
    source: Annotated[
        Path,
        typer.Argument(metavar="RUN|FILE", help="the folder of a run, or a design that is being trained"),
    ],
) -> None:
    """Stop a run that trains elsewhere: it saves, and can be gone on with."""
    from netdesigner.cli.console import why

    end = _end_run(source)
    if isinstance(end, Failed):
        raise NetDesignerError(why(end))
    if end is not None:
        print(what_is_left(Path(end.run)) if end.reason == "stopped" else "training had just finished")


def _end_run(source: Path) -> Finished | Failed | None:
    """Stops a run that another process trains, and waits until it has saved and that process is gone.

    Args:
        source: the run's folder, or a design file, whose newest run in progress is meant.

    Raises:
        NetDesignerError: it is not being trained.
    """
    from netdesigner.session.training import attach

    run = source if source.is_dir() else running_run(source)
    if run is None:
        _refuse_missing(source)
        raise NetDesignerError(f"{source}: no run of this design is being trained")
    host: ProcessHost = attach(run)
    host.stop()
    host.join()
    return next((event for event in reversed(host.drain()) if isinstance(event, Finished | Failed)), None)


def _lines(file: Path, as_json: bool) -> Iterator[str]:
    """The runs beside a design's file, the oldest first."""
    if file.is_dir():
        raise NetDesignerError(f"{file}: a folder; name the design file whose runs are meant")
    infos = list_runs(file)
    if not infos:
        _refuse_missing(file)
    if as_json:
        yield json.dumps({"runs": [_facts(info) for info in infos]}, ensure_ascii=False)
    elif not infos:
        yield f"{file}: no runs yet"
    else:
        yield from _aligned([_cells(info) for info in infos])


def _refuse_missing(file: Path) -> None:
    """A name with a slip in it must not be answered as a design that was never trained."""
    if not file.exists():
        raise NetDesignerError(f"{file}: there is no such file, and there are no runs beside it")


def _facts(info: RunInfo) -> dict[str, Any]:
    names = ("name", "state", "epochs", "steps", "best_epoch", "monitor", "best_value", "seconds", "message")
    return {**{name: getattr(info, name) for name in names}, "run": str(info.path)}


def _cells(info: RunInfo) -> tuple[str, ...]:
    best = f"best {info.monitor} {info.best_value:.4f} in epoch {info.best_epoch}" if info.best_epoch else ""
    return (
        _STATES.get(info.state, info.state),
        counted(info.epochs, "epoch"),
        best,
        str(info.path),
        info.message,
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
