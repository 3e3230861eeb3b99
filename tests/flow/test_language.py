"""A text on the whole way: what suits it, how it is learned and judged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netdesigner as nd
from netdesigner.checks import check, with_fixes
from netdesigner.datasets import _tokens
from netdesigner.document import Choice, Design
from netdesigner.errors import TrainingError
from netdesigner.parts import Catalog, Table, Text
from netdesigner.training.events import EpochEnd, Finished

CATALOG = Catalog.discover()
TOKENS = 96
LENGTH = 8


def reader(folder: Path, last: str = "Linear", size: int = TOKENS, task: str = "language_model") -> Design:
    """A network that reads a short text, with a mixture of experts whose balance is an Output of its own."""
    file = folder / "text.txt"
    file.write_text("the cat sat on the mat, the rat sat on the cat.\n" * 40, encoding="utf-8")
    net = nd.Builder()
    x = net.Embedding(net.Input(shape=(LENGTH,), dtype="int64"), num_embeddings=TOKENS, embedding_dim=16)
    x, *_ = net.GRU(x, hidden_size=16, batch_first=True)
    x, balance = net.MixtureOfExperts(x, num_experts=4, hidden_features=8)
    if last == "Flatten":
        x = net.Flatten(x, name="flat")
    net.Output(net.Linear(x, out_features=size, name="head"), name="scores")
    net.Output(net.Scale(balance, scale=0.01), name="balance")
    data = Choice("text", {"path": str(file), "length": LENGTH})
    return net.design(data=data, task=task, epochs=4, batch_size=16, learning_rate=0.02, seed=1)


def fixes_of(design: Design) -> dict[str, list[str]]:
    data = CATALOG.data_of(design)
    report = with_fixes(design, check(design, CATALOG, data), CATALOG, data)
    return {problem.code: [fix.text for fix in problem.fixes] for problem in report.problems}


def test_a_text_is_learned_judged_and_shown(tmp_path: Path) -> None:
    design, run = reader(tmp_path), tmp_path / "run"
    assert nd.check(design).problems == ()
    events = list(nd.train(design, run, device="cpu"))
    assert isinstance(events[-1], Finished)
    ends = [event for event in events if isinstance(event, EpochEnd)]
    assert ends[-1].validation["bits"] < ends[0].validation["bits"] < 7  # log2 96 is 6.6
    assert {"loss", "bits", "accuracy", "output:balance"} == ends[0].train.keys()
    found = nd.evaluate(run)
    assert found.measures["bits_a_token"] < 3
    assert found.measures["accuracy"] > 0.5
    written, true, said, _ = found.previews
    assert isinstance(written, Table)
    assert len(written.rows) == 4
    assert isinstance(true, Text)
    assert isinstance(said, Text)
    assert true.text in "the cat sat on the mat, the rat sat on the cat.↵" * 2
    assert isinstance(found.worst, Table)
    assert found.worst.columns == ("sample", "true", "said")


def test_learned_tokens_are_those_of_the_run_when_it_is_judged_and_resumed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, run = tmp_path / "text.txt", tmp_path / "run"
    file.write_text("the cat sat on the mat, the rat sat on the cat.\n" * 40, encoding="utf-8")
    net = nd.Builder()
    x = net.Embedding(net.Input(shape=(LENGTH,), dtype="int64"), num_embeddings=270, embedding_dim=8)
    net.Output(net.Linear(x, out_features=270))
    data = Choice("text", {"path": str(file), "length": LENGTH, "tokens": "bpe", "vocabulary": 270})
    design = net.design(data=data, task="language_model", epochs=1, batch_size=16)
    assert isinstance(list(nd.train(design, run, device="cpu"))[-1], Finished)

    def refuse(*given: object) -> None:
        raise AssertionError("tokens are learned anew")

    monkeypatch.setattr(_tokens, "learn_names", refuse)
    found = nd.evaluate(run).measures
    assert found["bits_a_character"] < found["bits_a_token"] / 2
    assert isinstance(list(nd.train(design, run, device="cpu", resume=True, epochs=2))[-1], Finished)


def test_sentences_are_classified_and_those_of_which_it_is_least_sure_are_read(tmp_path: Path) -> None:
    rows = [{"text": ("a fine day ", "it rained ")[n % 2] * (n % 5 + 1), "label": n % 2} for n in range(80)]
    (tmp_path / "said.jsonl").write_text("\n".join(map(json.dumps, rows)))
    net = nd.Builder()
    x = net.Embedding(net.Input(shape=(16,), dtype="int64"), num_embeddings=97, embedding_dim=8)
    net.Output(net.Linear(net.Mean(x, dim=[1]), out_features=2))
    data = Choice("text_classes", {"path": str(tmp_path / "said.jsonl"), "length": 16})
    design = net.design(data=data, task="classification", epochs=3, batch_size=8, learning_rate=0.05)
    assert nd.check(design).problems == ()
    assert isinstance(list(nd.train(design, tmp_path / "run", device="cpu"))[-1], Finished)
    found = nd.evaluate(tmp_path / "run")
    assert found.measures["accuracy"] == 1
    assert found.worst == Text("Most wrong", "None of these 12 samples was said wrong.")
    assert isinstance(found.unsure, Table)
    assert found.unsure.columns == ("sample", "true", "said", "input")
    assert {str(row[3])[:10] for row in found.unsure.rows} <= {"a fine day", "it rained", "it rained "}


@pytest.mark.parametrize("kind", ["GRU", "MultiheadAttention", "Conv1d"])
@pytest.mark.parametrize("past_only", [True, False])
def test_a_network_that_sees_what_comes_next_is_refused(kind: str, past_only: bool, tmp_path: Path) -> None:
    net = nd.Builder()
    x = net.Input(shape=(LENGTH,), dtype="int64")
    x = net.Embedding(x, num_embeddings=TOKENS, embedding_dim=LENGTH)
    match kind:
        case "GRU":
            x, *_ = net.GRU(x, hidden_size=8, batch_first=True, bidirectional=not past_only)
        case "MultiheadAttention":
            x = net.MultiheadAttention(x, x, x, num_heads=2, batch_first=True, is_causal=past_only)
        case "Conv1d":
            x = net.Pad(net.Transpose(x, dim0=1, dim1=2), pad=(2, 0) if past_only else (1, 1))
            x = net.Transpose(net.Conv1d(x, out_channels=8, kernel_size=3), dim0=1, dim1=2)
    net.Output(net.Linear(x, out_features=TOKENS))
    design = net.design(
        data=Choice("python_help", {"length": LENGTH, "most": 900}), task="language_model", epochs=1
    )
    if past_only:
        assert isinstance([*nd.train(design, tmp_path / "run", device="cpu")][-1], Finished)
        return
    with pytest.raises(TrainingError, match="sees what it should foretell") as caught:
        list(nd.train(design, tmp_path / "run", device="cpu"))
    assert "causal" in caught.value.advice[0]


def test_what_is_added_is_the_scaled_balance(tmp_path: Path) -> None:
    ends = [
        event
        for event in nd.train(reader(tmp_path), tmp_path / "run", device="cpu", epochs=1)
        if isinstance(event, EpochEnd)
    ]
    assert 0.01 <= ends[0].validation["output:balance"] < 0.04
    nats = ends[0].validation["bits"] * 0.6931472
    assert ends[0].validation["loss"] == pytest.approx(nats + ends[0].validation["output:balance"], rel=1e-4)


def test_the_number_of_tokens_is_offered(tmp_path: Path) -> None:
    assert fixes_of(reader(tmp_path, size=50))["ND420"][0] == "Set out_features to 96 at head"


def test_what_flattens_the_places_may_go(tmp_path: Path) -> None:
    assert "Remove flat" in fixes_of(reader(tmp_path, "Flatten"))["ND420"]


def test_a_text_offers_the_task_that_learns_it(tmp_path: Path) -> None:
    for task in ("classification", "regression"):
        assert fixes_of(reader(tmp_path, task=task))["ND421"] == ["Choose the task Language model"]
