"""The command line: the program's one natural flow, written out verb by verb, without a window.

Exit codes: 0 done, 1 the design has errors, 2 wrong use or a file that cannot be used (one line on the error output),
130 stopped by Ctrl-C.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from netdesigner.checks import Problem, Report, check, summary, with_fixes
from netdesigner.cli import exporting, fetching, judging, rating, running, text
from netdesigner.document import SUFFIX, Choice, Design, folder_of, load, save
from netdesigner.errors import CancelledError, EditError, NetDesignerError, TrainingError
from netdesigner.parts import Catalog, Progress
from netdesigner.parts.paths import relocated
from netdesigner.session import gallery
from netdesigner.session.assign import assign
from netdesigner.session.lock import Locks
from netdesigner.training.events import plain_of

__all__ = ["app", "main", "verb_names"]

app = typer.Typer(
    name="netdesigner",
    help="Design, check, train and export neural networks. Without a verb the window opens: netdesigner [FILE]. "
    "With --plugins before all other words, parts of other installed packages are used too, which runs their code.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

HAS_ERRORS = 1
WRONG_USE = 2
INTERRUPTED = 130

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="a design file (.netdesign)")]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON for machines")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="set a value of the design; may be repeated; a path starts at the working directory",
    ),
]

WeightsOption = Annotated[
    str,
    typer.Option(
        metavar="PATH",
        help="weights to begin with: .safetensors, .onnx, the folder of a run or gallery:NAME",
    ),
]


def main(arguments: list[str] | None = None) -> int:
    """Runs one verb.

    Returns:
        The exit code.
    """
    try:
        status = app(arguments, standalone_mode=False, prog_name="netdesigner")
    except CancelledError as error:
        return _refused(str(error), INTERRUPTED)
    except TrainingError as error:
        return _refused(
            " ".join([f"{str(error).rstrip('.')}.", *error.advice]) if error.advice else str(error)
        )
    except NetDesignerError as error:
        return _refused(str(error))
    except OSError as error:  # the place that output goes to is full
        return _refused(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
    except typer.Exit as end:
        return int(end.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return _refused("stopped", INTERRUPTED)
    except Exception as error:
        if hasattr(error, "format_message"):  # click's own family of wrong uses
            return _refused(error.format_message())
        raise
    if status == INTERRUPTED:  # the command line library's own answer to Ctrl-C, which says nothing
        return _refused("stopped", INTERRUPTED)
    return status if isinstance(status, int) else 0


def verb_names() -> frozenset[str]:
    """The names of all verbs."""
    return frozenset(
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    )


def _refused(reason: str, status: int = WRONG_USE) -> int:
    print(f"netdesigner: {' '.join(reason.split())}", file=sys.stderr)
    return status


def _print_json(value: object) -> None:
    print(json.dumps(plain_of(value), ensure_ascii=False), flush=True)


def _refuse_malformed(file: Path, errors: Iterable[Problem]) -> None:
    """Ends as for a file that cannot be read where one says that it is not what a design can be."""
    for problem in errors:
        if problem.malformed:
            raise NetDesignerError(": ".join(filter(None, (str(file), problem.network, problem.message))))


def _stop_on_errors(file: Path, report: Report, training: bool = True) -> None:
    """Lists the errors and ends where there are any; those of data, task and training count only for training."""
    errors = report.errors if training else report.network_errors
    _refuse_malformed(file, errors)
    if errors:
        for line in text.problem_lines(errors):
            print(line, file=sys.stderr)
        raise typer.Exit(HAS_ERRORS)


def _stop_unless_trainable(file: Path, design: Design, catalog: Catalog) -> None:
    """Says what is wrong with a design that is to be trained, and ends where that is an error."""
    report = check(design, catalog, catalog.data_of(design))
    _stop_on_errors(file, report)
    for line in text.problem_lines(report.problems):
        print(line, file=sys.stderr)


def _assigned(design: Design, catalog: Catalog, assignments: list[str] | None) -> Design:
    """The design with values set; paths among them start where the user stands, as all on a command line do."""
    if assignments:
        design = relocated(design, catalog, Path.cwd())
    for assignment in assignments or ():
        design = assign(design, assignment, catalog)
    return design


# ------------------------------------------------------------------------------------------------------ the shelf


@app.command()
def templates(as_json: JsonOption = False) -> None:
    """List the sample designs."""
    found = gallery.templates()
    if as_json:
        _print_json({"templates": [text.template_facts(template) for template in found]})
        return
    family, width = "", max(len(template.name) for template in found)
    for template in found:
        if template.family != family:
            family = template.family
            print(family)
        print(f"  {template.name:<{width}}  {template.title}: {template.description}")


@app.command()
def layers(as_json: JsonOption = False) -> None:
    """List the layers with their parameters."""
    catalog = Catalog.discover()
    if as_json:
        _print_json({"layers": [text.layer_facts(layer) for layer in text.in_palette_order(catalog)]})
        return
    category = ""
    for layer in text.in_palette_order(catalog):
        if layer.category != category:
            category = layer.category
            print(f"{category}")
        print(f"  {layer.kind:<24} {layer.summary()}")


# -------------------------------------------------------------------------------------------------------- designs


@app.command()
def new(
    template: Annotated[
        str, typer.Argument(metavar="TEMPLATE", help="a name that `netdesigner templates` lists")
    ],
    file: FileArgument,
    settings: SetOption = None,
    small: Annotated[
        bool, typer.Option("--small", help="its small form, which trains on data that come with the program")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace an existing file")] = False,
) -> None:
    """Make a design file from a sample."""
    if file.suffix != SUFFIX:
        raise NetDesignerError(f"{file}: the name of a design ends in {SUFFIX}; call it {file.stem}{SUFFIX}")
    catalog = Catalog.discover()
    design = _assigned(gallery.open_template(template, small), catalog, settings)
    if file.exists() and not force:
        raise NetDesignerError(f"{file}: exists already; choose another name or give --force")
    Locks().refuse_if_open(file)
    save(relocated(design, catalog, folder_of(file)), file, backup=True)
    print(f"{file}: made from {template}")
    if design.data is None:
        print("it needs data and a task; --small makes a form that trains on data that come with the program")


@app.command("check")
def check_file(file: FileArgument, as_json: JsonOption = False, settings: SetOption = None) -> None:
    """Say what is wrong with a design."""
    catalog = Catalog.discover()
    design = _assigned(load(file), catalog, settings)
    data = catalog.data_of(design)
    report = with_fixes(design, check(design, catalog, data), catalog, data)
    if as_json:
        _print_json({"problems": [text.problem_facts(problem) for problem in report.problems]})
    else:
        for line in text.problem_lines(report.problems):
            print(line)
        if not report.problems:
            print(f"{file}: no problems")
    _refuse_malformed(file, report.errors)
    raise typer.Exit(HAS_ERRORS if report.errors else 0)


@app.command("summary")
def summarise(file: FileArgument, as_json: JsonOption = False, settings: SetOption = None) -> None:
    """Show each node's shapes, parameters and multiply-adds."""
    catalog = Catalog.discover()
    design = _assigned(load(file), catalog, settings)
    report = check(design, catalog)
    facts = summary(design, report)
    if as_json:
        _print_json(facts)
    else:
        for line in text.summary_lines(facts):
            print(line)
    _stop_on_errors(file, report)


@app.command()
def picture(
    file: FileArgument,
    output: Annotated[Path, typer.Option("--output", "-o", help="the picture, .svg or .png")],
    dark: Annotated[bool, typer.Option("--dark", help="dark colours")] = False,
    scope: Annotated[str, typer.Option(help="a network, or block:NAME; the first network if left out")] = "",
    node: Annotated[list[str] | None, typer.Option(help="only this node; may be given several times")] = None,
    scale: Annotated[float, typer.Option(min=0.1, max=8.0, help="of a PNG; 1 is 100 %")] = 2.0,
) -> None:
    """Draw a design."""
    design, catalog = load(file), Catalog.discover()
    from netdesigner.ui.application import make_application
    from netdesigner.ui.canvas.picture import save_picture
    from netdesigner.ui.theme import DARK, LIGHT

    application = make_application(offscreen=True)
    place = scope or next(iter(design.networks))
    known = design.graph(place).nodes
    if missing := [node_id for node_id in node or () if node_id not in known]:
        raise EditError(f"'{place}' has no node '{missing[0]}'; it has {', '.join(known)}")
    theme = DARK if dark else LIGHT
    save_picture(design, check(design, catalog), catalog, output, theme, place, scale, node or ())
    application.quit()
    print(output)


# ------------------------------------------------------------------------------------------------------- training


@app.command()
def train(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="a design file; may be left out with --resume")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(help="how many times the training part is gone through")
    ] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps or auto")] = "",
    seed: Annotated[int | None, typer.Option(help="seed of everything random")] = None,
    settings: SetOption = None,
    weights: WeightsOption = "",
    run: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="where the run is kept; beside the design, or where it was, by default"
        ),
    ] = None,
    resume: Annotated[Path | None, typer.Option(metavar="DIR", help="a stopped run to go on with")] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="train in the background; prints the run's folder once it goes")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Train a design; ends with its figures on the held-out part. Ctrl-C stops it so that it can be gone on with."""
    from netdesigner.cli.console import follow, stopped_by_ctrl_c, why
    from netdesigner.session import training as verbs
    from netdesigner.training.control import Control
    from netdesigner.training.events import Failed, Finished
    from netdesigner.training.runs import new_run

    if file is None and resume is None:
        raise NetDesignerError("train needs a FILE, or --resume DIR to go on with a run")
    catalog = Catalog.discover()
    design = load(file) if file is not None else load(judging.run_folder(resume) / "design.netdesign")
    plain = {"epochs": epochs, "seed": seed, "start_from": weights or None}
    given = [f"training.{name}={value}" for name, value in plain.items() if value is not None]
    design = _assigned(design, catalog, given + (settings or []))
    _stop_unless_trainable(file or judging.run_folder(resume), design, catalog)
    folder = run or resume or new_run(verbs.run_folder_for(file))
    if detach:
        return running.start_detached(design, catalog, folder, device, resume, as_json)
    control = Control()
    with stopped_by_ctrl_c(control):
        events = verbs.train(design, catalog, folder, control=control, device=device, resume=resume)
        end = follow(events, as_json)
    if isinstance(end, Failed):
        raise NetDesignerError(why(end))
    if isinstance(end, Finished) and end.reason == "stopped":
        raise CancelledError(running.what_is_left(folder))
    try:
        judging.show_evaluation(folder, catalog, as_json)
    except NetDesignerError as error:
        raise NetDesignerError(
            f"the trained network is kept in {folder} but was not judged: {error}"
        ) from None


@app.command("find-rate")
def find_rate(
    file: FileArgument,
    steps: Annotated[int, typer.Option(help="at most; fewer where the loss runs away before")] = 100,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps or auto")] = "",
    settings: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest a learning rate: train for some steps at ever higher ones and see where the loss falls.

    Nothing of it is kept, and the design is left as it is.
    """
    from netdesigner.session import training as verbs

    catalog = Catalog.discover()
    design = _assigned(load(file), catalog, settings)
    _stop_unless_trainable(file, design, catalog)
    with _progress("Range test", as_json) as progress:
        found = verbs.find_rate(design, catalog, device=device, progress=progress, steps=steps)
    for line in rating.rate_lines(found, as_json):
        print(line)


app.command()(fetching.fetch)
app.command()(running.runs)
app.command()(running.stop)
app.command()(judging.evaluate)


# --------------------------------------------------------------------------------------------------------- export


@app.command("convert")
def convert_weights(
    weights: Annotated[Path, typer.Argument(metavar="WEIGHTS", help="a .pt, .pth, .ckpt or .bin file")],
    output: Annotated[Path, typer.Option("--output", "-o", help="the .safetensors file to write")],
) -> None:
    """Turn weights in PyTorch's own format, which can hold code, into safetensors, which cannot.

    The file is read by a process of its own, which takes tensors only.
    """
    from netdesigner.training.weight_files import convert

    print(f"{output}: {text.counted(convert(weights, output), 'tensor')}")


@app.command()
def export(
    source: Annotated[Path, typer.Argument(metavar="FILE|RUN", help="a design file or the folder of a run")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="the file to write; an older one is replaced")
    ],
    file_format: Annotated[str, typer.Option("--format", "-f", help="onnx, python or safetensors")] = "",
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="set an option of the format")
    ] = None,
    network: Annotated[
        str,
        typer.Option(help="which network of the design; the first where it has several and none is named"),
    ] = "",
    start: Annotated[
        str, typer.Option("--from", metavar="NODE", help="only what lies behind a node, such as a decoder")
    ] = "",
    end: Annotated[
        str, typer.Option("--to", metavar="NODE", help="only what leads to a node, such as an encoder")
    ] = "",
    weights: Annotated[str, typer.Option(help="of a run: best or last; else what it keeps")] = "",
    force: Annotated[
        bool, typer.Option("--force", help="replace a file beside the output that no earlier export left")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write a model to a file and prove that the file gives the same numbers.

    Python source has its weights beside it, in the file of the same name that ends in .safetensors. It is replaced
    together with an older source, but alone only with --force. An ONNX file has an example of its use beside it, which
    is left alone once it was changed. Of a design file the weights are those of its newest run of just this network;
    without one they are as initialised. What was written and replaced, and whose weights they are, is said.
    """
    from netdesigner.compiler.part import Ends
    from netdesigner.session.exporting import export_model
    from netdesigner.session.training import newest_run

    if weights not in ("", "best", "last"):
        raise NetDesignerError(f"--weights takes 'best' or 'last', got '{weights}'")
    if output.is_dir():
        raise NetDesignerError(f"{output}: this is a folder; name a file in it")
    catalog, ends = Catalog.discover(), Ends(start, end)
    kind = file_format or exporting.format_of(output, catalog)
    choice = Choice(kind, dict(map(exporting.option_of, option or ())))
    files = {file: file.exists() for file in catalog.exporter(choice).files(output)}
    if not force:
        exporting.refuse_unnamed(output, files)
    chosen: Design | Path
    if source.is_dir():
        chosen = judging.run_folder(source)
    else:
        design = load(source)
        _stop_on_errors(source, check(design, catalog), training=False)
        chosen = newest_run(design, source) or design
    with _progress("Exporting", as_json) as progress:
        proof = export_model(chosen, catalog, choice, output, progress, network, weights, ends)
    if as_json:
        _print_json(text.proof_facts(tuple(files), proof))
        return
    for line in (*exporting.lines_of(chosen, network, ends), *text.proof_lines(files, proof)):
        print(line)


@app.command("import")
def import_model(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE")],
) -> NoReturn:
    """Turn an ONNX model into a design (not yet)."""
    raise NetDesignerError(
        f"{model}: importing models is not possible yet in this version; nothing was written to {output}"
    )


@app.command()
def doctor() -> None:
    """Say what is missing on this machine and the line that mends it."""
    from netdesigner.session.doctor import findings

    found = findings()
    for finding in found:
        print(finding.line())
    raise typer.Exit(HAS_ERRORS if any(finding.missing for finding in found) else 0)


# ------------------------------------------------------------------------------------------------------- progress


@contextmanager
def _progress(title: str, quiet: bool) -> Iterator[Progress]:
    """A progress bar on the error output where a person watches it."""
    from netdesigner.cli.console import progress_bar

    with progress_bar(title, quiet) as progress:
        yield progress
