from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from netdesigner.datasets._tokens import (
    Tokens,
    _shown,
    _shown_bytes,
    known_tokens,
    learn_names,
    learned,
    numbers_of,
)
from netdesigner.datasets.text import PythonHelp, TextFile
from netdesigner.errors import DataError, MissingExtraError
from netdesigner.parts import Text
from netdesigner.parts.dataset import no_progress
from netdesigner.parts.tokens import bytes_of, characters_in, name_of, text_of

TEXT = "the cat sat on the mat, the rat sat on the cat.\n" * 30 + "naïve café, größer, 猫 und 猫.\n" * 20
SIZE = 290


@pytest.fixture(scope="module")
def names() -> tuple[str, ...]:
    return learn_names([TEXT], SIZE)


@pytest.fixture(scope="module")
def tokens(names: tuple[str, ...]) -> Tokens:
    return learned("text", names)


def test_learned_tokens_begin_with_the_bytes_and_are_as_many_as_wanted(names: tuple[str, ...]) -> None:
    assert len(names) == len(set(names)) == SIZE
    assert names[:256] == known_tokens("bytes").names
    assert " 猫" in names
    assert {"the", " the", " cat"} & set(names)
    assert not any(" " in name[1:] for name in names), "no token reaches into the next word"


def test_learning_again_gives_the_same(names: tuple[str, ...]) -> None:
    assert learn_names(iter([TEXT]), SIZE) == names


def test_texts_are_cut_as_the_library_that_learned_them_cuts(names: tuple[str, ...]) -> None:
    theirs = Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=alphabet, show_progress=False)
    theirs.train_from_iterator([TEXT], trainer)
    text = TEXT[:500] + "a text of another sort: on that hat, 猫y"
    shown = _shown_bytes()
    ours = [_shown(bytes_of(names[token]), shown) for token in learned("text", names).cut([text])[0]]
    assert ours == theirs.encode(text).tokens


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_comes_back_from_its_tokens(text: str, tokens: Tokens) -> None:
    (numbers,) = tokens.cut([text])
    found = [tokens.names[number] for number in numbers]
    assert b"".join(map(bytes_of, found)) == text.encode("utf-8", "replace")
    assert sum(map(characters_in, found)) == len(text)


@settings(max_examples=100)
@given(
    token=st.binary(min_size=1, max_size=8) | st.sampled_from([b"\\x41", "↵".encode(), b"\n", "▒".encode()])
)
def test_the_name_of_a_token_tells_its_bytes(token: bytes) -> None:
    assert bytes_of(name_of(token)) == token
    assert name_of(token).isprintable()


def test_a_character_in_several_tokens_is_read_as_one() -> None:
    assert text_of(["na", "\\xc3", "\\xaf", "ve", "↵", "\\x09"]) == "naïve↵\\x09"
    assert text_of(["\\xc3", "a"]) == "�a"


def test_long_texts_are_cut_in_pieces(tokens: Tokens) -> None:
    long = TEXT * 40
    told: list[float] = []
    found = numbers_of(long, tokens, lambda done, text: told.append(done))
    assert b"".join(bytes_of(tokens.names[number]) for number in found) == long.encode()
    assert told == sorted(told)
    np.testing.assert_array_equal(
        numbers_of(long, known_tokens("characters"), no_progress), known_tokens("characters").cut([long])[0]
    )


def test_damaged_tokens_are_refused(names: tuple[str, ...]) -> None:
    for damaged in (names[1:], (*names, "qqqqqq"), (*names, names[-1])):
        with pytest.raises(DataError, match="its learned tokens are damaged"):
            learned("text", damaged)


def text_file(folder: Path, content: str, **params: object) -> TextFile:
    (folder / "t.txt").write_text(content, encoding="utf-8")
    return TextFile(path=str(folder / "t.txt"), tokens="bpe", vocabulary=SIZE, length=16, **params)


def test_a_text_in_learned_tokens_is_described_and_shown(tmp_path: Path) -> None:
    data = text_file(tmp_path, TEXT)
    samples = data.load()
    assert data.describe() == samples.spec
    assert len(samples.spec.classes) == SIZE
    start = data.preview(samples)[0]
    assert isinstance(start, Text)
    assert start.text[:300] == TEXT[:300]


def test_tokens_are_learned_from_the_training_part_only(tmp_path: Path) -> None:
    held_out = "zyxwvu " * 300
    content = TEXT + held_out + TEXT
    train, held = text_file(tmp_path, content, validation=0.0, test=0.0), held_out[:6]
    assert any(held in name for name in train.load().spec.classes)
    seeds = [text_file(tmp_path, content, validation=0.0, test=0.7, split_seed=seed) for seed in range(12)]
    parts = ["".join(data._training_text(content, no_progress)) for data in seeds]
    assert {len(part) for part in parts} == {len(content) - round(0.7 * len(content))}
    without = [data for data, part in zip(seeds, parts, strict=True) if held not in part]
    assert without
    assert not any(held in name for name in without[0].load().spec.classes)


@pytest.mark.parametrize("seed", range(5))
def test_parts_begin_at_the_same_share_of_the_way_for_any_number(seed: int) -> None:
    data = PythonHelp(split_seed=seed)
    assert data.turn(100_000) / 100_000 == pytest.approx(data.turn(1000) / 1000, abs=2e-3)


def test_tokens_of_a_run_are_taken_and_not_learned_anew(tmp_path: Path) -> None:
    data = text_file(tmp_path, TEXT)
    spec = data.load().spec
    changed = text_file(tmp_path, TEXT.replace("cat", "dog"))
    again = changed.with_known(spec)
    assert changed.load().spec.classes != spec.classes
    assert again.load().spec.classes == spec.classes
    hidden = replace(spec, classes=(*spec.classes, "▒"))
    assert text_file(tmp_path, TEXT, hidden=0.2).with_known(hidden).load().spec.classes == hidden.classes


def test_tokens_of_a_run_that_learned_none_are_passed_over(tmp_path: Path) -> None:
    data = text_file(tmp_path, TEXT)
    plain = data.with_fields(tokens="characters")
    assert data.with_known(plain.load().spec) == data
    assert plain.with_known(data.load().spec) == plain


def test_a_missing_library_is_said_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'netdesigner\[text\]'"):
        text_file(tmp_path, TEXT).load()
