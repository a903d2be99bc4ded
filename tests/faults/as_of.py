"""Whether the past stays what it was: answers are kept while records are written, and asked for again later.

Records are changed, removed, brought back and merged at random; after some writes each, what plain reads answer to
items and lists is kept with the time of the feed's head. Then as many kept answers as are asked for are drawn, a half
between the writes and a half at the end, and asked for again with that time.
"""

import argparse
import asyncio
import json
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from app import schema
from app.embedded import embedded_postgres, ensure_database
from tests.conftest import client_of, opened, serving
from tests.factories import make_world
from tests.test_as_of import Kept, differing, head, items, kept_now, lists, write

if TYPE_CHECKING:
    from datetime import datetime

_CALLS = 60
_WRITES = 20
"""How many writes lie between two times."""


async def run(url: str, samples: int, rounds: int, seed: int) -> dict[str, object]:
    """Write, keep and ask again; what was found."""
    chance = random.Random(seed)
    began = time.monotonic()
    asked, wrong = 0, 0
    took = 0.0
    async with opened(url) as database:
        await schema.upgrade(database)
        world = await make_world(url, database, _CALLS, seed)
        every = [*items(world), *lists(world, chance)]
        past: list[tuple[datetime, Kept]] = []
        async with serving(url) as app, client_of(app) as client:

            async def ask_again(number: int) -> None:
                nonlocal asked, wrong, took
                for _ in range(number):
                    moment, kept = chance.choice(past)
                    address = chance.choice(sorted(kept))
                    since = time.monotonic()
                    found: Kept = {address: kept[address]}
                    wrong += len(await differing(client, moment, found))
                    took += time.monotonic() - since
                    asked += 1

            for _ in range(rounds):
                for _ in range(_WRITES):
                    await write(database, world, chance)
                past.append((await head(url), await kept_now(client, chance.sample(every, min(200, len(every))))))
                await ask_again(samples // (2 * rounds))
            await ask_again(samples - asked)
    return {
        "samples": asked,
        "differing": wrong,
        "times": rounds,
        "writes": rounds * _WRITES,
        "milliseconds a sample": round(took / asked * 1000, 1),
        "seconds": round(time.monotonic() - began),
    }


async def main(given: argparse.Namespace) -> dict[str, object]:
    """The same over a database of its own."""
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder, embedded_postgres(Path(folder)) as url:
        await ensure_database(url)
        return await run(url, given.samples, given.rounds, given.seed)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--samples", type=int, default=10_000, help="how many answers are asked for again")
    parser.add_argument("--rounds", type=int, default=30, help="of how many times")
    parser.add_argument("--seed", type=int, default=1, help="which records and writes")
    return parser.parse_args(words)


if __name__ == "__main__":
    outcome = asyncio.run(main(arguments()))
    print(json.dumps(outcome, indent=2))
    raise SystemExit(1 if outcome["differing"] else 0)
