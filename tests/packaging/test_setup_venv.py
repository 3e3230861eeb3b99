"""The script that sets everything up says exactly what is missing, and does nothing twice."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = dict(
    line.split("==")
    for line in (ROOT / "packaging" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working on a checkout of its own in which nothing can be installed."""
    spec = importlib.util.spec_from_file_location("setup_venv", ROOT / "packaging" / "setup_venv.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("packaging", "resources", ".venv/bin", ".venv/Scripts"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("pyproject.toml", "packaging/constraints.txt", "resources/system_libraries.json"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "CONSTRAINTS", tmp_path / "packaging" / "constraints.txt")
    monkeypatch.setattr(module, "LIBRARIES", tmp_path / "resources" / "system_libraries.json")
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "netdesigner-setup.txt")
    monkeypatch.setattr(module, "apt_install", lambda packages: None)
    return module


@pytest.fixture
def finished(setup: ModuleType) -> ModuleType:
    """The script after it has set everything up."""
    setup.venv_python().touch()
    setup.STAMP.write_text(setup.stamp(), encoding="utf-8")
    return setup


def test_nothing_is_done_twice(finished: ModuleType) -> None:
    assert finished.is_current()


def test_a_new_pin_is_installed(finished: ModuleType) -> None:
    finished.CONSTRAINTS.write_text("torch==2.14.0\n", encoding="utf-8")
    assert not finished.is_current()


def test_a_new_dependency_is_installed(finished: ModuleType) -> None:
    settings = finished.ROOT / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("dependencies = [", 'dependencies = [\n  "more",', 1), encoding="utf-8")
    assert not finished.is_current()


def test_a_tool_setting_installs_nothing(finished: ModuleType) -> None:
    settings = finished.ROOT / "pyproject.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[tool.other]\nx = 1\n", encoding="utf-8")
    assert finished.is_current()


def test_an_interrupted_setup_is_repeated(finished: ModuleType) -> None:
    finished.STAMP.unlink()
    assert not finished.is_current()


def test_too_old_a_python_is_named(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    with pytest.raises(setup.SetupError, match=r"needs Python 3\.11 to 3\.14; .* is 3\.9"):
        setup.check_python()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere Qt brings what it needs")
def test_a_missing_library_is_refused_with_the_line_that_installs_it(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(
        setup, "can_load", lambda library: library not in {"libEGL.so.1", "libxcb-cursor.so.0"}
    )
    monkeypatch.setattr(setup, "has_font", lambda: True)
    monkeypatch.setattr(setup.shutil, "which", lambda name: f"/usr/bin/{name}")
    line = "sudo apt-get install -y --no-install-recommends libegl1 libxcb-cursor0"
    with pytest.raises(setup.SetupError, match=re.escape(line)):
        setup.provide_libraries()


def test_a_machine_without_a_screen_needs_no_screen_libraries(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = json.loads(setup.LIBRARIES.read_text(encoding="utf-8"))
    monkeypatch.setattr(setup, "can_load", lambda library: False)
    assert setup.missing_libraries(table, {}) == table["always"]
    assert table["x11"].items() <= setup.missing_libraries(table, {"DISPLAY": ":0"}).items()
    assert (
        table["wayland"].items() <= setup.missing_libraries(table, {"WAYLAND_DISPLAY": "wayland-0"}).items()
    )


# -- What stands in several files and must agree --------------------------------------------------------------


def installed() -> list[Requirement]:
    """What `make` installs of pyproject.toml."""
    extras = PROJECT["optional-dependencies"]
    chosen = PROJECT["dependencies"] + extras["test"] + extras["dev"] + extras["parquet"]
    return [Requirement(line) for line in chosen]


@pytest.mark.parametrize("requirement", installed(), ids=lambda requirement: requirement.name)
def test_every_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(PINS[canonicalize_name(requirement.name)])


def test_pins_name_no_build_and_no_place() -> None:
    assert all(re.fullmatch(r"[a-z0-9-]+==[a-z0-9.]+", "==".join(pin)) for pin in PINS.items())


def test_the_folder_packaging_does_not_hide_the_library() -> None:
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_commits_are_held_to_what_ci_checks() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    needs = dict(re.findall(r"^(\w+): ([\w ]+?) ##", makefile, flags=re.MULTILINE))
    checked = {
        name for target in needs["test"].split() for name in needs[target].replace("setup", target).split()
    }
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"entry: make --no-print-directory (\w+)", hooks)) == checked
