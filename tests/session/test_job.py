"""Long work ends with a value, an error in the user's words, or cancelled; never with a traceback."""

from __future__ import annotations

import logging
import threading

import pytest

from netdesigner.errors import NetDesignerError
from netdesigner.parts import Progress
from netdesigner.session import Job


def test_a_job_ends_with_its_value_and_reports_progress() -> None:
    reached, go_on = threading.Event(), threading.Event()

    def work(progress: Progress) -> int:
        progress(0.5, "halfway")
        reached.set()
        go_on.wait(5)
        return 7

    job = Job("Counting", work).start()
    assert reached.wait(5)
    assert (job.fraction, job.text, job.outcome) == (0.5, "halfway", None)
    go_on.set()
    assert job.join(5)
    assert job.outcome is not None
    assert job.outcome.value == 7


def test_a_cancelled_job_ends_at_its_next_report() -> None:
    go_on = threading.Event()

    def work(progress: Progress) -> None:
        go_on.wait(5)
        progress(0.5, "never seen")

    job = Job("Waiting", work).start()
    job.cancel()
    go_on.set()
    assert job.join(5)
    assert job.outcome is not None
    assert job.outcome.cancelled
    assert job.text == "Waiting"


def test_a_refusal_is_the_users_to_read() -> None:
    def work(progress: Progress) -> None:
        raise NetDesignerError("row 3: not a number")

    job = Job("Reading", work).start()
    job.join(5)
    assert job.outcome is not None
    assert job.outcome.error == "row 3: not a number"


def test_a_fault_of_the_program_is_logged_and_said(caplog: pytest.LogCaptureFixture) -> None:
    def work(progress: Progress) -> None:
        raise ZeroDivisionError("division by zero")

    with caplog.at_level(logging.ERROR):
        job = Job("Reading", work).start()
        job.join(5)
    assert job.outcome is not None
    assert "Reading failed through a fault of the program" in job.outcome.error
    assert "ZeroDivisionError" in caplog.text
