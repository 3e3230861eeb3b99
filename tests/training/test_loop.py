from __future__ import annotations

import errno
import json
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from netdesigner.document import Choice, Design, Network, load
from netdesigner.errors import FileError, ParameterError, TrainingError, UnknownPartError
from netdesigner.training.control import Control
from netdesigner.training.data import prepare
from netdesigner.training.events import (
    Checkpoint,
    EpochEnd,
    Event,
    Failed,
    Finished,
    Paused,
    Preparing,
    Resumed,
    Started,
    Steps,
    Warned,
)
from netdesigner.training.loop import train
from netdesigner.training.runs import curves_of, read_events
from tests.training.world import REAL, Blobs


def of(kind: type, events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def numbers(events: list[Event]) -> list[int]:
    return [n for steps in of(Steps, events) for n in range(steps.first, steps.last + 1)]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


# -- a whole run ------------------------------------------------------------------------------------------------------


def test_a_run_says_what_it_does_from_its_beginning_to_its_end(world: Any) -> None:
    events = world.run()
    assert of(Preparing, events)
    started = of(Started, events)[0]
    assert (started.epochs, started.steps_per_epoch, started.resumed_step) == (3, 6, 0)
    assert started.samples == {"train": 84, "validation": 18, "test": 18}
    assert started.parameters == sum(p.numel() for p in world.module.parameters())
    assert (started.curves, started.monitor, started.better) == (("loss", "accuracy"), "accuracy", "higher")
    assert numbers(events) == list(range(1, 19))
    assert [(end.epoch, end.step) for end in of(EpochEnd, events)] == [(1, 6), (2, 12), (3, 18)]
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epochs, finished.step) == ("done", 3, 18)


def test_steps_are_handed_on_before_their_epoch_ends(world: Any) -> None:
    last = 0
    for event in world.run():
        if isinstance(event, Steps):
            last = event.last
        elif isinstance(event, EpochEnd):
            assert event.step == last
            assert event.epoch * 6 == last


def test_the_numbers_of_an_epoch_are_means_over_its_samples(world: Any) -> None:
    events = world.run()
    first = [steps for steps in of(Steps, events) if steps.epoch == 1]
    losses = [loss for steps in first for loss in steps.values["loss"]]
    sizes = [16, 16, 16, 16, 16, 4]
    mean = sum(loss * size for loss, size in zip(losses, sizes, strict=True)) / 84
    assert of(EpochEnd, events)[0].train["loss"] == pytest.approx(mean)


@pytest.mark.parametrize("batch_size", [1, 64])
def test_a_loss_that_weighs_classes_is_validated_as_one_mean_however_batches_are_cut(
    batch_size: int, world: Any
) -> None:
    world.make = lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    world.values |= {"batch_size": batch_size, "learning_rate": 1e-12, "epochs": 1}
    world.catalog = replace(world.catalog, tasks=REAL.tasks)
    loss = Choice("CrossEntropyLoss", {"weight": [1, 20, 400]})
    design = replace(world.design, task=Choice("classification"), loss=loss)
    events = list(train(design, world.catalog, world.build, run=None))
    held = prepare(Blobs(), Blobs().load()).validation
    expected = F.cross_entropy(world.module(held.input), held.target, torch.tensor([1.0, 20.0, 400.0]))
    assert of(EpochEnd, events)[0].validation["loss"] == pytest.approx(expected.item(), rel=1e-4)


def test_validation_is_the_task_on_the_whole_validation_part_in_evaluation_mode(world: Any) -> None:
    world.values["epochs"] = 1
    events = world.run()
    dataset = world.catalog.dataset(world.design.data)
    part = prepare(dataset, dataset.load()).validation
    world.module.eval()
    with torch.no_grad():
        scores = world.module(part.input)
    expected = {
        "loss": F.cross_entropy(scores, part.target).item(),
        "accuracy": (scores.argmax(1) == part.target).float().mean().item(),
    }
    assert of(EpochEnd, events)[0].validation == pytest.approx(expected, rel=1e-5)


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(world: Any) -> None:
    found = []
    for number, seed in enumerate((1, 1, 2)):
        world.values["seed"] = seed
        world.run(f"run{number}")
        found.append(world.weights())
    assert same(found[0], found[1])
    assert not same(found[0], found[2])


def test_what_a_listener_does_between_two_events_changes_nothing(world: Any) -> None:
    world.run("quiet")
    quiet = world.weights()
    with torch.no_grad():
        for _ in world.events("loud"):
            torch.manual_seed(1)
            torch.rand(3)
    assert same(quiet, world.weights())


def test_a_run_leaves_the_random_numbers_of_others_alone(world: Any) -> None:
    torch.manual_seed(4)
    expected = torch.rand(3).tolist()
    torch.manual_seed(4)
    world.run()
    assert torch.rand(3).tolist() == expected


def test_the_folder_holds_the_design_the_data_the_events_and_two_checkpoints(world: Any) -> None:
    world.run()
    run = world.folder / "run"
    assert sorted(path.name for path in run.iterdir()) == [
        "checkpoint-best",
        "checkpoint-last",
        "data.json",
        "design.netdesign",
        "events.jsonl",
    ]
    assert load(run / "design.netdesign") == world.design
    assert json.loads((run / "data.json").read_text())["samples"]["train"] == 84


def test_without_a_folder_a_run_leaves_nothing_but_its_weights(world: Any) -> None:
    before = world.make().state_dict()
    events = world.run("")
    assert isinstance(events[-1], Finished)
    assert not same(before, world.weights())
    assert list(world.folder.iterdir()) == []


def test_the_schedule_moves_the_learning_rate_at_each_step(world: Any) -> None:
    rates = [rate for steps in of(Steps, world.run()) for rate in steps.learning_rate]
    assert rates[0] == 0.01
    assert all(after < before for before, after in pairwise(rates))


def test_clipped_gradients_have_a_curve(world: Any) -> None:
    world.values["clip_norm"] = 1.0
    for steps in of(Steps, world.run()):
        assert len(steps.values["grad_norm"]) == len(steps.values["loss"])
        assert min(steps.values["grad_norm"]) > 0


def test_without_a_validation_part_the_training_part_decides(world: Any) -> None:
    world.data = {"validation": 0.0}
    ends = of(EpochEnd, world.run())
    assert [end.validation for end in ends] == [{}, {}, {}]
    assert ends[0].best


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_a_shorter_precision_trains(world: Any, precision: str) -> None:
    world.values |= {"precision": precision, "epochs": 4}
    ends = of(EpochEnd, world.run())
    assert ends[-1].train["loss"] < ends[0].train["loss"]


# -- best and early ---------------------------------------------------------------------------------------------------


def test_the_best_epoch_is_kept_and_left_in_the_network(world: Any) -> None:
    world.values |= {"epochs": 6, "learning_rate": 0.3}
    events = world.run()
    finished, ends = events[-1], of(EpochEnd, events)
    values = [end.validation["accuracy"] for end in ends]
    assert finished.best_value == max(values)
    assert finished.best_epoch == values.index(max(values)) + 1
    world.module.eval()
    dataset = world.catalog.dataset(world.design.data)
    part = prepare(dataset, dataset.load()).validation
    with torch.no_grad():
        accuracy = (world.module(part.input).argmax(1) == part.target).float().mean().item()
    assert accuracy == pytest.approx(max(values))


def test_the_last_weights_stay_where_they_are_wanted(world: Any) -> None:
    world.values |= {"epochs": 6, "learning_rate": 0.3, "keep": "last"}
    world.run("last")
    last = world.weights()
    world.values["keep"] = "best"
    events = world.run("best")
    assert of(Finished, events)[0].best_epoch < 6
    assert not same(last, world.weights())


def test_training_stops_early_where_nothing_improves(world: Any) -> None:
    world.values |= {"epochs": 50, "early_stopping": 3}
    events = world.run()
    finished = events[-1]
    assert finished.reason == "early"
    assert finished.epochs == finished.best_epoch + 3
    assert world.run(resume="run")[-1].epochs == finished.epochs


# -- pause, step, stop ------------------------------------------------------------------------------------------------


def test_a_paused_run_saves_says_so_and_goes_on(world: Any) -> None:
    control = Control()
    control.pause()
    events = []
    for event in world.events(control=control):
        events.append(event)
        if isinstance(event, Paused):
            assert (world.folder / "run" / "checkpoint-last").is_dir()
            control.resume()
    assert [type(event) for event in events if isinstance(event, Paused | Resumed)] == [Paused, Resumed]
    assert numbers(events) == list(range(1, 19))


def test_single_steps_make_one_batch_each(world: Any) -> None:
    control = Control()
    control.pause()
    seen = []
    for event in world.events(control=control):
        if isinstance(event, Steps):
            seen.append((event.first, event.last))
        if isinstance(event, Paused):
            control.single_step() if event.step < 3 else control.stop()
    assert seen == [(1, 1), (2, 2), (3, 3)]


def test_pausing_changes_no_number(world: Any) -> None:
    world.run("straight")
    straight = world.weights()
    control = Control()
    control.pause()
    for event in world.events("paused", control=control):
        if isinstance(event, Paused):
            control.resume()
            if event.step < 9:
                control.single_step()
    assert same(straight, world.weights())


def test_a_stopped_run_ends_after_its_batch(world: Any) -> None:
    events = world.stopped(8)
    assert (events[-1].reason, events[-1].step, events[-1].epochs) == ("stopped", 8, 1)
    assert numbers(events) == list(range(1, 9))


def test_a_stop_during_validation_does_not_wait_for_it(world: Any) -> None:
    control = Control()

    class Stops(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if not self.training:
                control.stop()
            return x

    whole = world.make
    world.make = lambda: nn.Sequential(whole(), Stops())
    events = world.run(control=control)
    assert events[-1].reason == "stopped"
    assert (events[-1].step, events[-1].epochs) == (6, 0)


def test_a_stop_during_validation_leaves_no_trace_in_the_random_numbers(world: Any) -> None:
    control, whole = Control(), world.make
    world.make = lambda: nn.Sequential(whole(), Draws())
    world.run("straight")
    straight = world.weights()
    world.make = lambda: nn.Sequential(whole(), Draws(control))
    assert world.run("cut", control=control)[-1].step == 6
    world.make = lambda: nn.Sequential(whole(), Draws())
    world.run("cut", resume="cut")
    assert same(straight, world.weights())


class Draws(nn.Module):
    """Draws random numbers in evaluation too, as tasks do whose loss is one of noise; may stop its run there."""

    def __init__(self, control: Control | None = None) -> None:
        super().__init__()
        self.control = control

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training and self.control is not None:
            self.control.stop()
        return x + 0.1 * torch.randn_like(x)


def test_a_listener_that_leaves_stops_the_run_and_it_can_be_resumed(world: Any) -> None:
    world.run("straight")
    straight = world.weights()
    events = world.events("left")
    for event in events:
        if isinstance(event, EpochEnd):
            break
    events.close()
    logged = list(read_events(world.folder / "left"))
    assert isinstance(logged[-1], Finished)
    assert logged[-1].reason == "stopped"
    world.run("left", resume="left")
    assert same(straight, world.weights())


def test_an_interrupt_from_the_keyboard_loses_nothing(world: Any) -> None:
    class Interrupted(nn.Module):
        count = 0

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.count += 1
            if self.count == 9:
                raise KeyboardInterrupt
            return x

    whole = world.make
    world.make = lambda: nn.Sequential(whole(), Interrupted())
    with pytest.raises(KeyboardInterrupt):
        world.run()
    logged = list(read_events(world.folder / "run"))
    assert logged[-1].reason == "stopped"
    assert max(numbers(logged)) == logged[-1].step >= 7
    world.make = lambda: nn.Sequential(whole(), nn.Identity())
    resumed = of(Started, world.run(resume="run"))[0]
    assert resumed.resumed_step == logged[-1].step


def test_a_stop_while_the_data_are_read_ends_the_run_and_leaves_no_folder(world: Any) -> None:
    control = Control()
    control.stop()
    events = world.run(control=control)
    assert [type(event) for event in events] == [Preparing, Finished]
    assert events[-1].reason == "stopped"
    assert list(world.folder.iterdir()) == []


# -- resume -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [1, 5, 6, 7, 11, 16, 18])
def test_a_resumed_run_ends_with_the_very_weights_of_one_that_never_stopped(world: Any, cut: int) -> None:
    world.run("straight")
    straight = world.weights()
    world.stopped(cut, "cut")
    world.run("cut", resume="cut")
    assert same(straight, world.weights())
    assert curves_of(read_events(world.folder / "straight")) == curves_of(read_events(world.folder / "cut"))


@pytest.mark.parametrize(
    ("optimizer", "schedule", "values"),
    [
        (Choice("SGD", {"momentum": 0.9}), Choice("plateau", {"patience": 0}), {}),
        (Choice("AdamW"), Choice("one_cycle"), {"accumulate": 4, "ema_decay": 0.9}),
        (
            Choice("Adam", {"amsgrad": True}),
            Choice("cosine", {"warmup": 0.2}),
            {"clip_norm": 0.5, "precision": "bfloat16"},
        ),
        (
            Choice("AdamW"),
            Choice("constant"),
            {"precision": "float16", "ema_decay": 0.99, "decay_exempt": "vectors"},
        ),
        (Choice("RMSprop"), Choice("step", {"step_size": 1}), {"early_stopping": 2, "sampling": "balanced"}),
    ],
    ids=lambda value: getattr(value, "kind", str(value)),
)
def test_everything_that_a_run_remembers_is_resumed(
    world: Any, optimizer: Choice, schedule: Choice, values: dict[str, Any]
) -> None:
    world.optimizer, world.schedule = optimizer, schedule
    world.values |= values
    world.run("straight")
    straight = world.weights()
    world.stopped(3, "cut")
    world.stopped(6, "cut", resume="cut")
    world.run("cut", resume="cut")
    assert same(straight, world.weights())


def test_a_run_stopped_again_and_again_ends_the_same(world: Any) -> None:
    world.run("straight")
    straight = world.weights()
    world.stopped(1, "cut")
    for _ in range(16):
        world.stopped(1, "cut", resume="cut")
    finished = world.run("cut", resume="cut")[-1]
    assert (finished.reason, finished.step) == ("done", 18)
    assert same(straight, world.weights())


def test_a_run_is_gone_on_with_in_another_folder(world: Any) -> None:
    world.run("straight")
    straight = world.weights()
    world.stopped(13, "first")
    kept = (world.folder / "first" / "events.jsonl").read_bytes()
    world.run("second", resume="first")
    assert same(straight, world.weights())
    assert (world.folder / "first" / "events.jsonl").read_bytes() == kept
    assert (world.folder / "second" / "checkpoint-best").is_dir()


def test_more_epochs_can_be_added_to_a_run_that_was_done(world: Any) -> None:
    world.schedule = Choice("constant")
    world.run()
    world.values["epochs"] = 5
    events = world.run(resume="run")
    assert of(Started, events)[0].resumed_step == 18
    assert [end.epoch for end in of(EpochEnd, events)] == [4, 5]


@pytest.mark.parametrize(
    ("change", "steps"), [({"batch_size": 12}, 7), ({"sampling": "balanced"}, 6)], ids=str
)
def test_other_batches_begin_the_epoch_anew_and_that_is_said(
    world: Any, change: dict[str, Any], steps: int
) -> None:
    world.stopped(8)
    world.values |= change
    events = world.run(resume="run")
    assert "begins anew" in of(Warned, events)[0].message
    assert of(Started, events)[0].batches_behind == steps
    assert events[-1].reason == "done"
    assert events[-1].step == 8 + 2 * steps


def test_another_optimizer_starts_without_a_memory_and_says_so(world: Any) -> None:
    world.stopped(8)
    world.optimizer = Choice("SGD")
    events = world.run(resume="run")
    assert "the optimizer is another one" in of(Warned, events)[0].message
    assert events[-1].reason == "done"


def test_other_data_are_noticed(world: Any) -> None:
    world.stopped(8)
    world.data = {"rows": 150}
    assert "not the data that the run began with" in of(Warned, world.run(resume="run"))[0].message


def test_on_other_data_the_best_epoch_is_looked_for_anew(world: Any) -> None:
    world.stopped(8)
    state = world.folder / "run" / "checkpoint-last" / "state.json"
    state.write_text(
        json.dumps({**json.loads(state.read_text()), "best_value": 2.0})
    )  # which none will reach
    assert not any(end.best for end in of(EpochEnd, world.run("same", resume="run")))
    world.data = {"rows": 150}
    events = world.run("other", resume="run")
    assert "looks for its best epoch anew" in of(Warned, events)[0].message
    assert of(EpochEnd, events)[0].best
    assert events[-1].best_value <= 1.0


def test_another_network_is_refused_with_the_first_difference(world: Any) -> None:
    world.stopped(8)
    world.make = lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 3))
    with pytest.raises(TrainingError, match="the network was changed since"):
        world.run(resume="run")


@pytest.mark.parametrize(
    "change",
    [
        {"format": 99},
        {"step": "many"},
        {"epoch": -1},
        {"sums": None},
        {"memory": [1]},
        {"remembered": {"x": {}}},
        {"batch": None},
    ],
)
def test_a_damaged_state_is_refused(world: Any, change: dict[str, object]) -> None:
    world.stopped(8)
    file = world.folder / "run" / "checkpoint-last" / "state.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(TrainingError):
        world.run(resume="run")


def test_there_must_be_something_to_resume(world: Any) -> None:
    with pytest.raises(TrainingError, match="has no checkpoint to go on from"):
        world.run(resume="nowhere")


# -- what goes wrong --------------------------------------------------------------------------------------------------


class Bad(nn.Module):
    """Does something bad in one batch."""

    def __init__(self, batch: int, do: Callable[[torch.Tensor], torch.Tensor]) -> None:
        super().__init__()
        self.batch, self.do, self.count = batch, do, 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.count += self.training
        return self.do(x) if self.training and self.count >= self.batch else x


def with_bad(world: Any, batch: int, do: Callable[[torch.Tensor], torch.Tensor]) -> None:
    whole = world.make

    def make() -> nn.Module:
        made = whole()
        made.add_module("bad", Bad(batch, do))
        return made

    world.make = make


def test_a_loss_that_is_not_finite_stops_at_its_step_and_names_the_node(world: Any) -> None:
    with_bad(world, 9, lambda x: x / 0)
    events = world.run()
    failed = events[-1]
    assert isinstance(failed, Failed)
    assert (failed.node, failed.step) == ("bad", 9)
    assert "Lower the rate" in failed.advice[0]
    assert numbers(events) == list(range(1, 9))


def test_after_a_bad_number_the_good_weights_are_kept_and_the_bad_are_not(world: Any) -> None:
    with_bad(world, 9, lambda x: x * float("nan"))
    world.run()
    from safetensors.torch import load_file

    kept = load_file(world.folder / "run" / "checkpoint-best" / "model.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in kept.values() if tensor.is_floating_point())
    assert not (world.folder / "run" / "checkpoint-last").exists()


def test_a_bad_number_does_not_replace_the_last_checkpoint(world: Any) -> None:
    world.stopped(7)
    file = world.folder / "run" / "checkpoint-last" / "model.safetensors"
    before = file.read_bytes()
    with_bad(world, 2, lambda x: x * float("nan"))
    assert isinstance(world.run(resume="run")[-1], Failed)
    assert file.read_bytes() == before


def _no_memory(x: torch.Tensor) -> torch.Tensor:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")


def test_running_out_of_memory_says_what_to_do_and_keeps_what_was_learned(world: Any) -> None:
    with_bad(world, 9, _no_memory)
    failed = world.run()[-1]
    assert isinstance(failed, Failed)
    assert failed.message == "there was not enough memory for batches of 16"
    assert failed.advice[0].startswith("Halve the batch to 8.")
    world.values["batch_size"] = 8
    with_bad(world, 10**6, _no_memory)
    assert world.run(resume="run")[-1].reason == "done"


def test_running_out_of_memory_holds_on_to_no_tensor(world: Any) -> None:
    import weakref

    alive: list[weakref.ref[torch.Tensor]] = []

    def keep(x: torch.Tensor) -> torch.Tensor:
        big = x * 2
        alive.append(weakref.ref(big))
        raise torch.OutOfMemoryError("CUDA out of memory")

    with_bad(world, 3, keep)
    events = world.events()
    for event in events:
        if isinstance(event, Failed):
            assert alive[0]() is None
    assert all(parameter.grad is None for parameter in world.module.parameters())


def test_an_error_of_a_part_becomes_the_last_event(world: Any) -> None:
    def wrong(x: torch.Tensor) -> torch.Tensor:
        error = RuntimeError("mat1 and mat2 shapes cannot be multiplied\nmore")
        error.add_note("in node fc")
        raise error

    with_bad(world, 1, wrong)
    failed = world.run()[-1]
    assert failed == Failed(
        "RuntimeError: mat1 and mat2 shapes cannot be multiplied",
        "fc",
        ("Check the parameters of this node and what its wires carry.",),
        0,
    )


def test_an_error_in_validation_is_no_different(world: Any) -> None:
    class Fails(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if not self.training:
                raise ValueError("not in evaluation")
            return x

    whole = world.make
    world.make = lambda: nn.Sequential(whole(), Fails())
    assert world.run()[-1].message == "ValueError: not in evaluation"


def test_a_full_disk_warns_and_training_goes_on(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("netdesigner.training.checkpoint.save_file", full)
    world.values["checkpoint_s"] = 0
    events = world.run()
    assert "not saved (the disk is full); the one before is kept" in of(Warned, events)[0].message
    assert events[-1].reason == "done"
    assert of(Checkpoint, events) == []


def test_checkpoints_are_written_when_it_is_time(world: Any) -> None:
    world.values["checkpoint_s"] = 0
    often = of(Checkpoint, world.run("often"))
    world.values["checkpoint_s"] = 1000
    seldom = of(Checkpoint, world.run("seldom"))
    assert len([c for c in often if c.which == "last"]) >= 4
    assert [c.which for c in seldom] == ["best", "last"]


# -- what cannot start ------------------------------------------------------------------------------------------------


def test_a_folder_that_holds_a_run_is_not_written_into(world: Any) -> None:
    world.run()
    before = sorted(world.folder.rglob("*"))
    with pytest.raises(TrainingError, match="holds a run already"):
        world.run()
    assert sorted(world.folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"values": {"epochs": 0}}, ParameterError),
        ({"values": {"epoch": 3}}, ParameterError),
        ({"values": {"device": "cuda"}}, TrainingError),
        ({"optimizer": Choice("Adan")}, UnknownPartError),
        ({"schedule": Choice("sawtooth")}, UnknownPartError),
        ({"optimizer": Choice("Rprop"), "values": {"weight_decay": 0.1}}, ParameterError),
        ({"data": {"validation": 0.5, "test": 0.5}}, ParameterError),
        ({"make": nn.Flatten}, TrainingError),
    ],
)
def test_a_run_that_cannot_start_leaves_no_folder(
    world: Any, change: dict[str, Any], error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    for name, value in change.items():
        setattr(world, name, value)
    (world.folder / "run").mkdir()
    with pytest.raises(error):
        world.run()
    assert not (world.folder / "run").exists()


def test_a_disk_that_is_full_from_the_start_leaves_no_folder(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        raise FileError(path, "not saved: the disk is full")

    monkeypatch.setattr("netdesigner.training.loop.write_atomically", full)
    with pytest.raises(FileError, match="the disk is full"):
        world.run()
    assert list(world.folder.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(world: Any) -> None:
    (world.folder / "file").write_text("")
    with pytest.raises(FileError, match="cannot be made"):
        world.run("file/run")


def test_a_design_without_data_or_task_is_refused(world: Any, tmp_path: Path) -> None:
    for design in (Design(task=Choice("guess")), Design(data=Choice("blobs"))):
        with pytest.raises(TrainingError, match="the design has no"):
            list(train(design, world.catalog, world.build, run=None))


def test_a_task_finds_its_network_by_its_role_among_several(world: Any) -> None:
    design = Design(networks={"a": Network(), "b": Network()}, data=Choice("blobs"), task=Choice("guess"))
    with pytest.raises(TrainingError, match="needs a network called 'network'; the design has a, b"):
        list(train(design, world.catalog, world.build, run=None))


def test_samples_that_are_read_already_are_not_read_again(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = world.catalog.dataset(world.design.data).load()
    monkeypatch.setattr(world.catalog.datasets["blobs"], "load", None)
    assert world.run(samples=samples)[-1].reason == "done"
