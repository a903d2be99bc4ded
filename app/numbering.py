"""How changes get their numbers in the feed: after they are committed, by whichever process comes first."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
from sqlalchemy import func, select, update

from app.db import Database, connecting
from app.settings import Settings
from app.tables import Feed

_MOST = 1_000
"""How many writings are numbered at once."""
_AGAIN = 0.05
"""After how many seconds to look again while there is more, or while somebody else is at it."""
_LOOK = 1.0
"""After how many seconds to look whoever wrote, and however often a failure is met."""
_GRACE = 10.0
_FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)
_LOG = logging.getLogger("telcon")


class Numbering:
    """Numbers what was written, over a connection of its own, so that it waits for no request.

    One statement does it, and that is the whole transaction: a process that is killed or frozen at any moment leaves
    nothing locked behind.
    """

    def __init__(self, url: str, settings: Settings) -> None:
        """Take where the database is; the connection is made when it is first needed."""
        self._connecting = connecting(url, settings, reading=False)
        # The database itself gives up before.
        self._patience = settings.statement_timeout * 2 + 1
        self._connection: asyncpg.Connection | None = None
        self._woken = asyncio.Event()
        self._stops = False

    def wake(self) -> None:
        """Say that something was committed."""
        self._woken.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Number for as long as the block lasts."""
        self._stops = False
        runner = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stops = True
            self.wake()
            with suppress(TimeoutError):
                await asyncio.wait_for(runner, _GRACE)
            if self._connection is not None:
                self._connection.terminate()

    async def _run(self) -> None:
        failed = False
        while not self._stops:
            self._woken.clear()
            try:
                numbered = await self._number()
            except _FAULTS as error:
                # The database is restarted, say; once is enough to tell of it.
                if not failed:
                    _LOG.warning("numbering: %s", " ".join(str(error).split())[:500] or type(error).__name__)
                failed = True
                await asyncio.sleep(_LOOK)
                continue
            failed = False
            if numbered == 0:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), _LOOK)
            else:
                await asyncio.sleep(_AGAIN)

    async def _number(self) -> int | None:
        if self._connection is None:
            self._connection = await asyncpg.connect(**self._connecting)
        try:
            numbered: int | None = await self._connection.fetchval(
                "SELECT number_writings($1)", _MOST, timeout=self._patience
            )
        except BaseException:
            # Whatever state it is in, the next one is better.
            self._connection.terminate()
            self._connection = None
            raise
        return numbered


async def number_all(database: Database) -> None:
    """Number all that was written, as after an import."""
    numbered: int | None = None
    while numbered != 0:
        async with database.write.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            numbered = (await connection.execute(select(func.number_writings(_MOST)))).scalar_one()
        if numbered is None:
            await asyncio.sleep(_AGAIN)


async def begin_epoch(database: Database) -> None:
    """Let no cursor that was given out before lead on, since what it leads to may be another history."""
    async with database.writing() as writing:
        await writing.execute(update(Feed).values(epoch=func.gen_random_uuid()))
