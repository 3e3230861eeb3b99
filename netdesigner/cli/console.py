"""A training run and other long work as a terminal shows them."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from netdesigner.parts import Progress as Report
from netdesigner.training.control import Control
from netdesigner.training.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    PhaseBegan,
    Preparing,
    Started,
    Steps,
    Warned,
    to_json,
)

__all__ = ["follow", "progress_bar", "stopped_by_ctrl_c", "why"]


@contextmanager
def stopped_by_ctrl_c(control: Control) -> Iterator[None]:
    """The first Ctrl-C ends a run after its batch, with all of it saved; a second one ends the program at once."""
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        signal.signal(signal.SIGINT, before)
        control.stop()

    if (
        before is signal.SIG_IGN
    ):  # a program in the background of a shell is not stopped by what is typed there
        yield
        return
    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def follow(events: Iterator[Event], as_json: bool) -> Finished | Failed | None:
    """Prints a run while it goes.

    Args:
        events: the run.
        as_json: one JSON object a line instead of text.

    Returns:
        How it ended.
    """
    return _follow_as_json(events) if as_json else _follow_as_text(events)


def _follow_as_json(events: Iterator[Event]) -> Finished | Failed | None:
    end = None
    for event in events:
        print(json.dumps(to_json(event), ensure_ascii=False), flush=True)
        if isinstance(event, Finished | Failed):
            end = event
    return end


def _follow_as_text(events: Iterator[Event]) -> Finished | Failed | None:
    end: Finished | Failed | None = None
    total, more = 1, 0
    with _bar(quiet=False) as bar:
        task = bar.add_task("Preparing", total=None)
        for event in events:
            if isinstance(event, Preparing):
                bar.update(task, description=event.message)
            elif isinstance(event, Started):
                total, more = event.epochs * event.steps_per_epoch, event.resumed_step - event.batches_behind
                print(f"training {event.parameters:,} parameters on {event.device}")
                bar.update(task, description="Training", total=total, completed=event.batches_behind)
            elif isinstance(event, Steps):
                bar.update(task, completed=event.last - more)
            elif isinstance(event, PhaseBegan):
                print(event.words)
            elif isinstance(event, EpochEnd):
                print(_epoch_line(event))
            elif isinstance(event, Warned):
                print(f"warning: {event.message}" if event.trouble else event.message, file=sys.stderr)
            elif isinstance(event, Failed):
                end = event
            elif isinstance(event, Finished):
                bar.update(task, completed=total, total=total)
                best = f"; best in epoch {event.best_epoch}" if event.best_epoch else ""
                print(f"{_REASONS[event.reason]} after {event.seconds:.1f} s{best}")
                end = event
    return end


_REASONS = {"done": "done", "stopped": "stopped", "early": "stopped early: no longer getting better"}


def why(event: Failed) -> str:
    """Why a run failed, where, and what can be done, in one line."""
    where = f"at {event.node}: " if event.node else ""
    return " ".join([f"training stopped: {where}{event.message.rstrip('.')}.", *event.advice])


def _epoch_line(event: EpochEnd) -> str:
    parts = [f"epoch {event.epoch:>3}", _values("train", event.train)]
    if event.validation:
        parts.append(_values("validation", event.validation))
    return "  ".join(parts) + ("  best" if event.best else "")


def _values(title: str, values: Mapping[str, float]) -> str:
    return title + " " + " ".join(f"{name} {value:.4f}" for name, value in values.items())


def _bar(quiet: bool) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=quiet or not sys.stderr.isatty(),
        transient=True,
    )


@contextmanager
def progress_bar(title: str, quiet: bool) -> Iterator[Report]:
    """A bar on the error output where a person watches it; nothing elsewhere."""
    with _bar(quiet) as bar:
        task = bar.add_task(title, total=1.0)

        def report(fraction: float, text: str) -> None:
            bar.update(task, completed=fraction, description=text or title)

        yield report
