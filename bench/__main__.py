"""`python -m bench`: generate records, hold services to the same answers, measure them in turns, print tables."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from bench.captured import capturing
from bench.compare import Differs, compare
from bench.generate import SEED
from bench.goals import PGBENCH, goals
from bench.measuring import CONNECTIONS, Contender, Pace, Turn, measure, over_http
from bench.pgbench import run, write_scripts
from bench.questions import ASKED, NAMES, Question, bare_path, bare_target, make_questions
from bench.running import Service, machine, recorded, serving
from bench.service import DECLARED, OURS, ROUTE, TEXTBOOK, UVICORN
from bench.tables import figures, ratios, reached

_YARDSTICK = 10_000
"""Over how many calls our service is measured beside, to see how its answers' times grow."""

bench = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done."""

    calls: int
    beside: int
    pace: Pace
    compared: int
    under_pgbench: int
    """How many targets of each question."""


_QUICK = Extent(200, _YARDSTICK, Pace(0.2, 0.0, 0.0, 1), 10, 50)


def _compare(ours: Service, textbook: Service, questions: Mapping[str, Question], number: int) -> None:
    for name, question in questions.items():
        if question.comparable:
            pairs = list(zip(question.ours, question.textbook, strict=True))[:number]
            alike = compare(ours.port, textbook.port, pairs)
            print(f"{name}: {alike} records of {len(pairs)} answers are alike", file=sys.stderr)


def _sizes(ours: Service, questions: Mapping[str, Question], pace: Pace) -> dict[str, int]:
    """The mean sizes of our answers, by the paths at which the bare services give answers of the same size."""
    ask = over_http(ours, {name: question.ours for name, question in questions.items()})
    return {
        bare_path(name, question.ours[0]): round(ask(Turn(name, pace.seconds, 0.0, 0.0)).size)
        for name, question in questions.items()
    }


async def _under_pgbench(url: str, questions: Mapping[str, Question], number: int, folder: Path) -> Contender:
    """pgbench, which is asked for so many targets of each question."""
    async with capturing(url) as captured:
        scripts = {
            name: write_scripts(folder / name, await captured.statements(question.ours[:number]), captured.options)
            for name, question in questions.items()
        }
    return lambda turn: run(scripts[turn.question], url, CONNECTIONS, turn.seconds, turn.lead_in)


@bench.command()
def main(  # noqa: PLR0913
    *,
    calls: Annotated[int, typer.Option(min=100, help="How many calls to generate.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=1, help="How long each turn at a question is counted.")] = 1.5,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 3,
    only: Annotated[list[str] | None, typer.Option(help="Only this question, such as Q2. Repeat it.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only see that all of it works, in seconds.")] = False,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the records below this folder, and use them if they are there.")
    ] = None,
) -> None:
    """Measure the service beside others; only the ratios mean anything on another machine."""
    if only and not set(only) <= NAMES.keys():
        message = f"The questions are {', '.join(NAMES)}."
        raise typer.BadParameter(message)
    extent = _QUICK if quick else Extent(calls, _YARDSTICK, Pace(seconds, 0.5, 1.0, rounds), 60, 2_000)
    try:
        errors = _run(extent, only or ASKED, data_dir)
    except Differs as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    if errors:
        print(f"{errors} requests failed", file=sys.stderr)
        raise typer.Exit(1)


def _run(extent: Extent, wanted: Sequence[str], data_dir: Path | None) -> int:
    """Measure and print; gives how many requests failed."""
    small = f"{OURS} over {extent.beside:,}" if extent.calls > extent.beside else None
    with ExitStack() as stack:
        url = stack.enter_context(recorded(extent.calls, data_dir))
        ours = _start(stack, OURS, url)
        known = make_questions(ours.port, extent.calls, SEED)
        questions = {name: known[name] for name in wanted}
        contenders = {OURS: over_http(ours, {name: question.ours for name, question in questions.items()})}
        if small is not None:
            contenders[small] = _over_fewer(stack, extent.beside, data_dir)
        contenders |= _others(stack, url, questions, extent, ours)
        seen = measure(contenders, list(questions), extent.pace)
        resident, proportional = (size / 2**20 for size in ours.memory())
    for table in (ratios(seen, small), figures(seen), reached(goals(seen, small, resident), extent.calls)):
        print("\n".join(table), end="\n\n")
    print(f"memory of our worker: {resident:.0f} MiB resident, {proportional:.0f} MiB proportional")
    print(machine())
    return sum(one.errors for rounds in seen.values() for turns in rounds.values() for one in turns)


def _over_fewer(stack: ExitStack, calls: int, data_dir: Path | None) -> Contender:
    service = _start(stack, OURS, stack.enter_context(recorded(calls, data_dir)))
    return over_http(
        service, {name: question.ours for name, question in make_questions(service.port, calls, SEED).items()}
    )


def _others(
    stack: ExitStack, url: str, questions: Mapping[str, Question], extent: Extent, ours: Service
) -> dict[str, Contender]:
    """The others over the same records; the textbook's service is held to our answers before."""
    textbook = _start(stack, TEXTBOOK, url)
    _compare(ours, textbook, questions, extent.compared)
    others = {TEXTBOOK: over_http(textbook, {name: question.textbook for name, question in questions.items()})}
    sizes = json.dumps(_sizes(ours, questions, extent.pace))
    bare = {name: [bare_target(name, one) for one in question.ours] for name, question in questions.items()}
    for which in (DECLARED, ROUTE, UVICORN):
        others[which] = over_http(_start(stack, which, url, BENCH_SIZES=sizes), bare)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="telcon-pgbench-")))
    return others | {PGBENCH: asyncio.run(_under_pgbench(url, questions, extent.under_pgbench, folder))}


def _start(stack: ExitStack, which: str, url: str, **environment: str) -> Service:
    return stack.enter_context(serving(which, url, **environment))


if __name__ == "__main__":
    bench()
