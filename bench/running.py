"""What every benchmark runs on: generated records, services over them, and the load in a process of its own."""

import asyncio
import json
import os
import platform
import shutil
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
        if not folder.exists():
            # A recording that is broken off leaves nothing that would be taken for whole.
            aside = folder.with_name(f"{calls}.new")
            shutil.rmtree(aside, ignore_errors=True)
            with embedded_postgres(aside) as url:
                asyncio.run(_record(url, calls))
            aside.rename(folder)
        url = stack.enter_context(embedded_postgres(folder))
        asyncio.run(_upgrade(url, calls))
        yield url


async def _record(url: str, calls: int) -> None:
    await ensure_database(url)
    print(f"recording {calls:,} calls", file=sys.stderr)
    began = perf_counter()
    # Recording in large batches, and making indexes, takes longer than any request may.
    async with open_database(url, Settings(statement_timeout=3600)) as database:
        await schema.upgrade(database)
        await record_generated(database, calls, SEED)
    connection = await asyncpg.connect(dsn(url))
    try:
        await connection.execute("VACUUM (ANALYZE)")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    print(f"recorded in {perf_counter() - began:,.0f} seconds", file=sys.stderr)


async def _upgrade(url: str, calls: int) -> None:
    """Bring what an earlier run recorded to the schema of this one, and tell what it takes."""
    async with open_database(url, Settings(statement_timeout=3600)) as database:
        await schema.upgrade(database)
    connection = await asyncpg.connect(dsn(url))
    try:
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
