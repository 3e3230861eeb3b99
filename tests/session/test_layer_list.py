"""Layers that are written as text."""

from __future__ import annotations

import inspect

import pytest

from netdesigner.document import Value
from netdesigner.errors import EditError
from netdesigner.parts import Catalog
from netdesigner.session.layer_list import _from_wires, _order, read_layers


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.discover()


def read_one(catalog: Catalog, text: str) -> tuple[str, dict[str, Value]]:
    found = read_layers(text, catalog)
    assert not found.faults
    assert len(found.layers) == 1
    return found.layers[0].node.kind, dict(found.layers[0].node.params)


@pytest.mark.parametrize(
    ("text", "kind", "params"),
    [
        ("Conv2d(64, 3, padding=1)", "Conv2d", {"out_channels": 64, "padding": 1}),
        ("nn.Conv2d(3, 64, kernel_size=5)", "Conv2d", {"out_channels": 64, "kernel_size": 5}),
        ("torch.nn.Conv2d(3, 64, 5, 2)", "Conv2d", {"out_channels": 64, "kernel_size": 5, "stride": 2}),
        (
            "Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2))",
            "Conv2d",
            {"out_channels": 64, "kernel_size": 7, "stride": 2},
        ),
        ("Conv2d(8, kernel_size=(3, 5))", "Conv2d", {"out_channels": 8, "kernel_size": (3, 5)}),
        ("Linear 10", "Linear", {"out_features": 10}),
        ("linear 10 bias=False", "Linear", {"out_features": 10, "bias": False}),
        ("Linear(in_features=64, out_features=10, bias=True)", "Linear", {"out_features": 10}),
        ("Linear(4*width)", "Linear", {"out_features": "4 * width"}),
        ("BatchNorm2d", "BatchNorm2d", {}),
        ("Conv2d", "Conv2d", {"padding": 1}),
        ("BatchNorm2d(64, eps=0.001)", "BatchNorm2d", {"eps": 0.001}),
        ("self.act = nn.ReLU(inplace=True)", "ReLU", {}),
        ("GroupNorm(8, 64)", "GroupNorm", {"num_groups": 8}),
        ("GroupNorm(8)", "GroupNorm", {"num_groups": 8}),
        ("nn.LSTM(64, 128, batch_first=True)", "LSTM", {"hidden_size": 128, "batch_first": True}),
        ("LSTM(128, num_layers=2)", "LSTM", {"hidden_size": 128, "num_layers": 2}),
        ("Dropout(p=-0.0, inplace=False)", "Dropout", {"p": 0.0}),
        (
            "MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)",
            "MaxPool2d",
            {"stride": 2},
        ),
    ],
)
def test_one_line_is_one_layer(catalog: Catalog, text: str, kind: str, params: dict[str, Value]) -> None:
    assert read_one(catalog, text) == (kind, params)


def kinds(catalog: Catalog, text: str) -> list[str]:
    return [listed.node.kind for listed in read_layers(text, catalog).layers]


PRINTED = """Sequential(
  (0): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (1): Sequential(
    (0): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (1): ReLU(inplace=True)
  )
  (2): Flatten(start_dim=1, end_dim=-1)
  (3): Linear(in_features=512, out_features=10, bias=True)
)"""

CODE = '''import torch.nn as nn

class Net(nn.Module):
    """A net.

    It has a body (small) and a head.
    """
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(
                3, 8,
                kernel_size=3,  # small
            ),
            nn.ReLU(),
        )
        self.flat = nn.Flatten()
        self.head = nn.Linear(512, 10)

    def forward(self, x):
        y = F.relu(self.body(x))
        x = x + y
        return self.head(self.flat(x))
'''


def test_the_printout_of_a_sequential_is_flattened(catalog: Catalog) -> None:
    found = read_layers(PRINTED, catalog)
    assert [listed.node.kind for listed in found.layers] == [
        "Conv2d",
        "BatchNorm2d",
        "ReLU",
        "Flatten",
        "Linear",
    ]
    assert not found.faults


def test_code_of_a_module_gives_its_layers_and_their_names(catalog: Catalog) -> None:
    found = read_layers(CODE, catalog)
    assert not found.faults
    assert [(listed.node.kind, listed.name) for listed in found.layers] == [
        ("Conv2d", ""),
        ("ReLU", ""),
        ("Flatten", "flat"),
        ("Linear", "head"),
    ]


def test_several_layers_in_one_line(catalog: Catalog) -> None:
    assert kinds(catalog, "nn.Sequential(nn.Linear(8, 4), nn.ReLU(), nn.Linear(4, 2))") == [
        "Linear",
        "ReLU",
        "Linear",
    ]
    assert kinds(catalog, "[nn.Linear(8, 4), ReLU]") == ["Linear", "ReLU"]
    assert kinds(catalog, 'nn.Sequential(OrderedDict([("a", nn.ReLU()), ("b", nn.Tanh())]))') == [
        "ReLU",
        "Tanh",
    ]


def test_what_is_not_understood_is_told_by_its_line_and_kept(catalog: Catalog) -> None:
    found = read_layers("Conv2d(8, 3, padding_mood='x')\n\nMyBlock(64)\nx = F.relu(x)\nReLU", catalog)
    assert [listed.node.kind for listed in found.layers] == ["Conv2d", "MyBlock", "ReLU"]
    assert found.faults[0] == "line 1: Conv2d has no use for padding_mood='x' here"
    assert found.faults[1].startswith("line 3: no layer is called MyBlock")
    assert found.faults[2] == "line 4: ‘F.relu(x)’ is not a layer"
    assert found.layers[0].node.note == "Conv2d(8, 3, padding_mood='x')"
    assert found.layers[1].node.note == "MyBlock(64)"


def test_a_name_that_is_nearly_one_is_suggested(catalog: Catalog) -> None:
    assert "did you mean Conv2d?" in read_layers("Cnv2d(3)\nReLU", catalog).faults[0]


@pytest.mark.parametrize(
    "text",
    ["hello", "Dear all,\nplease find attached", "((((", "x" * 200_000, "(" * 5000, "1 + 1", "import os"],
)
def test_other_texts_are_refused(catalog: Catalog, text: str) -> None:
    with pytest.raises(EditError):
        read_layers(text, catalog)


def test_nothing_of_a_text_is_run(catalog: Catalog) -> None:
    found = read_layers("Linear(__import__('os').getpid())\nReLU", catalog)
    assert found.layers[0].node.params == {}
    assert "__import__" in found.faults[0]


def test_blocks_of_the_design_are_known(catalog: Catalog) -> None:
    found = read_layers("Stage(width=8)\nReLU", catalog, ["Stage"])
    assert (found.layers[0].node.kind, found.layers[0].node.params) == ("block:Stage", {"width": 8})
    assert not found.faults


def test_positions_are_those_of_torch(catalog: Catalog) -> None:
    from torch import nn

    checked = 0
    for kind, layer in catalog.layers.items():
        wired = _from_wires(layer)
        torch_class = getattr(nn, kind, None)
        if torch_class is None or not wired or kind.startswith("Transformer"):
            continue
        names = [*inspect.signature(torch_class.__init__).parameters][1:]
        if "args" in names:
            continue
        ours = [name for name in _order(layer, wired) if name in names]
        assert ours == [name for name in names if name in ours], kind
        checked += 1
    assert checked > 15
