"""The connections that requests read over, at hand for the next one."""

import asyncio
from collections import deque
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
        self._places = size
        self._turns: deque[asyncio.Future[None]] = deque()
        self._free: list[PoolConnectionProxy] = []

    async def fetch(self, sql: str, arguments: Sequence[object]) -> Sequence[Sequence[Any]]:
        """The rows of one statement; raises TimeoutError where no connection is free or made in time."""
        if self._places:
            self._places -= 1
        else:
            await self._wait()
        connection = None
        try:
            connection = await self._found()
            return cast("Sequence[Sequence[Any]]", await connection.fetch(sql, *arguments))
        except asyncpg.PostgresError:
            # The database refused the statement; the connection is as good as before.
            raise
        except BaseException as error:
            given_back, connection = connection, None
            if given_back is not None:
                if isinstance(error, TimeoutError):
                    # A database that does not even end an overdue statement is not asked again on this connection.
                    given_back.terminate()
                # The pool sees to it if something is still under way there.
                await self._give_back(given_back)
            raise
        finally:
            if connection is not None:
                self._free.append(connection)
            self._leave()

    async def renew(self) -> None:
        """Use none of the connections any more that are there now."""
        await self._pool.expire_connections()
        free, self._free = self._free, []
        for connection in free:
            await self._give_back(connection)

    async def _wait(self) -> None:
        """Wait until somebody leaves a place; raises TimeoutError where nobody does in time.

        A semaphore and a timeout around it took up to a tenth of what an answer takes.
        """
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._turns.append(turn)
        overdue = loop.call_later(PATIENCE, _give_up, turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled() and turn.exception() is None:
                # The place was left to a request that ended at the same time.
                self._leave()
            raise
        finally:
            overdue.cancel()

    def _leave(self) -> None:
        """Leave a place to whoever has waited longest."""
        while self._turns:
            turn = self._turns.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._places += 1

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


def _give_up(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())
