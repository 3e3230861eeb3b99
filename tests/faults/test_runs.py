"""What goes wrong in a run: it is named where it happens, what was learned is kept, and one press goes on."""

from __future__ import annotations

import gc
import math
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from netdesigner.document import Choice, Design
from netdesigner.errors import DataError, NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.session import Session
from netdesigner.session import training as verbs
from netdesigner.session.builder import Builder
from netdesigner.session.ways_on import ways_on
from netdesigner.training.control import Control
from netdesigner.training.events import Checkpoint, Event, Failed, Finished, Started, Steps, Warned
from netdesigner.training.host import ThreadHost
from netdesigner.training.log import read_events
from netdesigner.training.runs import curves_of
from tests.training.world import REAL, World

Found = Callable[[str], None]
STEPS = 18


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what reaches the disk is tried elsewhere, and takes most of the time."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="netdesigner-tests-") as folder:
        yield Path(folder)


@pytest.fixture
def world(quick_folder: Path) -> World:
    return World(quick_folder)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Batches of a few samples are computed by one thread: several would wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


def of(kind: type, events: list[Event]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def kept(run: Path, which: str = "last") -> dict[str, torch.Tensor]:
    return load_file(run / f"checkpoint-{which}" / "model.safetensors")


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def points(run: Path) -> dict[str, list[tuple[float, float]]]:
    """The points of the curves of a run; where there is no number there is none."""
    curves = curves_of(read_events(run))
    parts = {**curves.train, **{f"val {name}": part for name, part in curves.validation.items()}}
    return {name: [p for p in zip(*part, strict=True) if math.isfinite(p[1])] for name, part in parts.items()}


# -- resume -----------------------------------------------------------------------------------------------------------


@pytest.mark.fault("stop and resume at a random step against a straight run", tests=24, soak=240)
def test_a_run_cut_anywhere_ends_with_the_weights_of_one_that_was_not(
    world: World, tries: int, found: Found
) -> None:
    """Every optimizer and schedule has its turns, with dropout, batch norm, shuffling and changed samples."""
    chance = random.Random(tries)
    world.values |= {"checkpoint_s": 1000}
    equal = 0
    for number in range(tries):
        optimizers, schedules = sorted(REAL.optimizers), sorted(REAL.schedules)
        world.optimizer = Choice(optimizers[number % len(optimizers)])
        # The second time round an optimizer meets another schedule.
        world.schedule = Choice(schedules[(number + number // len(optimizers)) % len(schedules)])
        world.values |= {"accumulate": chance.choice((1, 1, 4)), "clip_norm": chance.choice((None, 0.5))}
        world.augmentations = ((), (Choice("flip"), Choice("crop", {"padding": 1}), Choice("noise")))[
            number % 2
        ]
        cuts = sorted(chance.sample(range(1, STEPS), chance.choice((1, 2))))
        straight, cut = f"straight-{number}", f"cut-{number}"
        world.run(straight)
        done = 0
        for step in cuts:
            world.stopped(step - done, cut, resume=cut if done else "")
            done = step
        world.run(cut, resume=cut)
        says = (world.optimizer.kind, world.schedule.kind, cuts)
        assert same(kept(world.folder / straight), kept(world.folder / cut)), says
        assert same(kept(world.folder / straight, "best"), kept(world.folder / cut, "best")), says
        assert points(world.folder / straight) == points(world.folder / cut), says
        equal += 1
    found(f"{equal} of {tries} equal to the bit")


def test_every_source_of_chance_in_a_network_is_resumed(quick_folder: Path, catalog: Catalog) -> None:
    net = Builder(catalog=catalog)
    x = net.GaussianNoise(net.Input(shape=(1, 8, 8)))
    x = net.Dropout2d(net.Conv2d(x, out_channels=4))
    x = net.DropPath(net.AlphaDropout(net.BatchNorm2d(x)))
    x = net.RReLU(net.Dropout(net.Flatten(x)))
    net.Output(net.Linear(x, out_features=10))
    design = net.design(data="digits", task="classification", epochs=2, batch_size=300)
    list(verbs.train(design, catalog, quick_folder / "straight", device="cpu"))
    for step in (1, 3, 6):
        run = quick_folder / f"cut-{step}"
        list(_stopped_at(step, design, catalog, run))
        list(verbs.train(design, catalog, run, device="cpu", resume=run))
        assert same(kept(quick_folder / "straight"), kept(run)), step


def _stopped_at(step: int, design: Design, catalog: Catalog, run: Path) -> Iterator[Event]:
    """The events of a run that is stopped in a batch."""
    control, forward, made = Control(), nn.Linear.forward, [0]

    def counting(self: nn.Linear, x: torch.Tensor) -> torch.Tensor:
        made[0] += self.training and torch.is_grad_enabled()
        if made[0] == step:
            control.stop()
        return forward(self, x)

    with pytest.MonkeyPatch.context() as patch:
        events = verbs.train(design, catalog, run, device="cpu", control=control)
        for event in events:
            yield event
            if isinstance(event, Started):
                patch.setattr(nn.Linear, "forward", counting)


# -- cancel -----------------------------------------------------------------------------------------------------------


def hosted(world: World, resume: bool) -> ThreadHost:
    def events(control: Control) -> Iterator[Event]:
        torch.set_num_threads(1)
        return world.events("run", resume="run" if resume else "", control=control)

    return ThreadHost(events)


@pytest.mark.fault("cancel at a random batch", tests=50, soak=200)
def test_a_run_that_is_told_to_stop_stops_and_can_be_resumed(world: World, tries: int, found: Found) -> None:
    """Each try goes on with the run of the one before, so that all together must end as one that never stopped."""
    chance = random.Random(tries)
    world.values |= {"epochs": 100_000}
    world.schedule = Choice("constant")
    begun, wanted, reached = [0], [0], threading.Event()

    def look(module: nn.Module, inputs: object) -> None:
        begun[0] += module.training
        if begun[0] == wanted[0] and module.training:
            reached.set()

    whole = world.make

    def make() -> nn.Module:
        made = whole()
        made.register_forward_pre_hook(look)
        return made

    world.make = make
    slowest_s, most_after, step = 0.0, 0, 0
    for number in range(tries):
        begun[0], wanted[0] = 0, chance.randint(1, 25)
        reached.clear()
        host = hosted(world, step > 0)
        host.start()
        assert reached.wait(60)
        time.sleep(chance.choice((0.0, 0.0, chance.random() * 0.002)))
        begin = time.perf_counter()
        host.stop()
        slowest_s = max(slowest_s, time.perf_counter() - begin)
        after = begun[0]
        assert host.join(60)
        most_after = max(most_after, begun[0] - after)
        end = host.drain()[-1]
        assert isinstance(end, Finished)
        assert (end.reason, end.step) == ("stopped", step + begun[0]), number
        step = end.step
    assert most_after <= 1
    assert slowest_s < 1.0
    world.make = whole
    world.stopped(step, "straight")
    assert same(kept(world.folder / "straight"), kept(world.folder / "run"))
    found(f"answered in {1000 * slowest_s:.2f} ms at most, {most_after} batch begun after, {tries} resumed")


# -- what is not finite, and memory ------------------------------------------------------------------------------------


@pytest.fixture
def session(quick_folder: Path, catalog: Catalog) -> Session:
    """A session on a design of 16 steps, which keeps a checkpoint of each."""
    net = Builder(catalog=catalog)
    x = net.Linear(net.Flatten(net.Input(shape=(1, 8, 8))), name="hidden", out_features=16)
    net.Output(net.Linear(net.ReLU(x), name="scores", out_features=10))
    training = {"epochs": 2, "batch_size": 160, "device": "cpu", "checkpoint_s": 0}
    made = Session(catalog)
    made.new(net.design(data="digits", task="classification", **training))
    made.save(quick_folder / "small.netdesign")
    dataset = made.dataset()
    assert dataset is not None
    made.take_samples(dataset, dataset.read())
    return made


class Fault:
    """Makes one layer of a network fail from the training batch of a number on; until then each step is kept."""

    def __init__(self, patch: pytest.MonkeyPatch, features: int, batch: int, do: Callable[..., Any]) -> None:
        self.alive: list[weakref.ref[Any]] = []
        self._count = 0
        forward = nn.Linear.forward
        patch.setattr("netdesigner.training.recorder.FLUSH_S", 0.0)

        def failing(module: nn.Linear, x: torch.Tensor) -> torch.Tensor:
            given = forward(module, x)
            if module.out_features != features or not (module.training and torch.is_grad_enabled()):
                return given
            self._count += 1
            if self._count < batch:
                return given
            self.alive += [weakref.ref(module), weakref.ref(given)]
            return do(given)

        patch.setattr(nn.Linear, "forward", failing)


def give_nan(x: torch.Tensor) -> torch.Tensor:
    return x * float("nan")


def give_infinity(x: torch.Tensor) -> torch.Tensor:
    return x / 0


def run_out(x: torch.Tensor) -> torch.Tensor:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")


def run_out_in_backward(x: torch.Tensor) -> torch.Tensor:
    def hook(gradient: torch.Tensor) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB")

    x.register_hook(hook)
    return x


@pytest.fixture
def no_collector(session: Session) -> Iterator[None]:
    """No collector, which the window lets run now and then only; what torch keeps of a first run does not count."""
    ended(verbs.start(session))
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def ended(host: ThreadHost) -> list[Event]:
    assert host.join(60)
    return host.drain()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.fault("NaN or infinity at a random step", tests=20, soak=100)
def test_what_is_not_finite_stops_its_step_and_one_press_goes_on(
    session: Session, tries: int, found: Found
) -> None:
    chance = random.Random(tries)
    for number in range(tries):
        step, features = chance.randint(1, 16), chance.choice((16, 10))
        with pytest.MonkeyPatch.context() as patch:
            fault = Fault(patch, features, step, chance.choice((give_nan, give_infinity)))
            failed = ended(verbs.start(session))[-1]
        assert isinstance(failed, Failed)
        assert (failed.step, failed.node) == (step, "hidden" if features == 16 else "scores"), number
        run = _newest(session)
        if step > 1:
            assert all(torch.isfinite(tensor).all() for tensor in kept(run).values())
        _goes_on(session, chance.choice(failed.offers), run, failed.step - 1)
        _is_gone(fault)
    found(f"{tries} of {tries} at their step and node, and gone on with")


@pytest.mark.usefixtures("no_collector")
@pytest.mark.fault("memory runs out at a random step", tests=20, soak=100)
def test_memory_that_runs_out_is_given_back_and_half_the_batch_goes_on(
    session: Session, tries: int, found: Found
) -> None:
    chance = random.Random(tries)
    for number in range(tries):
        step, features = chance.randint(1, 16), chance.choice((16, 10))
        do = chance.choice((run_out, run_out_in_backward))
        with pytest.MonkeyPatch.context() as patch:
            fault = Fault(patch, features, step, do)
            failed = ended(verbs.start(session))[-1]
        assert isinstance(failed, Failed)
        assert failed.message == "there was not enough memory for batches of 160"
        assert failed.step == step - 1, number
        assert failed.node == ("" if do is run_out_in_backward else "hidden" if features == 16 else "scores")
        _goes_on(session, "halve_batch", _newest(session), failed.step)
        _is_gone(fault)
    found(f"{tries} of {tries} given back, and gone on with")


def _newest(session: Session) -> Path:
    path = session.state.path
    assert path is not None
    return max(path.with_name(f"{path.stem}.runs").iterdir(), key=lambda run: run.stat().st_ctime_ns)


def _goes_on(session: Session, offer: str, run: Path, done: int) -> None:
    """Does what the button does, sees the run end well, and takes the edit back."""
    (way,) = ways_on([offer], session.design, run)
    assert (way.resume == run) == (done > 0 or offer == "halve_batch")
    session.edit(way.change(session.design), way.words)
    events = ended(verbs.start(session, resume=way.resume))
    assert of(Started, events)[0].resumed_step == (done if way.resume else 0)
    assert isinstance(events[-1], Finished), events[-1]
    assert (events[-1].reason, events[-1].epochs) == ("done", 2)
    session.undo()


def _is_gone(fault: Fault) -> None:
    """Sees that nothing, such as the frames of an exception, keeps the network or the tensors of a run that is over."""
    assert fault.alive
    assert not any(ref() is not None for ref in fault.alive)


def test_a_weight_that_runs_away_is_not_written_over_the_last_good_checkpoint(world: World) -> None:
    """Gradients that are finite can lead to a weight that is not; it is found before it is kept."""
    world.stopped(7)
    before = kept(world.folder / "run")
    whole = world.make

    def make() -> nn.Module:
        made = whole()

        def ruin(module: nn.Module, inputs: object) -> None:
            if module.training:
                made.get_submodule("conv").weight.data[0, 0, 0, 0] = float("inf")

        made.get_submodule("fc").register_forward_pre_hook(ruin)
        return made

    world.make = make
    world.values |= {"checkpoint_s": 0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netdesigner.training.recorder.FLUSH_S", 0.0)
        failed = world.run(resume="run")[-1]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("the weights became NaN or infinite at step 8; 'conv.weight' is")
    assert failed.node == "conv"
    assert same(before, kept(world.folder / "run"))


# -- a full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes that is really full when it is full."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)]
    if sys.platform != "linux" or os.geteuid() or subprocess.call(mount, stderr=subprocess.DEVNULL):
        pytest.skip("only root may make a small disk on Linux")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_disk_that_fills_up_is_said_once_and_caught_up_with(small_disk: Path) -> None:
    world = World(small_disk)
    world.values |= {"epochs": 8, "checkpoint_s": 0}
    run, ballast, events = small_disk / "run", small_disk / "ballast", []
    whole: dict[str, torch.Tensor] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("netdesigner.training.recorder.FLUSH_S", 0.0)
        for event in world.events():
            events.append(event)
            done = event.last if isinstance(event, Steps) else 0
            if done == 12:
                whole = kept(run)
                _fill(ballast)
            elif done == 30:
                assert same(whole, kept(run))
                assert whole.keys() == kept(run, "best").keys()
                ballast.unlink()
    said = [event.message for event in of(Warned, events)]
    of_checkpoints = [text for text in said if "curves" not in text]
    assert len(of_checkpoints) == len(said) - 1 == 2
    assert "the checkpoint was not saved (the disk is full); the one before is kept" in of_checkpoints[0]
    assert of_checkpoints[1] == "checkpoints are saved again"
    assert isinstance(events[-1], Finished)
    assert of(Checkpoint, events)[-1].step == events[-1].step == 48
    assert [name.name for name in run.glob("*checkpoint*")] in (
        ["checkpoint-best", "checkpoint-last"],
        ["checkpoint-last", "checkpoint-best"],
    )
    steps = [n for part in of(Steps, list(read_events(run))) for n in range(part.first, part.last + 1)]
    assert steps == list(range(1, 49))


def _fill(ballast: Path) -> None:
    """Writes until there is no more space."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return


def test_a_disk_that_stays_full_is_said_again_at_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("netdesigner.training.checkpoint.save_file", full)
    monkeypatch.setattr("netdesigner.training.recorder.FLUSH_S", 0.0)
    world.values |= {"checkpoint_s": 0}
    events = world.run()
    said = [event.message for event in of(Warned, events)]
    assert len(said) == 2
    assert said[0].endswith("training goes on, and it is tried again")
    assert said[1].endswith("the one before is kept")
    assert events[-1].reason == "done"


# -- data that change --------------------------------------------------------------------------------------------------


def changed(file: Path) -> None:
    file.write_text(file.read_text().replace("0.5", "0.75"))


def truncated(file: Path) -> None:
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:100]))


def torn(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3] + b",,,")


@pytest.fixture
def table(quick_folder: Path) -> Path:
    """A table of two columns and what is to be learned from them."""
    chance = random.Random(5)
    rows = [f"{chance.random():.4f},{number % 7 / 2},{number % 3}.25" for number in range(300)]
    file = quick_folder / "table.csv"
    file.write_text("\n".join(["a,b,y", *rows]) + "\n")
    return file


@pytest.fixture
def on_table(table: Path, catalog: Catalog) -> Session:
    """A session on a design that learns from the table, for many epochs."""
    net = Builder(catalog=catalog)
    net.Output(net.Linear(net.Input(shape=(2,)), out_features=1))
    design = net.design(task="regression", epochs=100_000, batch_size=64, device="cpu", checkpoint_s=0)
    made = Session(catalog)
    made.new(replace(design, data=Choice("csv", {"path": str(table)})))
    made.save(table.with_name("small.netdesign"))
    return made


def _trained_until(session: Session, condition: Callable[[Event], bool], **given: Any) -> list[Event]:
    """The events of a run that is stopped where something is true of one."""
    host, events = verbs.start(session, **given), []
    deadline = time.monotonic() + 60
    while host.running and time.monotonic() < deadline:
        news = host.drain()
        events += news
        if any(map(condition, news)):
            host.stop()
        time.sleep(0.005)
    host.stop()
    return events + ended(host)


@pytest.mark.parametrize(
    "change", [changed, truncated, torn, Path.unlink], ids=lambda change: change.__name__
)
def test_data_that_change_under_a_run_are_named_and_it_goes_on(
    on_table: Session, table: Path, change: Callable[[Path], None]
) -> None:
    done = []

    def look(event: Event) -> bool:
        if isinstance(event, Steps) and not done:
            done.append(change(table))
        return isinstance(event, Warned)

    events = _trained_until(on_table, look)
    said = [event.message for event in of(Warned, events)]
    assert len(said) == 1
    assert said[0].startswith(f"{table}: changed or gone since training began")
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stopped"


@pytest.mark.parametrize(
    "change", [changed, truncated, torn, Path.unlink], ids=lambda change: change.__name__
)
def test_data_that_changed_since_are_named_before_a_run_is_resumed_or_judged(
    on_table: Session, table: Path, change: Callable[[Path], None], catalog: Catalog
) -> None:
    _trained_until(on_table, lambda event: isinstance(event, Checkpoint))
    run = _newest(on_table)
    before = kept(run)
    change(table)
    with pytest.raises(DataError, match=str(table)):
        verbs.evaluate_run(run, catalog)
    events = _trained_until(on_table, lambda event: isinstance(event, Checkpoint), resume=run)
    if change in (changed, truncated):
        assert of(Warned, events)[0].message.startswith(f"{table}: not the data that the run began with")
        assert isinstance(events[-1], Finished)
    else:
        assert isinstance(events[-1], Failed)
        assert events[-1].message.startswith(str(table))
        assert same(before, kept(run))
        with pytest.raises(NetDesignerError):
            verbs.evaluate_run(run, catalog)
