"""Many at once on one record, under one key, and with a key that is taken back, against the command with two workers.

`python -m tests.faults.concurrency --rounds 10000 --seconds 3600` prints what it saw, and ends with 1 where anything
did not hold.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.keys import Key, add_key, revoke_key
from tests.conftest import opened
from tests.faults.postgres import Postgres, prepare
from tests.faults.settled import faults_in
from tests.faults.supervised import Supervised
from tests.faults.writers import MERGE_PATCH, call_document

WRITERS = 64
DUPLICATES = 200
LONGEST = 5.0
"""After how many seconds a key that was taken back has to be refused everywhere."""
_TRIES = 40
_TOLD = ("etag", "location", "content-type")


@dataclass(frozen=True)
class How:
    """At which size: how many rounds of changes, for how many seconds at most, and of how many duplicates."""

    rounds: int
    seconds: float
    posts: int
    writers: int = WRITERS
    duplicates: int = DUPLICATES


@dataclass
class Seen:
    """What was seen; `refused` is when a key that was taken back was refused first and ever after, in seconds."""

    rounds: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    again: int = 0
    refused: float = 0.0
    wrong: list[str] = field(default_factory=list)


async def run(folder: Path, how: How, seen: Seen) -> list[str]:
    """What did not hold."""
    key = await prepare(folder, "writers")
    postgres = Postgres(folder)
    postgres.start()
    await postgres.ready()
    try:
        async with Supervised(folder, postgres.url, workers=2) as service:
            # The service closes a connection that idles for 5 seconds, maybe just when the next request is sent.
            limits = httpx.Limits(max_connections=how.writers, keepalive_expiry=2.0)
            headers = {"Authorization": f"Bearer {key}"}
            async with httpx.AsyncClient(
                base_url=service.address, headers=headers, limits=limits, timeout=60
            ) as client:
                await service.answers()
                for number in range(how.posts):
                    await _post_at_once(client, f"post-{number}", how, seen)
                await _change_at_once(client, how, seen)
                await _take_back(service.address, postgres.url, seen)
        seen.wrong += await faults_in(postgres.url)
    finally:
        postgres.stop()
    return seen.wrong


async def _post_at_once(client: httpx.AsyncClient, note: str, how: How, seen: Seen) -> None:
    """The same request many times at once, under one key: one record, and one answer."""
    document, headers = call_document(note), {"Idempotency-Key": f'"{note}"'}

    async def post() -> tuple[int, bytes, tuple[str | None, ...]]:
        while True:
            answer = await client.post("/v1/calls", json=document, headers=headers)
            if "retry-after" not in answer.headers:
                return answer.status_code, answer.content, tuple(answer.headers.get(name) for name in _TOLD)
            seen.again += 1
            await asyncio.sleep(0.1)

    answers = set(await asyncio.gather(*(post() for _ in range(how.duplicates))))
    if len(answers) != 1 or {status for status, _, _ in answers} != {httpx.codes.CREATED}:
        seen.wrong.append(f"{note}: {how.duplicates} requests had {len(answers)} answers: {sorted(answers)[:2]}")
    history = (await client.get(f"/v1/calls/{note}/history")).json()["data"]
    if [revision["version"] for revision in history] != [1]:
        seen.wrong.append(f"{note}: {history}")


async def _change_at_once(client: httpx.AsyncClient, how: How, seen: Seen) -> None:
    """Many changes of one record under one tag, round by round: one is made, and all others are refused."""
    answer = await client.post("/v1/topics", json={"slug": "contended", "name": "Contended"})
    address, tag = answer.headers["location"], answer.headers["etag"]
    late = time.monotonic() + how.seconds
    while seen.rounds < how.rounds and time.monotonic() < late:
        seen.rounds += 1

        async def patch(number: int, tag: str = tag, turn: int = seen.rounds) -> httpx.Response:
            headers = {"If-Match": tag, "Content-Type": MERGE_PATCH}
            while True:
                given = f'{{"name": "Round {turn}, writer {number}"}}'
                answer = await client.patch(address, content=given, headers=headers)
                # What waited too long for its turn was refused before anything was written.
                if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return answer
                seen.again += 1
                await asyncio.sleep(0.05)

        answers = await asyncio.gather(*(patch(number) for number in range(how.writers)))
        statuses = Counter(answer.status_code for answer in answers)
        seen.statuses.update(statuses)
        if statuses != {httpx.codes.OK: 1, httpx.codes.PRECONDITION_FAILED: how.writers - 1}:
            seen.wrong.append(f"round {seen.rounds} was answered {dict(statuses)}")
        won = [answer for answer in answers if answer.is_success]
        current = await client.get(address, headers={"Cache-Control": "no-cache"})
        tag = current.headers["etag"]
        if not tag.startswith(f'"v{seen.rounds + 1}.') or [answer.content for answer in won] != [current.content]:
            seen.wrong.append(f"round {seen.rounds} left {tag}")


async def _take_back(address: str, url: str, seen: Seen) -> None:
    """A key is of no use any more in any worker, soon after it was taken back."""
    key = Key.new()
    async with opened(url) as database:
        async with database.writing() as writing:
            key_id = await add_key(writing, key, "for a while", ["records:write"], None)
        if await _posted(address, key, "before") != httpx.codes.CREATED:
            seen.wrong.append("a key that was just made was refused")
        async with database.writing() as writing:
            await revoke_key(writing, key_id)
    start = time.monotonic()
    # A connection of its own for each, so that every worker is asked.
    for number in range(_TRIES):
        if await _posted(address, key, f"after-{number}") != httpx.codes.UNAUTHORIZED:
            seen.refused = time.monotonic() - start
            await asyncio.sleep(LONGEST / _TRIES)
    if seen.refused > LONGEST / 2:
        seen.wrong.append(f"a key that was taken back was taken after {seen.refused:.1f} s")


async def _posted(address: str, key: Key, slug: str) -> int:
    async with httpx.AsyncClient(base_url=address, headers={"Authorization": f"Bearer {key.text}"}) as client:
        return (await client.post("/v1/topics", json={"slug": slug, "name": slug})).status_code


async def _main(options: argparse.Namespace) -> int:
    seen, start = Seen(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder:
        wrong = await run(Path(folder), How(options.rounds, options.seconds, options.posts), seen)
    print(f"{options.posts} times {DUPLICATES} equal POSTs under one key: one record and one answer each")
    print(f"{seen.rounds} rounds of {WRITERS} PATCHes under one tag: {dict(seen.statuses)}; {seen.again} sent again")
    print(f"a key that was taken back was last taken {seen.refused:.2f} s afterwards, of {_TRIES} requests")
    print(f"{len(wrong)} faults in {time.monotonic() - start:.0f} s", *wrong[:20], sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=600.0, help="for how long the rounds go on, at most")
    parser.add_argument("--posts", type=int, default=10, help="how many times the same POST is sent by many at once")
    sys.exit(asyncio.run(_main(parser.parse_args())))
