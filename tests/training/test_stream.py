"""Samples that are read when they are needed, from the look at them to the last weight."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
import torch

from netdesigner.errors import CancelledError, DataError, TrainingError
from netdesigner.evaluation import evaluate
from netdesigner.parts import Progress, Samples, Task, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.rows import Rows, read_ahead
from netdesigner.training import look
from netdesigner.training.data import Batches, Prepared, prepare
from netdesigner.training.events import Failed, Finished
from netdesigner.training.runs import load_run
from tests.training.world import Blobs, World


def rows_of(values: np.ndarray) -> Rows:
    return Rows(values.shape, str(values.dtype), lambda rows: values[rows])


def streamed(samples: Samples) -> Samples:
    """The same samples, of which rows are taken when they are needed."""
    return replace(samples, input=rows_of(samples.input[:]))


class Streamed(Blobs):
    """Blobs that are read when they are needed, up to a row that cannot be."""

    kind: ClassVar[str] = "streamed"

    broken: int = param(-1)

    def load(self, progress: Progress = no_progress) -> Samples:
        found = streamed(super().load(progress))
        rows: Any = found.input
        asked = itertools.count()

        def take(numbers: np.ndarray) -> np.ndarray:
            if next(asked) >= self.broken >= 0:
                raise DataError("blobs.npy", "changed or gone")
            return rows[numbers]

        return replace(found, input=Rows(rows.shape, "float32", take))


def world_of(folder: Path, part: type[Blobs], **data: Any) -> World:
    world = World(folder, data=data)
    world.catalog = replace(world.catalog, datasets={"blobs": part})
    return world


def same(one: Prepared, other: Prepared) -> None:
    assert one.digest == other.digest
    for name in ("train", "validation", "test"):
        np.testing.assert_array_equal(one.indices[name], other.indices[name])
        first, second = getattr(one, name), getattr(other, name)
        np.testing.assert_array_equal(first.input[:], second.input[:])
        np.testing.assert_array_equal(first.target[:], second.target[:])


@pytest.mark.parametrize("normalize", ["none", "standard", "minmax"])
@pytest.mark.parametrize("block", [7 * 144, 2**24])
def test_samples_are_prepared_as_those_in_memory(
    normalize: str, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look, "_BLOCK_BYTES", block)
    data = Blobs(normalize=normalize)
    samples = data.load()
    found, known = prepare(data, streamed(samples)), prepare(data, samples)
    same(found, known)
    assert found.scaling == known.scaling
    train = samples.input[:][known.indices["train"]]
    if normalize == "standard":
        assert known.scaling["shift"] == pytest.approx([train.mean()], rel=1e-6)
        assert known.scaling["scale"] == pytest.approx([train.std()], rel=1e-6)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 100, 120])
def test_blocks_hold_all_rows_in_order_and_are_read_in_pieces(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, size in (("_BLOCK_BYTES", 8 * 40), ("_PIECE", 12)):
        monkeypatch.setattr(look, name, size)
    values, told = np.arange(count)[:, np.newaxis], list[float]()
    found = list(look.blocks_of(rows_of(values), lambda done, text: told.append(round(done * count))))
    known = list(look.blocks_of(values, no_progress))
    assert [start for start, _ in found] == [start for start, _ in known] == list(range(0, count, 40))
    for (_, one), (_, other) in zip(found, known, strict=True):
        np.testing.assert_array_equal(one, other)
    assert told == sorted(told)
    assert len(told) == sum(-(-min(40, count - s) // 12) for s in range(0, count, 40))


def test_each_sample_is_read_once_to_be_prepared() -> None:
    samples, read = Blobs().load(), []
    values = samples.input[:]

    def take(rows: np.ndarray) -> np.ndarray:
        read.extend(rows.tolist())
        return values[rows]

    prepare(Blobs(), replace(samples, input=Rows(values.shape, "float32", take)))
    assert sorted(read) == list(range(120))


def test_a_number_that_is_none_is_told_with_its_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look, "_BLOCK_BYTES", 1000)
    samples = Blobs().load()
    samples.input[:][77, 0, 2, 2] = np.nan
    with pytest.raises(TrainingError, match="sample 78 has no usable number: its input holds nan"):
        prepare(Blobs(), streamed(samples))


def test_preparing_can_be_cancelled() -> None:
    def cancel(fraction: float, text: str) -> None:
        raise CancelledError("enough")

    with pytest.raises(CancelledError):
        prepare(Blobs(), streamed(Blobs().load()), cancel)


@pytest.mark.parametrize("cut", [0, 8])
def test_training_gives_the_very_weights_of_samples_in_memory(cut: int, tmp_path: Path) -> None:
    memory, stream = (world_of(tmp_path / part.kind, part) for part in (Blobs, Streamed))
    memory.run()
    if cut:
        stream.stopped(cut)
    assert isinstance(stream.run(resume="run" if cut else "")[-1], Finished)
    expected = memory.weights()
    assert all(torch.equal(tensor, expected[name]) for name, tensor in stream.weights().items())
    assert not reading_threads()


def test_what_cannot_be_read_ends_the_run_with_its_name_and_can_be_gone_on_with(tmp_path: Path) -> None:
    broken = world_of(tmp_path, Streamed, broken=20)
    failed = broken.run()[-1]
    assert isinstance(failed, Failed)
    assert failed.message == "blobs.npy: changed or gone"
    assert failed.advice == ("Put the data back as they were, and resume the run.",)
    assert not reading_threads()
    assert isinstance(world_of(tmp_path, Streamed).run(resume="run")[-1], Finished)


def reading_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "reading ahead" in thread.name]


def test_batches_that_nobody_takes_any_more_leave_no_thread() -> None:
    prepared = prepare(Blobs(), streamed(Blobs().load()))
    batches = Batches(prepared.train, 8, torch.device("cpu")).shuffled(torch.Generator())
    next(batches)
    assert reading_threads()
    batches.close()  # type: ignore[attr-defined]
    assert not reading_threads()


def test_batches_that_travel_to_a_device_are_made_ready_ahead() -> None:
    prepared = prepare(Blobs(), Blobs().load())
    batches = Batches(prepared.train, 8, torch.device("cpu"))
    batches.device = torch.device("meta")
    found = batches.shuffled(torch.Generator())
    assert next(found).input.is_meta
    assert reading_threads()
    assert [len(pair.target) for pair in found] == [8] * 9 + [4]
    assert not reading_threads()


def test_targets_of_many_places_are_read_as_inputs_are() -> None:
    samples = Blobs().load()
    samples = replace(samples, target=(samples.input[:, 0] > 0).astype(np.int64))
    data = Blobs()
    known, found = (
        prepare(data, samples),
        prepare(data, replace(streamed(samples), target=rows_of(samples.target[:]))),
    )
    same(found, known)
    assert isinstance(found.train.target, Rows)
    for whole, read in zip(known.train.pairs(), found.train.pairs(), strict=True):
        assert torch.equal(whole.target, read.target)
    seen = [
        Batches(each.train, 8, torch.device("cpu")).shuffled(torch.Generator()) for each in (known, found)
    ]
    for one, other in zip(*seen, strict=True):
        assert torch.equal(one.input, other.input)
        assert torch.equal(one.target, other.target)


def test_only_a_few_are_read_ahead() -> None:
    begun: list[int] = []
    found = read_ahead(lambda number: begun.append(number) or number, range(1000))
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    time.sleep(0.05)
    assert 3 < len(begun) < 20
    found.close()  # type: ignore[attr-defined]


class Copy(torch.nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input.flatten(1) * 0.9


def task_of(kind: str) -> Task:
    from netdesigner.document import Choice
    from netdesigner.parts import Catalog

    return Catalog.discover().task(Choice(kind))


@pytest.mark.parametrize("kind", ["reconstruction", "classification"])
def test_they_are_judged_and_shown_as_those_in_memory(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    samples, task = Blobs().load(), task_of(kind)
    network = Copy() if kind == "reconstruction" else torch.nn.Sequential(Copy(), torch.nn.Linear(36, 3))
    found = []
    for given in (samples, streamed(samples)):
        part = prepare(Blobs(normalize="none"), given).test
        input = part.input if isinstance(part.input, Rows) else part.input.numpy()
        found.append(evaluate(network, input, part.target, task, samples.spec, images=True, batch_size=5))
    assert found[0] == found[1]


def test_samples_to_be_judged_are_read_ahead() -> None:
    samples, readers = Blobs().load(), set[str]()
    values = samples.input[:]

    def take(rows: np.ndarray) -> np.ndarray:
        readers.add(threading.current_thread().name)
        return values[rows]

    def cancel(fraction: float, text: str) -> None:
        raise CancelledError("enough")

    input = Rows(values.shape, "float32", take)
    network, task = torch.nn.Sequential(Copy(), torch.nn.Linear(36, 3)), task_of("classification")
    evaluate(network, input, samples.target[:], task, samples.spec, batch_size=9)
    assert sum(name.startswith("reading ahead") for name in readers) >= 1
    with pytest.raises(CancelledError):
        evaluate(network, input, samples.target[:], task, samples.spec, batch_size=9, progress=cancel)
    assert not reading_threads()


def test_a_run_is_judged_on_what_it_did_not_see(tmp_path: Path) -> None:
    world = world_of(tmp_path, Streamed)
    world.run()
    held_out = load_run(tmp_path / "run", world.catalog).held_out()
    assert isinstance(held_out.input, Rows)
    assert len(held_out.input) == len(held_out.raw) == len(held_out.target) == 18
