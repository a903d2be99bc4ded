"""PostgreSQL and the service are killed while eight write: nothing acknowledged is lost, and nothing is done twice.

`python -m tests.faults.crashes --database-kills 50 --worker-kills 50` prints what it saw. It ends with 1 where anything
did not hold.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from app.checks import CHECKS
from app.verifying import verify
from tests.conftest import opened
from tests.faults.postgres import Postgres, prepare
from tests.faults.settled import faults_in, first, lost_or_doubled, unlike_history, unreadable
from tests.faults.supervised import Supervised
from tests.faults.writers import Log, Writer

WRITERS = 8
LONGEST = 10.0
"""After how many seconds the service has to be back, counted from when the database takes connections again."""
DATABASE = "the database"
_PATIENCE = 60.0


@dataclass(frozen=True)
class How:
    """At which size."""

    database_kills: int
    worker_kills: int
    workers: int = 2
    longest_pause: float = 1.0
    """Seconds between a recovery and the next kill, at most."""


@dataclass
class Seen:
    """What was seen: the log of the writers, and the seconds until each kill was over, by what was killed."""

    log: Log = field(default_factory=Log)
    back: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    starts: int = 0
    differing: int = 0


async def run(folder: Path, how: How, seen: Seen) -> list[str]:
    """What did not hold."""
    key = await prepare(folder, "writers")
    postgres = Postgres(folder)
    postgres.start()
    await postgres.ready()
    try:
        async with Supervised(folder, postgres.url, how.workers) as service:
            headers = {"Authorization": f"Bearer {key}"}
            async with httpx.AsyncClient(base_url=service.address, headers=headers) as client:
                await service.answers()
                common = await _common(client)
                await _write_amid_kills(postgres, service, client, common, how, seen)
                log = seen.log
                wrong = [*log.wrong, *await lost_or_doubled(postgres.url, log), *await faults_in(postgres.url)]
                wrong += await unlike_history(client, log)
                wrong += await unreadable(client)
            seen.starts = service.starts
        async with opened(postgres.url) as database:
            async for check, keys in verify(database):
                wrong += [f"{check.derived} {check.compared}: {key} differs" async for key in keys]
    finally:
        postgres.stop()
    return wrong


async def _write_amid_kills(
    postgres: Postgres, service: Supervised, client: httpx.AsyncClient, common: str, how: How, seen: Seen
) -> None:
    is_over = False
    writers = [Writer(client, number, common, seen.log) for number in range(WRITERS)]
    writing = [asyncio.create_task(writer.run(lambda: not is_over)) for writer in writers]
    kills = [True] * how.database_kills + [False] * how.worker_kills
    random.shuffle(kills)
    try:
        for is_of_database in kills:
            await asyncio.sleep(random.uniform(0, how.longest_pause))
            _check(writing)
            start = time.monotonic()
            if is_of_database:
                await asyncio.to_thread(postgres.kill)
                await asyncio.sleep(random.uniform(0, how.longest_pause))
                postgres.start()
                await postgres.ready()
                start, killed = time.monotonic(), DATABASE
            else:
                killed, ending = service.kill()
                await asyncio.to_thread(psutil.wait_procs, ending, _PATIENCE)
            await _acknowledged(seen.log)
            seen.back[killed].append(took := time.monotonic() - start)
            # What is measured of the command's own processes is how long they take to start.
            if killed == DATABASE and took > LONGEST:
                seen.log.wrong.append(f"{killed} was back, and the service took {took:.1f} s")
    finally:
        is_over = True
        await asyncio.wait(writing)
    _check(writing)


def _check(writing: list[asyncio.Task[None]]) -> None:
    """Raise what a writer failed with."""
    for task in writing:
        if task.done():
            task.result()


async def _acknowledged(log: Log) -> None:
    """Wait until something is acknowledged that was sent from now on."""
    start, step = time.monotonic(), 0.005
    for _ in range(int(_PATIENCE / step)):
        if log.last_asked >= start:
            break
        await asyncio.sleep(step)


async def _common(client: httpx.AsyncClient) -> str:
    """The address of a new record, which all writers change."""
    # The port is there before the workers are, which take their time to start for the first time.
    answer = await client.post("/v1/topics", json={"slug": "in-common", "name": "In common"}, timeout=_PATIENCE)
    answer.raise_for_status()
    return answer.headers["location"]


async def _main(options: argparse.Namespace) -> int:
    seen, start = Seen(), time.monotonic()
    how = How(options.database_kills, options.worker_kills, options.workers, options.pause)
    with tempfile.TemporaryDirectory(prefix="telcon-") as folder:
        wrong = await run(Path(folder), how, seen)
    log = seen.log
    print(f"{WRITERS} writers, {how.workers} workers, {time.monotonic() - start:.0f} s in all:")
    for killed, times in sorted(seen.back.items()):
        ranked = sorted(times)
        median, longest = ranked[len(ranked) // 2], ranked[-1]
        print(f"{killed} killed {len(times)} times, back after {median:.2f} s in the median and {longest:.2f} at most")
    print(f"the service was started {seen.starts} times; {log.tries} requests tried, {len(log.sent)} different writes,")
    print(f"{log.acknowledged} acknowledged, {log.unknown} of unknown outcome; the slowest took {log.slowest:.1f} s")
    print(f"{len(CHECKS)} derivations compared; {len(wrong)} faults")
    print(*first(wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-kills", type=int, default=50)
    parser.add_argument("--worker-kills", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between a recovery and a kill, at most")
    sys.exit(asyncio.run(_main(parser.parse_args())))
