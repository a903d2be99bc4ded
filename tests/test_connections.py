"""Connections to read over: shared by more requests than there are, and whole after whatever happens to a statement."""

import asyncio
import socket

import asyncpg
import pytest

from app import connections
from app.connections import Connections
from app.db import Prepared, dsn, open_database
from app.settings import Settings

_OWN = Prepared("SELECT pg_backend_pid()", (), {})
_SLOW = Prepared("SELECT pg_backend_pid() FROM pg_sleep(30)", (), {})
_BRIEF = Prepared("SELECT pg_backend_pid() FROM pg_sleep(0.02)", (), {})
_WRONG = Prepared("SELECT 1 / 0", (), {})


def _settings(size: int) -> Settings:
    return Settings(pool_size=size)


async def test_more_requests_than_connections(seeded_url: str) -> None:
    """Those that find none wait for one, and no more are made than may be."""
    async with open_database(seeded_url, _settings(3)) as database:
        rows = await asyncio.gather(*(database.reader.rows(_BRIEF, {}) for _ in range(20)))
    assert len({row[0] for (row,) in rows}) == 3


async def test_no_connection_in_time(seeded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that waits too long is told so, and the one that held the connection keeps it."""
    monkeypatch.setattr(connections, "PATIENCE", 0.1)
    async with open_database(seeded_url, _settings(1)) as database:
        await database.reader.rows(_OWN, {})
        held = asyncio.create_task(database.reader.rows(Prepared("SELECT 1 FROM pg_sleep(1)", (), {}), {}))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await database.reader.rows(_OWN, {})
        assert [tuple(row) for row in await held] == [(1,)]


async def test_turns(seeded_url: str) -> None:
    """Requests come to a connection in their order, but for those that ended while they waited."""
    done: list[int] = []

    async def ask(number: int) -> None:
        await database.reader.rows(_BRIEF, {})
        done.append(number)

    async with open_database(seeded_url, _settings(1)) as database:
        asking = [asyncio.create_task(ask(number)) for number in range(6)]
        await asyncio.sleep(0)
        asking[2].cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        async with asyncio.timeout(5):
            assert await database.reader.rows(_OWN, {})
    assert done == [0, 1, 3, 4, 5]


async def test_a_request_that_ends_when_its_turn_comes(seeded_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The place that was left to it is the next one's."""
    async with open_database(seeded_url, _settings(1)) as database:
        leave = Connections._leave  # noqa: SLF001

        def leave_and_cancel(self: Connections) -> None:
            leave(self)
            first.cancel()

        monkeypatch.setattr(Connections, "_leave", leave_and_cancel)
        held, first, second = (asyncio.create_task(database.reader.rows(_BRIEF, {})) for _ in range(3))
        await held
        with pytest.raises(asyncio.CancelledError):
            await first
        async with asyncio.timeout(5):
            assert await second
            assert await database.reader.rows(_OWN, {})


async def test_a_statement_that_is_given_up(seeded_url: str) -> None:
    """The next request gets a connection on which nothing else is under way."""
    async with open_database(seeded_url, _settings(1)) as database:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await database.reader.rows(_SLOW, {})
            async with asyncio.timeout(5):
                assert await database.reader.rows(_OWN, {})


async def test_a_statement_that_is_refused(seeded_url: str) -> None:
    """The connection is as good as before."""
    async with open_database(seeded_url, _settings(1)) as database:
        before = await database.reader.rows(_OWN, {})
        with pytest.raises(asyncpg.DivisionByZeroError):
            await database.reader.rows(_WRONG, {})
        assert [tuple(row) for row in await database.reader.rows(_OWN, {})] == [tuple(row) for row in before]


async def test_connections_that_were_ended(own_seeded_url: str) -> None:
    """All are made anew, whether they were in use or not."""
    async with open_database(own_seeded_url, _settings(4)) as database:
        ended = {row[0] for (row,) in await asyncio.gather(*(database.reader.rows(_BRIEF, {}) for _ in range(4)))}
        assert len(ended) == 4
        other = await asyncpg.connect(dsn(own_seeded_url))
        try:
            await other.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::integer[]) AS pid", list(ended))
        finally:
            await other.close()
        rows = await asyncio.gather(*(database.reader.rows(_BRIEF, {}) for _ in range(8)))
    assert ended.isdisjoint(row[0] for (row,) in rows)


async def test_a_connection_that_ends_while_it_is_given_back(seeded_url: str) -> None:
    """As when the database is killed: the request goes on over another one."""
    async with open_database(seeded_url, _settings(1)) as database:
        ((before,),) = await database.reader.rows(_OWN, {})
        (connection,) = database.reader.connections._free  # noqa: SLF001
        asyncio.get_running_loop().call_soon(connection.terminate)
        await database.reader.connections.renew()
        ((after,),) = await database.reader.rows(_OWN, {})
    assert after != before


async def test_a_connection_to_which_nothing_can_be_written(seeded_url: str) -> None:
    """As when it ended and nobody heard of it yet: the request goes on over another one."""
    async with open_database(seeded_url, _settings(1)) as database:
        ((before,),) = await database.reader.rows(_OWN, {})
        (connection,) = database.reader.connections._free  # noqa: SLF001
        connection._con._transport.get_extra_info("socket").shutdown(socket.SHUT_WR)  # noqa: SLF001
        await database.reader.connections.renew()
        ((after,),) = await database.reader.rows(_OWN, {})
    assert after != before
