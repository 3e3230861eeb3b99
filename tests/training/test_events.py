from __future__ import annotations

import json
import math

import pytest

from netdesigner.training.events import (
    Checkpoint,
    EpochEnd,
    Event,
    Failed,
    Finished,
    Paused,
    PhaseBegan,
    Preparing,
    Previewed,
    Resumed,
    Started,
    Steps,
    Warned,
    from_json,
    to_json,
)

ONE_OF_EACH: tuple[Event, ...] = (
    PhaseBegan(2, 3, 5, 40, ("main.fc", "main.conv"), 0.5),
    Preparing("Reading the data", 0.5),
    Started(
        "/tmp/run", "cpu", 3, 7, 100, {"train": 9, "validation": 2, "test": 2}, ("loss",), "loss", "lower", 4
    ),
    Steps(5, 2, {"loss": (1.0, 0.5)}, (0.1, 0.1), 3.5, 1.25, 9.0, 4096),
    EpochEnd(2, 14, {"loss": 0.5}, {}, 0.1, 1.5, 3.0, 4096, True),
    Checkpoint(14, "/tmp/run/checkpoint-best", "best"),
    Previewed(14, 2, "/tmp/run/previews/000000014.json"),
    Paused(3),
    Resumed(3),
    Warned("the disk is full"),
    Warned("all weights start with the values of the file", trouble=False),
    Finished("early", 2, 14, 1, 0.25, 1.5, "/tmp/run"),
    Failed("the loss became NaN", "encoder.fc", ("Lower the learning rate.",), 12),
)


@pytest.mark.parametrize("event", ONE_OF_EACH, ids=lambda event: type(event).__name__)
def test_an_event_survives_json(event: Event) -> None:
    text = json.dumps(to_json(event), allow_nan=False)
    assert from_json(json.loads(text)) == event


def test_every_kind_of_event_is_tried() -> None:
    assert {type(event) for event in ONE_OF_EACH} == set(Event.__args__)


def test_numbers_that_are_not_finite_become_null_and_come_back_as_nan() -> None:
    plain = to_json(Steps(1, 1, {"loss": (math.inf, 1.0, math.nan)}, (0.1, 0.1, 0.1)))
    assert plain["values"]["loss"] == [None, 1.0, None]
    back = from_json(plain)
    assert isinstance(back, Steps)
    assert [math.isnan(value) for value in back.values["loss"]] == [True, False, True]


def test_steps_know_their_last() -> None:
    assert Steps(5, 1, {"loss": (1.0, 1.0, 1.0)}, (0.1, 0.1, 0.1)).last == 7


@pytest.mark.parametrize(
    "plain",
    [
        {},
        {"event": "unheard_of"},
        {"event": "paused"},
        {"event": "paused", "step": "three"},
        {"event": "paused", "step": True},
        {"event": "paused", "step": 3, "more": 1},
        {"event": "steps", "first": 1, "epoch": 1, "values": [1], "learning_rate": []},
        {"event": "failed", "message": None},
    ],
)
def test_what_is_no_event_is_refused(plain: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_json(plain)


def test_a_step_that_no_curve_could_have_is_refused() -> None:
    raw = to_json(Paused(3)) | {"step": 10**400}
    with pytest.raises(ValueError, match="step: the number is too large"):
        from_json(raw)
