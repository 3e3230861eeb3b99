"""The usual public sets by name: MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100, downloaded where the user says so."""

from __future__ import annotations

import gzip
import math
import tarfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, cast

from netdesigner.datasets._digits import HANDED
from netdesigner.datasets._download import Remote, download, is_here
from netdesigner.datasets._idx import open_idx, pictures_of
from netdesigner.datasets._previews import image_previews
from netdesigner.datasets._source import Watched, reading, refuse_if_larger
from netdesigner.errors import DataError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import param
from netdesigner.parts.paths import stamp
from netdesigner.parts.preview import Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Cifar10", "Cifar100", "FashionMnist", "Mnist", "PublicSet"]

_BLOCK = 2**20


class PublicSet(Dataset):
    """Pictures with classes that are published in the network, in a part to train on and one for the test.

    What they look like is known before they are here. They are downloaded by `fetch` and never otherwise.

    Attributes:
        files: what is downloaded.
        names: of the classes.
        picture: channels, height and width.
        trained, tested: how many samples the published parts have; the first ones are those to train on.
    """

    images: ClassVar[bool] = True
    files: ClassVar[tuple[Remote, ...]]
    names: ClassVar[tuple[str, ...]]
    picture: ClassVar[tuple[int, int, int]]
    trained: ClassVar[int]
    tested: ClassVar[int] = 10_000

    folder: str = param(
        "",
        path="folder",
        help="where the files are put; empty: in a folder of the program's own",
        advanced=True,
    )
    official: bool = param(
        True,
        label="Published test part",
        help="the test part is the published one, whatever test says, so that results compare with those of others",
    )

    @property
    def at_once(self) -> bool:
        """What they look like is known without reading."""
        return True

    @property
    def absent(self) -> int:
        """How many bytes are still to be downloaded."""
        return sum(remote.size for remote in self.files if not is_here(remote, self._place))

    @property
    def own_test(self) -> int:
        """How many of the last samples are the test part."""
        return self.tested if self.official else 0

    @property
    def _place(self) -> Path:
        if self.folder:
            return Path(self.folder)
        import platformdirs

        return platformdirs.user_data_path("netdesigner", appauthor=False) / "data" / self.kind

    def fetch(self, progress: Progress = no_progress) -> None:
        """Downloads what is not here yet.

        Raises:
            DataError: it could not be downloaded or put down; says what to do.
            CancelledError: raised by `progress`; what was downloaded stays for the next time.
        """
        total, done = sum(remote.size for remote in self.files), 0
        for remote in self.files:
            start, share = done / total, remote.size / total
            download(
                remote,
                self._place,
                lambda part, text, a=start, b=share: progress(a + b * part, text),  # type: ignore[misc]
            )
            done += remote.size

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is read for it."""
        return DataSpec(
            TensorSpec((BATCH, *self.picture)),
            TensorSpec((BATCH,), "int64"),
            self.names,
            self.trained + self.tested,
            targets=("class",),
        )

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, those to train on first.

        Raises:
            DataError: they are not downloaded yet, or a file is damaged.
            CancelledError: raised by `progress`.
        """
        if absent := self.absent:
            reason = (
                f"not here yet: {absent / 1e6:,.1f} MB from {self.files[0].hosts}; press Download in the data panel, "
                f"or run: netdesigner fetch {self.kind}"
            )
            raise DataError(self.label(), reason)
        spec = self.describe()
        refuse_if_larger(self._place, 4 * spec.rows * math.prod(self.picture), "the pictures")
        input, target = self._read(progress)
        self._refuse_unusual(input, target)
        return Samples(input, target, spec)

    def _read(self, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
        """Pictures [N, C, H, W] float32 and class numbers [N] int64."""
        raise NotImplementedError

    def _refuse_unusual(self, input: np.ndarray, target: np.ndarray) -> None:
        import numpy as np

        shape = (self.trained + self.tested, *self.picture)
        if (
            input.shape != shape
            or target.shape != shape[:1]
            or not np.isin(target, np.arange(len(self.names))).all()
        ):
            raise DataError(
                self._place, "the files are not those that were published; remove them, and download again"
            )

    def fingerprint(self) -> Mapping[str, str | int]:
        """Size and time of each file."""
        found: dict[str, str | int] = {}
        for remote in self.files:
            found[f"{remote.name}: size"], found[f"{remote.name}: changed"] = stamp(self._place / remote.name)
        return found

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures of each class, samples by class, statistics of the channels."""
        return image_previews(samples)

    def _files_by_parameter(self) -> dict[str, str]:
        return {remote.name: str(self._place / remote.name) for remote in self.files}


class _OfIdx(PublicSet):
    """Four IDX files: pictures and labels to train on, pictures and labels for the test."""

    picture: ClassVar[tuple[int, int, int]] = (1, 28, 28)
    trained: ClassVar[int] = 60_000

    def _read(self, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        held: list[np.ndarray] = []
        for number, remote in enumerate(self.files):
            with open_idx(self._place / remote.name) as stored:
                held.append(stored.read(lambda done, text, at=number: progress((at + done) / 4, text)))  # type: ignore[misc]
        pictures, labels = held[::2], held[1::2]
        same = len({each.shape[1:] for each in pictures}) == 1 and all(each.ndim == 1 for each in labels)
        if not same or any(each.ndim != 3 for each in pictures):
            raise DataError(
                self._place, "the files are not those that were published; remove them, and download again"
            )
        return pictures_of(np.concatenate(pictures)), np.concatenate(labels).astype(np.int64)


def _four(folders: tuple[str, ...], *facts: tuple[int, str]) -> tuple[Remote, ...]:
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    return tuple(Remote(f"{name}-ubyte.gz", *fact, folders) for name, fact in zip(names, facts, strict=True))


class Mnist(_OfIdx):
    """Handwritten digits: 60,000 pictures to train on and 10,000 for the test.

    Shape:
        input [70000, 1, 28, 28] float32 in 0 to 1; target [70000] int64, the digit.

    Source:
        Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to document recognition, 1998.
    """

    kind: ClassVar[str] = "mnist"
    title: ClassVar[str] = "MNIST (digits)"
    handed: ClassVar[str] = HANDED
    names: ClassVar[tuple[str, ...]] = tuple("0123456789")
    files: ClassVar[tuple[Remote, ...]] = _four(
        (
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
        (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
        (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
        (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
    )


class FashionMnist(_OfIdx):
    """Pieces of clothing: 60,000 grey pictures to train on and 10,000 for the test.

    Shape:
        input [70000, 1, 28, 28] float32 in 0 to 1; target [70000] int64.

    Source:
        H. Xiao, K. Rasul, R. Vollgraf, Fashion-MNIST: a novel image dataset for benchmarking machine learning
        algorithms, 2017.
    """

    kind: ClassVar[str] = "fashion_mnist"
    title: ClassVar[str] = "Fashion-MNIST (clothing)"
    names: ClassVar[tuple[str, ...]] = (
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    )  # fmt: skip
    files: ClassVar[tuple[Remote, ...]] = _four(
        (
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        ),
        (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
        (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
        (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
        (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
    )


class _OfCifar(PublicSet):
    """An archive with files of records: the numbers of the classes, one byte each, and a picture.

    Attributes:
        members: the files with their numbers of records, those to train on first, that of the test last.
        labels: how many class numbers there are before a picture; the last one counts.
    """

    picture: ClassVar[tuple[int, int, int]] = (3, 32, 32)
    trained: ClassVar[int] = 50_000
    members: ClassVar[tuple[tuple[str, int], ...]]
    labels: ClassVar[int] = 1

    def _read(self, progress: Progress) -> tuple[np.ndarray, np.ndarray]:
        import numpy as np

        path = self._place / self.files[0].name
        with reading(path, EOFError, zlib.error, tarfile.TarError):
            held = self._members(path, progress)
        records = np.frombuffer(held, np.uint8).reshape(-1, self._record)
        target = records[:, self.labels - 1].astype(np.int64)
        pictures = records[:, self.labels :].reshape(-1, *self.picture).astype(np.float32)
        pictures /= np.float32(255)
        return pictures, target

    @property
    def _record(self) -> int:
        return self.labels + math.prod(self.picture)

    def _members(self, path: Path, progress: Progress) -> bytearray:
        """All records, in the order of `members`, which need not be that of the archive."""
        places, end = {}, 0
        for name, rows in self.members:
            places[name] = (end, end := end + rows * self._record)
        held, found = bytearray(end), set()
        most = end + 2**22  # names, descriptions, and the seams of the archive
        with path.open("rb") as file, gzip.GzipFile(fileobj=file) as unpacked:
            watched = Watched(cast("IO[bytes]", unpacked), end, progress, f"reading {path.name}")
            limited = cast("IO[bytes]", _Limited(watched, most, path))
            with tarfile.open(fileobj=limited, mode="r|") as archive:
                for member in archive:
                    if member.name not in places or not member.isreg():
                        continue
                    start, stop = places[member.name]
                    opened = archive.extractfile(member)
                    content = opened.read(stop - start + 1) if opened is not None else b""
                    if len(content) != stop - start:
                        raise DataError(
                            path,
                            f"'{member.name}' in it has not the {stop - start:,} bytes it was published with",
                        )
                    held[start:stop] = content
                    found.add(member.name)
        if missing := places.keys() - found:
            raise DataError(path, f"it lacks {', '.join(sorted(missing))}; remove it, and download again")
        return held


class _Limited:
    """What a file unpacks to, up to a limit."""

    def __init__(self, file: Watched, most: int, path: Path) -> None:
        self._file, self._left, self._path = file, most, path

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        found = self._file.read(size)
        self._left -= len(found)
        if self._left < 0:
            raise DataError(
                self._path, "it unpacks to more than was published; remove it, and download again"
            )
        return found


class Cifar10(_OfCifar):
    """Small photographs of ten things: 50,000 to train on and 10,000 for the test.

    Shape:
        input [60000, 3, 32, 32] float32 in 0 to 1; target [60000] int64.

    Source:
        A. Krizhevsky, Learning multiple layers of features from tiny images, 2009; the binary version.
    """

    kind: ClassVar[str] = "cifar10"
    title: ClassVar[str] = "CIFAR-10 (photographs)"
    names: ClassVar[tuple[str, ...]] = (
        "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
    )  # fmt: skip
    members: ClassVar[tuple[tuple[str, int], ...]] = (
        *((f"cifar-10-batches-bin/data_batch_{number}.bin", 10_000) for number in range(1, 6)),
        ("cifar-10-batches-bin/test_batch.bin", 10_000),
    )
    files: ClassVar[tuple[Remote, ...]] = (
        Remote(
            "cifar-10-binary.tar.gz",
            170_052_171,
            "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
            (
                "https://www.cs.toronto.edu/~kriz/",
                "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/",
            ),
        ),
    )


class Cifar100(_OfCifar):
    """Small photographs of a hundred things: 50,000 to train on and 10,000 for the test.

    Shape:
        input [60000, 3, 32, 32] float32 in 0 to 1; target [60000] int64, the fine classes.

    Source:
        A. Krizhevsky, Learning multiple layers of features from tiny images, 2009; the binary version.
    """

    kind: ClassVar[str] = "cifar100"
    title: ClassVar[str] = "CIFAR-100 (photographs)"
    labels: ClassVar[int] = 2
    names: ClassVar[tuple[str, ...]] = (
        "apple", "aquarium fish", "baby", "bear", "beaver", "bed", "bee", "beetle", "bicycle", "bottle", "bowl",
        "boy", "bridge", "bus", "butterfly", "camel", "can", "castle", "caterpillar", "cattle", "chair",
        "chimpanzee", "clock", "cloud", "cockroach", "couch", "crab", "crocodile", "cup", "dinosaur", "dolphin",
        "elephant", "flatfish", "forest", "fox", "girl", "hamster", "house", "kangaroo", "keyboard", "lamp",
        "lawn mower", "leopard", "lion", "lizard", "lobster", "man", "maple tree", "motorcycle", "mountain",
        "mouse", "mushroom", "oak tree", "orange", "orchid", "otter", "palm tree", "pear", "pickup truck",
        "pine tree", "plain", "plate", "poppy", "porcupine", "possum", "rabbit", "raccoon", "ray", "road",
        "rocket", "rose", "sea", "seal", "shark", "shrew", "skunk", "skyscraper", "snail", "snake", "spider",
        "squirrel", "streetcar", "sunflower", "sweet pepper", "table", "tank", "telephone", "television", "tiger",
        "tractor", "train", "trout", "tulip", "turtle", "wardrobe", "whale", "willow tree", "wolf", "woman", "worm",
    )  # fmt: skip
    members: ClassVar[tuple[tuple[str, int], ...]] = (
        ("cifar-100-binary/train.bin", 50_000),
        ("cifar-100-binary/test.bin", 10_000),
    )
    files: ClassVar[tuple[Remote, ...]] = (
        Remote(
            "cifar-100-binary.tar.gz",
            168_513_733,
            "58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec",
            ("https://www.cs.toronto.edu/~kriz/",),
        ),
    )
