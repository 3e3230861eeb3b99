from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from netdesigner.datasets import _source
from netdesigner.datasets.coco_boxes import CocoBoxes
from netdesigner.errors import DataError
from netdesigner.parts import NO_CLASS
from netdesigner.parts.rows import Rows

Held = dict[str, Any]


def held() -> Held:
    """Two pictures of 40×20 and 20×20 pixels; three boxes in the first, one of which marks a crowd."""
    return {
        "info": {"year": 2026},
        "images": [
            {"id": 7, "file_name": "wide.png", "width": 40, "height": 20},
            {"id": 3, "file_name": "sub/square.png", "width": 20, "height": 20},
        ],
        "categories": [{"id": 18, "name": "dog"}, {"id": 2, "name": "cat", "supercategory": "animal"}],
        "annotations": [
            {"id": 1, "image_id": 7, "category_id": 18, "bbox": [10, 5, 20, 10], "iscrowd": 0, "area": 200},
            {"id": 2, "image_id": 7, "category_id": 2, "bbox": [0, 0, 4.0, 5.0]},
            {"id": 3, "image_id": 7, "category_id": 2, "bbox": [0, 0, 40, 20], "iscrowd": 1},
        ],
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "images" / "sub").mkdir(parents=True)
    Image.new("RGB", (40, 20), (255, 0, 0)).save(tmp_path / "images" / "wide.png")
    Image.new("RGB", (20, 20), (0, 0, 255)).save(tmp_path / "images" / "sub" / "square.png")
    return tmp_path


def dataset(folder: Path, content: Held | bytes, **params: Any) -> CocoBoxes:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "boxes.json").write_bytes(data)
    files = {"path": str(folder / "images"), "annotations": str(folder / "boxes.json")}
    return CocoBoxes(**{**files, "height": 20, "width": 20, **params})


def refusal(folder: Path, content: Held | bytes, **params: Any) -> str:
    made = dataset(folder, content, **params)
    with pytest.raises(DataError) as caught:
        made.load()
    said = str(caught.value)
    assert "\n" not in said
    assert said.startswith(str(folder))
    return said.removeprefix(str(folder))


def test_boxes_are_shares_of_the_picture_with_their_middle_and_classes_in_the_order_of_their_ids(
    folder: Path,
) -> None:
    made = dataset(folder, held())
    samples = made.load()
    assert samples.spec == made.describe()
    assert samples.spec.classes == ("cat", "dog")
    np.testing.assert_allclose(
        samples.target[0], [[1, 0.5, 0.5, 0.5, 0.5], [0, 0.05, 0.125, 0.1, 0.25]], rtol=1e-6
    )
    assert (samples.target[1] == [NO_CLASS, 0, 0, 0, 0]).all()
    assert samples.input[0, :, 10, 10].tolist() == [1, 0, 0]
    assert samples.input[1, :, 10, 10].tolist() == [0, 0, 1]


def test_boxes_go_with_the_picture_when_it_is_padded(folder: Path) -> None:
    padded = dataset(folder, held(), resize="pad").load()
    np.testing.assert_allclose(padded.target[0, 0], [1, 0.5, 0.5, 0.5, 0.25], rtol=1e-6)
    lit = np.flatnonzero(padded.input[0, 0, :, 10])
    assert (lit[0], lit[-1]) == (5, 14)  # a picture half as high, in the middle


def test_boxes_are_cut_with_the_picture_and_go_where_nothing_is_left(folder: Path) -> None:
    # the middle 20 of 40 columns stay: of the first box all, of the second nothing
    cropped = dataset(folder, held(), resize="crop").load()
    np.testing.assert_allclose(cropped.target[0, 0], [1, 0.5, 0.5, 1.0, 0.5], rtol=1e-6)
    assert cropped.target[0, 1, 0] == NO_CLASS


@pytest.mark.parametrize("resize", ["stretch", "pad", "crop"])
@pytest.mark.parametrize("size", [(40, 20), (17, 23), (9, 40)])
def test_a_painted_box_stays_where_its_numbers_say(size: tuple[int, int], resize: str, folder: Path) -> None:
    image = Image.new("L", size, 0)
    left, top, w, h = size[0] // 3, size[1] // 3, size[0] // 3, size[1] // 3
    image.paste(255, (left, top, left + w, top + h))
    image.save(folder / "images" / "one.png")
    content = held() | {
        "images": [{"id": 0, "file_name": "one.png", "width": size[0], "height": size[1]}],
        "annotations": [{"image_id": 0, "category_id": 2, "bbox": [left, top, w, h]}],
    }
    samples = dataset(folder, content, resize=resize, color="gray", height=96, width=120).load()
    rows, columns = (np.flatnonzero((samples.input[0, 0] > 0.5).any(axis=axis)) for axis in (1, 0))
    _, x, y, w_share, h_share = samples.target[0, 0]
    expected = np.array([columns[0], columns[-1] + 1, rows[0], rows[-1] + 1])
    found = np.array(
        [(x - w_share / 2) * 120, (x + w_share / 2) * 120, (y - h_share / 2) * 96, (y + h_share / 2) * 96]
    )
    np.testing.assert_allclose(found, expected, atol=1.01)


def test_a_box_that_rounding_puts_outside_is_cut_at_the_edge(folder: Path) -> None:
    content = held()
    content["annotations"][0]["bbox"] = [-0.5, 10, 20.5, 10.25]
    np.testing.assert_allclose(
        dataset(folder, content).load().target[0, 0], [1, 0.25, 0.75, 0.5, 0.5], rtol=1e-6
    )


def test_a_box_without_an_area_is_left_out(folder: Path) -> None:
    content = held()
    content["annotations"].append({"id": 4, "image_id": 3, "category_id": 2, "bbox": [1, 2, 5.5, 0.0]})
    assert dataset(folder, content).load().target.tolist() == dataset(folder, held()).load().target.tolist()


def test_a_mark_of_byte_order_before_the_annotations_does_not_count(folder: Path) -> None:
    marked = b"\xef\xbb\xbf" + json.dumps(held()).encode()
    assert dataset(folder, marked).describe() == dataset(folder, held()).describe()


def test_a_changed_file_of_annotations_is_read_again(folder: Path) -> None:
    made = dataset(folder, held())
    before = made.fingerprint()
    content = held()
    content["categories"][0]["name"] = "wolf and more"
    made = dataset(folder, content)
    assert made.describe().classes == ("cat", "wolf and more")
    assert made.changed_since(before) == str(folder / "boxes.json")


# ------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"{", "this is not JSON (Expecting property name"),
        (b"\xff\xfe", "this is not JSON ('utf-8' codec can't decode"),
        (b"[" * 100_000, "this is not JSON (maximum recursion depth exceeded"),
        (b'{"images": ' + b"9" * 5000 + b"}", "this is not JSON (Exceeds the limit"),
        (b"[]", "expected an object with images, annotations and categories"),
        (b"{}", "categories: expected a list of entries, got nothing"),
        (b'{"categories": [3]}', "categories[0]: expected an object, got 3"),
    ],
)
def test_what_is_no_file_of_annotations_is_refused(content: bytes, said: str, folder: Path) -> None:
    assert refusal(folder, content).startswith(f"/boxes.json: {said}")


FOUR = "annotations[0]: bbox: expected four numbers, left, top, width, height"


def changed(what: str, at: int, **values: Any) -> Held:
    content = held()
    content[what][at] |= values
    return content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (changed("categories", 0, id="18"), 'categories[0]: id: expected a whole number from 0 on, got "18"'),
        (changed("categories", 0, id=True), "categories[0]: id: expected a whole number from 0 on, got true"),
        (changed("categories", 1, name=""), 'categories[1]: name: expected a name, got ""'),
        (
            changed("categories", 1, name="two\nlines"),
            'categories[1]: name: expected a name, got "two\\nlines"',
        ),
        (
            changed("categories", 1, name="dog"),
            "categories[1]: another category has the id 2 or is called 'dog' as well",
        ),
        (changed("annotations", 1, category_id=9), "annotations[1]: there is no category of the id 9"),
        (changed("annotations", 1, image_id=9), "annotations: there is no picture of the id 9"),
        (changed("annotations", 0, bbox=[1, 2, 3]), f"{FOUR}, got [1, 2, 3]"),
        (changed("annotations", 0, bbox=[1, 2, 3, "4"]), f'{FOUR}, got [1, 2, 3, "4"]'),
        (changed("annotations", 0, bbox=[1, 2, 3, float("nan")]), f"{FOUR}, got [1, 2, 3, NaN]"),
        (
            changed("annotations", 0, bbox=[1, 2, -3, 4]),
            "annotations[0]: bbox: width and height must not be below 0, got [1, 2, -3, 4]",
        ),
        (
            changed("annotations", 0, bbox=[50, 2, 3, 4]),
            "images[0]: the box [50.0, 2.0, 3.0, 4.0] lies outside of its 40×20 pixels",
        ),
        (
            changed("images", 1, id=7),
            "images[1]: another picture has the id 7 or the file 'sub/square.png' as well",
        ),
        (changed("images", 1, width=0), "images[1]: width: expected a whole number from 1 on, got 0"),
        (changed("images", 1, file_name=5), "images[1]: file_name: expected a name, got 5"),
        (changed("images", 1, file_name="a\0b"), 'images[1]: file_name: expected a name, got "a\\u0000b"'),
        (held() | {"annotations": []}, "annotations: expected a list of entries, got []"),
        (
            held() | {"annotations": held()["annotations"][2:]},
            "there is no box in any picture, so there is nothing to learn",
        ),
    ],
)
def test_an_entry_that_is_wrong_is_named(content: Held, said: str, folder: Path) -> None:
    assert refusal(folder, content) == f"/boxes.json: {said}"


@pytest.mark.parametrize(
    "name", ["../secret.png", "/etc/passwd", "sub/../../secret.png", "link.png", "away/secret.png"]
)
def test_no_file_outside_of_the_folder_is_read(name: str, folder: Path) -> None:
    secret = folder / "secret.png"
    Image.new("RGB", (20, 20)).save(secret)
    (folder / "images" / "link.png").symlink_to(secret)
    (folder / "images" / "away").symlink_to(folder)
    said = refusal(folder, changed("images", 1, file_name=name))
    assert said == f"/boxes.json: images[1]: file_name: '{name}' leads out of the folder of the pictures"


def test_a_picture_that_is_not_there_damaged_or_of_another_size_is_named(folder: Path) -> None:
    assert refusal(folder, changed("images", 1, file_name="no.png")) == (
        "/images/no.png: cannot be read (No such file or directory)"
    )
    (folder / "images" / "bad.png").write_bytes(b"no picture")
    assert "/images/bad.png: the image is damaged" in refusal(
        folder, changed("images", 1, file_name="bad.png")
    )
    assert refusal(folder, changed("images", 1, width=21)) == (
        "/images/sub/square.png: the image has 20×20 pixels, the annotations say 21×20"
    )


def test_what_would_not_fit_in_memory_is_refused_before_it_is_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_source, "memory_limit", lambda: 9000)
    assert "images and boxes at this size would take" in refusal(folder, held(), stream="never")
    content = json.dumps(held()).encode() + b" " * 900
    assert "/boxes.json: the annotations would take" in refusal(folder, content)


def test_images_beyond_memory_are_read_when_needed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = dataset(folder, held()).load()
    monkeypatch.setattr(_source, "memory_limit", lambda: 9000)
    data = dataset(folder, held())
    samples = data.load()
    assert isinstance(samples.input, Rows)
    assert samples.spec == whole.spec
    np.testing.assert_array_equal(samples.input[:], whole.input)
    np.testing.assert_array_equal(samples.target, whole.target)
    assert [preview.title for preview in data.preview(samples)] == [p.title for p in data.preview(whole)]
