from __future__ import annotations

from pathlib import Path

import pytest

from netdesigner.compiler.device_memory import _free_in_container, available_memory


def test_this_machine_has_some_memory() -> None:
    assert 2**20 < available_memory("cpu") < 2**50


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    limit, used = tmp_path / "max", tmp_path / "current"
    limit.write_text("1000\n", encoding="ascii")
    used.write_text("300\n", encoding="ascii")
    assert _free_in_container(((str(limit), str(used)),)) == 700
    limit.write_text("max\n", encoding="ascii")
    assert _free_in_container(((str(limit), str(used)),)) > 2**60
    assert _free_in_container((("/nowhere/max", "/nowhere/current"),)) > 2**60


@pytest.mark.cuda
def test_a_gpu_has_some_memory() -> None:
    assert 2**20 < available_memory("cuda") < 2**50
