"""What is drawn by chance: the frequent by Zipf, things that differ, and words that mean nothing."""

from bisect import bisect
from collections.abc import Callable, Sequence
from itertools import accumulate
from random import Random
from typing import TypeVar

_SLOTS = 65_536
_ONSETS = "b c d f g h j k l m n p r s t v w z br ch dr kh sh st tr zh".split()
_VOWELS = "a e i o u ai ei ia ou".split()
_CODAS = ("", "", "", "n", "r", "l", "s", "ng")

T = TypeVar("T")


def by_zipf(things: Sequence[T]) -> list[T]:
    """A list in which the second thing stands half as often as the first, the third a third as often, and so on."""
    weights = list(accumulate(1 / rank for rank in range(1, len(things) + 1)))
    return [things[bisect(weights, (slot + 0.5) / _SLOTS * weights[-1])] for slot in range(_SLOTS)]


def differing(things: Sequence[T], number: int, chance: Random) -> list[T]:
    """Draw as many as asked for, none twice."""
    drawn = dict.fromkeys(chance.choices(things, k=number))
    while len(drawn) < number:
        drawn[chance.choice(things)] = None
    return list(drawn)


def distinct(number: int, make: Callable[[], str]) -> list[str]:
    """As many different texts as asked for, as they come."""
    made: dict[str, None] = {}
    while len(made) < number:
        made[make()] = None
    return list(made)


def word(chance: Random) -> str:
    """One to three syllables, none of which begins with a q."""
    return "".join(
        chance.choice(_ONSETS) + chance.choice(_VOWELS) + chance.choice(_CODAS)
        for _ in range(chance.choice((1, 1, 2, 2, 3)))
    )


def name(chance: Random) -> str:
    """A name of a person or a country."""
    return f"{word(chance)}{word(chance)}".title()
