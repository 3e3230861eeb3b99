from __future__ import annotations

import numpy as np
import pytest
from sklearn import datasets

from netdesigner.datasets.embedded import BreastCancer, Diabetes, Digits, Embedded, Iris, Wine


@pytest.mark.parametrize(
    ("data", "original"),
    [
        (Iris(), datasets.load_iris()),
        (Wine(), datasets.load_wine()),
        (BreastCancer(), datasets.load_breast_cancer()),
        (Digits(), datasets.load_digits()),
        (Diabetes(), datasets.load_diabetes(scaled=False)),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_samples_and_names_are_the_originals(data: Embedded, original: datasets.base.Bunch) -> None:
    samples = data.load()
    flat = samples.input.reshape(len(samples.input), -1)
    np.testing.assert_allclose(flat * (16 if data.images else 1), original.data, rtol=1e-6)
    np.testing.assert_array_equal(samples.target.reshape(-1), original.target)
    if not data.images:
        assert samples.spec.features == tuple(original.feature_names)
    if samples.spec.classes:
        assert samples.spec.classes == tuple(str(name) for name in original.target_names)


def test_digits_are_pictures_upright_in_0_to_1() -> None:
    samples = Digits().load()
    assert (samples.input.min(), samples.input.max()) == (0, 1)
    np.testing.assert_array_equal(samples.input[5, 0] * 16, datasets.load_digits().images[5])
