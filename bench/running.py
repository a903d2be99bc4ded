"""What every benchmark runs on: generated records, a service over them, and the load in a process of its own."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import typer

from app import schema
from app.db import dsn, open_database
from app.embedded import ensure_database
from app.settings import Settings
from bench.generate import record_generated
from bench.load import Plan, Seen

SEED = 20200319
_PATIENCE = 30.0


async def prepare(url: str, calls: int) -> None:
    """Make the schema and record the calls, unless the folder has them from an earlier run."""
    await ensure_database(url)
    # Recording in large batches takes longer than any request may.
    async with open_database(url, Settings(statement_timeout=600)) as database:
        await schema.upgrade(database)
        connection = await asyncpg.connect(dsn(url))
        try:
            recorded = await connection.fetchval("SELECT count(*) FROM calls")
            if recorded == 0:
                await record_generated(database, calls, SEED)
            elif recorded != calls:
                message = f"The folder holds {recorded} calls, not {calls}."
                raise typer.BadParameter(message)
            await connection.execute("VACUUM (ANALYZE)")
        finally:
            await connection.close()


@contextmanager
def serving(which: str, url: str) -> Iterator[int]:
    """One of the services in a process of its own; its port."""
    command = [sys.executable, "-m", "bench.service", which]
    environment = os.environ | {"DATABASE_URL": url, "TELCON_WORKERS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
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


def machine() -> str:
    """The machine, and how busy it was."""
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        if line.startswith("model name")
    ]
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {names[0] if names else platform.processor()}; "
        f"Python {platform.python_version()}; load averages at the end {load}"
    )
