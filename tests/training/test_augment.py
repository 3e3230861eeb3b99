"""Samples that are changed by chance while a network learns from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import pytest
import torch
from torch import Tensor, nn

from netdesigner.document import Choice, load
from netdesigner.errors import TrainingError, UnknownPartError
from netdesigner.parts import Pair, Task
from netdesigner.training.augment import augmented
from netdesigner.training.data import prepare
from netdesigner.training.events import EpochEnd, Event, Failed
from tests.training.test_loop import of, same
from tests.training.world import REAL, Guess, World

ALL = tuple(
    Choice(kind, params)
    for kind, params in (
        ("flip", {}),
        ("crop", {"padding": 1}),
        ("colour", {}),
        ("erase", {}),
        ("mixup", {"p": 0.5, "alpha": 1}),
        ("cutmix", {"p": 0.8}),
    )
)


@pytest.fixture
def mixing(world: World) -> World:
    """A world in which classes are told apart by a task of the shelf, from samples that are changed."""
    world.catalog = replace(world.catalog, tasks=REAL.tasks)
    world.task, world.augmentations = "classification", ALL
    return world


@pytest.mark.parametrize("batches", [1, 4, 7])
def test_a_run_that_was_stopped_goes_on_with_the_same_chance(mixing: World, batches: int) -> None:
    mixing.run("whole")
    whole = mixing.weights()
    mixing.stopped(batches, "part")
    mixing.run("rest", resume="part")
    assert same(whole, mixing.weights())


def test_a_run_resumes_alike_where_several_batches_make_a_step(mixing: World) -> None:
    mixing.values["accumulate"] = 3
    mixing.run("whole")
    whole = mixing.weights()
    mixing.stopped(8, "part")
    mixing.run("rest", resume="part")
    assert same(whole, mixing.weights())


class Seen(Guess):
    """Notes what it is given."""

    kind: ClassVar[str] = "guess"
    batches: ClassVar[list[tuple[bool, Tensor]]] = []

    def step(
        self, networks: Mapping[str, nn.Module], criterion: nn.Module | None, batch: Pair, **options: Any
    ) -> dict[str, Tensor]:
        self.batches.append((networks["network"].training, batch.input.clone()))
        return super().step(networks, criterion, batch, **options)


@pytest.fixture
def seen(world: World) -> list[tuple[bool, Tensor]]:
    """What the task of the world was given, and whether it was for training."""
    Seen.batches.clear()
    world.catalog = replace(world.catalog, tasks={"guess": Seen})
    return Seen.batches


def test_what_is_held_out_is_never_changed(world: World, seen: list[tuple[bool, Tensor]]) -> None:
    world.augmentations = (Choice("noise", {"std": 1}),)
    world.run()
    dataset = world.catalog.dataset(world.design.data or Choice(""))
    prepared = prepare(dataset, dataset.load())
    held = [batch for training, batch in seen if not training]
    assert len(held) == 3
    assert all(torch.equal(batch, prepared.validation.input) for batch in held)
    learned = torch.cat([batch for training, batch in seen if training])
    assert len(learned) == 3 * len(prepared.train.input)
    known = {sample.numpy().tobytes() for sample in prepared.train.input}
    assert not known & {sample.numpy().tobytes() for sample in learned}


def test_no_sample_is_changed_twice_in_the_same_way(world: World, seen: list[tuple[bool, Tensor]]) -> None:
    world.augmentations = (Choice("noise"),)
    world.run()
    learned = [sample.numpy().tobytes() for training, batch in seen if training for sample in batch]
    assert len(set(learned)) == len(learned) > 200


def test_a_run_without_augmentations_draws_nothing(world: World, seen: list[tuple[bool, Tensor]]) -> None:
    world.run("without")
    before = [batch for _, batch in seen]
    seen.clear()
    world.augmentations = (Choice("flip", {"p": 0}),)
    world.run("with")
    assert all(torch.equal(one, two) for one, (_, two) in zip(before, seen, strict=True))


def test_the_design_of_a_run_names_its_augmentations(mixing: World) -> None:
    mixing.run()
    assert load(mixing.folder / "run" / "design.netdesign").augmentations == ALL


def test_a_run_learns_from_mixed_samples(mixing: World) -> None:
    mixing.values["epochs"] = 8
    mixing.augmentations = (Choice("noise"), Choice("mixup", {"alpha": 1}))
    ends = of(EpochEnd, mixing.run())
    assert ends[-1].validation["accuracy"] > 0.9
    assert ends[-1].train["loss"] > ends[-1].validation["loss"], "nobody can say which of two it is"


def refusal(events: list[Event]) -> str:
    return "; ".join(event.message for event in events if isinstance(event, Failed))


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("mixup", TrainingError, "makes one sample out of two"),
        ("jitter", TrainingError, "is for series"),
        ("flipp", UnknownPartError, "did you mean 'flip'"),
    ],
)
def test_what_cannot_be_done_is_said_before_training(
    world: World, kind: str, error: type[Exception], words: str
) -> None:
    world.augmentations = (Choice(kind),)
    with pytest.raises(error, match=words):
        world.run()
    assert not (world.folder / "run").exists()


class Views(Guess):
    """Makes two views of each sample by itself."""

    kind: ClassVar[str] = "guess"
    augments: ClassVar[bool] = True

    def step(
        self,
        networks: Mapping[str, nn.Module],
        criterion: nn.Module | None,
        batch: Pair,
        *,
        measure: bool = True,
    ) -> dict[str, Tensor]:
        assert self.augmented is not None
        one, two = (self.augmented(batch) for _ in range(2))
        assert networks["network"].training is False or not torch.equal(one.input, two.input)
        assert not torch.equal(one.input, batch.input)
        return super().step(networks, criterion, one, measure=measure)


def test_a_task_may_make_views_of_samples_by_itself(world: World) -> None:
    world.catalog = replace(world.catalog, tasks={"guess": Views})
    world.augmentations = (Choice("noise"),)
    assert not refusal(world.run())


def test_a_task_that_makes_views_has_what_makes_them_even_where_nothing_is_chosen(world: World) -> None:
    catalog = replace(world.catalog, tasks={"guess": Views})
    dataset = catalog.dataset(world.design.data or Choice(""))
    prepared = prepare(dataset, dataset.load())
    for task, there in ((Views(), True), (Guess(), False)):
        found = augmented(world.design, catalog, task, prepared, torch.device("cpu"))
        assert (found is not None) is there
    assert Task().augmented is None
