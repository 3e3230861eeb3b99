from __future__ import annotations

import time

import pytest

from netdesigner.ui import formats


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (9_999, "9,999"),
        (151_306, "151 k"),
        (1_330_000, "1.33 M"),
        (25.6e6, "25.6 M"),
        (7e9, "7.00 G"),
    ],
)
def test_large_counts(value: float, text: str) -> None:
    assert formats.short_count(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(12, "12 bytes"), (2048, "2.00 kB"), (3 * 2**30, "3.00 GB"), (2**51, "2,048 TB")]
)
def test_sizes(value: float, text: str) -> None:
    assert formats.size(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.42, "0.4 s"),
        (42.4, "42 s"),
        (125, "2 min 5 s"),
        (1800, "30 min"),
        (7500, "2 h 5 min"),
        (200_000, "2 d 7 h"),
        (float("nan"), "unknown"),
    ],
)
def test_durations(value: float, text: str) -> None:
    assert formats.duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0408243, "0.0408"),
        (0.982, "0.9820"),
        (12.3456, "12.35"),
        (1e-9, "1.00e-9"),
        (float("nan"), "not finite"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert formats.number(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1000, "1000"), (20_000, "20k"), (0.05, "0.05"), (1e-6, "1e-6"), (9.8e-4, "9.8e-4"), (0, "0")],
)
def test_numbers_at_an_axis(value: float, text: str) -> None:
    assert formats.number_short(value) == text


def test_per_cents() -> None:
    assert formats.measure(0.9825, percent=True) == "98.2 %"


def test_plurals() -> None:
    assert (formats.plural(1, "error"), formats.plural(2, "error")) == ("1 error", "2 errors")


def test_a_run_is_called_after_its_start() -> None:
    now = time.strftime("%Y%m%d-%H%M%S")
    assert formats.run_title(now) == f"today {now[9:11]}:{now[11:13]}:{now[13:15]}"
    assert formats.run_title("20250102-030405-2") == "2025-01-02 03:04 (2)"
    assert formats.run_title("my run") == "my run"


def test_a_message_is_shown_with_a_capital() -> None:
    assert formats.sentence("there is no layer 'x'") == "There is no layer 'x'"
    assert formats.sentence("‘relu’ has no output") == "‘relu’ has no output"
    assert formats.sentence("") == ""
    assert formats.sentence("my digits.pt: 2 of 2 weights fit") == "my digits.pt: 2 of 2 weights fit"
    assert formats.sentence("at most 0.5: no more") == "At most 0.5: no more"
