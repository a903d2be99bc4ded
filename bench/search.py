"""`python -m bench.search`: how long a search takes for one client, whether its words are rare or common."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Annotated
from urllib.parse import quote

import asyncpg
import typer

from app.db import dsn
from bench.generate import SEED
from bench.running import asked_alone, machine, recorded, serving
from bench.service import OURS

_QUESTIONS = 300
_RESOURCES = ("statements", "calls", "readouts")

search = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


async def _words(url: str) -> list[str]:
    """The words of the statements, those in most of them first."""
    connection = await asyncpg.connect(dsn(url))
    try:
        told = await connection.fetch(
            "SELECT DISTINCT ON (ndoc, lexeme) ndoc, lexeme, word FROM ts_stat('SELECT words FROM statements')"
            " AS stat (lexeme, ndoc, nentry), LATERAL (SELECT substr(lexeme, 3)) AS read (word)"
            " WHERE lexeme LIKE 'EN%' ORDER BY ndoc DESC, lexeme"
        )
    finally:
        await connection.close()
    return [row["word"] for row in told]


def _kinds(words: list[str], chance: Random) -> dict[str, Callable[[], str]]:
    """What is asked, by what it is called; each gives another question every time."""
    commonest, common, middling, rare = words[:20], words[20:200], words[300:1500], words[-2000:]
    draw = chance.choice
    return {
        "one of the 20 commonest words": lambda: draw(commonest),
        "a common word": lambda: draw(common),
        "a middling word": lambda: draw(middling),
        "a rare word": lambda: draw(rare),
        "two common words": lambda: f"{draw(commonest)} {draw(common)}",
        "two middling words": lambda: f"{draw(middling)} {draw(middling)}",
        "a common and a rare word": lambda: f"{draw(common)} {draw(rare)}",
        "a phrase of common words": lambda: f'"{draw(commonest)} {draw(commonest)}"',
        "a common word without another": lambda: f"{draw(common)} -{draw(commonest)}",
        "one rare word or another": lambda: f"{draw(rare)} or {draw(rare)}",
        "a word that is nowhere": lambda: f"zyzzyva{chance.randrange(1000)}",
    }


def _table(port: int, words: list[str], seconds: float) -> Iterator[str]:
    chance = Random(SEED)
    yield "| | by | " + " | ".join(f"{resource} p50 ms | p99 ms" for resource in _RESOURCES) + " |"
    yield "|---|---|" + "---|---|" * len(_RESOURCES)
    for name, ask in _kinds(words, chance).items():
        questions = [quote(ask()) for _ in range(_QUESTIONS)]
        for order, parameter in (("date", ""), ("relevance", "&sort=relevance")):
            cells = [name, order]
            for resource in _RESOURCES:
                seen = asked_alone(port, [f"/v1/{resource}?q={question}{parameter}" for question in questions], seconds)
                cells += [f"{seen.p50:.1f}", f"{seen.p99:.1f}"]
            yield f"| {' | '.join(cells)} |"
    cells = ["no words", "date"]
    for resource in _RESOURCES:
        seen = asked_alone(port, [f"/v1/{resource}?limit=20"], seconds)
        cells += [f"{seen.p50:.1f}", f"{seen.p99:.1f}"]
    yield f"| {' | '.join(cells)} |"


@search.command()
def main(
    *,
    calls: Annotated[int, typer.Option(min=50, help="How many calls to generate.")] = 10_000,
    seconds: Annotated[float, typer.Option(min=0.1, help="How long each kind of question is asked.")] = 2.0,
    data_dir: Annotated[
        Path | None, typer.Option(help="Keep the records below this folder, and use them if they are there.")
    ] = None,
) -> None:
    """Measure searches by one client over one connection, hundreds of different ones of each kind."""
    with recorded(calls, data_dir) as url:
        words = asyncio.run(_words(url))
        with serving(OURS, url) as service:
            for line in _table(service.port, words, seconds):
                print(line, flush=True)
    print(f"\n{machine()}")


if __name__ == "__main__":
    search()
