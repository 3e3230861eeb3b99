"""What a data set is: where samples come from and what one looks like.

A data set gives raw arrays. Splitting, normalising and batching are done once for all of them by the training floor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self

from netdesigner.errors import DataError, ParameterError
from netdesigner.parts.part import Param, Part, param
from netdesigner.parts.paths import stamp
from netdesigner.parts.preview import Preview
from netdesigner.parts.rows import Rows
from netdesigner.parts.span import ANY, Span
from netdesigner.parts.tensor import TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "CHANGED_BELOW",
    "END",
    "FILL",
    "HIDDEN",
    "HIDDEN_BELOW",
    "MARKS",
    "NO_CLASS",
    "START",
    "DataSpec",
    "Dataset",
    "Progress",
    "Samples",
    "Unit",
    "no_progress",
]

NO_CLASS = -100
"""Stands in the target where there is nothing to learn, such as for a pixel of which no class is known or behind the
end of a text, and counts nowhere; losses of torch pass over it."""
MARKS = ("fill", "start", "end")
"""The first tokens of data that are pairs of texts: what fills a text up, what begins one and what ends it."""
FILL, START, END = range(len(MARKS))
HIDDEN = "▒"
"""The last token of data in which tokens are hidden, to be found from those around them."""
HIDDEN_BELOW, CHANGED_BELOW = 0.8, 0.9
"""How a token is hidden, by a number drawn from 0 to 1: below the first by the mark, below the second by any other
token, else by none: a network must know every token from those around it."""

Progress = Callable[[float, str], None]
"""Called with the done fraction (0 to 1) and what is being done; raises `CancelledError` where the user cancelled."""


def no_progress(fraction: float, text: str) -> None:
    """Progress that nobody watches."""


class Unit(NamedTuple):
    """How the targets' own unit comes back: raw = scaled * scale + shift, a number of each for every column."""

    shift: tuple[float, ...]
    scale: tuple[float, ...]

    def restored(self, values: np.ndarray) -> np.ndarray:
        """Values in their own unit, [..., columns] float64."""
        found: np.ndarray = values * self.scale + self.shift
        return found


@dataclass(frozen=True, slots=True)
class DataSpec:
    """What samples look like, known before they are loaded where possible.

    Attributes:
        input: one sample's input with the batch axis first, as the network gets it.
        target: what is to be learned: `[N] int64` class numbers, `[N, T] int64` class numbers at T places,
            `[N, H, W] int64` those of pixels, some of which may be `NO_CLASS`, `[N, k] float32` values,
            `[N, M, 5] float32` boxes: class number, x, y, w, h in shares of the picture, with the middle of the box;
            where there are fewer than M, the class is `NO_CLASS` and the others are 0; or `[N, H, C] float32`, the next
            H steps of C columns of a series.
        classes: the names of the classes or tokens, in the order of their numbers; empty for values.
        rows: how many samples there are.
        features: names of the input columns, for tables.
        targets: names of the target columns.
        span: between what the numbers of an input lie as the network gets them; None where nobody knows.
        ahead: the targets go on where the first columns of an input [N, T, F] end, and are scaled as these are.
        unit: of targets that are scaled, how their own unit comes back; None where they are as the data set gave them.
        tokens: what the numbers of an input are called, where it is a text and they are not the classes.
        stretches: how many samples each of several series has, where only those of one series follow one another;
            empty where all do, or none.
        waves: inputs are waves by channel, [N, C, T].
    """

    input: TensorSpec
    target: TensorSpec
    classes: tuple[str, ...] = ()
    rows: int = 0
    features: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    span: Span | None = None
    ahead: bool = False
    unit: Unit | None = None
    tokens: tuple[str, ...] = ()
    stretches: tuple[int, ...] = ()
    waves: bool = field(default=False, compare=False)  # runs from before it was kept are of the same data

    def scaled_by(self, scaling: Mapping[str, Any]) -> DataSpec:
        """The same, with the unit of the targets where they are scaled as the inputs are.

        Args:
            scaling: "shift" and "scale" of each column of an input; empty where nothing is scaled.
        """
        if not self.ahead or not scaling:
            return self
        columns = self.target.shape[-1]
        return replace(self, unit=Unit(*(tuple(scaling[name][:columns]) for name in ("shift", "scale"))))

    @property
    def one_class_each(self) -> bool:
        """Whether each sample has one class."""
        return bool(self.classes) and self.target.rank == 1

    @property
    def boxes(self) -> bool:
        """Whether the targets are boxes with classes."""
        return bool(self.classes) and self.target.is_float

    @property
    def pairs(self) -> bool:
        """Whether samples hold tokens to read and, behind them, tokens to write."""
        if self.classes[: len(MARKS)] != MARKS or (self.input.rank, self.target.rank) != (2, 2):
            return False
        both, written = self.input.shape[1], self.target.shape[1]
        return isinstance(both, int) and isinstance(written, int) and both > written


@dataclass(frozen=True, slots=True)
class Samples:
    """Raw samples.

    Attributes:
        input: float32 or int64, first axis the samples; shape as `spec.input`. In memory, or `Rows` that are read when
            they are needed: of these `input[rows]` and `input[start:end]` are arrays too.
        target: int64 class or token numbers or float32 values or boxes, as `spec.target`. In memory; where inputs are
            read when they are needed, class or token numbers of many places may be so too.
        spec: what they look like.
        source: the fingerprint of the data set as they were read; empty where they were not read from files.
    """

    input: np.ndarray | Rows
    target: np.ndarray | Rows
    spec: DataSpec
    source: Mapping[str, str | int] = field(default_factory=dict)


class Dataset(Part):
    """Where samples come from.

    The parameters below belong to every data set; a data set's own come first in its form.

    Attributes:
        embedded: it comes with the program and needs no file.
        images: its samples are pictures and are shown as such.
        signals: its samples are waves by channel, [N, C, T], and each channel is scaled as a whole.
        handed: why mirrored samples are no longer what they were, in a few words; "" where they may be.
        continuous: its samples follow one another, as the windows of a text do. What is held out is then a stretch of
            neighbours: between two neighbours in the training part, a sample would be half known.
        groups: of how many groups of equal size continuous samples are made up, each of which is held out as a whole,
            such as pairs that share pictures; 0 where every sample may be the last of a part.
    """

    embedded: ClassVar[bool] = False
    images: ClassVar[bool] = False
    signals: ClassVar[bool] = False
    handed: ClassVar[str] = ""
    continuous: ClassVar[bool] = False
    groups: ClassVar[int] = 0

    @property
    def at_once(self) -> bool:
        """Whether `describe` reads nothing that takes time, so that it may be asked after every edit."""
        return self.embedded

    @property
    def absent(self) -> int:
        """How many bytes `fetch` would download before the data can be read; 0 where they are here."""
        return 0

    @property
    def own_test(self) -> int:
        """How many of the last samples are the test part because they were published so; 0 where `test` says it."""
        return 0

    validation: float = param(0.15, min=0, max=0.9, help="part of the samples that is watched while training")
    test: float = param(0.15, min=0, max=0.9, help="part of the samples that is held out for evaluation")
    split_seed: int = param(0, min=0, max=2**31 - 1, help="seed of the random split", advanced=True)
    normalize: str = param(
        "standard",
        choices=("none", "standard", "minmax"),
        help="how inputs are scaled, with numbers taken from the training part only: "
        "standard: mean 0 and deviation 1; minmax: 0 to 1; per channel of an image, per column of a table",
    )

    def files_of_samples(self) -> Mapping[str, str | int]:
        """How a file that was not trained on becomes a sample, for examples of a network's use; empty where none does.

        Under "are" stands "pictures", which are brought to size as "resize" says, or "sounds" of "rate" samples a
        second.
        """
        return {"are": "pictures", "resize": "stretch"} if self.images else {}

    @classmethod
    def params(cls) -> tuple[Param, ...]:
        """The parameters in the order of the form: the data set's own, then those of every data set."""
        return tuple(sorted(super().params(), key=lambda declared: declared.field in Dataset.declared))

    def scaled(self, spec: DataSpec) -> DataSpec:
        """What samples look like that are scaled as the data set says, with what that tells of their numbers."""
        return replace(spec, span={"standard": ANY, "minmax": Span(0, 1)}.get(self.normalize))

    @property
    def ordered(self) -> bool:
        """Whether continuous samples are held out from their end: validation comes after training, the test is last.

        Else the seed of the split chooses where the parts begin.
        """
        return False

    @property
    def apart(self) -> int:
        """How many continuous samples between two parts are in neither, for they hold numbers of both."""
        return 0

    def group_size(self, rows: int) -> int:
        """How many of so many samples are in each group; 1 where there are no groups."""
        return max(1, rows // self.groups) if self.groups else 1

    def shares(self, rows: int, stretches: Sequence[int] = ()) -> dict[str, int]:
        """How many of so many samples are in each part: "train", "validation" and "test".

        Args:
            rows: how many there are.
            stretches: as of `DataSpec`.

        Raises:
            ParameterError: nothing is left to train on.
        """
        cuts = self.cuts(rows, stretches)
        return {name: sum(cut[name] for cut in cuts) for name in cuts[0]}

    def cuts(self, rows: int, stretches: Sequence[int] = ()) -> list[dict[str, int]]:
        """As `shares`, of each stretch; one of several that is too short to be cut is trained on as a whole."""
        if len(stretches) < 2:
            return [self._shares_of(rows)]
        self._shares_of(max(stretches))  # what is no way to cut even the longest is none
        found = []
        for length in stretches:
            try:
                found.append(self._shares_of(length))
            except ParameterError:
                found.append({"train": length, "validation": 0, "test": 0})
        return found

    def _shares_of(self, rows: int) -> dict[str, int]:
        size = self.group_size(rows)
        left = rows - self.own_test
        validation, test = (round(left * part / size) * size for part in (self.validation, self.test))
        test = self.own_test or test
        held_out = bool(validation) + bool(test)
        between = self.apart * (held_out if self.ordered or not held_out else held_out + 1)
        train = rows - validation - test - between
        if train < 1:
            lost = f", and {between:,} between them that hold numbers of two parts," if between else ""
            raise ParameterError(
                "validation",
                f"of {rows:,} samples, {validation:,} for validation and {test:,} for the test{lost} "
                "leave none to train on",
            )
        return {"train": train, "validation": validation, "test": test}

    def turn(self, rows: int) -> int:
        """By how many of continuous samples the ring that they form is turned before it is cut into parts.

        That is nearly the same share of them for any number of samples.

        Args:
            rows: how many there are.
        """
        import numpy as np

        size = self.group_size(rows)
        return int(np.random.default_rng(self.split_seed).integers(rows // size)) * size

    def with_known(self, spec: DataSpec) -> Self:
        """The same data set, which takes from the data of a run what it would else find out anew, as learned tokens.

        Args:
            spec: what the data looked like when they were trained on.
        """
        del spec
        return self

    def fetch(self, progress: Progress = no_progress) -> None:
        """Downloads what is absent; done where the user says so, and never otherwise.

        Raises:
            DataError: it could not be downloaded, or these data are none of the network's; says what to do.
            CancelledError: raised by `progress`.
        """
        raise DataError(self.label(), "is not downloaded: it is there, or read from a file of yours")

    def describe(self) -> DataSpec:
        """What the samples look like, without reading more than that takes.

        Raises:
            DataError: the data cannot be used; names file, row and column.
        """
        raise NotImplementedError

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in the order of the source.

        Raises:
            DataError: the data cannot be used; names file, row and column.
            CancelledError: raised by `progress`.
        """
        raise NotImplementedError

    def read(self, progress: Progress = no_progress) -> Samples:
        """All samples, with what tells whether their files changed since.

        Raises:
            DataError: as of `load`, and where a file changed in the meantime.
            CancelledError: raised by `progress`.
        """
        before = self.fingerprint()
        samples = self.load(progress)
        if self.fingerprint() != before:
            changed = self.changed_since(before)
            raise DataError(changed, "changed while it was being read; load it again once it is complete")
        return replace(samples, source=before)

    def fingerprint(self) -> Mapping[str, str | int]:
        """What tells whether the files changed: size and time of each, by its parameter; empty for embedded data."""
        found: dict[str, str | int] = {}
        for name, file in self._files_by_parameter().items():
            found[f"{name}: size"], found[f"{name}: changed"] = stamp(Path(file))
        return found

    def changed_since(self, fingerprint: Mapping[str, str | int]) -> str:
        """The files that are not as they were, for people; all of them where that cannot be told."""
        now, files = self.fingerprint(), self._files_by_parameter()
        changed = {key for key in {*now, *fingerprint} if now.get(key) != fingerprint.get(key)}
        names = {key.rpartition(": ")[0] for key in changed}
        return ", ".join([files[name] for name in files if name in names] or files.values()) or self.label()

    def _files_by_parameter(self) -> dict[str, str]:
        return {p.name: getattr(self, p.field) for p in self.params() if p.path and getattr(self, p.field)}

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """What a person should see before accepting the data: samples, statistics, classes."""
        raise NotImplementedError
