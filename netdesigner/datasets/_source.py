"""What every data set that reads the user's files needs: is it a file, can it be read, how large may it become.

And of which of its samples anything may be learned. Not a part. Nothing here opens a file or follows a path other than
the one it is given.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

from netdesigner.errors import DataError, NetDesignerError
from netdesigner.parts.dataset import Dataset, DataSpec, Progress, Samples
from netdesigner.parts.part import param
from netdesigner.parts.paths import stamp
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "STREAM",
    "TARGET_TYPES",
    "Watched",
    "chosen_file",
    "chosen_folder",
    "classes_of",
    "looks_like_classes",
    "memory_limit",
    "reading",
    "reason_of",
    "refuse_if_changed",
    "refuse_if_larger",
    "refuse_if_packed",
    "spelled",
    "streams",
    "training_rows",
]

TARGET_TYPES = ("auto", "class", "number")
"""What the targets are: found out from their values, or said by the user."""

STREAM = param(
    "auto",
    choices=("auto", "never", "always"),
    label="Read while training",
    help="whether samples are read from the files each time they are needed, instead of all of them at first; "
    "auto: where they do not fit into memory",
    advanced=True,
)

_GIB = 2**30
_FEW = 20
_PACKED_BYTES, _PACKED_TIMES = 100_000_000, 200


def chosen_file(label: str, path: str, what: str = "path") -> Path:
    """The path of a regular file that has something in it.

    Args:
        label: the data set's name for people.
        path: in full.
        what: the parameter that holds it.

    Raises:
        DataError: none is chosen, it is not there, not a file, or empty.
    """
    if not path:
        raise DataError(label, f"no file is chosen; set '{what}'")
    found = Path(path)
    status = _status(found)
    if status is None:
        raise DataError(found, f"there is no such file; set '{what}' to where it lies")
    if stat.S_ISDIR(status.st_mode):
        raise DataError(found, "this is a folder, a file is needed")
    if not stat.S_ISREG(status.st_mode):
        raise DataError(found, "this is a device or a pipe, a file is needed")
    if status.st_size == 0:
        raise DataError(found, "the file is empty")
    return found


def chosen_folder(label: str, path: str, what: str = "path") -> Path:
    """The path of a folder; arguments as of `chosen_file`.

    Raises:
        DataError: none is chosen, it is not there, or not a folder.
    """
    if not path:
        raise DataError(label, f"no folder is chosen; set '{what}'")
    found = Path(path)
    status = _status(found)
    if status is None:
        raise DataError(found, f"there is no such folder; set '{what}' to where it lies")
    if not stat.S_ISDIR(status.st_mode):
        raise DataError(found, "this is not a folder")
    return found


def _status(path: Path) -> os.stat_result | None:
    """What the system knows of a file or folder; None where there is none."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):  # no file can have such a name
        return None
    except OSError as error:
        raise DataError(path, f"cannot be looked at ({reason_of(error)})") from None


def reason_of(error: Exception) -> str:
    """What went wrong, without the path, which the user is told anyway."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__


@contextlib.contextmanager
def reading(
    path: Path, *damage: type[Exception], what: str = "the file is damaged", advice: str = ""
) -> Iterator[None]:
    """Says, with the file's name, what goes wrong while it is read.

    Args:
        path: the file.
        damage: which errors mean that it does not hold what it should.
        what: this, in words.
        advice: what to do then.

    Raises:
        DataError: the system refused, or the file is damaged.
    """
    kinds: tuple[type[Exception], ...] = (OSError, *damage)
    try:
        yield
    except NetDesignerError:
        raise
    except kinds as error:
        refused = isinstance(error, OSError) and error.errno is not None
        reason = f"{'cannot be read' if refused else what} ({reason_of(error)})"
        raise DataError(path, f"{reason}; {advice}" if advice and not refused else reason) from None


def memory_limit() -> int:
    """The most bytes that one data set may take: 8 GiB, or a quarter of the memory where that is less.

    In training there are two of them: the samples as they were read, and what was made of them for the network.
    """
    try:
        physical = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not a POSIX system
        return 8 * _GIB
    return min(8 * _GIB, physical // 4) if physical > 0 else 8 * _GIB


def refuse_if_larger(path: Path, size: int, what: str, advice: str = "") -> None:
    """Refuses what would not fit in memory, before any of it is taken.

    Args:
        path: the file or folder.
        size: in bytes, as declared or worked out.
        what: what is this large, as the start of a sentence.
        advice: what to do, where something can be done.

    Raises:
        DataError: it is larger than `memory_limit`.
    """
    limit = memory_limit()
    if size > limit:
        reason = f"{what} would take {size / _GIB:,.1f} GiB of memory, at most {limit / _GIB:.1f} are allowed"
        raise DataError(path, f"{reason}; {advice}" if advice else reason)


def streams(path: Path, how: str, size: int, what: str, obstacle: str = "") -> bool:
    """Whether samples are read each time they are needed.

    Args:
        path, size, what: as of `refuse_if_larger`.
        how: as the parameter `STREAM`.
        obstacle: why they cannot be, and what to do, else "".

    Raises:
        DataError: they are to be and cannot be, or they must be and are not to be.
    """
    if how == "never" or (how == "auto" and (obstacle or size <= memory_limit())):
        refuse_if_larger(
            path, size, what, obstacle or "set stream to auto, so that it is read while training"
        )
        return False
    if obstacle:
        raise DataError(path, f"{what} cannot be read while training: {obstacle}")
    return True


def refuse_if_changed(path: Path, before: tuple[int, int]) -> None:
    """Refuses to go on reading from a file that is not as it was.

    Args:
        path: the file.
        before: its `stamp` when it was opened.

    Raises:
        DataError: it changed.
    """
    if stamp(path) != before:
        raise DataError(
            path, "changed or gone while samples were read from it; put it back, or load the data again"
        )


def refuse_if_packed(path: Path, packed: int, size: int, what: str) -> None:
    """Refuses what is small in its file and would be large in memory, as nothing of use is.

    Args:
        path: the file.
        packed: how many bytes it takes in the file.
        size: how many it would take in memory.
        what: what it is, as the start of a sentence.

    Raises:
        DataError: it would become hundreds of times as large.
    """
    if size > _PACKED_BYTES and size > _PACKED_TIMES * packed:
        raise DataError(
            path,
            f"{what} would become {size:,} bytes of {packed:,}, more than {_PACKED_TIMES} times as many; "
            "such a file is made to fill the memory",
        )


def looks_like_classes(distinct: int, rows: int) -> bool:
    """Whether whole numbers are rather class numbers than quantities: few different ones, each met several times."""
    return 2 <= distinct <= min(_FEW, max(2, rows // 2))


def classes_of(path: Path, values: np.ndarray, name: str) -> tuple[np.ndarray, tuple[str, ...]]:
    """Class numbers and class names of values, in the values' order.

    Args:
        path: the file, for refusals.
        values: [N], numbers or texts.
        name: of the column or array, for refusals.

    Returns:
        [N] int64, and the names; a name is the value as a person writes it.

    Raises:
        DataError: there is one class only, or so many that they are hardly classes.
    """
    import numpy as np

    distinct, codes = np.unique(values, return_inverse=True)
    if len(distinct) == 1:
        reason = f"'{name}' holds the one value {spelled(distinct[0])!r}; there is nothing to tell apart"
        raise DataError(path, reason)
    if len(distinct) > max(_FEW, len(values) // 2):
        reason = (
            f"'{name}' holds {len(distinct):,} different values in {len(values):,} rows, too many for classes"
        )
        raise DataError(path, f"{reason}; choose another target or set target_type to number")
    return codes.reshape(-1).astype(np.int64), tuple(spelled(value) for value in distinct)


def spelled(value: object) -> str:
    """A value as a person writes it: of whole numbers 1.0 is 1."""
    number = value.item() if hasattr(value, "item") else value
    return str(int(number)) if isinstance(number, float) and number.is_integer() else str(number)


class Watched:
    """A binary file that reports how much of it was read, so that long reading can be cancelled.

    Args:
        file: what is read.
        total: how many bytes will be read.
        progress: called with the done fraction.
        text: what is being done.
        start, span: the part of the whole work that this file is, as fractions.
    """

    def __init__(
        self,
        file: IO[bytes],
        total: int,
        progress: Progress,
        text: str,
        start: float = 0.0,
        span: float = 1.0,
    ) -> None:
        self._file = file
        self._total = max(total, 1)
        self._progress = progress
        self._text = text
        self._start = start
        self._span = span
        self._done = 0

    def read(self, size: int = -1) -> bytes:
        """The next bytes; at most `size`."""
        found = self._file.read(size)
        self._done += len(found)
        self._progress(self._start + self._span * min(self._done / self._total, 1.0), self._text)
        return found


def training_rows(dataset: Dataset, target: np.ndarray) -> np.ndarray:
    """Which of samples that do not follow one another are trained on, in ascending order.

    Args:
        dataset: says how they are split.
        target: of all samples; of those that are no classes only how many there are counts.

    Raises:
        ParameterError: nothing would be left to train on.
    """
    from netdesigner.training.data import split

    nothing = TensorSpec((BATCH,))
    return split(Samples(target, target, DataSpec(nothing, nothing)), dataset)["train"]
