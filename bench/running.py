"""What every benchmark runs on: generated records, services over them, and the load in a process of its own."""

import asyncio
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

import asyncpg
import typer

from app import schema
from app.db import dsn, open_database
from app.embedded import embedded_postgres, ensure_database
from app.settings import Settings
from bench.generate import SEED, record_generated
from bench.load import Plan, Seen

_PATIENCE = 600.0


@dataclass(frozen=True, slots=True)
class Service:
    """A service in a process of its own."""

    port: int
    process: int

    def memory(self) -> tuple[int, int]:
        """The bytes of memory that it holds, with what it shares with others whole (RSS) and by its part (PSS)."""
        told = dict(line.split(":", 1) for line in _lines(f"/proc/{self.process}/smaps_rollup") if ": " in line)
        resident, proportional = (int(told[name].split()[0]) * 1024 for name in ("Rss", "Pss"))
        return resident, proportional


@contextmanager
def recorded(calls: int, data_dir: Path | None) -> Iterator[str]:
    """The address of a PostgreSQL that holds so many calls; below a folder given they are kept for the next run."""
    with ExitStack() as stack:
        folder = Path(data_dir or stack.enter_context(tempfile.TemporaryDirectory(prefix="telcon-bench-"))) / str(calls)
        url = stack.enter_context(embedded_postgres(folder))
        asyncio.run(_prepare(url, calls))
        yield url


async def _prepare(url: str, calls: int) -> None:
    await ensure_database(url)
    # Recording in large batches takes longer than any request may.
    async with open_database(url, Settings(statement_timeout=3600)) as database:
        await schema.upgrade(database)
        connection = await asyncpg.connect(dsn(url))
        try:
            found = await connection.fetchval("SELECT count(*) FROM calls")
            began = perf_counter()
            if found > calls:
                message = f"The folder holds {found} calls, which are more than {calls}: remove it."
                raise typer.BadParameter(message)
            if found < calls:
                print(f"recording {calls - found:,} calls", file=sys.stderr)
            await record_generated(database, calls, SEED, found)
            if found < calls:
                await connection.execute("VACUUM (ANALYZE)")
                await connection.execute("CHECKPOINT")
                print(f"recorded in {perf_counter() - began:,.0f} seconds", file=sys.stderr)
            size = await connection.fetchval("SELECT pg_database_size(current_database())")
            print(f"the database of {calls:,} calls takes {size / 2**20:,.0f} MiB", file=sys.stderr)
        finally:
            await connection.close()


@contextmanager
def serving(which: str, url: str, **environment: str) -> Iterator[Service]:
    """One of the services of `bench.service` in a process of its own."""
    command = [sys.executable, "-m", "bench.service", which]
    settings = os.environ | {"DATABASE_URL": url, "TELCON_WORKERS": "1"} | environment
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=settings, text=True) as process:
        assert process.stdout is not None
        try:
            yield Service(int(process.stdout.readline()), process.pid)
        finally:
            process.terminate()


def load(plan: Plan) -> Seen:
    """What came of a plan."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=plan.lead_in + plan.seconds + _PATIENCE,
    )
    return Seen(**json.loads(done.stdout))


def asked_alone(port: int, targets: list[str], seconds: float) -> Seen:
    """What one client sees over one connection; the command ends where an answer fails."""
    seen = load(Plan(port=port, targets=targets, first=0, seconds=seconds, lead_in=0.5, connections=1))
    if seen.errors:
        print(f"{seen.errors} errors at {targets[0]}", file=sys.stderr)
        raise typer.Exit(1)
    return seen


def machine() -> str:
    """The machine, and how busy it was."""
    names = [line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {names[0] if names else platform.processor()}; "
        f"Python {platform.python_version()}; load averages at the end {load}"
    )


def _lines(path: str) -> list[str]:
    return Path(path).read_text("utf-8").splitlines()
