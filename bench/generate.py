"""Generated records as lines of JSON, `python -m bench.generate --calls 1000`, and their recording."""

import asyncio
import json
import sys
from collections.abc import AsyncIterable, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Annotated

import typer

from app.db import Database
from app.entries import faults_of
from app.keeping import keep_all
from app.lines import read_line
from app.loading import Load, loading
from app.writings import THE_SERVICE
from bench.documents import Generator

SEED = 20200319
_LINES_A_BATCH = 1_000
_BYTES_A_CALL = 11_000
_LONGEST_LINE = 2**20


def lines(calls: int, seed: int) -> Iterator[str]:
    """Each record with its `type`, and after those that it refers to; a call holds its readouts whole."""
    generator = Generator(seed)
    before = {
        "party": generator.parties,
        "publisher": generator.publishers,
        "leader": generator.leaders,
        "topic": generator.topics,
    }
    for kind, documents in before.items():
        for document in documents:
            yield json.dumps({"type": kind, **document})
    for number in range(calls):
        yield json.dumps({"type": "call", **generator.call(number)})


@asynccontextmanager
async def generating(calls: int, seed: int) -> AsyncIterator[AsyncIterable[bytes]]:
    """The lines, made in a process of its own while they are read."""
    command = (sys.executable, "-m", "bench.generate", "--calls", str(calls), "--seed", str(seed))
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, limit=_LONGEST_LINE)
    assert process.stdout is not None
    try:
        yield process.stdout
        if await process.wait():
            message = "The records were not generated to their end."
            raise RuntimeError(message)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def record_generated(database: Database, calls: int, seed: int) -> None:
    """Generate as many calls as asked for and what they refer to, and record them meanwhile, as an import does."""
    async with (
        generating(calls, seed) as made,
        loading(database, THE_SERVICE, size=calls * _BYTES_A_CALL, checked=False) as load,
    ):
        batch: list[bytes] = []
        async for line in made:
            batch.append(line)
            if len(batch) == _LINES_A_BATCH:
                await _record(load, batch)
                batch = []
        await _record(load, batch)
    await keep_all(database)


async def _record(load: Load, batch: list[bytes]) -> None:
    lines = [read_line(number, line) for number, line in enumerate(batch, start=1)]
    await load.recorder.look_up(lines)
    taken = load.recorder.take(lines)
    assert not faults_of(lines)
    await load.write(taken)


def main(
    calls: Annotated[int, typer.Option(min=0, help="How many calls to generate.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same one gives the same records.")] = SEED,
) -> None:
    """Print generated records as lines of JSON."""
    for line in lines(calls, seed):
        print(line)


if __name__ == "__main__":
    typer.run(main)
