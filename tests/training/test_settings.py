from __future__ import annotations

import pytest

from netdesigner.document import Choice, Settings
from netdesigner.errors import ParameterError, UnknownPartError
from netdesigner.training.optimizers import optimizer_of
from netdesigner.training.settings import TrainingSettings, assign


def test_expressions_are_resolved_over_the_variables_of_the_design() -> None:
    settings = TrainingSettings.of(Settings(values={"batch_size": "2*width", "epochs": 3}), {"width": 16})
    assert (settings.batch_size, settings.epochs) == (32, 3)


def test_a_value_outside_its_limits_is_refused_with_its_name() -> None:
    with pytest.raises(ParameterError, match="learning_rate: expected more than 0, got -1"):
        TrainingSettings.of(Settings(values={"learning_rate": -1}))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("epochs", "7", 7),
        ("learning_rate", "3e-4", 3e-4),
        ("clip_norm", "none", None),
        ("clip_norm", "", None),
        ("clip_norm", "1", 1),
        ("device", "cpu", "cpu"),
        ("batch_size", "4*width", "4*width"),
    ],
)
def test_a_setting_is_assigned_as_a_person_types_it(name: str, text: str, value: object) -> None:
    assert assign(Settings(), name, text).values == {name: value}


def test_an_optimizer_is_chosen_and_then_tuned() -> None:
    settings = assign(assign(Settings(), "optimizer", "SGD"), "optimizer.momentum", "0.9")
    settings = assign(settings, "optimizer.nesterov", "true")
    assert settings.optimizer == Choice("SGD", {"momentum": 0.9, "nesterov": True})
    assert optimizer_of(settings.optimizer).values()["momentum"] == 0.9


def test_lists_are_typed_with_commas() -> None:
    assert assign(Settings(), "optimizer.betas", "0.8, 0.99").optimizer.params == {"betas": (0.8, 0.99)}


def test_another_optimizer_does_not_inherit_parameters() -> None:
    settings = assign(Settings(optimizer=Choice("SGD", {"momentum": 0.9})), "optimizer", "Adam")
    assert settings.optimizer == Choice("Adam")


def test_a_schedule_is_chosen_and_then_tuned() -> None:
    settings = assign(assign(Settings(), "schedule", "step"), "schedule.gamma", "0.5")
    assert settings.schedule == Choice("step", {"gamma": 0.5})


def test_unknown_names_are_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(ParameterError, match="did you mean 'epochs'"):
        assign(Settings(), "epoch", "3")
    with pytest.raises(UnknownPartError, match="did you mean 'RMSprop'"):
        assign(Settings(), "optimizer", "RMSProp")
    with pytest.raises(UnknownPartError, match="no schedule is called 'sawtooth'"):
        assign(Settings(), "schedule", "sawtooth")
    with pytest.raises(ParameterError, match="did you mean 'betas'"):
        assign(Settings(), "optimizer.beta", "0.5")


def test_a_switch_takes_only_yes_or_no() -> None:
    with pytest.raises(ParameterError, match="expected true or false, got 'maybe'"):
        assign(Settings(), "optimizer.amsgrad", "maybe")


def test_every_setting_says_what_it_does() -> None:
    assert [item.name for item in TrainingSettings.params() if not item.help] == []
