"""An epoch over samples that are read when they are needed, against one over the same samples in memory.

Arrays are a .npy file of bytes, pictures are PNG files in folders, each 3 x 64 x 64. Both ways train the same network
by our loop, with all that belongs to a run; runs alternate, and the first epoch of each is left out. The last lines
tell what memory of its own the process needs at most for an array four times as large as the limit, beside the same
run of an array of a quarter of the limit, whose reading into memory is allowed. Goal: 0.90 of the speed in memory.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from netdesigner.datasets import _source
from netdesigner.document import Choice, Design, Settings
from netdesigner.parts import Catalog
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


def large_cnn() -> nn.Module:
    torch.manual_seed(0)
    convs = (nn.Conv2d(3, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, stride=2, padding=1), nn.ReLU())
    return nn.Sequential(*convs, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


NETWORKS = {"small CNN": small_cnn, "large CNN": large_cnn}


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


def epochs_of(data: Choice, network: str, stream: str, epochs: int = 3) -> list[float]:
    """Seconds of each epoch but the first."""
    settings = Settings(values={"epochs": epochs, "batch_size": 64})
    chosen = Choice(data.kind, {**data.params, "stream": stream})
    design = Design(data=chosen, task=Choice("classification"), training=settings)
    with tempfile.TemporaryDirectory() as folder:
        events = list(
            train(design, CATALOG, lambda _name, _spec: NETWORKS[network](), run=Path(folder) / "run")
        )
    assert isinstance(events[-1], Finished), events[-1]
    ends = [event.seconds for event in events if isinstance(event, EpochEnd)]
    return [after - before for before, after in itertools.pairwise(ends)]


def compare(name: str, network: str, data: Choice, rounds: int) -> str:
    """One line of the table."""
    memory, stream = [], []
    for _ in range(rounds):
        memory += epochs_of(data, network, "never")
        stream += epochs_of(data, network, "always")
    ratio = statistics.median(memory) / statistics.median(stream)
    return (
        f"{name:<12}{network:<12}{torch.get_num_threads():>8}{statistics.median(memory):>12.2f}"
        f"{statistics.median(stream):>12.2f}{ratio:>8.2f}{GOAL:>8.2f}"
    )


def own_memory() -> int:
    """Bytes of memory that the process holds for itself; pages of files, which the system gives up, do not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def peak(size: int) -> str:
    """Trains an epoch on an array of so many bytes in memory, with a limit for data; tells the most that was held."""
    _source.memory_limit = lambda: LIMIT
    count = size // (4 * 3 * SIDE * SIDE)
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        mapped = np.lib.format.open_memmap(folder / "x.npy", "w+", np.uint8, (count, SIDE, SIDE, 3))
        for start in range(0, count, 1000):
            some = mapped[start : start + 1000]
            some[:] = np.random.default_rng(start).integers(0, 256, some.shape, dtype=np.uint8)
        np.save(folder / "y.npy", np.arange(count) % 10)
        files: dict[str, str | float] = {
            "path": str(folder / "x.npy"),
            "targets_path": str(folder / "y.npy"),
            "layout": "N,H,W,C",
        }
        files |= {"validation": 0.05, "test": 0.9}  # a few steps tell the memory as well as many
        found, ended, before = [0], threading.Event(), own_memory()

        def watch() -> None:
            while not ended.wait(0.01):
                found[0] = max(found[0], own_memory())

        watcher = threading.Thread(target=watch)
        watcher.start()
        epochs_of(Choice("arrays", files), "small CNN", "auto", 1)
        ended.set()
        watcher.join()
    return f"{size / 2**20:>10.0f}{LIMIT / 2**20:>12.0f}{(found[0] - before) / 2**20:>20.0f}"


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument(
        "--peak", type=int, default=0, help="bytes; tells the memory for an array of this size"
    )
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    if given.peak:
        print(peak(given.peak), flush=True)
        return 0
    print(f"{'data':<12}{'network':<12}{'threads':>8}{'memory s':>12}{'stream s':>12}{'ratio':>8}{'goal':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, data in made_up(Path(folder), given.count).items():
            for network in NETWORKS:
                print(compare(name, network, data, given.rounds), flush=True)
    print(f"\n{'array MiB':>10}{'limit MiB':>12}{'held at most MiB':>20}", flush=True)
    command = [sys.executable, "-m", "benchmarks.bench_loading", "--peak"]
    return max(
        subprocess.run([*command, str(size)], check=False).returncode for size in (LIMIT // 4, 4 * LIMIT)
    )


if __name__ == "__main__":
    sys.exit(main())
