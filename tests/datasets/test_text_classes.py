from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from netdesigner.datasets._source import training_rows
from netdesigner.datasets.pairs import TextPairs
from netdesigner.datasets.text import TextFile
from netdesigner.datasets.text_classes import Opinions, TextClasses
from netdesigner.document import Choice
from netdesigner.errors import DataError, ParameterError
from netdesigner.parts import Bars, Catalog, Samples, Table
from netdesigner.parts.tokens import text_of

SAID = [
    ("good", "a fine day"), ("bad", "it rained; twice"), ("good", "sun\nand wind"), ("bad", "no, not again"),
    ("good", "a fine evening"), ("bad", "rain"), ("good", "fine"), ("bad", "rain and rain"),
]  # fmt: skip


GOOD = (
    "good", "great", "lovely", "superb", "fine", "splendid", "charming", "perfect", "delightful", "clever",
    "liked", "loved", "enjoyed", "praised",
)  # fmt: skip
BAD = (
    "bad", "awful", "dull", "poor", "terrible", "dreadful", "boring", "useless", "horrible", "silly",
    "disliked", "hated", "mocked", "regretted",
)  # fmt: skip
DENIED = ("not", "hardly", "never", "far from", "anything but", "none of us", "no one", "nobody")
NEEDED = "the name or number of a class is needed"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def texts(folder: Path, name: str = "t.csv", said: Any = SAID, **params: Any) -> TextClasses:
    if name.endswith(".csv"):
        content = "label,id,text\n" + "".join(f"{label},7,{quoted(text)}\n" for label, text in said)
    else:
        content = "".join(
            json.dumps({"text": text, "label": label, "id": [7]}) + "\n" for label, text in said
        )
    (folder / name).write_text(content, encoding="utf-8")
    return TextClasses(path=str(folder / name), **params)


def read(samples: Samples) -> list[str]:
    return [text_of(samples.spec.tokens[t] for t in row if t) for row in samples.input[:]]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.NDJSON"])
def test_texts_are_tokens_filled_up_or_cut_off_and_classes_numbers(name: str, tmp_path: Path) -> None:
    samples = texts(tmp_path, name, length=12).load()
    assert samples.spec.classes == ("bad", "good")
    assert samples.target.tolist() == [1, 0] * 4
    assert read(samples)[:3] == ["a fine day", "it rained; t", "sun↵and wind"]
    assert samples.input[0].tolist()[-2:] == [0, 0]
    assert samples.spec.tokens[0] == "fill"
    assert len(samples.spec.tokens) == 97
    assert texts(tmp_path, name, length=12).describe() == samples.spec


def test_tokens_are_learned_from_the_texts_that_are_trained_on(tmp_path: Path) -> None:
    said = [
        ("ab"[n % 2], f"{word} {word}") for n, word in enumerate(["quick", "brown", "zebra", "jumps"] * 10)
    ]
    data = texts(tmp_path, said=said, tokens="bpe", vocabulary=280, length=20)
    samples = data.load()
    trained = [said[row][1] for row in training_rows(data, samples.target)]
    assert len(trained) == 28
    merged = [name for name in samples.spec.tokens[257:] if len(name) > 1]
    assert merged
    assert all(any(name in text for text in trained) for name in merged)
    assert read(samples) == [text for _, text in said]
    one_word = [
        ("ab"[n % 2], "held" if n not in training_rows(data, samples.target) else "seen") for n in range(40)
    ]
    names = texts(tmp_path, said=one_word, tokens="bpe", vocabulary=280, length=20).load().spec.tokens
    assert "seen" in names
    assert not any("he" in name for name in names)


def test_tokens_of_a_run_are_taken(tmp_path: Path) -> None:
    data = texts(tmp_path, tokens="bpe", vocabulary=270, length=20)
    spec = data.load().spec
    other = texts(tmp_path, said=[(label, text[::-1]) for label, text in SAID], tokens="bpe", length=20)
    assert other.load().spec.tokens != spec.tokens
    assert other.with_known(spec).load().spec.tokens == spec.tokens


def test_a_task_reads_what_came_in(tmp_path: Path) -> None:
    samples = texts(tmp_path, length=20).load()
    task = Catalog.discover().task(Choice("classification"))
    assert task.read(samples.input[5], samples.spec) == "rain"


def test_a_class_is_the_same_number_however_json_writes_it(tmp_path: Path) -> None:
    lines = [json.dumps({"text": "x", "label": number}) for number in (1, 1.0, 0, True)]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    samples = TextClasses(path=str(tmp_path / "t.jsonl")).load()
    assert samples.spec.classes == ("0", "1", "True")
    assert samples.target[:].tolist() == [1, 1, 0, 2]


def test_the_preview_shows_texts_classes_and_lengths(tmp_path: Path) -> None:
    data = texts(tmp_path, length=12)
    table, classes, lengths = data.preview(data.load())
    assert isinstance(table, Table)
    assert (table.columns, table.rows[0]) == (("label", "text"), ("good", "a fine day"))
    assert isinstance(classes, Bars)
    assert classes.values == (4.0, 4.0)
    assert isinstance(lengths, Bars)
    assert sum(lengths.values) == 8


# -- opinions that are made up ----------------------------------------------------------------------------------------


def test_opinions_are_different_whole_and_of_every_class_alike() -> None:
    samples = Opinions(count=3000).load()
    said = read(samples)
    assert len(set(said)) == 3000
    assert 60 < max(map(len, said)) < samples.input.shape[1]
    assert np.bincount(samples.target[:]) == pytest.approx([1000] * 3, abs=100)
    assert read(Opinions(count=10).load()) == said[:10] != read(Opinions(count=10, seed=1).load())


def test_an_opinion_is_what_its_statements_say_turned_by_what_denies_them() -> None:
    samples = Opinions(count=300).load()
    for text, number in zip(read(samples), samples.target[:], strict=True):
        found = set()
        for statement in re.split(r"; |, while | and ", text):
            (word,) = (word for word in statement.split() if word in GOOD + BAD)
            denied = any(f" {no} " in f" {statement} " for no in DENIED)
            found.add((word in GOOD) != denied)
        assert samples.spec.classes[number] == (
            "mixed" if len(found) == 2 else "good" if True in found else "bad"
        )


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", "label,txt\na,b\n", "there is no column 'text'; did you mean 'txt'?"),
        ("t.csv", "a,b\nc,d\n", "there is no column 'text'; the first line names a, b"),
        ("t.csv", "label,text\na,b,c\n", "row 2: the row has 3 cells, the header 2; is a text unquoted?"),
        ("t.csv", "label,text\na,x\n,y\n", "row 3, column 'label': the class is missing"),
        ("t.csv", "label,text\n", "the file holds no texts"),
        ("t.csv", 'label,text\na,"x\n', "row 2: a quote is opened and never closed"),
        ("t.csv", "label,text\n" + "a,x\n" * 4, "'label' holds the one value 'a'"),
        ("t.jsonl", '{"text": "x", "label": [1]}', f"row 1, column 'label': {NEEDED}, this is a list"),
        ("t.jsonl", '{"text": "x"}', f"row 1, column 'label': {NEEDED}, this is nothing"),
        ("t.jsonl", '\n{"text": 5, "label": 1}', "row 2, column 'text': a text is needed, this is a number"),
        ("t.jsonl", '{"label": 1}', "row 1, column 'text': there is no such field"),
        ("t.jsonl", '{"text": "x", "label": ""}', "row 1, column 'label': the class is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_told_with_its_place(
    name: str, content: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content)
    data = TextClasses(path=str(tmp_path / name))
    with pytest.raises(DataError) as caught:
        data.load()
    assert str(caught.value).startswith(f"{tmp_path / name}: {said}")


def test_texts_beyond_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = texts(tmp_path, length=5000)
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 10_000)
    with pytest.raises(DataError, match="all texts, filled up, would take"):
        data.load()


def test_texts_are_not_their_own_classes() -> None:
    with pytest.raises(ParameterError, match="label: texts and classes stand in two columns"):
        Catalog.discover().dataset(Choice("text_classes", {"text": "a", "label": "a"}))


# -- the other data sets of texts, from JSON Lines -------------------------------------------------------------------


def test_the_texts_of_json_lines_are_one_text(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"body": "abc"}\n{"body": "déf\\ud800"}\n', encoding="utf-8")
    data = TextFile(path=str(tmp_path / "t.jsonl"), field="body", length=2, tokens="bytes")
    assert data.load().input.astype(np.uint8).tobytes() == b"abc\n\nd\xc3\xa9"
    with pytest.raises(DataError, match="row 1, column 'text': there is no such field"):
        TextFile(path=str(tmp_path / "t.jsonl")).load()


def test_pairs_of_json_lines_are_two_fields(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        '{"id": "1", "de": "Haus ", "en": "house"}\n{"en": "cat", "id": "2", "de": "Katze"}\n'
    )
    path = str(tmp_path / "p.jsonl")
    data = TextPairs(path=path, fields=["de", "en"])
    table = data.preview(data.load())[0]
    assert isinstance(table, Table)
    assert table.rows == (("Haus", "house"), ("Katze", "cat"))
    assert TextPairs(path=path).describe().target.shape == ("N", len("Katze") + 1)
    with pytest.raises(ParameterError, match="fields: expected two names or none, got 1"):
        TextPairs(path=path, fields=["de"])


@pytest.mark.parametrize("tokens", ["bytes", "bpe"])
def test_pairs_may_be_other_tokens(tokens: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("de,en\n" + "größer als,greater than\n" * 30, encoding="utf-8")
    data = TextPairs(path=str(tmp_path / "p.csv"), tokens=tokens, vocabulary=275)
    samples = data.load()
    assert data.describe() == samples.spec
    table = data.preview(samples)[0]
    assert isinstance(table, Table)
    assert table.rows[0] == ("größer als", "greater than")
    length = len("greater than") + 1
    assert (samples.spec.target.shape[1] == length) is (tokens == "bytes")
    assert data.with_known(samples.spec).load().spec == samples.spec
