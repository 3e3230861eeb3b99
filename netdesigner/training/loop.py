"""Training a design: one loop for every task, as a generator of events.

Here a run begins, is written down and ends, whatever happens on the way; `engine` holds the order of things inside.
Nothing here knows of a window, a terminal or a thread.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import torch

from netdesigner.document import Design, save
from netdesigner.document.atomic import write_atomically
from netdesigner.errors import CancelledError, FileError, TrainingError
from netdesigner.parts.catalog import Catalog
from netdesigner.parts.dataset import Progress, Samples, no_progress
from netdesigner.parts.paths import relocated
from netdesigner.training import checkpoint
from netdesigner.training.checkpoint import Saved
from netdesigner.training.compiled import compile_networks
from netdesigner.training.control import Control
from netdesigner.training.device import describe, forget, is_out_of_memory, release_memory
from netdesigner.training.diagnosis import explain_error, explain_no_memory, explain_not_finite
from netdesigner.training.engine import Engine
from netdesigner.training.events import Event, Failed, Finished, Warned
from netdesigner.training.log import FILE, Log
from netdesigner.training.previews import Show
from netdesigner.training.runs import DATA_FILE, DESIGN_FILE, data_to_json, spec_of
from netdesigner.training.setup import Build, Setup, set_up
from netdesigner.training.snapshot import Live
from netdesigner.training.update import NotFiniteError

__all__ = ["train"]


def train(
    design: Design,
    catalog: Catalog,
    build: Build,
    *,
    run: Path | None,
    samples: Samples | None = None,
    control: Control | None = None,
    resume: Path | None = None,
    device: str = "",
    progress: Progress = no_progress,
    show: Show | None = None,
) -> Iterator[Event]:
    """Trains a design's networks.

    A run that started ends with `Finished` or `Failed`, and its folder holds what can be gone on with. A listener that
    stops listening (`close`) stops the run in the same way. One stopped while the data are read has no `Started`.

    Args:
        design: what is trained, with its data, task and settings.
        catalog: where its parts are found.
        build: makes the module of a network, by its name, for data that look like this.
        run: the run's folder, which is made; None keeps nothing.
        samples: the data, where they are read already; they are read again where their files changed since.
        control: pauses and stops the run.
        resume: the folder of a run to go on with; it may be `run` itself.
        device: "cpu", "cuda", "mps" or "auto"; what the settings say if empty.
        progress: told while the data are read.
        show: makes previews of what the networks say while they learn; None makes none.

    Raises:
        NetDesignerError: training cannot start; no folder was left behind.
    """
    control = control or Control()
    try:
        saved = _resumed(run, resume)
        told = _stoppable(progress, control)
        known = spec_of(resume) if resume is not None else None
        setup = yield from set_up(
            design, catalog, build, samples=samples, known=known, device=device, progress=told
        )
        began = setup.begin() if saved is None else ()
        live = Live(setup)
        slow = yield from compile_networks(live, control)
        lost = live.restore(saved) if saved is not None else ()
        news = (*map(Warned, (*slow, *lost)), *(Warned(text, trouble=False) for text in began))
        if run is not None:
            _write_beside(run, setup, catalog)
        engine = Engine(live, run, control, show)
        if run is not None and resume is not None and run.resolve() != resume.resolve():
            engine.keeper.best = _best_of(resume)
        log = Log(run)
    except CancelledError:
        _tidy(run)
        yield Finished("stopped", 0, 0, 0, 0.0, 0.0, str(run or ""))
        return
    except BaseException:
        _tidy(run)
        raise
    yield from _logged(engine, log, news)


def _stoppable(progress: Progress, control: Control) -> Progress:
    """Progress that ends the reading of data where the run is to stop."""

    def told(fraction: float, text: str) -> None:
        if control.stopping:
            raise CancelledError("training was stopped while the data were read")
        progress(fraction, text)

    return told


def _tidy(run: Path | None) -> None:
    """Removes the folder of a run that never began; one that holds events is left alone."""
    if run is None or (run / FILE).exists():
        return
    with suppress(OSError):
        for name in (DESIGN_FILE, DATA_FILE):
            (run / name).unlink(missing_ok=True)
        run.rmdir()


def _resumed(run: Path | None, resume: Path | None) -> Saved | None:
    if resume is None:
        if run is not None and (run / FILE).exists():
            raise TrainingError(f"{run} holds a run already; resume it or choose another folder")
        return None
    folder = checkpoint.find(resume, "last")
    if folder is None:
        raise TrainingError(f"{resume} has no checkpoint to go on from", advice=("Start a new run.",))
    return checkpoint.read(folder)


def _best_of(run: Path) -> Saved | None:
    folder = checkpoint.find(run, "best")
    return checkpoint.read(folder, weights_only=True) if folder is not None else None


def _write_beside(run: Path, setup: Setup, catalog: Catalog) -> None:
    try:
        run.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(run, f"the folder of the run cannot be made: {error.strerror or error}") from None
    save(relocated(setup.design, catalog, run.absolute()), run / DESIGN_FILE)
    facts = data_to_json(setup.prepared)
    if setup.loss is not None and setup.loss is not setup.task.loss:
        facts["loss"] = {"kind": setup.loss.kind, "params": setup.loss.changed()}
    lines = [f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items()]
    write_atomically(run / DATA_FILE, ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"))


def _logged(engine: Engine, log: Log, news: tuple[Warned, ...]) -> Iterator[Event]:
    """The events of a run, each in its file before it is handed on."""
    inside, told = _guarded(engine, news), False
    try:
        while (event := _next(engine, inside)) is not None:
            log.write(event)
            ends = isinstance(event, Finished | Failed)
            if log.trouble and (not told or ends):
                told, again = True, "" if ends else "; it is tried again"
                yield Warned(f"the curves cannot be written to {log.path}: {log.trouble}{again}")
            yield event
    except (GeneratorExit, KeyboardInterrupt):
        if not engine.ended:
            _end_unheard(engine, log)
        raise
    finally:
        log.close()


def _next(engine: Engine, inside: Iterator[Event]) -> Event | None:
    """The next event, computed with the run's own random numbers and with gradients, whatever the listener set."""
    randomness = engine.live.randomness
    randomness.enter()
    try:
        with torch.enable_grad():
            return next(inside, None)
    finally:
        randomness.leave()


def _end_unheard(engine: Engine, log: Log) -> None:
    """Saves, and says good-bye in the file, where nobody listens any more."""
    with suppress(NotFiniteError):
        for event in (*engine.flush(), *engine.save_last(), engine.finished("stopped")):
            log.write(event)


def _guarded(engine: Engine, news: tuple[Warned, ...]) -> Iterator[Event]:
    """A run from `Started` to `Finished` or `Failed`, whatever happens between them."""
    yield engine.started()
    yield from news
    failed: Failed | None = None
    bad: NotFiniteError | None = None
    try:
        yield from engine.train()
    except NotFiniteError as error:
        bad = error
        forget(error)
    except Exception as error:  # noqa: BLE001 (a part may raise anything, and a run must say how it ended)
        failed = _explain(error, engine)
        forget(error)
    if bad is not None:
        failed = _explain_not_finite(bad, engine)
    if failed is not None:
        yield from _fail(failed, engine, trusted=bad is None)


def _explain(error: Exception, engine: Engine) -> Failed:
    step = engine.live.place.step
    if is_out_of_memory(error):
        networks = engine.live.setup.networks.values()
        return explain_no_memory(error, engine.settings, describe(engine.device), step, networks)
    return explain_error(error, step)


def _explain_not_finite(bad: NotFiniteError, engine: Engine) -> Failed:
    setup = engine.live.setup
    bad.step = bad.step or engine.live.place.step + 1
    setup.called.update(setup.networks)  # what is compiled takes no notice of hooks
    try:
        return explain_not_finite(bad, setup.design, setup.networks, setup.steps, setup.settings)
    except Exception:  # noqa: BLE001 (the pass that looks for the node computes what has just gone wrong)
        return Failed(str(bad), step=bad.step)


def _fail(failed: Failed, engine: Engine, trusted: bool) -> Iterator[Event]:
    """Gives memory back, keeps what is good, and ends.

    Args:
        failed: the last event.
        engine: the run.
        trusted: whether training may go on from the weights as they are.
    """
    for parameter in engine.live.update.parameters:
        parameter.grad = None
    release_memory(engine.device)
    with suppress(NotFiniteError):
        yield from engine.flush()
    yield from engine.save_last(trusted)
    engine.ended = True
    yield failed
