"""What is done with a design beyond editing it: train it, judge a run.

The same functions serve the window, the command line and Python. Torch is imported inside them, on the thread that
calls them.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from netdesigner.checks import Report, check
from netdesigner.document import Design, Graph, load, save
from netdesigner.document.atomic import write_atomically
from netdesigner.errors import DesignFileError, FileError, TrainingError
from netdesigner.parts import (
    Catalog,
    DataSpec,
    Progress,
    Samples,
    TrainingSettings,
    no_progress,
    plugins,
)
from netdesigner.parts.paths import relocated
from netdesigner.training.control import Control
from netdesigner.training.desk import Desk, working
from netdesigner.training.events import Event
from netdesigner.training.host import Host, ThreadHost
from netdesigner.training.previews import previews_of
from netdesigner.training.process import ProcessHost, start_process
from netdesigner.training.runs import TrainedRun, can_go_on, has_weights, list_runs, load_run, new_run

if TYPE_CHECKING:
    from torch import nn

    from netdesigner.compiler import Compiled
    from netdesigner.evaluation import Evaluation
    from netdesigner.session.session import Session
    from netdesigner.training.range_test import RangeTest
    from netdesigner.training.setup import Build, Setup

__all__ = [
    "attach",
    "detach",
    "evaluate_run",
    "find_rate",
    "kept_weights",
    "leave_a_core",
    "move_runs",
    "newest_previews",
    "newest_run",
    "run_folder_for",
    "start",
    "train",
    "trained_network",
]


_MOST_PREVIEWED = 256
"""Samples that are looked at while a run goes on."""
_MOST_SHOWN = 10
"""Of these, the worst that are shown."""


def run_folder_for(path: Path | None) -> Path:
    """The file whose name the folder of runs takes: the design's own, or one in the user's data for an unsaved one."""
    if path is not None:
        return path
    folder = Path(platformdirs.user_data_dir("netdesigner", appauthor=False)) / "unsaved"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "untitled.netdesign"


def train(
    design: Design,
    catalog: Catalog,
    run: Path,
    *,
    samples: Samples | None = None,
    control: Control | None = None,
    device: str = "",
    resume: Path | None = None,
    progress: Progress = no_progress,
    held: bool = False,
) -> Iterator[Event]:
    """Trains a design; see `training.loop.train`. Other processes can follow it and tell it what to do meanwhile.

    Args:
        held: whether this process works on the run already (`training.desk.working`).

    Raises:
        TrainingError: the design has errors; nothing was read or made. With the first event: another process trains
            the run.
    """
    from netdesigner.training import loop

    _refuse_errors(check(design, catalog, samples.spec if samples is not None else None))
    control, run = control or Control(), run.absolute()  # for it is told to processes that stand elsewhere
    events = loop.train(
        design,
        catalog,
        _builder(design, catalog, device),
        run=run,
        samples=samples,
        control=control,
        device=device,
        resume=resume,
        progress=progress,
        show=_preview,
    )
    return events if held else _alone(run, control, events)


def find_rate(
    design: Design,
    catalog: Catalog,
    *,
    samples: Samples | None = None,
    device: str = "",
    progress: Progress = no_progress,
    **how: Any,
) -> RangeTest:
    """Looks for a learning rate by a range test; keeps nothing, and changes nothing of the design or its runs.

    Args:
        design, catalog, samples, device: as of `train`.
        progress: told how far it is; raises `CancelledError` where the user cancelled.
        how: steps, and the lowest and highest rate, as of `training.range_test.find_rate`.

    Raises:
        TrainingError: the design has errors, or the loss was never finite.
    """
    from netdesigner.training import range_test

    _refuse_errors(check(design, catalog, samples.spec if samples is not None else None))
    build = _builder(design, catalog, device)
    return range_test.find_rate(
        design, catalog, build, samples=samples, device=device, progress=progress, **how
    )


def _alone(run: Path, control: Control, events: Iterator[Event]) -> Iterator[Event]:
    """The events of a run on which nobody else works meanwhile."""
    with working(run, control):
        yield from events


def _preview(setup: Setup, progress: Progress) -> bytes:
    """Judges the networks of a run in training on some of the samples that are watched, or else that it learns from."""
    import numpy as np
    import torch

    from netdesigner.evaluation import evaluate
    from netdesigner.training.data import unscale

    prepared, size = setup.prepared, 2 * setup.settings.batch_size  # no more at once than validation takes
    part = "validation" if len(prepared.validation.target) else "train"
    portion = getattr(prepared, part)
    count = len(portion.target)
    rows = np.linspace(0, count - 1, min(count, size, _MOST_PREVIEWED)).astype(np.int64)
    pair = portion.take(torch.from_numpy(rows))
    inputs = pair.input.numpy()
    found = evaluate(
        setup.networks,
        inputs,
        pair.target.numpy(),
        setup.task,
        prepared.spec,
        part=part,
        batch_size=size,
        raw_inputs=unscale(inputs, prepared.scaling),
        images=setup.dataset.images,
        most=_MOST_SHOWN,
        progress=progress,
    )
    return found.to_json().encode("utf-8")


def _builder(design: Design, catalog: Catalog, device: str) -> Build:
    """Makes a network for training: held against the data, forecast to fit into memory, and tried on a batch."""

    def build(network: str, spec: DataSpec) -> nn.Module:
        from netdesigner.compiler import compile_design, forecast, probe, refuse_if_too_large
        from netdesigner.compiler.recompute import recompute
        from netdesigner.training.device import choose_device

        report = check(design, catalog, spec)
        _refuse_errors(report)
        settings = TrainingSettings.of(design.training, design.variables)
        slots = catalog.optimizer(design.training.optimizer, design.variables).slots + settings.copies
        again = settings.recompute
        needed = forecast(
            design, catalog, network, settings.batch_size, slots, report=report, recompute=again
        )
        refuse_if_too_large(needed, str(choose_device(device or settings.device)))
        compiled = compile_design(design, catalog, network, report, seed=settings.seed)
        probe(compiled)
        if again:
            recompute(compiled.module)
        return compiled.module

    return build


def _refuse_errors(report: Report) -> None:
    """Raises the first error of a report, where it has any."""
    if report.errors:
        first = report.errors[0]
        more = f" ({len(report.errors) - 1} more)" if len(report.errors) > 1 else ""
        raise TrainingError(f"{first.message}{more}", node=first.node)


def start(session: Session, device: str = "", resume: Path | None = None, detached: bool = False) -> Host:
    """Starts training the session's design, on a thread of its own or in a process of its own.

    Args:
        session: whose design, samples and file are used.
        device: "auto", "cpu", "cuda" or "mps"; "" takes what the design says.
        resume: a run to go on with.
        detached: in a process, which reads the data itself and outlives this program.

    Returns:
        The host, which is running. A run to go on with that another process trains is followed as it is.
    """
    design, samples, catalog = session.design, session.samples(), session.catalog
    if resume is not None and Desk(resume).worker() is not None:
        return attach(resume)
    run = resume or new_run(run_folder_for(session.state.path))
    if resume is None:
        session.note_run(run)
    if detached:
        return detach(design, catalog, run, device, go_on=resume is not None)

    def events(control: Control) -> Iterator[Event]:
        leave_a_core()
        return train(design, catalog, run, samples=samples, control=control, device=device, resume=resume)

    host = ThreadHost(events)
    host.start()
    return host


def detach(
    design: Design, catalog: Catalog, run: Path, device: str = "", *, go_on: bool = False
) -> ProcessHost:
    """Starts training a design in a process of its own, which outlives this one.

    Args:
        design: what is trained.
        catalog: where its parts are found; the process finds the same.
        run: the run's folder, which is there.
        device: "auto", "cpu", "cuda" or "mps"; "" takes what the design says.
        go_on: whether the run is gone on with.

    Raises:
        TrainingError: the run is being trained already.
        FileError: its folder cannot be written to.
    """
    run = run.absolute()
    if not go_on and (run / "events.jsonl").exists():
        raise TrainingError(f"{run} holds a run already; resume it or choose another folder")
    desk = Desk(run)
    desk.lay()
    save(relocated(design, catalog, desk.folder), desk.design)
    command = [sys.executable, "-P", "-m", "netdesigner.session.worker", str(run)]
    command += ["--device", device] if device else []
    command += ["--resume"] if go_on else []
    # It looks for modules where this program does, and never in the folder in which it happens to be started.
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(os.path.isabs, sys.path))}
    variables |= {plugins.VARIABLE: "1"} if catalog.plugins else {}
    host = ProcessHost(run, lambda: start_process(run, command, variables))
    host.start()
    return host


def attach(run: Path) -> ProcessHost:
    """Follows a run that another process trains, from where that process began.

    Raises:
        TrainingError: nobody trains it.
    """
    host = ProcessHost(run.absolute())
    host.start()
    return host


def move_runs(runs: Iterable[Path], design_path: Path) -> dict[Path, Path]:
    """Moves the folders of runs beside a design's file; one that is gone meanwhile is passed over.

    Returns:
        Where each lies now.

    Raises:
        FileError: one cannot be moved; it is still where it was.
    """
    moved = {}
    for run in runs:
        if run.is_dir():
            place = new_run(design_path, run.name)
            try:
                place.rmdir()
                _move(run, place)
            except OSError as error:
                raise FileError(
                    run, f"the run cannot be moved beside the design: {error.strerror or error}"
                ) from None
            moved[run] = place
    return moved


def _move(folder: Path, place: Path) -> None:
    """Moves a folder, to another disk too, where it gets its name when it is whole and only then goes here."""
    try:
        folder.rename(place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
    else:
        return
    part = place.with_name(f".{place.name}.new")
    try:
        shutil.copytree(folder, part)
        part.rename(place)
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


def leave_a_core() -> None:
    """Lets torch compute on all processors but one on the calling thread.

    The last one is the window's: where both want it, each step waits for the slowest of its threads, and training a
    small network under an open window took half as long again.
    """
    import torch

    torch.set_num_threads(max(1, _processors() - 1))


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def evaluate_run(
    path: Path, catalog: Catalog, progress: Progress = no_progress, which: str = ""
) -> Evaluation:
    """Judges a run's weights on the held-out part of its data, and keeps the result beside them.

    Args:
        path, catalog, which: the run and which of its weights, as of `load_run`.
        progress: told how far it is.

    Raises:
        NetDesignerError: the run or its data cannot be used.
    """
    from netdesigner.evaluation import evaluate
    from netdesigner.training.setup import networks_of

    trained = load_run(path, catalog, which)
    held_out = trained.held_out(lambda fraction, text: progress(0.4 * fraction, text))
    names = networks_of(trained.design, trained.task)
    networks = {role: trained_network(trained, catalog, name).module for role, name in names.items()}
    evaluation = evaluate(
        networks,
        held_out.input,
        held_out.target,
        trained.task,
        trained.spec,
        part=held_out.part,
        raw_inputs=held_out.raw,
        images=trained.dataset.images,
        learned=held_out.learned,
        progress=lambda fraction, text: progress(0.4 + 0.6 * fraction, text),
    )
    write_atomically(path / "evaluation.json", evaluation.to_json().encode("utf-8"))
    return evaluation


def kept_weights(run: Path) -> str:
    """Which weights a run keeps, "best" or "last"; "best" where its design cannot be read."""
    try:
        return TrainingSettings.kept_by(load(run / "design.netdesign").training)
    except DesignFileError:
        return "best"


def trained_network(trained: TrainedRun, catalog: Catalog, network: str) -> Compiled:
    """A run's network with its weights; the first of its design if none is named."""
    from netdesigner.compiler import compile_design

    compiled = compile_design(trained.design, catalog, network)
    trained.load_into(compiled.module, compiled.network)
    return compiled


def newest_previews(path: Path | None) -> Path | None:
    """The newest run of a design file that has previews to look at."""
    folder = run_folder_for(path)
    return next((info.path for info in reversed(list_runs(folder)) if previews_of(info.path)), None)


def newest_run(design: Design, path: Path | None) -> Path | None:
    """The newest run beside a design file that trained just this network and completed an epoch.

    Where none has, it is the newest that was stopped before and kept its weights.
    """
    runs = [info.path for info in reversed(list_runs(run_folder_for(path)))]
    tried = itertools.chain(filter(has_weights, runs), filter(can_go_on, runs))
    return next((run for run in tried if _trained_just(design, run)), None)


def _trained_just(design: Design, run: Path) -> bool:
    try:
        trained = load(run / "design.netdesign")
    except DesignFileError:
        return False
    return _computed(trained) == _computed(design)


def _computed(design: Design) -> object:
    """What the networks of a design are made from: not where nodes lie or what is noted of them."""
    networks = {name: _without_notes(network.graph) for name, network in design.networks.items()}
    blocks = {name: (_without_notes(block.graph), block.params) for name, block in design.blocks.items()}
    return networks, blocks, design.variables


def _without_notes(graph: Graph) -> Graph:
    return replace(graph, nodes={node_id: replace(node, note="") for node_id, node in graph.nodes.items()})
