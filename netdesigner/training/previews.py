"""What the networks of a run say of held-out samples while they learn, as files in the run's folder.

Who starts a run gives it what judges networks, which is no work of this floor: `Show`. A file is named after the step
that it was made at. The more there are, the farther apart they lie: of the older ones every second goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from netdesigner.document.atomic import write_atomically
from netdesigner.errors import CancelledError
from netdesigner.parts.dataset import Progress
from netdesigner.training.control import Control
from netdesigner.training.events import Event, Previewed, Warned
from netdesigner.training.place import Place

if TYPE_CHECKING:
    from netdesigner.training.setup import Setup

__all__ = ["FOLDER", "Previews", "Show", "previews_of"]

FOLDER = "previews"
MOST = 64
_LARGEST_SHARE = 0.05
"""Of the time of training, for making them."""
_NAME = re.compile(r"\d{9}\.json")

Show = Callable[["Setup", Progress], bytes]
"""Judges the networks of a run as they are and gives what a file of it holds; changes nothing of the run.

It may raise `TrainingError` where there is nothing to show, and passes on what its progress raises.
"""


def previews_of(run: Path) -> tuple[Path, ...]:
    """The files that a run has, by their step in ascending order."""
    with suppress(OSError):
        return tuple(sorted(file for file in (run / FOLDER).iterdir() if _NAME.fullmatch(file.name)))
    return ()


class Previews:
    """Makes the previews of a run.

    What cannot be made or written stops nothing; it is said once.

    Args:
        run: the run's folder; None makes none.
        show: makes what a file holds; None makes none.
        interval_s: time between two at least; 0 makes none.
        control: of the run, which waits for no preview where it is to pause or to stop.
    """

    def __init__(self, run: Path | None, show: Show | None, interval_s: float, control: Control) -> None:
        self._folder = run / FOLDER if run is not None and show is not None and interval_s else None
        self._show = show
        self._interval_s = interval_s
        self._control = control
        self._wait_s = interval_s
        self._since = perf_counter()
        self._step = 0
        self._trouble = False

    @property
    def due(self) -> bool:
        """Whether it is time for one, and nobody wants the run to pause or stop."""
        late = perf_counter() - self._since >= self._wait_s
        return self._folder is not None and late and not self._control.asked

    def make(self, setup: Setup, place: Place, last: bool = False) -> Iterator[Event]:
        """Makes one of the networks as they are, unless there is one of this step already.

        One that is given up for a pause is made once the run goes on.

        Args:
            setup, place: of the run.
            last: nothing is trained after it, so that a pause has nothing to wait for.
        """
        if self._folder is None or self._show is None or place.step == self._step:
            return
        begin, self._step = perf_counter(), place.step
        try:
            path = self._folder / f"{place.step:09}.json"
            content = self._show(setup, self._until_stopped if last else self._until_asked)
            self._folder.mkdir(exist_ok=True)
            write_atomically(path, content)
            self._thin_out(path)
            self._trouble = False
            yield Previewed(place.step, place.epoch + (place.batch > 0), str(path))
        except CancelledError:
            self._step = 0
            return
        except Exception as error:  # noqa: BLE001 (a part may raise anything, and no run ends for what it shows)
            if not self._trouble:
                self._trouble = True
                yield Warned(f"no preview was made: {error}; training goes on, and it is tried again")
        self._since = perf_counter()
        self._wait_s = max(self._interval_s, (self._since - begin) / _LARGEST_SHARE)

    def _until_stopped(self, fraction: float, text: str) -> None:
        del fraction, text
        if self._control.stopping:
            raise CancelledError("training was stopped while a preview was made")

    def _until_asked(self, fraction: float, text: str) -> None:
        del fraction, text
        if self._control.asked:
            raise CancelledError("training was paused or stopped while a preview was made")

    def _thin_out(self, newest: Path) -> None:
        """Leaves the first and the newest, and of those between them every second, once there are too many.

        Those of later steps go, which the run had taken before it was resumed from here.
        """
        files = previews_of(newest.parents[1])
        until = files.index(newest)
        gone = files[until + 1 :] + (files[1:until:2] if until >= MOST else ())
        for file in gone:
            file.unlink(missing_ok=True)
