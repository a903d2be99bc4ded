"""A writer: changes parties until its share is written, in transactions of which some take long, and numbers them.

    python -m tests.faults.writer DATABASE_URL AUTHOR CHANGES [--bare-sequence]

It asks the database how much of its share is written, so that one that was killed goes on where it was.
"""

import asyncio
import random
import sys

import asyncpg

from app.numbering import Numbering
from app.settings import Settings
from tests.changing import change

_LONG_ONES, _LONG = 0.02, 0.3
"""How many transactions take long, and how many seconds at most."""
FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

_WRITTEN = "SELECT coalesce(sum(size), 0) FROM writings WHERE author = $1"


async def write(url: str, author: str, share: int, *, bare_sequence: bool) -> None:
    """Write until the share is written, whatever becomes of the database meanwhile.

    It numbers as well, as every process of the service does that writes.
    """
    numbering = Numbering(url, Settings())
    async with numbering.running():
        left = share
        while left > 0:
            try:
                left = await _write_some(url, author, share, numbering, bare_sequence=bare_sequence)
            except FAULTS:
                await asyncio.sleep(0.1)


async def _write_some(url: str, author: str, share: int, numbering: Numbering, *, bare_sequence: bool) -> int:
    """Write until the share is written, over one connection; gives what is left."""
    connection = await asyncpg.connect(url, timeout=5)
    try:
        parties = [row[0] for row in await connection.fetch("SELECT id FROM parties ORDER BY id")]
        left: int = share - await connection.fetchval(_WRITTEN, author)
        while left > 0:
            number = 1 if bare_sequence else min(left, random.choice([1, 1, 1, 2, 5]))
            pause = random.uniform(0, _LONG) if random.random() < _LONG_ONES * (5 if bare_sequence else 1) else 0
            async with connection.transaction():
                chosen = random.sample(parties, number)
                await change(connection, chosen, author, pause=pause, bare_sequence=bare_sequence)
            numbering.wake()
            left -= number
        return left
    finally:
        connection.terminate()


if __name__ == "__main__":
    database, name, number, *options = sys.argv[1:]
    asyncio.run(write(database, name, int(number), bare_sequence="--bare-sequence" in options))
