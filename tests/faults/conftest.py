"""Faults are tried many times: often enough in the tests, and far more often by `make soak`, which prints the table.

A test of a fault says how often, and is given that number as `tries`:

    @pytest.mark.fault("kill -9 at random during save", tests=200, soak=5_000)
    def test_a_killed_save_leaves_old_or_new(tries: int, found: Found) -> None:
        ...
        found("0 of 200 lost")

What it found stands in a table at the end of the run, beside how often it was tried and how long that took.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.watch import Watcher

Found = Callable[[str], None]
"""Takes what a test of a fault found, in a few words, for the table."""

_ROW = "fault"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test of a fault its number of tries, the large one under `make soak` only."""
    marker = metafunc.definition.get_closest_marker("fault")
    if marker is None or "tries" not in metafunc.fixturenames:
        return
    often = [pytest.mark.soak, pytest.mark.timeout(0)]
    few, many = marker.kwargs["tests"], marker.kwargs["soak"]
    metafunc.parametrize("tries", [few, pytest.param(many, marks=often)])


@pytest.fixture
def found(request: pytest.FixtureRequest, tries: int) -> Found:
    """Note what a test of a fault found."""
    marker = request.node.get_closest_marker("fault")

    def note(text: str) -> None:
        request.node.user_properties.append((_ROW, (marker.args[0], tries, text)))

    return note


@pytest.fixture(scope="session")
def watcher() -> Iterator[Watcher]:
    """The process that opens files of strangers, for all tests in which it may have loaded what the others need."""
    with Watcher() as made:
        yield made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults."""
    rows = [
        (*value, report.outcome, f"{report.duration:.1f} s")
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, value in report.user_properties
        if name == _ROW
    ]
    if not rows:
        return
    terminalreporter.section("faults")
    for fault, tries, text, outcome, seconds in sorted(rows):
        terminalreporter.write_line(f"{fault:<55} {tries:>8,}  {outcome:<7} {seconds:>9}  {text}")
