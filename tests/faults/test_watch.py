"""The watch itself catches what a careless opener would do."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.faults.watch import Watcher, faulty


class _Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("true",)


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the watch notes of files that a careless opener reads, by their name."""
    folder = tmp_path_factory.mktemp("careless")
    bait = folder / "secret.txt"
    bait.write_text("secret")
    words = {
        "runs.py": "import os\nos.system('true')",
        "imports.py": "import colorsys",
        "connects.py": "import socket\nsocket.socket().close()",
        "runs.pickle": pickle.dumps(_Runs(), protocol=0).decode(),
        "elsewhere.txt": "/etc/hostname",
        "bait.txt": str(bait),
        "large.slow": "400",
        "good.txt": str(folder / "good.txt"),
    }
    files = []
    for name, text in words.items():
        files.append(folder / name)
        files[-1].write_text(text)
    files.append(folder / "gone.txt")
    own = tmp_path_factory.mktemp("own")
    with Watcher() as watcher:
        seen = watcher.open("unsafe", files, own, bait)
    assert [Path(each.file).name for each in seen] == [file.name for file in files]
    found = {Path(each.file).name: each.faults for each in seen}
    assert len(faulty(seen)) == sum(map(bool, found.values()))
    return found


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("runs.py", "os.system"),
        ("imports.py", "import 'colorsys'"),
        ("connects.py", "socket."),
        ("runs.pickle", "pickle.find_class"),
        ("elsewhere.txt", "open /etc/hostname"),
        ("bait.txt", "the bait was opened"),
        ("large.slow", "MB"),
        ("gone.txt", "raised FileNotFoundError"),
    ],
)
def test_what_a_careless_opener_does_is_caught(caught: dict[str, list[str]], name: str, event: str) -> None:
    assert any(event in fault for fault in caught[name])


def test_an_opener_that_only_reads_its_file_is_not_blamed(caught: dict[str, list[str]]) -> None:
    assert caught["good.txt"] == []
