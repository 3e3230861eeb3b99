from __future__ import annotations

import pytest
import torch

from netdesigner.errors import TrainingError
from netdesigner.training.device import choose_device, describe, is_out_of_memory, memory_in_use


def test_auto_takes_the_processor_where_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device("auto") == torch.device("cpu")


def test_auto_takes_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto") == torch.device("cuda")


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_gpu_that_is_not_there_is_refused_with_what_to_do(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(TrainingError, match=f"device {name}: ") as refused:
        choose_device(name)
    assert refused.value.advice


def test_an_unknown_device_is_refused() -> None:
    with pytest.raises(TrainingError, match="no device is called 'tpu'"):
        choose_device("tpu")


def test_the_memory_of_the_program_grows_with_what_it_holds() -> None:
    before = memory_in_use(torch.device("cpu"))
    held = torch.ones(32 * 2**20)
    assert memory_in_use(torch.device("cpu")) - before > 0.9 * held.numel() * 4
    assert describe(torch.device("cpu")) == "cpu"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("MPS backend out of memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_running_out_of_memory_is_told_from_other_errors(error: Exception, expected: bool) -> None:
    assert is_out_of_memory(error) is expected
