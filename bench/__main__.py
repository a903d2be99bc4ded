"""`python -m bench`: generate records, hold both services to the same answers, measure them in turns, print a table."""

import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from app.embedded import embedded_postgres
from bench.compare import Differs, compare
from bench.load import Plan, Seen
from bench.questions import NAMES, Question, make_questions
from bench.running import SEED, load, machine, prepare, serving

_CONNECTIONS = 16
_COMPARED = 60
_GOAL = 4.0
_SERVICES = ("ours", "textbook")

bench = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done."""

    calls: int
    seconds: float
    lead_in: float
    warm_up: float
    rounds: int
    compared: int


def _measure(ports: dict[str, int], questions: dict[str, Question], extent: Extent) -> dict[str, dict[str, list[Seen]]]:
    """What was seen, by question and service, a round at a time, the services in turns."""
    seen: dict[str, dict[str, list[Seen]]] = {name: {which: [] for which in _SERVICES} for name in questions}
    for round_number in range(extent.rounds + 1):
        for name, question in questions.items():
            for which in _SERVICES:
                targets = getattr(question, which)
                plan = Plan(
                    port=ports[which],
                    targets=targets,
                    first=round_number * len(targets) // (extent.rounds + 1),
                    seconds=extent.seconds if round_number else extent.warm_up,
                    lead_in=extent.lead_in if round_number else 0,
                    connections=_CONNECTIONS,
                )
                one = load(plan)
                # The first round only warms both services up.
                if round_number:
                    seen[name][which].append(one)
        if round_number:
            print(f"round {round_number} of {extent.rounds} is done", file=sys.stderr)
    return seen


def _table(seen: dict[str, dict[str, list[Seen]]]) -> Iterator[str]:
    yield "| | question | ours req/s | p50 ms | p99 ms | textbook req/s | p50 ms | p99 ms | **ratio** | bytes |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, rounds in seen.items():
        cells = [name, NAMES[name]]
        for which in _SERVICES:
            cells += [
                f"{median(one.per_second for one in rounds[which]):,.0f}",
                f"{median(one.p50 for one in rounds[which]):.1f}",
                f"{median(one.p99 for one in rounds[which]):.1f}",
            ]
        sizes = [f"{median(one.size for one in rounds[which]):,.0f}" for which in _SERVICES]
        yield f"| {' | '.join([*cells, f'**{_ratio(rounds):.1f}**', ' / '.join(sizes)])} |"


def _ratio(rounds: dict[str, list[Seen]]) -> float:
    """The median of the rounds' ratios: what else the machine did weighs on both halves of a round alike."""
    pairs = zip(rounds["ours"], rounds["textbook"], strict=True)
    return median(ours.per_second / max(textbook.per_second, 0.01) for ours, textbook in pairs)


@bench.command()
def main(  # noqa: PLR0913
    *,
    calls: Annotated[int, typer.Option(min=50, help="How many calls to generate.")] = 10_000,
    seconds: Annotated[
        float, typer.Option(min=0.1, help="How long each service is asked each question a round.")
    ] = 1.5,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 5,
    only: Annotated[list[str] | None, typer.Option(help="Only this question, such as Q2. Repeat it.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only see that all of it works, in a few seconds.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the records in this folder, and use them if they are there.")
    ] = None,
) -> None:
    """Measure the service beside a textbook's; only the ratios mean anything on another machine."""
    if only and not set(only) <= NAMES.keys():
        message = f"The questions are {', '.join(NAMES)}."
        raise typer.BadParameter(message)
    extent = Extent(300, 0.2, 0.0, 0.1, 1, 10) if quick else Extent(calls, seconds, 0.3, 1.0, rounds, _COMPARED)
    folder = nullcontext(data_dir) if data_dir else tempfile.TemporaryDirectory(prefix="telcon-bench-")
    with folder as name, embedded_postgres(Path(name)) as url:
        print(f"recording {extent.calls} calls", file=sys.stderr)
        asyncio.run(prepare(url, extent.calls))
        with serving("ours", url) as ours, serving("textbook", url) as textbook:
            questions = asyncio.run(make_questions(url, ours, SEED))
            questions = {name: question for name, question in questions.items() if not only or name in only}
            try:
                for question, asked in questions.items():
                    pairs = list(zip(asked.ours, asked.textbook, strict=True))[: extent.compared]
                    alike = compare(ours, textbook, pairs)
                    print(f"{question}: {alike} records of {len(pairs)} answers are alike", file=sys.stderr)
            except Differs as error:
                print(error, file=sys.stderr)
                raise typer.Exit(1) from error
            seen = _measure({"ours": ours, "textbook": textbook}, questions, extent)
    print("\n".join(_table(seen)))
    print(f"\n{machine()}")
    errors = sum(one.errors for by_service in seen.values() for one in [*by_service["ours"], *by_service["textbook"]])
    slow = [name for name, by_service in seen.items() if _ratio(by_service) < _GOAL]
    print(f"errors: {errors}; below {_GOAL:g} times: {', '.join(slow) or 'none'}")
    if errors:
        raise typer.Exit(1)


if __name__ == "__main__":
    bench()
