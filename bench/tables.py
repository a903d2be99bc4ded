"""What was measured, as Markdown: the ratios, which are the result, then the figures, then which goals are reached."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median

from bench.goals import PGBENCH, Goal
from bench.load import Seen
from bench.measuring import Rounds, growth, ratio
from bench.questions import NAMES
from bench.service import DECLARED, OURS, ROUTE, TEXTBOOK, UVICORN

_OTHERS = (TEXTBOOK, DECLARED, ROUTE, UVICORN, PGBENCH)


def ratios(seen: Rounds, small: str | None) -> Iterator[str]:
    """How many times as many answers we give as the others, and how much the answers grow over more calls."""
    growing = [] if small is None else [f"{figure} / {small}" for figure in ("p50", "p99", "bytes")]
    yield from _head(["", "question", *(f"ours / {other}" for other in _OTHERS), *growing])
    for name, rounds in seen.items():
        cells = [name, NAMES[name], *(f"{ratio(rounds, OURS, other):.2f}" for other in _OTHERS)]
        if small is not None:
            cells += [f"{growth(rounds, OURS, small, figure):.2f}" for figure in ("p50", "p99", "size")]
        yield _row(cells)


def figures(seen: Rounds) -> Iterator[str]:
    """The medians of the rounds by contender, and all errors."""
    yield from _by_contender("answers a second", seen, lambda turns: f"{_median(turns, 'per_second'):,.0f}")
    yield ""
    times = "p50 / p99 in ms"
    yield from _by_contender(times, seen, lambda turns: f"{_median(turns, 'p50'):.1f} / {_median(turns, 'p99'):.1f}")
    yield ""
    yield from _by_contender("bytes / errors", seen, lambda turns: f"{_median(turns, 'size'):,.0f} / {_errors(turns)}")


def _by_contender(what: str, seen: Rounds, cell: Callable[[Sequence[Seen]], str]) -> Iterator[str]:
    yield from _head([what, *next(iter(seen.values()))])
    for name, rounds in seen.items():
        yield _row([name, *map(cell, rounds.values())])


def _errors(turns: Sequence[Seen]) -> int:
    return sum(one.errors for one in turns)


def reached(goals: Iterable[Goal], calls: int) -> Iterator[str]:
    """Of each kind of goal, where it holds and where it does not, each with what was seen and the bound."""
    for (what, asked_at), alike in groupby(goals, key=lambda goal: (goal.what, goal.asked_at)):
        told = sorted(alike, key=lambda goal: goal.of)
        parts = []
        for name, there in (("holds", True), ("does not hold", False)):
            found = [f"{one.of} {one.seen:.2f} ({_bound(one)})" for one in told if one.holds is there]
            parts += [f"{name} for {', '.join(found)}"] if found else []
        later = f" (asked at {asked_at:,} calls)" if asked_at > calls else ""
        yield f"- {what}{later}: {'; '.join(parts)}"


def _bound(goal: Goal) -> str:
    return f"at {'most' if goal.upper else 'least'} {goal.bound:g}"


def _median(turns: Sequence[Seen], figure: str) -> float:
    return float(median(getattr(one, figure) for one in turns))


def _head(cells: Sequence[str]) -> Iterator[str]:
    yield _row(cells)
    yield f"|{'---|' * len(cells)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
