"""Loading many records in one transaction, batch by batch, whatever their number."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any

from app.db import Database
from app.entries import Line
from app.rebuilding import is_large, rebuilt
from app.recording import Recorder
from app.records import driver_connection

# What is right for a request is not for a load: it may take long, wait for others, and use more memory. Its tables
# grow under it, so that what the planner thinks of their sizes is always wrong.
_SETTINGS = """
    SET LOCAL statement_timeout = 0;
    SET LOCAL transaction_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL lock_timeout = '1min';
    SET LOCAL work_mem = '64MB';
    SET LOCAL maintenance_work_mem = '256MB';
    SET LOCAL enable_seqscan = off;
"""


class Load:
    """One load: its recorder, and how a batch is recorded."""

    def __init__(self, connection: Any, *, checked: bool) -> None:
        """Take the driver's own connection, inside the transaction of the load."""
        self._connection = connection
        self.recorder = Recorder(connection, checked=checked)

    async def add(self, lines: Sequence[Line]) -> None:
        """Record a batch; raises what the database refuses it with."""
        await self.recorder.take(lines)
        # The checks that wait for the end of the transaction are kept in memory until they are made.
        await self._connection.execute("SET CONSTRAINTS ALL DEFERRED")
        await self.recorder.write()
        await self._connection.execute("SET CONSTRAINTS ALL IMMEDIATE")


@asynccontextmanager
async def loading(database: Database, *, size: int, checked: bool) -> AsyncIterator[Load]:
    """A load of about so many bytes, which is committed when the block ends, and undone when it fails."""
    async with database.writing() as writing:
        connection = await driver_connection(writing)
        await connection.execute(_SETTINGS)
        async with rebuilt(connection) if await is_large(connection, size) else nullcontext():
            yield Load(connection, checked=checked)
        await connection.execute("ANALYZE")
