"""Generated records as lines of JSON, `python -m bench.generate --calls 1000`, and their recording."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, BinaryIO, cast

import typer

from app.db import Database
from app.importing import Imported, import_lines
from app.keeping import keep_all
from app.loading import loading
from app.writings import THE_SERVICE
from bench.documents import Generator

SEED = 20200319
_AT_ONCE = 300_000
"""How many calls are recorded in one transaction, each of which makes the indexes of words anew at its end."""
_MUCH = 2**60
"""Of so many bytes, every load is much beside what is recorded: nobody reads meanwhile."""


def lines(calls: int, seed: int, there: int = 0) -> Iterator[str]:
    """Each record with its `type`, and after those that it refers to; a call holds its readouts whole.

    Of records of which so many calls are there already, the calls that follow them.
    """
    generator = Generator(seed)
    before = {
        "party": generator.parties,
        "publisher": generator.publishers,
        "leader": generator.leaders,
        "topic": generator.topics,
    }
    for kind, documents in before.items() if not there else ():
        for document in documents:
            yield json.dumps({"type": kind, **document})
    for number in range(there, calls):
        yield json.dumps({"type": "call", **generator.call(number)})


@contextmanager
def generating(calls: int, seed: int, there: int) -> Iterator[BinaryIO]:
    """The lines, made in a process of its own while they are read."""
    told = {"calls": calls, "seed": seed, "there": there}
    command = [sys.executable, "-m", "bench.generate", *(f"--{name}={value}" for name, value in told.items())]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield cast("BinaryIO", process.stdout)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        message = "The records were not generated to their end."
        raise RuntimeError(message)


async def record_generated(database: Database, calls: int, seed: int, there: int = 0) -> None:
    """Generate as many calls as asked for and what they refer to, and record them meanwhile, as an import does.

    So many of them are there already, as where this was broken off: what one transaction recorded stays.
    """
    for first in range(there, calls, _AT_ONCE):
        imported = Imported()
        with generating(min(first + _AT_ONCE, calls), seed, first) as made:
            async with loading(database, THE_SERVICE, size=_MUCH, checked=False) as load:
                await import_lines(load, made, imported)
                faults = [*imported.faults, *load.recorder.late]
                assert not faults, faults[:3]
    await keep_all(database)


def main(
    calls: Annotated[int, typer.Option(min=0, help="How many calls to generate.")] = 10_000,
    seed: Annotated[int, typer.Option(help="The same one gives the same records.")] = SEED,
    there: Annotated[int, typer.Option(min=0, help="Leave out so many of the calls, and all that they refer to.")] = 0,
) -> None:
    """Print generated records as lines of JSON."""
    for line in lines(calls, seed, there):
        print(line)


if __name__ == "__main__":
    typer.run(main)
