from __future__ import annotations

from pathlib import Path
from pydoc_data.topics import topics

import numpy as np
import pytest

from netdesigner.datasets import text as text_module
from netdesigner.datasets.text import PythonHelp, TextFile
from netdesigner.errors import DataError
from netdesigner.parts import Bars, Samples, Text
from netdesigner.parts.dataset import HIDDEN, NO_CLASS
from netdesigner.parts.rows import Rows
from netdesigner.training.data import prepare


def text(folder: Path, content: str, **params: object) -> TextFile:
    path = folder / "t.txt"
    path.write_bytes(content.encode())
    return TextFile(path=str(path), **params)


def said(samples: Samples) -> list[str]:
    """The inputs as texts."""
    return ["".join(samples.spec.classes[token] for token in row) for row in samples.input]


def test_how_numbers_are_scaled_stands_aside_for_tokens() -> None:
    shown = {declared.name: declared.advanced for declared in PythonHelp.params()}
    assert (shown["tokens"], shown["normalize"]) == (False, True)


def test_windows_follow_one_another_and_targets_are_one_token_ahead(tmp_path: Path) -> None:
    samples = text(tmp_path, "abcdefghijkl", length=4).load()
    assert said(samples) == ["abcd", "efgh"]  # l is a target only: what comes after it is not known
    flat = samples.input.reshape(-1)
    np.testing.assert_array_equal(samples.target.reshape(-1)[:-1], flat[1:])
    assert samples.spec.classes[samples.target[1, 3]] == "i"


def test_every_token_after_the_first_is_foretold_once(tmp_path: Path) -> None:
    samples = text(tmp_path, "".join(map(chr, range(32, 32 + 65))), length=8).load()
    assert sorted(samples.target.reshape(-1)) == list(range(2, 2 + 64))


def test_characters_are_the_same_96_for_every_text(tmp_path: Path) -> None:
    one = text(tmp_path, "ab\ncd é€😀 x", length=2).load()
    assert one.spec.classes == PythonHelp().describe().classes
    assert len(one.spec.classes) == 96
    assert "".join(said(one)) == "ab↵cd ??? "


def test_bytes_hold_any_language(tmp_path: Path) -> None:
    content = "naïve €\n" * 3
    samples = text(tmp_path, content, length=3, tokens="bytes").load()
    assert samples.input.astype(np.uint8).tobytes() == content.encode()[: samples.input.size]
    assert said(samples)[:2] == ["na\\xc3", "\\xafve"]
    assert len(set(samples.spec.classes)) == 256


def test_a_mark_of_byte_order_is_no_token(tmp_path: Path) -> None:
    assert said(text(tmp_path, "\ufeffabcde", length=2).load()) == ["ab", "cd"]


@pytest.mark.parametrize("tokens", ["characters", "bytes"])
def test_lines_end_in_the_same_token_wherever_they_were_written(tokens: str, tmp_path: Path) -> None:
    data = text(tmp_path, "", length=3, tokens=tokens)
    Path(data.path).write_bytes(b"ab\r\ncd\r\nef")
    assert said(data.load()) == ["ab\u21b5", "cd\u21b5"]


def test_a_text_shorter_than_a_window_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"are 4 tokens, and one sample takes 5; .* a smaller length"):
        text(tmp_path, "abcd", length=4).load()


def test_what_is_no_text_is_told_with_the_place(tmp_path: Path) -> None:
    data = text(tmp_path, "abc")
    Path(data.path).write_bytes(b"abc\xff")
    with pytest.raises(DataError, match=r"not a text in UTF-8 \(byte 3\)"):
        data.load()


def test_of_a_long_text_the_beginning_is_enough(tmp_path: Path) -> None:
    data = text(tmp_path, "abcdefghijkl", length=3, most=7)
    assert said(data.load()) == ["abc", "def"]
    assert data.describe() == data.load().spec
    with pytest.raises(DataError, match="there are 3 tokens, and one sample takes 4; use more of the text"):
        text(tmp_path, "abcdefghijkl", length=3, most=3).load()


@pytest.mark.parametrize("tokens", ["characters", "bytes"])
def test_the_help_pages_are_known_in_number_before_they_are_loaded(tokens: str) -> None:
    data = PythonHelp(tokens=tokens)
    assert data.describe() == data.load().spec


def test_no_paragraph_of_the_help_pages_stands_twice() -> None:
    pages = "\n\n".join(topics.values()).split("\n\n")
    found = "".join(said(PythonHelp(length=2, tokens="bytes").load())).split("↵↵")
    assert len(pages) > len(set(pages)), "the reason why it is looked after"
    assert len(found) == len(set(found)) > 1000


def test_of_hidden_tokens_only_those_are_learned(tmp_path: Path) -> None:
    plain = text(tmp_path, "abcdefghij" * 400, length=20).load()
    samples = text(tmp_path, "abcdefghij" * 400, length=20, hidden=0.25).load()
    learned = samples.target != NO_CLASS
    assert (learned.sum(axis=1) == 5).all()
    np.testing.assert_array_equal(samples.target[learned], plain.input[learned])
    np.testing.assert_array_equal(samples.input[~learned], plain.input[~learned])


def test_most_hidden_tokens_are_marked_some_are_others_and_some_themselves(tmp_path: Path) -> None:
    samples = text(tmp_path, "abcdefghij" * 4000, length=20, hidden=0.25).load()
    learned = samples.target != NO_CLASS
    shown, true = samples.input[learned], samples.target[learned]
    mark = samples.spec.classes.index(HIDDEN)
    assert mark == len(samples.spec.classes) - 1
    assert (shown == mark).mean() == pytest.approx(0.8, abs=0.02)
    assert (shown == true).mean() == pytest.approx(0.1, abs=0.02)


def test_at_least_one_token_of_a_sample_is_hidden(tmp_path: Path) -> None:
    samples = text(tmp_path, "abcdefgh", length=2, hidden=0.01).load()
    assert ((samples.target != NO_CLASS).sum(axis=1) == 1).all()


@pytest.mark.parametrize("params", [{}, {"tokens": "bytes"}, {"hidden": 0.25}])
def test_a_long_text_is_widened_when_it_is_needed(
    params: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = text(tmp_path, "abcdefghij\n" * 400, length=20, **params)
    whole = data.load()
    monkeypatch.setattr(text_module, "_LONG", whole.input[:].size - 1)
    samples = data.load()
    assert isinstance(samples.input, Rows)
    assert isinstance(samples.target, Rows)
    assert samples.spec == whole.spec
    if "hidden" not in params:
        assert prepare(data, samples).digest == prepare(data, whole).digest
        assert data.preview(samples) == data.preview(whole)
    learned = samples.target[:] != NO_CLASS
    plain = text(tmp_path, "abcdefghij\n" * 400, length=20).load() if "hidden" in params else whole
    np.testing.assert_array_equal(samples.input[:][~learned], plain.input[:][~learned])


def test_the_preview_shows_the_beginning_in_lines_and_the_most_frequent(tmp_path: Path) -> None:
    data = text(tmp_path, "aa b\naa c\n", length=3)
    start, bars = data.preview(data.load())
    assert isinstance(start, Text)
    assert start.text == "aa b\naa c"
    assert isinstance(bars, Bars)
    assert (bars.labels[:2], bars.values[:2]) == (("a", "space"), (4.0, 2.0))
