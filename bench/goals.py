"""What is to be reached, and what is; peers are compared by how far each is ahead of one textbook service."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from bench.measuring import Rounds, growth, ratio
from bench.service import DECLARED, OURS, TEXTBOOK

PGBENCH = "pgbench"
_MILLION = 1_000_000
_HUNDRED_THOUSAND = 100_000
_PLAIN = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q7", "Q8")
_SEARCHES = ("Q6", "Q6c")
_AHEAD = {
    TEXTBOOK: {**dict.fromkeys(_PLAIN, 20.0), "Q1": 12.0, "Q5": 12.0, **dict.fromkeys(_SEARCHES, 3.5)},
    DECLARED: {**dict.fromkeys(_PLAIN, 0.45), **dict.fromkeys(_SEARCHES, 0.15)},
    PGBENCH: {**dict.fromkeys(_PLAIN, 0.35), **dict.fromkeys(_SEARCHES, 0.25)},
}
_ASKED_AT = {TEXTBOOK: _MILLION, DECLARED: _HUNDRED_THOUSAND, PGBENCH: _HUNDRED_THOUSAND}
_PER_SECOND: Mapping[str, Mapping[str, int]] = {
    "Q1": {TEXTBOOK: 328, "PostGraphile": 1010, "Fastify": 5767},
    "Q2": {TEXTBOOK: 45, "PostGraphile": 645, "Fastify": 2298},
    "Q3": {TEXTBOOK: 31, "PostGraphile": 729, "Fastify": 2360},
    "Q4": {TEXTBOOK: 18, "PostGraphile": 741, "Fastify": 2502},
    "Q5": {TEXTBOOK: 227, "PostGraphile": 615, "Fastify": 2257},
    "Q6": {TEXTBOOK: 155, "PostGraphile": 273, "Fastify": 496},
    "Q6c": {TEXTBOOK: 98, "PostGraphile": 288, "Fastify": 482},
    "Q7": {TEXTBOOK: 19, "PostGraphile": 651, "Fastify": 2296},
    "Q8": {TEXTBOOK: 55, "PostGraphile": 1550, "Fastify": 6237},
}
"""The answers of a textbook service and of peers, measured side by side on two cores at 1,000,000 calls."""
_AHEAD_OF_PEERS = {
    "PostGraphile": {**dict.fromkeys(_PLAIN, 3.0), **dict.fromkeys(_SEARCHES, 2.0), "Q8": 2.0},
    "Fastify": dict.fromkeys(("Q2", "Q3", "Q4", "Q5", "Q7"), 1.0),
}
_GROWTH = {**dict.fromkeys((*_PLAIN, *_SEARCHES), 1.5), "Q6c": 3.0}
_LONGEST_COMMON_SEARCH = 100.0
_MOST_MEMORY = 150.0


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal, and what was seen of it."""

    what: str
    of: str
    """The question, or whatever else it is asked of."""
    seen: float
    bound: float
    asked_at: int
    """For how many calls it is asked."""
    upper: bool = False

    @property
    def holds(self) -> bool:
        """Whether it is reached."""
        return self.seen <= self.bound if self.upper else self.seen >= self.bound


def goals(seen: Rounds, small: str | None, memory: float) -> Iterator[Goal]:
    """Every goal; `small` is our service over fewer calls, if that was measured too, and `memory` is in MiB."""
    yield from _ahead(seen)
    yield from _ahead_of_peers(seen)
    if small is not None:
        yield from _grown(seen, small)
    if "Q6c" in seen:
        longest = median(one.p99 for one in seen["Q6c"][OURS])
        yield Goal("p99 in ms", "Q6c", longest, _LONGEST_COMMON_SEARCH, _MILLION, upper=True)
    yield Goal("MiB of memory", "our worker", memory, _MOST_MEMORY, 0, upper=True)


def _ahead(seen: Rounds) -> Iterator[Goal]:
    for other, bounds in _AHEAD.items():
        for question in bounds.keys() & seen.keys():
            ahead = ratio(seen[question], OURS, other)
            yield Goal(f"ours / {other}", question, ahead, bounds[question], _ASKED_AT[other])


def _ahead_of_peers(seen: Rounds) -> Iterator[Goal]:
    for peer, bounds in _AHEAD_OF_PEERS.items():
        for question in bounds.keys() & seen.keys():
            theirs = _PER_SECOND[question][peer] / _PER_SECOND[question][TEXTBOOK]
            ahead = ratio(seen[question], OURS, TEXTBOOK) / theirs
            what = f"(ours / {TEXTBOOK}) / ({peer} / {TEXTBOOK})"
            yield Goal(what, question, ahead, bounds[question], _MILLION)


def _grown(seen: Rounds, small: str) -> Iterator[Goal]:
    for figure in ("p50", "p99"):
        for question in _GROWTH.keys() & seen.keys():
            times = growth(seen[question], OURS, small, figure)
            yield Goal(f"{figure} / {figure} {small}", question, times, _GROWTH[question], _MILLION, upper=True)
