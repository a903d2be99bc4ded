"""The export of records: the lines of all of them, each after the lines that it refers to."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from app.changes.queries import HEAD_CURSOR
from app.db import Database, driver_connection
from app.entries import RecordKind
from app.fetching import fetched
from app.written import Lines

_SETTINGS = """
    SET LOCAL statement_timeout = 0;
    SET LOCAL transaction_timeout = 0;
    SET LOCAL idle_in_transaction_session_timeout = 0;
"""
_PART = 512 * 1024
"""About how many characters are read at a time: a call with its readouts is some 10,000."""
_MOST = 200
_LINES = Lines(by_id=False)
# Readouts are told whole in the lines of their calls, but for those that several refer to.
_ORDER: tuple[RecordKind, ...] = ("party", "topic", "publisher", "leader", "readout", "call")


async def exported(database: Database, at: Callable[[str], object] | None = None) -> AsyncIterator[list[str]]:
    """The lines of all records, some at a time, as they were at one moment.

    `at` is told the cursor of the change feed at that moment: what it leads to is not in the lines, but for what was
    committed just then and has no number yet.
    """
    async with database.write.connect() as reading:
        await reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        connection: Any = await driver_connection(reading)
        await connection.execute(_SETTINGS)
        if at is not None:
            at(await connection.fetchval(HEAD_CURSOR))
        for kind in _ORDER:
            cursor = await connection.cursor(_LINES.all_of(kind))
            async for lines in fetched(cursor, _PART, _MOST):
                yield lines


async def count_lines(database: Database) -> int | None:
    """About how many lines there are, unless PostgreSQL has taken no statistics yet."""
    async with database.writing() as writing:
        connection: Any = await driver_connection(writing)
        counted = await connection.fetchval(
            "SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class WHERE relname = ANY ($1)"
            " AND relnamespace = current_schema()::regnamespace",
            ["parties", "topics", "publishers", "leaders", "calls"],
        )
        return int(counted) if counted else None
