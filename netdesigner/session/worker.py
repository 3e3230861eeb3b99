"""A process that trains one run and does nothing else: `python -m netdesigner.session.worker RUN`.

What it is to train lies at the run's desk, and so does what it is told while it trains; see `training.desk`. It is
started by `session.training.detach` and belongs to nobody: it reads no terminal, and is ended by no window.
"""

from __future__ import annotations

import argparse
import faulthandler
import logging
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from netdesigner.document import load
from netdesigner.parts import Catalog
from netdesigner.session.training import leave_a_core, train
from netdesigner.training.control import Control
from netdesigner.training.desk import Desk, working
from netdesigner.training.events import Failed, Started
from netdesigner.training.host import failure_of
from netdesigner.training.log import Log

__all__ = ["main"]

DONE, FAILED = 0, 1


def main(words: Sequence[str] | None = None) -> int:
    """Trains a run until its end.

    Args:
        words: those of the command line; the process's own if None.

    Returns:
        The exit code: 0 where the run ended as it should, stopped ones included.
    """
    parser = argparse.ArgumentParser(prog="netdesigner.session.worker", description="Train one run.")
    parser.add_argument("run", type=Path)
    parser.add_argument("--device", default="")
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args(words)
    faulthandler.enable()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    control = Control()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stopping(control))
    with working(given.run, control, detached=True) as before:
        return _train(given.run, control, given.device, given.resume, before)


def _stopping(control: Control) -> Callable[[int, FrameType | None], None]:
    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        control.stop()

    return stop


def _train(run: Path, control: Control, device: str, go_on: bool, before: Log) -> int:
    """Trains; what the run does not write into its own events goes into `before`, how it failed to begin included."""
    began, end = False, DONE
    try:
        leave_a_core()
        design, resume = load(Desk(run).design), run if go_on else None
        catalog = Catalog.discover()
        for event in train(design, catalog, run, control=control, device=device, resume=resume, held=True):
            began = began or isinstance(event, Started)
            if not began:
                before.write(event)
            end = FAILED if isinstance(event, Failed) else end
    except Exception as error:  # noqa: BLE001 (who follows the run learns of it by its last event)
        before.write(failure_of(error))
        end = FAILED
    return end


if __name__ == "__main__":
    sys.exit(main())
