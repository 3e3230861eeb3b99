"""What a report says of a run."""

from __future__ import annotations

from netdesigner.session.report import _weights


def test_weights_of_no_whole_epoch_are_those_of_a_step() -> None:
    assert _weights("best", 3, 1200) == "best weights, of epoch 3"
    assert _weights("last", 0, 1200) == "last weights, of step 1,200"
