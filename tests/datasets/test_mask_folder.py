from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netdesigner.datasets.mask_folder import MaskFolder
from netdesigner.errors import DataError
from netdesigner.parts import NO_CLASS
from netdesigner.parts.rows import Rows
from netdesigner.training.data import prepare

# a mask of 6×4 pixels: three stripes
STRIPES = np.repeat(np.array([[10, 20, 255]], np.uint8), 2, axis=1).repeat(4, axis=0)


def save(path: Path, values: np.ndarray, mode: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(values)
    if mode == "P":
        image = Image.frombytes("P", image.size, values.tobytes())
        image.putpalette([number for value in range(256) for number in (value, 255 - value, 7)])
    image.save(path)
    return path


@pytest.fixture
def streets(tmp_path: Path) -> Path:
    for name in ("a", "b"):
        save(tmp_path / "images" / f"{name}.jpg", np.full((4, 6, 3), 100, np.uint8))
        save(tmp_path / "masks" / f"{name}.png", STRIPES)
    return tmp_path


def dataset(folder: Path, **params: Any) -> MaskFolder:
    given = {"path": str(folder / "images"), "masks": str(folder / "masks"), "height": 4, "width": 6}
    return MaskFolder(**{**given, **params})


def refusal(folder: Path, **params: Any) -> str:
    with pytest.raises(DataError) as caught:
        dataset(folder, **params).load()
    return str(caught.value)


def test_each_value_is_a_class_in_ascending_order(streets: Path) -> None:
    samples = dataset(streets).load()
    assert samples.spec.classes == ("10", "20", "255")
    assert samples.target.tolist() == [[[0, 0, 1, 1, 2, 2]] * 4] * 2
    np.testing.assert_allclose(samples.input, 100 / 255, atol=0.01)


def test_classes_bear_the_names_that_are_given(streets: Path) -> None:
    data = dataset(streets, classes=("road", "car", "rest"))
    assert data.describe().classes == data.load().spec.classes == ("road", "car", "rest")
    said = refusal(streets, classes=("road", "car"))
    assert "masks: the masks hold 3 classes, 10, 20, 255, and 'classes' names 2" in said


def test_a_value_that_counts_nowhere_is_no_class(streets: Path) -> None:
    samples = dataset(streets, unlabelled=255).load()
    assert samples.spec.classes == ("10", "20")
    assert samples.target[0, 0].tolist() == [0, 0, 1, 1, NO_CLASS, NO_CLASS]


def test_a_palette_counts_by_its_places_and_not_by_its_colours(streets: Path) -> None:
    for name in ("a", "b"):
        save(streets / "masks" / f"{name}.png", STRIPES // 10, "P")
    assert dataset(streets).load().spec.classes == ("1", "2", "25")


@pytest.mark.parametrize("suffix", ["png", "bmp", "gif", "pgm"])
def test_every_format_that_keeps_values_is_read(suffix: str, streets: Path) -> None:
    for path in (streets / "masks").iterdir():
        path.unlink()
    for name in ("a", "b"):
        save(streets / "masks" / f"{name}.{suffix.upper()}", STRIPES // 100)
    samples = dataset(streets).load()
    assert samples.target[0, 0].tolist() == [0, 0, 0, 0, 1, 1]


def test_masks_of_two_values_16_bits_and_grey_in_two_or_three_channels_are_read(streets: Path) -> None:
    grey, seen = ("10", "20", "255"), np.full_like(STRIPES, 128)
    masks = (
        (STRIPES == 10, ("0", "1")),
        (STRIPES.astype(np.uint16) * 200, ("2000", "4000", "51000")),
        (np.stack([STRIPES] * 3, axis=2), grey),
        (np.stack([STRIPES, seen], axis=2), grey),
    )
    for values, classes in masks:
        for name in ("a", "b"):
            save(streets / "masks" / f"{name}.png", values)
        assert dataset(streets).load().spec.classes == classes


def test_a_mask_in_colour_is_refused(streets: Path) -> None:
    colour = save(streets / "masks" / "a.png", np.stack([STRIPES, STRIPES, 255 - STRIPES], axis=2))
    assert refusal(streets) == (
        f"{colour}: a mask has a palette or is grey, one value a pixel; this one is in colour (RGB)"
    )


def test_a_lossy_mask_is_not_taken_for_one(streets: Path) -> None:
    (streets / "masks" / "b.png").unlink()
    save(streets / "masks" / "b.jpg", STRIPES)
    said = refusal(streets)
    assert said.startswith(f"{streets / 'images' / 'b.jpg'}: there is no mask called 'b' (.bmp, .gif,")
    assert said.endswith(str(streets / "masks"))


@pytest.mark.parametrize("resize", ["stretch", "crop", "pad"])
def test_image_and_mask_are_brought_to_the_size_in_the_same_way(resize: str, streets: Path) -> None:
    values = np.zeros((30, 60), np.uint8)
    values[10:20, 20:40] = 255
    for name in ("a", "b"):
        save(streets / "images" / f"{name}.jpg", values).unlink()
        save(streets / "images" / f"{name}.png", values)
        save(streets / "masks" / f"{name}.png", values)
    samples = dataset(streets, resize=resize, height=24, width=24, color="gray").load()
    seen, known = samples.input[:, 0] > 0.5, samples.target != NO_CLASS
    agree = (seen == (samples.target == 1)) | ~known
    assert agree.mean() > 0.98
    assert known.all() == (resize != "pad")
    assert set(np.unique(samples.target[known])) == {0, 1}


def test_a_mask_of_another_size_is_refused(streets: Path) -> None:
    save(streets / "masks" / "b.png", STRIPES[:2])
    expected = "the mask has 6×2 pixels and its image b.jpg has 6×4; they must be alike"
    assert refusal(streets) == f"{streets / 'masks' / 'b.png'}: {expected}"


def test_two_images_of_one_name_are_refused(streets: Path) -> None:
    twin = save(streets / "images" / "a.png", STRIPES)
    assert refusal(streets) == f"{twin}: a.jpg is called alike; one name is one sample"


def test_masks_without_an_image_are_passed_over(streets: Path) -> None:
    save(streets / "masks" / "c.png", STRIPES + 1)
    assert dataset(streets).describe().rows == 2
    assert dataset(streets).describe().classes == ("10", "20", "255")


def test_masks_that_tell_nothing_apart_are_refused(streets: Path) -> None:
    for name in ("a", "b"):
        save(streets / "masks" / f"{name}.png", np.full((4, 6), 3, np.uint8))
    assert "the masks hold the one value 3; there is nothing to tell apart" in refusal(streets)
    assert "the masks hold unlabelled pixels only" in refusal(streets, unlabelled=3)


def test_more_values_than_classes_can_be_are_refused(streets: Path) -> None:
    many = np.arange(24 * 20, dtype=np.uint16).reshape(16, 30)
    for name in ("a", "b"):
        save(streets / "images" / f"{name}.jpg", many.astype(np.uint8))
        save(streets / "masks" / f"{name}.png", many)
    assert "the masks hold 480 values; 256 classes are read at most" in refusal(streets)


def test_a_mask_without_any_class_is_named(streets: Path) -> None:
    empty = save(streets / "masks" / "b.png", np.full((4, 6), 255, np.uint8))
    assert refusal(streets, unlabelled=255) == f"{empty}: no pixel of this mask has a class"


def test_folders_are_refused_by_name(streets: Path, tmp_path: Path) -> None:
    assert refusal(streets, masks="") == "Folders of images and masks: no folder is chosen; set 'masks'"
    (tmp_path / "none").mkdir()
    assert refusal(streets, path=str(tmp_path / "none")).startswith(
        f"{tmp_path / 'none'}: the folder holds no image"
    )


def test_what_would_not_fit_is_refused_before_any_is_read(
    streets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in streets.rglob("*.*"):
        path.write_bytes(b"")
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 1000)
    assert "images and masks at this size would take" in refusal(streets, stream="never")


def test_what_is_beyond_memory_is_read_when_needed(streets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dataset(streets, unlabelled=255, resize="pad", height=6).load()
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 1000)
    data = dataset(streets, unlabelled=255, resize="pad", height=6)
    samples = data.load()
    assert isinstance(samples.input, Rows)
    assert isinstance(samples.target, Rows)
    assert samples.spec == whole.spec == data.describe()
    for _ in range(2):
        np.testing.assert_array_equal(samples.input[:], whole.input)
        np.testing.assert_array_equal(samples.target[:], whole.target)
    assert [preview.title for preview in data.preview(samples)] == [p.title for p in data.preview(whole)]
    same, known = prepare(data, samples), prepare(data, whole)
    assert (same.digest, same.scaling) == (known.digest, known.scaling)


def test_a_mask_of_another_size_is_named_when_its_image_is_needed(streets: Path) -> None:
    save(streets / "masks" / "b.png", STRIPES[:2])
    whole = refusal(streets)
    samples = dataset(streets, stream="always").load()
    with pytest.raises(DataError) as caught:
        samples.input[:]
    assert str(caught.value) == whole
    assert whole.endswith("b.png: the mask has 6×2 pixels and its image b.jpg has 6×4; they must be alike")


def test_a_mask_that_is_broken_is_named_when_it_is_needed(streets: Path) -> None:
    samples = dataset(streets, stream="always").load()
    save(streets / "masks" / "b.png", STRIPES[:2])
    assert samples.target[np.array([0])].shape == (1, 4, 6)
    with pytest.raises(DataError, match=r"masks/b\.png: changed or gone"):
        samples.target[np.array([1])]


def test_of_a_mask_that_changed_the_name_is_told(streets: Path) -> None:
    data = dataset(streets)
    before = data.fingerprint()
    save(streets / "masks" / "a.png", STRIPES[::-1, ::-1])
    assert data.changed_since(before) == str(streets / "masks" / "a.png")
