"""How alike texts are that were written and texts that should have been."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Sequence

__all__ = ["bleu"]

_LONGEST = 4

Text = Sequence[Hashable]


def bleu(written: Sequence[Text], wanted: Sequence[Sequence[Text]]) -> float:
    """BLEU of whole texts, 0 to 1: the geometric mean of how many of the runs of 1 to 4 tokens are right.

    A run counts as right as often as it occurs in one of the wanted texts at most. Where less was written than was
    wanted, the mean is made smaller (brevity penalty). Nothing is smoothed: without one right run of 4 tokens it is 0.
    Runs longer than every wanted text do not count.

    Args:
        written: the texts, as tokens.
        wanted: for each of them one text or several that would be right.

    Source:
        K. Papineni, S. Roukos, T. Ward, W.-J. Zhu, BLEU: a method for automatic evaluation of machine translation,
        ACL 2002.
    """
    longest = max((len(text) for texts in wanted for text in texts), default=0)
    lengths = range(1, min(_LONGEST, longest) + 1)
    right, counts, short = dict.fromkeys(lengths, 0), dict.fromkeys(lengths, 0), 0
    for text, texts in zip(written, wanted, strict=True):
        short += min((abs(len(one) - len(text)), len(one)) for one in texts)[1]
        for length in lengths:
            most: Counter[Text] = Counter()
            for one in texts:
                most |= _runs(one, length)
            found = _runs(text, length)
            right[length] += (found & most).total()
            counts[length] += found.total()
    if not longest or not all(right.values()):
        return 0.0
    mean = sum(math.log(right[length] / counts[length]) for length in lengths) / len(lengths)
    total = sum(map(len, written))
    return math.exp(mean + min(0.0, 1 - short / total))


def _runs(text: Text, length: int) -> Counter[Text]:
    return Counter(tuple(text[at : at + length]) for at in range(len(text) - length + 1))
