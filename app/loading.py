"""Loading many records in one transaction, batch by batch, whatever their number."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from app.db import Database, driver_connection
from app.rebuilding import is_large, rebuilt
from app.recording import Recorder, Taken
from app.writings import Author, Writing

# What is right for a request is not for a load: it may take long, wait for others, and use more memory.
_SETTINGS = """
    SET LOCAL statement_timeout = 0;
    SET LOCAL transaction_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL lock_timeout = '1min';
    SET LOCAL work_mem = '64MB';
    SET LOCAL maintenance_work_mem = '256MB';
"""
_ANALYZE = """
    SELECT 'ANALYZE ' || string_agg(format('%s (%s)', attrelid::regclass, columns), ', ')
    FROM (
        SELECT attrelid, string_agg(quote_ident(attname), ', ') AS columns
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace
          AND attnum > 0 AND NOT attisdropped AND ($1 OR atttypid <> 'tsvector'::regtype)
        GROUP BY attrelid
    ) AS tables
"""


class Load:
    """One load: its recorder, and how a batch is recorded."""

    def __init__(self, connection: Any, author: Author, *, large: bool, checked: bool) -> None:
        """Take the driver's own connection, inside the transaction of the load, and who loads."""
        self._connection = connection
        self._large = large
        self._batches = 0
        self._writing = Writing(connection, author)
        self.recorder = Recorder(connection, self._writing, checked=checked)

    async def write(self, taken: Taken) -> None:
        """Write a batch that the recorder took; raises what the database refuses it with."""
        # The checks that wait for the end of the transaction are kept in memory until they are made.
        await self._connection.execute("SET CONSTRAINTS ALL DEFERRED")
        await self.recorder.write(taken)
        await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self._batches += 1
        if self._large and self._batches.bit_count() == 1:
            # The tables have doubled, and plans are kept that were made for smaller ones, or for empty ones. None of a
            # load's depends on words, which take longest.
            await self._connection.execute("SET LOCAL default_statistics_target = 10")
            await self._analyze(words=False)
            await self._connection.execute("SET LOCAL default_statistics_target TO DEFAULT")

    async def finish(self) -> None:
        """Finish the writing, and leave statistics by which questions can be planned at once.

        Those of few more records are left to autovacuum.
        """
        await self._writing.finish()
        if self._large:
            await self._analyze(words=True)

    async def _analyze(self, *, words: bool) -> None:
        await self._connection.execute(await self._connection.fetchval(_ANALYZE, words))


@asynccontextmanager
async def loading(database: Database, author: Author, *, size: int, checked: bool) -> AsyncIterator[Load]:
    """A load of about so many bytes by somebody, which is committed when the block ends, and undone when it fails."""
    async with database.writing() as writing:
        connection = await driver_connection(writing)
        await connection.execute(_SETTINGS)
        large = await is_large(connection, size)
        load = Load(connection, author, large=large, checked=checked)
        async with rebuilt(connection) if large else nullcontext():
            yield load
        await load.finish()
