"""The measurement: every contender is asked every question in every round, in turns."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from bench.load import Plan, Seen
from bench.running import Service, load

CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Turn:
    """One contender's turn at one question."""

    question: str
    seconds: float
    lead_in: float
    part: float
    """Where in its rotation a contender begins, from 0 to 1, so that every round asks for others."""


Contender = Callable[[Turn], Seen]
Rounds = Mapping[str, Mapping[str, Sequence[Seen]]]
"""What was seen, by question and contender, a round at a time."""


@dataclass(frozen=True, slots=True)
class Pace:
    """For how long each turn lasts, and how many rounds there are."""

    seconds: float
    lead_in: float
    warm_up: float
    rounds: int


def over_http(service: Service, targets: Mapping[str, list[str]]) -> Contender:
    """A service that is asked over HTTP for the targets of each question."""

    def ask(turn: Turn) -> Seen:
        asked = targets[turn.question]
        first = int(turn.part * len(asked))
        return load(Plan(service.port, asked, first, turn.seconds, CONNECTIONS, turn.lead_in))

    return ask


def measure(contenders: Mapping[str, Contender], questions: Sequence[str], pace: Pace) -> Rounds:
    """Ask in turns, once to warm up where there is time for it, and then in rounds."""
    seen: dict[str, dict[str, list[Seen]]] = {name: {which: [] for which in contenders} for name in questions}
    for number in range(0 if pace.warm_up else 1, pace.rounds + 1):
        seconds, lead_in = (pace.seconds, pace.lead_in) if number else (pace.warm_up, 0.0)
        for name in questions:
            for which, ask in contenders.items():
                one = ask(Turn(name, seconds, lead_in, number / (pace.rounds + 1)))
                if number:
                    seen[name][which].append(one)
        print(f"round {number} of {pace.rounds} is done" if number else "all are warm", file=sys.stderr)
    return seen


def ratio(rounds: Mapping[str, Sequence[Seen]], ours: str, other: str) -> float:
    """How many times as many answers: the median of the rounds' ratios, since other work weighs on a whole round."""
    pairs = zip(rounds[ours], rounds[other], strict=True)
    return median(mine.per_second / max(theirs.per_second, 0.01) for mine, theirs in pairs)


def growth(rounds: Mapping[str, Sequence[Seen]], large: str, small: str, figure: str) -> float:
    """How many times as large a figure of an answer is: the median of the rounds' ratios."""
    pairs = zip(rounds[large], rounds[small], strict=True)
    return float(median(getattr(there, figure) / max(getattr(here, figure), 0.001) for there, here in pairs))
