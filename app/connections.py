"""The connections that requests read over, at hand for the next one."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy

PATIENCE = 2.0
"""How many seconds a request waits for a connection, and for one to be made."""


class Connections:
    """So many connections of a pool that are not given back between requests, to which requests come in their order.

    The pool takes a task and 10 microseconds to take one back, and lets requests overtake those that wait.
    """

    def __init__(self, pool: asyncpg.Pool, size: int) -> None:
        """Take the pool, and how many connections it may have; each is made when it is first needed."""
        self._pool = pool
        self._places = asyncio.Semaphore(size)
        self._free: list[PoolConnectionProxy] = []

    async def fetch(self, sql: str, arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        """The rows of one statement; raises TimeoutError where no connection is free or made in time."""
        await self._take_place()
        connection = None
        try:
            connection = await self._found()
            return cast("Sequence[Sequence[Any]]", await connection.fetch(sql, *arguments))
        except asyncpg.PostgresError:
            # The database refused the statement; the connection is as good as before.
            raise
        except BaseException as error:
            if connection is not None:
                if isinstance(error, TimeoutError):
                    # A database that does not even end an overdue statement is not asked again on this connection.
                    connection.terminate()
                # The pool sees to it if something is still under way there.
                await self._give_back(connection)
                connection = None
            raise
        finally:
            if connection is not None:
                self._free.append(connection)
            self._places.release()

    async def renew(self) -> None:
        """Use none of the connections any more that are there now."""
        await self._pool.expire_connections()
        free, self._free = self._free, []
        for connection in free:
            await self._give_back(connection)

    async def _take_place(self) -> None:
        if self._places.locked():
            async with asyncio.timeout(PATIENCE):
                await self._places.acquire()
        else:
            await self._places.acquire()

    async def _found(self) -> PoolConnectionProxy:
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                return connection
            await self._give_back(connection)
        return await self._pool.acquire(timeout=PATIENCE)

    async def _give_back(self, connection: PoolConnectionProxy) -> None:
        # The pool has one already whose end it hears of just now, or takes leave of one where nobody listens any more.
        with suppress(asyncpg.InternalClientError, OSError):
            await self._pool.release(connection)
