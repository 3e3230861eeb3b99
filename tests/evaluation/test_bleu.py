from __future__ import annotations

import math

import pytest

from netdesigner.evaluation.bleu import bleu

GUIDE = "It is a guide to action which ensures that the military always obeys the commands of the party"
TROOPS = "It is to insure the troops forever hearing the activity guidebook that party direct"
REFERENCES = (
    "It is a guide to action that ensures that the military will forever heed Party commands",
    "It is the guiding principle which guarantees the military forces always being under the command of the Party",
    "It is the practical guide for the army always to heed the directions of the party",
)
"""The first example of Papineni et al. 2002, of which they give the precisions of single words and pairs."""


def of(written: str, *wanted: str) -> float:
    return bleu([written.split()], [[text.split() for text in wanted]])


def test_the_examples_of_the_paper() -> None:
    # the precisions of runs of 1 to 4 words: 17/18, 10/17, 7/16, 4/15; as long as the nearest reference
    assert of(GUIDE, *REFERENCES) == pytest.approx((17 / 18 * 10 / 17 * 7 / 16 * 4 / 15) ** 0.25)
    assert of(TROOPS, *REFERENCES) == 0  # of 13 pairs one is right, and no longer run
    assert of("the the the the the the the", "the cat is on the mat", "there is a cat on the mat") == 0


def test_a_word_counts_no_more_often_than_one_reference_has_it() -> None:
    # with pairs out of reach only single words count
    assert bleu([["the"] * 7], [[["the"], ["the"]]]) == pytest.approx(1 / 7)


def test_whole_texts_are_counted_together_as_in_nltk() -> None:
    """0.5046 and 0.5921 stand in the documentation of its sentence_bleu and corpus_bleu."""
    book = "he read the book because he was interested in world history"
    wanted = "he was interested in world history because he read the book"
    assert of(GUIDE, *REFERENCES) == pytest.approx(0.5046, abs=1e-4)
    both = bleu([GUIDE.split(), book.split()], [[text.split() for text in REFERENCES], [wanted.split()]])
    assert both == pytest.approx(0.5921, abs=1e-4)


def test_what_is_right_is_1_and_what_is_short_is_less() -> None:
    assert of("a b c d e", "a b c d e") == 1
    assert of("a b", "a b") == 1
    assert of("a b c d", "a b c d e f g h") == pytest.approx(math.exp(1 - 8 / 4))
    assert of("a b c d e f", "a b c d") == pytest.approx((4 / 6 * 3 / 5 * 2 / 4 * 1 / 3) ** 0.25)


def test_nothing_written_is_0() -> None:
    assert bleu([[]], [[["a"]]]) == 0
    assert bleu([[]], [[[]]]) == 0
