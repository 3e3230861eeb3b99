from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netdesigner.datasets import _images
from netdesigner.datasets.image_folder import ImageFolder
from netdesigner.errors import CancelledError, DataError
from netdesigner.parts.rows import Rows

RED, BLUE = (255, 0, 0), (0, 0, 255)


def save(
    path: Path, color: Any = RED, size: tuple[int, int] = (8, 6), mode: str = "RGB", **options: Any
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, color).save(path, **options)
    return path


@pytest.fixture
def pets(tmp_path: Path) -> Path:
    folder = tmp_path / "pets"
    for name, color in (("dog", BLUE), ("cat", RED)):
        for number in range(3):
            save(folder / name / f"{number}.png", color)
    return folder


def dataset(folder: Path, **params: Any) -> ImageFolder:
    return ImageFolder(path=str(folder), **{"height": 4, "width": 5, **params})


def test_folders_are_classes_in_the_order_of_the_alphabet(pets: Path) -> None:
    samples = dataset(pets).load()
    assert samples.spec.classes == ("cat", "dog")
    assert samples.target.tolist() == [0, 0, 0, 1, 1, 1]
    assert samples.input.shape == (6, 3, 4, 5)
    assert samples.input[0, :, 0, 0].tolist() == [1, 0, 0]
    assert samples.input[5, :, 3, 4].tolist() == [0, 0, 1]


def test_describe_reads_no_image(pets: Path) -> None:
    data = dataset(pets, color="gray")
    expected = data.load().spec
    for path in pets.rglob("*.png"):
        path.write_bytes(b"no image any more")
    assert data.describe() == expected
    assert data.describe().input.shape == ("N", 1, 4, 5)


@pytest.mark.parametrize("suffix", ["png", "jpg", "jpeg", "bmp", "gif", "webp", "ppm"])
def test_every_format_of_the_list_is_read(suffix: str, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(tmp_path / name / f"1.{suffix.upper()}", RED)
    image = dataset(tmp_path).load().input[0]
    np.testing.assert_allclose(image[:, 2, 2], [1, 0, 0], atol=0.02)


def test_a_large_photograph_is_decoded_no_finer_than_can_be_told(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    path = tmp_path / "photo.jpg"
    Image.fromarray(coarse).resize((960, 720), Image.Resampling.BICUBIC).save(path, quality=95)
    with _images.opened(path, side=90) as image:
        assert image.size == (120, 90)
    frame = _images.Frame(30, 30, "rgb", "stretch")
    with _images.opened(path) as image:
        assert image.size == (960, 720)
        np.testing.assert_allclose(frame.read(path), frame.numbers_of(image), atol=0.02)


def test_a_disguised_format_is_refused(pets: Path) -> None:
    save(pets / "cat" / "tiff.tif").rename(pets / "cat" / "x.png")
    with pytest.raises(DataError, match=r"x\.png: the image is damaged or in another format"):
        dataset(pets).load()


def test_other_files_and_hidden_folders_are_passed_over(pets: Path) -> None:
    (pets / "cat" / "Thumbs.db").write_bytes(b"x")
    (pets / "cat" / ".hidden.png").write_bytes(b"x")
    (pets / "readme.txt").write_text("x")
    (pets / ".git").mkdir()
    (pets / "cat" / "folder.png").mkdir()
    assert dataset(pets).load().spec.rows == 6


def test_grey_16_bit_keeps_its_depth(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        Image.fromarray(np.full((4, 5), 257 * 128, dtype=np.uint16)).save(tmp_path / name / "1.png")
    for color, channels in (("gray", 1), ("rgb", 3)):
        samples = dataset(tmp_path, color=color).load()
        assert samples.input.shape[1] == channels
        np.testing.assert_allclose(samples.input, 257 * 128 / 65535, atol=1e-6)


@pytest.mark.parametrize(
    ("mode", "color"), [("L", 255), ("RGBA", (255, 255, 255, 255)), ("P", 255), ("1", 1)]
)
def test_any_mode_becomes_the_chosen_channels(mode: str, color: Any, tmp_path: Path) -> None:
    for name in ("a", "b"):
        save(tmp_path / name / "1.png", color, mode=mode)
    assert dataset(tmp_path).load().input.shape == (2, 3, 4, 5)
    assert dataset(tmp_path, color="gray").load().input.shape == (2, 1, 4, 5)


def test_camera_rotation_is_undone(tmp_path: Path) -> None:
    upright = Image.new("RGB", (4, 2), RED)
    upright.paste(BLUE, (0, 0, 2, 2))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / name / "1.png", exif=exif)
    image = dataset(tmp_path, height=2, width=4).load().input[0]
    assert image[:, 0, 0].tolist() == [0, 0, 1]
    assert image[:, 0, 3].tolist() == [1, 0, 0]


@pytest.mark.parametrize(
    ("resize", "corner", "middle"),
    [("stretch", (1, 0), (0, 1)), ("crop", (0, 1), (0, 1)), ("pad", (0, 0), (0, 1))],
)
def test_resize_does_what_it_says(
    resize: str, corner: tuple[int, int], middle: tuple[int, int], tmp_path: Path
) -> None:
    wide = Image.new("RGB", (60, 20), RED)
    wide.paste(BLUE, (20, 0, 40, 20))
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        wide.save(tmp_path / name / "1.png")
    image = dataset(tmp_path, height=30, width=30, resize=resize).load().input[0].round()
    assert (image[0, 0, 0], image[2, 0, 0]) == corner
    assert (image[0, 15, 15], image[2, 15, 15]) == middle


def test_damaged_image_is_named(pets: Path) -> None:
    whole = io.BytesIO()
    Image.effect_noise((64, 64), 50).save(whole, "PNG")
    (pets / "dog" / "1.png").write_bytes(whole.getvalue()[:500])
    told = (
        r"dog.1\.png: the image is damaged or in another format \(.*\); mend it, or take it out of the folder"
    )
    with pytest.raises(DataError, match=told):
        dataset(pets).load()


def test_every_cut_of_an_image_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    Image.effect_noise((16, 16), 50).save(whole, "PNG")
    save(tmp_path / "a" / "1.png")
    (tmp_path / "b").mkdir()
    data = dataset(tmp_path)
    for length in range(0, len(whole.getvalue()) - 60, 7):
        (tmp_path / "b" / "1.png").write_bytes(whole.getvalue()[:length])
        with pytest.raises(DataError, match=r"1\.png"):
            data.load()


def test_more_pixels_than_are_safe_are_refused(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pets / "dog" / "9.png", size=(100, 100))
    for limit in (9_000, 4_000):  # Pillow warns above its limit and refuses above twice that
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        with pytest.raises(DataError, match=r"9\.png: the image has .*pixels"):
            dataset(pets).load()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_more_pixels_are_refused_where_the_warning_is_ignored(
    pets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(pets / "dog" / "9.png", size=(100, 100))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 9_000)
    with pytest.raises(DataError, match=r"9\.png: the image has 10,000 pixels, at most 9,000 are read"):
        dataset(pets).load()


def test_link_out_of_the_folder_is_refused(pets: Path, tmp_path: Path) -> None:
    secret = save(tmp_path / "secret.png")
    link = pets / "cat" / "link.png"
    try:
        link.symlink_to(secret)
    except OSError:
        pytest.skip("links are not allowed here")
    with pytest.raises(DataError, match=r"link\.png: this is a link that leads out of the folder"):
        dataset(pets).describe()
    link.unlink()
    (pets / "outside").symlink_to(tmp_path)
    with pytest.raises(DataError, match="outside: this is a link that leads out"):
        dataset(pets).load()


def test_link_inside_the_folder_is_read(pets: Path) -> None:
    link = pets / "cat" / "link.png"
    try:
        link.symlink_to(pets / "dog" / "0.png")
    except OSError:
        pytest.skip("links are not allowed here")
    assert dataset(pets).load().spec.rows == 7


def test_one_class_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="it holds no folders"):
        dataset(tmp_path).describe()
    save(tmp_path / "only" / "1.png")
    with pytest.raises(DataError, match=r"it holds one folder only \('only'\)"):
        dataset(tmp_path).describe()


def test_class_without_images_is_named(pets: Path) -> None:
    (pets / "empty").mkdir()
    with pytest.raises(DataError, match="empty: the folder of this class holds no image"):
        dataset(pets).describe()


def test_path_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such folder"):
        dataset(tmp_path / "none").load()
    with pytest.raises(DataError, match="this is not a folder"):
        dataset(save(tmp_path / "x.png")).load()
    with pytest.raises(DataError, match="no folder is chosen"):
        ImageFolder().load()


def test_images_beyond_memory_are_read_when_needed(pets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(pets / "cat" / "1.png", (10, 20, 30))
    whole = dataset(pets).load()
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 1000)
    with pytest.raises(DataError, match="the images at this size would take"):
        dataset(pets, stream="never").load()
    data = dataset(pets)
    samples = data.load()
    assert isinstance(samples.input, Rows)
    assert samples.spec == whole.spec == data.describe()
    np.testing.assert_array_equal(samples.target, whole.target)
    rows = np.array([5, 1, 0])
    np.testing.assert_array_equal(samples.input[rows], whole.input[rows])
    assert [preview.title for preview in data.preview(samples)] == [p.title for p in data.preview(whole)]


def test_an_image_that_changed_before_it_is_needed_is_named(pets: Path) -> None:
    samples = dataset(pets, stream="always").load()
    save(pets / "dog" / "2.png", RED, size=(9, 9))
    assert samples.input[np.array([4])].shape == (1, 3, 4, 5)
    with pytest.raises(DataError, match=r"dog/2\.png: changed or gone"):
        samples.input[np.array([4, 5])]


def test_cancelling_stops_between_images(pets: Path) -> None:
    for number in range(100):
        save(pets / "cat" / f"more {number}.png")
    said: list[str] = []

    def cancel(fraction: float, text: str) -> None:
        said.append(text)
        if fraction > 0:
            raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        dataset(pets).load(cancel)
    assert said == ["reading image 1 of 106", "reading image 33 of 106"]


def test_fingerprint_changes_with_the_folder(pets: Path) -> None:
    before = dataset(pets).fingerprint()
    save(pets / "cat" / "new.png")
    after = dataset(pets).fingerprint()
    assert before["cat: files"] == 3
    assert after["cat: files"] == 4
    assert before["dog: size"] == after["dog: size"]


def test_pictures_that_changed_are_named_where_that_can_be_told(pets: Path) -> None:
    before = dataset(pets).fingerprint()
    first, second = sorted((pets / "cat").iterdir())[:2]
    save(second)
    assert dataset(pets).changed_since(before) == str(second)
    save(first)
    assert dataset(pets).changed_since(before) == f"{first} and 1 more"
    last = dataset(pets).fingerprint()
    first.unlink()
    assert dataset(pets).changed_since(last) == str(pets)
    assert dataset(pets).changed_since({"cat: size": 3}) == str(pets)
