"""Setting values by a dotted name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from netdesigner.document import Block, Choice, Design, Graph, Network, Node, Phase, Settings, Value
from netdesigner.errors import NetDesignerError, ParameterError, UnknownPartError
from netdesigner.parts import Catalog
from netdesigner.session.assign import assign, parse

CATALOG = Catalog.discover()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3),
        ("0.5", 0.5),
        ("true", True),
        ("True", True),
        ("null", None),
        ("None", None),
        ("SGD", "SGD"),
        ("[1, 2]", (1, 2)),
        ("0.9,0.99", (0.9, 0.99)),
        ('{"a": 1}', '{"a": 1}'),
        ("1e-3", 1e-3),
        ("NaN", "NaN"),
        ("1e999", "1e999"),
    ],
)
def test_values_are_read_as_a_person_types_them(text: str, value: Value) -> None:
    assert parse(text) == value


DESIGN = Design(variables={"width": 8}, data=Choice("digits"), task=Choice("classification"))


def test_each_first_word_sets_its_part() -> None:
    assert assign(DESIGN, "width=16", CATALOG).variables == {"width": 16}
    assert assign(DESIGN, "data.normalize=none", CATALOG).data == Choice("digits", {"normalize": "none"})
    assert assign(DESIGN, "task=regression", CATALOG).task == Choice("regression")
    assert assign(DESIGN, "training.epochs=5", CATALOG).training.values["epochs"] == 5
    assert assign(DESIGN, "training.schedule=cosine", CATALOG).training.schedule.kind == "cosine"


def test_data_and_task_are_chosen_and_take_values_of_their_parameters_types() -> None:
    design = Design()
    for assignment in (
        "data=csv",
        "data.path=2024,1.csv",
        "data.targets=a, b",
        "data.test=0.2",
        "task=regression",
    ):
        design = assign(design, assignment, CATALOG)
    assert design.data == Choice("csv", {"path": "2024,1.csv", "targets": ("a", "b"), "test": 0.2})
    assert design.task == Choice("regression")
    assert assign(design, "data=iris", CATALOG).data == Choice("iris")


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("data=irris", "did you mean 'iris'"),
        ("task=classify", "did you mean 'classification'"),
        ("data.normalise=none", "did you mean 'normalize'"),
        ("task.smoothing=1", "Classification has no such parameter"),
        ("width", "NAME=VALUE"),
        ("=3", "NAME=VALUE"),
        ("widht=3", "did you mean 'width'"),
        ("width=wide", "a variable is a number"),
        ("nothing=3", "its variables: width"),
        ("training.epoch=3", "epochs"),
        ("training.optimizer=SDG", "SGD"),
        ("task.loss=huber", "no loss is called 'huber'; did you mean 'HuberLoss'?"),
        ("task.loss.label_smothing=0.1", "did you mean 'label_smoothing'"),
        ("loss=huber", "no loss is called 'huber'; did you mean 'HuberLoss'?"),
        ("epochs=3", r"did you mean 'training\.epochs'"),
        ("schedule.warmup_epochs=3", r"did you mean 'training\.schedule\.warmup_epochs'"),
        ("task=xyzzy", "no task is called 'xyzzy'; known: classification, "),
        ("task.label_smoothing=0.1", r"it belongs to the loss; write task\.loss\.label_smoothing=0\.1"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_hint(assignment: str, sentence: str) -> None:
    with pytest.raises(NetDesignerError, match=sentence):
        assign(DESIGN, assignment, CATALOG)


def test_a_design_without_data_or_task_says_so() -> None:
    with pytest.raises(NetDesignerError, match="no data set yet"):
        assign(Design(), "data.normalize=none", CATALOG)
    with pytest.raises(NetDesignerError, match="no task yet whose loss could be set"):
        assign(Design(), "task.loss=MSELoss", CATALOG)


def test_augmentations_are_listed_and_then_tuned() -> None:
    design = DESIGN
    for assignment in (
        "augment=flip, crop,flip",
        "augment.flip.p=1",
        "augment.crop.padding=width//4",
        "augment.3.direction=vertical",
    ):
        design = assign(design, assignment, CATALOG)
    assert design.augmentations == (
        Choice("flip", {"p": 1}),
        Choice("crop", {"padding": "width//4"}),
        Choice("flip", {"direction": "vertical"}),
    )
    assert assign(design, "augment=mixup", CATALOG).augmentations == (Choice("mixup"),)
    for nothing in ("augment=", "augment=none"):
        assert assign(design, nothing, CATALOG).augmentations == ()


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("augment=flipp", "did you mean 'flip'"),
        ("augment.crop.padding=2", "of what the design has: flip, mixup; put --set augment=crop before it"),
        ("augment.3.p=1", "of what the design has: flip, mixup"),
        ("augment.flip=1", "expected augment.KIND.PARAMETER"),
        ("augment.flip.q=1", "Flip has no such parameter; known: direction, p"),
    ],
)
def test_an_augmentation_that_is_not_there_cannot_be_tuned(assignment: str, sentence: str) -> None:
    with pytest.raises(NetDesignerError, match=sentence):
        assign(assign(DESIGN, "augment=flip,mixup", CATALOG), assignment, CATALOG)


def test_a_loss_is_chosen_and_then_tuned() -> None:
    design = assign(assign(DESIGN, "task.loss=MultiMarginLoss", CATALOG), "task.loss.margin=0.5", CATALOG)
    assert design.loss == Choice("MultiMarginLoss", {"margin": 0.5})
    assert assign(design, "task.loss.weight=1, 2", CATALOG).loss == Choice(
        "MultiMarginLoss", {"margin": 0.5, "weight": (1, 2)}
    )
    assert assign(design, "task.loss=NLLLoss", CATALOG).loss == Choice("NLLLoss")


def test_the_usual_loss_of_a_task_is_tuned_where_none_was_chosen() -> None:
    loss = assign(DESIGN, "task.loss.label_smoothing=0.1", CATALOG).loss
    assert loss == Choice("CrossEntropyLoss", {"label_smoothing": 0.1})
    assert assign(DESIGN, "loss.label_smoothing=0.1", CATALOG).loss == loss
    assert assign(DESIGN, "loss=NLLLoss", CATALOG).loss == Choice("NLLLoss")
    named = replace(DESIGN, variables={"loss": 1})
    assert assign(named, "loss=2", CATALOG).variables == {"loss": 2}


def trained(*assignments: str, settings: Settings | None = None) -> Settings:
    """The settings after some values of them were set."""
    design = Design(training=settings or Settings())
    for assignment in assignments:
        design = assign(design, f"training.{assignment}", CATALOG)
    return design.training


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("7", "epochs", 7),
        ("3e-4", "learning_rate", 3e-4),
        ("none", "clip_norm", None),
        ("", "clip_norm", None),
        ("1", "clip_norm", 1),
        ("cpu", "device", "cpu"),
        ("4*width", "batch_size", "4*width"),
        ("nan", "learning_rate", "nan"),
        ("-inf", "learning_rate", "-inf"),
    ],
)
def test_a_setting_is_typed_as_its_field_says(text: str, name: str, value: object) -> None:
    assert trained(f"{name}={text}").values == {name: value}


def test_an_optimizer_is_chosen_and_then_tuned() -> None:
    settings = trained("optimizer=SGD", "optimizer.momentum=0.9", "optimizer.nesterov=true")
    assert settings.optimizer == Choice("SGD", {"momentum": 0.9, "nesterov": True})
    assert CATALOG.optimizer(settings.optimizer).values()["momentum"] == 0.9


def test_lists_are_typed_with_commas() -> None:
    assert trained("optimizer.betas=0.8, 0.99").optimizer.params == {"betas": (0.8, 0.99)}


def test_another_optimizer_does_not_inherit_parameters() -> None:
    settings = trained("optimizer=Adam", settings=Settings(optimizer=Choice("SGD", {"momentum": 0.9})))
    assert settings.optimizer == Choice("Adam")


def test_a_schedule_is_chosen_and_then_tuned() -> None:
    assert trained("schedule=step", "schedule.gamma=0.5").schedule == Choice("step", {"gamma": 0.5})


def test_unknown_names_of_training_are_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(ParameterError, match="did you mean 'epochs'"):
        trained("epoch=3")
    with pytest.raises(UnknownPartError, match="did you mean 'RMSprop'"):
        trained("optimizer=RMSProp")
    with pytest.raises(UnknownPartError, match="no schedule is called 'sawtooth'"):
        trained("schedule=sawtooth")
    with pytest.raises(ParameterError, match="did you mean 'betas'"):
        trained("optimizer.beta=0.5")


def test_a_parameter_of_an_unknown_optimizer_cannot_be_set() -> None:
    with pytest.raises(UnknownPartError, match="no optimizer is called 'Lion'"):
        trained("optimizer.beta=0.5", settings=Settings(optimizer=Choice("Lion")))


def test_a_switch_takes_only_yes_or_no() -> None:
    with pytest.raises(ParameterError, match="expected true or false, got 'maybe'"):
        trained("optimizer.amsgrad=maybe")


# -- how nodes learn, and when ----------------------------------------------------------------------------------------


def with_nodes() -> Design:
    graph = Graph({"stem": Node("Conv2d"), "fc": Node("Linear")})
    return Design(networks={"main": Network(graph)}, blocks={"Pair": Block(graph)})


def test_how_a_node_learns_is_set_by_its_place() -> None:
    design = assign(with_nodes(), "main.stem.rate=0.1", CATALOG)
    design = assign(design, "main.fc.frozen=true", CATALOG)
    design = assign(design, "block:Pair.fc.rate=3", CATALOG)
    assert design.graph("main").nodes == {"stem": Node("Conv2d", rate=0.1), "fc": Node("Linear", frozen=True)}
    assert design.graph("block:Pair").nodes["fc"].rate == 3.0


@pytest.mark.parametrize(
    ("assignment", "sentence"),
    [
        ("main.stm.rate=1", "main has no node 'stm'; did you mean 'stem'?"),
        ("main.stem.rate=slow", "expected a number, got 'slow'"),
        ("main.stem.frozen=7", "expected true or false, got '7'"),
        ("main.stem.repeat=2", "of a node the rate and frozen can be set"),
        ("training.phases=5", "phases: expected a list such as"),
        ('training.phases=[{"epoch": 5}]', "phases: expected a list such as"),
        ('training.phases=[{"epochs": "5"}]', "phases: expected a list such as"),
        ('training.phases=[{"trains": "main"}]', "phases: expected a list such as"),
        ('training.phases=[{"trains": [1]}]', "phases: expected a list such as"),
    ],
)
def test_what_cannot_be_set_of_nodes_and_phases_is_refused(assignment: str, sentence: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(sentence)):
        assign(with_nodes(), assignment, CATALOG)


def test_phases_are_written_as_in_a_file_and_taken_away_with_nothing() -> None:
    text = 'training.phases=[{"epochs": 5, "trains": ["main.fc"], "rate": 0.1}, {"epochs": 15}]'
    design = assign(with_nodes(), text, CATALOG)
    assert design.training.phases == (Phase(5, ("main.fc",), 0.1), Phase(15))
    assert assign(design, "training.phases=", CATALOG).training.phases == ()
