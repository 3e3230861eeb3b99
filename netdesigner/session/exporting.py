"""Taking a model away: a network of a run or a design, or a part of one, in a file with its proof."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netdesigner.compiler.part import WHOLE, Ends, part_of
from netdesigner.document import Choice, Design
from netdesigner.errors import ExportError
from netdesigner.parts import Catalog, Model, Progress, Proof, Task, no_progress
from netdesigner.session.training import trained_network
from netdesigner.training.runs import TrainedRun, load_run

if TYPE_CHECKING:
    from netdesigner.compiler import Compiled

__all__ = ["export_model", "load_model"]


def load_model(
    source: Design | Path, catalog: Catalog, network: str = "", which: str = "", ends: Ends = WHOLE
) -> Model:
    """A model to export.

    Args:
        source: a run's folder, or a design, whose weights are then as initialised.
        network: which network; the first if empty.
        which: of a run, the "best" or the "last" weights; those that its design keeps if empty.
        ends: which part of the network.

    Raises:
        NetDesignerError: the design has errors, the run cannot be used, or there is no such part.
    """
    from netdesigner.compiler import compile_design

    if isinstance(source, Path):
        trained = load_run(source, catalog, which)
        design, compiled = trained.design, trained_network(trained, catalog, network)
    else:
        trained, design = None, source
        compiled = compile_design(design, catalog, network, seed=0)
    task, data = (trained.task, trained.spec) if trained is not None else (Task(), None)
    behind = design.networks[compiled.network].graph.nodes.get(ends.start)
    if ends != WHOLE:
        design, compiled = _part(design, catalog, compiled, ends)
    takes_samples = task.given_to(compiled.network, data)[0].is_sample and behind is None
    example = None
    if data is not None and not ends.end:
        example = task.example(compiled.network, data) if behind is None else task.example_behind(behind.kind)
    return Model(
        module=compiled.module.cpu().eval(),
        design=design,
        network=compiled.network,
        catalog=catalog,
        inputs=compiled.inputs,
        outputs=compiled.outputs,
        data=data,
        scaling={} if trained is None else _scaling_of(trained, compiled, takes_samples),
        takes_samples=takes_samples,
        files=trained.dataset.files_of_samples() if trained is not None and takes_samples else {},
        usage=task.usage() if ends == WHOLE else "",
        example=example,
        trained=trained is not None,
    )


def _part(design: Design, catalog: Catalog, whole: Compiled, ends: Ends) -> tuple[Design, Compiled]:
    """A part of a network with its weights, and the design that it is now."""
    from netdesigner.compiler import compile_design

    design = part_of(design, catalog, whole.network, ends)
    part = compile_design(design, catalog, whole.network)
    weights = whole.module.state_dict()
    part.module.load_state_dict({name: weights[name] for name in part.module.state_dict()})
    return design, part


def _scaling_of(trained: TrainedRun, compiled: Compiled, takes_samples: bool) -> Mapping[str, Any]:
    """How what a network takes or makes was scaled for training; empty of one that has to do with something else."""
    specs = (spec for _, spec in (*compiled.inputs, *compiled.outputs))
    return trained.scaling if takes_samples or trained.spec.input in specs else {}


def export_model(
    source: Design | Path,
    catalog: Catalog,
    choice: Choice,
    path: Path,
    progress: Progress = no_progress,
    network: str = "",
    which: str = "",
    ends: Ends = WHOLE,
) -> Proof:
    """Writes a model in a format and proves the file.

    Raises:
        ExportError: it could not be written or did not give the same numbers; nothing was replaced.
        NetDesignerError: the design has errors, the run cannot be used, or there is no such part.
    """
    exporter = catalog.exporter(choice)
    if not path.parent.is_dir():
        raise ExportError(f"{path}: the folder {path.parent} does not exist; make it or choose another")
    progress(0.05, "building the network")
    return exporter.write(load_model(source, catalog, network, which, ends), path, progress)
