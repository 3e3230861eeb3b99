"""A part of a network computes what the whole network computes there."""

from __future__ import annotations

import pytest
import torch

from netdesigner.compiler.part import Ends, part_of
from netdesigner.document import Choice, Design
from netdesigner.errors import ExportError
from netdesigner.session.exporting import load_model
from netdesigner.session.gallery import open_template
from netdesigner.tasks.reconstruction import Reconstruction
from tests.compiler.designs import CATALOG, Sketch


def coder(*, past: bool = False) -> Design:
    """A variational autoencoder of rows of six numbers, in which something may go past the narrow place."""
    net = Sketch()
    x = net("Input", name="row", shape=(6,))
    mean, spread = (net("Linear", x, name=name, out_features=2) for name in ("mean", "spread"))
    code = net("ReparameterizedSample", mean, spread, name="code")
    y = net("Linear", code, name="back", out_features=6)
    if past:
        y = net("Add", y, x, name="sum")
    net("Output", y, name="output")
    net("Output", net("BatchMean", net("Sum", spread, dim=[1])), name="cost")
    return net.design(task=Choice("reconstruction"))


def test_what_lies_behind_a_node_takes_what_the_node_gives() -> None:
    whole, part = (load_model(coder(), CATALOG, ends=ends) for ends in (Ends(), Ends("code")))
    assert [(name, str(spec)) for name, spec in part.inputs] == [("code", "[N, 2]")]
    assert [name for name, _ in part.outputs] == ["output"]
    assert not part.takes_samples
    row = torch.randn(3, 6)
    torch.testing.assert_close(part.module(whole.module.mean(row)), whole.module(row)[0])


def test_what_leads_to_a_node_gives_what_the_node_gives() -> None:
    whole, part = (load_model(coder(past=True), CATALOG, ends=ends) for ends in (Ends(), Ends(end="code")))
    assert [name for name, _ in part.inputs] == ["row"]
    assert [name for name, _ in part.outputs] == ["code_output"]
    assert part.takes_samples
    row = torch.randn(3, 6)
    torch.testing.assert_close(part.module(row), whole.module.mean(row))


def test_a_part_has_two_ends() -> None:
    part = load_model(coder(), CATALOG, ends=Ends("code", "back"))
    assert [name for name, _ in (*part.inputs, *part.outputs)] == ["code", "back_output"]
    assert [*part.module.state_dict()] == ["back.weight", "back.bias"]


def test_axes_without_a_length_and_tied_weights_stay() -> None:
    net = Sketch()
    tokens = net("Input", name="tokens", shape=(0,), axes=("T",), dtype="int64")
    x = net(
        "Linear",
        net("Embedding", tokens, name="table", num_embeddings=9, embedding_dim=4),
        out_features=4,
        name="mid",
    )
    net("Output", net("Linear", x, name="head", out_features=9, bias=False, tied="table"), name="scores")
    whole, part = (load_model(net.design(), CATALOG, ends=ends) for ends in (Ends(), Ends("mid")))
    assert [str(spec) for _, spec in part.inputs] == ["[N, T, 4]"]
    assert torch.equal(part.module.head.weight, whole.module.table.weight)


@pytest.mark.parametrize(
    ("ends", "past", "said"),
    [
        (Ends("coed"), False, "network 'main' has no node 'coed' that it needs; did you mean 'code'"),
        (Ends("code"), True, "what lies behind `code` also needs `row`, which goes past it"),
        (Ends("back", "mean"), False, "nothing that network 'main' gives is computed from `back`"),
        (Ends(end="nowhere_at_all"), False, "it has row, mean, spread, code"),
    ],
)
def test_what_is_no_part_is_refused(ends: Ends, past: bool, said: str) -> None:
    with pytest.raises(ExportError, match=said):
        part_of(coder(past=past), CATALOG, "main", ends)


def test_the_decoder_of_the_sample_design_makes_pictures_of_noise() -> None:
    design = open_template("vae")
    part = load_model(design, CATALOG, ends=Ends("sample"))
    assert [(name, str(spec)) for name, spec in part.inputs] == [
        ("sample", f"[N, {design.variables['latent']}]")
    ]
    assert [(name, str(spec)) for name, spec in part.outputs] == [("output", "[N, 1, 8, 8]")]
    made = Reconstruction().example_behind("ReparameterizedSample")
    assert made is not None
    assert made.__module__.endswith(".made")
    assert Reconstruction().example_behind("Linear") is None
