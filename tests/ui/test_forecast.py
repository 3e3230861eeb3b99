"""The forecast of the memory that training takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netdesigner.document import Choice, Design, Settings
from netdesigner.parts import Catalog, no_progress
from netdesigner.session import Session
from netdesigner.ui.forecast import _work


@pytest.mark.parametrize(("momentum", "kept"), [(0.0, "optimizer 0 bytes"), (0.9, "optimizer 4.73 kB")])
def test_settings_that_are_expressions_count_with_their_numbers(
    catalog: Catalog, small_design: Design, momentum: float, kept: str
) -> None:
    settings = Settings(Choice("SGD", {"momentum": "m"}), values={"batch_size": "2*n"})
    session = Session(catalog)
    session.new(replace(small_design, training=settings, variables={"m": momentum, "n": 16}))
    assert not session.report.errors
    _, words = _work(session.state, catalog)(no_progress)
    assert words.startswith("Memory to train with batches of 32:")
    assert kept in words
