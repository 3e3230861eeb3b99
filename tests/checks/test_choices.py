"""Each choice by itself: data, task, loss, optimizer, schedule and the settings of the training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from netdesigner.checks import ERROR, WARNING, check
from netdesigner.checks.fixes import with_fixes
from netdesigner.document import Choice, Design, Settings, edit
from netdesigner.errors import DataError
from netdesigner.parts import Catalog, TensorSpec
from tests.checks.toys import CATALOG, DIGITS, codes, found, only, plain

TASK: dict[str, Any] = {"task": Choice("classes"), "data": Choice("toy")}


def test_without_data_and_task_there_are_two_warnings_and_no_error() -> None:
    report = check(plain(), CATALOG)
    assert [(p.code, p.severity) for p in report.problems] == [("ND401", WARNING), ("ND402", WARNING)]
    assert report.errors == ()


def test_samples_that_are_given_count_as_data() -> None:
    assert [p.code for p in check(plain(), CATALOG, DIGITS).problems] == ["ND402"]


def test_data_that_cannot_be_read_do_not_hide_what_is_wrong_with_the_network() -> None:
    report = check(
        plain(task=Choice("clases"), data=Choice("toy")), CATALOG, DataError("t.csv", "no such file")
    )
    assert [(p.code, p.section) for p in report.errors] == [("ND404", "task"), ("ND409", "data")]
    assert report.errors[1].message == "the data cannot be used: t.csv: no such file"


@pytest.mark.parametrize(
    ("rest", "code", "said", "param"),
    [
        ({"data": Choice("toi")}, "ND403", "no data set is called 'toi'; did you mean 'toy'?", ""),
        ({"task": Choice("clases")}, "ND404", "did you mean 'classes'?", ""),
        ({"data": Choice("toy", {"size": 0})}, "ND405", "size: expected at least 1, got 0", "size"),
        ({"data": Choice("toy", {"siez": 3})}, "ND405", "did you mean 'size'?", "siez"),
        (
            {"task": Choice("classes", {"smoothing": 2})},
            "ND406",
            "smoothing: expected at most 1",
            "smoothing",
        ),
        ({"task": Choice("classes", {"smoothing": "0.1*x"})}, "ND406", "'x' is not a variable", "smoothing"),
    ],
)
def test_data_and_task_are_checked_as_parts(rest: dict[str, Any], code: str, said: str, param: str) -> None:
    problem = only(plain(**rest))
    assert (problem.code, problem.network, problem.node, problem.param) == (code, "", "", param)
    assert said in problem.message


def test_settings_of_task_and_loss_may_be_expressions() -> None:
    smooth = {"task": Choice("classes", {"smoothing": "s/10"})}
    smooth["loss"] = Choice("CrossEntropyLoss", {"label_smoothing": "s/10", "weight": ("s", "2*s")})
    assert codes(plain(**smooth, variables={"s": 1})) == []
    assert codes(plain(**smooth, variables={"s": 11})) == ["ND406", "ND432"]


@pytest.mark.parametrize(
    ("loss", "code", "said", "param"),
    [
        (Choice("crossentropyloss"), "ND431", "no loss is called 'crossentropyloss'; did you mean", ""),
        (
            Choice("CrossEntropyLoss", {"label_smoothing": 2}),
            "ND432",
            "loss CrossEntropyLoss: label_smoothing: expected at most 1, got 2",
            "label_smoothing",
        ),
        (Choice("CrossEntropyLoss", {"wieght": (1,)}), "ND432", "did you mean 'weight'?", "wieght"),
        (
            Choice("MSELoss"),
            "ND433",
            "loss MSELoss is not for the task Classes, whose usual one is CrossEntropyLoss",
            "",
        ),
    ],
)
def test_the_loss_is_checked_by_itself_and_for_the_task(
    loss: Choice, code: str, said: str, param: str
) -> None:
    problem = only(plain(**TASK, loss=loss), DIGITS)
    assert (problem.code, problem.severity, problem.section, problem.param) == (code, ERROR, "loss", param)
    assert (problem.network, problem.node) == ("", "")
    assert said in problem.message


def test_a_loss_for_a_task_that_takes_none_is_told() -> None:
    problem = next(p for p in found(plain(task=Choice("adversaries"), loss=Choice("L1Loss"))) if p.section)
    assert problem.code == "ND433"
    assert problem.message == "loss L1Loss is not for the task Adversaries, which takes none"


def test_a_loss_without_a_task_is_looked_at_by_itself() -> None:
    assert codes(plain(loss=Choice("L1Loss"))) == []
    assert codes(plain(loss=Choice("L2Loss"))) == ["ND431"]


def test_another_loss_is_checked_anew() -> None:
    report = check(plain(**TASK), CATALOG, DIGITS)
    later = check(plain(**TASK, loss=Choice("MSELoss")), CATALOG, DIGITS, report)
    assert [problem.code for problem in later.problems] == ["ND433"]


# ------------------------------------------------------------------------------------------------- augmentations


@pytest.mark.parametrize(
    ("choice", "code", "severity", "said", "param"),
    [
        (Choice("flop"), "ND441", ERROR, "no augmentation is called 'flop'; did you mean 'flip'?", ""),
        (Choice("flip", {"p": 2}), "ND442", ERROR, "Flip: p: expected at most 1, got 2", "p"),
        (Choice("crop", {"padding": "2*w"}), "ND442", ERROR, "'w' is not a variable", "padding"),
        (Choice("crop", {"padding": 9}), "ND442", ERROR, "expected less than the 8 pixels", "padding"),
        (Choice("erase", {"scale": (0.5, 0.1)}), "ND442", ERROR, "the least comes first", "scale"),
        (
            Choice("jitter"),
            "ND443",
            ERROR,
            "Jitter is for series [N, T, C], waves by channel [N, C, T] or rows",
            "",
        ),
        (Choice("mixup"), "ND445", WARNING, "MixUp never acts, for CutMix before it", ""),
    ],
)
def test_augmentations_are_checked_one_by_one(
    choice: Choice, code: str, severity: str, said: str, param: str
) -> None:
    chosen = (Choice("flip"), Choice("cutmix"), choice)
    problem = only(plain(**TASK, augmentations=chosen), DIGITS)
    assert (problem.code, problem.severity, problem.param) == (code, severity, param)
    assert problem.section == "augmentations.3"
    assert said in problem.message


def test_samples_that_mean_something_else_when_they_are_mirrored_should_not_be() -> None:
    catalog = Catalog.discover()
    for data, expected in (("digits", ["ND446"]), ("made_spectrograms", ["ND446"]), ("image_folder", [])):
        what = Design(data=Choice(data), augmentations=(Choice("flip"), Choice("erase")))
        said = [p for p in check(what, catalog, DIGITS).problems if p.section.startswith("augmentations")]
        assert [problem.code for problem in said] == expected
        assert all((problem.severity, problem.section) == (WARNING, "augmentations.1") for problem in said)
    assert said == []


def test_a_chance_below_one_leaves_something_to_the_next_that_mixes() -> None:
    chosen = (Choice("mixup", {"p": 0.5}), Choice("cutmix"))
    assert codes(plain(**TASK, augmentations=chosen), DIGITS) == []


def test_samples_cannot_be_mixed_for_every_task() -> None:
    what = plain(task=Choice("adversaries"), data=Choice("toy"), augmentations=(Choice("mixup"),))
    (problem,) = (p for p in check(what, CATALOG, DIGITS).problems if p.section)
    assert (problem.code, problem.section) == ("ND444", "augmentations.1")
    assert problem.message == "MixUp makes one sample out of two, and Adversaries learns from whole ones"


def test_augmentations_are_held_against_samples_once_these_are_known() -> None:
    what = plain(**TASK, augmentations=(Choice("jitter"),))
    report = check(what, CATALOG)
    assert report.errors == ()
    assert [p.code for p in check(what, CATALOG, DIGITS, report).errors] == ["ND443"]
    later = check(edit.set_augmentations(what, ()), CATALOG, DIGITS, report)
    assert later.errors == ()


# ------------------------------------------------------------------------------------------------------ training


@pytest.mark.parametrize(
    ("settings", "code", "section", "said", "param"),
    [
        (
            Settings(Choice("adamw")),
            "ND601",
            "optimizer",
            "no optimizer is called 'adamw'; did you mean 'AdamW'?",
            "",
        ),
        (Settings(schedule=Choice("sawtooth")), "ND602", "schedule", "no schedule is called 'sawtooth'", ""),
        (Settings(values={"epochs": "many"}), "ND603", "training", "'many' is not a variable", "epochs"),
        (Settings(values={"epochs": "1/0"}), "ND603", "training", "divides by zero", "epochs"),
        (Settings(values={"epochs": True}), "ND603", "training", "expected a whole number", "epochs"),
        (
            Settings(values={"learning_rate": -1}),
            "ND603",
            "training",
            "expected more than 0, got -1",
            "learning_rate",
        ),
        (Settings(values={"keep": "bst"}), "ND603", "training", "did you mean 'best'?", "keep"),
        (Settings(values={"epoch": 3}), "ND603", "training", "did you mean 'epochs'?", "epoch"),
        (
            Settings(Choice("SGD", {"momentum": 2})),
            "ND604",
            "optimizer",
            "expected at most 1, got 2",
            "momentum",
        ),
        (
            Settings(Choice("SGD", {"nesterov": True})),
            "ND604",
            "optimizer",
            "needs a momentum above 0",
            "nesterov",
        ),
        (
            Settings(schedule=Choice("step", {"gama": 1})),
            "ND605",
            "schedule",
            "did you mean 'gamma'?",
            "gama",
        ),
        (
            Settings(Choice("Rprop"), values={"weight_decay": 0.1}),
            "ND606",
            "training",
            "weight_decay: Rprop has none",
            "weight_decay",
        ),
    ],
)
def test_what_training_would_refuse_is_a_problem(
    settings: Settings, code: str, section: str, said: str, param: str
) -> None:
    problem = only(plain(training=settings))
    assert (problem.code, problem.severity, problem.section, problem.param) == (code, ERROR, section, param)
    assert (problem.network, problem.node) == ("", "")
    assert said in problem.message


def test_all_that_is_wrong_with_the_training_is_told_at_once() -> None:
    values = {"epochs": 0, "epoch": 3, "weight_decay": 0.1}
    settings = Settings(
        Choice("Rprop", {"etas": (0.5,)}), Choice("step", {"gamma": 2, "step_size": 0}), values
    )
    assert [(p.code, p.param) for p in found(plain(training=settings))] == [
        ("ND603", "epochs"),
        ("ND603", "epoch"),
        ("ND604", "etas"),
        ("ND605", "gamma"),
        ("ND605", "step_size"),
        ("ND606", "weight_decay"),
    ]


def test_balanced_sampling_needs_one_class_a_sample() -> None:
    balanced = Settings(values={"sampling": "balanced"})
    assert "ND620" not in codes(plain(training=balanced), DIGITS)
    several = replace(DIGITS, target=TensorSpec(("N", 5), "int64"))
    before = check(plain(), CATALOG, several)
    after = check(plain(training=balanced), CATALOG, several, previous=before)
    (problem,) = (problem for problem in after.problems if problem.code == "ND620")
    assert (problem.section, problem.param) == ("training", "sampling")
    assert "but the targets are classes [N, 5] int64" in problem.message
    again = check(plain(), CATALOG, several, previous=after)
    assert "ND620" not in {problem.code for problem in again.problems}


def test_settings_of_the_training_may_be_expressions() -> None:
    settings = Settings(Choice("SGD", {"momentum": "m"}), Choice("step", {"gamma": "m/2"}), {"epochs": "2*n"})
    what = plain(training=settings, variables={"m": 0.9, "n": 4})
    assert codes(what) == []
    report = check(what, CATALOG)
    later = check(edit.set_variables(what, {"m": 2, "n": 4}), CATALOG, previous=report)
    assert [(p.code, p.param) for p in found(later)] == [("ND604", "momentum")]


def test_training_settings_are_told_without_data_and_task() -> None:
    report = check(plain(training=Settings(values={"epochs": 0})), CATALOG)
    assert [p.code for p in report.problems] == ["ND603", "ND401", "ND402"]


def test_parts_that_leave_nothing_to_train_on_are_told() -> None:
    shares = Choice("toy", {"validation": 0.6, "test": 0.4})
    problem = only(plain(**{**TASK, "data": shares}), DIGITS)
    assert (problem.code, problem.section, problem.param) == ("ND407", "data", "validation")
    assert "of 100 samples, 60 for validation and 40 for the test leave none" in problem.message
    assert "0.6 and 0.4 for the test leave none" in only(plain(**{**TASK, "data": shares})).message
    assert codes(plain(**{**TASK, "data": Choice("toy", {"validation": 0.6, "test": 0.39})}), DIGITS) == []
    few = Choice("toy", {"validation": 0.5, "test": 0.45})
    assert codes(plain(**{**TASK, "data": few}), replace(DIGITS, rows=0)) == []
    assert codes(plain(**{**TASK, "data": few}), replace(DIGITS, rows=3)) == ["ND407"]


def test_a_switch_that_does_nothing_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "netdesigner.checks.choices.why_not_compiled", lambda: "no compiler was found; install one"
    )
    what = plain(training=Settings(values={"recompute": True, "compile": True}))
    report = with_fixes(what, check(what, CATALOG), CATALOG)
    told = {problem.code: problem for problem in report.problems if problem.section == "training"}
    assert {code: problem.param for code, problem in told.items()} == {
        "ND614": "recompute",
        "ND615": "compile",
    }
    assert {problem.severity for problem in told.values()} == {WARNING}
    assert told["ND615"].message == "training: compile: no compiler was found; install one, or switch it off"
    assert [fix.text for fix in told["ND614"].fixes] == ["Set recompute to its default, off"]
    monkeypatch.setattr("netdesigner.checks.choices.why_not_compiled", lambda: "")
    repeated = edit.set_repeat(what, "main", "linear", 2)
    assert codes(repeated) == []
