"""An epoch over samples that are read when they are needed, against one over the same samples in memory.

Arrays are a .npy file of bytes, pictures are PNG files in folders, each 3 x 64 x 64. Both ways train the same network
by our loop, with all that belongs to a run; runs alternate, and the first epoch of each is left out. Of the networks
the small CNN is far cheaper than any that would be used, and so the hardest case; the small form of ResNet-18 in the
gallery is what one would begin with. "ratio" is that of the time, goal 0.90; "work" is that of what all threads of the
process computed together, which is what is left of the speed where no core is free to read ahead.

Then how many samples a second are fed where nothing is computed. The last lines tell what memory of its own the process
needs at most: for an array and for pictures four times as large as the limit, for an array just as large as the limit,
which is read into memory, and for a text.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import nn

from netdesigner.compiler import compile_design
from netdesigner.datasets import _source
from netdesigner.document import Choice, Design, Settings
from netdesigner.parts import Catalog
from netdesigner.session.gallery import open_template
from netdesigner.training.data import Batches, prepare
from netdesigner.training.events import EpochEnd, Finished
from netdesigner.training.loop import train

GOAL = 0.90
SIDE = 64
LIMIT = 2**28
CATALOG = Catalog.discover()


def small_cnn() -> nn.Module:
    torch.manual_seed(0)
    convs = (nn.Conv2d(3, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2, padding=1))
    return nn.Sequential(*convs, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


def resnet() -> nn.Module:
    design = open_template("resnet18", small=True)
    design = replace(design, variables={**design.variables, "channels": 3, "size": SIDE})
    return compile_design(design, CATALOG, seed=0).module


def token_model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Embedding(96, 16), nn.Linear(16, 96))


NETWORKS = {"small CNN": small_cnn, "ResNet-18 small": resnet, "tokens": token_model}
IMAGES = ("small CNN", "ResNet-18 small")


def made_up(folder: Path, count: int) -> dict[str, Choice]:
    """The same pictures as an array and as files: smooth noise, which PNG packs about as well as photographs."""
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (count, SIDE // 8, SIDE // 8, 3), dtype=np.uint8)
    values = np.stack([np.asarray(Image.fromarray(each).resize((SIDE, SIDE))) for each in coarse])
    values = (values + random.integers(0, 8, values.shape, dtype=np.uint8)).astype(np.uint8)
    classes = np.arange(count) % 10
    np.save(folder / "x.npy", values)
    np.save(folder / "y.npy", classes)
    for index, (value, number) in enumerate(zip(values, classes, strict=True)):
        (folder / "pictures" / str(number)).mkdir(parents=True, exist_ok=True)
        Image.fromarray(value).save(folder / "pictures" / str(number) / f"{index}.png")
    files = {"path": str(folder / "x.npy"), "targets_path": str(folder / "y.npy"), "layout": "N,H,W,C"}
    return {
        "arrays": Choice("arrays", files),
        "pictures": Choice("image_folder", {"path": str(folder / "pictures")}),
    }


class Epoch(NamedTuple):
    """What an epoch took, in seconds: by the clock, and of all threads of the process together."""

    seconds: float
    work: float


def epochs_of(
    data: Choice, network: str, task: str = "classification", epochs: int = 3, batch: int = 64
) -> list[Epoch]:
    """What each epoch but the first took."""
    settings = Settings(values={"epochs": epochs, "batch_size": batch})
    design = Design(data=data, task=Choice(task), training=settings)
    ends: list[Epoch] = []
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        for event in train(design, CATALOG, lambda _name, _spec: NETWORKS[network](), run=run):
            if isinstance(event, EpochEnd):
                ends.append(Epoch(event.seconds, time.process_time()))
    assert isinstance(event, Finished), event
    return [Epoch(*(b - a for a, b in zip(*both, strict=True))) for both in itertools.pairwise(ends)]


def compare(name: str, network: str, data: Choice, rounds: int) -> str:
    """One line of the table."""
    found: dict[str, list[Epoch]] = {"never": [], "always": []}
    for _ in range(rounds):
        for how in found:
            found[how] += epochs_of(Choice(data.kind, {**data.params, "stream": how}), network)
    memory, stream = (Epoch(*map(statistics.median, zip(*epochs, strict=True))) for epochs in found.values())
    return (
        f"{name:<12}{network:<17}{torch.get_num_threads():>8}{memory.seconds:>12.2f}{stream.seconds:>12.2f}"
        f"{memory.seconds / stream.seconds:>8.2f}{GOAL:>8.2f}{memory.work / stream.work:>8.2f}"
    )


def fed(name: str, data: Choice) -> str:
    """How many samples a second come where nothing is computed: no GPU that takes fewer has to wait."""
    rates = []
    for how in ("never", "always"):
        dataset = CATALOG.dataset(Choice(data.kind, {**data.params, "stream": how}))
        batches = Batches(prepare(dataset, dataset.load()).train, 64, torch.device("cpu"))
        seconds = []
        for seed in range(7):
            began = time.perf_counter()
            for _ in batches.shuffled(torch.Generator().manual_seed(seed)):
                pass
            seconds.append(time.perf_counter() - began)
        rates.append(batches.samples / statistics.median(seconds))
    return f"{name:<12}{rates[0]:>22,.0f}{rates[1]:>18,.0f}"


def own_memory() -> int:
    """Bytes of memory that the process holds for itself; pages of files, which the system gives up, do not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def large_array(folder: Path, size: int) -> Choice:
    """An array of bytes that takes so many bytes in memory."""
    count = size // (4 * 3 * SIDE * SIDE)
    mapped = np.lib.format.open_memmap(folder / "x.npy", "w+", np.uint8, (count, SIDE, SIDE, 3))
    for start in range(0, count, 1000):
        some = mapped[start : start + 1000]
        some[:] = np.random.default_rng(start).integers(0, 256, some.shape, dtype=np.uint8)
    np.save(folder / "y.npy", np.arange(count) % 10)
    files = {"path": str(folder / "x.npy"), "targets_path": str(folder / "y.npy"), "layout": "N,H,W,C"}
    return Choice("arrays", files)


def large_folder(folder: Path, size: int) -> Choice:
    """Pictures that take so many bytes in memory."""
    return made_up(folder, size // (4 * 3 * SIDE * SIDE))["pictures"]


def large_text(folder: Path, size: int) -> Choice:
    """A text of so many bytes."""
    random = np.random.default_rng(0)
    with (folder / "t.txt").open("wb") as file:
        for start in range(0, size, 2**22):
            file.write(random.integers(97, 123, min(2**22, size - start), dtype=np.uint8).tobytes())
    return Choice("text", {"path": str(folder / "t.txt"), "length": 128})


MADE = {"array": large_array, "pictures": large_folder, "text": large_text}
PEAKS = (("array", LIMIT, LIMIT), ("array", 4 * LIMIT, LIMIT), ("pictures", LIMIT, LIMIT // 4))
TEXT = ("text", 200_000_000, 8 * 2**30)


def peak(kind: str, size: int, limit: int) -> str:
    """Trains an epoch on data of so many bytes, with a limit for data in memory; tells the most that was held."""
    _source.memory_limit = lambda: limit
    with tempfile.TemporaryDirectory() as text:
        data = MADE[kind](Path(text), size)
        few = {"validation": 0.05, "test": 0.9}  # a few steps tell the memory as well as many
        data = Choice(data.kind, {**data.params, **few})
        found, ended, before = [0], threading.Event(), own_memory()

        def watch() -> None:
            while not ended.wait(0.01):
                found[0] = max(found[0], own_memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        if kind == "text":
            epochs_of(data, "tokens", "language_model", 1, 256)
        else:
            epochs_of(data, "small CNN", epochs=1)
        ended.set()
        watcher.join()
    mebibytes = "".join(f"{number / 2**20:>12.0f}" for number in (size, limit, found[0] - before))
    return f"{kind:<12}{mebibytes}"


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--peak", nargs=3, metavar=("DATA", "BYTES", "LIMIT"), help="tells the memory for data of this size"
    )
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.peak:
        kind, size, limit = given.peak
        print(peak(kind, int(size), int(limit)), flush=True)
        return 0
    heads = f"{'threads':>8}{'memory s':>12}{'stream s':>12}{'ratio':>8}{'goal':>8}{'work':>8}"
    print(f"{'data':<12}{'network':<17}{heads}")
    with tempfile.TemporaryDirectory() as folder:
        made = made_up(Path(folder), given.count)
        for name, data in made.items():
            for network in IMAGES:
                print(compare(name, network, data, given.rounds), flush=True)
        print(f"\n{'samples/s':<12}{'from memory':>22}{'from files':>18}", flush=True)
        for name, data in made.items():
            print(fed(name, data), flush=True)
    print(f"\n{'data':<12}{'size MiB':>12}{'limit MiB':>12}{'held MiB':>12}", flush=True)
    command = [sys.executable, "-m", "benchmarks.bench_loading", "--peak"]
    rows = [[*command, *map(str, row)] for row in (*PEAKS, TEXT)]
    return max(subprocess.run(row, check=False).returncode for row in rows)


if __name__ == "__main__":
    sys.exit(main())
