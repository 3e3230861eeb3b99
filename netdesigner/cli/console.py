"""A training run and other long work as a terminal shows them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from netdesigner.parts import Progress as Report
from netdesigner.training.events import (
    EpochEnd,
    Event,
    Failed,
    Finished,
    Preparing,
    Started,
    Steps,
    Warned,
    to_json,
)

__all__ = ["follow", "progress_bar"]


def follow(events: Iterator[Event], as_json: bool) -> str:
    """Prints a run while it goes.

    Args:
        events: the run.
        as_json: one JSON object a line instead of text.

    Returns:
        Why it failed, or "".
    """
    return _follow_as_json(events) if as_json else _follow_as_text(events)


def _follow_as_json(events: Iterator[Event]) -> str:
    failed = ""
    for event in events:
        print(json.dumps(to_json(event), ensure_ascii=False), flush=True)
        if isinstance(event, Failed):
            failed = _sentence(event)
    return failed


def _follow_as_text(events: Iterator[Event]) -> str:
    failed, total = "", 1
    with _bar(quiet=False) as bar:
        task = bar.add_task("Preparing", total=None)
        for event in events:
            if isinstance(event, Preparing):
                bar.update(task, description=event.message)
            elif isinstance(event, Started):
                total = event.epochs * event.steps_per_epoch
                print(f"training {event.parameters:,} parameters on {event.device}")
                bar.update(task, description="Training", total=total, completed=event.resumed_step)
            elif isinstance(event, Steps):
                bar.update(task, completed=event.last)
            elif isinstance(event, EpochEnd):
                print(_epoch_line(event))
            elif isinstance(event, Warned):
                print(f"warning: {event.message}", file=sys.stderr)
            elif isinstance(event, Failed):
                failed = _sentence(event)
            elif isinstance(event, Finished):
                bar.update(task, completed=total, total=total)
                print(
                    f"{_REASONS[event.reason]} after {event.seconds:.1f} s; best in epoch {event.best_epoch}"
                )
    return failed


_REASONS = {"done": "done", "stopped": "stopped", "early": "stopped early: no longer getting better"}


def _sentence(event: Failed) -> str:
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
