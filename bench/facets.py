"""`python -m bench.facets`: how long one client waits for facets, counterparts and dyads."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Annotated, get_args
from urllib.parse import urlencode

import httpx
import typer

from app.vocabulary import Facet
from bench.documents import Generator
from bench.generate import SEED
from bench.running import asked_alone, machine, recorded, serving
from bench.service import OURS

_QUESTIONS = 300
_PATIENCE = 60.0
_ALL = ",".join(get_args(Facet))

facets = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def _kinds(calls: int) -> Mapping[str, Callable[[], str]]:
    """What is asked, by what it is called; each gives another question every time, as often as there are others."""
    chance = Random(SEED)
    generator = Generator(SEED)
    slugs = {leader["id"]: leader["slug"] for leader in generator.leaders}

    def leaders() -> list[str]:
        # Drawn as calls are, so that who takes part often is asked for often.
        people = generator.call(chance.randrange(calls))["participants"]
        return [slugs[person["leader"]] for person in people[:2]]

    def month() -> str:
        return f"{chance.randrange(1945, 2026)}-{chance.randrange(1, 13):02d}"

    def some() -> str:
        return ",".join(chance.sample(get_args(Facet), 3))

    def asked(resource: str, facet: str = _ALL, **filters: str) -> str:
        return f"/v1/{resource}?{urlencode({'limit': 1, 'facet': facet, **filters})}"

    return {
        "calls: all nine facets": lambda: asked("calls"),
        "calls: three facets": lambda: asked("calls", some()),
        "calls of a leader: all nine": lambda: asked("calls", leader=leaders()[0]),
        "calls of a leader: by year": lambda: asked("calls", "year", leader=leaders()[0]),
        "calls of a month: all nine": lambda: asked("calls", date=month()),
        "calls of a leader in a year: all nine": lambda: asked("calls", leader=leaders()[0], date=month()[:4]),
        "statements: all nine": lambda: asked("statements"),
        "statements of a speaker: all nine": lambda: asked("statements", speaker=leaders()[0]),
        "statements of a month: all nine": lambda: asked("statements", date=month()),
        "statements of one act in a month: all nine": lambda: asked("statements", date=month(), act="agree"),
        "counterparts of a leader": lambda: f"/v1/leaders/{leaders()[0]}/counterparts",
        "two leaders": lambda: f"/v1/dyads/{'-'.join(leaders())}",
    }


def _table(port: int, calls: int, seconds: float) -> Iterator[str]:
    yield "| | p50 ms | p99 ms | bytes |"
    yield "|---|---|---|---|"
    for name, ask in _kinds(calls).items():
        targets = [ask() for _ in range(_QUESTIONS)]
        # Once before it counts: what is asked for often stays in memory, and a fresh start has read nothing yet.
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE) as client:
            for target in targets:
                client.get(target).raise_for_status()
        seen = asked_alone(port, targets, seconds)
        yield f"| {name} | {seen.p50:.1f} | {seen.p99:.1f} | {seen.size:,.0f} |"


@facets.command()
def main(
    *,
    calls: Annotated[int, typer.Option(min=50, help="How many calls to generate.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each kind of question is asked.")] = 2.0,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the records below this folder, and use them if they are there.")
    ] = None,
) -> None:
    """Measure facets, counterparts and dyads by one client over one connection."""
    with recorded(calls, data_dir) as url, serving(OURS, url) as service:
        for line in _table(service.port, calls, seconds):
            print(line, flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    facets()
