"""What is to be reached, and whether it is; peers are compared by how far ahead of the same textbook service each is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from bench.measuring import Rounds, growth, ratio
from bench.service import DECLARED, OURS, TEXTBOOK

PGBENCH = "pgbench"
_MILLION = 1_000_000
_HUNDRED_THOUSAND = 100_000
_MIB = 2**20
_MOST_MEMORY = 150 * _MIB
_PLAIN = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q7", "Q8")
_SEARCHES = ("Q6", "Q6c")
_AHEAD = {
    TEXTBOOK: {**dict.fromkeys(_PLAIN, 20.0), "Q1": 12.0, "Q5": 12.0, **dict.fromkeys(_SEARCHES, 3.5)},
    DECLARED: {**dict.fromkeys(_PLAIN, 0.45), **dict.fromkeys(_SEARCHES, 0.15)},
    PGBENCH: {**dict.fromkeys(_PLAIN, 0.35), **dict.fromkeys(_SEARCHES, 0.25)},
}
_ASKED_AT = {TEXTBOOK: _MILLION, DECLARED: _HUNDRED_THOUSAND, PGBENCH: _HUNDRED_THOUSAND}
_QUESTIONS = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q6c", "Q7", "Q8")
PEERS: Mapping[str, tuple[int, ...]] = {
    TEXTBOOK: (328, 45, 31, 18, 227, 155, 98, 19, 55),
    "PostGraphile": (1010, 645, 729, 741, 615, 273, 288, 651, 1550),
    "Fastify": (5767, 2298, 2360, 2502, 2257, 496, 482, 2296, 6237),
}
"""Requests per second of peers and of a textbook service, measured side by side on two cores at 1,000,000 calls."""
_AHEAD_OF_PEERS = {
    "PostGraphile": {**dict.fromkeys(_PLAIN, 3.0), **dict.fromkeys(_SEARCHES, 2.0), "Q8": 2.0},
    "Fastify": dict.fromkeys(("Q2", "Q3", "Q4", "Q5", "Q7"), 1.0),
}
_GROWTH = {**dict.fromkeys(_QUESTIONS, 1.5), "Q6c": 3.0}
_LONGEST_COMMON_SEARCH = 100.0


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal and what was seen of it."""

    what: str
    seen: float
    bound: float
    asked_at: int
    """For how many calls it is asked."""
    upper: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is reached."""
        return self.seen <= self.bound if self.upper else self.seen >= self.bound

    def __str__(self) -> str:
        """What was seen, and what is asked for."""
        return f"{self.what}: {self.seen:.2f}, asked for are at {'most' if self.upper else 'least'} {self.bound:g}"


def ahead_of_peer(peer: str, question: str, ahead_of_textbook: float) -> float:
    """How far we are ahead of a peer, when both are measured by how far they are ahead of the textbook service."""
    place = _QUESTIONS.index(question)
    return ahead_of_textbook / (PEERS[peer][place] / PEERS[TEXTBOOK][place])


def goals(seen: Rounds, small: str | None, memory: int) -> Iterator[Goal]:
    """Every goal; `small` is our service over fewer calls, where it was measured too."""
    for other, bounds in _AHEAD.items():
        for question, bound in bounds.items():
            if question in seen:
                ahead = ratio(seen[question], OURS, other)
                yield Goal(f"{question} ours / {other}", ahead, bound, _ASKED_AT[other])
    for peer, bounds in _AHEAD_OF_PEERS.items():
        for question, bound in bounds.items():
            if question in seen:
                ahead = ahead_of_peer(peer, question, ratio(seen[question], OURS, TEXTBOOK))
                yield Goal(f"{question} ours / textbook against {peer} / textbook", ahead, bound, _MILLION)
    if small is not None:
        for question, bound in _GROWTH.items():
            for figure in ("p50", "p99") if question in seen else ():
                times = growth(seen[question], OURS, small, figure)
                yield Goal(f"{question} {figure} against {small}", times, bound, _MILLION, upper=True)
    if "Q6c" in seen:
        longest = median(one.p99 for one in seen["Q6c"][OURS])
        yield Goal("Q6c p99 in milliseconds", longest, _LONGEST_COMMON_SEARCH, _MILLION, upper=True)
    yield Goal("memory of our worker in MiB", memory / _MIB, _MOST_MEMORY / _MIB, 0, upper=True)
