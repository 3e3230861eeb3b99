from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A world whose runs lie in a folder of the test."""
    return World(tmp_path)
