"""The five verbs for Python: `nd.load`, `nd.check`, `nd.compile`, `nd.train`, `nd.export`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.checks import Report
from netdesigner.checks import check as check_design
from netdesigner.compiler.part import Ends
from netdesigner.document import Choice, Design, Phase, Value, folder_of, load
from netdesigner.document import save as save_design
from netdesigner.document.edit import set_phases
from netdesigner.errors import ExportError
from netdesigner.parts import Catalog, Proof
from netdesigner.parts.paths import relocated
from netdesigner.session import training as verbs
from netdesigner.session.exporting import export_model
from netdesigner.session.lock import Locks

if TYPE_CHECKING:
    from netdesigner.compiler import Compiled
    from netdesigner.evaluation import Evaluation
    from netdesigner.training.events import Event
    from netdesigner.training.range_test import RangeTest

__all__ = ["Phase", "check", "compile", "evaluate", "export", "fetch", "find_rate", "load", "save", "train"]


@functools.cache
def _catalog() -> Catalog:
    return Catalog.discover()


def save(design: Design, path: str | PathLike[str]) -> None:
    """Writes a design file.

    Relative paths to data start at a design's folder, those of a design without a file at the working directory. They
    are written so that they lead to the same data from the new file. What an older file held is kept beside it, with
    `.bak` behind its name.

    Raises:
        FileInUseError: a window has the file open.
        FileError: it was not saved; an older file is unchanged.
    """
    file = Path(path)
    Locks().refuse_if_open(file)
    save_design(relocated(design, _catalog(), folder_of(file)), file, backup=True)


def check(design: Design) -> Report:
    """What is wrong with a design, and the shapes and costs of its nodes.

    The network is held against its data; data that cannot be read are a problem of their own.
    """
    return check_design(design, _catalog(), _catalog().data_of(design))


def compile(design: Design, network: str = "", seed: int | None = None) -> Compiled:
    """A plain `torch.nn.Module` (attribute `module`) with freshly initialised weights.

    Args:
        design: a design without errors.
        network: which of its networks; the only one if empty.
        seed: makes the initial weights the same each time.

    Raises:
        CompileError: the design has errors.
    """
    from netdesigner.compiler import compile_design

    return compile_design(design, _catalog(), network, seed=seed)


def train(
    design: Design,
    run: str | PathLike[str],
    *,
    device: str = "",
    resume: bool = False,
    phases: Iterable[Phase] | None = None,
    **settings: Value,
) -> Iterator[Event]:
    """Trains a design and keeps the run in a folder; yields events as it goes.

    Args:
        design: a design with data and a task.
        run: the folder of the run.
        device: "cpu", "cuda", "mps" or "auto"; what the design says if empty.
        resume: go on with a run that stopped in this folder.
        phases: what learns when, in place of the design's phases.
        settings: training settings in place of the design's, such as `epochs=5`.

    Raises:
        TrainingError: the design has errors; said at once, before anything is read.
    """
    design = replace(design, training=design.training.with_values(settings)) if settings else design
    design = design if phases is None else set_phases(design, phases)
    folder = Path(run)
    return verbs.train(design, _catalog(), folder, device=device, resume=folder if resume else None)


def find_rate(design: Design, *, steps: int = 100, device: str = "", **settings: Value) -> RangeTest:
    """Looks for a learning rate by a range test: some steps at ever higher rates, of which nothing is kept.

    Args:
        design: a design with data and a task.
        steps: at most; fewer where the loss runs away before.
        device: as of `train`.
        settings: as of `train`.

    Returns:
        The rates and losses, and in `rate` what they suggest, with one sentence in `reason`; None where they tell
        nothing.

    Raises:
        TrainingError: the design has errors, or the loss was never finite.
    """
    design = replace(design, training=design.training.with_values(settings)) if settings else design
    return verbs.find_rate(design, _catalog(), steps=steps, device=device)


def fetch(name: str, folder: str | PathLike[str] = "") -> None:
    """Downloads a public data set, or what is missing of it; nothing else here opens the network.

    Args:
        name: its kind, such as "mnist".
        folder: where it is put; a folder of the program's own if empty. A data set that is read from there says so
            too: `Choice("mnist", {"folder": …})`.

    Raises:
        DataError: it could not be downloaded; says what to do.
    """
    params = {"folder": str(Path(folder).absolute())} if folder else {}
    _catalog().dataset(Choice(name, params)).fetch()


def evaluate(run: str | PathLike[str], report: str | PathLike[str] = "") -> Evaluation:
    """The measures of the weights that a run keeps, on the held-out part of its data.

    Args:
        run: the folder of a run.
        report: a file that all of it is written into: `.html`, one page by itself, or `.json`; none if empty.

    Raises:
        NetDesignerError: the run or its data cannot be used, or the report cannot be written.
    """
    from netdesigner.session.report import refuse_other_suffix, report_of, write_report

    if report:
        refuse_other_suffix(Path(report))
    found = verbs.evaluate_run(Path(run), _catalog())
    if report:
        write_report(report_of(Path(run), _catalog(), found), Path(report))
    return found


def export(
    source: Design | str | PathLike[str],
    output: str | PathLike[str],
    format: str = "",
    *,
    network: str = "",
    start: str = "",
    end: str = "",
    **options: Value,
) -> Proof:
    """Writes a model to a file and proves that the file gives the same numbers.

    Args:
        source: the folder of a run, or a design, whose weights are then as initialised.
        output: the file; with Python source the weights lie beside it. What is there already is replaced.
        format: a kind of exporter; by the file's suffix if empty.
        network: which of its networks; the first if empty.
        start, end: the nodes behind which a part of it begins and with which it ends, such as the decoder of an
            autoencoder; where the network does if empty.
        options: parameters of the exporter.

    Raises:
        ExportError: it could not be written or did not give the same numbers.
    """
    path = Path(output)
    kinds = _catalog().formats_of(path)
    if not format and not kinds:
        raise ExportError(
            f"{path}: the suffix does not tell the format; give format=, one of {', '.join(_catalog().exporters)}"
        )
    chosen = source if isinstance(source, Design) else Path(source)
    choice = Choice(format or kinds[0], options)
    return export_model(chosen, _catalog(), choice, path, network=network, ends=Ends(start, end))
