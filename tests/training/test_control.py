from __future__ import annotations

import threading

import pytest

from netdesigner.training.control import Control


def waiting(control: Control) -> tuple[threading.Thread, list[bool]]:
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(control.wait()))
    thread.start()
    return thread, answers


def test_nothing_is_asked_at_first() -> None:
    control = Control()
    assert not control.asked
    assert control.wait()


def test_a_paused_run_waits_until_it_may_go_on() -> None:
    control = Control()
    control.pause()
    thread, answers = waiting(control)
    thread.join(0.05)
    assert thread.is_alive()
    assert control.holds
    control.resume()
    thread.join()
    assert answers == [True]
    assert not control.asked


def test_single_steps_are_counted_off_and_then_it_holds_again() -> None:
    control = Control()
    control.single_step()
    control.single_step()
    assert control.wait()
    assert control.wait()
    assert control.holds


def test_stop_wakes_a_waiting_run_and_does_not_wait_for_it_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netdesigner.training.control._LOOK_S", 3600.0)
    control = Control()
    control.pause()
    thread, answers = waiting(control)
    control.stop()
    thread.join(30)
    assert answers == [False]
    assert control.stopping


def test_resume_does_not_take_back_a_stop() -> None:
    control = Control()
    control.stop()
    control.resume()
    assert control.asked
    assert not control.wait()


def test_a_run_whose_program_is_over_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone:
        def is_alive(self) -> bool:
            return False

    control = Control()
    control.pause()
    monkeypatch.setattr("netdesigner.training.control.threading.main_thread", Gone)
    assert not control.wait()
