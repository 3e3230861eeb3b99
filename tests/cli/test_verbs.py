"""The command line: each verb, its JSON, its exit code, and one clear line for each kind of wrong use."""

from __future__ import annotations

import json
import math
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

import netdesigner as nd
from netdesigner.__main__ import main
from netdesigner.cli import console, text
from netdesigner.cli.verbs import verb_names
from netdesigner.document import edit, load, save
from netdesigner.evaluation import Evaluation
from netdesigner.parts.preview import Table
from netdesigner.session import gallery
from netdesigner.session.lock import Locks
from netdesigner.training.events import EpochEnd, Event, Finished, Preparing, Warned

NAMED = {
    "templates", "layers", "new", "check", "summary", "train", "runs", "stop", "evaluate", "export", "import",
    "convert", "picture", "doctor", "find-rate", "fetch",
}  # fmt: skip


@pytest.fixture
def design(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "d.netdesign"
    assert main(["new", "mlp-digits", str(path)]) == 0
    capsys.readouterr()
    return path


def _json(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def _refusal(capsys: pytest.CaptureFixture[str]) -> str:
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def test_all_verbs_are_there() -> None:
    assert verb_names() == NAMED


@pytest.mark.parametrize("verb", sorted(NAMED))
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    assert verb in capsys.readouterr().out


def test_templates_and_layers_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates", "--json"]) == 0
    assert "cnn-digits" in {template["name"] for template in _json(capsys)["templates"]}
    assert main(["layers", "--json"]) == 0
    layers = {layer["kind"]: layer for layer in _json(capsys)["layers"]}
    assert layers["Conv2d"]["parameters"][0]["name"] == "out_channels"
    assert main(["layers"]) == 0
    capsys.readouterr()
    assert main(["templates"]) == 0
    found = {template.name: template.title for template in gallery.templates()}
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert [line.split()[0] for line in lines] == [*found]
    assert len({line.index(f" {found[line.split()[0]]}: ") for line in lines}) == 1


def test_new_sets_variables_and_settings(tmp_path: Path) -> None:
    path = tmp_path / "d.netdesign"
    sets = ["width=48", "training.epochs=3", "training.optimizer=SGD", "training.optimizer.momentum=0.9"]
    sets += ["task.loss=MultiMarginLoss", "task.loss.margin=0.5", "data.normalize=none"]
    assert main(["new", "mlp-digits", str(path), *[word for item in sets for word in ("--set", item)]]) == 0
    design = load(path)
    assert design.variables["width"] == 48
    assert design.training.values["epochs"] == 3
    assert design.training.optimizer.kind == "SGD"
    assert design.training.optimizer.params == {"momentum": 0.9}
    assert design.loss is not None
    assert (design.loss.kind, design.loss.params) == ("MultiMarginLoss", {"margin": 0.5})


def test_new_does_not_replace_a_file_unless_told(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "cnn-digits", str(design)]) == 2
    assert "exists already" in _refusal(capsys)
    before = design.read_bytes()
    lock = Locks().take(design)
    assert lock is not None
    assert main(["new", "cnn-digits", str(design), "--force"]) == 2
    assert "open in another window" in _refusal(capsys)
    assert design.read_bytes() == before
    lock.release()
    assert main(["new", "cnn-digits", str(design), "--force"]) == 0
    assert design.with_name(f"{design.name}.bak").read_bytes() == before


def test_check_finds_no_problem_in_a_sample(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(design), "--json"]) == 0
    assert _json(capsys) == {"problems": []}


def test_check_names_the_problem_and_its_fixes(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = design.read_text("utf-8").replace('"out_features": 10', '"out_features": 7')
    design.write_text(text, "utf-8")
    assert main(["check", str(design), "--json"]) == 1
    (problem,) = _json(capsys)["problems"]
    assert set(problem) == {"code", "severity", "message", "network", "node", "port", "fixes"}
    assert "10" in problem["message"]
    assert "7" in problem["message"]
    assert any("10" in fix for fix in problem["fixes"])
    assert main(["check", str(design)]) == 1
    assert problem["message"] in capsys.readouterr().out


def _with_training(path: Path, *, optimizer: str = '{"kind": "AdamW"}', values: str = "{}") -> None:
    """Writes other training settings into a design file, as a text editor would."""
    raw = json.loads(path.read_text("utf-8"))
    raw["training"] = {"optimizer": json.loads(optimizer), "values": json.loads(values)}
    path.write_text(json.dumps(raw), "utf-8")


def test_check_lists_what_is_wrong_with_the_training(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _with_training(design, optimizer='{"kind": "sgd"}', values='{"epochs": "many", "epoch": 3}')
    assert main(["check", str(design), "--json"]) == 1
    problems = _json(capsys)["problems"]
    assert [(p["code"], p["severity"], p["fixes"][0]) for p in problems] == [
        ("ND601", "error", "Choose SGD"),
        ("ND603", "error", "Set epochs to its default, 20"),
        ("ND603", "error", "Remove epoch"),
    ]
    assert all(p["network"] == p["node"] == p["port"] == "" for p in problems)
    assert main(["check", str(design)]) == 1
    assert "error ND603: training: epochs: 'many'" in capsys.readouterr().out


def test_wrong_settings_end_training_as_other_errors_do_and_leave_no_run(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _with_training(design, optimizer='{"kind": "SGD", "params": {"momentum": 2}}', values='{"epochs": 0}')
    assert main(["train", str(design)]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split()[1] for line in said] == ["ND603:", "ND604:"]
    assert not design.with_suffix(".runs").exists()
    assert main(["train", str(design), "--set", "training.epochs=lots"]) == 1
    assert "'lots' is not a variable" in capsys.readouterr().err


@pytest.mark.parametrize("setting", ["training.epochs", "task.loss.label_smoothing", "data.test"])
def test_code_in_a_setting_ends_as_a_file_that_cannot_be_read(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    assert (
        main(["new", "mlp-digits", str(design), "--force", "--set", f"{setting}=__import__('os').getpid()"])
        == 0
    )
    capsys.readouterr()
    for verb in ("check", "train"):
        assert main([verb, str(design)]) == 2
        refusal = _refusal(capsys)
        assert refusal.startswith(f"netdesigner: {design}: ")
        assert "'_' has no meaning here" in refusal
    assert main(["export", str(design), "--output", str(tmp_path / "model.safetensors")]) == 0


def test_settings_of_the_training_do_not_stop_an_export(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _with_training(design, values='{"epochs": "many"}')
    model = tmp_path / "model.safetensors"
    assert main(["export", str(design), "--output", str(model), "--json"]) == 0
    assert _json(capsys)["verified"]
    assert main(["summary", str(design), "--json"]) == 1


def test_summary_has_the_documented_form(design: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["summary", str(design), "--json"]) == 0
    facts = _json(capsys)
    nodes = {node["id"]: node for node in facts["networks"]["main"]["nodes"]}
    assert nodes["hidden_1"] == {
        "id": "hidden_1", "kind": "Linear", "outputs": [["N", 256]], "parameters": 64 * 256 + 256,
        "trainable": 64 * 256 + 256, "macs": 64 * 256,
    }  # fmt: skip
    assert facts["parameters"] == sum(node["parameters"] for node in nodes.values())
    assert main(["summary", str(design)]) == 0
    assert "hidden_1" in capsys.readouterr().out


def test_summary_tells_how_much_is_trained_where_nodes_are_frozen(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(edit.set_frozen(load(design), "main", ["hidden_1"], frozen=True), design)
    assert main(["summary", str(design)]) == 0
    last, trainable = capsys.readouterr().out.splitlines()[-2:]
    assert last.split()[0] == "total"
    assert (
        int(last.split()[1].replace(",", "")) - int(trainable.split()[1].replace(",", "")) == 64 * 256 + 256
    )


def test_train_evaluate_and_export_a_run(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    words = [
        "train",
        str(design),
        "--epochs",
        "2",
        "--seed",
        "1",
        "--device",
        "cpu",
        "--run",
        str(run),
        "--json",
    ]
    assert main(words) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"started", "steps", "epoch", "finished", "evaluation"} <= {event["event"] for event in events}
    page = tmp_path / "report.html"
    assert main(["evaluate", str(run), "--report", str(page), "--json"]) == 0
    evaluation = _json(capsys)
    assert 0.5 < evaluation["measures"]["accuracy"] <= 1
    text = page.read_text(encoding="utf-8")
    assert f"{100 * evaluation['measures']['accuracy']:.1f} %" in text
    assert all(
        word in text for word in ("image/svg+xml", "2 (usually 20)", "AdamW", "CrossEntropyLoss", "torch")
    )
    assert (
        nd.evaluate(run, tmp_path / "report.json").measures["accuracy"] == evaluation["measures"]["accuracy"]
    )
    sections = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["sections"]
    assert ["Batch size (samples)", "32 (usually 64)"] in next(
        view["rows"] for section in sections for view in section["previews"] if view["title"] == "Settings"
    )
    model = tmp_path / "model.onnx"
    assert main(["export", str(run), "--output", str(model), "--json"]) == 0
    proof = _json(capsys)
    assert set(proof) == {"output", "verified", "max_abs_error", "inputs_tried", "files"}
    assert proof["files"] == [str(model), str(tmp_path / "model_onnx.py")]
    assert proof["verified"]
    assert len(proof["inputs_tried"]) == 3
    assert model.stat().st_size > 1000
    weights = tmp_path / "model.safetensors"
    assert main(["export", str(run), "--output", str(weights)]) == 0
    for source in (run, weights, model):
        later = ["--run", str(tmp_path / f"after-{source.name}"), "--weights", str(source)]
        assert main(["train", str(design), "--epochs", "1", "--device", "cpu", *later]) == 0
        told = f"{source.name}: 6 of 6 weights start with the values of the file"
        assert capsys.readouterr().err.startswith(told)
        by_python = nd.train(
            load(design), tmp_path / f"python-{source.name}", epochs=1, start_from=str(source)
        )
        (warned,) = (event for event in by_python if isinstance(event, Warned))
        assert warned.message.startswith(told)


def test_a_measure_that_is_no_number_is_null_in_json(
    tmp_path: Path, design: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    measures = {"roc_auc": math.nan, "mape": math.inf, "accuracy": 0.5}
    found = Evaluation("test", 9, measures, (), Table("Most wrong", ("true",), ()))
    monkeypatch.setattr("netdesigner.session.training.evaluate_run", lambda *_: found)
    run = tmp_path / "run"
    run.mkdir()
    design.rename(run / "design.netdesign")
    assert main(["evaluate", str(run), "--json"]) == 0
    said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert said["measures"] == {"roc_auc": None, "mape": None, "accuracy": 0.5}


def test_of_a_design_the_newest_run_of_its_network_is_judged(
    tmp_path: Path, design: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Evaluation("test", 9, {"accuracy": 0.5}, (), Table("Most wrong", ("true",), ()))
    monkeypatch.setattr("netdesigner.session.training.evaluate_run", lambda *_: found)
    monkeypatch.setattr(
        "netdesigner.session.training.newest_run", lambda _, path: path.with_suffix(".runs") / "b"
    )
    assert main(["evaluate", str(design)]) == 0
    assert f"run: {design.with_suffix('.runs') / 'b'}" in capsys.readouterr().out


def test_a_learning_rate_is_suggested_warnings_are_told_and_the_design_is_left_alone(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = design.read_bytes()
    words = ["find-rate", str(design), "--device", "cpu", "--steps", "30", "--set", "training.batch_size=256"]
    words += ["--set", "augment=flip"]
    assert main([*words, "--json"]) == 0
    found = _json(capsys)
    assert len(found["rates"]) == len(found["losses"]) == len(found["smooth"]) <= 30
    assert 1e-4 < found["rate"] < 0.1
    assert main(words) == 0
    said = capsys.readouterr()
    assert said.err.startswith("warning ND446: Flip mirrors samples")
    lines = said.out.splitlines()
    assert lines[-2:] == [found["reason"], f"suggested: --set training.learning_rate={found['rate']:g}"]
    assert design.read_bytes() == before
    assert not list(design.parent.glob("*.runs"))


def test_export_says_what_it_wrote_and_what_it_replaced(
    source_runs_here: None, design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, weights = tmp_path / "net.py", tmp_path / "net.safetensors"
    weights.write_bytes(b"other weights")
    export = ["export", str(design), "--output", str(source)]
    assert main(export) == 2  # the weights beside it were not named, so they are not replaced unasked
    assert "net.safetensors: exists already" in _refusal(capsys)
    assert weights.read_bytes() == b"other weights"
    assert main([*export, "--force"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert f"  wrote {source}" in said
    assert f"  replaced {weights}" in said
    assert main([*export, "--json"]) == 0  # both are those of the export before
    assert _json(capsys)["files"] == [str(source), str(weights)]


def test_a_network_is_exported_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    design, model = tmp_path / "gan.netdesign", tmp_path / "gan.safetensors"
    assert main(["new", "dcgan", str(design), "--small"]) == 0
    sizes = []
    for more, name in (([], "generator"), (["--network", "discriminator"], "discriminator")):
        assert main(["export", str(design), "--output", str(model), *more]) == 0
        assert f"network: {name} (of generator, discriminator)" in capsys.readouterr().out.splitlines()
        sizes.append(model.stat().st_size)
    assert sizes[0] != sizes[1]


def test_a_stopped_run_is_gone_on_with(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    assert main(["train", str(design), "--epochs", "1", "--run", str(run), "--device", "cpu", "--json"]) == 0
    capsys.readouterr()
    assert (
        main(["train", str(design), "--epochs", "2", "--resume", str(run), "--device", "cpu", "--json"]) == 0
    )
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    started = next(event for event in events if event["event"] == "started")
    assert started["resumed_step"] > 0
    assert [event["epoch"] for event in events if event["event"] == "epoch"] == [2]


def _interrupt_at(kind: type[Event], monkeypatch: pytest.MonkeyPatch) -> None:
    """Presses Ctrl-C when the first event of a kind is about to be printed."""
    pressed: list[Event] = []

    def pressing(event: Event) -> dict[str, Any]:
        if isinstance(event, kind) and not pressed:
            pressed.append(event)
            signal.raise_signal(signal.SIGINT)
        return to_json(event)

    to_json = console.to_json
    monkeypatch.setattr(console, "to_json", pressing)


@pytest.fixture
def heard() -> Iterator[None]:
    """Interrupts as in a terminal: a shell has them ignored in what it starts in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_stops_a_run_that_can_be_gone_on_with(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupt_at(EpochEnd, monkeypatch)
    run, before = tmp_path / "run", signal.getsignal(signal.SIGINT)
    words = ["train", str(design), "--epochs", "3", "--device", "cpu", "--json"]
    assert main([*words, "--run", str(run)]) == 130
    said = capsys.readouterr()
    events = [json.loads(line) for line in said.out.splitlines()]
    assert (events[-1]["event"], events[-1]["reason"], events[-1]["epochs"]) == ("finished", "stopped", 1)
    assert said.err.splitlines()[-1] == (
        f"netdesigner: training was stopped; go on with: netdesigner train --resume {run}"
    )
    assert signal.getsignal(signal.SIGINT) is before
    other = tmp_path / "other"
    assert main([*words, "--resume", str(run), "--run", str(other)]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["epoch"] for event in events if event["event"] == "epoch"] == [2, 3]
    assert (other / "checkpoint-best").is_dir()


@pytest.mark.usefixtures("heard")
def test_ctrl_c_before_the_first_step_leaves_no_run(
    design: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _interrupt_at(Preparing, monkeypatch)
    assert main(["train", str(design), "--json"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == (
        "netdesigner: training was stopped before its first step; nothing was kept"
    )
    assert list(design.with_suffix(".runs").iterdir()) == []


class _Host:
    """A run in another process, which is stopped before its first step."""

    def __init__(self, run: Path) -> None:
        self.run = run
        self.told: list[str] = []

    def drain(self) -> list[Event]:
        if not self.told:
            raise KeyboardInterrupt
        return [Finished("stopped", 0, 0, 0, 0.0, 0.0, str(self.run))]

    def stop(self) -> None:
        self.told.append("stop")

    def join(self) -> None:
        self.told.append("join")
        self.run.rmdir()


def test_ctrl_c_stops_a_run_that_is_about_to_be_left(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = _Host(tmp_path / "run")
    monkeypatch.setattr("netdesigner.session.training.detach", lambda *_, **__: host)
    words = ["train", str(design), "--detach", "--run", str(host.run)]
    for told in (["stop", "join"], ["stop", "join", "join"]):  # here, and then from elsewhere
        assert main(words) == 130
        assert host.told == told
        assert capsys.readouterr() == (
            "",
            "netdesigner: training was stopped before its first step; nothing was kept\n",
        )


def test_a_run_that_is_stopped_before_its_first_step_is_said_to_leave_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = _Host(tmp_path / "run")
    host.run.mkdir()
    monkeypatch.setattr("netdesigner.session.training.attach", lambda _run: host)
    assert main(["stop", str(host.run)]) == 0
    assert capsys.readouterr().out == "training was stopped before its first step; nothing was kept\n"


def test_what_a_setting_would_make_wrong_is_checked_without_it_being_set(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = design.read_bytes()
    assert main(["check", str(design), "--set", "augment=flip"]) == 0
    assert "warning ND446: Flip mirrors samples" in capsys.readouterr().out
    assert main(["check", str(design), "--set", "training.clip_norm=0"]) == 1
    assert "clip_norm" in capsys.readouterr().out
    assert design.read_bytes() == before


def test_training_a_design_with_errors_lists_them_and_ends_with_1(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design.write_text(design.read_text("utf-8").replace('"out_features": 10', '"out_features": 7'), "utf-8")
    assert main(["train", str(design)]) == 1
    assert "ND" in capsys.readouterr().err


def test_a_picture_is_drawn_as_svg_and_png(design: Path, tmp_path: Path) -> None:
    svg, png = tmp_path / "d.svg", tmp_path / "d.png"
    assert main(["picture", str(design), "--output", str(svg)]) == 0
    assert main(["picture", str(design), "--output", str(png)]) == 0
    assert "hidden_1" in svg.read_text("utf-8")
    assert png.read_bytes().startswith(b"\x89PNG")


def test_a_picture_shows_one_scope_or_some_nodes_at_a_scale(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    svg = tmp_path / "d.svg"
    assert main(["picture", str(design), "--output", str(svg), "--node", "hidden_1", "--scope", "main"]) == 0
    assert "hidden_1" in svg.read_text("utf-8")
    assert "scores" not in svg.read_text("utf-8")
    assert main(["picture", str(design), "--output", str(svg), "--node", "nobody"]) != 0
    assert "no node 'nobody'" in capsys.readouterr().err
    assert main(["picture", str(design), "--output", str(svg), "--scope", "block:None"]) != 0


def test_doctor_speaks_of_every_library(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor"])
    said = capsys.readouterr().out.lower()
    for name in ("python", "torch", "pyside6-essentials", "onnxruntime", "gpu"):
        assert f" {name} " in said


WRONG = {
    "missing file": (["check", "{folder}/none.netdesign"], "none.netdesign: cannot be read"),
    "unknown template": (["new", "cnn-digit", "{folder}/a.netdesign"], "did you mean 'cnn-digits'"),
    "unknown verb": (["chekc", "x"], "chekc"),
    "missing argument": (["check"], "FILE"),
    "unknown option": (["check", "x", "--jsn"], "jsn"),
    "unknown variable": (
        ["new", "mlp-digits", "{folder}/b.netdesign", "--set", "widht=3"],
        "did you mean 'width'",
    ),
    "no name of a design": (
        ["new", "mlp-digits", "{folder}/x.txt"],
        "ends in .netdesign; call it x.netdesign",
    ),
    "no number": (
        ["export", "{folder}/d.netdesign", "--output", "{folder}/a.onnx", "--option", "opset=abc"],
        "opset: expected a whole number, got 'abc'",
    ),
    "no assignment": (["new", "mlp-digits", "{folder}/b.netdesign", "--set", "width"], "NAME=VALUE"),
    "unknown setting": (["new", "mlp-digits", "{folder}/b.netdesign", "--set", "training.epoch=3"], "epochs"),
    "not a run": (["evaluate", "{folder}"], "not the folder of a run"),
    "no run": (["evaluate", "{folder}/d.netdesign"], "no run beside it has trained this network"),
    "no such report": (["evaluate", "{folder}", "--report", "{folder}/a.pdf"], "ends in .html or .json"),
    "unknown format": (["export", "{folder}/d.netdesign", "--output", "{folder}/a.xyz"], "give --format"),
    "no folder": (["export", "{folder}/d.netdesign", "--output", "{folder}/no/a.onnx"], "does not exist"),
    "import": (["import", "a.onnx", "--output", "b.netdesign"], "not possible yet"),
    "nothing to train": (["train"], "needs a FILE"),
    "other weights": (
        ["export", "{folder}", "--output", "{folder}/a.onnx", "--weights", "first"],
        "'best' or 'last'",
    ),
    "a folder as output": (["export", "{folder}/d.netdesign", "--output", "{folder}/."], "is a folder"),
    "unknown network": (
        ["export", "{folder}/d.netdesign", "--output", "{folder}/a.onnx", "--network", "critic"],
        "no network 'critic'",
    ),
    "no checkpoint": (["train", "{folder}/d.netdesign", "--resume", "{folder}"], "from. Start a new run."),
    "unknown device": (["train", "{folder}/d.netdesign", "--device", "abacus"], "abacus"),
    "two files": (["a.netdesign", "b.netdesign"], "one .netdesign file"),
}


@pytest.mark.parametrize(("words", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_wrong_use_is_one_clear_line_and_exit_code_2(
    design: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert main([word.format(folder=design.parent) for word in words]) == 2
    assert sentence in _refusal(capsys)


def test_output_that_nobody_can_take_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(gallery, "templates", full)
    assert main(["templates"]) == 2
    assert _refusal(capsys) == "netdesigner: No space left on device"


def test_a_malformed_node_is_named_once_with_where_it_is(
    design: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design.write_text(design.read_text("utf-8").replace('"width"}', '"1/0"}'), "utf-8")
    assert main(["summary", str(design)]) == 2
    assert f"netdesigner: {design}: main: `hidden_1`: out_features: '1/0'" in capsys.readouterr().err


BAD_FILES = {
    "cut short": '{"format": 1, "networks": {"main": {"nodes": {"in',
    "wrong types": '{"format": 1, "networks": 5}',
    "huge number": '{"format": 1, "variables": {"w": 1' + "0" * 4000 + "}}",
    "nested lists": '{"format": 1, "x": ' + "[" * 100_000,
    "not a text": "\x00\x01",
}


@pytest.mark.parametrize("text", BAD_FILES.values(), ids=BAD_FILES.keys())
@pytest.mark.parametrize("verb", ["check", "summary", "train", "export", "picture"])
def test_a_malformed_design_is_one_clear_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, text: str
) -> None:
    path = tmp_path / "bad.netdesign"
    path.write_text(text, "utf-8")
    more = ["--output", str(tmp_path / "out.onnx")] if verb in ("export", "picture") else []
    assert main([verb, str(path), *more]) == 2
    assert "bad.netdesign" in _refusal(capsys)


HOSTILE = {
    "unknown kind": ('{"kind": "os.system", "params": {"command": "true"}}', 2),
    "code in an expression": (
        '{"kind": "Linear", "params": {"out_features": "__import__(\'os\').getpid()"}}',
        2,
    ),
    "code without a call": ('{"kind": "Linear", "params": {"out_features": "__import__"}}', 2),
    "endless repeat": ('{"kind": "ReLU", "repeat": 9007199254740991}', 1),
}


def test_a_layer_larger_than_any_memory_is_refused_before_it_is_made(
    design: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    design.write_text(design.read_text("utf-8").replace('"width": 256', '"width": 1000000000'), "utf-8")
    for words in (["train", str(design)], ["export", str(design), "--output", str(tmp_path / "out.onnx")]):
        assert main(words) == 2
        assert "EB of memory" in _refusal(capsys)
    assert not (tmp_path / "out.onnx").exists()


@pytest.mark.parametrize(("node", "status"), HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("verb", ["check", "train", "export"])
def test_a_hostile_design_is_refused_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verb: str, node: str, status: int
) -> None:
    path = tmp_path / "odd.netdesign"
    nodes = f'"input": {{"kind": "Input", "params": {{"shape": [64]}}}}, "odd": {node}, "output": {{"kind": "Output"}}'
    head = '"data": {"kind": "digits"}, "task": {"kind": "classification"}'
    edges = '[["input", "odd"], ["odd", "output"]]'
    network = f'"networks": {{"main": {{"nodes": {{{nodes}}}, "edges": {edges}}}}}'
    path.write_text(f'{{"format": 1, {head}, {network}}}', "utf-8")
    more = ["--output", str(tmp_path / "out.onnx")] if verb == "export" else []
    assert main([verb, str(path), *more]) == status
    said = capsys.readouterr()
    assert "odd" in said.err + said.out
    assert "Traceback" not in said.err + said.out
    assert not (tmp_path / "out.onnx").exists()


@pytest.mark.parametrize("verb", ["runs", "stop"])
def test_a_file_that_is_not_there_is_not_one_without_runs(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, str(tmp_path / "tpyo.netdesign")]) == 2
    assert "tpyo.netdesign: there is no such file" in _refusal(capsys)


def test_a_published_network_is_told_to_need_data(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, told in (("lenet5", True), ("mlp-digits", False)):
        assert main(["new", name, str(tmp_path / f"{name}.netdesign")]) == 0
        assert ("it needs data and a task; --small makes a form" in capsys.readouterr().out) is told


def test_a_part_that_is_exported_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, output = tmp_path / "d.netdesign", tmp_path / "part.safetensors"
    assert main(["new", "mlp-digits", str(file)]) == 0
    assert main(["export", str(file), "-o", str(output), "--from", "hidden_1"]) == 0
    assert "part: from hidden_1 to its end" in capsys.readouterr().out
    assert main(["export", str(file), "-o", str(output), "--to", "hiden_1"]) == 2
    assert "did you mean 'hidden_1'" in _refusal(capsys)


def test_a_folder_has_no_runs_beside_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in (tmp_path, Path()):
        assert main(["runs", str(folder)]) == 2
        assert f"{folder}: a folder; name the design file whose runs are meant" in _refusal(capsys)


def test_a_public_data_set_that_is_none_is_told_from_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["fetch", "wane"]) == 2
    assert "no public data set is called 'wane'; known: mnist, fashion_mnist" in _refusal(capsys)


def test_what_is_counted_agrees_with_its_number(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(map(text.counted, (0, 1, 1234), ("epoch",) * 3)) == ["0 epochs", "1 epoch", "1,234 epochs"]
    weights = tmp_path / "one.pt"
    torch.save({"weight": torch.zeros(2)}, weights)
    output = tmp_path / "one.safetensors"
    assert main(["convert", str(weights), "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"{output}: 1 tensor\n"
