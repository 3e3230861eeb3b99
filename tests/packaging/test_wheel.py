"""The wheel holds the program and its resources, nothing else, and runs from where it is unpacked."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

import netdesigner

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INPUTS = ("netdesigner", "resources", "pyproject.toml", "README.md", "LICENSE", ".gitignore")


def files_under(folder: Path) -> set[str]:
    """Return the files of a source folder, as paths below the repository."""
    kept = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(ROOT).as_posix() for path in kept}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel made by the environment's own backend, which needs no network, from a copy of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in INPUTS:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, folder / name)
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        "wheel",
        "--directory",
        str(folder / "dist"),
    ]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (made,) = (folder / "dist").glob("*.whl")
    return made


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """The files in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_version_stands_in_two_places_alike() -> None:
    assert netdesigner.__version__ == PROJECT["version"]


def test_wheel_is_for_every_platform(wheel: Path) -> None:
    assert wheel.name == f"netdesigner-{PROJECT['version']}-py3-none-any.whl"


def test_resources_lie_inside_the_package(names: set[str]) -> None:
    resources = files_under(ROOT / "resources")
    assert any(name.startswith("resources/gallery/") and name.endswith(".netdesign") for name in resources)
    assert {f"netdesigner/{name}" for name in resources} <= names


def test_wheel_holds_the_program_and_nothing_else(names: set[str]) -> None:
    resources = {f"netdesigner/{name}" for name in files_under(ROOT / "resources")}
    about = {name for name in names if name.startswith(f"netdesigner-{PROJECT['version']}.dist-info/")}
    assert names - about - resources == files_under(ROOT / "netdesigner")


def test_wheel_says_what_it_needs(wheel: Path) -> None:
    info = f"netdesigner-{PROJECT['version']}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        about = Parser().parsestr(archive.read(f"{info}/METADATA").decode())
        scripts = archive.read(f"{info}/entry_points.txt").decode()
    needed = [line for line in about.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert len(needed) == len(PROJECT["dependencies"])
    assert set(about.get_all("Provides-Extra", [])) == PROJECT["optional-dependencies"].keys()
    assert about["License-Expression"] == "MIT"
    assert "netdesigner = netdesigner.__main__:main" in scripts


def test_unpacked_wheel_finds_its_gallery(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    start = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); sys.argv[0] = 'netdesigner'"
    code = f"{start}; from netdesigner.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-P", "-c", code, "templates", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)
