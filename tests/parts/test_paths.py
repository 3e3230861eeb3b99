"""Files that a design names: where relative paths start, and how a path is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from netdesigner.document import Choice, Design, Settings
from netdesigner.errors import ParameterError
from netdesigner.parts import Catalog, TrainingSettings, resources
from netdesigner.parts.paths import found, relocated, written

CATALOG = Catalog.discover()


def design(path: str, folder: Path | None, **more: str) -> Design:
    return Design(data=Choice("csv", {"path": path, **more}), folder=folder)


def path_in(design: Design) -> object:
    assert design.data is not None
    return design.data.params["path"]


def file_of(design: Design) -> Path:
    return Path(getattr(CATALOG.dataset_of(design), "path"))  # noqa: B009 - a data set of a kind


# -- where a path leads ------------------------------------------------------------------------------------------------


def test_a_relative_path_starts_at_the_folder_of_the_design(tmp_path: Path) -> None:
    assert found("data/a.csv", tmp_path) == tmp_path / "data" / "a.csv"
    assert found("../a.csv", tmp_path / "inner") == tmp_path / "a.csv"


def test_the_home_of_somebody_else_is_not_looked_up(tmp_path: Path) -> None:
    assert found("~root/a.csv", tmp_path) == tmp_path / "~root" / "a.csv"
    assert found("~/a.csv", tmp_path) == Path.home() / "a.csv"


def test_without_a_folder_it_starts_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert found("a.csv", None) == tmp_path / "a.csv"


def test_a_full_path_and_the_home_folder_do_not_depend_on_the_design(
    tmp_path: Path, user_folders: Path
) -> None:
    assert found(str(tmp_path / "a.csv"), Path("/elsewhere")) == tmp_path / "a.csv"
    assert found("~/a.csv", Path("/elsewhere")) == user_folders / "a.csv"


def test_the_home_of_nobody_is_a_name_like_any_other(tmp_path: Path) -> None:
    assert found("~nobody-of-this-name/a.csv", tmp_path) == tmp_path / "~nobody-of-this-name" / "a.csv"


def test_a_step_up_leaves_the_folder_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "real" / "inner").mkdir(parents=True)
    try:
        (tmp_path / "link").symlink_to(tmp_path / "real" / "inner")
    except OSError:
        pytest.skip("links are not allowed here")
    assert found("../a.csv", tmp_path / "link") == (tmp_path / "real" / "a.csv").resolve()


def test_a_data_set_names_all_its_files_in_full(tmp_path: Path) -> None:
    choice = Choice("idx", {"path": "images.gz", "labels": "labels.gz"})
    dataset = CATALOG.dataset(choice, folder=tmp_path)
    assert dataset.values()["path"] == str(tmp_path / "images.gz")
    assert dataset.values()["labels"] == str(tmp_path / "labels.gz")


def test_no_file_stays_no_file(tmp_path: Path) -> None:
    assert CATALOG.dataset(Choice("csv"), folder=tmp_path).values()["path"] == ""


def test_what_comes_with_the_program_is_found_by_its_name_from_anywhere(tmp_path: Path) -> None:
    (name, file), *_ = resources.weights().items()
    assert found(name, tmp_path) == found(name, None) == file
    assert file.is_relative_to(resources.folder())
    before = Design(training=Settings(values={"start_from": name}), folder=tmp_path)
    assert relocated(before, CATALOG, tmp_path / "run").training is before.training


@pytest.mark.parametrize("name", ["nobody", "../gallery/digits-0-to-4", "../../secret", "", "/etc/passwd"])
def test_such_a_name_reaches_no_other_file(name: str, tmp_path: Path) -> None:
    assert resources.folder() not in found(f"gallery:{name}", tmp_path).parents
    with pytest.raises(
        ParameterError, match=r"start_from: no weights called .* there are gallery:digits-0-to-4"
    ):
        TrainingSettings(start_from=f"gallery:{name}")


# -- how a path is written ---------------------------------------------------------------------------------------------


def test_a_file_in_the_folder_or_below_is_written_from_there(tmp_path: Path) -> None:
    assert written(tmp_path / "a.csv", tmp_path) == "a.csv"
    assert written(tmp_path / "data" / "a.csv", tmp_path) == "data/a.csv"


def test_a_file_elsewhere_is_written_in_full(tmp_path: Path) -> None:
    outside = (tmp_path / "a.csv").as_posix()
    assert written(tmp_path / "a.csv", tmp_path / "inner") == outside
    assert written(tmp_path / "a.csv", None) == outside


# -- a design that moves -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "where", "expected"),
    [
        ("a.csv", "inner", "../a.csv"),
        ("inner/a.csv", "inner", "a.csv"),
        ("../a.csv", "inner", "../../a.csv"),
        ("data/a.csv", "../other", "../home/data/a.csv"),
        ("a.csv", ".", "a.csv"),
    ],
)
def test_a_relative_path_stays_relative_and_leads_to_the_same_file(
    tmp_path: Path, path: str, where: str, expected: str
) -> None:
    old = tmp_path / "home"
    (old / where).mkdir(parents=True)
    before = design(path, old)
    after = relocated(before, CATALOG, (old / where).resolve())
    assert path_in(after) == expected
    assert file_of(after) == file_of(before)
    assert path_in(before) == path


def test_a_full_path_is_left_as_it_was_written(tmp_path: Path) -> None:
    before = design(str(tmp_path / "a.csv"), tmp_path / "old")
    after = relocated(before, CATALOG, tmp_path)
    assert after.data is before.data
    assert after.folder == tmp_path


def test_of_a_design_without_a_file_what_lies_in_the_folder_becomes_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert path_in(relocated(design(str(tmp_path / "in" / "a.csv"), None), CATALOG, tmp_path)) == "in/a.csv"
    outside = str(tmp_path / "a.csv")
    assert path_in(relocated(design(outside, None), CATALOG, tmp_path / "in")) == outside
    monkeypatch.chdir(tmp_path)
    assert path_in(relocated(design("a.csv", None), CATALOG, tmp_path / "in")) == "../a.csv"


def test_what_is_no_path_and_what_nobody_knows_is_left_alone(tmp_path: Path) -> None:
    known = design("", tmp_path / "old", delimiter="a/b")
    assert relocated(known, CATALOG, tmp_path).data is known.data
    unknown = Design(data=Choice("nobody", {"path": "a.csv"}), folder=tmp_path / "old")
    assert relocated(unknown, CATALOG, tmp_path).data is unknown.data
    assert relocated(Design(), CATALOG, tmp_path).data is None


def test_weights_to_start_from_are_found_from_another_folder_too(tmp_path: Path) -> None:
    before = Design(training=Settings(values={"start_from": "weights.safetensors"}), folder=tmp_path)
    after = relocated(before, CATALOG, tmp_path / "run")
    assert after.training.values["start_from"] == "../weights.safetensors"
    assert relocated(before, CATALOG, tmp_path).training is before.training


def test_files_that_a_task_names_are_found_from_another_folder_too(tmp_path: Path) -> None:
    before = Design(task=Choice("distillation", {"teacher": "teacher.safetensors"}), folder=tmp_path)
    after = relocated(before, CATALOG, tmp_path / "run")
    assert after.task == Choice("distillation", {"teacher": "../teacher.safetensors"})
    assert relocated(before, CATALOG, tmp_path).task is before.task
