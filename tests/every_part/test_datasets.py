"""What holds for every data set of the shelf; a new one needs an example here only if it reads files."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netdesigner.datasets._sounds import SoundDataset
from netdesigner.document import Choice
from netdesigner.errors import CancelledError, DataError
from netdesigner.parts import Catalog, Dataset, Preview, Samples, TableInspection
from netdesigner.parts.dataset import NO_CLASS, no_progress
from netdesigner.parts.inspection import COLUMN_TYPES

CATALOG = Catalog.discover()
DOWNLOADED = {"mnist", "fashion_mnist", "cifar10", "cifar100"}
"""Tried in small in tests/datasets/test_public.py; what they are made of is no file of the user's."""
KINDS = sorted(CATALOG.datasets.keys() - DOWNLOADED)


def csv_example(folder: Path) -> dict[str, Any]:
    (folder / "t.csv").write_text(
        "x,s,c\n" + "".join(f"{n}.5,{'ab'[n % 2]},{'uv'[n // 5 % 2]}\n" for n in range(40))
    )
    return {"path": str(folder / "t.csv")}


def parquet_example(folder: Path) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import parquet

    parquet.write_table(pa.table({"x": [0.5, 1.5, 2.5], "y": [1.5, 2.5, 3.5]}), folder / "t.parquet")
    return {"path": str(folder / "t.parquet")}


def image_example(folder: Path) -> dict[str, Any]:
    from PIL import Image

    for name in ("a", "b"):
        (folder / name).mkdir()
        for number in range(2):
            Image.new("RGB", (9, 7), (number * 50, 0, 0)).save(folder / name / f"{number}.png")
    return {"path": str(folder), "height": 5, "width": 6}


def mask_example(folder: Path) -> dict[str, Any]:
    from PIL import Image

    for name in ("images", "masks"):
        (folder / name).mkdir()
    for number in range(3):
        Image.new("RGB", (9, 7), (number * 50, 0, 0)).save(folder / "images" / f"{number}.png")
        mask = Image.new("L", (9, 7), 0)
        mask.paste(7, (0, 0, 5, 5))
        mask.save(folder / "masks" / f"{number}.png")
    return {"path": str(folder / "images"), "masks": str(folder / "masks"), "height": 5, "width": 6}


def coco_example(folder: Path) -> dict[str, Any]:
    from PIL import Image

    (folder / "images").mkdir()
    for number in range(3):
        Image.new("RGB", (9, 7), (number * 50, 0, 0)).save(folder / "images" / f"{number}.png")
    held = {
        "images": [{"id": n, "file_name": f"{n}.png", "width": 9, "height": 7} for n in range(3)],
        "categories": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}],
        "annotations": [
            {"image_id": n // 2, "category_id": 1 + n % 2, "bbox": [n, 1, 2, 3]} for n in range(4)
        ],
    }
    (folder / "boxes.json").write_text(json.dumps(held))
    files = {"path": str(folder / "images"), "annotations": str(folder / "boxes.json")}
    return {**files, "height": 5, "width": 6}


def arrays_example(folder: Path) -> dict[str, Any]:
    np.savez(folder / "a.npz", x=np.zeros((8, 3, 4, 4), np.float32), y=np.arange(8) % 2)
    return {"path": str(folder / "a.npz")}


def idx_example(folder: Path) -> dict[str, Any]:
    (folder / "images").write_bytes(struct.pack(">HBB3I", 0, 8, 3, 4, 3, 3) + bytes(range(36)))
    (folder / "labels").write_bytes(struct.pack(">HBBI", 0, 8, 1, 4) + bytes([0, 1, 0, 1]))
    return {"path": str(folder / "images"), "labels": str(folder / "labels")}


def text_example(folder: Path) -> dict[str, Any]:
    (folder / "t.txt").write_text("To be, or not to be: that is the question.\n" * 20, encoding="utf-8")
    return {"path": str(folder / "t.txt"), "length": 16}


def pairs_example(folder: Path) -> dict[str, Any]:
    (folder / "p.csv").write_text("read,write\n" + "".join(f"{n},{n * n}\n" for n in range(20)))
    return {"path": str(folder / "p.csv")}


def series_example(folder: Path) -> dict[str, Any]:
    rows = "".join(f"2000-01-{day:02},{day}.5,{day % 7}\n" for day in range(1, 30))
    (folder / "s.csv").write_text(f"day,u,v\n{rows}")
    return {"path": str(folder / "s.csv"), "length": 6, "horizon": 2}


def wav_example(folder: Path) -> dict[str, Any]:
    for number, name in enumerate("ab"):
        (folder / name).mkdir()
        for copy in range(2):
            with wave.open(str(folder / name / f"{copy}.wav"), "wb") as file:
                file.setparams((1, 2, 4000, 400, "NONE", ""))
                file.writeframes(np.arange(400 * (number + copy + 1), dtype="<i2")[:400].tobytes())
    return {"path": str(folder), "rate": 4000, "seconds": 0.25}


def json_lines_example(folder: Path) -> dict[str, Any]:
    rows = ({"x": n + 0.5, "s": "ab"[n % 2], "c": "uv"[n // 5 % 2]} for n in range(40))
    (folder / "t.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return {"path": str(folder / "t.jsonl")}


def text_classes_example(folder: Path) -> dict[str, Any]:
    (folder / "t.csv").write_text(
        "label,text\n" + "".join(f"{'ab'[n % 2]},text number {n}\n" for n in range(20))
    )
    return {"path": str(folder / "t.csv"), "length": 12}


FILES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "csv": csv_example,
    "parquet": parquet_example,
    "image_folder": image_example,
    "mask_folder": mask_example,
    "coco_boxes": coco_example,
    "arrays": arrays_example,
    "idx": idx_example,
    "text": text_example,
    "series": series_example,
    "text_pairs": pairs_example,
    "jsonl": json_lines_example,
    "text_classes": text_classes_example,
    "wav_files": wav_example,
    "wav_spectrograms": wav_example,
}


FEW = 300
"""So many samples are made up where one may say how many."""
LOOKED_AT = {"image_folder", "text", "wav_files", "wav_spectrograms"}
"""What is described by the names or the size of files, which are opened only to load them."""


@pytest.fixture(params=KINDS)
def dataset(request: pytest.FixtureRequest, tmp_path: Path) -> Dataset:
    made = CATALOG.datasets[request.param]
    if not made.embedded:
        return made(**FILES[request.param](tmp_path))
    return made(**{param.name: FEW for param in made.params() if param.name == "count"})


@pytest.fixture(scope="module")
def loaded() -> dict[str, Samples]:
    """What was loaded of each embedded data set, so that each is loaded once for all that only looks at it."""
    return {}


@pytest.fixture
def samples(dataset: Dataset, loaded: dict[str, Samples]) -> Samples:
    """What a data set gives, which no test changes."""
    if not dataset.embedded:
        return dataset.load()
    if dataset.kind not in loaded:
        loaded[dataset.kind] = dataset.load()
    return loaded[dataset.kind]


def test_describe_tells_what_load_gives(dataset: Dataset, samples: Samples) -> None:
    spec = dataset.describe()
    assert samples.spec == spec
    assert spec.input.shape[0] == spec.target.shape[0] == "N"
    assert samples.input.shape == (spec.rows, *spec.input.shape[1:])
    assert samples.target.shape == (spec.rows, *spec.target.shape[1:])
    assert (samples.input.dtype, samples.target.dtype) == (spec.input.dtype, spec.target.dtype)
    assert np.isfinite(samples.input).all()


def test_targets_are_classes_of_samples_or_pixels_with_names_or_boxes_or_values_or_steps_to_come(
    samples: Samples,
) -> None:
    if samples.spec.boxes:
        assert (samples.target.dtype, samples.target.shape[2:]) == (np.float32, (5,))
        there = samples.target[..., 0] >= 0
        assert set(samples.target[there][:, 0]) <= set(range(len(samples.spec.classes)))
        assert (samples.target[~there] == [NO_CLASS, 0, 0, 0, 0]).all()
        boxes = samples.target[there]
        assert (boxes[:, 3:] > 0).all()
        assert (np.abs(boxes[:, 1:3] - 0.5) + boxes[:, 3:] / 2 <= 0.5 + 1e-6).all()
    elif samples.spec.classes:
        assert samples.target.dtype == np.int64
        occurring = set(samples.target.reshape(-1).tolist())
        known = set(range(len(samples.spec.classes)))
        assert occurring <= known | {NO_CLASS} if samples.target.ndim > 1 else occurring == known
    else:
        assert samples.target.dtype == np.float32
        assert samples.target.ndim == 2 + samples.spec.ahead
        assert (
            not samples.spec.ahead or samples.spec.features[: samples.target.shape[2]] == samples.spec.targets
        )


@pytest.mark.parametrize("dataset", [kind for kind in KINDS if CATALOG.datasets[kind].images], indirect=True)
def test_pictures_are_channels_first_in_0_to_1(samples: Samples) -> None:
    input = samples.input
    assert input.ndim == 4
    assert input.shape[1] in (1, 2, 3)
    assert input.min() >= 0
    assert input.max() <= 1


def test_pictures_and_waves_say_how_a_file_becomes_a_sample(dataset: Dataset, samples: Samples) -> None:
    one_file_each = not isinstance(dataset, SoundDataset) and samples.input.shape[1] in (1, 3)
    pictures, sounds = dataset.images and one_file_each, dataset.signals
    said = dataset.files_of_samples().get("are", "")
    assert said == ("pictures" if pictures else "sounds" if sounds else "")


def test_loading_twice_gives_the_same_and_says_what_is_done_as_progress_goes_up(
    dataset: Dataset, samples: Samples
) -> None:
    calls: list[tuple[float, str]] = []
    again = dataset.load(lambda fraction, text: calls.append((fraction, text)))
    assert again.input is not samples.input
    np.testing.assert_array_equal(again.input, samples.input)
    np.testing.assert_array_equal(again.target, samples.target)
    fractions = [fraction for fraction, _ in calls]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0
    assert fractions[-1] <= 1
    assert all(text for _, text in calls)


def test_loading_can_be_cancelled(dataset: Dataset) -> None:
    def cancel(fraction: float, text: str) -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError):
        dataset.load(cancel)


def test_previews_are_of_the_closed_set(dataset: Dataset, samples: Samples) -> None:
    previews = dataset.preview(samples)
    assert previews
    assert all(isinstance(preview, get_args(Preview)) for preview in previews)
    assert len({preview.title for preview in previews}) == len(previews)


def test_fingerprint_is_plain_and_repeatable(dataset: Dataset) -> None:
    found = dataset.fingerprint()
    assert bool(found) is not dataset.embedded
    assert found == dataset.fingerprint()
    assert all(isinstance(value, str | int) for value in found.values())


def test_fingerprint_tells_that_the_files_are_gone(dataset: Dataset, tmp_path: Path) -> None:
    before = dataset.fingerprint()
    for path in [path for path in tmp_path.rglob("*") if path.is_file()]:
        path.unlink()
    assert (dataset.fingerprint() == before) is dataset.embedded


def test_samples_that_were_read_know_the_state_of_their_files(dataset: Dataset) -> None:
    samples = dataset.read()
    assert samples.spec == dataset.describe()
    assert samples.source == dataset.fingerprint()


@pytest.mark.parametrize("kind", sorted(FILES))
def test_files_that_change_while_they_are_read_are_refused_by_name(kind: str, tmp_path: Path) -> None:
    dataset = CATALOG.datasets[kind](**FILES[kind](tmp_path))
    path = min(path for path in tmp_path.rglob("*") if path.is_file())

    def touch(fraction: float, text: str) -> None:
        os.utime(path, ns=(1, 1))

    with pytest.raises(DataError, match="changed while it was being read") as caught:
        dataset.read(touch)
    assert str(caught.value).startswith(str(tmp_path))


def test_a_fingerprint_bears_no_folder_and_tells_files_of_one_name_apart(tmp_path: Path) -> None:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "a.npy", np.zeros((4, 2)))
    files = {"path": str(tmp_path / "in" / "a.npy"), "targets_path": str(tmp_path / "out" / "a.npy")}
    dataset = CATALOG.datasets["arrays"](**files)
    before = dataset.fingerprint()
    assert not any(str(tmp_path) in key for key in before)
    os.utime(files["path"], ns=(1, 1))
    assert dataset.changed_since(before) == files["path"]


def test_of_several_files_the_changed_one_is_named(tmp_path: Path) -> None:
    dataset = CATALOG.datasets["idx"](**idx_example(tmp_path))
    before = dataset.fingerprint()
    os.utime(tmp_path / "labels", ns=(1, 1))
    assert dataset.changed_since(before) == str(tmp_path / "labels")
    assert dataset.changed_since({}) == f"{tmp_path / 'images'}, {tmp_path / 'labels'}"
    assert CATALOG.datasets["iris"]().changed_since({}) == "Iris flowers"


def verbs_of(dataset: Dataset) -> list[Callable[[], object]]:
    """What reads the files."""
    return [getattr(dataset, verb) for verb in ("load", "describe", "inspect") if hasattr(dataset, verb)]


def refusal_of(verb: Callable[[], object]) -> str:
    with pytest.raises(DataError) as caught:
        verb()
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind", sorted(FILES))
def test_files_that_are_gone_are_named(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    dataset = CATALOG.datasets[kind](**FILES[kind](folder))
    shutil.rmtree(folder)
    for verb in verbs_of(dataset):
        said = refusal_of(verb)
        assert said.startswith(str(folder))
        assert "there is no such" in said


@pytest.mark.parametrize("kind", sorted(FILES))
def test_what_the_system_refuses_is_said_with_the_name_of_the_file(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = CATALOG.datasets[kind](**FILES[kind](tmp_path))
    plain = io.open

    def refusing(file: Any, *args: Any, **more: Any) -> Any:
        if str(file).startswith(str(tmp_path)):
            raise PermissionError(errno.EACCES, "Permission denied", str(file))
        return plain(file, *args, **more)

    for module in ("io", "builtins"):
        monkeypatch.setattr(f"{module}.open", refusing)
    for verb in verbs_of(dataset):
        if kind not in LOOKED_AT or verb.__name__ == "load":
            said = refusal_of(verb)
            assert said.startswith(str(tmp_path))
            assert said.endswith(": cannot be read (Permission denied)")


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_folder_that_may_not_be_entered_is_said_so(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = CATALOG.datasets[kind](**FILES[kind](tmp_path))
    plain = Path.stat

    def refusing(self: Path, **more: Any) -> Any:
        if self.is_relative_to(tmp_path):
            raise PermissionError(errno.EACCES, "Permission denied", str(self))
        return plain(self, **more)

    monkeypatch.setattr(Path, "stat", refusing)
    for verb in verbs_of(dataset):
        assert refusal_of(verb).endswith(": cannot be looked at (Permission denied)")
    assert dataset.fingerprint() == dataset.fingerprint()


@pytest.mark.parametrize("kind", sorted(FILES))
def test_a_name_that_is_too_long_is_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    given = FILES[kind](tmp_path) | {"path": str(tmp_path / ("x" * 300))}
    for verb in verbs_of(CATALOG.datasets[kind](**given)):
        assert "cannot be looked at" in refusal_of(verb)


mutations = st.lists(
    st.tuples(st.integers(0, 2000), st.binary(max_size=4), st.integers(0, 6)), min_size=1, max_size=4
)


@settings(max_examples=30)
@given(mutations=mutations)
@pytest.mark.parametrize("kind", sorted(FILES))
def test_damaged_files_are_read_or_refused_in_one_line(
    kind: str, mutations: list[tuple[int, bytes, int]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = CATALOG.datasets[kind](**FILES[kind](Path(folder)))
        path = min(path for path in Path(folder).rglob("*") if path.is_file())
        content = bytearray(path.read_bytes())
        for place, inserted, removed in mutations:
            start = place % (len(content) + 1)
            content[start : start + removed] = inserted
        path.write_bytes(content)
        try:
            samples = made.load()
        except DataError as error:
            refusal = str(error)
        else:
            refusal = ""
    assert "\n" not in refusal
    if refusal:
        return
    assert np.isfinite(samples.input).all()
    assert len(samples.input) == len(samples.target) == samples.spec.rows


@pytest.mark.parametrize(
    "dataset", [k for k in KINDS if hasattr(CATALOG.datasets[k], "inspect")], indirect=True
)
def test_inspection_fits_the_samples(dataset: Any) -> None:
    found = dataset.inspect()
    assert isinstance(found, TableInspection)
    assert found.rows == len(dataset._table(no_progress).lines)
    assert dataset.continuous or found.rows == dataset.describe().rows
    assert {column.use for column in found.columns} >= {"input", "target"}
    assert {column.type for column in found.columns} <= set(COLUMN_TYPES)


def test_parameters_survive_being_chosen(dataset: Dataset) -> None:
    made = CATALOG.dataset(Choice(dataset.kind, dataset.changed()))
    assert made == dataset


@pytest.mark.parametrize("kind", KINDS)
def test_form_is_documented(kind: str) -> None:
    part = CATALOG.datasets[kind]
    assert part.summary().endswith((".", ":"))
    assert part.title
    assert all(declared.help for declared in part.params())
    names = [declared.name for declared in part.params()]
    assert names[-4:] == ["validation", "test", "split_seed", "normalize"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not CATALOG.datasets[kind].embedded])
def test_nothing_chosen_is_said_in_one_line(kind: str) -> None:
    for verb in ("describe", "load"):
        with pytest.raises(DataError, match="is chosen; set 'path'") as caught:
            getattr(CATALOG.datasets[kind](), verb)()
        assert "\n" not in str(caught.value)


def test_embedded_data_is_described_without_loading_a_library() -> None:
    code = (
        "import sys; from netdesigner.parts import Catalog; catalog = Catalog.discover();"
        "specs = [part().describe() for part in catalog.datasets.values() if part.embedded];"
        "heavy = {'torch', 'numpy', 'pandas', 'sklearn', 'scipy', 'PIL', 'pyarrow'} & set(sys.modules);"
        "assert len(specs) > 10, specs; assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
