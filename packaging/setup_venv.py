"""Sets everything up in `.venv`: checks what Qt needs of the system, makes the environment, installs the program.

Uses the standard library only, since it runs before anything is installed. `make run` and `make test` call it every
time; when nothing has changed since it last finished it takes a fraction of a second. On Windows, or without make:

    python packaging/setup_venv.py

No package index is named here: pip asks the one it is configured for. On Linux the usual one serves the build of
torch for NVIDIA GPUs, some gigabytes; set PIP_EXTRA_INDEX_URL to the CPU index that PyTorch's own install page gives
and pip takes the small build instead.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
LIBRARIES = ROOT / "resources" / "system_libraries.json"
VENV = ROOT / ".venv"
STAMP = VENV / "netdesigner-setup.txt"
EXTRAS = "test,dev,parquet"
OLDEST_PYTHON = (3, 11)
NEWEST_PYTHON = (3, 14)


class SetupError(Exception):
    """Something is missing that this script may not mend; the message is for the person who runs it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Set up and return the exit status: 0 ready, 1 something is missing, 130 stopped."""
    parser = argparse.ArgumentParser(description="Set up .venv so that netdesigner runs and its tests pass.")
    parser.add_argument("--skip-libraries", action="store_true", help="do not look for Qt's system libraries")
    parser.add_argument("--force", action="store_true", help="install again although nothing has changed")
    chosen = parser.parse_args(arguments)
    try:
        check_python()
        if not chosen.skip_libraries:
            provide_libraries()
        if chosen.force or not is_current():
            provide_environment()
    except SetupError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("stopped; the next run goes on from here")
        return 130
    return 0


def say(text: str) -> None:
    """Tell the person who runs this; on stderr, so that a program's output stays its own."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


# -- Python ---------------------------------------------------------------------------------------------------


def check_python() -> None:
    """Refuse a Python for which the libraries have no builds."""
    version = sys.version_info[:2]
    if not OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        oldest, newest = (".".join(map(str, limit)) for limit in (OLDEST_PYTHON, NEWEST_PYTHON))
        here = ".".join(map(str, version))
        raise SetupError(f"netdesigner needs Python {oldest} to {newest}; {sys.executable} is {here}.")


# -- System libraries -----------------------------------------------------------------------------------------


def provide_libraries() -> None:
    """See that what Qt loads from the system is there; install it where that is ours to do.

    Raises:
        SetupError: something is missing; the message holds the line that installs it.
    """
    if not sys.platform.startswith("linux"):
        return
    table = json.loads(LIBRARIES.read_text(encoding="utf-8"))
    missing = missing_libraries(table, os.environ)
    packages = debian_packages(missing, table)
    if not packages:
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        apt_install(packages)
        missing = missing_libraries(table, os.environ)
        packages = debian_packages(missing, table)
    if missing:
        raise SetupError(explain(f"Qt cannot start without {', '.join(missing)}", packages))
    if packages:
        say(explain("there is no font on this system, so text would be drawn as boxes", packages))


def missing_libraries(
    table: Mapping[str, Mapping[str, list[str]]], environ: Mapping[str, str]
) -> dict[str, list[str]]:
    """Return the libraries that this system's screen needs and does not have, each with its packages."""
    needed = dict(table["always"])
    if environ.get("DISPLAY"):
        needed |= table["x11"]
    if environ.get("WAYLAND_DISPLAY"):
        needed |= table["wayland"]
    return {name: packages for name, packages in needed.items() if not can_load(name)}


def can_load(library: str) -> bool:
    """Tell whether the system finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def has_font() -> bool:
    """Tell whether the system has a font that Qt can draw with."""
    shared = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    own = [Path.home() / ".fonts", Path.home() / ".local" / "share" / "fonts"]
    return any(next(folder.rglob("*.[ot]tf"), None) for folder in [*shared, *own])


def debian_packages(missing: Mapping[str, list[str]], table: Mapping[str, list[str]]) -> list[str]:
    """Return the packages of a Debian-like system that hold the missing libraries, and a font if there is none."""
    packages = {first_known(names) for names in missing.values()}
    if not has_font():
        packages |= set(table["fonts"])
    return sorted(packages)


def first_known(packages: Iterable[str]) -> str:
    """Return the first package that this release of the system has; some were renamed over the years."""
    *newer, oldest = packages
    for package in newer:
        if shutil.which("apt-cache") and run_quietly(["apt-cache", "show", package]):
            return package
    return oldest


def apt_install(packages: Sequence[str]) -> None:
    """Install packages as root, and go on if that fails: the caller looks again."""
    say(f"installing for Qt: {' '.join(packages)}")
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quietly = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run([*quietly, *command], env=environ, stdout=sys.stderr, check=False)


def apt_line(packages: Sequence[str]) -> str:
    """Return the line that installs packages on a Debian-like system."""
    return f"sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


def explain(what: str, packages: Sequence[str]) -> str:
    """Say what is missing and the line that mends it."""
    if shutil.which("apt-get"):
        return f"{what}. Run this, then try again:\n\n    {apt_line(packages)}\n"
    return f"{what}. Install it with this system's package manager (Debian's names: {' '.join(packages)})."


# -- The environment ------------------------------------------------------------------------------------------


def is_current() -> bool:
    """Tell whether the environment was finished for what is in the checkout now."""
    return STAMP.is_file() and venv_python().exists() and STAMP.read_text(encoding="utf-8") == stamp()


def stamp() -> str:
    """Return a text that changes when the environment must be set up again.

    That is when the Python, the place of the checkout, a dependency or a pin changes; not when the settings of a
    tool in `pyproject.toml` do.
    """
    import tomllib  # after check_python: it is new in 3.11

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [project["build-system"], project["project"], project["tool"]["hatch"], EXTRAS]
    content = json.dumps(wanted, sort_keys=True).encode() + CONSTRAINTS.read_bytes()
    return (
        f"{ROOT}\nPython {sys.version_info[0]}.{sys.version_info[1]}\n{hashlib.sha256(content).hexdigest()}\n"
    )


def venv_python() -> Path:
    """Return the environment's Python."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def provide_environment() -> None:
    """Make `.venv` and install the program and its tools into it; torch first, so that pip takes the pinned build."""
    STAMP.unlink(missing_ok=True)
    if not fits(venv_python()):
        make_environment()
    say(f"installing the libraries into {VENV.name}; the first time this takes some minutes")
    pip_install("torch", "hatchling")
    pip_install("--no-build-isolation", "--editable", f"{ROOT}[{EXTRAS}]")
    run_quietly(
        [str(venv_python()), "-m", "compileall", "-q", str(ROOT / "netdesigner")]
    )  # as pip does for the rest
    STAMP.write_text(stamp(), encoding="utf-8")
    say("ready")


def fits(python: Path) -> bool:
    """Tell whether an environment's Python runs, is the version of this one, has pip and was made where it lies."""
    probe = (
        "import sys, pip; from pathlib import Path; "
        f"sys.exit(sys.version_info[:2] != {sys.version_info[:2]} or Path(sys.prefix).resolve() != Path({str(VENV)!r}))"
    )
    return python.exists() and run_quietly([str(python), "-c", probe])


def make_environment() -> None:
    """Make an empty environment, with the Debian package that this takes if it is missing."""
    if importlib.util.find_spec("ensurepip") is None:
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if shutil.which("apt-get") and os.geteuid() == 0:
            apt_install([package])
            importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is None:
            raise SetupError(explain("this Python cannot make an environment", [package]))
    say(f"making {VENV.name} with Python {sys.version.split()[0]}")
    try:
        venv.create(VENV, clear=True, with_pip=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(f"cannot make {VENV}: {error}") from error


def pip_install(*arguments: str) -> None:
    """Install into the environment, every version as pinned in `constraints.txt`."""
    command = [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if not sys.stderr.isatty():
        command += ["--progress-bar", "off", "--quiet"]
    command += ["--constraint", str(CONSTRAINTS), *arguments]
    if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
        raise SetupError(
            "pip could not install the libraries; what it says above names the one. Is there a network?"
        )


def run_quietly(command: Sequence[str]) -> bool:
    """Tell whether a program can be run and succeeds."""
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
