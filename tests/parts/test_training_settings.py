from __future__ import annotations

import pytest

from netdesigner.document import Settings
from netdesigner.errors import ParameterError
from netdesigner.parts import TrainingSettings


def test_expressions_are_resolved_over_the_variables_of_the_design() -> None:
    settings = TrainingSettings.of(Settings(values={"batch_size": "2*width", "epochs": 3}), {"width": 16})
    assert (settings.batch_size, settings.epochs) == (32, 3)


def test_a_value_outside_its_limits_is_refused_with_its_name() -> None:
    with pytest.raises(ParameterError, match="learning_rate: expected more than 0, got -1"):
        TrainingSettings.of(Settings(values={"learning_rate": -1}))


def test_every_setting_says_what_it_does() -> None:
    assert [item.name for item in TrainingSettings.params() if not item.help] == []
