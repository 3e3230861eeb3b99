"""Where a report of an evaluation goes, and writing it there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from netdesigner.document import load
from netdesigner.parts import Catalog, Progress
from netdesigner.session import Job
from netdesigner.ui.dialogs import confirm

if TYPE_CHECKING:
    from netdesigner.evaluation import Evaluation

__all__ = ["ask_report_file", "report_job"]

_KINDS = {"Web page (*.html)": ".html", "JSON (*.json)": ".json"}


def ask_report_file(parent: QWidget, run: Path) -> Path | None:
    """Asks for the file, beside the folder of runs as a rule; None where the user wants none.

    Args:
        parent: the window it belongs to.
        run: the run's folder.
    """
    folder = run.parent
    start = folder.parent / f"{folder.name.removesuffix('.runs')}-{run.name}.html"
    name, kind = QFileDialog.getSaveFileName(parent, "Save the report", str(start), ";;".join(_KINDS))
    if not name:
        return None
    path = Path(name)
    if path.suffix.lower() not in _KINDS.values():
        path = path.with_name(path.name + _KINDS.get(kind, ".html"))
        text = f"{path.name} is there already. Replace it?"
        if path.exists() and not confirm(parent, text, "What it holds is lost.", "Replace"):
            return None
    return path


def report_job(run: Path, catalog: Catalog, found: Evaluation, which: str, path: Path) -> Job[Path]:
    """The work of writing a report; the networks are drawn at once, on the window's thread.

    Args:
        run: the run's folder.
        catalog: where its parts are found.
        found: what judging it gave.
        which: the "best" or the "last" weights.
        path: the file.

    Raises:
        NetDesignerError: the run's design cannot be read.
    """
    from netdesigner.ui.canvas.picture import drawings_of

    drawings = drawings_of(load(run / "design.netdesign"), catalog) if path.suffix.lower() == ".html" else ()

    def work(progress: Progress) -> Path:
        from netdesigner.session.report import report_of, write_report

        progress(0.0, "")
        write_report(report_of(run, catalog, found, which, drawings), path)
        return path

    return Job("Writing the report", work)
