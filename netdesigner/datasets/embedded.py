"""Data sets that come with scikit-learn, so that a first network can be trained without any file.

What they look like is written here, so that the canvas can check shapes without loading them.
"""

from __future__ import annotations

from dataclasses import replace
from string import ascii_lowercase
from typing import TYPE_CHECKING, ClassVar

from netdesigner.datasets._digits import HANDED
from netdesigner.datasets._previews import image_previews, row_previews
from netdesigner.errors import ParameterError
from netdesigner.parts.dataset import FILL, MARKS, Dataset, DataSpec, Progress, Samples, no_progress
from netdesigner.parts.part import Ints, param
from netdesigner.parts.preview import ImageGrid, Preview
from netdesigner.parts.tensor import BATCH, TensorSpec

if TYPE_CHECKING:
    import numpy as np

__all__ = ["BreastCancer", "Diabetes", "Digits", "DigitsNamed", "Embedded", "Iris", "Wine"]

_CLASS = TensorSpec((BATCH,), "int64")


def _table(rows: int, features: tuple[str, ...], target: str, classes: tuple[str, ...] = ()) -> DataSpec:
    wanted = _CLASS if classes else TensorSpec((BATCH, 1))
    return DataSpec(TensorSpec((BATCH, len(features))), wanted, classes, rows, features, (target,))


class Embedded(Dataset):
    """A data set inside scikit-learn.

    Attributes:
        loader: the name of its function in `sklearn.datasets`.
        spec: what it looks like.
    """

    embedded: ClassVar[bool] = True
    loader: ClassVar[str]
    spec: ClassVar[DataSpec]

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        return self.spec

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in scikit-learn's order.

        Raises:
            CancelledError: raised by `progress`.
        """
        progress(0.0, f"loading {self.label()}")
        import numpy as np
        from sklearn import datasets

        values, target = getattr(datasets, self.loader)(return_X_y=True, **self._options())
        progress(1.0, f"loaded {self.label()}")
        shape = (self.spec.rows, *self.spec.input.shape[1:])
        kind = np.int64 if self.spec.classes else np.float32
        wanted = target if self.spec.classes else target.reshape(-1, 1)
        return Samples(
            (values / self._scale()).astype(np.float32).reshape(shape), wanted.astype(kind), self.spec
        )

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures or rows, classes, statistics."""
        return image_previews(samples) if self.images else row_previews(samples)

    def _options(self) -> dict[str, bool]:
        return {}

    def _scale(self) -> float:
        return 1.0


_HOW_MANY = (178, 182, 177, 183, 181, 182, 181, 179, 174, 180)
"""Samples of each digit."""


class Digits(Embedded):
    """Handwritten digits: 1,797 pictures of 8×8 pixels in 10 classes.

    Grey values 0 to 16 are given as 0 to 1. Of some digits alone, the classes are those, in the order in which they are
    named.

    Shape:
        input [N, 1, 8·scale, 8·scale], target [N].

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "digits"
    title: ClassVar[str] = "Handwritten digits"
    images: ClassVar[bool] = True
    handed: ClassVar[str] = HANDED
    loader: ClassVar[str] = "load_digits"
    spec: ClassVar[DataSpec] = DataSpec(
        TensorSpec((BATCH, 1, 8, 8)), _CLASS, tuple("0123456789"), 1797, targets=("digit",)
    )

    scale: int = param(
        1, min=1, max=32, help="each pixel becomes a square of so many, for networks made for larger pictures"
    )

    only: Ints | None = param(
        None, min=0, max=9, label="Digits", help="which digits there are, such as 0, 1, 2, 3, 4; empty: all"
    )

    def check_together(self) -> None:
        """Each digit is named once, and there is more than one to tell apart."""
        if self.only is not None and (len(self.only) < 2 or len({*self.only}) < len(self.only)):
            raise ParameterError(
                "only", f"expected two or more different digits, got {', '.join(map(str, self.only))}"
            )

    def digits(self) -> tuple[int, ...]:
        """Which digit each class is."""
        return self.only or tuple(range(10))

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        side, digits = 8 * self.scale, self.digits()
        return replace(
            self.spec,
            input=TensorSpec((BATCH, 1, side, side)),
            classes=tuple(map(str, digits)),
            rows=sum(_HOW_MANY[digit] for digit in digits),
        )

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in scikit-learn's order.

        Raises:
            CancelledError: raised by `progress`.
        """
        import numpy as np

        found = super().load(progress)
        chosen = found.target[:][:, np.newaxis] == self.digits()
        there = chosen.any(axis=1)
        larger = found.input[:][there].repeat(self.scale, axis=2).repeat(self.scale, axis=3)
        return Samples(larger, chosen[there].argmax(axis=1), self.describe())

    def _scale(self) -> float:
        return 16.0


_NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TOKENS = (MARKS[FILL], *ascii_lowercase, "end")
"""The mark behind a name has the highest number, so that a network finds its place by an ArgMax."""
_LENGTH = max(map(len, _NAMES)) + 1
_SHOWN = 24


class DigitsNamed(Digits):
    """Handwritten digits with their names in English, letter by letter: 1,797 pictures of 8×8 pixels and 10 names.

    Grey values 0 to 16 are given as 0 to 1. A name ends with a mark and is filled up to the length of the longest.

    Shape:
        input [N, 1, 8·scale, 8·scale], target [N, 6].

    Source:
        E. Alpaydin, C. Kaynak, Optical recognition of handwritten digits, UCI machine learning repository, 1998;
        here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "digits_named"
    title: ClassVar[str] = "Handwritten digits with names"

    def describe(self) -> DataSpec:
        """What the samples look like; nothing is loaded."""
        target = TensorSpec((BATCH, _LENGTH), "int64")
        return replace(super().describe(), target=target, classes=_TOKENS, targets=("name",))

    def load(self, progress: Progress = no_progress) -> Samples:
        """All samples, in scikit-learn's order.

        Raises:
            CancelledError: raised by `progress`.
        """
        found = super().load(progress)
        return replace(found, target=_tokens()[list(self.digits())][found.target[:]])

    def preview(self, samples: Samples) -> tuple[Preview, ...]:
        """Pictures with their names."""
        from netdesigner.evaluation.pictures import picture, to_unit

        shown = to_unit(samples.input[:_SHOWN])
        names = ("".join(_TOKENS[t] for t in tokens if len(_TOKENS[t]) == 1) for tokens in samples.target[:])
        pictures = tuple(picture(*pair) for pair in zip(shown, names, strict=False))
        return (ImageGrid("Samples", pictures),)


def _tokens() -> np.ndarray:
    """The name of each digit, [10, length]."""
    import numpy as np

    found = np.full((len(_NAMES), _LENGTH), FILL, np.int64)
    for digit, name in enumerate(_NAMES):
        numbers = [_TOKENS.index(letter) for letter in name]
        found[digit, : len(name) + 1] = [*numbers, len(_TOKENS) - 1]
    return found


class Iris(Embedded):
    """Iris flowers: 150 flowers of 3 species by 4 lengths in cm.

    Shape:
        input [N, 4], target [N].

    Source:
        R. A. Fisher, The use of multiple measurements in taxonomic problems, Annals of Eugenics 7, 1936; here the
        copy in scikit-learn.
    """

    kind: ClassVar[str] = "iris"
    title: ClassVar[str] = "Iris flowers"
    loader: ClassVar[str] = "load_iris"
    spec: ClassVar[DataSpec] = _table(
        150,
        ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
        "species",
        ("setosa", "versicolor", "virginica"),
    )


class Wine(Embedded):
    """Wines: 178 wines of 3 growers by 13 chemical measurements.

    Shape:
        input [N, 13], target [N].

    Source:
        S. Aeberhard, M. Forina, Wine, UCI machine learning repository, 1991; here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "wine"
    title: ClassVar[str] = "Wines"
    loader: ClassVar[str] = "load_wine"
    spec: ClassVar[DataSpec] = _table(
        178,
        (
            "alcohol",
            "malic_acid",
            "ash",
            "alcalinity_of_ash",
            "magnesium",
            "total_phenols",
            "flavanoids",
            "nonflavanoid_phenols",
            "proanthocyanins",
            "color_intensity",
            "hue",
            "od280/od315_of_diluted_wines",
            "proline",
        ),
        "grower",
        ("class_0", "class_1", "class_2"),
    )


_CELL = (
    "radius",
    "texture",
    "perimeter",
    "area",
    "smoothness",
    "compactness",
    "concavity",
    "concave points",
    "symmetry",
    "fractal dimension",
)


class BreastCancer(Embedded):
    """Breast cancer: 569 tumours, malignant or benign, by 30 measurements of cell nuclei.

    Shape:
        input [N, 30], target [N].

    Source:
        W. N. Street, W. H. Wolberg, O. L. Mangasarian, Nuclear feature extraction for breast tumor diagnosis,
        SPIE 1905, 1993; here the copy in scikit-learn.
    """

    kind: ClassVar[str] = "breast_cancer"
    title: ClassVar[str] = "Breast cancer"
    loader: ClassVar[str] = "load_breast_cancer"
    spec: ClassVar[DataSpec] = _table(
        569,
        (
            *(f"mean {name}" for name in _CELL),
            *(f"{name} error" for name in _CELL),
            *(f"worst {name}" for name in _CELL),
        ),
        "diagnosis",
        ("malignant", "benign"),
    )


class Diabetes(Embedded):
    """Diabetes: how the illness of 442 patients went on within a year, by 10 measurements, as measured.

    Shape:
        input [N, 10], target [N, 1].

    Source:
        B. Efron, T. Hastie, I. Johnstone, R. Tibshirani, Least angle regression, Annals of Statistics 32, 2004; here
        the copy in scikit-learn.
    """

    kind: ClassVar[str] = "diabetes"
    title: ClassVar[str] = "Diabetes"
    loader: ClassVar[str] = "load_diabetes"
    spec: ClassVar[DataSpec] = _table(
        442, ("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"), "progression"
    )

    def _options(self) -> dict[str, bool]:
        return {"scaled": False}
