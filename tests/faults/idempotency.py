"""Requests with keys, several of each at once, while the connections of their transactions are cut.

`python -m tests.faults.idempotency --keys 1000 --duplicates 8` prints what it saw. It ends with 1 where a key had two
effects or none, answers that differ, or stayed stuck.
"""

import argparse
import asyncio
import logging
import os
import random
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from app import schema
from app.embedded import embedded_postgres, ensure_database
from app.keys import Key, add_key
from tests.conftest import client_of, connected, opened, serving

LONGEST = 5.0
"""After how many seconds a key counts as stuck."""
_AT_ONCE = 40
_TOLD = ("etag", "location", "content-type")
_ONE = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
ORDER BY random() LIMIT 1
"""
_AGAIN = frozenset((409, 503))


@dataclass(frozen=True)
class How:
    """At which size, and how often what is cut."""

    keys: int
    duplicates: int
    pause: float
    """Seconds between two cuts."""
    crashes: int = 0
    """After how many cuts PostgreSQL is killed; never with 0."""


@dataclass
class Seen:
    """What became of the requests."""

    tries: int = 0
    cut: int = 0
    crashes: int = 0
    unknown: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)


Answer = tuple[int, bytes, tuple[str | None, ...]]


async def _insist(client: httpx.AsyncClient, key: str, seen: Seen) -> Answer:
    """Send a request until it is answered for good."""
    while True:
        seen.tries += 1
        topic = {"slug": key, "name": key}
        answer = await client.post("/v1/topics", json=topic, headers={"Idempotency-Key": f'"{key}"'})
        if answer.status_code not in _AGAIN or "retry-after" not in answer.headers:
            return answer.status_code, answer.content, tuple(answer.headers.get(name) for name in _TOLD)
        seen.unknown += answer.json()["type"] == "/problems#outcome-unknown"
        await asyncio.sleep(random.uniform(0.01, 0.1))


async def _one_key(client: httpx.AsyncClient, key: str, duplicates: int, seen: Seen) -> None:
    start = time.monotonic()
    answers = await asyncio.gather(*(_insist(client, key, seen) for _ in range(duplicates)))
    took = time.monotonic() - start
    seen.slowest = max(seen.slowest, took)
    if took > LONGEST:
        seen.wrong.append(f"{key}: stuck for {took:.1f} s")
    if len(set(answers)) != 1 or answers[0][0] != httpx.codes.CREATED:
        seen.wrong.append(f"{key}: answered {sorted(set(answers))}")


async def _cut(url: str, how: How, seen: Seen) -> None:
    """End one backend that writes after the other; each so many, kill it, upon which PostgreSQL restarts all."""
    while True:
        # The connection is lost with the others when PostgreSQL restarts.
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            async with connected(url) as connection:
                while True:
                    await asyncio.sleep(how.pause)
                    pid = await connection.fetchval(_ONE)
                    if pid is None:
                        continue
                    seen.cut += 1
                    if how.crashes and seen.cut % how.crashes == 0:
                        seen.crashes += 1
                        os.kill(pid, signal.SIGKILL)
                    else:
                        await connection.execute("SELECT pg_terminate_backend($1)", pid)
        await asyncio.sleep(how.pause)


async def run(url: str, how: How, seen: Seen) -> list[str]:
    """What did not hold."""
    keys = how.keys
    key = Key.new()
    async with opened(url) as database, database.writing() as writing:
        await add_key(writing, key, "insistent", ["records:write"], None)
    async with serving(url) as service, client_of(service) as client:
        client.headers["Authorization"] = f"Bearer {key.text}"
        cutting = asyncio.create_task(_cut(url, how, seen))
        turns = asyncio.Semaphore(max(1, _AT_ONCE // how.duplicates))

        async def in_turn(key: str) -> None:
            async with turns:
                await _one_key(client, key, how.duplicates, seen)

        try:
            await asyncio.gather(*(in_turn(f"key-{number}") for number in range(keys)))
        finally:
            cutting.cancel()
            await asyncio.wait([cutting])
    async with connected(url) as connection:
        effects = await connection.fetchval("SELECT count(*) FROM changes WHERE resource = 'topics'")
        kept = await connection.fetchval("SELECT count(*) FROM kept_answers WHERE status = 201")
    if not effects == kept == keys:
        seen.wrong.append(f"{keys} keys had {effects} effects, and {kept} answers are kept")
    return seen.wrong


async def _main(options: argparse.Namespace) -> int:
    seen = Seen()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder, embedded_postgres(Path(folder)) as url:
        await ensure_database(url)
        async with opened(url) as database:
            await schema.upgrade(database)
        wrong = await run(url, How(options.keys, options.duplicates, options.pause, options.crashes), seen)
    print(f"{options.keys} keys of {options.duplicates} requests: {seen.tries} tries, {seen.cut} connections cut,")
    print(f"{seen.crashes} crashes, {seen.unknown} unknown outcomes, the slowest key {seen.slowest:.1f} s")
    print(*(wrong[:20] or ["every key has one effect and one answer"]), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=1000)
    parser.add_argument("--duplicates", type=int, default=8)
    parser.add_argument("--pause", type=float, default=0.05, help="seconds between two cuts")
    parser.add_argument("--crashes", type=int, default=100, help="each so many cuts one kills PostgreSQL; 0 for none")
    sys.exit(asyncio.run(_main(parser.parse_args())))
