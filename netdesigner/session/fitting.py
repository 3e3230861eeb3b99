"""Which weights that training could start from fit a design, told before anything is trained.

Torch is imported inside the function, on the thread that calls it.
"""

from __future__ import annotations

from pathlib import Path

from netdesigner.checks import check
from netdesigner.document import Design
from netdesigner.parts import Catalog, DataSpec

__all__ = ["fitting_weights"]


def fitting_weights(design: Design, catalog: Catalog, path: Path, data: DataSpec | None = None) -> str:
    """What of the weights of a run or a file the networks of a design would start with; nothing is kept or changed.

    Args:
        design: as it is; while it has errors nobody can tell, and nothing is said.
        catalog: where its parts are found.
        path: the run's folder or the file.
        data: what samples look like.

    Returns:
        What would be taken, what would not and why, in a line.

    Raises:
        WeightFileError: the file cannot be used.
        TrainingError: nothing in it fits.
    """
    task, report = catalog.task_of(design), check(design, catalog, data)
    if report.network_errors or task is None:
        return ""
    import torch

    from netdesigner.compiler.build import build_module
    from netdesigner.compiler.initialise import undrawn
    from netdesigner.training.setup import networks_of
    from netdesigner.training.weight_files import start_from

    with torch.device("meta"), undrawn():  # where copying into a weight does nothing
        networks = {
            role: build_module(report.traces[name]) for role, name in networks_of(design, task).items()
        }
    return start_from(networks, path).removeprefix(f"{path.name}: ")
