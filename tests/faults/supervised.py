"""The command `telcon serve` under a supervisor that starts it again whenever it ends, as an init system does."""

import asyncio
import os
import random
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

import psutil

_TELCON = [sys.executable, "-c", "from app.cli import cli; cli()"]
_ROOT = Path(__file__).parents[2]
_BEFORE_AGAIN = 0.1
_PATIENCE = 30.0


class Supervised:
    """A service at an address that stays the same; `starts` counts how often it was started."""

    def __init__(self, home: Path, url: str, workers: int) -> None:
        """Take a folder for its log, the address of the database, and how many workers serve."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self._command = [*_TELCON, "serve", "--port", str(self._port), "--workers", str(workers), "--no-seed"]
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": str(_ROOT),
            "DATABASE_URL": url,
        }
        self._log = home / "telcon.log"
        self._process: asyncio.subprocess.Process | None = None
        self._supervisor: asyncio.Task[None] | None = None
        self.starts = 0

    async def __aenter__(self) -> Self:
        """Start it."""
        self._supervisor = asyncio.create_task(self._supervise())
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop it in order, and for good."""
        assert self._supervisor is not None
        self._supervisor.cancel()
        await asyncio.wait([self._supervisor])
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), _PATIENCE)
            except TimeoutError:
                self._process.kill()

    async def answers(self) -> None:
        """Wait until it answers."""
        late = time.monotonic() + _PATIENCE
        while time.monotonic() < late:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.close()
                return
            await asyncio.sleep(0.05)
        message = f"the service does not start: see {self._log}"
        raise TimeoutError(message)

    def kill(self) -> tuple[str, list[psutil.Process]]:
        """Kill one of its processes, drawn at random: the command itself, or one of its workers.

        Says which, and gives the workers that have to end: with the command all of them, which leave by themselves.
        """
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            command = psutil.Process(self._process.pid)
            workers = [child for child in command.children() if "--multiprocessing-fork" in child.cmdline()]
            victim = random.choice([command, *workers])
            victim.kill()
            return ("the command", workers) if victim is command else ("a worker", [victim])
        # It is being started again.
        return "the command", []

    async def _supervise(self) -> None:
        with self._log.open("ab") as log:
            while True:
                self.starts += 1
                self._process = await self._start(log)
                await self._process.wait()
                await asyncio.sleep(_BEFORE_AGAIN)

    async def _start(self, log: IO[bytes]) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command, env=self._environment, stdout=log, stderr=log, start_new_session=True
        )
