from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from netdesigner.datasets.pairs import Sums, TextPairs, WrittenDates
from netdesigner.errors import DataError
from netdesigner.parts import Dataset, Table, Text
from netdesigner.parts.dataset import END, FILL, NO_CLASS, START


def pairs_of(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    """The first pairs, as they are shown."""
    table, _ = dataset.preview(dataset.load())
    assert isinstance(table, Table)
    return tuple((str(read), str(written)) for read, written in table.rows)


def table(path: Path, text: str) -> TextPairs:
    path.write_text(text, encoding="utf-8")
    return TextPairs(path=str(path))


def test_a_sample_is_the_text_to_read_and_the_one_to_write_moved_by_one(tmp_path: Path) -> None:
    samples = table(tmp_path / "t.csv", "read,write\nhello,yo\nno,never\n").load()
    assert samples.spec.input.shape == ("N", 6 + 6)
    names = samples.spec.classes
    y, o = names.index("y"), names.index("o")
    assert [names[token] for token in samples.input[0, :6]] == [*"hello", "end"]
    assert samples.input[0, 6:].tolist() == [START, y, o, FILL, FILL, FILL]
    assert samples.target[0].tolist() == [y, o, END, NO_CLASS, NO_CLASS, NO_CLASS]
    np.testing.assert_array_equal(samples.input[1, 7:], samples.target[1, :-1])


def test_dates_are_written_in_many_ways_and_mean_the_same() -> None:
    found = pairs_of(WrittenDates())
    forms = {re.sub(r"\d+", "0", re.sub(r"[A-Z][a-z]+", "A", read)) for read, _ in found}
    assert forms == {"0 A 0", "A 0, 0", "A, 0 A 0", "A 0 A 0", "0.0.0"}
    for read, written in found:
        day = date.fromisoformat(written)
        assert {str(day.day), str(day.year)} <= set(re.findall(r"\d+", read))
        if "." not in read:
            assert f"{day:%b}" in read
        if read.startswith(f"{day:%a}"):
            assert f"{day:%A}".startswith(re.split("[, ]", read)[0])


def test_sums_are_right() -> None:
    for read, written in pairs_of(Sums(digits=3)):
        one, other = read.split("+")
        assert int(one) + int(other) == int(written)
        assert max(len(one), len(other)) <= 3


def test_no_pair_comes_twice_so_that_none_is_held_out_and_learned() -> None:
    samples = WrittenDates(count=3000).load()
    assert len(np.unique(samples.input, axis=0)) == 3000


def test_there_are_no_more_sums_than_there_are_pairs_of_numbers() -> None:
    dataset = Sums(digits=1, count=5000)
    assert dataset.describe().rows == 100
    assert len(np.unique(dataset.load().input, axis=0)) == 100


def test_the_longest_texts_have_just_room() -> None:
    for dataset in (Sums(digits=1, count=100), WrittenDates(count=20000)):
        samples = dataset.load()
        written = samples.target.shape[1]
        assert (samples.input[:, -written - 1] == END).any()
        assert (samples.target[:, -1] == END).any()


def test_another_seed_makes_other_pairs() -> None:
    assert pairs_of(Sums(seed=1)) != pairs_of(Sums(seed=2))


def test_the_preview_says_where_a_sample_is_cut() -> None:
    _, how = Sums().preview(Sums().load())
    assert isinstance(how, Text)
    assert "a Split into 6 and 4 parts them" in how.text


def test_the_first_two_cells_count_and_other_characters_become_question_marks(tmp_path: Path) -> None:
    assert pairs_of(table(tmp_path / "t.csv", 'a;b;c\n"x; y";1;2\nü;z;3\n')) == (("x; y", "1"), ("?", "z"))


def test_a_table_may_have_no_header(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("one,1\ntwo,2\n")
    assert pairs_of(TextPairs(path=str(tmp_path / "t.csv"), header=False)) == (("one", "1"), ("two", "2"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a,b\n1,2\n3\n", "row 3: a row needs two cells"),
        ("a,b\n", "holds no pairs of texts"),
        ('a,b\n1,"2\n', "a quote is opened and never closed"),
    ],
)
def test_what_is_no_table_of_pairs_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(DataError) as caught:
        table(tmp_path / "t.csv", text).load()
    assert said in str(caught.value)


def test_texts_that_would_take_too_much_memory_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = table(tmp_path / "t.csv", "a,b\n" + "x,y\n" * 20 + f"{'x' * 300},y\n")
    monkeypatch.setattr("netdesigner.datasets._source.memory_limit", lambda: 10_000)
    with pytest.raises(DataError, match="all pairs, filled up to the longest, would take"):
        dataset.load()
