"""Public sets, in small and from a server on this machine: there is nothing, it is fetched, read, split and trained."""

from __future__ import annotations

import gzip
import hashlib
import io
import struct
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netdesigner as nd
from netdesigner import api
from netdesigner.cli.verbs import main
from netdesigner.datasets import _download
from netdesigner.datasets._download import Remote
from netdesigner.datasets.public import Cifar10, Cifar100, Mnist, PublicSet
from netdesigner.document import Choice
from netdesigner.errors import DataError
from netdesigner.parts import Catalog
from netdesigner.training.data import prepare
from tests.datasets.loopback import Shelf, serving

TRAIN, TEST = 30, 10
RANDOM = np.random.default_rng(0)


def idx(values: np.ndarray) -> bytes:
    head = struct.pack(f">HBB{values.ndim}I", 0, 8, values.ndim, *values.shape)
    return gzip.compress(head + values.astype(np.uint8).tobytes())


def mnist_files() -> dict[str, bytes]:
    names = [remote.name for remote in Mnist.files]
    pictures = [RANDOM.integers(0, 256, (count, 28, 28)) for count in (TRAIN, TEST)]
    labels = [np.arange(count) % 10 for count in (TRAIN, TEST)]
    return dict(zip(names, map(idx, (pictures[0], labels[0], pictures[1], labels[1])), strict=True))


def packed(members: Mapping[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return held.getvalue()


def records(count: int, labels: int) -> bytes:
    rows = RANDOM.integers(0, 256, (count, labels + 3072), dtype=np.uint8)
    rows[:, :labels] = (np.arange(count) % 10)[:, np.newaxis] + np.arange(labels)[::-1] * 5
    return rows.tobytes()


def in_small(part: type[PublicSet], shelf: Shelf, **more: Any) -> type[PublicSet]:
    """The same set with so few samples as the server has."""
    files = tuple(
        Remote(
            r.name,
            len(shelf.files[r.name]),
            hashlib.sha256(shelf.files[r.name]).hexdigest(),
            (shelf.address,),
        )
        for r in part.files
    )
    return type(part.__name__, (part,), {"files": files, "trained": TRAIN, "tested": TEST, **more})


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setattr(_download, "_SCHEMES", ("http",))
    ten = {name: records(count, 1) for name, count in TEN}
    hundred = {"cifar-100-binary/test.bin": records(TEST, 2), "cifar-100-binary/train.bin": records(TRAIN, 2)}
    with serving(
        {
            **mnist_files(),
            "cifar-10-binary.tar.gz": packed({"cifar-10-batches-bin/readme.html": b"x" * 999, **ten}),
            "cifar-100-binary.tar.gz": packed(hundred),
        }
    ) as found:
        yield found


TEN = (
    *((f"cifar-10-batches-bin/data_batch_{n}.bin", 6) for n in range(1, 6)),
    ("cifar-10-batches-bin/test_batch.bin", TEST),
)
HUNDRED = (("cifar-100-binary/train.bin", TRAIN), ("cifar-100-binary/test.bin", TEST))
SETS: dict[type[PublicSet], dict[str, Any]] = {
    Mnist: {},
    Cifar10: {"members": TEN},
    Cifar100: {"members": HUNDRED},
}


@pytest.mark.parametrize("part", SETS)
def test_a_set_is_nowhere_until_it_is_fetched(part: type[PublicSet], shelf: Shelf, tmp_path: Path) -> None:
    data = in_small(part, shelf, **SETS[part])(folder=str(tmp_path / "here"))
    total = sum(len(shelf.files[remote.name]) for remote in data.files)
    spec = data.describe()
    before = data.fingerprint()
    with pytest.raises(DataError) as caught:
        data.read()
    assert str(caught.value).startswith(
        f"{part.label()}: not here yet: {total / 1e6:,.1f} MB from 127.0.0.1; press Download"
    )
    assert f"netdesigner fetch {part.kind}" in str(caught.value)
    assert (data.absent, shelf.asked) == (total, [])
    told: list[float] = []
    data.fetch(lambda done, text: told.append(done))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
    assert data.absent == 0
    asked = len(shelf.asked)
    samples = data.read()
    assert samples.spec == spec
    assert samples.input.shape == (TRAIN + TEST, *part.picture)
    assert samples.input.dtype == np.float32
    assert 0 <= samples.input[:].min() < samples.input[:].max() <= 1
    assert (
        samples.target.tolist() == [*(n % 10 for n in range(TRAIN)), *(n % 10 for n in range(TEST))]
        or part is Cifar10
    )
    assert data.preview(samples)
    assert data.fingerprint() == samples.source != before
    assert len(shelf.asked) == asked, "reading asks nobody"


def test_pictures_are_those_of_the_files(shelf: Shelf, tmp_path: Path) -> None:
    mnist, cifar = (in_small(part, shelf, **SETS[part])(folder=str(tmp_path)) for part in (Mnist, Cifar100))
    for data in (mnist, cifar):
        data.fetch()
    last = gzip.decompress(shelf.files["t10k-images-idx3-ubyte.gz"])[-28 * 28 :]
    np.testing.assert_allclose(
        mnist.load().input[-1:].reshape(-1) * 255, np.frombuffer(last, np.uint8), atol=1e-4
    )
    samples = cifar.load()
    with tarfile.open(fileobj=io.BytesIO(shelf.files["cifar-100-binary.tar.gz"])) as archive:
        held = archive.extractfile("cifar-100-binary/train.bin")
        assert held is not None
        first = np.frombuffer(held.read()[:3074], np.uint8)
    np.testing.assert_allclose(samples.input[:1].reshape(-1) * 255, first[2:], atol=1e-4)
    assert samples.target[0] == first[1], "the fine class is the second of the two"


def test_the_test_part_is_the_published_one(shelf: Shelf, tmp_path: Path) -> None:
    part = in_small(Mnist, shelf)
    data = part(folder=str(tmp_path), validation=0.2, test=0.5)
    data.fetch()
    found = prepare(data, data.load())
    assert found.indices["test"].tolist() == list(range(TRAIN, TRAIN + TEST))
    assert found.counts == data.shares(TRAIN + TEST) == {"train": 24, "validation": 6, "test": TEST}
    mixed = part(folder=str(tmp_path), validation=0.2, test=0.5, official=False)
    assert prepare(mixed, data.load()).counts == {"train": 12, "validation": 8, "test": 20}


def bomb() -> bytes:
    return packed({"cifar-10-batches-bin/other.bin": bytes(6_000_000), **{n: records(c, 1) for n, c in TEN}})


DAMAGED: dict[str, tuple[bytes, str]] = {
    "no archive": (b"\x1f\x8b" + b"x" * 500, "the file is damaged"),
    "cut off": (packed({name: records(count, 1) for name, count in TEN})[:5000], "the file is damaged"),
    "a member less": (packed({name: records(count, 1) for name, count in TEN[1:]}), "it lacks cifar-10-batches"),
    "a longer member": (packed({name: records(count + 1, 1) for name, count in TEN}), "has not the 18,438 bytes"),
    "unknown classes": (packed({name: b"M" * (3073 * count) for name, count in TEN}), "not those that were published"),
    "a bomb": (bomb(), "it unpacks to more than was published"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_an_archive_that_is_another_is_refused(name: str, shelf: Shelf, tmp_path: Path) -> None:
    content, said = DAMAGED[name]
    shelf.files["cifar-10-binary.tar.gz"] = content
    data = in_small(Cifar10, shelf, members=TEN)(folder=str(tmp_path))
    data.fetch()
    with pytest.raises(DataError) as caught:
        data.load()
    assert said in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path))


def test_idx_files_that_are_others_are_refused(shelf: Shelf, tmp_path: Path) -> None:
    for wrong in (np.zeros((TRAIN, 28, 27)), np.zeros((TRAIN - 1, 28, 28)), np.zeros(TRAIN)):
        shelf.files["train-images-idx3-ubyte.gz"] = idx(wrong)
        data = in_small(Mnist, shelf)(folder=str(tmp_path / str(wrong.size)))
        data.fetch()
        with pytest.raises(DataError, match="not those that were published; remove them"):
            data.load()


@pytest.mark.parametrize("by", ["verb", "python"])
def test_it_is_fetched_by_a_verb_and_from_python(
    by: str, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    catalog = Catalog.discover()
    small = replace(catalog, datasets={**catalog.datasets, "mnist": in_small(Mnist, shelf)})
    monkeypatch.setattr(Catalog, "discover", lambda *given: small)
    monkeypatch.setattr(api, "_catalog", lambda: small)
    if by == "verb":
        assert main(["fetch", "mnist", "--folder", str(tmp_path), "--quiet"]) == 0
        assert capsys.readouterr().out == "MNIST (digits): 0.0 MB downloaded\n"
        assert main(["fetch", "mnist", "--folder", str(tmp_path)]) == 0
        assert capsys.readouterr().out == "MNIST (digits): already here\n"
        assert main(["fetch", "mnits"]) == 2
        assert "did you mean 'mnist'?" in capsys.readouterr().err
        assert main(["fetch", "iris"]) == 2
        assert "is not downloaded" in capsys.readouterr().err
    else:
        nd.fetch("mnist", tmp_path)
    assert small.dataset(Choice("mnist", {"folder": str(tmp_path)})).absent == 0


def test_without_a_folder_it_lies_in_the_users_own(shelf: Shelf) -> None:
    data = in_small(Mnist, shelf)()
    assert data.absent
    data.fetch()
    assert in_small(Mnist, shelf)().absent == 0


def test_facts_of_the_sets_are_those_that_were_published() -> None:
    kinds = Catalog.discover().datasets
    for kind, rows, shape, classes, megabytes in (
        ("mnist", 70_000, (1, 28, 28), 10, 11.6),
        ("fashion_mnist", 70_000, (1, 28, 28), 10, 30.9),
        ("cifar10", 60_000, (3, 32, 32), 10, 170.1),
        ("cifar100", 60_000, (3, 32, 32), 100, 168.5),
    ):
        data = kinds[kind]()
        spec = data.describe()
        assert (spec.rows, spec.input.shape[1:], len(set(spec.classes))) == (rows, shape, classes)
        assert data.shares(rows)["test"] == 10_000
        assert data.absent / 1e6 == pytest.approx(megabytes, abs=0.05)
        assert data.at_once
    for part in (Cifar10, Cifar100):
        assert sum(count for _, count in part.members) == part.trained + part.tested
