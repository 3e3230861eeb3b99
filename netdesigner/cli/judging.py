"""Judging a run at the command line: its measures on the terminal, all of it as a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netdesigner.document import load
from netdesigner.errors import NetDesignerError
from netdesigner.parts import Catalog
from netdesigner.training.events import plain_of

if TYPE_CHECKING:
    from netdesigner.evaluation import Evaluation
    from netdesigner.evaluation.report import Drawing

__all__ = ["evaluate", "run_folder", "show_evaluation"]


def run_folder(path: Path | None) -> Path:
    """The folder of a run.

    Raises:
        NetDesignerError: it is none.
    """
    if path is None or not (path / "design.netdesign").is_file():
        raise NetDesignerError(f"{path}: not the folder of a run (it has no design.netdesign)")
    return path


def _chosen_run(path: Path) -> Path:
    """The folder of a run; of a design file the newest run of just its network, which `export` takes too.

    Raises:
        NetDesignerError: it is neither, or no run has trained this network.
    """
    from netdesigner.session.training import newest_run

    if not path.is_file():
        return run_folder(path)
    found = newest_run(load(path), path)
    if found is None:
        raise NetDesignerError(f"{path}: no run beside it has trained this network; train it first")
    return found


def show_evaluation(folder: Path, catalog: Catalog, as_json: bool) -> Evaluation:
    """Judges a run and prints its measures.

    Raises:
        NetDesignerError: the run or its data cannot be used.
    """
    from netdesigner.cli.console import progress_bar
    from netdesigner.session.training import evaluate_run

    with progress_bar("Evaluating", as_json) as progress:
        evaluation = evaluate_run(folder, catalog, progress)
    facts: dict[str, Any] = {
        "part": evaluation.part,
        "count": evaluation.count,
        "measures": dict(evaluation.measures),
    }
    if as_json:
        said = {"event": "evaluation", "run": str(folder), **plain_of(facts)}
        print(json.dumps(said, ensure_ascii=False), flush=True)
        return evaluation
    print(f"on the {evaluation.part} part ({evaluation.count} samples):")
    width = max(map(len, evaluation.measures), default=0)
    for name, value in evaluation.measures.items():
        print(f"  {name:<{width}}  {value:.4f}")
    print(f"run: {folder}")
    return evaluation


def evaluate(
    run: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="the folder of a run, or a design file, of which it is the newest"
        ),
    ],
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="write all of it down: .html, one page by itself, or .json"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for machines")] = False,
) -> None:
    """Judge a run on the held-out part of its data."""
    if report is None:
        show_evaluation(_chosen_run(run), Catalog.discover(), as_json)
        return
    from netdesigner.document.atomic import refuse_if_unwritable
    from netdesigner.session.report import refuse_other_suffix, report_of, write_report

    refuse_other_suffix(report)
    refuse_if_unwritable(report)
    folder, catalog = _chosen_run(run), Catalog.discover()
    evaluation = show_evaluation(folder, catalog, as_json)
    write_report(report_of(folder, catalog, evaluation, drawings=_drawings(folder, catalog, report)), report)
    if not as_json:
        print(f"report: {report}")


def _drawings(run: Path, catalog: Catalog, report: Path) -> tuple[Drawing, ...]:
    """The networks of a run for a page; none where this machine cannot draw."""
    if report.suffix.lower() != ".html":
        return ()
    try:
        from netdesigner.ui.application import make_application
        from netdesigner.ui.canvas.picture import drawings_of
    except ImportError:  # a library of the system that Qt needs is missing; `doctor` tells which
        return ()
    application = make_application(offscreen=True)
    found = drawings_of(load(run / "design.netdesign"), catalog)
    application.quit()
    return found
