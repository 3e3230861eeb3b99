"""What the networks say while they learn is kept beside the run and disturbs nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from netdesigner.errors import CancelledError, TrainingError
from netdesigner.training import previews as previews_module
from netdesigner.training.control import Control
from netdesigner.training.events import Previewed, Warned
from netdesigner.training.place import Place
from netdesigner.training.previews import MOST, Previews, previews_of

NOTHING: Any = None


def test_a_preview_is_a_file_named_after_its_step(tmp_path: Path) -> None:
    previews = Previews(tmp_path, lambda _setup, _progress: b"seen", 1.0, Control())
    (event,) = previews.make(NOTHING, Place(step=7, epoch=2, batch=1))
    assert event == Previewed(7, 3, str(tmp_path / "previews" / "000000007.json"))
    assert previews_of(tmp_path) == (tmp_path / "previews" / "000000007.json",)
    assert previews_of(tmp_path)[0].read_bytes() == b"seen"
    assert list(previews.make(NOTHING, Place(step=7, epoch=2, batch=1))) == []


def test_previews_wait_for_their_interval_and_longer_where_they_take_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(previews_module, "perf_counter", lambda: now[0])

    def show(_setup: object, _progress: object) -> bytes:
        now[0] += 1.0
        return b""

    previews = Previews(tmp_path, show, 2.0, Control())
    assert not previews.due
    now[0] = 2.0
    assert previews.due
    list(previews.make(NOTHING, Place(step=1)))
    now[0] = 3.0 + 19.0
    assert not previews.due
    now[0] = 3.0 + 20.0
    assert previews.due


@pytest.mark.parametrize(("seconds", "has_folder"), [(0.0, True), (1e-9, False)])
def test_none_is_ever_due_where_none_is_wanted(tmp_path: Path, seconds: float, has_folder: bool) -> None:
    folder = tmp_path if has_folder else None
    previews = Previews(folder, lambda _setup, _progress: b"", seconds, Control())
    assert not previews.due
    assert list(previews.make(NOTHING, Place(step=1))) == []


def test_of_many_the_first_and_the_newest_stay(tmp_path: Path) -> None:
    previews = Previews(tmp_path, lambda _setup, _progress: b"", 1e-9, Control())
    for step in range(1, MOST + 2):
        list(previews.make(NOTHING, Place(step=step)))
    steps = [int(file.stem) for file in previews_of(tmp_path)]
    assert (steps[0], steps[-1]) == (1, MOST + 1)
    assert steps[1:-1] == list(range(3, MOST + 1, 2))


def test_those_of_steps_that_a_resumed_run_takes_again_go(tmp_path: Path) -> None:
    for step in (5, 10, 20):
        list(Previews(tmp_path, lambda _s, _p: b"", 1e-9, Control()).make(NOTHING, Place(step=step)))
    list(Previews(tmp_path, lambda _s, _p: b"", 1e-9, Control()).make(NOTHING, Place(step=7)))
    assert [int(file.stem) for file in previews_of(tmp_path)] == [5, 7]


def test_what_cannot_be_shown_is_said_once_until_it_can_be_again(tmp_path: Path) -> None:
    bad = [True]

    def show(_setup: object, _progress: object) -> bytes:
        if bad[0]:
            raise TrainingError("the network gives no numbers")
        return b""

    previews = Previews(tmp_path, show, 1e-9, Control())
    (event,) = previews.make(NOTHING, Place(step=1))
    assert isinstance(event, Warned)
    assert "no preview was made: the network gives no numbers" in event.message
    assert list(previews.make(NOTHING, Place(step=2))) == []
    bad[0] = False
    assert [type(event) for event in previews.make(NOTHING, Place(step=3))] == [Previewed]
    bad[0] = True
    assert [type(event) for event in previews.make(NOTHING, Place(step=4))] == [Warned]


def test_whatever_a_part_raises_ends_no_run(tmp_path: Path) -> None:
    def show(_setup: object, _progress: object) -> bytes:
        raise ZeroDivisionError("nothing to share")

    previews = Previews(tmp_path, show, 1e-9, Control())
    (event,) = previews.make(NOTHING, Place(step=1))
    assert isinstance(event, Warned)
    assert "nothing to share" in event.message


def test_a_pause_waits_for_no_preview_which_is_made_once_the_run_goes_on(tmp_path: Path) -> None:
    control = Control()
    asks = [control.pause]

    def show(_setup: object, progress: Any) -> bytes:
        while asks:
            asks.pop()()
        progress(0.5, "")
        return b""

    previews = Previews(tmp_path, show, 1e-9, control)
    assert previews.due
    assert list(previews.make(NOTHING, Place(step=1))) == []
    assert not previews.due
    control.resume()
    assert previews.due
    assert [type(event) for event in previews.make(NOTHING, Place(step=1))] == [Previewed]
    control.pause()
    assert [type(event) for event in previews.make(NOTHING, Place(step=2), last=True)] == [Previewed]


def test_a_run_that_is_to_stop_waits_for_no_preview(tmp_path: Path) -> None:
    control = Control()

    def show(_setup: object, progress: Any) -> bytes:
        control.stop()
        with pytest.raises(CancelledError):
            progress(0.5, "")
        progress(0.5, "")
        return b""

    previews = Previews(tmp_path, show, 1e-9, control)
    assert list(previews.make(NOTHING, Place(step=1))) == []
    assert previews_of(tmp_path) == ()
