"""Every sample design goes the whole way: check, train, judge, export, with the proof."""

from __future__ import annotations

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

import netdesigner as nd
from benchmarks.families.lab import few_of
from netdesigner.checks import summary
from netdesigner.document import Design, edit
from netdesigner.parts import Catalog, resources
from netdesigner.session.fitting import fitting_weights
from netdesigner.session.gallery import FAMILIES, SAMPLE, Template, open_template, templates
from netdesigner.training.events import EpochEnd, Finished, Started

pytestmark = pytest.mark.usefixtures("few_made_up")

CATALOG = Catalog.discover()
SAMPLES = templates()
NAMES = [template.name for template in SAMPLES]
WITH_DATA = [template for template in SAMPLES if template.design.data is not None]
WITHOUT_DATA = [template for template in SAMPLES if template.design.data is None]
COUNTED = [template for template in SAMPLES if template.parameters]
IN_FULL = [template for template in WITHOUT_DATA if template.parameters < 1e9]
"""Those whose weights, and a copy of them in a file, have room in the memory of a usual machine."""


def names(found: list[Template]) -> list[str]:
    return [template.name for template in found]


def test_the_samples_are_there() -> None:
    expected = {"cnn-digits", "gru-digits", "logistic-iris", "mlp-diabetes", "mlp-digits", "resnet-digits"}
    assert expected <= set(NAMES)
    assert SAMPLE in NAMES


@pytest.mark.parametrize("template", SAMPLES, ids=NAMES)
def test_a_sample_says_what_it_is(template: Template) -> None:
    assert template.title
    assert template.description.endswith(".")
    assert template.family in FAMILIES


@pytest.mark.parametrize("template", WITH_DATA, ids=names(WITH_DATA))
def test_a_sample_with_data_has_no_problems(template: Template) -> None:
    assert nd.check(template.design).problems == ()
    assert template.small is None


@pytest.mark.parametrize("template", WITHOUT_DATA, ids=names(WITHOUT_DATA))
def test_a_published_network_lacks_only_data_and_a_task(template: Template) -> None:
    unfinished = {
        "ND401",
        "ND402",
        "ND112",
    }  # no data, no task, several outputs before a task says what they are for
    assert {problem.code for problem in nd.check(template.design).problems} <= unfinished
    assert template.paper
    assert template.small is not None


@pytest.mark.parametrize("template", WITHOUT_DATA, ids=names(WITHOUT_DATA))
def test_a_small_form_has_no_problems_and_the_same_variables(template: Template) -> None:
    assert template.small is not None
    assert nd.check(template.small).problems == ()
    assert template.small.variables.keys() == template.design.variables.keys()


@pytest.mark.parametrize("template", COUNTED, ids=names(COUNTED))
def test_a_published_network_has_the_published_figures(template: Template) -> None:
    facts = summary(template.design, nd.check(template.design))
    assert facts["parameters"] == template.parameters
    if template.macs:
        assert facts["macs"] == pytest.approx(template.macs, rel=0.01)


TOLD = [template for template in SAMPLES if "weights:" in template.description]


@pytest.mark.parametrize("template", TOLD, ids=names(TOLD))
def test_weights_that_a_description_adds_up_are_those_of_the_network(template: Template) -> None:
    told = template.description.replace(",", "")
    whole, parts = re.fullmatch(r".*?(\d+) weights: (.*)\.", told, re.DOTALL).groups()
    assert sum(int(number) for number in re.findall(r"\d{4,}", parts)) == int(whole)
    assert summary(template.design, nd.check(template.design))["parameters"] == int(whole)


def test_the_sequence_to_sequence_sample_has_the_parameters_that_its_description_derives() -> None:
    (template,) = (template for template in SAMPLES if template.name == "seq2seq")
    tokens, e, h = (int(template.design.variables[name]) for name in ("tokens", "width", "hidden"))
    derived = 2 * tokens * e + 9 * h * (e + h + 2) + h * h + h + 5 * h * h + h * tokens + tokens
    assert summary(template.design, nd.check(template.design))["parameters"] == derived
    assert f"{derived:,} parameters" in template.description


def test_the_siamese_sample_says_the_same_whichever_picture_comes_first() -> None:
    small = open_template("siamese", small=True)
    module = nd.compile(small, seed=1).module.eval()
    pairs = torch.rand(8, 2, 32, 32, generator=torch.Generator().manual_seed(0))
    one, other = (module(given) for given in (pairs, pairs.flip(1)))
    torch.testing.assert_close(one, other)
    assert one.std() > 1e-4
    same = module(pairs[:, :1].expand(-1, 2, -1, -1))
    torch.testing.assert_close(same, same[:1].expand_as(same))


def test_the_sample_that_goes_on_begins_with_all_but_its_head_of_a_network_that_knows_other_digits() -> None:
    design = open_template("finetune-digits")
    file = resources.weights()[str(design.training.values["start_from"])]
    told = fitting_weights(design, Catalog.discover(), file)
    assert told.startswith("21 of 23 weights start with the values of the file: conv_1, norm_1, conv_2, ")
    assert "; 2 not in the file: new_scores.weight, new_scores.bias; 2 in the file only: " in told
    with safe_open(file, framework="pt") as opened:
        assert json.loads(opened.metadata()["netdesigner.classes"]) == ["0", "1", "2", "3", "4"]
    assert design.data is not None
    assert design.data.params["only"] == (5, 6, 7, 8, 9)


@pytest.mark.parametrize("template", SAMPLES, ids=NAMES)
def test_no_two_nodes_of_a_sample_overlap(template: Template) -> None:
    for scope in template.design.scopes():
        places = sorted(template.design.place(scope).layout.values())
        for index, (x, y) in enumerate(places):
            for other_x, other_y in places[index + 1 :]:
                assert abs(other_x - x) >= 184 or abs(other_y - y) >= 96


def leaves_verified(source: Path | Design, file: Path, network: str = "") -> None:
    proof = nd.export(source, file, network=network)
    assert proof.verified
    assert {shape[0] for shape in proof.inputs_tried} == {1, 3, 8}  # of each Input
    assert proof.max_abs_error <= 1e-4
    if isinstance(source, Path):
        run_example(file.with_name(f"{file.stem}_onnx.py"))


def run_example(file: Path) -> None:
    """Runs the example that lies beside an exported network."""
    spec = importlib.util.spec_from_file_location("example", file)
    assert spec is not None
    assert spec.loader is not None
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    example.main([])


SHALLOW = {"depth": 2}
"""So often a layer is repeated."""
SLOW_TO_LEAVE = {
    "ddpm",
    "deeplab",
    "efficientnet-b0",
    "lstm-digits",
    "mamba-digits",
    "resnet18",
    "resnet50",
    "rwkv",
    "seq2seq",
    "swin-t",
    "wgan-gp",  # whose networks are those of the GAN
}
"""Whose translation takes longer than that of all others together."""


def each(found: list[Template]) -> pytest.MarkDecorator:
    """A test for each template, by itself where leaving is slow."""
    cases = [
        pytest.param(template, leaves, marks=[pytest.mark.soak] if leaves and slow else [])
        for template in found
        for slow in [template.name in SLOW_TO_LEAVE]
        for leaves in ([False, True] if slow else [True])
    ]
    return pytest.mark.parametrize(
        ("template", "leaves"),
        cases,
        ids=lambda value: value.name if isinstance(value, Template) else "and leaves" if value else "alone",
    )


@each(WITH_DATA)
def test_a_sample_learns_is_judged_and_leaves_verified(
    template: Template, leaves: bool, tmp_path: Path
) -> None:
    assert template.design.data is not None
    few = edit.set_data(template.design, few_of(template.design.data, count=600))
    events = list(nd.train(few, tmp_path / "run", device="cpu", phases=(), epochs=2, seed=1))
    assert isinstance(events[-1], Finished)
    (started,) = (event for event in events if isinstance(event, Started))
    first, last = (event.train[started.monitor] for event in events if isinstance(event, EpochEnd))
    assert last > first if started.better == "higher" else last < first
    evaluation = nd.evaluate(tmp_path / "run")
    assert evaluation.part == "test"
    assert evaluation.count > 10
    if leaves:
        leaves_verified(tmp_path / "run", tmp_path / "model.onnx")


@each(WITHOUT_DATA)
def test_a_small_form_trains_and_leaves_verified(template: Template, leaves: bool, tmp_path: Path) -> None:
    assert template.small is not None
    assert template.small.data is not None
    few = few_of(template.small.data, count=600, most=6_000).with_params({"validation": 0.1, "test": 0.8})
    tenth = edit.set_data(template.small, few)
    tenth = replace(
        tenth, variables={**tenth.variables, **{n: v for n, v in SHALLOW.items() if n in tenth.variables}}
    )
    events = list(nd.train(tenth, tmp_path / "run", device="cpu", epochs=1, batch_size=256, seed=1))
    assert isinstance(events[-1], Finished)
    assert nd.evaluate(tmp_path / "run").count > 10
    for network in template.small.networks if leaves else ():
        leaves_verified(tmp_path / "run", tmp_path / f"{network}.onnx", network)


@pytest.mark.soak
@pytest.mark.parametrize("template", IN_FULL, ids=names(IN_FULL))
def test_a_published_network_leaves_verified_in_full(template: Template, tmp_path: Path) -> None:
    for network in template.design.networks:
        alone = replace(template.design, networks={network: template.design.networks[network]})
        leaves_verified(alone, tmp_path / f"{network}.onnx")


def test_a_design_written_in_python_checks_and_compiles() -> None:
    net = nd.Builder(variables={"width": 8})
    image = net.Input(shape=(1, 8, 8))
    left = net.Conv2d(image, out_channels="width", kernel_size=3, padding=1, name="left")
    right = net.Conv2d(image, out_channels="width", kernel_size=1)
    joined = net.Add(left, right)
    net.Output(net.Linear(net.Flatten(joined), out_features=10))
    design = net.design(data="digits", task="classification", epochs=1)
    assert nd.check(design).problems == ()
    names = dict(nd.compile(design, seed=1).module.named_parameters())
    assert tuple(names["left.weight"].shape) == (8, 1, 3, 3)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    def trained(name: str) -> bytes:
        list(nd.train(_sample("mlp-digits"), tmp_path / name, device="cpu", epochs=1, seed=3))
        return (tmp_path / name / "checkpoint-last" / "model.safetensors").read_bytes()

    assert trained("one") == trained("two")


def _sample(name: str) -> Design:
    return next(template.design for template in SAMPLES if template.name == name)


FIRST_LAYERS = """
    Input Output Linear Bilinear Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d MaxPool1d MaxPool2d AvgPool2d
    AdaptiveAvgPool1d AdaptiveAvgPool2d BatchNorm1d BatchNorm2d LayerNorm GroupNorm RMSNorm Dropout Dropout2d ReLU
    LeakyReLU ELU GELU SiLU Sigmoid Tanh Softmax LogSoftmax Hardswish Embedding RNN LSTM GRU MultiheadAttention
    TransformerEncoderLayer Flatten Unflatten Reshape Permute Concat Add Multiply MatMul Mean Upsample ZeroPad2d
    Identity
"""


def test_the_catalogue_has_the_first_layers() -> None:
    assert set(FIRST_LAYERS.split()) <= set(CATALOG.layers)
