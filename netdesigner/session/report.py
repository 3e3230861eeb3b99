"""The report of a run that was judged: what was trained, how, how training went, and how good it is."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from netdesigner.checks import check, summary
from netdesigner.document import Design
from netdesigner.document.atomic import write_atomically
from netdesigner.errors import FileError
from netdesigner.evaluation.report import Drawing, Report, Section
from netdesigner.parts import Catalog, Curve, Curves, Line, Part, Table, TrainingSettings
from netdesigner.training.events import Started, Warned
from netdesigner.training.runs import Points, TrainedRun, load_run, read_events, run_info

if TYPE_CHECKING:
    from netdesigner.evaluation import Evaluation

__all__ = ["refuse_other_suffix", "report_of", "write_report"]

_PACKAGES = ("netdesigner", "torch", "numpy", "scikit-learn")
_SUFFIXES = (".html", ".json")
_ENDS = {"done": "finished", "early": "finished early", "unfinished": "cut off"}
_SAMPLES = {
    "train": "Samples to train",
    "validation": "Samples for validation",
    "test": "Samples for the test",
}

Row = tuple[str, str]


def refuse_other_suffix(path: Path) -> None:
    """Says before long work that a report is HTML or JSON.

    Raises:
        FileError: the name ends otherwise.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise FileError(path, "a report's name ends in .html or .json; choose one of them")


def write_report(report: Report, path: Path) -> None:
    """Writes a report as HTML or as JSON, as the name of the file ends.

    Raises:
        FileError: it ends otherwise, or cannot be written; what was there is unchanged.
    """
    refuse_other_suffix(path)
    text = report.to_json() if path.suffix.lower() == ".json" else report.to_html()
    write_atomically(path, text.encode("utf-8"))


def report_of(
    run: Path,
    catalog: Catalog,
    evaluation: Evaluation,
    which: str = "",
    drawings: tuple[Drawing, ...] = (),
) -> Report:
    """What a report says of a run.

    Args:
        run: its folder.
        catalog: where its parts are found.
        evaluation: of its weights.
        which: the "best" or the "last" weights; those that its design keeps if empty.
        drawings: its networks.

    Raises:
        NetDesignerError: the run cannot be used.
    """
    trained = load_run(run, catalog, which)
    moment = datetime.now().astimezone()
    weights = _weights(trained.which, trained.epoch, trained.step)
    name = run.parent.name.removesuffix(".runs") or run.name
    return Report(
        title=trained.design.title or name,
        subtitle=f"Run {run.name} of {name}, {weights}; judged {moment:%Y-%m-%d %H:%M}",
        evaluation=evaluation,
        sections=(
            Section("What was trained", tuple(_what(trained, catalog))),
            Section("How it was trained", tuple(_how(trained, catalog))),
            Section("How training went", tuple(_curves(run, trained))),
            Section("Made with", (_pairs("", _versions()),)),
        ),
        drawings=drawings,
    )


def _weights(which: str, epoch: int, step: int) -> str:
    """Which weights they are; of a run that was stopped in its first epoch those of a step."""
    return f"{which} weights, of " + (f"epoch {epoch}" if epoch else f"step {step:,}")


# ----------------------------------------------------------------------------------------------------------- what


def _what(trained: TrainedRun, catalog: Catalog) -> Iterator[Table]:
    design, spec = trained.design, trained.spec
    facts = summary(design, check(design, catalog, spec))
    rows = tuple(
        (name, len(each["nodes"]), each["parameters"], each["trainable"], each["macs"])
        for name, each in facts["networks"].items()
    )
    columns = ("network", "layers", "parameters", "of these trainable", "multiply-adds")
    yield Table("Networks", columns, rows)
    data: list[Row] = [("Data set", trained.dataset.label()), *_values(trained.dataset)]
    data += [("Samples", f"{spec.rows:,}"), ("Input", str(spec.input)), ("Target", str(spec.target))]
    data += [("Classes", f"{len(spec.classes):,}")] if spec.classes else []
    yield _pairs("Data", data)
    yield _pairs("Task", [("Task", trained.task.label()), *_values(trained.task)])


def _how(trained: TrainedRun, catalog: Catalog) -> Iterator[Table]:
    design = trained.design
    settings = design.training
    optimizer = catalog.optimizer(settings.optimizer, design.variables)
    schedule = catalog.schedule(settings.schedule, design.variables)
    loss = trained.task.loss
    yield _pairs("Settings", _values(TrainingSettings.of(settings, design.variables)))
    yield _pairs("Optimizer", [("Optimizer", optimizer.label()), *_values(optimizer)])
    yield _pairs("Schedule of the learning rate", [("Schedule", schedule.label()), *_values(schedule)])
    if loss is not None:
        yield _pairs("Loss", [("Loss", loss.label()), *_values(loss)])
        yield from _taken(trained, loss)
    if design.augmentations:
        parts = (catalog.augmentation(choice, design.variables) for choice in design.augmentations)
        yield _pairs("Augmentation of training samples", map(_in_one_row, parts))
    if settings.phases:
        phases = tuple(
            (number, phase.epochs, ", ".join(phase.trains) or "everything", phase.rate)
            for number, phase in enumerate(settings.phases, 1)
        )
        yield Table("Phases", ("phase", "epochs", "trains", "factor of the learning rate"), phases)
    if nodes := [*_special_nodes(design)]:
        yield _pairs("Layers that learn otherwise", nodes)


def _taken(trained: TrainedRun, loss: Part) -> Iterator[Table]:
    """What a loss took from the training part, a number for each class."""
    names = trained.spec.classes or trained.spec.targets
    for name, numbers in trained.numbers.items():
        if numbers != loss.values().get(name):
            rows = zip(names, (float(f"{number:.4g}") for number in numbers), strict=False)
            yield Table(f"{name}, taken from the training part", ("class", name), tuple(rows))


def _special_nodes(design: Design) -> Iterator[Row]:
    for scope in design.scopes():
        for node_id, node in design.graph(scope).nodes.items():
            if node.frozen:
                yield f"{scope}: {node_id}", "frozen"
            elif node.rate != 1:
                yield f"{scope}: {node_id}", f"learning rate times {node.rate}"


def _in_one_row(part: Part) -> Row:
    return part.label(), ", ".join(f"{name} {value}" for name, value in _values(part)) or "as usual"


def _values(part: Part) -> list[Row]:
    """Every parameter of a part; what was changed is marked with what is usual."""
    changed = part.changed()
    rows = []
    for declared in part.params():
        value = _worded(part.values()[declared.name], declared.unset)
        usual = f" (usually {_worded(declared.default, declared.unset)})" if declared.name in changed else ""
        rows.append((declared.title, f"{value}{usual}"))
    return rows


def _worded(value: object, unset: str = "none") -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list):
        return ", ".join(map(_worded, value)) or unset
    return unset if value is None or value == "" else f"{value:g}" if isinstance(value, float) else str(value)


def _pairs(title: str, rows: Iterable[Sequence[str]]) -> Table:
    return Table(title, ("", ""), tuple(tuple(row) for row in rows))


# ------------------------------------------------------------------------------------------------- how training went


def _curves(run: Path, trained: TrainedRun) -> Iterator[Table | Curves]:
    """How the run ended, and each curve with one point an epoch: a mean over the part."""
    info = run_info(run)
    events = [*read_events(run, steps=False)]
    started = [event for event in events if isinstance(event, Started)]
    rows: list[Row] = [
        ("Ended", _ENDS.get(info.state, info.state)),
        ("Epochs", f"{info.epochs:,}"),
        ("Steps", f"{info.steps:,}"),
        ("Time", f"{info.seconds:,.1f} s"),
    ]
    rows += [("Device", started[-1].device)] if started else []
    rows += (
        [(_SAMPLES.get(part, part), f"{count:,}") for part, count in started[-1].samples.items()]
        if started
        else []
    )
    yield _pairs("The run", rows)
    if said := tuple((event.message,) for event in events if isinstance(event, Warned)):
        yield Table("What was said meanwhile", ("",), said)
    known = {curve.name: curve for curve in trained.task.curves}
    for name, points in info.curves.train.items():
        curve = known.get(name, Curve(name, name))
        lines = [_line("training, mean of each epoch", points, curve, dots=len(points[0]) == 1)]
        if name in info.curves.validation:
            lines.append(_line("validation", info.curves.validation[name], curve, dots=True))
        yield Curves(curve.title, "step", f"{curve.title}, %" if curve.percent else curve.title, tuple(lines))


def _line(name: str, points: Points, curve: Curve, dots: bool) -> Line:
    x, y = points
    return Line(name, x, tuple(100 * value for value in y) if curve.percent else y, dots)


def _versions() -> Iterator[Row]:
    yield "Python", f"{platform.python_version()} on {platform.system()}"
    for name in _PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue
