"""Opinions in English that are made up. Not a part."""

from __future__ import annotations

from random import Random

__all__ = ["CLASSES", "LONGEST", "opinions"]

CLASSES = ("bad", "good", "mixed")
_BAD, _GOOD, _MIXED = CLASSES

_THINGS = (
    "soup", "bread", "coffee", "dessert", "waiter", "room", "bed", "garden", "view", "film", "plot", "music",
    "actor", "book", "hotel", "train", "guide", "museum", "song", "story",
)  # fmt: skip
_WORDS = {
    _GOOD: ("good", "great", "lovely", "superb", "fine", "splendid", "charming", "perfect", "delightful", "clever"),
    _BAD: ("bad", "awful", "dull", "poor", "terrible", "dreadful", "boring", "useless", "horrible", "silly"),
}  # fmt: skip
_VERBS = {_GOOD: ("liked", "loved", "enjoyed", "praised"), _BAD: ("disliked", "hated", "mocked", "regretted")}
_PLAIN = ("", "very ", "really ", "quite ", "so ")
_NEGATED = ("not ", "hardly ", "never ", "far from ", "anything but ")
_SOME, _NONE = ("we all", "everyone", "my friends"), ("none of us", "no one", "nobody")
_JOINED = (" and ", "; ", ", while ")
_NEGATIONS = 1 / 3
"""So often a statement says the opposite of its word."""
_ALONE = 1 / 4
"""So often an opinion that is not mixed is of one statement."""


def _longest() -> int:
    """Characters of the longest text there can be."""

    def most(*words: tuple[str, ...]) -> int:
        return sum(max(map(len, some)) for some in words)

    said = most(("the ",), _THINGS, (" was ",), _PLAIN + _NEGATED, _WORDS[_GOOD] + _WORDS[_BAD])
    felt = most(_SOME + _NONE, (" ",), _VERBS[_GOOD] + _VERBS[_BAD], (" the ",), _THINGS)
    return 2 * max(said, felt) + most(_JOINED)


LONGEST = _longest()


def opinions(count: int, seed: int) -> tuple[list[str], list[int]]:
    """So many different texts, and of each the number of its class."""
    chance = Random(seed)  # noqa: S311 - opinions are no secrets
    found: dict[str, int] = {}
    while len(found) < count:
        number = chance.randrange(len(CLASSES))
        found.setdefault(_opinion(CLASSES[number], chance), number)
    return list(found), list(found.values())


def _opinion(which: str, chance: Random) -> str:
    """One statement or two, of two sorts where it is mixed; two are of different things."""
    same = [which] * (1 if chance.random() < _ALONE else 2)
    sorts = chance.sample((_GOOD, _BAD), 2) if which == _MIXED else same
    things = chance.sample(_THINGS, len(sorts))
    return chance.choice(_JOINED).join(_statement(*pair, chance) for pair in zip(sorts, things, strict=True))


def _statement(sort: str, thing: str, chance: Random) -> str:
    negated = chance.random() < _NEGATIONS
    sort = sort if not negated else _BAD if sort == _GOOD else _GOOD
    if chance.random() < 0.5:
        return (
            f"the {thing} was {chance.choice(_NEGATED if negated else _PLAIN)}{chance.choice(_WORDS[sort])}"
        )
    return f"{chance.choice(_NONE if negated else _SOME)} {chance.choice(_VERBS[sort])} the {thing}"
