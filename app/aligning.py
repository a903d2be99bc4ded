"""Which statements of different accounts make one point: by words and topics, or by codes where words tell nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from math import log, sqrt
from typing import Literal

By = Literal["words", "codes"]
Speaking = Literal["same", "joint", "other"]
ALIKE = 0.2
"""How alike two statements of the same speakers are, at least, to make the same point."""
ECHOING = 0.3
"""The same of different speakers, who often say much the same to each other."""
MOST_WORDS = 40
"""By how many of its words a statement is compared, those first that fewest others have."""
_OF_A_TOPIC = 2
"""How many words a topic counts for: somebody chose it to say what the statement is about."""
_WHOLE = 1 << 30
"""What weights are multiplied by to be whole."""
_Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Said:
    """A statement as it is compared: which account reports it, who speaks, and what it is told by.

    The topics are those it was given, with their broader ones.
    """

    account: int
    language: str
    speakers: frozenset[str]
    words: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    act: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """Two statements, by their places, that make the same point, or that echo each other if other people speak."""

    one: int
    other: int
    score: float
    by: By
    speakers: Speaking


def match(said: Sequence[Said]) -> list[Match]:
    """The matches among statements of different accounts, in the order of their places.

    Of two accounts a statement goes with that of the other which it is most like, and with those that are most like it,
    so that one that an account splits goes with both halves. Ties are kept.
    """
    likeness = _Likeness(said)
    spoken = cache(speaking)
    found: list[Match] = []
    for ours, theirs in combinations(_by_account(said), 2):
        alike: dict[_Pair, float] = {}
        echoing: dict[_Pair, float] = {}
        for pair in product(ours, theirs):
            echoes = spoken(said[pair[0]].speakers, said[pair[1]].speakers) == "other"
            score = likeness.of(*pair, by_codes=not echoes)
            if score >= (ECHOING if echoes else ALIKE):
                (echoing if echoes else alike)[pair] = score
        found += (_match(said, pair, scores[pair]) for scores in (alike, echoing) for pair in _best(scores))
    return sorted(found, key=lambda one: (one.one, one.other))


def points(said: Sequence[Said], matches: Iterable[Match]) -> list[list[int]]:
    """The places of the statements, those together that make one point, in the order of the first of each."""
    point = list(range(len(said)))

    def first(place: int) -> int:
        while point[place] != place:
            place = point[place]
        return place

    for one in matches:
        if one.speakers != "other":
            low, high = sorted((first(one.one), first(one.other)))
            point[high] = low
    found: defaultdict[int, list[int]] = defaultdict(list)
    for place in range(len(said)):
        found[first(place)].append(place)
    return list(found.values())


def speaking(one: frozenset[str], other: frozenset[str]) -> Speaking:
    """Whether the same people speak; jointly, where one of the accounts has others speak with them."""
    if one == other:
        return "same"
    return "joint" if one <= other or other <= one else "other"


def _by_account(said: Sequence[Said]) -> list[list[int]]:
    places: defaultdict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(said):
        places[one.account].append(place)
    return [places[account] for account in sorted(places)]


class _Likeness:
    """How alike statements are: the cosine of what they are told by, each term weighing the more the fewer have it.

    Each statement is a document (TF-IDF). Weights are squared and whole, so that sums of them are exact in any order.
    """

    def __init__(self, said: Sequence[Said]) -> None:
        """Weigh the terms of all of them: their words and topics, and the topics alone."""
        self._said = said
        number = Counter(term for one in said for terms in (one.words, one.topics) for term in terms)
        every = {topic for one in said for topic in one.topics}
        self._squares = {
            term: round(_WHOLE * (log(1 + len(said) / times) * (_OF_A_TOPIC if term in every else 1)) ** 2)
            for term, times in number.items()
        }
        self._terms = [one.topics.union(self._rarest(one.words)) for one in said]
        self._lengths = [self._sum(terms) for terms in self._terms]
        self._lengths_of_topics = [self._sum(one.topics) for one in said]

    def of(self, one: int, other: int, *, by_codes: bool) -> float:
        """How alike two are, from 0 to 1; `by_codes` tells whether they need no word in common."""
        mine, its = self._said[one], self._said[other]
        within = mine.language == its.language
        common = self._terms[one] & self._terms[other] if within else mine.topics & its.topics
        # A topic is coarse, and a whole call may be about it: where words tell nothing, the act has to be one as well.
        if common <= mine.topics and not (by_codes and mine.act is not None and mine.act == its.act):
            return 0
        lengths = self._lengths if within else self._lengths_of_topics
        return self._cosine(common, lengths[one] * lengths[other])

    def _cosine(self, common: frozenset[str], squared: int) -> float:
        return round(self._sum(common) / sqrt(squared), 3) if common else 0

    def _sum(self, terms: Iterable[str]) -> int:
        return sum(map(self._squares.__getitem__, terms))

    def _rarest(self, words: Iterable[str]) -> list[str]:
        return sorted(words, key=lambda word: (-self._squares[word], word))[:MOST_WORDS]


def _best(scores: Mapping[_Pair, float]) -> list[_Pair]:
    """The pairs that are the best of one of their two."""
    best_of: defaultdict[int, float] = defaultdict(float)
    for pair, score in scores.items():
        for place in pair:
            best_of[place] = max(best_of[place], score)
    return [pair for pair, score in scores.items() if score in {best_of[place] for place in pair}]


def _match(said: Sequence[Said], pair: _Pair, score: float) -> Match:
    one, other = said[pair[0]], said[pair[1]]
    return Match(
        *pair, score, "words" if one.language == other.language else "codes", speaking(one.speakers, other.speakers)
    )
