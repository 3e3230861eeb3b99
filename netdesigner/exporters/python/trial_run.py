"""What the written source computes when it is run with its weights."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.compiler.weights import read_weights
from netdesigner.errors import ExportError
from netdesigner.parts.dataset import Progress

if TYPE_CHECKING:
    from torch import Tensor

    from netdesigner.compiler.agreement import Tensors

__all__ = ["results_of_source"]

_SCRIPT = Path(__file__).with_name("run.py")
_LONGEST_RUN_S = 600.0
_LOOK_S = 0.1


def results_of_source(
    source: str, weights: bytes, trials: tuple[Tensors, ...], folder: Path, progress: Progress
) -> list[Tensors]:
    """What the network in a source gives for each trial.

    Args:
        source: a generated file's text.
        weights: its weights, as a safetensors file.
        trials: inputs.
        folder: an empty folder to work in.
        progress: called while it runs.

    Raises:
        ExportError: the source does not run.
        CancelledError: raised by `progress`; the run is stopped.
    """
    from safetensors.torch import save

    inputs, outputs = folder / "inputs", folder / "outputs"
    (folder / "network.py").write_text(source, encoding="utf-8")
    (folder / "network.safetensors").write_bytes(weights)
    given = {
        f"{trial}.{n}": tensor for trial, tensors in enumerate(trials) for n, tensor in enumerate(tensors)
    }
    inputs.write_bytes(save(given))
    if getattr(sys, "frozen", False):  # then sys.executable is this program and no Python
        from netdesigner.exporters.python.run import run

        run(folder / "network.py", inputs, outputs)
    else:
        _run_apart([folder / "network.py", inputs, outputs], folder, progress)
    found = read_weights(outputs.read_bytes())
    return [_of_trial(found, number) for number in range(len(trials))]


def _run_apart(arguments: list[Path], folder: Path, progress: Progress) -> None:
    """Runs the source in a process of its own, which the user can stop at any moment.

    `-P` keeps the folder of the script and the present one out of what can be imported.
    """
    command = [sys.executable, "-P", str(_SCRIPT), *map(str, arguments)]
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 our own interpreter, script and files
            command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=folder
        )
    try:
        waited = 0.0
        while process.poll() is None:
            if waited > _LONGEST_RUN_S:
                raise ExportError(f"not written: the source was still running after {_LONGEST_RUN_S:.0f} s")
            progress(min(0.85, 0.3 + waited / 60), "running the source")
            with suppress(subprocess.TimeoutExpired):
                process.wait(_LOOK_S)
            waited += _LOOK_S
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode != 0:
        lines = (folder / "said").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        raise ExportError(
            f"not written: the source does not run: {lines[-1] if lines else process.returncode}"
        )


def _of_trial(found: dict[str, Tensor], number: int) -> Tensors:
    names = [name for name in found if name.partition(".")[0] == str(number)]
    return tuple(found[name] for name in sorted(names, key=lambda name: int(name.partition(".")[2])))
